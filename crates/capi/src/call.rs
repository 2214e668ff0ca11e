//! What is around each call: a panic or an error becomes what C understands.

use firebrick_model::catch_panic;

use crate::call_error::CallError;
use crate::last_error;
use crate::status::FirebrickStatus;

/// For a call that says how it went.
pub(crate) fn status_of(work: impl FnOnce() -> Result<(), CallError>) -> FirebrickStatus {
    match outcome(work) {
        Ok(()) => FirebrickStatus::Ok,
        Err(error) => error.status(),
    }
}

/// For a call that gives something; `otherwise` stands for a failure.
pub(crate) fn value_of<T>(otherwise: T, work: impl FnOnce() -> Result<T, CallError>) -> T {
    outcome(work).unwrap_or(otherwise)
}

fn outcome<T>(work: impl FnOnce() -> Result<T, CallError>) -> Result<T, CallError> {
    catch_panic(work)
        .unwrap_or_else(|message| Err(CallError::Panic { message }))
        .inspect_err(|error| last_error::keep(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_a_status_and_a_message() {
        let status = status_of(|| panic!("no bricks left"));
        assert_eq!(status, FirebrickStatus::Panic);
        let message = last_error::with(|message| message.to_string_lossy().into_owned());
        assert!(message.contains("no bricks left"), "{message}");
        assert_eq!(value_of(7, || panic!("again")), 7);
    }
}
