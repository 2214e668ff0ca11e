//! What is known of the columns of a batch, or of many batches, in numbers that single precision keeps apart.

use burn::tensor::Tensor;

use crate::metrics::distances::or_one;

/// Numbers of every column: pivot, centre, their sum, their squares, scale; squared errors, their scale.
const PARTS: usize = 7;

/// What the rows of a column come to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Column {
    /// The weighted mean of the targets.
    mean: f64,
    /// The weighted squares of their distances from the mean, summed.
    pub(super) squares: f64,
    /// The weighted squared errors, summed.
    pub(super) errors: f64,
}

/// What the rows of all columns come to.
#[derive(Clone, Debug)]
pub(super) struct Columns {
    pub(super) each: Vec<Column>,
    /// The weights of the rows, summed.
    weight: f64,
    /// How many numbers there were.
    pub(super) numbers: f64,
}

/// A batch, still on the device: every column by its distances from one of its own numbers, so that nothing is lost of
/// targets that are large and differ by little, and every distance as a share of the largest, so that no square is too
/// large or too small for single precision.
///
/// # Shapes
/// - targets, outputs: `[rows, columns]`
/// - weights: `[rows]`
/// - output: `[7 * columns + 2]`
pub(super) fn of_batch(
    targets: Tensor<2>,
    outputs: Tensor<2>,
    weights: Option<&Tensor<1>>,
) -> Tensor<1> {
    let [rows, columns] = targets.dims();
    let device = targets.device();
    let numbers = Tensor::full([1], (rows * columns) as f64, &device);
    let (pivot, weight) = match weights {
        // Not a row that does not count.
        Some(weights) => (
            targets.clone().select(0, weights.clone().argmax(0)),
            weights.clone().sum(),
        ),
        None => (
            targets.clone().narrow(0, 0, 1),
            Tensor::full([1], rows as f64, &device),
        ),
    };
    let sum = |values: Tensor<2>| match weights {
        Some(weights) => (values * weights.clone().unsqueeze_dim::<2>(1)).sum_dim(0),
        None => values.sum_dim(0),
    };
    let (errors, error_scale) = shares(outputs - targets.clone());
    let away = targets - pivot.clone();
    let centre = sum(away.clone()) / or_one(weight.clone()).unsqueeze_dim::<2>(0);
    let (distances, scale) = shares(away - centre.clone());
    let parts = [
        pivot,
        centre,
        sum(distances.clone()),
        sum(distances.square()),
        scale,
        sum(errors.square()),
        error_scale,
    ];
    let mut sums: Vec<Tensor<1>> = parts.map(|part| part.squeeze_dim(0)).into();
    sums.extend([weight, numbers]);
    Tensor::cat(sums, 0)
}

/// The numbers of each column as shares of the largest, and that one.
fn shares(values: Tensor<2>) -> (Tensor<2>, Tensor<2>) {
    let largest = or_one(values.clone().abs().max_dim(0));
    (values / largest.clone(), largest)
}

impl Columns {
    /// From what [`of_batch`] gives, or [`write`](Self::write) wrote.
    pub(super) fn read(sums: &[f64]) -> Option<Self> {
        let [parts @ .., weight, numbers] = sums else {
            return None;
        };
        let count = parts.len() / PARTS;
        let column = |index: usize| {
            let part = |part: usize| parts[part * count + index];
            let (sum, scale) = (part(2), part(4));
            let shift = if *weight == 0.0 { 0.0 } else { sum / weight };
            Column {
                mean: part(0) + part(1) + scale * shift,
                squares: scale * scale * (part(3) - sum * shift).max(0.0),
                errors: part(5) * part(6) * part(6),
            }
        };
        Some(Self {
            each: (0..count).map(column).collect(),
            weight: *weight,
            numbers: *numbers,
        })
    }

    /// Adds the rows of others with as many columns.
    ///
    /// # Source
    /// Chan et al., "Updating Formulae and a Pairwise Algorithm for Computing Sample Variances", 1979
    pub(super) fn join(&mut self, other: &Self) {
        let weight = self.weight + other.weight;
        let share = if weight == 0.0 {
            0.0
        } else {
            other.weight / weight
        };
        for (own, other) in self.each.iter_mut().zip(&other.each) {
            let distance = other.mean - own.mean;
            own.mean += distance * share;
            own.squares += other.squares + distance * distance * self.weight * share;
            own.errors += other.errors;
        }
        self.weight = weight;
        self.numbers += other.numbers;
    }

    /// As [`read`](Self::read) takes it.
    pub(super) fn write(&self, sums: &mut [f64]) {
        let count = self.each.len();
        for (index, column) in self.each.iter().enumerate() {
            let parts = [
                column.mean,
                0.0,
                0.0,
                column.squares,
                1.0,
                column.errors,
                1.0,
            ];
            for (part, value) in parts.into_iter().enumerate() {
                sums[part * count + index] = value;
            }
        }
        if let [.., weight, numbers] = sums {
            (*weight, *numbers) = (self.weight, self.numbers);
        }
    }
}
