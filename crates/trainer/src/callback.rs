use std::any::Any;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use firebrick_model::{Model, catch_panic};
use firebrick_scheduler::RateControl;

use crate::error::TrainError;
use crate::history::FitParams;
use crate::logs::Logs;
use crate::metrics::Direction;
use crate::run_directory::RunDirectory;
use crate::state::State;

/// Whether a training goes on.
///
/// ```
/// # use firebrick::{layers::Dense, prelude::*};
/// use firebrick::callbacks::{Callback, Flow, HookResult, Training};
///
/// /// Stops after the second batch.
/// struct TwoBatches;
///
/// impl Callback for TwoBatches {
///     fn name(&self) -> &str {
///         "TwoBatches"
///     }
///
///     fn on_train_batch_end(&mut self, training: &mut Training<'_>) -> HookResult {
///         Ok(if training.batch() == 2 { Flow::Stop } else { Flow::Continue })
///     }
/// }
///
/// # let data = ArrayDataset::new([[0.0], [1.0], [2.0], [3.0]], [1.0, 3.0, 5.0, 7.0])?;
/// # let model = Sequential::new([1]).add(Dense::new(1)).build(1, &Device::flex())?;
/// # let mut trainer = Compile::by_name("adam", "mse", [])?.model(model);
/// let fit = Fit::new(9).with_batch_size(1).with_callback(TwoBatches).with_display(Display::Quiet);
/// let history = trainer.fit(&data, &fit)?;
/// assert_eq!(history.stop_reason.to_string(), "stopped by TwoBatches in epoch 1");
/// # Ok::<(), firebrick::training::TrainError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[must_use = "a training stops only if it is told"]
pub enum Flow {
    /// It goes on.
    #[default]
    Continue,
    /// It stops: before the first epoch from [`Callback::on_train_begin`]; after the epoch from
    /// [`Callback::on_epoch_end`]; else after the batch that is due, whose epoch is still validated and recorded. An
    /// evaluation or a prediction stops after its batch, and so does a validation that is stopped by one of its own hooks:
    /// its figures are those of the samples up to there, and the training stops after the epoch.
    Stop,
}

/// What a hook gives back.
///
/// ```
/// use firebrick::callbacks::{Flow, HookResult};
///
/// // What a hook that only watches ends with.
/// let goes_on: HookResult = Ok(Flow::Continue);
/// assert!(matches!(goes_on, Ok(Flow::Continue)));
/// ```
pub type HookResult = Result<Flow, TrainError>;

/// Something that watches a training and may act on it, by hooks in Keras' order.
///
/// ```
/// use firebrick::callbacks::{Callback, Flow, HookResult, Training};
/// use firebrick::training::Logs;
///
/// /// Stops as soon as the loss is small enough.
/// struct GoodEnough(f64);
///
/// impl Callback for GoodEnough {
///     fn name(&self) -> &str {
///         "GoodEnough"
///     }
///
///     fn on_epoch_end(&mut self, _: &mut Training<'_>, logs: &Logs) -> HookResult {
///         let is_good = logs.get("loss").is_some_and(|loss| loss < self.0);
///         Ok(if is_good { Flow::Stop } else { Flow::Continue })
///     }
/// }
/// ```
///
/// # Errors
/// An error of a hook ends the training; so does a panic, as an error. What was learned is kept.
///
/// # Source
/// <https://keras.io/api/callbacks/base_callback/>
#[allow(
    unused_variables,
    reason = "the parameters of hooks that do nothing are named for those who write one"
)]
#[allow(
    clippy::missing_errors_doc,
    reason = "what an error does is said once for all hooks"
)]
pub trait Callback: Send {
    /// What the history calls it when it stops a training.
    fn name(&self) -> &str;

    /// The figures it wants to see; one that nothing produces is an error before the first epoch.
    fn monitors(&self) -> Vec<String> {
        Vec::new()
    }

