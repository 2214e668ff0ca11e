//! Times as runs tell them.

use std::time::{SystemTime, UNIX_EPOCH};

/// The time in seconds since 1970, 0 for a clock that stands before it.
///
/// ```
/// assert!(firebrick_pages::now() > 1_700_000_000);
/// ```
pub fn now() -> u64 {
    seconds_since_1970(SystemTime::now()).unwrap_or(0)
}

/// A time in seconds since 1970.
pub(crate) fn seconds_since_1970(time: SystemTime) -> Option<u64> {
    Some(time.duration_since(UNIX_EPOCH).ok()?.as_secs())
}
