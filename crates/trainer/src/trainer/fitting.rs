//! A fit of any step: what is around its epochs.

mod telling;

use std::cell::RefCell;
use std::rc::Rc;

use burn::tensor::Device;
use firebrick_data::{DataDescription, Samples, ShuffleState};
use firebrick_host::compute_on_main_thread;
use firebrick_session::{SessionHandle, What};
use firebrick_tensor::catch_panic;

use super::card::card_of;
use super::checks::Checks;
use super::loading::Loader;
use super::run_files::RunFiles;
use super::setup::Setup;
use crate::burn_loop::{LoopSettings, train};
use crate::checkpoint_error::CheckpointError;
use crate::checkpoints::{CheckpointWriter, Found};
use crate::display::Display;
use crate::displays::{KeptLines, reporter};
use crate::error::TrainError;
use crate::fit::Fit;
use crate::history::{FitParams, History, StopReason};
use crate::interrupt::ctrl_c_on;
use crate::interrupt::{CtrlC, StopHandle};
use crate::open_dashboard::{OpenDashboard, Panics};
use crate::rerun::{Part, Rerun};
use crate::run_directory::RunDirectory;
use crate::session::{Announcer, ChangedEpochs, IsResumed};
use crate::state::State;
use crate::step::Step;

/// The data of a fit that can begin.
pub(super) struct FitData {
    pub(super) training: Samples,
    pub(super) validation: Option<Samples>,
    /// The names of the figures without those of the validation.
    pub(super) figures: Vec<String>,
    /// Where the order of the samples stands after an earlier fit.
    pub(super) shuffle: Option<ShuffleState>,
    /// What the training is beside its state.
    pub(super) setup: Setup,
    /// The checkpoint that the training goes on from.
    pub(super) resumed: Option<Found>,
}

/// A fit that is about to begin, whatever the step.
pub(super) struct Fitting<'a> {
    fit: &'a Fit,
    device: Device,
    display: Display,
    files: Option<Rc<RefCell<RunFiles>>>,
    params: FitParams,
    training: Loader,
    /// What the training samples are.
    data: Option<DataDescription>,
    validation: Option<Loader>,
    figures: Vec<String>,
    rerun: Rerun,
    setup: Setup,
    resumed: Option<Found>,
    checkpoints: Option<CheckpointWriter>,
    /// What is to be told before the first epoch.
    notes: Vec<String>,
    /// Through what somebody may ask for something: a training with a run can be asked by its socket in any case.
    session: Option<SessionHandle>,
    dashboard: Option<OpenDashboard>,
    stop: StopHandle,
    _ctrl_c: Option<CtrlC>,
}

/// What a fit leaves, however it ended.
pub(super) struct Fitted<S: Step> {
    /// What learned.
    pub(super) step: Option<S>,
    /// Whether it can go on where it is.
    pub(super) goes_on: bool,
    /// The last weights known to be good; absent as long as nothing was learned.
    pub(super) weights: Option<S::Weights>,
    pub(super) history: History,
    pub(super) shuffle: Option<ShuffleState>,
    pub(super) error: Option<TrainError>,
}

/// The files of a fit's run, if it has one.
///
/// # Errors
/// A run that another training writes into.
pub(super) fn run_files(fit: &Fit) -> Result<Option<Rc<RefCell<RunFiles>>>, TrainError> {
    fit.run.as_ref().map(RunFiles::begin).transpose()
}

