use std::io;
use std::path::{Path, PathBuf};
use std::thread::{Builder, JoinHandle};
use std::time::{Duration, Instant};

use firebrick_model::{remove_abandoned_files, write_whole};

use super::folder::saved_in;
use super::retention::{Best, Retention, Saved};
use super::rhythm::{Point, Rhythm};
use crate::checkpoint_error::CheckpointError;
use crate::state::{Header, State, encoded};

/// Writes checkpoints in the course of a training, by a thread of its own.
///
/// One is written at a time. What cannot be written is told once, the training goes on, and what was written before
/// stays.
pub(crate) struct CheckpointWriter {
    folder: PathBuf,
    rhythm: Rhythm,
    retention: Retention,
    /// Those of this training that are there.
    there: Vec<Saved>,
    /// Those of another one, which go when this one has its first.
    foreign: Vec<Saved>,
    writing: Option<Writing>,
    /// When the last one was begun, or the training.
    begun: Instant,
    /// What the last one took.
    cost: Duration,
    /// Those that were written since somebody looked.
    written: Vec<PathBuf>,
    is_failing: bool,
}

/// A checkpoint in the course of being written.
struct Writing {
    saved: Saved,
    outdated: Vec<Saved>,
    thread: JoinHandle<Result<Duration, CheckpointError>>,
}

impl CheckpointWriter {
    /// For a training that begins, or goes on from a checkpoint of this folder that has this many steps.
    ///
    /// # Errors
    /// A folder that cannot be read.
    pub(crate) fn new(
        folder: PathBuf,
        rhythm: Rhythm,
        retention: Retention,
        resumed: Option<u64>,
    ) -> Result<Self, CheckpointError> {
        if let Err(error) = remove_abandoned_files(&folder) {
            log::warn!(
                "cannot remove temporary files from `{}`: {error}",
                folder.display()
            );
        }
        // What is newer than the one that it goes on from is broken, or was left out on purpose.
        let (there, foreign) = saved_in(&folder)?
            .into_iter()
            .partition(|saved| resumed.is_some_and(|step| saved.step <= step));
        Ok(Self {
            folder,
            rhythm,
            retention,
            there,
            foreign,
            writing: None,
            begun: Instant::now(),
            cost: Duration::ZERO,
            written: Vec::new(),
            is_failing: false,
        })
    }

    /// Whether it is time for a checkpoint, after this step and perhaps at the end of an epoch with this figure.
    pub(crate) fn is_due(&self, step: u64, ended_epoch: Option<usize>, value: Option<f64>) -> bool {
        let point = Point {
            step,
            ended_epoch,
            since: self.begun.elapsed(),
            cost: self.cost,
        };
        let is_best = value.is_some_and(|value| self.retention.is_best(value, &self.there));
        if !self.rhythm.waits() && self.is_writing() {
            return false;
        }
        is_best || self.rhythm.is_due(&point)
    }

    /// What says which one is the best, if anything does.
    pub(crate) fn best(&self) -> Option<&Best> {
        self.retention.best.as_ref()
    }

    /// The files that were written since the last call.
    pub(crate) fn take_written(&mut self) -> Vec<PathBuf> {
        std::mem::take(&mut self.written)
    }

    /// Whether the checkpoint after this step is there.
    pub(crate) fn has(&self, step: u64) -> bool {
        self.there.iter().any(|saved| saved.step == step)
    }

    /// Whether one is being written.
    fn is_writing(&self) -> bool {
        let writing = self.writing.as_ref();
        writing.is_some_and(|writing| !writing.thread.is_finished())
    }

