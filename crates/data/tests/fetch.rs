//! Downloading from a server on this machine: whole, cut off, wrong and missing files.

#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};

use firebrick_data::{DataError, DataSource, Fetch, fetch, load};

const FIRST: &str = "train-images-idx3-ubyte.gz";
const SECOND: &str = "train-labels-idx1-ubyte.gz";

fn asset(name: &str) -> Vec<u8> {
    fs::read(
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../assets/mnist")
            .join(name),
    )
    .unwrap()
}

/// Head and body of an answer that announces `length` bytes.
fn answer(status: &str, length: Option<usize>, body: &[u8]) -> Vec<u8> {
    let length = length.map_or(String::new(), |length| {
        format!("Content-Length: {length}\r\n")
    });
    let mut bytes = format!("HTTP/1.1 {status}\r\n{length}Connection: close\r\n\r\n").into_bytes();
    bytes.extend(body);
    bytes
}

fn whole(body: &[u8]) -> Vec<u8> {
    answer("200 OK", Some(body.len()), body)
}

/// Answers each request with what a function of the file name gives, until dropped.
struct Server {
    address: SocketAddr,
    num_requests: Arc<AtomicUsize>,
    is_over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    fn start(answer: impl Fn(&str) -> Vec<u8> + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (num_requests, is_over) = (
            Arc::new(AtomicUsize::new(0)),
            Arc::new(AtomicBool::new(false)),
        );
        let (counter, over) = (Arc::clone(&num_requests), Arc::clone(&is_over));
        let thread = thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                if over.load(Ordering::SeqCst) {
                    return;
                }
                let mut request = Vec::new();
                let mut byte = [0];
                while !request.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap() == 1 {
                    request.push(byte[0]);
                }
                let request = String::from_utf8(request).unwrap();
                let name = request
                    .split(' ')
                    .nth(1)
                    .unwrap()
                    .rsplit('/')
                    .next()
                    .unwrap();
                counter.fetch_add(1, Ordering::SeqCst);
                // A client that has seen enough may hang up.
                let _ = stream.write_all(&answer(name));
            }
        });
        Self {
            address,
            num_requests,
            is_over,
            thread: Some(thread),
        }
    }

    fn fetch_into(&self, directory: &Path) -> Result<PathBuf, DataError> {
        fetch(&Fetch {
            base_url: format!("http://{}/mirror/", self.address),
            directory: directory.to_owned(),
            show_progress: false,
        })
    }

    fn num_requests(&self) -> usize {
        self.num_requests.load(Ordering::SeqCst)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
        let result = self.thread.take().unwrap().join();
        assert!(result.is_ok() || thread::panicking());
    }
}

fn names(directory: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort_unstable();
    names
}

/// What fetching says when the second file is answered so; the first one is there already.
fn second_file_error(answer: Vec<u8>) -> DataError {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join(FIRST), asset(FIRST)).unwrap();
    let server = Server::start(move |_| answer.clone());
    let error = server.fetch_into(directory.path()).unwrap_err();
    assert_eq!(server.num_requests(), 1);
    assert_eq!(
        names(directory.path()),
        [FIRST],
        "a failed download left something behind"
    );
    assert!(
        error
            .to_string()
            .contains(&format!("http://{}/mirror/{SECOND}", server.address)),
        "{error}"
    );
    error
}

#[test]
fn whole_files_are_fetched_once_and_can_be_loaded() {
    let root = tempfile::tempdir().unwrap();
    let directory = root.path().join("new/folder");
    let server = Server::start(|name| whole(&asset(name)));
    assert_eq!(server.fetch_into(&directory).unwrap(), directory);
    assert_eq!(server.num_requests(), 4);
    assert_eq!(names(&directory).len(), 4);
    assert_eq!(
        load(&DataSource::Directory(directory.clone()))
            .unwrap()
            .test
            .len(),
        10_000
    );

    // All there: nothing to ask for.
    server.fetch_into(&directory).unwrap();
    assert_eq!(server.num_requests(), 4);

    // A file with another content, and one that is missing, are fetched again.
    let mut damaged = asset(SECOND);
    damaged[100] ^= 1;
    fs::write(directory.join(SECOND), damaged).unwrap();
    fs::remove_file(directory.join("t10k-labels-idx1-ubyte.gz")).unwrap();
    server.fetch_into(&directory).unwrap();
    assert_eq!(server.num_requests(), 6);
    assert_eq!(fs::read(directory.join(SECOND)).unwrap(), asset(SECOND));
}

