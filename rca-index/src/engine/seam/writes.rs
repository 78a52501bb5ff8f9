//! Writing at the seam: what an update asks of a writer, of whichever kind the engine is. A call is one incident, so passing it
//! on costs nothing beside what it does.

use crate::archive::KeptSettings;
use crate::engine::commit::CommitNote;
#[cfg(feature = "opensearch")]
use crate::engine::opensearch::ClusterWriter;
use crate::engine::writer::{self, Manifest};
use crate::error::Result;
use crate::incident::Incident;

/// Changes an index; its methods of the same names say more. Threads may share it; changes become visible with the commit.
#[allow(clippy::large_enum_variant, reason = "there is one of them, and a box would cost a look-up for each call")]
pub(crate) enum Writer<'e> {
    Embedded(writer::Writer<'e>),
    #[cfg(feature = "opensearch")]
    Cluster(ClusterWriter<'e>),
}

/// Calls a method of whichever kind it is.
macro_rules! pass_on {
    ($self:ident, $kind:ident => $call:expr) => {
        match $self {
            Self::Embedded($kind) => $call,
            #[cfg(feature = "opensearch")]
            Self::Cluster($kind) => $call,
        }
    };
}

impl Writer<'_> {
    /// The note of the commit that this one builds on.
    pub(crate) fn note(&self) -> &CommitNote {
        pass_on!(self, writer => writer.note())
    }

    /// Sets the settings for the next commit. Must be called before anything is added.
    pub(crate) fn use_settings(&mut self, settings: KeptSettings) {
        pass_on!(self, writer => writer.use_settings(settings));
    }

    /// Adds an incident of a report. One with the same id must be removed first; a given incident is hidden.
    pub(crate) fn add_report(&self, incident: Incident) -> Result<()> {
        pass_on!(self, writer => writer.add_report(incident))
    }

    /// Removes an incident, if the last commit has it.
    pub(crate) fn remove(&self, id: &str) -> Result<()> {
        match self {
            Self::Embedded(writer) => writer.remove(id).map(drop),
            #[cfg(feature = "opensearch")]
            Self::Cluster(writer) => writer.remove(id),
        }
    }

    /// Indexes the given incidents again, with the names of the current settings.
    pub(crate) fn give_again(&self) -> Result<()> {
        match self {
            Self::Embedded(writer) => writer.give_again(),
            // There are none.
            #[cfg(feature = "opensearch")]
            Self::Cluster(_) => Ok(()),
        }
    }

    /// Adds a given incident, or replaces the one with its id.
    pub(crate) fn upsert(&mut self, incident: Incident) -> Result<()> {
        match self {
            Self::Embedded(writer) => writer.upsert(incident),
            #[cfg(feature = "opensearch")]
            Self::Cluster(writer) => Err(writer.takes_no_given()),
        }
    }

    /// Removes a given incident; returns whether there was one.
    pub(crate) fn delete(&mut self, id: &str) -> Result<bool> {
        match self {
            Self::Embedded(writer) => writer.delete(id),
            #[cfg(feature = "opensearch")]
            Self::Cluster(writer) => Err(writer.takes_no_given()),
        }
    }

    /// Whether any given incidents are hidden.
    pub(crate) fn hides_any(&self) -> bool {
        match self {
            Self::Embedded(writer) => writer.hides_any(),
            #[cfg(feature = "opensearch")]
            Self::Cluster(_) => false,
        }
    }

    /// Brings back given incidents whose id no report has any more. Returns those that stay hidden.
    pub(crate) fn show_hidden(&self, has_report: impl Fn(&str) -> bool) -> Result<Vec<String>> {
        match self {
            Self::Embedded(writer) => writer.show_hidden(has_report),
            #[cfg(feature = "opensearch")]
            Self::Cluster(_) => Ok(Vec::new()),
        }
    }

    /// Makes all changes visible at once, or none. Without a manifest, the last one is kept.
    pub(crate) fn commit(self, manifest: Option<&Manifest<'_>>) -> Result<()> {
        pass_on!(self, writer => writer.commit(manifest))
    }
}
