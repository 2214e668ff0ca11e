use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read, Seek, Write};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use firebrick_model::visible;
use serde::{Deserialize, Serialize};

/// Who writes into a directory.
///
/// ```
/// use firebrick::training::{RunDirectory, TrainError};
///
/// let folder = tempfile::tempdir()?;
/// let run = RunDirectory::create(&folder.path().join("run"))?;
/// match RunDirectory::create_or_replace(run.path()) {
///     Err(TrainError::RunBusy { holder: Some(holder), .. }) => {
///         assert_eq!(holder.process, std::process::id());
///     }
///     other => panic!("{other:?}"),
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LockHolder {
    /// The number of the process.
    pub process: u32,
    /// When it began to, in seconds since 1970.
    pub since: u64,
    /// When the process itself began, as the system counts: another process of the same number has begun at another time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    begun: Option<u64>,
    /// Which start of the system this counts from: no process outlives it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    boot: Option<String>,
    /// The computer, as it calls itself: of another's processes nothing is known here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    host: Option<String>,
}

impl LockHolder {
    pub(crate) fn this_process() -> Self {
        let process = std::process::id();
        Self {
            process,
            since: seconds_now(),
            begun: begun(process),
            boot: system_word("random/boot_id"),
            host: system_word("hostname"),
        }
    }

    pub(crate) fn write(&self, file: &mut File) -> io::Result<()> {
        let text = toml::to_string(self).map_err(io::Error::other)?;
        file.set_len(0)?;
        file.rewind()?;
        file.write_all(text.as_bytes())
    }

    /// Who the file says it is; it may not say so yet.
    pub(crate) fn read(file: &mut File) -> Option<Self> {
        let mut text = String::new();
        file.rewind().ok()?;
        file.read_to_string(&mut text).ok()?;
        toml::from_str(&text).ok()
    }

    /// Whether the very process lives that has written this, as far as can be told.
    pub(crate) fn is_alive(&self) -> bool {
        let here = Self::this_process();
        if are_unlike(self.host.as_ref(), here.host.as_ref()) {
            return true;
        }
        if are_unlike(self.boot.as_ref(), here.boot.as_ref()) {
            return false;
        }
        match (self.begun, begun(self.process)) {
            (Some(then), Some(now)) => then == now,
            // Where processes cannot be looked at, it might.
            (None, _) => true,
            (Some(_), None) => false,
        }
    }
}

impl fmt::Display for LockHolder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { process, since, .. } = self;
        let here = Self::this_process();
        let is_elsewhere = are_unlike(self.host.as_ref(), here.host.as_ref());
        if *process == here.process && !is_elsewhere {
            return f.write_str("another training of this program");
        }
        write!(f, "process {process}")?;
        if let Some(host) = self.host.as_ref().filter(|_| is_elsewhere) {
            write!(f, " on `{}`", visible(host))?;
        }
        let ago = here.since.saturating_sub(*since);
        write!(f, ", for {} by now", duration(ago))
    }
}

/// `90 s`, `5 min`, `3 h`.
fn duration(seconds: u64) -> String {
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7200 => format!("{} min", seconds / 60),
        _ => format!("{} h", seconds / 3600),
    }
}

fn seconds_now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.as_ref().map_or(0, Duration::as_secs)
}

/// When a process began, in the system's ticks since its start; `None` for one that is not there.
fn begun(process: u32) -> Option<u64> {
    let text = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name stands in brackets and may hold anything; the 20th word after it is the time.
    let (_, after_name) = text.rsplit_once(')')?;
    after_name.split_whitespace().nth(19)?.parse().ok()
}

/// What the system's kernel calls something, where it says so.
fn system_word(name: &str) -> Option<String> {
    let text = fs::read_to_string(format!("/proc/sys/kernel/{name}")).ok()?;
    Some(text.trim().to_owned()).filter(|word| !word.is_empty())
}

/// Whether both are known and not the same.
fn are_unlike(a: Option<&String>, b: Option<&String>) -> bool {
    matches!((a, b), (Some(a), Some(b)) if a != b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_os = "linux")]
    fn a_process_of_the_same_number_is_another_one() {
        let own = LockHolder::this_process();
        assert!(own.is_alive());
        let earlier = LockHolder {
            begun: own.begun.map(|begun| begun - 1),
            ..own.clone()
        };
        assert!(!earlier.is_alive());
        let gone = LockHolder {
            process: u32::MAX,
            ..own.clone()
        };
        assert!(!gone.is_alive());
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn no_process_outlives_the_system_and_of_another_computer_nothing_is_known() {
        let own = LockHolder::this_process();
        let other = |text: &str| Some(text.to_owned());
        let before = LockHolder {
            boot: other("00000000-0000-0000-0000-000000000000"),
            ..own.clone()
        };
        assert!(!before.is_alive());
        let elsewhere = LockHolder {
            process: u32::MAX,
            host: other("another\u{1b}host"),
            ..before
        };
        assert!(elsewhere.is_alive());
        let text = elsewhere.to_string();
        assert!(text.starts_with("process 4294967295 on `another"), "{text}");
        assert!(!text.contains('\u{1b}'), "{text}");
        // What an earlier version has written says neither.
        let earlier = LockHolder {
            boot: None,
            host: None,
            ..own
        };
        assert!(earlier.is_alive());
    }

    #[test]
    fn times_are_told_in_their_unit() {
        let texts = [0, 119, 120, 7199, 7200, 86_400].map(duration);
        assert_eq!(texts, ["0 s", "119 s", "2 min", "119 min", "2 h", "24 h"]);
    }
}