#[cfg(unix)]
#[test]
fn fetched_files_have_the_permissions_of_any_new_file() {
    use std::os::unix::fs::PermissionsExt;

    let directory = tempfile::tempdir().unwrap();
    let server = Server::start(|name| whole(&asset(name)));
    server.fetch_into(directory.path()).unwrap();
    let plain = directory.path().join("plain");
    fs::write(&plain, b"").unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode();
    assert_eq!(mode(&directory.path().join(SECOND)), mode(&plain));
}

#[test]
fn what_a_killed_download_has_left_is_removed_and_what_is_on_its_way_is_not() {
    let directory = tempfile::tempdir().unwrap();
    let [abandoned, going_on] = [".download-a8Xq1z", ".download-b"].map(|name| {
        let path = directory.path().join(name);
        fs::write(&path, b"half of it").unwrap();
        path
    });
    let held = fs::File::open(&going_on).unwrap();
    held.lock().unwrap();
    let server = Server::start(|name| whole(&asset(name)));
    server.fetch_into(directory.path()).unwrap();
    assert!(!abandoned.exists());
    assert!(going_on.exists());
}

#[test]
fn a_transfer_that_is_cut_off_leaves_nothing_behind() {
    let body = asset(SECOND);
    match second_file_error(answer("200 OK", Some(body.len()), &body[..10_000])) {
        DataError::Download {
            expected: 28_881,
            received,
            ..
        } => assert!(received <= 10_000, "{received}"),
        other => panic!("{other}"),
    }
}

#[test]
fn a_transfer_of_unknown_length_that_ends_early_leaves_nothing_behind() {
    let error = second_file_error(answer("200 OK", None, &asset(SECOND)[..10_000]));
    assert!(
        matches!(
            error,
            DataError::DownloadSize {
                expected: 28_881,
                received: 10_000,
                ..
            }
        ),
        "{error}"
    );
}

#[test]
fn a_file_of_another_length_is_refused_before_it_is_transferred() {
    let error = second_file_error(answer("200 OK", Some(1 << 40), b"endless"));
    assert!(
        matches!(
            error,
            DataError::DownloadSize {
                received: 0x100_0000_0000,
                ..
            }
        ),
        "{error}"
    );
}

#[test]
fn a_transfer_that_goes_on_and_on_is_broken_off() {
    let error = second_file_error(answer(
        "200 OK",
        None,
        &[asset(SECOND), vec![0; 1 << 20]].concat(),
    ));
    match error {
        DataError::DownloadSize {
            expected: 28_881,
            received,
            ..
        } => {
            assert!(
                (28_882..28_881 + (1 << 17)).contains(&received),
                "{received}"
            );
        }
        other => panic!("{other}"),
    }
}

#[test]
fn wrong_bytes_of_the_right_length_are_refused_by_their_sum() {
    let mut body = asset(SECOND);
    body[20_000] ^= 1;
    match second_file_error(whole(&body)) {
        DataError::DownloadChecksum {
            expected, received, ..
        } => {
            assert_eq!(
                expected,
                "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"
            );
            assert_eq!(received.len(), 64);
            assert_ne!(received, expected);
        }
        other => panic!("{other}"),
    }
}

#[test]
fn a_missing_file_is_told_with_its_status() {
    let error = second_file_error(answer("404 Not Found", Some(4), b"none"));
    assert!(
        matches!(error, DataError::DownloadStatus { status: 404, .. }),
        "{error}"
    );
}

#[test]
fn an_answer_that_is_not_http_is_an_error() {
    let error = second_file_error(b"220 smtp.example.org ready\r\n\r\n".to_vec());
    assert!(
        matches!(error, DataError::Download { received: 0, .. }),
        "{error}"
    );
}

#[test]
fn a_server_that_is_not_there_is_an_error() {
    let directory = tempfile::tempdir().unwrap();
    let request = Fetch {
        // Port 1 is reserved, and nobody listens there.
        base_url: "http://127.0.0.1:1".to_owned(),
        directory: directory.path().into(),
        show_progress: false,
    };
    let error = fetch(&request).unwrap_err();
    assert!(
        matches!(error, DataError::Download { received: 0, .. }),
        "{error}"
    );
    let start = format!("cannot download `http://127.0.0.1:1/{FIRST}`: ");
    assert!(error.to_string().starts_with(&start), "{error}");
    assert_eq!(names(directory.path()), [""; 0]);
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let root = tempfile::tempdir().unwrap();
    let file = root.path().join("file");
    fs::write(&file, b"").unwrap();
    let request = Fetch {
        directory: file.join("below"),
        ..Fetch::default()
    };
    let error = fetch(&request).unwrap_err();
    assert!(matches!(error, DataError::Write { .. }), "{error}");
}
