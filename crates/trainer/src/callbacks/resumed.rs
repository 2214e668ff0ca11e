//! Callbacks that go on in another process, driven by numbers, without a model: whatever they do after a break is what they
//! would have done without it.

use std::fs;
use std::path::Path;

use super::fake::Fake;
use super::{
    CsvLogger, EarlyStopping, JsonlLogger, LearningRateScheduler, ModelCheckpoint,
    ReduceLrOnPlateau, SaveFreq, TensorBoard, UpdateFreq,
};
use crate::callback::{Callback, Flow, Training};
use crate::logs::Logs;
use crate::state::{Header, State, encoded, read};

/// Rises and falls of a loss, with epochs that have none.
const LOSSES: [Option<f64>; 9] = [
    Some(1.0),
    Some(0.5),
    None,
    Some(0.75),
    Some(0.625),
    Some(0.25),
    Some(0.5),
    Some(0.5),
    Some(0.5),
];

/// A callback of one's own in this folder.
type New<'a> = &'a dyn Fn(&Path) -> Box<dyn Callback>;

/// One process: a callback and the training that it sees.
struct Process {
    callback: Box<dyn Callback>,
    training: Fake,
    is_stopped: bool,
}

impl Process {
    fn begin(new: New<'_>, folder: &Path) -> Self {
        let mut own = Self {
            callback: new(folder),
            training: Fake::new(0.8),
            is_stopped: false,
        };
        own.train_begin();
        own
    }

    /// Another process that goes on where one was, by what lies in a file.
    fn resumed(new: New<'_>, folder: &Path, state: &State, before: &Fake) -> Self {
        let mut training = Fake::new(0.8);
        training.is_resumed = true;
        training.epoch = before.epoch;
        training.weights = before.weights;
        training.control.restore(before.control.state());
        let mut own = Self {
            callback: new(folder),
            training,
            is_stopped: false,
        };
        own.train_begin();
        let mut seen = Training::new(&mut own.training);
        own.callback.restore(&kept(state), &mut seen).unwrap();
        own
    }

    fn train_begin(&mut self) {
        let mut training = Training::new(&mut self.training);
        let flow = self.callback.on_train_begin(&mut training).unwrap();
        assert_eq!(flow, Flow::Continue);
    }

    /// An epoch of three batches.
    fn epoch(&mut self, value: Option<f64>) {
        self.training.epoch += 1;
        self.training.weights = 10 * self.training.epoch;
        let logs: Logs = value.map(|value| ("loss", value)).into_iter().collect();
        self.training.logs = logs.clone();
        let mut seen = Training::new(&mut self.training);
        let _ = self.callback.on_epoch_begin(&mut seen).unwrap();
        for batch in 1..=3 {
            self.training.batch = batch;
            let mut seen = Training::new(&mut self.training);
            let _ = self.callback.on_train_batch_end(&mut seen).unwrap();
        }
        let mut seen = Training::new(&mut self.training);
        let flow = self.callback.on_epoch_end(&mut seen, &logs).unwrap();
        self.is_stopped |= flow == Flow::Stop;
    }

    /// What came of an epoch.
    fn told(&self) -> String {
        let Fake {
            epoch,
            weights,
            control,
            ..
        } = &self.training;
        let rate = control.learning_rate();
        format!(
            "{epoch}: rate {rate}, weights {weights}, stopped {}",
            self.is_stopped
        )
    }

    fn end(&mut self) {
        let mut training = Training::new(&mut self.training);
        let _ = self
            .callback
            .on_train_end(&mut training, &Logs::new())
            .unwrap();
    }
}

/// A state that was in a file.
fn kept(state: &State) -> State {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.bpk");
    let whole = State::new().with("callback", state.clone());
    fs::write(&path, encoded(&whole, Header::default()).unwrap()).unwrap();
    let callback = read(&path).unwrap().find("callback").unwrap();
    callback.unwrap_or_default()
}

