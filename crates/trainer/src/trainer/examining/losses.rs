//! The loss before anything is learned.

use std::sync::Arc;

use firebrick_data::{Batch, Samples};
use firebrick_model::Model;

use super::looking::{Looked, spread};
use super::{Depth, Trainer};
use crate::check::{BatchLosses, Finding, Severity, loss_of_guessing};
use crate::error::TrainError;
use crate::fit::Fit;
use crate::logs::figure_text;
use crate::objective::Objective;
use crate::step::{Figures, Judge};

/// Samples by which the loss at the start is told, and before every training.
const SAMPLES: usize = 256;
const BRIEF: usize = 32;

/// Targets whose mean is so many deviations from 0 are far away for a network that begins around 0.
const FAR: f64 = 2.0;

impl<M: Model> Trainer<M> {
    /// The losses of samples from all over the data, of the first batch and of the last one, beside that of guessing.
    ///
    /// # Errors
    /// Samples that cannot be read, a batch that the network does not take.
    pub(super) fn batch_losses(
        &self,
        data: &Samples,
        objective: &Objective,
        (looked, fit): (&Looked, &Fit),
        depth: Depth,
    ) -> Result<BatchLosses, TrainError> {
        let objective = Arc::new(objective.clone());
        let judge = Judge::new(
            &self.model,
            Arc::clone(&objective),
            fit.settings.step,
            &self.device,
        )?;
        let of_batch = |batch: Batch| -> Result<f64, TrainError> {
            let (output, _) = judge.judge(batch)?;
            let figures = Figures::read(vec![output.figures])?;
            Ok(figures.first().copied().map_or(f64::NAN, f64::from))
        };
        let (guess, guessed) = guess(&objective, looked).unzip();
        let batch_size = fit.settings.batch_size;
        let Samples::Rows(rows) = data else {
            let first = data.first(batch_size, &self.device);
            let start = of_batch(first.map_err(TrainError::samples)?)?;
            return Ok(BatchLosses {
                start,
                first: Some(start),
                last: None,
                guess,
                guessed,
            });
        };
        let of_rows = |own: &[usize]| -> Result<f64, TrainError> {
            let batch = rows.gather(own, &self.device);
            of_batch(batch.map_err(TrainError::samples)?)
        };
        let num_rows = rows.num_samples();
        let most = match depth {
            Depth::Whole => SAMPLES.max(batch_size),
            Depth::Brief => BRIEF.min(batch_size),
        };
        let (mut sum, mut count) = (0.0, 0.0);
        for part in spread(num_rows, most).chunks(batch_size.max(1)) {
            sum += of_rows(part)? * part.len() as f64;
            count += part.len() as f64;
        }
        let (mut first, mut last) = (None, None);
        if depth == Depth::Whole && num_rows > 0 {
            let begin = (num_rows - 1) / batch_size * batch_size;
            first = Some(of_rows(&(0..num_rows.min(batch_size)).collect::<Vec<_>>())?);
            last = Some(of_rows(&(begin..num_rows).collect::<Vec<_>>())?);
        }
        Ok(BatchLosses {
            start: sum / count,
            first,
            last,
            guess,
            guessed,
        })
    }
}

/// The weighted sum of what guessing comes to at each output, where it is known of all.
fn guess(objective: &Objective, looked: &Looked) -> Option<(f64, &'static str)> {
    if objective.has_joint_loss() {
        return None;
    }
    let mut all: Option<(f64, &'static str)> = None;
    for output in objective.outputs() {
        let targets = looked.targets.get(output.place().target)?;
        let (columns, num_classes) = output.compared()?;
        let loss = output.loss().name();
        let (own, how) = loss_of_guessing(loss, targets, columns, num_classes)?;
        let (sum, how) = all.unwrap_or((0.0, how));
        all = Some((sum + output.weight() * own, how));
    }
    all
}

/// What is odd about the losses.
pub(super) fn findings(losses: &BatchLosses, looked: &Looked) -> Vec<Finding> {
    let mut findings = Vec::new();
    let all = [
        ("at the start", Some(losses.start)),
        ("of the first batch", losses.first),
        ("of the last batch", losses.last),
    ];
    let spoiled = all
        .into_iter()
        .find(|(_, loss)| loss.is_some_and(|loss| !loss.is_finite()));
    if let Some((place, Some(loss))) = spoiled {
        findings.push(Finding::new(
            Severity::Error,
            "loss",
            format!("{place} it is {loss}"),
            "look for numbers that are none or too large among inputs and targets, and for weights that are",
        ));
        return findings;
    }
    if let (Some(guess), Some(guessed)) = (losses.guess, losses.guessed)
        && !losses.is_like_guessing()
    {
        let is_far = looked
            .target_range()
            .is_some_and(|range| range.mean().abs() > FAR * range.deviation())
            && guessed.ends_with("targets");
        let advice = if is_far {
            "scale the targets to about -1 to 1, e.g. by an inverted `Normalization` at the end of the network"
        } else {
            "look whether the inputs are scaled, whether the initial weights are too large, and whether the loss takes what the network gives"
        };
        findings.push(Finding::new(
            Severity::Warning,
            "loss",
            format!(
                "at the start it is {}, far above the {} of guessing {guessed}",
                figure_text(losses.start),
                figure_text(guess)
            ),
            advice,
        ));
    }
    findings
}
