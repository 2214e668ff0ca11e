use super::monitor::{Monitor, MonitorMode, is_improvement};
use super::voice::Voice;
use crate::callback::{Callback, Flow, HookResult, Training};
use crate::error::TrainError;
use crate::logs::Logs;
use crate::metrics::Direction;
use crate::state::State;

/// Lowers the learning rate where the watched figure has not got better for some epochs,
/// `rate ← max(factor · rate, min_lr)`.
///
/// It goes with any schedule: all of its rates from then on are multiplied, by what brings the next one to
/// the lowered rate. An epoch without the figure, because it was not validated or the figure is undefined,
/// changes nothing.
///
/// One thing differs from Keras: NaN is never the best figure, not even that of the first epoch.
///
/// ```
/// use firebrick::callbacks::ReduceLrOnPlateau;
/// use firebrick::training::Fit;
///
/// let plateau = ReduceLrOnPlateau::new("val_loss")
///     .with_factor(0.5)?
///     .with_patience(3);
/// let fit = Fit::new(100).with_validation_split(0.1).with_callback(plateau);
/// # Ok::<(), firebrick::training::TrainError>(())
/// ```
///
/// # Errors
/// [`MonitorMode::Auto`] for a figure whose metric does not say which way it gets better.
///
/// # Source
/// <https://keras.io/api/callbacks/reduce_lr_on_plateau/>
pub struct ReduceLrOnPlateau {
    monitor: Monitor,
    mode: MonitorMode,
    rules: Rules,
    voice: Voice,
    watch: Watch,
    direction: Direction,
}

/// When to lower the rate, and how far.
#[derive(Clone, Copy, Debug)]
struct Rules {
    factor: f64,
    patience: usize,
    min_delta: f64,
    cooldown: usize,
    min_lr: f64,
}

/// What has been seen of the figure.
#[derive(Clone, Copy, Debug, Default)]
struct Watch {
    /// Epochs since the figure got better.
    wait: usize,
    best: Option<f64>,
    /// Epochs that are still left alone.
    cooldown: usize,
}

impl Watch {
    /// The rate to go on with, if it is to be lowered.
    fn epoch(&mut self, rules: &Rules, direction: Direction, value: f64, rate: f64) -> Option<f64> {
        if self.cooldown > 0 {
            self.cooldown -= 1;
            self.wait = 0;
        }
        if is_improvement(direction, rules.min_delta, value, self.best) {
            self.best = Some(value);
            self.wait = 0;
            return None;
        }
        if self.cooldown > 0 {
            return None;
        }
        self.wait += 1;
        if self.wait < rules.patience || !is_above(rate, rules.min_lr.max(0.0)) {
            return None;
        }
        self.cooldown = rules.cooldown;
        self.wait = 0;
        Some((rate * rules.factor).max(rules.min_lr))
    }
}

/// Compares as Keras does, in 32 bits: a rate that was lowered to the least one is not above it.
fn is_above(rate: f64, min_lr: f64) -> bool {
    #[allow(
        clippy::cast_possible_truncation,
        reason = "the precision of Keras' comparison"
    )]
    let is_above = rate as f32 > min_lr as f32;
    is_above
}

impl ReduceLrOnPlateau {
    const NAME: &'static str = "ReduceLrOnPlateau";

    /// Watches a figure, Keras' default being `val_loss`; takes a tenth of the rate after 10 epochs without
    /// anything better by more than 1e-4.
    pub fn new(monitor: impl Into<String>) -> Self {
        Self {
            monitor: Monitor::new(monitor.into()),
            mode: MonitorMode::Auto,
            rules: Rules {
                factor: 0.1,
                patience: 10,
                min_delta: 1e-4,
                cooldown: 0,
                min_lr: 0.0,
            },
            voice: Voice::default(),
            watch: Watch::default(),
            direction: Direction::Unknown,
        }
    }

    /// What the rate is multiplied by.
    ///
    /// # Errors
    /// One that is not between 0 and 1.
    pub fn with_factor(mut self, factor: f64) -> Result<Self, TrainError> {
        if !(0.0..1.0).contains(&factor) {
            return Err(TrainError::Setting {
                setting: "the factor of ReduceLrOnPlateau",
                expected: "at least 0 and less than 1",
                received: factor.to_string(),
            });
        }
        self.rules.factor = factor;
        Ok(self)
    }

