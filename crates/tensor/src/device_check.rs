use std::fmt;

use burn::module::Param;
use burn::nn::Linear;
use burn::tensor::{Device, Tensor, TensorData, activation};

use crate::panics::catch_driver_panic;

/// How far a device may be off, relative to the largest number of the comparison.
const TOLERANCE: f64 = 1e-3;

/// The comparison of a device with plain arithmetic on the host.
///
/// ```
/// # mod firebrick { pub use firebrick_tensor::{burn, self as devices}; }
/// use firebrick::burn::tensor::Device;
/// use firebrick::devices::check_device;
///
/// let check = check_device(&Device::flex());
/// assert!(check.is_correct());
/// assert!(check.to_string().starts_with("a small forward and backward pass is off by "));
/// ```
#[derive(Clone, Debug)]
pub struct DeviceCheck {
    outcome: Result<f64, String>,
}

impl DeviceCheck {
    /// Whether the device's numbers can be trusted.
    pub fn is_correct(&self) -> bool {
        matches!(self.outcome, Ok(error) if error <= TOLERANCE)
    }
}

impl fmt::Display for DeviceCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.outcome {
            Ok(error) => write!(
                f,
                "a small forward and backward pass is off by {error:.1e} relative (allowed {TOLERANCE:.0e})"
            ),
            Err(message) => write!(f, "a small forward and backward pass failed: {message}"),
        }
    }
}

/// Runs a small forward and backward pass and compares loss and gradients with the same sums
/// written out in double precision on the host.
///
/// The network is `[32, 48] → sigmoid → [16] → log-softmax`, large enough for the tiled kernels
/// of a GPU, and its gradients are those of the mean cross-entropy.
///
/// ```
/// # mod firebrick { pub use firebrick_tensor::{burn, self as devices}; }
/// use firebrick::burn::tensor::Device;
/// use firebrick::devices::check_device;
///
/// assert!(check_device(&Device::flex()).is_correct());
/// ```
pub fn check_device(device: &Device) -> DeviceCheck {
    let outcome = catch_driver_panic(|| on_device(device)).and_then(|numbers| numbers);
    DeviceCheck {
        outcome: outcome.map(|numbers| relative_error(&numbers, &on_host())),
    }
}

const BATCH: usize = 32;
const INPUTS: usize = 48;
const HIDDEN: usize = 24;
const CLASSES: usize = 16;

/// Inputs of no symmetry, the same everywhere.
fn inputs() -> Vec<f32> {
    (0..BATCH * INPUTS)
        .map(|i| ((i * 37 + 11) % 101) as f32 / 101.0)
        .collect()
}

/// One-hot targets, every class twice.
fn targets() -> Vec<f32> {
    let mut rows = vec![0.0; BATCH * CLASSES];
    for sample in 0..BATCH {
        rows[sample * CLASSES + (sample * 5) % CLASSES] = 1.0;
    }
    rows
}

/// Loss, gradient of the first kernel, gradient of the second kernel.
fn on_device(device: &Device) -> Result<Vec<f64>, String> {
    let device = device.clone().autodiff();
    let layer = |shape: [usize; 2]| {
        let kernel = TensorData::new(kernel(shape), shape);
        Linear {
            weight: Param::from_tensor(Tensor::from_data(kernel, &device)),
            bias: Some(Param::from_tensor(Tensor::zeros([shape[1]], &device))),
        }
    };
    let first = layer([INPUTS, HIDDEN]);
    let second = layer([HIDDEN, CLASSES]);

    let x = Tensor::<2>::from_data(TensorData::new(inputs(), [BATCH, INPUTS]), &device);
    let y = Tensor::<2>::from_data(TensorData::new(targets(), [BATCH, CLASSES]), &device);
    let logits = second.forward(activation::sigmoid(first.forward(x)));
    let loss = (activation::log_softmax(logits, 1) * y).sum().neg() / BATCH as f32;
    let gradients = loss.backward();

    let mut numbers = read(loss)?;
    for layer in [&first, &second] {
        let gradient = layer.weight.val().grad(&gradients);
        numbers.extend(read(gradient.ok_or("a gradient is missing")?)?);
    }
    Ok(numbers)
}

/// Weights of no symmetry, the same everywhere, between the limits of Glorot and Bengio: `±sqrt(6 / (rows + columns))`.
fn kernel([rows, columns]: [usize; 2]) -> Vec<f32> {
    let limit = (6.0 / (rows + columns) as f32).sqrt();
    (0..rows * columns)
        .map(|i| limit * (((i * 53 + 29) % 211) as f32 / 105.0 - 1.0))
        .collect()
}