impl<'a> Fitting<'a> {
    /// On a device without automatic differentiation.
    ///
    /// # Errors
    /// Settings that the data does not go with; signals that cannot be listened to.
    pub(super) fn new(
        fit: &'a Fit,
        data: FitData,
        (display, checks): (Display, Option<Checks>),
        files: Option<Rc<RefCell<RunFiles>>>,
        device: &Device,
    ) -> Result<Self, TrainError> {
        let training = train_loader(&data, fit, checks.clone(), device)?;
        let mut first_pass = training.place();
        if let Some(found) = &data.resumed {
            data.setup.check(&found.path, &found.state)?;
            first_pass = first_pass_of(&found.state)?;
            if let Some(first) = first_pass {
                training.go_to(next_pass(&found.state, first)?);
            }
        }
        let batch_size = fit
            .settings
            .validation_batch_size
            .unwrap_or(fit.settings.batch_size);
        let rerun = Rerun {
            training: Part {
                data: data.training.clone(),
                batch_size: fit.settings.batch_size,
            },
            validation: data
                .validation
                .clone()
                .map(|data| Part { data, batch_size }),
            shuffle: first_pass,
            device: device.clone(),
        };
        let validation = data
            .validation
            .map(|samples| Loader::of_validation(&samples, batch_size, checks, device))
            .transpose()?;
        let stop = fit.stop.clone().unwrap_or_default();
        let ctrl_c = if fit.listens_to_ctrl_c {
            Some(stop.on_ctrl_c()?)
        } else {
            ctrl_c_on(display, &stop)
        };
        let is_asked = fit.run.is_some() || display == Display::Dashboard;
        let session = fit.session.clone();
        let session = session.or_else(|| is_asked.then(SessionHandle::new));
        let dashboard = match &session {
            Some(session) if display == Display::Dashboard => Some(OpenDashboard::open(
                session,
                fit.run.as_ref().map(RunDirectory::path),
                fit.compared.as_deref(),
                Panics::Logged,
            )?),
            _ => None,
        };
        Ok(Self {
            fit,
            device: device.clone(),
            display,
            files,
            params: FitParams {
                epochs: fit.settings.epochs,
                steps: fit.settings.steps_per_epoch.or(training.num_batches()),
                batch_size: data.training.batch_size(fit.settings.batch_size)?,
            },
            training,
            data: fit.data.clone().or_else(|| data.training.description()),
            validation,
            figures: data.figures,
            rerun,
            setup: data.setup,
            resumed: data.resumed,
            checkpoints: None,
            notes: Vec::new(),
            session,
            dashboard,
            stop,
            _ctrl_c: ctrl_c,
        })
    }

    /// Batches an epoch, if they are known.
    pub(super) fn steps_per_epoch(&self) -> Option<usize> {
        self.params.steps
    }

    /// Puts the step where the checkpoint is that the training goes on from, if there is one, and finds a place for
    /// those to come.
    ///
    /// # Errors
    /// A checkpoint of another training; a step without a state; checkpoints that have no place.
    pub(super) fn prepare<S: Step>(&mut self, step: &mut S) -> Result<(), TrainError> {
        let mut done = None;
        if let Some(found) = &self.resumed {
            let broken = found
                .broken
                .iter()
                .map(|broken| format!("warning: {broken}"));
            self.notes.extend(broken);
            self.notes.extend(self.setup.device_warning(&found.state));
            self.notes.extend(self.setup.stream_warning(&found.state));
            if let Some(changed) = ChangedEpochs::of(&found.state)? {
                self.params.epochs = changed.of_fit(self.params.epochs);
            }
            restore(step, found, self.params.epochs)?;
            done = Some(step.iterations());
        }
        let Some(checkpoints) = &self.fit.checkpoints else {
            return Ok(());
        };
        if step.state().is_none() {
            return Err(CheckpointError::NoState.into());
        }
        let measures = step.measures();
        let direction = |figure: &str| measures.direction(figure);
        let run = self.fit.run.as_ref();
        self.checkpoints = Some(checkpoints.writer(run, direction, done)?);
        Ok(())
    }

