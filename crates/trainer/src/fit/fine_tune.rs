use firebrick_scheduler::OneCycle;

use super::FitSettings;
use crate::error::TrainError;

/// How a fit makes a network that has learned something else learn this: first the head alone, with all layers before it
/// frozen, then all of it, those near the input slower than the head.
///
/// Both parts have a [cycle of rates](crate::Fit::with_one_cycle), which counts the steps of that part, and begin with an
/// optimizer that knows nothing, as after compiling anew in Keras. Layers that are frozen by themselves stay so in the second
/// part. A training that ends in the first part leaves the layers before the head frozen.
///
/// ```
/// use firebrick::layers::{Dense, Layer};
/// use firebrick::prelude::*;
/// use firebrick::training::FineTune;
///
/// let data = ArrayDataset::new([[0.0], [1.0], [2.0], [3.0]], [1.0, 3.0, 5.0, 7.0])?;
/// let network = Sequential::new([1]).add(Dense::new(4).named("body")).add(Dense::new(1).named("head"));
/// let mut trainer = Compile::by_name("adam", "mse", [])?.model(network.build(1, &Device::flex())?);
/// // Of five epochs one for the head, at rates up to 0.01; then up to half of it, and a hundredth of that in the body.
/// let tune = FineTune::new("head").with_learning_rate(0.01);
/// let fit = Fit::new(5).with_fine_tune(tune).with_display(Display::Quiet);
/// assert_eq!(trainer.fit(&data, &fit)?.epochs().len(), 5);
/// # Ok::<(), firebrick::training::TrainError>(())
/// ```
///
/// # Source
/// fastai's `fine_tune`, less its cycle of the momentum. There batch normalizations of frozen layers learn, here they are
/// frozen too, as in Keras.
#[derive(Clone, Debug, PartialEq)]
pub struct FineTune {
    head: String,
    freeze_epochs: usize,
    learning_rate: f64,
    groups: Vec<String>,
    rate_ratio: f64,
}

impl FineTune {
    /// The head begins with the layer of this name.
    pub fn new(head: impl Into<String>) -> Self {
        Self {
            head: head.into(),
            freeze_epochs: 1,
            learning_rate: 2e-3,
            groups: Vec::new(),
            rate_ratio: 100.0,
        }
    }

    /// Sets how many of the fit's epochs only the head learns, 1 by default.
    #[must_use = "returns the changed settings"]
    pub fn with_freeze_epochs(mut self, freeze_epochs: usize) -> Self {
        self.freeze_epochs = freeze_epochs;
        self
    }

    /// Sets the highest rate of the first part, 0.002 by default; that of the second is half of it.
    #[must_use = "returns the changed settings"]
    pub fn with_learning_rate(mut self, learning_rate: f64) -> Self {
        self.learning_rate = learning_rate;
        self
    }

    /// Sets how many times slower than the head the first layers learn in the second part, 100 by default.
    #[must_use = "returns the changed settings"]
    pub fn with_rate_ratio(mut self, rate_ratio: f64) -> Self {
        self.rate_ratio = rate_ratio;
        self
    }

    /// Names the layers with which further groups begin, whose rates rise from one to the next; by default there are two, all
    /// before the head and the head. See [`WeightGroup::sliced`](crate::WeightGroup::sliced).
    #[must_use = "returns the changed settings"]
    pub fn with_groups<N: Into<String>>(mut self, groups: impl IntoIterator<Item = N>) -> Self {
        self.groups = groups.into_iter().map(Into::into).collect();
        self
    }

    pub(crate) fn head(&self) -> &str {
        &self.head
    }

    pub(crate) fn groups(&self) -> impl Iterator<Item = &str> {
        let groups = self.groups.iter().map(String::as_str);
        groups.chain([self.head.as_str()])
    }

    /// The factor of the first group's rates.
    pub(crate) fn lowest_factor(&self) -> f64 {
        1.0 / self.rate_ratio
    }

    /// Epochs of the two parts.
    fn epochs(&self, settings: &FitSettings) -> [usize; 2] {
        let all = settings.epochs.saturating_sub(settings.initial_epoch);
        let first = self.freeze_epochs.min(all);
        [first, all - first]
    }

    /// Steps of the first part.
    pub(crate) fn frozen_steps(&self, settings: &FitSettings, steps_per_epoch: usize) -> u64 {
        let [first, _] = self.epochs(settings);
        first.saturating_mul(steps_per_epoch) as u64
    }

    /// The rates of the parts that there are.
    pub(crate) fn cycles(
        &self,
        settings: &FitSettings,
        steps_per_epoch: usize,
    ) -> Result<[Option<OneCycle>; 2], TrainError> {
        let [first, second] = self
            .epochs(settings)
            .map(|epochs| epochs.saturating_mul(steps_per_epoch) as u64);
        let cycle = |rate: f64, steps| (steps > 0).then(|| OneCycle::new(rate, steps)).transpose();
        // As fastai: the head's rate rises nearly to its end.
        let first = cycle(self.learning_rate, first)?;
        let first = first.map(|cycle| cycle.with_pct_start(0.99)).transpose()?;
        let second = cycle(self.learning_rate / 2.0, second)?;
        let second = second.map(|cycle| cycle.with_div_factor(5.0)).transpose()?;
        Ok([first, second])
    }

    /// Checks what can be checked without a network.
    pub(crate) fn check(&self, settings: &FitSettings) -> Result<(), TrainError> {
        let wrong = |setting, expected, received: String| {
            Err(TrainError::Setting {
                setting,
                expected,
                received,
            })
        };
        if let Some(rate) = settings.one_cycle {
            let expected = "none beside a fine-tuning, which has cycles of its own";
            return wrong("one_cycle", expected, rate.to_string());
        }
        let all = settings.epochs.saturating_sub(settings.initial_epoch);
        if self.freeze_epochs > all {
            let expected = "at most as many epochs as the fit has";
            return wrong("freeze_epochs", expected, self.freeze_epochs.to_string());
        }
        if !(self.learning_rate.is_finite() && self.learning_rate > 0.0) {
            let received = self.learning_rate.to_string();
            return wrong("learning_rate", "a number above 0", received);
        }
        if !(self.rate_ratio.is_finite() && self.rate_ratio >= 1.0) {
            let received = self.rate_ratio.to_string();
            return wrong("rate_ratio", "a number of at least 1", received);
        }
        Ok(())
    }
}