    /// Begins to write a checkpoint, when the one before is written; gives what is to be told.
    pub(crate) fn begin(&mut self, state: State, saved: Saved) -> Option<String> {
        let told = self.finish();
        self.begun = Instant::now();
        let mut all = self.there.clone();
        all.retain(|other| other.step != saved.step);
        all.push(saved);
        let mut outdated = self.retention.outdated(&all);
        let foreign = self.foreign.iter().copied();
        outdated.extend(foreign.filter(|other| other.step != saved.step));
        let task = {
            let path = saved.path(&self.folder);
            let gone: Vec<PathBuf> = outdated
                .iter()
                .map(|saved| saved.path(&self.folder))
                .collect();
            move || write(&state, saved, &path, &gone)
        };
        let thread = Builder::new().name("checkpoint".to_owned()).spawn(task);
        match thread {
            Ok(thread) => {
                self.writing = Some(Writing {
                    saved,
                    outdated,
                    thread,
                });
                told
            }
            Err(source) => {
                let error = CheckpointError::File {
                    path: self.folder.clone(),
                    action: "start a thread to write",
                    source,
                };
                told.or(self.failed(&error))
            }
        }
    }

    /// What is to be told of a checkpoint that is written by now, if one is.
    pub(crate) fn poll(&mut self) -> Option<String> {
        if self.is_writing() {
            None
        } else {
            self.finish()
        }
    }

    /// Waits until a checkpoint is written; gives what is to be told.
    pub(crate) fn finish(&mut self) -> Option<String> {
        let Writing {
            saved,
            outdated,
            thread,
        } = self.writing.take()?;
        let written = thread.join().unwrap_or_else(|_| {
            Err(CheckpointError::Part {
                part: "the training".to_owned(),
                action: "written",
                reason: "the thread that writes it panicked".to_owned(),
            })
        });
        match written {
            Ok(cost) => {
                self.cost = cost;
                self.written.push(saved.path(&self.folder));
                self.foreign.clear();
                self.there.retain(|other| other.step != saved.step);
                self.there.push(saved);
                self.there.retain(|other| !outdated.contains(other));
                let was_failing = std::mem::take(&mut self.is_failing);
                was_failing
                    .then(|| format!("checkpoints are written again, after step {}", saved.step))
            }
            Err(error) => self.failed(&error),
        }
    }

    fn failed(&mut self, error: &CheckpointError) -> Option<String> {
        let was_failing = std::mem::replace(&mut self.is_failing, true);
        let newest = self.there.iter().map(|saved| saved.step).max();
        let newest = newest.map_or_else(
            || "there is none to go on from yet".to_owned(),
            |step| format!("the newest one is that after step {step}"),
        );
        let text =
            format!("warning: {error}; {newest}, the training goes on and it is tried again");
        (!was_failing).then_some(text)
    }
}

impl Drop for CheckpointWriter {
    /// What is begun is written, also where the training failed.
    fn drop(&mut self) {
        if let Some(text) = self.finish() {
            log::warn!("{text}");
        }
    }
}

