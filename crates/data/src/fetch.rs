//! Downloading MNIST, checked and whole or not at all.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;
use ureq::Agent;

use crate::error::DataError;
use crate::hexadecimal::hexadecimal;
use crate::load::cache_directory;
use crate::mnist_files::{ORIGINAL_FILES, OriginalFile};

const BASE_URL: &str = "https://ossci-datasets.s3.amazonaws.com/mnist/";
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const READ_TIMEOUT: Duration = Duration::from_secs(30);
const FILE_TIMEOUT: Duration = Duration::from_mins(10);

/// How to download MNIST.
///
/// ```
/// # mod firebrick { pub use firebrick_data::{burn, self as datasets}; }
/// use firebrick::datasets::Fetch;
///
/// let fetch = Fetch { directory: "data/mnist".into(), ..Fetch::default() };
/// assert!(fetch.base_url.starts_with("https://"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetch {
    /// The address that the file names are appended to; any mirror of the original files.
    pub base_url: String,
    /// Where the files go; made if it does not exist.
    pub directory: PathBuf,
    /// Whether a bar on standard error shows how far it is; only on a terminal.
    pub show_progress: bool,
}

impl Default for Fetch {
    /// A public mirror, `firebrick/mnist` in the user's cache folder (`assets/mnist` in the current folder for a
    /// user without one), with a progress bar.
    fn default() -> Self {
        Self {
            base_url: BASE_URL.to_owned(),
            directory: cache_directory().unwrap_or_else(|| Path::new("assets").join("mnist")),
            show_progress: true,
        }
    }
}

/// Downloads the four files of MNIST, checks their SHA-256 sums and returns their folder.
///
/// Files that are there with the right sum are kept. Each other one is written under a temporary name in the same
/// folder, and gets its own name only when it is complete, checked and on the disk: a download that fails leaves
/// the folder as it was.
///
/// ```no_run
/// # mod firebrick { pub use firebrick_data as datasets; }
/// use firebrick::datasets::{DataSource, Fetch, fetch, load};
///
/// let folder = fetch(&Fetch { directory: "data/mnist".into(), ..Fetch::default() })?;
/// let mnist = load(&DataSource::Directory(folder))?;
/// assert_eq!(mnist.train.len(), 60_000);
/// # Ok::<(), firebrick::datasets::DataError>(())
/// ```
///
/// # Errors
/// Names the address or the file, what was expected and what came. Nothing waits for ever: 10 s to connect, 30 s
/// without a byte, 10 minutes a file.
pub fn fetch(fetch: &Fetch) -> Result<PathBuf, DataError> {
    let directory = &fetch.directory;
    fs::create_dir_all(directory).map_err(|source| write_error(directory, source))?;
    remove_abandoned(directory);
    for file in &ORIGINAL_FILES {
        let path = directory.join(file.name);
        if is_original(&path, file)? {
            log::debug!("`{}` is there and whole", path.display());
        } else {
            download(fetch, file, &path)?;
        }
    }
    Ok(directory.clone())
}

fn is_original(path: &Path, file: &OriginalFile) -> Result<bool, DataError> {
    let read_error = |source| DataError::Read {
        path: path.to_owned(),
        source,
    };
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_file() && metadata.len() == file.num_bytes => {}
        Ok(_) => return Ok(false),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(read_error(error)),
    }
    let bytes = fs::read(path).map_err(read_error)?;
    Ok(hexadecimal(&Sha256::digest(bytes)) == file.sha256)
}

fn download(fetch: &Fetch, file: &OriginalFile, path: &Path) -> Result<(), DataError> {
    let url = format!("{}/{}", fetch.base_url.trim_end_matches('/'), file.name);
    let mut body = request(&url, file)?;

    let mut temporary =
        temporary_file(&fetch.directory).map_err(|source| write_error(&fetch.directory, source))?;
    let bar = progress_bar(fetch.show_progress, file);
    let received = copy_checked(&mut body, temporary.as_file_mut(), &bar, &url, file, path);
    bar.finish_and_clear();
    received?;

    temporary
        .as_file()
        .sync_all()
        .map_err(|source| write_error(path, source))?;
    temporary
        .persist(path)
        .map_err(|error| write_error(path, error.error))?;
    sync_directory(&fetch.directory);
    Ok(())
}

