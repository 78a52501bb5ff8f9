//! What stays of the room without the feature `archive`: names of incidents, and the settings that an index keeps.

mod kept;
pub(crate) mod link_key;
pub(crate) mod names;

pub(crate) use kept::KeptSettings;
