use ndarray::{ArrayRef1, ArrayRef2, Zip};

use crate::element::Element;
use crate::error::{Place, ScratchError};

/// Loss and accuracy over some samples.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Figures {
    /// The mean over samples and classes of `(p - targets)²`.
    pub loss: f64,
    /// Samples whose most probable class is the right one.
    pub correct: usize,
    /// All samples.
    pub samples: usize,
}

impl Figures {
    /// The share of the samples whose most probable class is the right one; NaN of no samples.
    pub fn accuracy(&self) -> f64 {
        self.correct as f64 / self.samples as f64
    }

    /// The figures of probabilities `[batch_size, classes]` against targets of the same shape.
    ///
    /// # Source
    /// Keras' `mean_squared_error`, <https://keras.io/api/losses/regression_losses/>
    pub(crate) fn new<T: Element>(p: &ArrayRef2<T>, targets: &ArrayRef2<T>) -> Self {
        let sum = Zip::from(p).and(targets).fold(0.0, |sum, &p, &target| {
            let difference: f64 = (p - target).into();
            sum + difference * difference
        });
        let pairs = p.rows().into_iter().zip(targets.rows());
        Self {
            loss: sum / p.len() as f64,
            correct: pairs
                .filter(|(p, target)| argmax(p) == argmax(target))
                .count(),
            samples: p.nrows(),
        }
    }

    /// The figures of these and other samples together: a smaller batch weighs less.
    #[must_use = "returns the figures of both"]
    pub(crate) fn and(self, other: Self) -> Self {
        let samples = self.samples + other.samples;
        let sum = self.loss * self.samples as f64 + other.loss * other.samples as f64;
        Self {
            loss: sum / samples as f64,
            correct: self.correct + other.correct,
            samples,
        }
    }

    /// These figures, if the loss is a number.
    pub(crate) fn checked(self) -> Result<Self, ScratchError> {
        let loss = self.loss;
        if loss.is_finite() {
            Ok(self)
        } else {
            Err(ScratchError::NonFiniteLoss {
                loss,
                place: Place::default(),
            })
        }
    }
}

/// The index of the largest value, of several the first.
fn argmax<T: Element>(row: &ArrayRef1<T>) -> usize {
    let start = (0, T::neg_infinity());
    let largest = row.indexed_iter().fold(start, |largest, (index, &value)| {
        if value > largest.1 {
            (index, value)
        } else {
            largest
        }
    });
    largest.0
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn the_error_is_averaged_over_samples_and_classes() {
        let p = array![[0.5, 0.25, 0.25], [0.0, 0.0, 1.0]];
        let targets = array![[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]];
        let figures = Figures::new::<f64>(&p, &targets);
        let expected = Figures {
            loss: (0.25 + 0.0625 + 0.0625 + 2.0) / 6.0,
            correct: 1,
            samples: 2,
        };
        assert_eq!(figures, expected);
    }

    #[test]
    fn a_smaller_batch_weighs_less() {
        let large = Figures {
            loss: 0.1,
            correct: 2,
            samples: 3,
        };
        let small = Figures {
            loss: 0.5,
            correct: 0,
            samples: 1,
        };
        let both = Figures::default().and(large).and(small);
        assert!((both.loss - 0.2).abs() < 1e-15);
        assert_eq!((both.correct, both.samples), (2, 4));
    }

    #[test]
    fn of_equal_probabilities_the_first_counts() {
        assert_eq!(argmax(&array![0.2, 0.4, 0.4]), 1);
    }
}
