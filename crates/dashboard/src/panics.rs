//! Panics under the dashboard, which are not to be printed across it.

use std::io::{self, Write};
use std::panic::{set_hook, take_hook};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};

/// What is done about a panic; a process has one hook.
static UNDER: Mutex<Option<Under>> = Mutex::new(None);

enum Under {
    /// They are told when the dashboard is gone.
    Keep(Vec<String>),
    /// They are told somebody.
    Tell(fn(&str)),
}

/// While it lives, panics are not printed; dropping it prints those that nobody was told.
pub(crate) struct KeptPanics;

impl KeptPanics {
    /// Has them told `on_panic`, or kept.
    pub(crate) fn install(on_panic: Option<fn(&str)>) -> Self {
        // One hook for good, in front of whichever there was.
        static HOOK: Once = Once::new();
        HOOK.call_once(|| {
            let previous = take_hook();
            set_hook(Box::new(move |info| {
                let mut under = under();
                match &mut *under {
                    None => {
                        drop(under);
                        previous(info);
                    }
                    Some(Under::Keep(kept)) => kept.push(text(&info.to_string())),
                    Some(Under::Tell(tell)) => {
                        let tell = *tell;
                        drop(under);
                        tell(&text(&info.to_string()));
                    }
                }
            }));
        });
        *under() = Some(on_panic.map_or(Under::Keep(Vec::new()), Under::Tell));
        Self
    }
}

impl Drop for KeptPanics {
    fn drop(&mut self) {
        let under = under().take();
        if let Some(Under::Keep(kept)) = under {
            for text in kept {
                // There may be nobody to tell.
                let _ = writeln!(io::stderr(), "{text}");
            }
        }
    }
}

fn text(info: &str) -> String {
    let thread = std::thread::current();
    let name = thread.name().unwrap_or("<unnamed>");
    format!("thread '{name}' {info}")
}

fn under() -> MutexGuard<'static, Option<Under>> {
    UNDER.lock().unwrap_or_else(PoisonError::into_inner)
}