    /// What it remembers of the training, which goes into every checkpoint; nothing by default.
    ///
    /// ```
    /// use firebrick::callbacks::{Callback, Flow, HookResult, Training};
    /// use firebrick::training::{Logs, State, TrainError};
    ///
    /// /// Stops after three epochs whose loss is above 1.
    /// #[derive(Default)]
    /// struct ThreeBad {
    ///     bad: usize,
    /// }
    ///
    /// impl Callback for ThreeBad {
    ///     fn name(&self) -> &str {
    ///         "ThreeBad"
    ///     }
    ///
    ///     fn state(&self) -> State {
    ///         State::new().with("bad", self.bad)
    ///     }
    ///
    ///     fn restore(&mut self, state: &State, _: &mut Training<'_>) -> Result<(), TrainError> {
    ///         self.bad = state.get("bad")?;
    ///         Ok(())
    ///     }
    ///
    ///     fn on_epoch_end(&mut self, _: &mut Training<'_>, logs: &Logs) -> HookResult {
    ///         self.bad += usize::from(logs.get("loss") > Some(1.0));
    ///         Ok(if self.bad == 3 { Flow::Stop } else { Flow::Continue })
    ///     }
    /// }
    ///
    /// assert_eq!(ThreeBad { bad: 2 }.state().get::<usize>("bad")?, 2);
    /// # Ok::<(), TrainError>(())
    /// ```
    fn state(&self) -> State {
        State::new()
    }

    /// Goes on where it was when it gave this [`state`](Self::state). In a training that is resumed it is called once, after
    /// [`on_train_begin`](Self::on_train_begin), where [`Training::is_resumed`] says so.
    ///
    /// # Errors
    /// A state that is not its own.
    fn restore(&mut self, state: &State, training: &mut Training<'_>) -> Result<(), TrainError> {
        Ok(())
    }

    /// Before the first epoch; in a training that is resumed before the epoch that it was broken off in.
    fn on_train_begin(&mut self, training: &mut Training<'_>) -> HookResult {
        Ok(Flow::Continue)
    }

    /// After the last epoch, with its figures.
    fn on_train_end(&mut self, training: &mut Training<'_>, logs: &Logs) -> HookResult {
        Ok(Flow::Continue)
    }

    /// Before the first batch of an epoch.
    fn on_epoch_begin(&mut self, training: &mut Training<'_>) -> HookResult {
        Ok(Flow::Continue)
    }

    /// After an epoch and its validation, with the figures of both.
    fn on_epoch_end(&mut self, training: &mut Training<'_>, logs: &Logs) -> HookResult {
        Ok(Flow::Continue)
    }

    /// Before a batch is learned.
    fn on_train_batch_begin(&mut self, training: &mut Training<'_>) -> HookResult {
        Ok(Flow::Continue)
    }

    /// After a batch is learned; [`Training::logs`] has the figures, at the price of waiting for the
    /// device.
    fn on_train_batch_end(&mut self, training: &mut Training<'_>) -> HookResult {
        Ok(Flow::Continue)
    }

    /// Before the first batch of a validation or an evaluation.
    fn on_test_begin(&mut self, training: &mut Training<'_>) -> HookResult {
        Ok(Flow::Continue)
    }

    /// After a validation or an evaluation, with its figures, without `val_`.
    fn on_test_end(&mut self, training: &mut Training<'_>, logs: &Logs) -> HookResult {
        Ok(Flow::Continue)
    }

    /// Before a batch is evaluated.
    fn on_test_batch_begin(&mut self, training: &mut Training<'_>) -> HookResult {
        Ok(Flow::Continue)
    }

    /// After a batch is evaluated; [`Training::logs`] has the figures.
    fn on_test_batch_end(&mut self, training: &mut Training<'_>) -> HookResult {
        Ok(Flow::Continue)
    }

    /// Before the first batch of a prediction.
    fn on_predict_begin(&mut self, training: &mut Training<'_>) -> HookResult {
        Ok(Flow::Continue)
    }

    /// After the last batch of a prediction.
    fn on_predict_end(&mut self, training: &mut Training<'_>) -> HookResult {
        Ok(Flow::Continue)
    }

    /// Before a batch is answered.
    fn on_predict_batch_begin(&mut self, training: &mut Training<'_>) -> HookResult {
        Ok(Flow::Continue)
    }