/// All files below a folder by name, with what is in them, or how much where that says when it was written.
fn files(folder: &Path) -> Vec<(String, String)> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            let below = self::files(&path).into_iter();
            files.extend(below.map(|(file, text)| (format!("{name}/{file}"), text)));
        } else if name.starts_with("events") {
            files.push((
                "events".to_owned(),
                fs::metadata(path).unwrap().len().to_string(),
            ));
        } else {
            files.push((name, fs::read_to_string(path).unwrap()));
        }
    }
    files.sort();
    files
}

/// What comes of all epochs, where a process was killed an epoch after its checkpoint and another one went on.
fn outcome(new: New<'_>, checkpoint_after: Option<usize>) -> (Vec<String>, Vec<(String, String)>) {
    let folder = tempfile::tempdir().unwrap();
    let mut process = Process::begin(new, folder.path());
    let mut told = Vec::new();
    for (epoch, loss) in LOSSES.into_iter().enumerate() {
        if checkpoint_after == Some(epoch) {
            let state = process.callback.state();
            let before = Fake {
                said: Vec::new(),
                logs: Logs::new(),
                run: None,
                ..process.training
            };
            let mut killed = Process {
                callback: process.callback,
                training: Fake::new(0.8),
                is_stopped: false,
            };
            killed.training.epoch = before.epoch;
            killed.epoch(loss);
            process = Process::resumed(new, folder.path(), &state, &before);
        }
        process.epoch(loss);
        told.push(process.told());
        if process.is_stopped {
            break;
        }
    }
    process.end();
    told.push(process.told());
    (told, files(folder.path()))
}

#[test]
fn a_callback_that_goes_on_does_what_it_would_have_done() {
    let callbacks: [(&str, New<'_>); 8] = [
        ("early stopping", &|_| {
            let own = EarlyStopping::new("loss").with_patience(3);
            Box::new(own.with_restore_best_weights())
        }),
        ("plateau", &|_| {
            let own = ReduceLrOnPlateau::new("loss").with_factor(0.5).unwrap();
            Box::new(own.with_patience(2).with_cooldown(1))
        }),
        ("checkpoint of the best", &|folder| {
            let path = folder.join("{epoch}.bpk").to_str().unwrap().to_owned();
            let own = ModelCheckpoint::new(path).unwrap();
            Box::new(own.with_monitor("loss").with_save_best_only())
        }),
        ("checkpoint of batches", &|folder| {
            let path = folder
                .join("{epoch}-{batch}.bpk")
                .to_str()
                .unwrap()
                .to_owned();
            let own = ModelCheckpoint::new(path).unwrap();
            Box::new(own.with_save_freq(SaveFreq::Batches(7)).unwrap())
        }),
        ("table", &|folder| {
            Box::new(CsvLogger::new(folder.join("a/log.csv")))
        }),
        ("lines", &|folder| {
            Box::new(JsonlLogger::new(folder.join("log.jsonl")).with_append())
        }),
        ("TensorBoard", &|folder| {
            let own = TensorBoard::new(folder);
            Box::new(own.with_update_freq(UpdateFreq::Batches(2)).unwrap())
        }),
        ("rates", &|_| {
            let halved = |epoch: usize, rate| {
                if epoch.is_multiple_of(2) {
                    rate / 2.0
                } else {
                    rate
                }
            };
            Box::new(LearningRateScheduler::new(halved))
        }),
    ];
    for (name, new) in callbacks {
        let whole = outcome(new, None);
        let breaks = 0..whole.0.len() - 1;
        for broken in breaks {
            assert_eq!(
                outcome(new, Some(broken)),
                whole,
                "{name}, broken off after epoch {broken}"
            );
        }
    }
}

#[test]
fn a_file_that_lost_its_end_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let new: New<'_> = &|folder| Box::new(JsonlLogger::new(folder.join("log.jsonl")));
    let mut process = Process::begin(new, folder.path());
    process.epoch(Some(0.5));
    let state = process.callback.state();
    fs::write(folder.path().join("log.jsonl"), "{}\n").unwrap();
    let resumed = Process::resumed(new, folder.path(), &state, &process.training);
    let said = &resumed.training.said[0];
    assert!(
        said.contains("log.jsonl` has 3 bytes, it had ") && said.ends_with("is not written again"),
        "{said}"
    );
}
