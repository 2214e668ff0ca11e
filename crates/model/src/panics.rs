use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// Runs what may panic, a driver or somebody's module; a panic of this thread becomes an error with
/// its message and prints nothing.
///
/// ```
/// use firebrick_model::catch_panic;
///
/// assert_eq!(catch_panic(|| 1 + 1), Ok(2));
/// let outcome = catch_panic(|| -> i32 { panic!("no such adapter") });
/// assert_eq!(outcome, Err("no such adapter".to_owned()));
/// ```
///
/// # Errors
/// The message of the panic.
pub fn catch_panic<T>(run: impl FnOnce() -> T) -> Result<T, String> {
    // The hook is the process', so only one thread at a time may exchange it.
    static HOOK: Mutex<()> = Mutex::new(());
    let _guard = HOOK.lock().unwrap_or_else(PoisonError::into_inner);
    let previous = Arc::new(take_hook());
    let this_thread = thread::current().id();
    set_hook({
        let previous = Arc::clone(&previous);
        Box::new(move |info| {
            if thread::current().id() != this_thread {
                previous(info);
            }
        })
    });
    let outcome = catch_unwind(AssertUnwindSafe(run));
    drop(take_hook());
    if let Some(previous) = Arc::into_inner(previous) {
        set_hook(previous);
    }
    outcome.map_err(|payload| {
        let text = payload.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| payload.downcast_ref::<&str>().copied());
        text.unwrap_or("no message").to_owned()
    })
}