    /// After a batch is answered.
    fn on_predict_batch_end(&mut self, training: &mut Training<'_>) -> HookResult {
        Ok(Flow::Continue)
    }
}

/// A callback that the training and its owner both hold.
pub(crate) type SharedCallback = Arc<Mutex<dyn Callback>>;

/// Callbacks in the order in which they are called.
#[derive(Clone, Default)]
pub(crate) struct Callbacks {
    callbacks: Vec<SharedCallback>,
}

impl Callbacks {
    pub(crate) fn push(&mut self, callback: SharedCallback) {
        self.callbacks.push(callback);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.callbacks.is_empty()
    }

    /// What they are called, in order.
    pub(crate) fn names(&self) -> Vec<String> {
        let name = |callback: &SharedCallback| {
            let callback = callback.lock().unwrap_or_else(PoisonError::into_inner);
            callback.name().to_owned()
        };
        self.callbacks.iter().map(name).collect()
    }

    /// Name of callback and figure of whatever is monitored.
    pub(crate) fn monitors(&self) -> Vec<(String, String)> {
        let mut monitors = Vec::new();
        for callback in &self.callbacks {
            let callback = callback.lock().unwrap_or_else(PoisonError::into_inner);
            let name = callback.name();
            let own = callback.monitors().into_iter();
            monitors.extend(own.map(|figure| (name.to_owned(), figure)));
        }
        monitors
    }

    /// What each remembers, in order.
    pub(crate) fn state(&self) -> State {
        let callbacks = self.callbacks.iter().enumerate();
        callbacks.fold(State::new(), |state, (index, callback)| {
            let callback = callback.lock().unwrap_or_else(PoisonError::into_inner);
            let own = State::new()
                .with("name", callback.name().to_owned())
                .with("state", callback.state());
            state.with(index.to_string(), own)
        })
    }

    /// Has each go on where it was.
    ///
    /// # Errors
    /// The first error, or the first panic.
    pub(crate) fn restore(&self, state: &State, access: &mut dyn Access) -> Result<(), TrainError> {
        for (index, callback) in self.callbacks.iter().enumerate() {
            let own = state.get::<State>(&index.to_string())?;
            let own = own.find::<State>("state")?.unwrap_or_default();
            let mut callback = callback.lock().unwrap_or_else(PoisonError::into_inner);
            let restored = catch_panic(|| callback.restore(&own, &mut Training::new(access)));
            restored.map_err(|message| TrainError::CallbackPanicked {
                callback: callback.name().to_owned(),
                message,
            })??;
        }
        Ok(())
    }

    /// Calls a hook of all of them; gives the name of the first that wants to stop.
    ///
    /// # Errors
    /// The first error, or the first panic.
    pub(crate) fn call(
        &self,
        mut hook: impl FnMut(&mut dyn Callback) -> HookResult,
    ) -> Result<Option<String>, TrainError> {
        let mut stopped_by = None;
        for callback in &self.callbacks {
            let mut callback = callback.lock().unwrap_or_else(PoisonError::into_inner);
            let called = catch_panic(|| hook(&mut *callback));
            let flow = called.map_err(|message| TrainError::CallbackPanicked {
                callback: callback.name().to_owned(),
                message,
            })??;
            if flow == Flow::Stop {
                stopped_by.get_or_insert_with(|| callback.name().to_owned());
            }
        }
        Ok(stopped_by)
    }
}

/// A running training, as a callback sees it.
///
/// ```
/// # use firebrick::{layers::Dense, prelude::*};
/// use firebrick::callbacks::{Callback, Flow, HookResult, Training};
/// use firebrick::training::Logs;
///
/// /// Halves the learning rate after every epoch.
/// struct Halving;
///
/// impl Callback for Halving {
///     fn name(&self) -> &str {
///         "Halving"
///     }
///
///     fn on_epoch_end(&mut self, training: &mut Training<'_>, _: &Logs) -> HookResult {
///         training.scale_learning_rate(0.5);
///         Ok(Flow::Continue)
///     }
/// }
///
/// # let data = ArrayDataset::new([[0.0], [1.0], [2.0], [3.0]], [1.0, 3.0, 5.0, 7.0])?;
/// # let model = Sequential::new([1]).add(Dense::new(1)).build(1, &Device::flex())?;
/// # let compile = Compile::by_name("adam", "mse", [])?;
/// let mut trainer = compile.with_learning_rate(0.1).model(model);
/// let history = trainer.fit(&data, &Fit::new(3).with_callback(Halving).with_display(Display::Quiet))?;
/// assert_eq!(history["learning_rate"], [0.1, 0.05, 0.025]);
/// # Ok::<(), firebrick::training::TrainError>(())
/// ```
pub struct Training<'a> {
    access: &'a mut dyn Access,
}