fn read<const D: usize>(tensor: Tensor<D>) -> Result<Vec<f64>, String> {
    let data = tensor
        .try_into_data_as::<f32>()
        .map_err(|error| error.to_string())?;
    let values = data
        .as_slice::<f32>()
        .map_err(|error| format!("{error:?}"))?;
    Ok(values.iter().map(|&value| f64::from(value)).collect())
}

/// The same numbers by plain loops.
fn on_host() -> Vec<f64> {
    let wide = |values: Vec<f32>| values.into_iter().map(f64::from).collect::<Vec<_>>();
    let (x, y) = (wide(inputs()), wide(targets()));
    let w1 = wide(kernel([INPUTS, HIDDEN]));
    let w2 = wide(kernel([HIDDEN, CLASSES]));

    let hidden = product(&x, &w1, INPUTS, HIDDEN);
    let hidden: Vec<f64> = hidden
        .into_iter()
        .map(|a| 1.0 / (1.0 + (-a).exp()))
        .collect();
    let logits = product(&hidden, &w2, HIDDEN, CLASSES);

    let mut loss = 0.0;
    let mut d_logits = vec![0.0; BATCH * CLASSES];
    for sample in 0..BATCH {
        let row = sample * CLASSES..(sample + 1) * CLASSES;
        let norm: f64 = logits[row.clone()].iter().map(|logit| logit.exp()).sum();
        for i in row {
            loss -= y[i] * (logits[i] - norm.ln()) / BATCH as f64;
            d_logits[i] = (logits[i].exp() / norm - y[i]) / BATCH as f64;
        }
    }
    let mut d_hidden = vec![0.0; BATCH * HIDDEN];
    for sample in 0..BATCH {
        for unit in 0..HIDDEN {
            let back: f64 = (0..CLASSES)
                .map(|class| d_logits[sample * CLASSES + class] * w2[unit * CLASSES + class])
                .sum();
            let a = hidden[sample * HIDDEN + unit];
            d_hidden[sample * HIDDEN + unit] = back * a * (1.0 - a);
        }
    }
    let mut numbers = vec![loss];
    numbers.extend(outer(&x, &d_hidden, INPUTS, HIDDEN));
    numbers.extend(outer(&hidden, &d_logits, HIDDEN, CLASSES));
    numbers
}

/// `a · b` for `a: [BATCH, inner]`, `b: [inner, units]`.
fn product(a: &[f64], b: &[f64], inner: usize, units: usize) -> Vec<f64> {
    (0..BATCH * units)
        .map(|i| {
            let (sample, unit) = (i / units, i % units);
            (0..inner)
                .map(|k| a[sample * inner + k] * b[k * units + unit])
                .sum()
        })
        .collect()
}

/// `aᵀ · b` for `a: [BATCH, rows]`, `b: [BATCH, columns]`.
fn outer(a: &[f64], b: &[f64], rows: usize, columns: usize) -> Vec<f64> {
    (0..rows * columns)
        .map(|i| {
            let (row, column) = (i / columns, i % columns);
            (0..BATCH)
                .map(|sample| a[sample * rows + row] * b[sample * columns + column])
                .sum()
        })
        .collect()
}

/// The largest difference over the largest expected number, separately for the loss and the
/// gradients; not finite counts as infinitely wrong.
fn relative_error(numbers: &[f64], expected: &[f64]) -> f64 {
    let error = |numbers: &[f64], expected: &[f64]| {
        let scale = expected.iter().fold(0.0_f64, |scale, e| scale.max(e.abs()));
        numbers
            .iter()
            .zip(expected)
            .map(|(n, e)| {
                if n.is_finite() {
                    (n - e).abs() / scale
                } else {
                    f64::INFINITY
                }
            })
            .fold(0.0, f64::max)
    };
    if numbers.len() != expected.len() {
        return f64::INFINITY;
    }
    error(&numbers[..1], &expected[..1]).max(error(&numbers[1..], &expected[1..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cpu_agrees_with_the_sums_written_out() {
        let check = check_device(&Device::flex());
        assert!(check.is_correct(), "{check}");
    }

    #[test]
    fn a_wrong_gradient_or_a_nan_is_found() {
        let expected = on_host();
        for wrong in [0.0, f64::NAN] {
            for index in [0, 1, expected.len() - 1] {
                let mut numbers = expected.clone();
                numbers[index] = wrong + expected[index] * 1.1 + 0.01;
                assert!(
                    relative_error(&numbers, &expected) > TOLERANCE,
                    "number {index}"
                );
            }
        }
    }
}
