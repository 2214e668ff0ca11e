//! True and false, positive and negative, at many thresholds at once.
//!
//! A batch adds to two histograms: how many thresholds the outputs of true and of false targets
//! exceed. The counts at every threshold are sums over their ends, taken on the host.

use burn::tensor::{Int, Tensor};

use super::histogram::{histogram, whole};
use super::mean::ratio;

/// What is added to both ends of the thresholds of an area, so that 0 and 1 lie between them.
const EPSILON: f64 = 1e-7;

/// Numbers that outputs are compared with; an output on a threshold does not exceed it.
#[derive(Clone, Debug)]
pub(super) struct Thresholds {
    values: Vec<f64>,
    spacing: Spacing,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Spacing {
    Any,
    /// From 0 to 1 in steps of one size.
    Even,
    /// The same, with ends that reach beyond.
    EvenAndWider,
}

/// Weights of the samples by target and answer, one number a threshold.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Counts {
    pub(super) true_positives: Vec<f64>,
    pub(super) false_positives: Vec<f64>,
    pub(super) true_negatives: Vec<f64>,
    pub(super) false_negatives: Vec<f64>,
}

impl Counts {
    /// True positives / positives.
    pub(super) fn precisions(&self) -> Vec<f64> {
        shares(&self.true_positives, &self.false_positives)
    }

    /// True positives / true, also called sensitivity.
    pub(super) fn recalls(&self) -> Vec<f64> {
        shares(&self.true_positives, &self.false_negatives)
    }

    /// False positives / false.
    pub(super) fn fall_outs(&self) -> Vec<f64> {
        shares(&self.false_positives, &self.true_negatives)
    }

    /// True negatives / false.
    pub(super) fn specificities(&self) -> Vec<f64> {
        shares(&self.true_negatives, &self.false_positives)
    }
}

/// Parts of wholes that consist of these parts and of others.
fn shares(parts: &[f64], others: &[f64]) -> Vec<f64> {
    let pairs = parts.iter().zip(others);
    pairs
        .map(|(part, other)| ratio(*part, part + other))
        .collect()
}

impl Thresholds {
    /// These thresholds, in this order.
    pub(super) fn new(values: impl Into<Vec<f64>>) -> Self {
        let values = values.into();
        let spacing = if is_even(&values) {
            Spacing::Even
        } else {
            Spacing::Any
        };
        Self { values, spacing }
    }

    /// So many from 0 to 1; a single one is 0.5.
    pub(super) fn spread(count: usize) -> Self {
        if count == 1 {
            return Self::new([0.5]);
        }
        Self {
            values: (0..count)
                .map(|index| index as f64 / (count - 1) as f64)
                .collect(),
            spacing: Spacing::Even,
        }
    }

    /// Those of an area: the inner ones given, or so many from 0 to 1; the ends reach beyond both.
    pub(super) fn around(inner: Option<&[f64]>, count: usize) -> Self {
        let mut thresholds = match inner {
            Some(inner) => {
                let mut inner = inner.to_vec();
                inner.sort_by(f64::total_cmp);
                Self::new([&[0.0], &inner[..], &[1.0]].concat())
            }
            None => Self {
                spacing: Spacing::Even,
                ..Self::spread(count)
            },
        };
        if let [first, .., last] = &mut thresholds.values[..] {
            *first -= EPSILON;
            *last += EPSILON;
        }
        if thresholds.spacing == Spacing::Even {
            thresholds.spacing = Spacing::EvenAndWider;
        }
        thresholds
    }

    /// What a batch adds, for every label alone.
    ///
    /// # Shapes
    /// - targets: `[rows, labels]`; what is not 0 is true
    /// - outputs, weights: `[rows, labels]`
    /// - output: `[labels · sums]`
    pub(super) fn update(
        &self,
        targets: Tensor<2>,
        outputs: Tensor<2>,
        weights: Option<Tensor<2>>,
    ) -> Tensor<1> {
        let [rows, labels] = outputs.dims();
        let device = outputs.device();
        let bins = self.values.len() + 1;
        let mut index = self.exceeded(outputs) + targets.not_equal_elem(0.0).int() * whole(bins);
        if labels > 1 {
            let starts = Tensor::<1, Int>::arange(0..whole(labels), &device) * whole(2 * bins);
            index = index + starts.unsqueeze_dim(0);
        }
        histogram(
            index.reshape([rows * labels]),
            weights.map(|weights| weights.reshape([rows * labels])),
            2 * bins * labels,
        )
    }