/// Weights of a model at some moment, to go back to.
///
/// ```
/// # use firebrick::{layers::Dense, prelude::*};
/// use firebrick::callbacks::{Callback, Flow, HookResult, Training, Weights};
/// use firebrick::training::Logs;
///
/// /// Undoes the whole training at its end.
/// struct BackToStart(Option<Weights>);
///
/// impl Callback for BackToStart {
///     fn name(&self) -> &str {
///         "BackToStart"
///     }
///
///     fn on_train_begin(&mut self, training: &mut Training<'_>) -> HookResult {
///         self.0 = Some(training.weights());
///         Ok(Flow::Continue)
///     }
///
///     fn on_train_end(&mut self, training: &mut Training<'_>, _: &Logs) -> HookResult {
///         if let Some(weights) = &self.0 {
///             training.restore(weights)?;
///         }
///         Ok(Flow::Continue)
///     }
/// }
///
/// # let data = ArrayDataset::new([[0.0], [1.0], [2.0], [3.0]], [1.0, 3.0, 5.0, 7.0])?;
/// # let model = Sequential::new([1]).add(Dense::new(1)).build(1, &Device::flex())?;
/// # let mut trainer = Compile::by_name("adam", "mse", [])?.model(model);
/// let before = trainer.model().weight("dense/kernel")?;
/// trainer.fit(&data, &Fit::new(3).with_callback(BackToStart(None)).with_display(Display::Quiet))?;
/// assert_eq!(trainer.model().weight("dense/kernel")?, before);
/// # Ok::<(), firebrick::training::TrainError>(())
/// ```
pub struct Weights {
    pub(crate) model: Box<dyn Any + Send>,
    /// What is kept of the model.
    state: StateOf,
}

/// Gives what is kept of weights.
type StateOf = Box<dyn Fn(&(dyn Any + Send)) -> State + Send>;

/// What a training lets its callbacks do.
pub(crate) trait Access {
    /// Epoch and batch, counted from 1; 0 before the first.
    fn position(&self) -> (usize, usize);
    fn params(&self) -> FitParams;
    /// Steps that the optimizer has taken, in earlier fits too.
    fn iterations(&self) -> u64;
    fn rate_control(&self) -> Option<&RateControl>;
    fn rate_control_mut(&mut self) -> Option<&mut RateControl>;
    fn logs(&mut self) -> Result<Logs, TrainError>;
    fn direction(&self, figure: &str) -> Direction;
    fn weights(&self) -> Weights;
    fn restore(&mut self, weights: &Weights) -> Result<(), TrainError>;
    fn averaged(&self) -> Option<Weights>;
    fn save(&self, path: &Path) -> Result<(), TrainError>;
    fn save_weights(&self, path: &Path) -> Result<(), TrainError>;
    fn weights_from(&self, state: &State) -> Result<Weights, TrainError>;
    fn is_resumed(&self) -> bool;
    fn run(&self) -> Option<&RunDirectory>;
    fn say(&mut self, text: &str);
}

impl<'a> Training<'a> {
    pub(crate) fn new(access: &'a mut dyn Access) -> Self {
        Self { access }
    }

    /// The epoch, counted from 1.
    pub fn epoch(&self) -> usize {
        self.access.position().0
    }

    /// The batch of the epoch, of the validation or of the prediction, counted from 1.
    pub fn batch(&self) -> usize {
        self.access.position().1
    }

    /// What was asked for.
    pub fn params(&self) -> FitParams {
        self.access.params()
    }

