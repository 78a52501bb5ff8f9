//! Whether an update goes on: what the closure that takes its events may return.

use std::ops::ControlFlow;

/// What a closure that takes [`UpdateEvent`](crate::UpdateEvent)s may return: nothing, or a [`ControlFlow`], of which
/// `Break` stops the update with [`Error::Cancelled`](crate::Error::Cancelled).
pub trait IntoControlFlow {
    /// Whether to go on.
    fn into_control_flow(self) -> ControlFlow<()>;
}

impl IntoControlFlow for () {
    fn into_control_flow(self) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

impl IntoControlFlow for ControlFlow<()> {
    fn into_control_flow(self) -> ControlFlow<()> {
        self
    }
}
