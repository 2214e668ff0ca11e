use crate::callback::{Callback, Flow, HookResult, Training};

/// Stops a training in order whose loss is no finite number any more.
///
/// Without it such a loss is an error, found within a fraction of a second; with it, it is found after its very
/// batch, at the price of waiting for the device after every batch. Either way the model has the last weights
/// that are known to be good; Keras leaves those that are NaN. With it these are, whatever the clock says, those that
/// the batch before was computed with, whose loss was a number; where there is none before it in the epoch, those that
/// the epoch began with.
///
/// ```
/// use firebrick::callbacks::TerminateOnNan;
/// use firebrick::training::Fit;
///
/// let fit = Fit::new(100).with_callback(TerminateOnNan::new());
/// ```
///
/// # Source
/// <https://keras.io/api/callbacks/terminate_on_nan/>
#[derive(Clone, Copy, Debug, Default)]
pub struct TerminateOnNan;

impl TerminateOnNan {
    /// A callback without settings.
    pub fn new() -> Self {
        Self
    }
}

impl Callback for TerminateOnNan {
    fn name(&self) -> &'static str {
        "TerminateOnNan"
    }

    fn on_train_batch_end(&mut self, training: &mut Training<'_>) -> HookResult {
        let loss = training.logs()?.get("loss");
        if loss.is_none_or(f64::is_finite) {
            return Ok(Flow::Continue);
        }
        let text = format!(
            "Batch {}: Invalid loss, terminating training",
            training.batch()
        );
        training.say(&text);
        Ok(Flow::Stop)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use burn::tensor::Device;
    use firebrick_data::ArrayDataset;
    use firebrick_model::layers::Dense;
    use firebrick_model::{Initializer, Network, Sequential};

    use super::*;
    use crate::compile::Compile;
    use crate::display::Display;
    use crate::fit::Fit;
    use crate::history::StopReason;
    use crate::losses::MeanSquaredError;
    use crate::optimizers::Optimizer;
    use crate::passes::with_interval;
    use crate::read_back::tests::reads;
    use crate::step_kind::StepKind;
    use crate::trainer::Trainer;

    /// Batches of an epoch; two epochs see the samples one after the other.
    const STEPS: usize = 3;

    fn trainer() -> Trainer<Network> {
        let layer = Dense::new(1).with_kernel_initializer(Initializer::Ones);
        let network = Sequential::new([1]).add(layer);
        Compile::new(Optimizer::sgd(), MeanSquaredError::new())
            .with_learning_rate(0.1)
            .model(network.build(1, &Device::flex()).unwrap())
    }

    fn fit(epochs: usize) -> Fit {
        Fit::new(epochs)
            .with_batch_size(1)
            .without_shuffle()
            .with_display(Display::Quiet)
    }

    /// Samples of ones, the one of this number with a square that is none.
    fn ones(bad: usize) -> ArrayDataset {
        let inputs = (1..=2 * STEPS).map(|number| [if number == bad { 1e30 } else { 1.0 }]);
        ArrayDataset::new(inputs.collect::<Vec<_>>(), vec![0.0; 2 * STEPS]).unwrap()
    }

    #[test]
    fn what_is_left_depends_on_the_batches_and_not_on_the_clock() {
        // Batches learned before the bad one that are left.
        for (bad, left) in [(1, 0), (2, 0), (3, 1), (4, 3), (5, 3), (6, 4)] {
            let mut expected = trainer();
            if left > 0 {
                let whole = fit(1).with_steps_per_epoch(left);
                expected.fit(&ones(0), &whole).unwrap();
            }
            let expected = expected.model().get_weights().unwrap();
            for interval in [Duration::ZERO, Duration::MAX] {
                let fit = fit(2)
                    .with_steps_per_epoch(STEPS)
                    .with_callback(TerminateOnNan::new());
                let mut trainer = trainer();
                let history = with_interval(interval, || trainer.fit(&ones(bad), &fit).unwrap());
                let epoch = bad.div_ceil(STEPS);
                let name = "TerminateOnNan".to_owned();
                assert_eq!(history.stop_reason, StopReason::Callback { name, epoch });
                let weights = trainer.model().get_weights().unwrap();
                assert_eq!(weights, expected, "batch {bad}, a look every {interval:?}");
            }
        }
    }

    #[test]
    fn only_with_it_every_batch_is_waited_for() {
        let waits = |steps: usize, fit: Fit| {
            // Over plain memory there is nothing to wait for.
            let fit = fit
                .with_steps_per_epoch(steps)
                .with_step(StepKind::Autodiff);
            let mut trainer = trainer();
            let (waits, _) = with_interval(Duration::MAX, || {
                reads(|| trainer.fit(&ones(0), &fit).unwrap())
            });
            waits
        };
        assert_eq!(waits(2, fit(1)), waits(6, fit(1)));
        let watched = || fit(1).with_callback(TerminateOnNan::new());
        assert_eq!(waits(2, watched()) + 4, waits(6, watched()));
    }
}
