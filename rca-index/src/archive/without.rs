//! What stays of the room without the feature `archive`: names of incidents, the stamps of files, and the settings that an index
//! keeps.

mod kept;
pub(crate) mod link_key;
pub(crate) mod names;
pub(crate) mod stamp;

pub(crate) use kept::KeptSettings;
