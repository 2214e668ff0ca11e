use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use firebrick_model::{ModelCard, ModelError, save_card};
use firebrick_plot::curves_size;

use crate::burn_loop::{EpochHook, SaveModel};
use crate::curves::draw_curves;
use crate::directory_claim::Busy;
use crate::error::TrainError;
use crate::history::History;
use crate::run_directory::RunDirectory;
use crate::run_panels::run_panels;

/// How often a run's files are brought up to date when epochs are short.
const SAVE_INTERVAL: Duration = Duration::from_secs(1);

/// The files of a run in the course of a training: what is in them, and whether they can be written.
pub(super) struct RunFiles {
    run: RunDirectory,
    busy: Busy,
    /// When they were brought up to date.
    saved: Option<Instant>,
    /// Whole epochs behind the model in its file, if this training has written one.
    model: Option<usize>,
    /// Whether the step's model has a file.
    has_model: bool,
    /// Whether they could not be written the last time.
    is_failing: bool,
}

impl RunFiles {
    /// The directory is this training's until the value is dropped.
    pub(super) fn begin(run: &RunDirectory) -> Result<Rc<RefCell<Self>>, TrainError> {
        Ok(Rc::new(RefCell::new(Self {
            run: run.clone(),
            busy: run.begin()?,
            saved: None,
            model: None,
            has_model: true,
            is_failing: false,
        })))
    }

    /// Keeps model and history up to date after every epoch, so that a killed training has lost little.
    pub(super) fn epoch_hook(files: Option<Rc<RefCell<Self>>>) -> EpochHook {
        Box::new(move |history, save| match &files {
            Some(files) => files.borrow_mut().epoch_end(history, save),
            None => Ok(None),
        })
    }

    /// Saves, if that is due; gives what is to be told.
    ///
    /// Files that cannot be written at all end the training. Where they could be before, what is the matter may
    /// pass: it is tried again after every epoch.
    fn epoch_end(
        &mut self,
        history: &History,
        save: &SaveModel<'_>,
    ) -> Result<Option<String>, TrainError> {
        let is_recent = self
            .saved
            .is_some_and(|saved| saved.elapsed() < SAVE_INTERVAL);
        if is_recent && !self.is_failing {
            return Ok(None);
        }
        let saved = self.save(history, save);
        let was_failing = std::mem::replace(&mut self.is_failing, saved.is_err());
        let epoch = last_epoch(history);
        match saved {
            Ok(()) => {
                self.saved = Some(Instant::now());
                Ok(was_failing.then(|| format!("the run is saved again, after epoch {epoch}")))
            }
            Err(error) if self.model.is_none() => Err(error),
            Err(_) if was_failing => Ok(None),
            Err(error) => Ok(Some(format!(
                "warning: {error}; {}, it is tried again after every epoch",
                self.on_disk(epoch)
            ))),
        }
    }

    /// Model and history; what was in the directory before goes when there is a model.
    fn save(&mut self, history: &History, save: &SaveModel<'_>) -> Result<(), TrainError> {
        match save(&self.run.file(RunDirectory::MODEL)) {
            Ok(()) => {}
            Err(TrainError::NoModelFile) => self.has_model = false,
            Err(error) => return Err(error),
        }
        self.model = Some(last_epoch(history));
        if let Err(error) = self.busy.claim().settle() {
            log::warn!("{error}");
        }
        history.write_csv(&self.run.file(RunDirectory::HISTORY))
    }

    /// Brings all files to the end of the training.
    pub(super) fn finish(
        &mut self,
        history: &History,
        save: &SaveModel<'_>,
        card: &ModelCard,
    ) -> Result<(), TrainError> {
        // Until it is written, the model in the file is not the last one, even after the same whole epoch.
        let before = self.model.take();
        let finished = self
            .save(history, save)
            .and_then(|()| self.tell(card))
            .and_then(|()| self.draw(history))
            .map_err(Box::new);
        finished.map_err(|source| {
            let is_model_saved = self.model.is_some();
            self.model = self.model.or(before);
            let on_disk = if is_model_saved && self.has_model {
                format!("`{}` holds all that was learned", RunDirectory::MODEL)
            } else {
                self.on_disk(last_epoch(history))
            };
            TrainError::Unsaved { source, on_disk }
        })
    }

    /// Puts into the model's file what it tells of the training.
    fn tell(&self, card: &ModelCard) -> Result<(), TrainError> {
        if !self.has_model {
            return Ok(());
        }
        match save_card(card, &self.run.file(RunDirectory::MODEL)) {
            // A step of somebody's own may keep its model in another form.
            Err(ModelError::Malformed { .. }) => Ok(()),
            told => Ok(told?),
        }
    }

