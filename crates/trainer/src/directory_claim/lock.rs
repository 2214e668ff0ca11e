use std::fmt;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use firebrick_model::visible;
use serde::{Deserialize, Serialize};

use super::cannot;
use crate::error::TrainError;

/// The file that is locked, and says by whom.
const FILE: &str = ".lock";

/// The lock on a directory. The system takes it back when the process ends, whatever ends it.
#[derive(Debug)]
pub(super) struct Lock {
    path: PathBuf,
    _file: File,
}

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

impl Lock {
    /// Locks a directory that is there.
    pub(super) fn acquire(directory: &Path) -> Result<Self, TrainError> {
        let path = directory.join(FILE);
        loop {
            let mut file = OpenOptions::new()
                .create(true)
                .truncate(false)
                .read(true)
                .write(true)
                .open(&path)
                .map_err(|source| cannot("write into", directory, source))?;
            let other = match file.try_lock() {
                // One that the last holder has removed while this was being opened locks nothing.
                Ok(()) if !is_at(&path, &file) => continue,
                Ok(()) => None,
                Err(TryLockError::WouldBlock) => Some(LockHolder::read(&mut file)),
                // A file system without locks: what the file says has to do.
                Err(TryLockError::Error(_)) => LockHolder::read(&mut file)
                    .filter(LockHolder::is_alive)
                    .map(Some),
            };
            if let Some(holder) = other {
                return Err(TrainError::RunBusy {
                    path: directory.to_owned(),
                    holder,
                });
            }
            LockHolder::this_process()
                .write(&mut file)
                .map_err(|source| cannot("write into", directory, source))?;
            return Ok(Self { path, _file: file });
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // One that stays is locked by nobody.
        let _ = fs::remove_file(&self.path);
    }
}

impl LockHolder {
    pub(super) fn this_process() -> Self {
        let process = std::process::id();
        Self {
            process,
            since: seconds_now(),
            begun: begun(process),
            boot: system_word("random/boot_id"),
            host: system_word("hostname"),
        }
    }

    fn write(&self, file: &mut File) -> io::Result<()> {
        let text = toml::to_string(self).map_err(io::Error::other)?;
        file.set_len(0)?;
        file.rewind()?;
        file.write_all(text.as_bytes())
    }

    /// Who the file says it is; it may not say so yet.
    fn read(file: &mut File) -> Option<Self> {
        let mut text = String::new();
        file.rewind().ok()?;
        file.read_to_string(&mut text).ok()?;
        toml::from_str(&text).ok()
    }

    /// Whether the very process lives that has written this, as far as can be told.
    fn is_alive(&self) -> bool {
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

/// Whether this is the file of that name.
fn is_at(path: &Path, file: &File) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;

        match (fs::metadata(path), file.metadata()) {
            (Ok(named), Ok(open)) => (named.dev(), named.ino()) == (open.dev(), open.ino()),
            _ => false,
        }
    }
    #[cfg(not(unix))]
    {
        let _ = file;
        path.exists()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_is_one_processes_until_it_is_dropped() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join(FILE);
        let lock = Lock::acquire(directory.path()).unwrap();
        let error = Lock::acquire(directory.path()).unwrap_err().to_string();
        assert!(
            error.contains("another training of this program"),
            "{error}"
        );
        drop(lock);
        assert!(!path.exists());
        drop(Lock::acquire(directory.path()).unwrap());
    }

    #[test]
    fn a_file_that_nobody_locks_is_stale_whatever_it_says() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join(FILE);
        let own = toml::to_string(&LockHolder::this_process()).unwrap();
        for text in [own.as_str(), "process = 1\nsince = 0\n", "", "\u{1b}]0;x"] {
            fs::write(&path, text).unwrap();
            drop(Lock::acquire(directory.path()).unwrap());
        }
    }

    #[test]
    fn who_holds_it_is_told_by_number_and_time() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join(FILE);
        let other = LockHolder {
            process: 1,
            since: seconds_now() - 600,
            begun: None,
            boot: None,
            host: None,
        };
        let mut file = File::create(&path).unwrap();
        other.write(&mut file).unwrap();
        file.lock().unwrap();
        let error = Lock::acquire(directory.path()).unwrap_err().to_string();
        assert!(error.contains("process 1, for 10 min by now"), "{error}");
    }

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
