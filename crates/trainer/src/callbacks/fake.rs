use std::path::{Path, PathBuf};
use std::sync::Arc;

use firebrick_scheduler::{Constant, RateControl};

use crate::callback::{Access, Weights};
use crate::error::TrainError;
use crate::history::FitParams;
use crate::logs::Logs;
use crate::metrics::Direction;
use crate::run_directory::RunDirectory;
use crate::state::State;

/// A training without a model: its weights are a number.
pub(super) struct Fake {
    /// Counted from 1.
    pub(super) epoch: usize,
    pub(super) batch: usize,
    pub(super) weights: usize,
    pub(super) logs: Logs,
    pub(super) control: RateControl,
    pub(super) direction: Direction,
    pub(super) said: Vec<String>,
    pub(super) run: Option<RunDirectory>,
    pub(super) is_resumed: bool,
}

impl Fake {
    pub(super) fn new(learning_rate: f64) -> Self {
        Self {
            epoch: 0,
            batch: 0,
            weights: 0,
            logs: Logs::new(),
            control: RateControl::new(Arc::new(Constant::new(learning_rate).unwrap())),
            direction: Direction::Down,
            said: Vec::new(),
            run: None,
            is_resumed: false,
        }
    }
}

impl Access for Fake {
    fn position(&self) -> (usize, usize) {
        (self.epoch, self.batch)
    }

    fn params(&self) -> FitParams {
        FitParams::default()
    }

    fn iterations(&self) -> u64 {
        0
    }

    fn rate_control(&self) -> Option<&RateControl> {
        Some(&self.control)
    }

    fn rate_control_mut(&mut self) -> Option<&mut RateControl> {
        Some(&mut self.control)
    }

    fn logs(&mut self) -> Result<Logs, TrainError> {
        Ok(self.logs.clone())
    }

    fn direction(&self, _: &str) -> Direction {
        self.direction
    }

    fn weights(&self) -> Weights {
        Weights::fake(self.weights)
    }

    fn restore(&mut self, weights: &Weights) -> Result<(), TrainError> {
        let weights = weights.model.downcast_ref::<usize>();
        self.weights = *weights.ok_or(TrainError::ForeignWeights)?;
        Ok(())
    }

    fn averaged(&self) -> Option<Weights> {
        None
    }

    fn save(&self, path: &Path) -> Result<(), TrainError> {
        write(path, "model")
    }

    fn save_weights(&self, path: &Path) -> Result<(), TrainError> {
        write(path, "weights")
    }

    fn weights_from(&self, state: &State) -> Result<Weights, TrainError> {
        Ok(Weights::fake(state.get("number")?))
    }

    fn is_resumed(&self) -> bool {
        self.is_resumed
    }

    fn run(&self) -> Option<&RunDirectory> {
        self.run.as_ref()
    }

    fn say(&mut self, text: &str) {
        self.said.push(text.to_owned());
    }
}

/// A file that says what was saved.
fn write(path: &Path, contents: &str) -> Result<(), TrainError> {
    std::fs::write(path, contents).map_err(|source| TrainError::File {
        path: path.to_owned(),
        action: "write",
        source,
    })
}

/// The files of a folder, each with what is in it; they are gone then.
pub(super) fn taken(folder: &Path) -> Vec<(String, String)> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let take = |path: PathBuf| {
        let contents = std::fs::read_to_string(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        (
            path.file_name().unwrap().to_str().unwrap().to_owned(),
            contents,
        )
    };
    files.into_iter().map(take).collect()
}
