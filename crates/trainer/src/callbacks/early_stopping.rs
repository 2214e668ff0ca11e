use super::monitor::{Monitor, MonitorMode, is_improvement};
use super::voice::Voice;
use crate::callback::{Callback, Flow, HookResult, Training, Weights};
use crate::error::TrainError;
use crate::logs::Logs;
use crate::metrics::Direction;
use crate::state::State;

/// Stops a training whose watched figure has not got better for some epochs.
///
/// An epoch counts as better where the figure beats the best one so far by more than `min_delta`. An epoch
/// without the figure, because it was not validated or the figure is undefined, changes nothing.
///
/// One thing differs from Keras: NaN is never the best figure, not even that of the first epoch, against
/// which no later epoch could be better.
///
/// ```
/// # use firebrick::{layers::Dense, prelude::*};
/// use firebrick::callbacks::EarlyStopping;
///
/// # let data = ArrayDataset::new([[0.0], [1.0], [2.0], [3.0]], [1.0, 3.0, 5.0, 7.0])?;
/// # let model = Sequential::new([1]).add(Dense::new(1)).build(1, &Device::flex())?;
/// let mut trainer = Compile::by_name("sgd", "mse", [])?.with_learning_rate(1e-6).model(model);
/// // Far too slow: after the first epoch none is better by 0.1.
/// let stopping = EarlyStopping::new("loss").with_min_delta(0.1).with_patience(3);
/// let fit = Fit::new(100).with_callback(stopping).with_display(Display::Quiet);
/// let history = trainer.fit(&data, &fit)?;
/// assert_eq!(history.stop_reason.to_string(), "stopped by EarlyStopping in epoch 4");
/// # Ok::<(), firebrick::training::TrainError>(())
/// ```
///
/// # Errors
/// [`MonitorMode::Auto`] for a figure whose metric does not say which way it gets better.
///
/// # Source
/// <https://keras.io/api/callbacks/early_stopping/>
pub struct EarlyStopping {
    monitor: Monitor,
    mode: MonitorMode,
    rules: Rules,
    restores: bool,
    voice: Voice,
    watch: Watch,
    direction: Direction,
    best_weights: Option<Weights>,
}

/// When to stop.
#[derive(Clone, Copy, Debug, Default)]
struct Rules {
    patience: usize,
    min_delta: f64,
    baseline: Option<f64>,
    start_from_epoch: usize,
}

/// What has been seen of the figure.
#[derive(Clone, Copy, Debug, Default)]
struct Watch {
    /// Epochs since the figure got better.
    wait: usize,
    best: Option<f64>,
    /// Counted from 1; 0 before there is one.
    best_epoch: usize,
    stopped_epoch: Option<usize>,
}

/// What an epoch means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    /// Nothing yet, or nothing better.
    Wait,
    /// The best so far.
    Best,
    Stop,
}

impl Watch {
    /// Judges an epoch, counted from 1, by its figure.
    fn epoch(
        &mut self,
        rules: &Rules,
        direction: Direction,
        epoch: usize,
        value: Option<f64>,
    ) -> Verdict {
        let Some(value) = value.filter(|_| epoch > rules.start_from_epoch) else {
            return Verdict::Wait;
        };
        self.wait += 1;
        let beats = |reference| is_improvement(direction, rules.min_delta, value, reference);
        if beats(self.best) {
            self.best = Some(value);
            self.best_epoch = epoch;
            if rules.baseline.is_none_or(|baseline| beats(Some(baseline))) {
                self.wait = 0;
            }
            return Verdict::Best;
        }
        if self.wait >= rules.patience && epoch > 1 {
            self.stopped_epoch = Some(epoch);
            return Verdict::Stop;
        }
        Verdict::Wait
    }
}

impl EarlyStopping {
    const NAME: &'static str = "EarlyStopping";

    /// Watches a figure, Keras' default being `val_loss`; stops at the first epoch that is not better.
    pub fn new(monitor: impl Into<String>) -> Self {
        Self {
            monitor: Monitor::new(monitor.into()),
            mode: MonitorMode::Auto,
            rules: Rules::default(),
            restores: false,
            voice: Voice::default(),
            watch: Watch::default(),
            direction: Direction::Unknown,
            best_weights: None,
        }
    }

    /// Epochs without anything better before it stops; 0 is as 1.
    #[must_use = "returns the changed callback"]
    pub fn with_patience(mut self, epochs: usize) -> Self {
        self.rules.patience = epochs;
        self
    }

    /// By how much more than this the figure has to be better, 0 if not set.
    #[must_use = "returns the changed callback"]
    pub fn with_min_delta(mut self, min_delta: f64) -> Self {
        self.rules.min_delta = min_delta;
        self
    }

    /// What the figure has to beat as well for the waiting to begin anew.
    #[must_use = "returns the changed callback"]
    pub fn with_baseline(mut self, baseline: f64) -> Self {
        self.rules.baseline = Some(baseline);
        self
    }

    /// Epochs before the watching begins.
    #[must_use = "returns the changed callback"]
    pub fn with_start_from_epoch(mut self, epochs: usize) -> Self {
        self.rules.start_from_epoch = epochs;
        self
    }

    /// Leaves the weights of the best epoch, however the training ends in order.
    #[must_use = "returns the changed callback"]
    pub fn with_restore_best_weights(mut self) -> Self {
        self.restores = true;
        self
    }

