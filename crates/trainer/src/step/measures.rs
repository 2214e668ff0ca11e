use std::sync::Arc;

use super::output::StepOutput;
use crate::error::TrainError;
use crate::figures::RunningFigures;
use crate::logs::Logs;
use crate::metrics::Direction;
use crate::objective::Objective;

/// The name of what has to stay finite.
const LOSS: &str = "loss";

/// What a step measures of every batch: the loss, and whatever figures it has beside it.
///
/// Those of a step of one's own are means over samples, in this order in every [`StepOutput`].
///
/// ```
/// use firebrick::metrics::Direction;
/// use firebrick::training::Measures;
///
/// // The loss falls, as all figures do unless it is said otherwise.
/// let measures = Measures::means(["discriminator_loss", "realism"]).with_direction("realism", Direction::Up);
/// assert_eq!(measures.direction("val_realism"), Direction::Up);
/// assert_eq!(measures.direction("loss"), Direction::Down);
/// ```
#[derive(Clone, Debug)]
pub struct Measures(Kind);

#[derive(Clone, Debug)]
enum Kind {
    Means(Arc<[Mean]>),
    Objective(Arc<Objective>),
}

/// A mean beside the loss.
#[derive(Clone, Debug)]
struct Mean {
    name: String,
    direction: Direction,
}

impl Measures {
    /// The loss, and the means of these names beside it, all of them better where they are smaller.
    pub fn means<N: Into<String>>(names: impl IntoIterator<Item = N>) -> Self {
        let means = names.into_iter().map(|name| Mean {
            name: name.into(),
            direction: Direction::Down,
        });
        Self(Kind::Means(means.collect()))
    }

    /// Says which way the figure of this name gets better.
    #[must_use = "returns the changed measures"]
    pub fn with_direction(mut self, name: &str, direction: Direction) -> Self {
        if let Kind::Means(means) = &mut self.0 {
            let changed = means.iter().cloned().map(|mut mean| {
                if mean.name == name {
                    mean.direction = direction;
                }
                mean
            });
            *means = changed.collect();
        }
        self
    }

    /// Which way a figure gets better, one of the validation data too; the loss falls.
    pub fn direction(&self, name: &str) -> Direction {
        match &self.0 {
            Kind::Objective(objective) => objective.direction(name),
            Kind::Means(means) => {
                let name = name.strip_prefix("val_").unwrap_or(name);
                let mean = means.iter().find(|mean| mean.name == name);
                mean.map_or(Direction::Down, |mean| mean.direction)
            }
        }
    }

    /// Loss and metrics of an objective.
    pub(crate) fn of(objective: &Arc<Objective>) -> Self {
        Self(Kind::Objective(Arc::clone(objective)))
    }

    /// The names beside the loss, where they are known before anything is measured.
    pub(crate) fn names(&self) -> Vec<String> {
        match &self.0 {
            Kind::Means(means) => means.iter().map(|mean| mean.name.clone()).collect(),
            Kind::Objective(_) => Vec::new(),
        }
    }

    /// Makes sure that an output has what was said of it.
    ///
    /// # Errors
    /// Other means than those.
    pub(crate) fn check(&self, output: &StepOutput) -> Result<(), TrainError> {
        let Kind::Means(means) = &self.0 else {
            return Ok(());
        };
        if output.lengths.len() == means.len() && output.lengths.iter().all(|&length| length == 1) {
            return Ok(());
        }
        Err(TrainError::StepOutput {
            expected: self.names(),
            received: output.lengths.clone(),
        })
    }

    /// Joins the sums of the figure of this index, without the loss, with the numbers of another batch.
    pub(crate) fn join(&self, index: usize, sums: &mut [f64], batch: &[f64]) {
        match &self.0 {
            Kind::Objective(objective) => objective.join(index, sums, batch),
            Kind::Means(_) => {
                for (sum, number) in sums.iter_mut().zip(batch) {
                    *sum += number;
                }
            }
        }
    }

    /// The figures of these sums.
    ///
    /// # Errors
    /// A metric that panics.
    pub(crate) fn logs(&self, figures: &RunningFigures) -> Result<Logs, TrainError> {
        let means = match &self.0 {
            Kind::Objective(objective) => return objective.logs(figures),
            Kind::Means(means) => means,
        };
        let mut logs = Logs::new();
        logs.insert(LOSS, figures.loss());
        for (mean, sums) in means.iter().zip(figures.sums()) {
            let sum = sums.first().copied().unwrap_or(f64::NAN);
            logs.insert(mean.name.as_str(), sum / figures.samples() as f64);
        }
        Ok(logs)
    }
}

#[cfg(test)]
mod tests {
    use burn::tensor::{Device, Tensor};

    use super::*;
    use crate::step::Figures;

    fn output(samples: usize, loss: f32, means: &[f32]) -> StepOutput {
        let number = |value: f32| Tensor::<1>::from_floats([value], &Device::flex());
        StepOutput::new(samples, number(loss), means.iter().copied().map(number))
    }

    #[test]
    fn means_are_over_samples() {
        let measures = Measures::means(["realism"]);
        let mut figures = RunningFigures::default();
        for output in [output(8, 1.0, &[0.5]), output(2, 3.0, &[1.0])] {
            measures.check(&output).unwrap();
            let numbers: Vec<f32> = Figures::read(vec![output.figures]).unwrap();
            let join = |index, sums: &mut [f64], batch: &[f64]| measures.join(index, sums, batch);
            figures.add(output.samples, f64::from(numbers[0]), [&numbers[1..]], join);
        }
        let logs = measures.logs(&figures).unwrap();
        assert_eq!(logs.to_string(), "loss 1.4000  realism 0.6000");
    }

    #[test]
    fn other_means_than_were_said_are_an_error() {
        let measures = Measures::means(["realism"]);
        let error = measures.check(&output(1, 0.0, &[])).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the step measures 1 figure beside the loss (realism), one of its batches gave 0; give a number of shape [1] for \
             each, in this order"
        );
    }
}
