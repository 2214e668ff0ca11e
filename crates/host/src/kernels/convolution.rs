use std::cell::RefCell;

use crate::kernel::{Backward, Fill, Forward, Kernel};
use crate::product::{add_rows, matrix, product};
use crate::vectorized::dispatch;
use crate::window::Window;

/// A convolution over pictures or sequences, channels last, with a bias where there is a second weight.
///
/// Each sample by itself, while it is in the cache: what the window sees is laid out as rows of a matrix. Where few channels
/// arrive, such a matrix would be thin, and loops over the filters do better.
///
/// # Shapes
/// - input: `[rows, height, width, channels]`
/// - kernel: `[height, width, channels, filters]`, bias: `[filters]`
/// - output: `[rows, height, width, filters]`
#[derive(Clone, Debug)]
pub struct Convolution {
    window: Window,
    filters: usize,
}

/// Up to so many products a place, loops are faster than matrices.
const THIN: usize = 32;

thread_local! {
    /// What the window sees, of one sample.
    static COLUMNS: RefCell<Vec<f32>> = const { RefCell::new(Vec::new()) };
}

impl Convolution {
    /// So many filters.
    pub fn new(window: Window, filters: usize) -> Self {
        Self { window, filters }
    }

    /// Floats that a window sees.
    fn len(&self) -> usize {
        self.window.taps() * self.window.channels
    }

    fn is_thin(&self) -> bool {
        self.len() <= THIN
    }

    fn with_columns<R>(&self, work: impl FnOnce(&mut [f32]) -> R) -> R {
        let len = self.window.places() * self.len();
        COLUMNS.with_borrow_mut(|columns| {
            if columns.len() < len {
                columns.resize(len, 0.0);
            }
            work(&mut columns[..len])
        })
    }

    /// The samples of inputs and of what left.
    fn samples<'a>(
        &self,
        inputs: &'a [f32],
        outputs: &'a [f32],
    ) -> impl Iterator<Item = (&'a [f32], &'a [f32])> {
        let own = self.window.places() * self.filters;
        inputs
            .chunks_exact(self.window.input_len())
            .zip(outputs.chunks_exact(own))
    }
}

impl Kernel for Convolution {
    fn output_len(&self) -> usize {
        self.window.places() * self.filters
    }

    fn forward(&self, call: Forward<'_>) {
        let share = if let Some(bias) = call.weights.get(1) {
            for row in call.output.chunks_exact_mut(self.filters) {
                row.copy_from_slice(bias);
            }
            1.0
        } else {
            call.output.fill(0.0);
            0.0
        };
        let kernel = call.weights[0];
        let samples = call.inputs[0].chunks_exact(self.window.input_len());
        let outputs = call.output.chunks_exact_mut(self.output_len());
        for (x, y) in samples.zip(outputs) {
            self.with_columns(|columns| {
                self.window.unfold(x, columns);
                if self.is_thin() {
                    dispatch(
                        #[inline(always)]
                        || thin_forward(columns, kernel, self.len(), self.filters, y),
                    );
                } else {
                    let columns = matrix(columns, self.window.places(), self.len());
                    product(columns, matrix(kernel, self.len(), self.filters), share, y);
                }
            });
        }
    }

    fn input_gradient(&self, call: &Backward<'_>, _: usize, gradient: &mut [f32], fill: Fill) {
        if fill == Fill::Set {
            gradient.fill(0.0);
        }
        let kernel = matrix(call.weights[0], self.len(), self.filters);
        let by = call.output_gradient.chunks_exact(self.output_len());
        for (picture, by) in gradient.chunks_exact_mut(self.window.input_len()).zip(by) {
            self.with_columns(|columns| {
                let by = matrix(by, self.window.places(), self.filters);
                product(by, kernel.reversed_axes(), 0.0, columns);
                self.window.fold_onto(columns, picture);
            });
        }
    }

    fn weight_gradient(
        &self,
        call: &Backward<'_>,
        weight: usize,
        gradient: &mut [f32],
        fill: Fill,
    ) {
        if weight == 1 {
            return add_rows(call.output_gradient, gradient, fill);
        }
        if fill == Fill::Set {
            gradient.fill(0.0);
        }
        for (x, by) in self.samples(call.inputs[0], call.output_gradient) {
            self.with_columns(|columns| {
                self.window.unfold(x, columns);
                if self.is_thin() {
                    dispatch(
                        #[inline(always)]
                        || thin_weights(columns, by, self.len(), self.filters, gradient),
                    );
                } else {
                    let columns = matrix(columns, self.window.places(), self.len());
                    let by = matrix(by, self.window.places(), self.filters);
                    product(columns.reversed_axes(), by, 1.0, gradient);
                }
            });
        }
    }
}

/// Adds to each row of `y` what its row of `columns` has with the kernel.
#[inline(always)]
fn thin_forward(columns: &[f32], kernel: &[f32], len: usize, filters: usize, y: &mut [f32]) {
    for (row, y) in columns.chunks_exact(len).zip(y.chunks_exact_mut(filters)) {
        for (x, weights) in row.iter().zip(kernel.chunks_exact(filters)) {
            for (y, weight) in y.iter_mut().zip(weights) {
                *y += x * weight;
            }
        }
    }
}

/// Adds to the gradient of the kernel what each place has.
#[inline(always)]
fn thin_weights(columns: &[f32], by: &[f32], len: usize, filters: usize, gradient: &mut [f32]) {
    for (row, by) in columns.chunks_exact(len).zip(by.chunks_exact(filters)) {
        for (x, sums) in row.iter().zip(gradient.chunks_exact_mut(filters)) {
            for (sum, by) in sums.iter_mut().zip(by) {
                *sum += x * by;
            }
        }
    }
}