    /// How many thresholds an output exceeds.
    fn exceeded(&self, outputs: Tensor<2>) -> Tensor<2, Int> {
        let count = self.values.len();
        if self.spacing != Spacing::Any {
            let lowest = i64::from(self.spacing == Spacing::EvenAndWider);
            let steps = outputs.clamp(0.0, 1.0) * (count - 1) as f64;
            return steps.ceil().int().clamp(lowest, whole(count));
        }
        if let [threshold] = self.values[..] {
            return outputs.greater_elem(threshold).int();
        }
        let thresholds = Tensor::<1>::from_floats(&self.values[..], &outputs.device());
        let exceeded = outputs
            .unsqueeze_dim::<3>(2)
            .greater(thresholds.unsqueeze::<3>());
        exceeded.int().sum_dim(2).squeeze_dim(2)
    }

    /// The counts of every label.
    pub(super) fn counts(&self, sums: &[f64]) -> Vec<Counts> {
        let bins = self.values.len() + 1;
        sums.chunks_exact(2 * bins)
            .map(|label| {
                let (of_false, of_true) = label.split_at(bins);
                let (false_negatives, true_positives) = self.split(of_true);
                let (true_negatives, false_positives) = self.split(of_false);
                Counts {
                    true_positives,
                    false_positives,
                    true_negatives,
                    false_negatives,
                }
            })
            .collect()
    }

    /// What does not exceed each threshold, and what does.
    fn split(&self, histogram: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let mut sorted = self.values.clone();
        sorted.sort_by(f64::total_cmp);
        let running = |sum: &mut f64, weight: &f64| {
            *sum += weight;
            Some(*sum)
        };
        let from_below: Vec<f64> = histogram.iter().scan(0.0, running).collect();
        let from_above: Vec<f64> = histogram.iter().rev().scan(0.0, running).collect();
        self.values
            .iter()
            .map(|threshold| {
                let below = sorted.partition_point(|other| other < threshold);
                (from_below[below], from_above[sorted.len() - 1 - below])
            })
            .unzip()
    }
}

/// Whether they go from 0 to 1 in steps of one size, by Keras' tolerance.
fn is_even(thresholds: &[f64]) -> bool {
    let last = thresholds.len().saturating_sub(1) as f64;
    thresholds.len() > 2
        && thresholds.iter().enumerate().all(|(index, threshold)| {
            let even = index as f64 / last;
            (threshold - even).abs() <= EPSILON + 1e-5 * even
        })
}

/// One weight a number, from one a row.
///
/// # Shapes
/// - weights: `[rows]`
/// - output: `[rows, columns]`
pub(super) fn weights_of_columns(weights: Tensor<1>, columns: usize) -> Tensor<2> {
    let [rows] = weights.dims();
    weights.unsqueeze_dim::<2>(1).expand([rows, columns])
}

/// All columns as rows of a single one.
///
/// # Shapes
/// - numbers: `[rows, columns]`
/// - output: `[rows · columns, 1]`
pub(super) fn as_one_label(numbers: Tensor<2>) -> Tensor<2> {
    let [rows, columns] = numbers.dims();
    numbers.reshape([rows * columns, 1])
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;

    use super::*;

    fn counts(thresholds: &Thresholds, outputs: &[f32]) -> Counts {
        let device = Device::flex();
        let rows = outputs.len();
        let outputs = Tensor::<1>::from_floats(outputs, &device).reshape([rows, 1]);
        let targets = Tensor::ones([rows, 1], &device);
        let sums = thresholds.update(targets, outputs, None);
        let sums: Vec<f64> = sums.into_data().iter::<f64>().collect();
        thresholds.counts(&sums).remove(0)
    }

    #[test]
    fn an_output_on_a_threshold_does_not_exceed_it() {
        let outputs = [0.0, 0.25, 0.5, 0.75, 1.0];
        for thresholds in [Thresholds::new([0.0, 0.5, 1.0]), Thresholds::spread(3)] {
            assert_eq!(
                counts(&thresholds, &outputs).true_positives,
                [4.0, 2.0, 0.0]
            );
        }
        let around = Thresholds::around(None, 3);
        assert_eq!(counts(&around, &outputs).true_positives, [5.0, 2.0, 0.0]);
        let around = Thresholds::around(Some(&[0.3]), 0);
        assert_eq!(counts(&around, &outputs).true_positives, [5.0, 3.0, 0.0]);
    }

    #[test]
    fn thresholds_keep_the_order_they_were_given_in() {
        let thresholds = Thresholds::new([0.6, 0.2, 0.6]);
        let counts = counts(&thresholds, &[0.1, 0.3, 0.5, 0.9]);
        assert_eq!(counts.true_positives, [1.0, 3.0, 1.0]);
        assert_eq!(counts.false_negatives, [3.0, 1.0, 3.0]);
    }

    #[test]
    fn outputs_beyond_0_and_1_and_nan_fall_into_the_outer_bins() {
        let thresholds = Thresholds::spread(5);
        let counts = counts(&thresholds, &[-3.0, 7.0, f32::NAN]);
        assert_eq!(counts.true_positives[1..], [1.0, 1.0, 1.0, 0.0]);
    }
}
