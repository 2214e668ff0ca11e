//! What many trainings say together.

use std::fmt;

use firebrick::specs::thousands;
use firebrick_pages::percent;

use super::job::Job;
use super::result::{JobResult, Quality};
use super::statistics::{Spread, median};
use super::{CurveAxis, CurveSettings};

/// Mean and spread over the seeds.
pub(super) enum Summary {
    /// Of every point of the curve.
    Points {
        by: CurveAxis,
        /// Ascending.
        points: Vec<PointSummary>,
    },
    /// Of every epoch.
    Epochs(EpochsSummary),
}

/// What the trainings of one point say.
pub(super) struct PointSummary {
    pub(super) value: usize,
    pub(super) num_params: usize,
    pub(super) num_epochs: usize,
    pub(super) train: Spread,
    pub(super) validation: Spread,
    pub(super) test: Spread,
    /// Validation error less training error.
    pub(super) gap: Spread,
    pub(super) seeds: usize,
}

/// What trainings say epoch by epoch.
pub(super) struct EpochsSummary {
    pub(super) epochs: Vec<EpochSummary>,
    pub(super) stops: Vec<StopSummary>,
}

pub(super) struct EpochSummary {
    pub(super) epoch: usize,
    pub(super) loss: Spread,
    pub(super) val_loss: Spread,
    pub(super) error: Spread,
    pub(super) val_error: Spread,
}

/// What stopping early would have bought one training.
pub(super) struct StopSummary {
    pub(super) seed: u64,
    /// The epoch with the lowest validation loss.
    pub(super) epoch: usize,
    pub(super) at_stop: Quality,
    pub(super) at_end: Quality,
}

impl Summary {
    /// Nothing without a result.
    pub(super) fn new(settings: &CurveSettings, results: &[(Job, JobResult)]) -> Option<Self> {
        if results.is_empty() {
            return None;
        }
        if settings.by == CurveAxis::Epochs {
            return Some(Self::Epochs(EpochsSummary {
                epochs: epochs(results),
                stops: stops(results),
            }));
        }
        let points = results.chunk_by(|(a, _), (b, _)| a.value == b.value);
        Some(Self::Points {
            by: settings.by,
            points: points.filter_map(point).collect(),
        })
    }

    /// In words.
    pub(super) fn findings(&self) -> Vec<String> {
        match self {
            Self::Points { by, points } => point_findings(*by, points),
            Self::Epochs(summary) => summary.findings(),
        }
    }
}

/// The point with the lowest mean validation error, the smallest of several.
pub(super) fn best(points: &[PointSummary]) -> Option<&PointSummary> {
    points.iter().reduce(|best, own| {
        if own.validation.mean < best.validation.mean {
            own
        } else {
            best
        }
    })
}

fn point(results: &[(Job, JobResult)]) -> Option<PointSummary> {
    let (job, first) = results.first()?;
    let spread =
        |pick: fn(&JobResult) -> f64| Spread::of(results.iter().map(|(_, result)| pick(result)));
    Some(PointSummary {
        value: job.value,
        num_params: first.num_params,
        num_epochs: first.num_epochs,
        train: spread(|result| result.end.train.error),
        validation: spread(|result| result.end.validation.error),
        test: spread(|result| result.end.test.error),
        gap: spread(|result| result.end.validation.error - result.end.train.error),
        seeds: results.len(),
    })
}

fn epochs(results: &[(Job, JobResult)]) -> Vec<EpochSummary> {
    let longest = results.iter().map(|(_, result)| result.epochs.len()).max();
    let epochs = (0..longest.unwrap_or(0)).map(|index| {
        let points = || {
            results
                .iter()
                .filter_map(move |(_, result)| result.epochs.get(index))
        };
        EpochSummary {
            epoch: index + 1,
            loss: Spread::of(points().map(|point| point.train.loss)),
            val_loss: Spread::of(points().map(|point| point.validation.loss)),
            error: Spread::of(points().map(|point| point.train.error)),
            val_error: Spread::of(points().map(|point| point.validation.error)),
        }
    });
    epochs.collect()
}

fn stops(results: &[(Job, JobResult)]) -> Vec<StopSummary> {
    let stops = results.iter().filter_map(|(job, result)| {
        let (epoch, best) = result.best?;
        Some(StopSummary {
            seed: job.seed,
            epoch,
            at_stop: best.test,
            at_end: result.end.test,
        })
    });
    stops.collect()
}

impl EpochsSummary {
    /// The epoch at which a training is stopped, and the earliest and latest of the seeds.
    pub(super) fn stopping(&self) -> (usize, usize, usize) {
        let epochs = || self.stops.iter().map(|stop| stop.epoch);
        (
            median(epochs()),
            epochs().min().unwrap_or_default(),
            epochs().max().unwrap_or_default(),
        )
    }

    pub(super) fn spread(&self, pick: fn(&StopSummary) -> f64) -> Spread {
        Spread::of(self.stops.iter().map(pick))
    }

