//! One pass over data: training, validation, evaluation and prediction are passes, and differ in what they do with a batch.

mod pending;
mod phase;
mod tally;

pub(crate) use phase::Phase;
pub(crate) use tally::Tally;

#[cfg(test)]
pub(crate) use pending::tests::with_interval;

use crate::callback::{Callback, Flow, HookResult, Training};
use crate::error::TrainError;

/// A hook that all callbacks are called with.
pub(crate) type Hook<'h> = dyn FnMut(&mut dyn Callback, &mut Training<'_>) -> HookResult + 'h;

/// What a pass does with its batches; [`run`] does the rest.
pub(crate) trait DataPass {
    /// What it takes from the data at a time.
    type Batch;
    /// What can go wrong.
    type Error: From<TrainError>;

    /// Whose hooks stand around its batches.
    const PHASE: Phase;

    /// The next batch, as long as there is one.
    fn next_batch(&mut self) -> Result<Option<Self::Batch>, Self::Error>;

    /// Calls a hook of every callback.
    fn call(&mut self, hook: &mut Hook<'_>) -> Result<(), TrainError>;

    /// Does with a batch what the pass is for.
    fn take(&mut self, batch: Self::Batch) -> Result<(), Self::Error>;

    /// Whether somebody wants no further batch.
    fn is_stopped(&mut self) -> bool;

    /// Whether it is time to look.
    fn is_due(&self) -> bool;

    /// Reads back what lies on the device and shows where the pass is.
    fn look(&mut self) -> Result<(), Self::Error>;

    /// After a batch that nobody stopped at; whether another may follow, as by default.
    fn go_on(&mut self) -> Result<Flow, Self::Error> {
        Ok(Flow::Continue)
    }

    /// After the last batch: what still lies on the device is read.
    fn end(&mut self) -> Result<(), Self::Error>;
}

/// Takes one batch after the other, with the hooks around each, until there are no more or somebody stops it.
///
/// # Errors
/// Those of the pass, an error of a callback.
pub(crate) fn run<P: DataPass>(pass: &mut P) -> Result<(), P::Error> {
    while let Some(batch) = pass.next_batch()? {
        pass.call(&mut |callback, training| P::PHASE.batch_begin(callback, training))?;
        pass.take(batch)?;
        pass.call(&mut |callback, training| P::PHASE.batch_end(callback, training))?;
        let is_stopped = pass.is_stopped();
        if is_stopped || pass.is_due() {
            pass.look()?;
        }
        if is_stopped {
            break;
        }
        if pass.go_on()? == Flow::Stop {
            break;
        }
    }
    pass.end()
}