    /// Steps that the optimizer has taken, those of earlier fits included.
    pub fn iterations(&self) -> u64 {
        self.access.iterations()
    }

    /// The rate that the next step has; NaN where nothing is learned.
    pub fn learning_rate(&self) -> f64 {
        self.access
            .rate_control()
            .map_or(f64::NAN, RateControl::learning_rate)
    }

    /// Replaces the schedule by this rate from now on.
    pub fn set_learning_rate(&mut self, learning_rate: f64) {
        if let Some(control) = self.access.rate_control_mut() {
            control.set(learning_rate);
        }
    }

    /// Multiplies the rates of the schedule from now on.
    pub fn scale_learning_rate(&mut self, factor: f64) {
        if let Some(control) = self.access.rate_control_mut() {
            control.scale(factor);
        }
    }

    /// The figures of the epoch, the validation or the evaluation so far. Reading them waits for the
    /// device.
    ///
    /// # Errors
    /// A device that failed.
    pub fn logs(&mut self) -> Result<Logs, TrainError> {
        self.access.logs()
    }

    /// Which way a figure gets better, as its metric says; a loss falls.
    pub fn direction(&self, figure: &str) -> Direction {
        self.access.direction(figure)
    }

    /// The weights of this moment.
    pub fn weights(&self) -> Weights {
        self.access.weights()
    }

    /// Weights that a callback has kept in its [`state`](Callback::state), by [`Weights::state`].
    ///
    /// # Errors
    /// The state of weights of another model.
    pub fn weights_from(&self, state: &State) -> Result<Weights, TrainError> {
        self.access.weights_from(state)
    }

    /// Whether this is a training that was broken off and goes on.
    pub fn is_resumed(&self) -> bool {
        self.access.is_resumed()
    }

    /// Goes back to weights of an earlier moment; the optimizer's state stays.
    ///
    /// # Errors
    /// Weights of another model; an evaluation or a prediction, which change nothing.
    pub fn restore(&mut self, weights: &Weights) -> Result<(), TrainError> {
        self.access.restore(weights)
    }

    /// The moving average of the weights, if the optimizer keeps one.
    pub fn averaged_weights(&self) -> Option<Weights> {
        self.access.averaged()
    }

    /// The model of this moment, if it is of this type.
    pub fn model<M: Model>(&self) -> Option<M> {
        self.weights().into_model()
    }

    /// Writes the model of this moment, whole or not at all, as [`save_model`](firebrick_model::save_model) does.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn save(&self, path: &Path) -> Result<(), TrainError> {
        self.access.save(path)
    }

    /// Writes the weights of this moment alone, as [`save_weights`](firebrick_model::save_weights)
    /// does.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn save_weights(&self, path: &Path) -> Result<(), TrainError> {
        self.access.save_weights(path)
    }

    /// The directory of the run, if it has one.
    pub fn run_directory(&self) -> Option<&RunDirectory> {
        self.access.run()
    }

    /// Says something to whoever watches: on the screen where that is not the dashboard's, and in
    /// the run's log; of an evaluation or a prediction in the log alone.
    pub fn say(&mut self, text: &str) {
        self.access.say(text);
    }
}

impl Weights {
    /// Weights, and what is kept of them.
    pub(crate) fn new<W: Send + 'static>(weights: W, state: fn(&W) -> State) -> Self {
        Self {
            model: Box::new(weights),
            state: Box::new(move |weights| weights.downcast_ref().map_or_else(State::new, state)),
        }
    }

    /// What is kept of them in a callback's [`state`](Callback::state); they stay on their device until it is written.
    pub fn state(&self) -> State {
        (self.state)(&*self.model)
    }

    /// What they are in the training's own [step](crate::Step), if they are of this type.
    pub fn into_inner<W: 'static>(self) -> Option<W> {
        self.model.downcast().ok().map(|weights| *weights)
    }

    /// The model with these weights, if it is of this type.
    pub fn into_model<M: Model>(self) -> Option<M> {
        self.into_inner()
    }
}

#[cfg(test)]
impl Weights {
    /// A number in the place of weights.
    pub(crate) fn fake(number: usize) -> Self {
        Self::new(number, |number| State::new().with("number", *number))
    }
}