    fn findings(&self) -> Vec<String> {
        let (middle, earliest, latest) = self.stopping();
        let last = self.epochs.len();
        let loss = [
            self.spread(|stop| stop.at_stop.loss),
            self.spread(|stop| stop.at_end.loss),
        ];
        let error = [
            self.spread(|stop| stop.at_stop.error),
            self.spread(|stop| stop.at_end.error),
        ];
        let mut findings = vec![format!(
            "The validation loss is lowest after epoch {middle} (the middle of the seeds; {earliest} to {latest}); the training loss \
             keeps falling to the end."
        )];
        findings.push(format!(
            "Stopped there instead of after epoch {last}, the networks have a test loss that is {} ({} instead of {}), and a test error that \
             is {} ({} instead of {}).",
            change(loss, |difference| format!("{difference:.3}")),
            loss[0].number(),
            loss[1].number(),
            change(error, in_points),
            error[0].percent(),
            error[1].percent(),
        ));
        if middle == last {
            findings.push(
                "That is the last epoch: the networks had not begun to overfit; give them more epochs or fewer images.".to_owned(),
            );
        }
        findings
    }
}

/// `0.79 points`, of a difference of shares.
fn in_points(share: f64) -> String {
    format!("{:.2} points", share * 100.0)
}

/// By how much the first is lower or higher than the second, on average.
fn change([stopped, end]: [Spread; 2], text: impl Fn(f64) -> String) -> String {
    let difference = stopped.mean - end.mean;
    if difference < 0.0 {
        format!("{} lower", text(-difference))
    } else if difference > 0.0 {
        format!("{} higher", text(difference))
    } else {
        "the same".to_owned()
    }
}

fn point_findings(by: CurveAxis, points: &[PointSummary]) -> Vec<String> {
    let (Some(first), Some(last), Some(best)) = (points.first(), points.last(), best(points))
    else {
        return Vec::new();
    };
    if by == CurveAxis::TrainSize {
        return vec![
            format!(
                "From {} to {} training images the validation error goes from {} to {}, the training error from {} to {}.",
                thousands(first.value),
                thousands(last.value),
                percent(first.validation.mean),
                percent(last.validation.mean),
                percent(first.train.mean),
                percent(last.train.mean)
            ),
            format!(
                "The gap between them goes from {} to {}: what is left of it at the right is what more images could still bring.",
                first.gap.percent(),
                last.gap.percent()
            ),
        ];
    }
    let mut findings = vec![format!(
        "The validation error is lowest, {}, with {} ({} parameters); the test error is {} there.",
        best.validation.percent(),
        by.counted(best.value),
        thousands(best.num_params),
        best.test.percent()
    )];
    if first.value < best.value {
        let more = in_points(first.validation.mean - best.validation.mean);
        let train = percent(first.train.mean);
        findings.push(if first.train.mean > best.train.mean {
            format!(
                "With {} the networks underfit: their training error is {train}, their validation error {more} higher than the best.",
                by.counted(first.value)
            )
        } else {
            format!(
                "With {} the training error is as low, {train}, and the validation error {more} higher.",
                by.counted(first.value)
            )
        });
    }
    if last.value > best.value {
        findings.push(format!(
            "With {} the validation error is {} higher, with a training error of {}.",
            by.counted(last.value),
            in_points(last.validation.mean - best.validation.mean),
            percent(last.train.mean)
        ));
    } else {
        findings.push(
            "That is the largest capacity that was tried: with more the error may be lower still."
                .to_owned(),
        );
    }
    findings
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Points { by, points } => {
                writeln!(
                    f,
                    "{:>10}  {:>9}  {:>16}  {:>16}  {:>16}  {:>16}",
                    by.column(),
                    "params",
                    "training error",
                    "validation error",
                    "gap",
                    "test error"
                )?;
                for point in points {
                    writeln!(
                        f,
                        "{:>10}  {:>9}  {:>16}  {:>16}  {:>16}  {:>16}",
                        point.value,
                        point.num_params,
                        point.train.percent(),
                        point.validation.percent(),
                        point.gap.percent(),
                        point.test.percent()
                    )?;
                }
            }
            Self::Epochs(summary) => {
                writeln!(
                    f,
                    "{:>6}  {:>13}  {:>18}  {:>12}  {:>19}  {:>13}",
                    "seed",
                    "stopped after",
                    "test loss: stopped",
                    "at the end",
                    "test error: stopped",
                    "at the end"
                )?;
                for stop in &summary.stops {
                    writeln!(
                        f,
                        "{:>6}  {:>13}  {:>18.4}  {:>12.4}  {:>19}  {:>13}",
                        stop.seed,
                        stop.epoch,
                        stop.at_stop.loss,
                        stop.at_end.loss,
                        percent(stop.at_stop.error),
                        percent(stop.at_end.error)
                    )?;
                }
            }
        }
        write!(f, "\n{}", self.findings().join("\n"))
    }
}
