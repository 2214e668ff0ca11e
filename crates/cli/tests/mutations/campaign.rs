use std::cell::Cell;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use crate::mutator::Mutator;

/// Cases of each reader where nothing else is said.
const CASES: u64 = 200;
/// What no input may take: a case that does has hung.
const PATIENCE: Duration = Duration::from_mins(1);
/// A message longer than this is read by nobody.
const LONGEST_MESSAGE: usize = 8_000;

/// What became of a broken input.
pub(crate) enum Outcome {
    /// It was understood.
    Read,
    /// It was refused, with these words.
    Refused(String),
    /// Something is wrong that no panic tells.
    Wrong(String),
}

impl<T, E: std::fmt::Display> From<Result<T, E>> for Outcome {
    fn from(result: Result<T, E>) -> Self {
        match result {
            Ok(_) => Self::Read,
            Err(error) => Self::Refused(error.to_string()),
        }
    }
}

/// Broken inputs for one reader.
pub(crate) struct Campaign {
    /// Names it in files and messages.
    pub(crate) reader: &'static str,
    /// The end of the file's name, with its point, by which readers tell what it is.
    pub(crate) extension: &'static str,
    /// What to break.
    pub(crate) inputs: Vec<Vec<u8>>,
    /// Words that mean something to the reader.
    pub(crate) words: &'static [&'static str],
    /// One case costs so many of the usual ones; fewer are done.
    pub(crate) cost: u64,
}

impl Campaign {
    /// Breaks inputs and gives them to the reader as files.
    ///
    /// # Panics
    /// At the first input that makes the reader panic, hang or say something that cannot be read; the file stays.
    pub(crate) fn run(&self, read: impl Fn(&Path, &[u8]) -> Outcome) {
        let seed = setting("FIREBRICK_MUTATIONS_SEED", 1);
        let cases = (setting("FIREBRICK_MUTATIONS", CASES) / self.cost).max(1);
        let first = setting("FIREBRICK_MUTATIONS_FIRST", 0);
        let folder = folder(self.reader);
        let (mut was_read, mut refused) = (0_u64, 0_u64);
        let watch = Watch::start(self.reader);
        for case in first..first + cases {
            let bytes = Mutator::new(seed, case).broken(&self.inputs, self.words);
            let path = folder.join(format!("input{}", self.extension));
            fs::write(&path, &bytes).unwrap();
            watch.begin(case);
            let outcome = quietly(|| read(&path, &bytes));
            let wrong = match outcome {
                Ok(Outcome::Read) => {
                    was_read += 1;
                    None
                }
                Ok(Outcome::Refused(message)) => {
                    refused += 1;
                    problem_of(&message)
                }
                Ok(Outcome::Wrong(what)) => Some(what),
                Err(panic) => Some(format!("it panics: {panic}")),
            };
            if let Some(wrong) = wrong {
                let kept = folder.join(format!("seed-{seed}-case-{case}{}", self.extension));
                fs::copy(&path, &kept).unwrap();
                panic!(
                    "{}, seed {seed}, case {case}, {}: {wrong}",
                    self.reader,
                    kept.display()
                );
            }
        }
        assert!(
            refused > 0 || cases < 20,
            "{}: nothing of {cases} was refused; is it read at all?",
            self.reader
        );
        println!(
            "{}: seed {seed}, {cases} cases from {first}, {was_read} read, {refused} refused",
            self.reader
        );
    }
}

fn problem_of(message: &str) -> Option<String> {
    if message.trim().is_empty() {
        return Some("it is refused without a word".to_owned());
    }
    (message.len() > LONGEST_MESSAGE).then(|| {
        format!(
            "a message of {} bytes: {}…",
            message.len(),
            message.chars().take(500).collect::<String>()
        )
    })
}

/// A number from the environment.
fn setting(name: &str, default: u64) -> u64 {
    match std::env::var(name) {
        Ok(text) => text
            .parse()
            .unwrap_or_else(|_| panic!("{name} is `{text}`, expected a whole number")),
        Err(_) => default,
    }
}

/// An empty folder for a reader's files, which stay where something is found.
fn folder(reader: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("mutations-{reader}"));
    if folder.exists() {
        fs::remove_dir_all(&folder).unwrap();
    }
    fs::create_dir_all(&folder).unwrap();
    folder
}

thread_local! {
    static IS_QUIET: Cell<bool> = const { Cell::new(false) };
}

/// The outcome, or what a panic said, of which nothing is printed.
fn quietly<T>(act: impl FnOnce() -> T) -> Result<T, String> {
    static HOOK: std::sync::Once = std::sync::Once::new();
    HOOK.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if !IS_QUIET.get() {
                before(panic);
            }
        }));
    });
    IS_QUIET.set(true);
    let result = catch_unwind(AssertUnwindSafe(act));
    IS_QUIET.set(false);
    result.map_err(|payload| {
        let text = payload.downcast_ref::<String>().cloned();
        text.or_else(|| {
            payload
                .downcast_ref::<&str>()
                .map(|text| (*text).to_owned())
        })
        .unwrap_or_default()
    })
}

/// Ends the process where a case takes longer than anybody would wait: nothing else ends a hang.
struct Watch(mpsc::Sender<u64>);

impl Watch {
    fn start(reader: &'static str) -> Self {
        let (begin, cases) = mpsc::channel();
        thread::spawn(move || {
            let mut latest = 0;
            loop {
                match cases.recv_timeout(PATIENCE) {
                    Ok(case) => latest = case,
                    Err(RecvTimeoutError::Disconnected) => return,
                    Err(RecvTimeoutError::Timeout) => {
                        eprintln!(
                            "{reader}: case {latest} takes more than {} s",
                            PATIENCE.as_secs()
                        );
                        std::process::exit(1);
                    }
                }
            }
        });
        Self(begin)
    }

    fn begin(&self, case: u64) {
        self.0.send(case).unwrap();
    }
}