    fn draw(&self, history: &History) -> Result<(), TrainError> {
        if history.epochs().is_empty() {
            return Ok(());
        }
        let path = self.run.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let panels = run_panels(&[(&name, history)]);
        for file in [RunDirectory::CURVES_SVG, RunDirectory::CURVES_PNG] {
            draw_curves(
                &panels,
                &name,
                &self.run.file(file),
                curves_size(panels.len()),
            )?;
        }
        Ok(())
    }

    /// What the model's file holds, where it is not the model after this epoch.
    fn on_disk(&self, epoch: usize) -> String {
        let name = RunDirectory::MODEL;
        match self.model {
            _ if !self.has_model => format!("the step's model has no file, `{name}`"),
            None => format!("nothing that was learned is in `{name}`"),
            Some(saved) if saved == epoch => {
                format!("`{name}` holds the model after epoch {saved}")
            }
            Some(saved) => {
                format!(
                    "`{name}` holds the model after epoch {saved}, not that after epoch {epoch}"
                )
            }
        }
    }
}

/// The last whole epoch, 0 before the first.
fn last_epoch(history: &History) -> usize {
    history.last().map_or(0, |record| record.epoch)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use burn::tensor::Device;
    use firebrick_model::{Mlp, MlpConfig, save_model};

    use super::*;
    use crate::history::EpochRecord;

    fn history(epochs: usize) -> History {
        let mut history = History::default();
        for epoch in 1..=epochs {
            history.push(EpochRecord {
                epoch,
                learning_rate: 0.1,
                figures: [("loss", 0.5)].into_iter().collect(),
                seconds: 1.0,
            });
        }
        history
    }

    /// A run whose files are always due.
    struct Case {
        folder: tempfile::TempDir,
        files: Rc<RefCell<RunFiles>>,
        model: Mlp,
    }

    impl Case {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let run = RunDirectory::create(&folder.path().join("run")).unwrap();
            Self {
                files: RunFiles::begin(&run).unwrap(),
                model: MlpConfig::new(3, 2).init(1, &Device::flex()).unwrap(),
                folder,
            }
        }

        fn epoch_end(&self, epoch: usize) -> Result<Option<String>, TrainError> {
            self.files.borrow_mut().saved = None;
            let save = |path: &Path| Ok(save_model(&self.model, path)?);
            self.files.borrow_mut().epoch_end(&history(epoch), &save)
        }

        /// Puts something in the place of a file that no file can replace, or takes it away.
        fn block(&self, name: &str) {
            let path = self.folder.path().join("run").join(name);
            let _ = fs::remove_file(&path);
            fs::create_dir(path).unwrap();
        }

        fn unblock(&self, name: &str) {
            fs::remove_dir(self.folder.path().join("run").join(name)).unwrap();
        }
    }

    #[test]
    fn a_save_that_fails_in_the_middle_is_told_once_and_tried_again() {
        let case = Case::new();
        assert_eq!(case.epoch_end(1).unwrap(), None);
        case.block(RunDirectory::MODEL);
        let told = case.epoch_end(2).unwrap().unwrap();
        assert!(
            told.starts_with("warning: cannot write the model file `"),
            "{told}"
        );
        assert!(
            told.ends_with(
                "; `model.bpk` holds the model after epoch 1, not that after epoch 2, it is tried again after every epoch"
            ),
            "{told}"
        );
        assert_eq!(case.epoch_end(3).unwrap(), None);
        case.unblock(RunDirectory::MODEL);
        let told = case.epoch_end(4).unwrap();
        assert_eq!(
            told.as_deref(),
            Some("the run is saved again, after epoch 4")
        );
        assert_eq!(case.epoch_end(5).unwrap(), None);
    }

    #[test]
    fn what_fails_from_the_beginning_ends_the_training() {
        let case = Case::new();
        case.block(RunDirectory::MODEL);
        assert!(case.epoch_end(1).is_err());
    }

    #[test]
    fn at_the_end_it_is_said_what_the_files_hold() {
        let case = Case::new();
        let finish = |epoch| {
            let mut files = case.files.borrow_mut();
            let save = |path: &Path| Ok(save_model(&case.model, path)?);
            let finished = files.finish(&history(epoch), &save, &ModelCard::default());
            finished.map_err(|error| error.to_string())
        };
        case.epoch_end(2).unwrap();
        case.block(RunDirectory::MODEL);
        let error = finish(3).unwrap_err();
        assert!(
            error.ends_with("; `model.bpk` holds the model after epoch 2, not that after epoch 3"),
            "{error}"
        );
        // Stopped in the course of the third epoch.
        let error = finish(2).unwrap_err();
        assert!(
            error.ends_with("; `model.bpk` holds the model after epoch 2"),
            "{error}"
        );
        case.unblock(RunDirectory::MODEL);
        case.block(RunDirectory::HISTORY);
        let error = finish(3).unwrap_err();
        assert!(error.contains("history.csv`"), "{error}");
        assert!(
            error.ends_with("; `model.bpk` holds all that was learned"),
            "{error}"
        );
        case.unblock(RunDirectory::HISTORY);
        finish(3).unwrap();
    }
}