/// Writes a checkpoint and removes those that it makes superfluous; gives how long that took.
fn write(
    state: &State,
    saved: Saved,
    path: &Path,
    outdated: &[PathBuf],
) -> Result<Duration, CheckpointError> {
    let begin = Instant::now();
    let Saved { step, value } = saved;
    let write = || -> io::Result<()> {
        let bytes = encoded(state, Header { step, value })?;
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        write_whole(path, &bytes)
    };
    write().map_err(|source| CheckpointError::File {
        path: path.to_owned(),
        action: "write",
        source,
    })?;
    for path in outdated {
        match std::fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                log::warn!(
                    "cannot remove the old checkpoint `{}`: {error}",
                    path.display()
                );
            }
            _ => {}
        }
    }
    Ok(begin.elapsed())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::super::interval::CheckpointInterval;
    use super::super::newest;
    use super::super::retention::Best;
    use super::*;
    use crate::metrics::Direction;
    use crate::run_directory::RunDirectory;

    /// A writer into a folder, and the steps whose checkpoints are in it.
    struct Case {
        folder: tempfile::TempDir,
        writer: CheckpointWriter,
    }

    impl Case {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let writer = writer(folder.path(), None);
            Self { folder, writer }
        }

        fn save(&mut self, step: u64, value: Option<f64>) -> Option<String> {
            let state = State::new().with("step", step);
            let begun = self.writer.begin(state, Saved { step, value });
            begun.or_else(|| self.writer.finish())
        }

        fn steps(&self) -> Vec<u64> {
            let names = fs::read_dir(self.folder.path()).unwrap();
            let names = names.map(|entry| entry.unwrap().file_name());
            let mut steps: Vec<u64> = names
                .map(|name| RunDirectory::step_of(name.to_str().unwrap()).unwrap())
                .collect();
            steps.sort_unstable();
            steps
        }

        fn path(&self, step: u64) -> PathBuf {
            Saved { step, value: None }.path(self.folder.path())
        }
    }

    fn writer(folder: &Path, resumed: Option<u64>) -> CheckpointWriter {
        let retention = Retention {
            newest: 2,
            best: Some(Best {
                figure: "val_loss".to_owned(),
                direction: Direction::Down,
            }),
        };
        let rhythm = Rhythm::Every(CheckpointInterval::Steps(10));
        CheckpointWriter::new(folder.to_owned(), rhythm, retention, resumed).unwrap()
    }

    #[test]
    fn the_newest_and_the_best_stay() {
        let mut case = Case::new();
        for (step, value) in [
            (10, Some(0.5)),
            (20, Some(0.25)),
            (30, Some(0.75)),
            (40, None),
        ] {
            assert_eq!(case.save(step, value), None);
        }
        assert_eq!(case.steps(), [20, 30, 40]);
        // Another process finds the best by what its file says.
        let mut again = writer(case.folder.path(), Some(40));
        again.begin(
            State::new(),
            Saved {
                step: 50,
                value: Some(0.375),
            },
        );
        assert_eq!(again.finish(), None);
        assert_eq!(case.steps(), [20, 40, 50]);
    }

    #[test]
    fn what_another_training_left_goes_with_the_first_checkpoint() {
        let mut case = Case::new();
        case.save(500, None);
        case.writer = writer(case.folder.path(), None);
        assert_eq!(case.steps(), [500]);
        case.save(0, None);
        assert_eq!(case.steps(), [0]);
    }

    #[test]
    fn the_best_so_far_is_due_whenever_it_comes() {
        let mut case = Case::new();
        case.save(10, Some(0.5));
        assert!(!case.writer.is_due(13, Some(1), Some(0.75)));
        assert!(case.writer.is_due(13, Some(1), Some(0.25)));
        assert!(case.writer.is_due(20, None, None));
        let best = case.writer.best().map(|best| best.figure.as_str());
        assert_eq!(best, Some("val_loss"));
    }

    #[test]
    fn a_checkpoint_that_cannot_be_written_is_told_once_and_the_old_ones_stay() {
        let mut case = Case::new();
        case.save(10, None);
        // No file can take the place of a folder.
        for step in [20, 30] {
            fs::create_dir(case.path(step)).unwrap();
        }
        let told = case.save(20, None).unwrap();
        assert!(
            told.starts_with("warning: cannot write the checkpoint `"),
            "{told}"
        );
        assert!(
            told.ends_with(
                "; the newest one is that after step 10, the training goes on and it is tried again"
            ),
            "{told}"
        );
        assert_eq!(case.save(30, None), None);
        for step in [20, 30] {
            fs::remove_dir(case.path(step)).unwrap();
        }
        let told = case.save(40, None);
        assert_eq!(
            told.as_deref(),
            Some("checkpoints are written again, after step 40")
        );
        assert_eq!(case.steps(), [10, 40]);
    }

    #[test]
    fn the_newest_intact_one_is_found_and_the_broken_ones_are_named() {
        let mut case = Case::new();
        case.save(10, None);
        case.save(20, None);
        let step = |found: &super::super::Found| found.state.get::<u64>("step").unwrap();
        let found = newest(case.folder.path()).unwrap();
        assert_eq!((step(&found), found.broken.len()), (20, 0));
        let whole = fs::read(case.path(20)).unwrap();
        fs::write(case.path(20), &whole[..whole.len() / 2]).unwrap();
        let found = newest(case.folder.path()).unwrap();
        assert_eq!((step(&found), found.path), (10, case.path(10)));
        assert!(
            found.broken[0].contains("state-0000000020.bpk` is broken"),
            "{:?}",
            found.broken
        );
        fs::write(case.path(10), "").unwrap();
        let error = newest(case.folder.path()).unwrap_err().to_string();
        assert!(error.contains("state-0000000010.bpk` is broken"), "{error}");
    }
}