    /// Which way the figure gets better.
    #[must_use = "returns the changed callback"]
    pub fn with_mode(mut self, mode: MonitorMode) -> Self {
        self.mode = mode;
        self
    }

    /// Says on the screen what it does, not in the log alone.
    #[must_use = "returns the changed callback"]
    pub fn with_verbose(mut self) -> Self {
        self.voice = Voice::Screen;
        self
    }

    /// The epoch after which it stopped, counted from 1; none if it did not.
    pub fn stopped_epoch(&self) -> Option<usize> {
        self.watch.stopped_epoch
    }

    /// The best figure; none before the first that is a number.
    pub fn best(&self) -> Option<f64> {
        self.watch.best
    }

    /// The epoch of the best figure, counted from 1; none before there is one.
    pub fn best_epoch(&self) -> Option<usize> {
        self.watch.best.map(|_| self.watch.best_epoch)
    }
}

impl Callback for EarlyStopping {
    fn name(&self) -> &str {
        Self::NAME
    }

    fn monitors(&self) -> Vec<String> {
        vec![self.monitor.figure.clone()]
    }

    fn state(&self) -> State {
        let Watch {
            wait,
            best,
            best_epoch,
            stopped_epoch,
        } = self.watch;
        State::new()
            .with("wait", wait)
            .with_some("best", best)
            .with("best_epoch", best_epoch)
            .with_some("stopped_epoch", stopped_epoch)
            .with("is_told", self.monitor.is_told())
            .with_some(
                "best_weights",
                self.best_weights.as_ref().map(Weights::state),
            )
    }

    fn restore(&mut self, state: &State, training: &mut Training<'_>) -> Result<(), TrainError> {
        self.watch = Watch {
            wait: state.get("wait")?,
            best: state.find("best")?,
            best_epoch: state.get("best_epoch")?,
            stopped_epoch: state.find("stopped_epoch")?,
        };
        self.monitor.restore(state.get("is_told")?);
        let best = state.find::<State>("best_weights")?;
        self.best_weights = best.map(|best| training.weights_from(&best)).transpose()?;
        Ok(())
    }

    fn on_train_begin(&mut self, training: &mut Training<'_>) -> HookResult {
        let figure = &self.monitor.figure;
        let own = training.direction(figure);
        self.direction = self.mode.direction(own, Self::NAME, figure)?;
        self.watch = Watch::default();
        self.best_weights = None;
        Ok(Flow::Continue)
    }

    fn on_epoch_end(&mut self, training: &mut Training<'_>, logs: &Logs) -> HookResult {
        let value = self.monitor.value(Self::NAME, training, logs);
        match self
            .watch
            .epoch(&self.rules, self.direction, training.epoch(), value)
        {
            Verdict::Best if self.restores => self.best_weights = Some(training.weights()),
            Verdict::Stop => return Ok(Flow::Stop),
            Verdict::Best | Verdict::Wait => {}
        }
        Ok(Flow::Continue)
    }

    fn on_train_end(&mut self, training: &mut Training<'_>, _: &Logs) -> HookResult {
        if let Some(epoch) = self.watch.stopped_epoch {
            let text = format!("Epoch {epoch}: early stopping");
            self.voice.say(training, &text);
        }
        if let Some(weights) = self.best_weights.take() {
            let text = format!(
                "Restoring model weights from the end of the best epoch: {}.",
                self.watch.best_epoch
            );
            self.voice.say(training, &text);
            training.restore(&weights)?;
        }
        Ok(Flow::Continue)
    }
}

#[cfg(test)]
impl EarlyStopping {
    /// What Keras calls `wait`.
    pub(super) fn wait(&self) -> usize {
        self.watch.wait
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The verdicts of epochs until the first stop.
    fn verdicts(rules: Rules, values: &[Option<f64>]) -> String {
        let mut watch = Watch::default();
        let mut verdicts = String::new();
        for (index, value) in values.iter().enumerate() {
            let verdict = watch.epoch(&rules, Direction::Down, index + 1, *value);
            verdicts.push(match verdict {
                Verdict::Wait => 'w',
                Verdict::Best => 'b',
                Verdict::Stop => 's',
            });
            if verdict == Verdict::Stop {
                break;
            }
        }
        verdicts
    }

    #[test]
    fn an_epoch_without_the_figure_changes_nothing() {
        let rules = Rules {
            patience: 2,
            ..Rules::default()
        };
        let seen = [None, Some(1.0), None, Some(1.1), None, None, Some(1.2)];
        assert_eq!(verdicts(rules, &seen), "wbwwwws");
    }

    #[test]
    fn nan_is_never_the_best() {
        let rules = Rules {
            patience: 2,
            ..Rules::default()
        };
        let nan = Some(f64::NAN);
        assert_eq!(verdicts(rules, &[nan, Some(0.9), Some(0.8)]), "wbb");
        assert_eq!(verdicts(rules, &[Some(1.0), nan, nan, nan]), "bws");
        assert_eq!(verdicts(rules, &[nan, nan]), "ws");
    }

    #[test]
    fn the_first_epoch_never_stops() {
        assert_eq!(verdicts(Rules::default(), &[Some(f64::NAN)]), "w");
    }
}