/// Asks for a file; returns what reads its bytes.
fn request(url: &str, file: &OriginalFile) -> Result<impl Read + use<>, DataError> {
    let download_error = |error: ureq::Error| DataError::Download {
        url: url.to_owned(),
        expected: file.num_bytes,
        received: 0,
        source: error.into_io(),
    };
    let response = agent(url).get(url).call().map_err(download_error)?;
    let status = response.status().as_u16();
    if status != 200 {
        return Err(DataError::DownloadStatus {
            url: url.to_owned(),
            status,
        });
    }
    match response.body().content_length() {
        Some(received) if received != file.num_bytes => Err(DataError::DownloadSize {
            url: url.to_owned(),
            expected: file.num_bytes,
            received,
        }),
        _ => Ok(response.into_body().into_reader()),
    }
}

fn agent(url: &str) -> Agent {
    let mut config = Agent::config_builder()
        .http_status_as_error(false)
        .timeout_connect(Some(CONNECT_TIMEOUT))
        .timeout_per_read(Some(READ_TIMEOUT))
        .timeout_global(Some(FILE_TIMEOUT))
        .user_agent(concat!("firebrick/", env!("CARGO_PKG_VERSION")))
        // The files are compressed already, and are kept so.
        .accept_encoding("identity");
    if ["http://127.0.0.1", "http://localhost"]
        .iter()
        .any(|local| url.starts_with(local))
    {
        config = config.proxy(None);
    }
    config.build().new_agent()
}

/// Copies a body of exactly the expected length and sum.
fn copy_checked(
    body: &mut impl Read,
    output: &mut File,
    bar: &ProgressBar,
    url: &str,
    file: &OriginalFile,
    path: &Path,
) -> Result<(), DataError> {
    let expected = file.num_bytes;
    let size_error = |received| DataError::DownloadSize {
        url: url.to_owned(),
        expected,
        received,
    };
    let mut sum = Sha256::new();
    let mut received = 0;
    let mut buffer = vec![0; 1 << 16];
    loop {
        let count = match body.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(source) => {
                return Err(DataError::Download {
                    url: url.to_owned(),
                    expected,
                    received,
                    source,
                });
            }
        };
        received += count as u64;
        if received > expected {
            return Err(size_error(received));
        }
        sum.update(&buffer[..count]);
        output
            .write_all(&buffer[..count])
            .map_err(|source| write_error(path, source))?;
        bar.set_position(received);
    }
    if received < expected {
        return Err(size_error(received));
    }
    let received = hexadecimal(&sum.finalize());
    if received != file.sha256 {
        return Err(DataError::DownloadChecksum {
            url: url.to_owned(),
            expected: file.sha256.to_owned(),
            received,
        });
    }
    Ok(())
}

fn progress_bar(is_shown: bool, file: &OriginalFile) -> ProgressBar {
    if !is_shown {
        return ProgressBar::hidden();
    }
    let template = "{msg:27} {bar:30} {bytes:>10} of {total_bytes:10} {bytes_per_sec:>12}";
    let style =
        ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(file.num_bytes)
        .with_style(style)
        .with_message(file.name)
}

/// What the names of files begin with that are on their way.
const TEMPORARY: &str = ".download-";

/// Removes what downloads have left that were killed; those that go on hold a lock on theirs. What cannot be removed stays.
fn remove_abandoned(directory: &Path) {
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let is_temporary = name
            .to_str()
            .is_some_and(|name| name.starts_with(TEMPORARY));
        let is_abandoned = || File::open(entry.path()).is_ok_and(|file| file.try_lock().is_ok());
        if is_temporary && is_abandoned() {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// A file that vanishes unless it is given its name, readable by those whom the user's mask allows.
fn temporary_file(directory: &Path) -> io::Result<NamedTempFile> {
    loop {
        let file = unlocked_file(directory)?;
        // Where there are no locks, nobody removes it either.
        let _ = file.as_file().try_lock();
        // Another download may have tidied it up before it was locked.
        if file.path().exists() {
            return Ok(file);
        }
    }
}

fn unlocked_file(directory: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    builder.prefix(TEMPORARY).tempfile_in(directory)
}

/// Puts a new name on the disk where the system offers that.
fn sync_directory(directory: &Path) {
    if let Err(error) = File::open(directory).and_then(|directory| directory.sync_all()) {
        log::debug!("cannot sync the folder `{}`: {error}", directory.display());
    }
}

fn write_error(path: &Path, source: io::Error) -> DataError {
    DataError::Write {
        path: path.to_owned(),
        source,
    }
}
