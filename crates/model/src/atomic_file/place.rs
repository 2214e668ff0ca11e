use std::fs::{self, File, Metadata, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

/// Links one after the other that are followed; systems follow 40.
const MAX_LINKS: usize = 40;

/// What a path to write to stands for.
pub(super) enum Place {
    /// What is written to where it is.
    Stream(File),
    /// A regular file, or none yet, behind all links, with what is known of the file that is there.
    File {
        path: PathBuf,
        replaced: Option<Metadata>,
    },
}

impl Place {
    pub(super) fn of(path: &Path) -> io::Result<Self> {
        let (path, is_open) = end_of_links(path)?;
        let metadata = match fs::metadata(&path) {
            Ok(metadata) => metadata,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(Self::File {
                    path,
                    replaced: None,
                });
            }
            Err(error) => return Err(error),
        };
        if metadata.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        if let Some(stream) = standard_stream(&metadata) {
            return Ok(Self::Stream(stream));
        }
        if is_open || !metadata.is_file() {
            // At the end, where that means anything: what is open may have been written to before.
            let mut options = OpenOptions::new();
            let stream = options.append(metadata.is_file()).write(true).open(&path)?;
            return Ok(Self::Stream(stream));
        }
        Ok(Self::File {
            path,
            replaced: Some(metadata),
        })
    }
}

/// Where the links from this path lead, and whether to something that a process has open.
fn end_of_links(path: &Path) -> io::Result<(PathBuf, bool)> {
    let mut path = path.to_owned();
    for _ in 0..MAX_LINKS {
        if is_descriptor(&path) {
            return Ok((path, true));
        }
        let Ok(target) = fs::read_link(&path) else {
            return Ok((path, false));
        };
        path = match path.parent() {
            Some(parent) => parent.join(target),
            None => target,
        };
    }
    Err(io::Error::other(
        "the links lead in a circle, or through too many others",
    ))
}

/// Whether a path is the name of something open, as `/dev/fd/3` is of `/proc/self/fd/3`.
fn is_descriptor(path: &Path) -> bool {
    let is_number = |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit());
    let name = path.file_name().and_then(|name| name.to_str());
    if !cfg!(target_os = "linux") || !name.is_some_and(is_number) {
        return false;
    }
    let folder = path.parent().map(fs::canonicalize);
    matches!(folder, Some(Ok(folder)) if folder.starts_with("/proc") && folder.ends_with("fd"))
}

/// The process' standard output or standard error, if they are this file.
#[cfg(unix)]
fn standard_stream(metadata: &Metadata) -> Option<File> {
    use std::os::fd::AsFd;

    let streams = [
        io::stdout().as_fd().try_clone_to_owned(),
        io::stderr().as_fd().try_clone_to_owned(),
    ];
    let mut streams = streams.into_iter().flatten().map(File::from);
    streams.find(|stream| {
        let own = stream.metadata();
        own.is_ok_and(|own| identity(&own) == identity(metadata))
    })
}

#[cfg(not(unix))]
fn standard_stream(_: &Metadata) -> Option<File> {
    None
}

#[cfg(unix)]
fn identity(metadata: &Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt;

    (metadata.dev(), metadata.ino())
}

/// Whether two paths lead to one file, whatever their names: by links, or because one is the other's hard link. Paths
/// to nothing are no file.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::models::is_same_file;
///
/// let folder = tempfile::tempdir()?;
/// let [first, second] = ["first", "second"].map(|name| folder.path().join(name));
/// std::fs::write(&first, "")?;
/// std::fs::hard_link(&first, &second)?;
/// assert!(is_same_file(&first, &second));
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn is_same_file(first: &Path, second: &Path) -> bool {
    #[cfg(unix)]
    let key = |path: &Path| fs::metadata(path).map(|metadata| identity(&metadata));
    #[cfg(not(unix))]
    let key = |path: &Path| fs::canonicalize(path);
    match (key(first), key(second)) {
        (Ok(first), Ok(second)) => first == second,
        _ => false,
    }
}