    /// Epochs without anything better before the rate is lowered; 0 is as 1.
    #[must_use = "returns the changed callback"]
    pub fn with_patience(mut self, epochs: usize) -> Self {
        self.rules.patience = epochs;
        self
    }

    /// By how much more than this the figure has to be better.
    #[must_use = "returns the changed callback"]
    pub fn with_min_delta(mut self, min_delta: f64) -> Self {
        self.rules.min_delta = min_delta;
        self
    }

    /// Epochs after a lowered rate in which nothing is counted.
    #[must_use = "returns the changed callback"]
    pub fn with_cooldown(mut self, epochs: usize) -> Self {
        self.rules.cooldown = epochs;
        self
    }

    /// The rate below which it does not go.
    #[must_use = "returns the changed callback"]
    pub fn with_min_lr(mut self, min_lr: f64) -> Self {
        self.rules.min_lr = min_lr;
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

    /// The best figure; none before the first that is a number.
    pub fn best(&self) -> Option<f64> {
        self.watch.best
    }
}

impl Callback for ReduceLrOnPlateau {
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
            cooldown,
        } = self.watch;
        State::new()
            .with("wait", wait)
            .with_some("best", best)
            .with("cooldown", cooldown)
            .with("is_told", self.monitor.is_told())
    }

    fn restore(&mut self, state: &State, _: &mut Training<'_>) -> Result<(), TrainError> {
        self.watch = Watch {
            wait: state.get("wait")?,
            best: state.find("best")?,
            cooldown: state.get("cooldown")?,
        };
        self.monitor.restore(state.get("is_told")?);
        Ok(())
    }

    fn on_train_begin(&mut self, training: &mut Training<'_>) -> HookResult {
        let figure = &self.monitor.figure;
        let own = training.direction(figure);
        self.direction = self.mode.direction(own, Self::NAME, figure)?;
        self.watch = Watch::default();
        Ok(Flow::Continue)
    }

    fn on_epoch_end(&mut self, training: &mut Training<'_>, logs: &Logs) -> HookResult {
        let Some(value) = self.monitor.value(Self::NAME, training, logs) else {
            return Ok(Flow::Continue);
        };
        let rate = training.learning_rate();
        if let Some(lowered) = self.watch.epoch(&self.rules, self.direction, value, rate) {
            training.scale_learning_rate(lowered / rate);
            let text = format!(
                "Epoch {}: {} reducing learning rate to {lowered}.",
                training.epoch(),
                Self::NAME
            );
            self.voice.say(training, &text);
        }
        Ok(Flow::Continue)
    }
}

#[cfg(test)]
impl ReduceLrOnPlateau {
    /// What Keras calls `wait` and `cooldown_counter`.
    pub(super) fn counters(&self) -> (usize, usize) {
        (self.watch.wait, self.watch.cooldown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rates(callback: &ReduceLrOnPlateau, values: &[f64]) -> Vec<f64> {
        let mut watch = Watch::default();
        let mut rate = 0.8;
        let mut rates = Vec::new();
        for value in values {
            let lowered = watch.epoch(&callback.rules, Direction::Down, *value, rate);
            rate = lowered.unwrap_or(rate);
            rates.push(rate);
        }
        rates
    }

    #[test]
    fn the_rate_falls_to_the_least_one_and_no_further() {
        let callback = ReduceLrOnPlateau::new("loss")
            .with_factor(0.25)
            .unwrap()
            .with_patience(1)
            .with_min_lr(0.1);
        assert_eq!(rates(&callback, &[1.0; 5]), [0.8, 0.2, 0.1, 0.1, 0.1]);
    }

    #[test]
    fn nan_is_never_the_best() {
        let callback = ReduceLrOnPlateau::new("loss")
            .with_factor(0.5)
            .unwrap()
            .with_patience(2);
        assert_eq!(
            rates(&callback, &[f64::NAN, 1.0, 0.9, 0.8]),
            [0.8, 0.8, 0.8, 0.8]
        );
        assert_eq!(rates(&callback, &[f64::NAN; 3]), [0.8, 0.4, 0.4]);
    }

    #[test]
    fn a_factor_that_lowers_nothing_is_an_error() {
        for factor in [1.0, 2.0, -0.1, f64::NAN] {
            let error = ReduceLrOnPlateau::new("loss").with_factor(factor).err();
            let text = error.map(|error| error.to_string()).unwrap_or_default();
            assert!(
                text.ends_with("expected at least 0 and less than 1"),
                "{text}"
            );
        }
    }
}