    /// Gathers those who are told what happens, and tells them that it begins.
    fn begin<S: Step>(&mut self, step: &S) -> Announcer {
        let watchers = self.fit.watchers.iter().cloned();
        let shown = self.dashboard.as_ref().map(OpenDashboard::watcher);
        let mut announcer = Announcer::new(watchers.chain(shown).collect());
        if let (Some(run), Some(session)) = (&self.fit.run, &self.session) {
            let is_resumed = match &self.resumed {
                Some(_) => IsResumed::Yes,
                None => IsResumed::No,
            };
            announcer = announcer.in_run(run, session, is_resumed);
        }
        self.notes.extend(announcer.take_warnings());
        if announcer.is_heard() {
            let begin = What::Begin(Box::new(self.told(step)));
            announcer.tell((step.iterations(), 0), begin);
        }
        announcer
    }

    /// Has the step learn all epochs, or those until an error or a stop; the run's files are then those of the end.
    pub(super) fn run<S: Step>(mut self, step: S) -> Fitted<S> {
        compute_on_main_thread();
        let fit = self.fit;
        let params = self.params;
        let announcer = self.begin(&step);
        // The dashboard leaves nothing on the terminal, so that the epochs are told when it is gone.
        let kept = KeptLines::default();
        let mut settings = LoopSettings {
            device: self.device.clone(),
            params,
            initial_epoch: fit.settings.initial_epoch,
            is_limited: fit.settings.steps_per_epoch.is_some(),
            validation_steps: fit.settings.validation_steps,
            validation_freq: fit.settings.validation_freq,
            callbacks: fit.callbacks.clone(),
            measures: step.measures(),
            figures: self.figures,
            run: fit.run.clone(),
            display: self.display,
            label: fit.label.clone(),
            class_names: fit.class_names.clone(),
            reporter: match self.display {
                shown if shown.is_full_screen() => kept.reporter(params.epochs),
                shown => reporter(shown, params.epochs),
            },
            epoch_hook: RunFiles::epoch_hook(self.files.clone()),
            setup: setup_state(&self.setup, self.rerun.shuffle),
            checkpoints: self.checkpoints,
            resumed: self.resumed.map(|found| found.state),
            replays: self.training.replays(),
            announcer,
            session: self.session.clone(),
            replay: fit.replay.clone(),
            asked_epochs: fit.settings.epochs,
            has_cycle: fit.settings.one_cycle.is_some() || fit.fine_tune.is_some(),
            rerun: self.rerun,
        };
        log::info!(
            "fit: {:?} in {} batches of {}, {} epochs, on {:?}",
            settings.rerun.training.data,
            params
                .steps
                .map_or_else(|| "unknown".to_owned(), |steps| steps.to_string()),
            params.batch_size,
            params.epochs,
            self.device,
        );
        for text in self.notes {
            settings.warn((step.iterations(), 0), &text);
        }
        let training = self.training.shared();
        let validation = self.validation.as_ref().map(Loader::shared);
        let mut outcome = train(step, training, validation, settings, &self.stop);
        drop(self.dashboard);
        drop(kept);

        let mut history = outcome.history;
        // The length of a stream is known by now.
        history.params = FitParams {
            steps: params.steps.or(outcome.steps),
            epochs: outcome.epochs.unwrap_or(params.epochs),
            ..params
        };
        let is_discarded = matches!(history.stop_reason, StopReason::Discarded { .. });
        let saved = match (&self.files, &outcome.kept, &outcome.step) {
            (Some(files), Some(weights), Some(step)) if !is_discarded => {
                let save = |path: &std::path::Path| step.save(weights, path);
                let card = card_of(fit, self.data, &history);
                files.borrow_mut().finish(&history, &save, &card)
            }
            _ => Ok(()),
        };
        let goes_on = outcome.error.is_none() && !outcome.is_spoiled;
        let error = match (outcome.error, saved) {
            (None, Ok(())) => None,
            (Some(error), Ok(())) | (None, Err(error)) => Some(error),
            (Some(error), Err(saving)) => Some(error.besides(saving)),
        };
        if let Some(error) = &error {
            log::error!("{error}");
        }
        let step = outcome.step.as_ref().map_or(0, Step::iterations);
        let place = (step, outcome.epoch);
        if error.is_none() && !is_discarded && files_hold_model(fit) {
            let file = RunDirectory::MODEL.to_owned();
            outcome.announcer.tell(place, What::Saved { file });
        }
        if let Some(session) = self.session {
            session.end();
        }
        end(outcome.announcer, place, &history, error.as_ref());
        Fitted {
            step: outcome.step,
            goes_on,
            weights: outcome.kept,
            history,
            shuffle: self.training.place().filter(|_| self.training.is_of_rows()),
            error,
        }
    }
}

