//! Whether a network is as sure of its answers as it is right.

use firebrick::curves::{Curve, Panel, Scale};
use serde::Serialize;

/// Whether a network is as often right as it says: answers in bins by how sure it is of them.
///
/// Of answers that it gives 80 % of them ought to be right. The expected calibration error is the mean over the answers of how far
/// their bin is from that.
///
/// # Source
/// Guo, Pleiss, Sun and Weinberger, "On Calibration of Modern Neural Networks", 2017.
///
/// ```
/// use firebrick_pages::Calibration;
///
/// // Always sure, and right every other time.
/// let calibration = Calibration::new([(1.0, true), (1.0, false)]);
/// assert_eq!(calibration.expected_error(), Some(0.5));
/// // Half sure, and right every other time.
/// let calibration = Calibration::new([(0.5, true), (0.5, false)]);
/// assert_eq!(calibration.expected_error(), Some(0.0));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Calibration {
    bins: Vec<CalibrationBin>,
}

/// The answers of which a network is about equally sure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct CalibrationBin {
    /// How many there are.
    pub samples: usize,
    /// How sure the network is of them, from 0 to 1: the mean.
    pub certainty: f64,
    /// The share of them that is right.
    pub accuracy: f64,
}

/// Bins of the same width, from 0 to 1.
const BINS: usize = 10;

impl Calibration {
    /// From how sure the network is of each answer, and whether that is right; what is no number from 0 to 1 is left out.
    pub fn new(answers: impl IntoIterator<Item = (f64, bool)>) -> Self {
        let mut bins = vec![CalibrationBin::default(); BINS];
        for (certainty, is_right) in answers {
            if !(0.0..=1.0).contains(&certainty) {
                continue;
            }
            let bin = &mut bins[index(certainty)];
            bin.samples += 1;
            bin.certainty += certainty;
            bin.accuracy += f64::from(u8::from(is_right));
        }
        bins.retain(|bin| bin.samples > 0);
        for bin in &mut bins {
            bin.certainty /= bin.samples as f64;
            bin.accuracy /= bin.samples as f64;
        }
        Self { bins }
    }

    /// The bins that have answers, those the network is least sure of first.
    pub fn bins(&self) -> &[CalibrationBin] {
        &self.bins
    }

    /// The mean distance between how sure the network is and how often it is right; none without answers.
    pub fn expected_error(&self) -> Option<f64> {
        let samples: usize = self.bins.iter().map(|bin| bin.samples).sum();
        let distance =
            |bin: &CalibrationBin| (bin.accuracy - bin.certainty).abs() * bin.samples as f64;
        let sum: f64 = self.bins.iter().map(distance).sum();
        (samples > 0).then(|| sum / samples as f64)
    }

    /// How often the network is right against how sure it is.
    pub(crate) fn panel(&self) -> Panel {
        let ideal = Curve {
            label: "as sure as right".to_owned(),
            epochs: vec![0.0, 1.0],
            values: vec![0.0, 1.0],
            dashed: true,
            ..Curve::default()
        };
        let own = Curve {
            label: "the network".to_owned(),
            epochs: self.bins.iter().map(|bin| bin.certainty).collect(),
            values: self.bins.iter().map(|bin| bin.accuracy).collect(),
            ..Curve::default()
        };
        Panel {
            title: "Calibration".to_owned(),
            x_label: "how sure it is".to_owned(),
            y_label: "share that is right".to_owned(),
            curves: vec![own, ideal],
            x_scale: Scale::Numbers,
            from_zero: true,
            ..Panel::default()
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "it is from 0 to the number of bins"
)]
fn index(certainty: f64) -> usize {
    ((certainty * BINS as f64) as usize).min(BINS - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_is_weighed_by_how_many_answers_there_are() {
        // Three answers it is 0.9 sure of, of which one is right, and one it is 0.25 sure of, which is wrong.
        let calibration = Calibration::new([
            (0.9, true),
            (0.9, false),
            (0.9, false),
            (0.25, false),
            (f64::NAN, true),
            (1.5, true),
        ]);
        assert_eq!(calibration.bins().len(), 2);
        let expected = (3.0 * (0.9 - 1.0 / 3.0) + 0.25) / 4.0;
        let error = calibration.expected_error().unwrap();
        assert!((error - expected).abs() < 1e-12, "{error}");
        assert_eq!(Calibration::new([]).expected_error(), None);
    }
}
