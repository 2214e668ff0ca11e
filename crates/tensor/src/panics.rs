use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

thread_local! {
    /// How many calls of [`catch_panic`] this thread is in.
    static DEPTH: Cell<usize> = const { Cell::new(0) };
}

/// Runs what may panic, a driver or somebody's module; a panic of this thread becomes an error with
/// its message and prints nothing.
///
/// ```
/// use firebrick_tensor::catch_panic;
///
/// assert_eq!(catch_panic(|| 1 + 1), Ok(2));
/// let outcome = catch_panic(|| -> i32 { panic!("no such adapter") });
/// assert_eq!(outcome, Err("no such adapter".to_owned()));
/// ```
///
/// # Errors
/// The message of the panic.
pub fn catch_panic<T>(run: impl FnOnce() -> T) -> Result<T, String> {
    // One hook for good, in front of whichever there was: it is silent where it is asked to be.
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let previous = take_hook();
        set_hook(Box::new(move |info| {
            if DEPTH.get() == 0 {
                previous(info);
            }
        }));
    });
    DEPTH.set(DEPTH.get() + 1);
    let outcome = catch_unwind(AssertUnwindSafe(run));
    DEPTH.set(DEPTH.get() - 1);
    outcome.map_err(|payload| panic_message(payload.as_ref()))
}

/// Runs what a driver may panic in.
pub(crate) fn catch_driver_panic<T>(run: impl FnOnce() -> T) -> Result<T, String> {
    catch_panic(run).map_err(|message| format!("the driver panicked: {message}"))
}

/// What a panic said.
pub fn panic_message(payload: &(dyn std::any::Any + Send)) -> String {
    let text = payload.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| payload.downcast_ref::<&str>().copied());
    text.unwrap_or("no message").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_within_a_call_is_no_deadlock() {
        let inner = || catch_panic(|| -> () { panic!("inner") });
        let outer = catch_panic(|| -> () {
            assert_eq!(inner(), Err("inner".to_owned()));
            panic!("outer")
        });
        assert_eq!(outer, Err("outer".to_owned()));
    }
}
