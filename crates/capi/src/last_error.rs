//! The message of the last call that failed, thread by thread.

use std::cell::RefCell;
use std::ffi::{CStr, CString};

thread_local! {
    static LAST: RefCell<CString> = RefCell::default();
}

pub(crate) fn keep(message: String) {
    let message = c_text(message);
    // A thread that is just ending has no place for it any more.
    let _ = LAST.try_with(|last| last.replace(message));
}

/// Shows the message, which is empty before the first failure; it stays where it is until the next one.
pub(crate) fn with<T>(show: impl Fn(&CStr) -> T) -> T {
    let shown = LAST.try_with(|last| show(&last.borrow()));
    shown.unwrap_or_else(|_| show(c""))
}

/// A text as C has it: whatever would end it early is shown as a replacement character.
pub(crate) fn c_text(text: String) -> CString {
    CString::new(text).unwrap_or_else(|error| {
        let text = String::from_utf8_lossy(&error.into_vec()).replace('\0', "\u{fffd}");
        CString::new(text).unwrap_or_default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_with_a_zero_in_it_is_not_cut_off() {
        assert_eq!(&*c_text("a\0b".to_owned()), c"a\u{fffd}b");
    }

    #[test]
    fn each_thread_has_its_own_message() {
        keep("here".to_owned());
        let there = std::thread::spawn(|| with(CStr::to_owned)).join();
        assert_eq!(there.unwrap(), CString::default());
        assert_eq!(with(CStr::to_owned), c"here".to_owned());
    }
}
