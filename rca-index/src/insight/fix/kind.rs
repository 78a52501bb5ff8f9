//! The kinds of what fixes an incident.
//!
//! In: nothing. Out: `FixKind`, with its names. The words that tell them are in `words`.

/// What was done to end an incident, in kinds that can be counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum FixKind {
    /// A change was taken back: rolled back, reverted, downgraded.
    RolledBack,
    /// Something was restarted, rebooted or deployed again.
    Restarted,
    /// There is more of something: instances, workers, memory.
    Scaled,
    /// Another instance took over, or traffic goes elsewhere.
    FailedOver,
    /// A setting, limit, flag, record or rule was changed.
    ConfigurationChanged,
    /// A fix in code was released.
    HotFix,
    /// Space was freed, or a volume made larger.
    SpaceFreed,
    /// A certificate, key or password was renewed or rotated.
    Renewed,
    /// Load was limited, blocked or stopped.
    Limited,
    /// Data was restored, repaired, replayed or built again.
    DataRestored,
    /// A provider mended it, or it was waited for.
    Provider,
}

impl FixKind {
    /// All kinds.
    pub const ALL: [Self; 11] = [
        Self::RolledBack,
        Self::Restarted,
        Self::Scaled,
        Self::FailedOver,
        Self::ConfigurationChanged,
        Self::HotFix,
        Self::SpaceFreed,
        Self::Renewed,
        Self::Limited,
        Self::DataRestored,
        Self::Provider,
    ];

    /// The name in machine-readable output.
    ///
    /// # Examples
    /// ```
    /// use rca_index::FixKind;
    ///
    /// assert_eq!(FixKind::RolledBack.name(), "rolled-back");
    /// ```
    pub fn name(self) -> &'static str {
        match self {
            Self::RolledBack => "rolled-back",
            Self::Restarted => "restarted",
            Self::Scaled => "scaled",
            Self::FailedOver => "failed-over",
            Self::ConfigurationChanged => "configuration-changed",
            Self::HotFix => "hot-fix",
            Self::SpaceFreed => "space-freed",
            Self::Renewed => "renewed",
            Self::Limited => "limited",
            Self::DataRestored => "data-restored",
            Self::Provider => "provider",
        }
    }

    /// The kind in words, for people.
    ///
    /// # Examples
    /// ```
    /// use rca_index::FixKind;
    ///
    /// assert_eq!(FixKind::Renewed.label(), "renewed or rotated");
    /// ```
    pub fn label(self) -> &'static str {
        match self {
            Self::RolledBack => "rolled back",
            Self::Restarted => "restarted",
            Self::Scaled => "scaled",
            Self::FailedOver => "failed over",
            Self::ConfigurationChanged => "configuration changed",
            Self::HotFix => "hot fix",
            Self::SpaceFreed => "space freed",
            Self::Renewed => "renewed or rotated",
            Self::Limited => "limited or blocked",
            Self::DataRestored => "data restored",
            Self::Provider => "waited for a provider",
        }
    }
}
