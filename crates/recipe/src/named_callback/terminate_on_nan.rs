use firebrick_trainer::callbacks::TerminateOnNan;
use firebrick_trainer::{TrainError, settings};

settings! {
    /// The arguments of a [`TerminateOnNan`], which has none.
    ///
    /// ```
    /// use firebrick::recipes::GivenTerminateOnNan;
    ///
    /// assert!(GivenTerminateOnNan::default().callback().is_ok());
    /// ```
    pub struct GivenTerminateOnNan {}
}

impl GivenTerminateOnNan {
    /// The callback.
    ///
    /// # Errors
    /// None so far.
    pub fn callback(&self) -> Result<TerminateOnNan, TrainError> {
        Ok(TerminateOnNan::new())
    }
}