/// Whether the run's model has a file.
fn files_hold_model(fit: &Fit) -> bool {
    let run = fit.run.as_ref();
    run.is_some_and(|run| run.file(RunDirectory::MODEL).exists())
}

/// Tells those who watch that it is over, and why.
fn end(
    mut announcer: Announcer,
    place: (u64, usize),
    history: &History,
    error: Option<&TrainError>,
) {
    let reason = match error {
        Some(error) => error.to_string(),
        None => history.stop_reason.to_string(),
    };
    let is_complete = match history.stop_reason {
        StopReason::Completed | StopReason::Callback { .. } => error.is_none(),
        _ => false,
    };
    announcer.tell(
        place,
        What::End {
            reason,
            is_complete,
        },
    );
}

/// The batches in the order of this fit, which goes on where the last one with its seed ended.
fn train_loader(
    data: &FitData,
    fit: &Fit,
    checks: Option<Checks>,
    device: &Device,
) -> Result<Loader, TrainError> {
    let settings = &fit.settings;
    let loader = Loader::of_training(
        &data.training,
        (settings.batch_size, settings.shuffle_seed()),
        checks,
        device,
    )?;
    if let Some(state) = data.shuffle
        && settings.shuffle_seed() == Some(state.seed)
        && loader.is_of_rows()
    {
        loader.go_to(state);
    }
    Ok(loader)
}

/// What a training is beside its state, with the order of its first pass over the data.
fn setup_state(setup: &Setup, first_pass: Option<ShuffleState>) -> State {
    let shuffle = first_pass.map(|first| {
        State::new()
            .with("seed", first.seed)
            .with("epoch", first.epoch)
    });
    setup.state().with_some("first_pass", shuffle)
}

/// The order of the first pass of a training that was broken off.
fn first_pass_of(state: &State) -> Result<Option<ShuffleState>, CheckpointError> {
    let Some(first) = state.find::<State>("first_pass")? else {
        return Ok(None);
    };
    Ok(Some(ShuffleState {
        seed: first.get("seed")?,
        epoch: first.get("epoch")?,
    }))
}

/// The order of the pass that comes next, which may be the one that was broken off.
fn next_pass(state: &State, first: ShuffleState) -> Result<ShuffleState, CheckpointError> {
    let passes: u64 = state.get::<State>("drawn")?.get("passes")?;
    let is_within: bool = state.get("is_within_pass")?;
    Ok(ShuffleState {
        epoch: first.epoch + passes - u64::from(is_within),
        ..first
    })
}

/// Puts a step where a checkpoint is.
fn restore(step: &mut impl Step, found: &Found, epochs: usize) -> Result<(), TrainError> {
    let Found { path, state, .. } = found;
    let done: usize = state.get("epoch")?;
    if epochs < done {
        let error = CheckpointError::Contradiction {
            path: path.clone(),
            what: "the number of epochs begun",
            before: done.to_string(),
            now: format!("epochs {epochs}"),
            hint: "ask for as many or more",
        };
        return Err(error.into());
    }
    let own = state.find::<State>("step")?.unwrap_or_default();
    // Burn says by a panic what does not fit its records.
    let restored = catch_panic(|| step.restore(&own));
    restored.map_err(|reason| CheckpointError::Part {
        part: "the training".to_owned(),
        action: "taken over",
        reason,
    })?
}
