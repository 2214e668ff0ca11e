use super::Convolution;
use crate::kernel::{Backward, Fill, Forward, Kernel};
use crate::row_sums::add_rows;
use crate::window::Window;

/// A transposed convolution, with a bias where there is a second weight: what goes back through a convolution goes forward here.
///
/// # Shapes
/// - input: `[rows, height, width, channels]`, the places of the windows
/// - kernel: `[height, width, filters, channels]`, bias: `[filters]`
/// - output: `[rows, height, width, filters]`, what the windows see
///
/// ```
/// use firebrick_host::kernels::TransposedConvolution;
/// use firebrick_host::{Kernel, Window};
///
/// // From 13 places along each axis to 27.
/// let window = Window {
///     input: [27, 27],
///     channels: 4,
///     size: [3, 3],
///     strides: [2, 2],
///     dilation: [1, 1],
///     padding: [0, 0],
///     output: [13, 13],
/// };
/// assert_eq!(TransposedConvolution::new(window, 16).output_len(), 27 * 27 * 4);
/// ```
#[derive(Clone, Debug)]
pub struct TransposedConvolution {
    convolution: Convolution,
    filters: usize,
    output_len: usize,
}

impl TransposedConvolution {
    /// By the convolution that leads from what leaves, the `input` of this window and its channels, to so many channels that enter.
    pub fn new(window: Window, channels: usize) -> Self {
        Self {
            filters: window.channels,
            output_len: window.input_len(),
            convolution: Convolution::new(window, channels),
        }
    }

    /// The way back through the convolution: its gradients are what enters here.
    fn back<'a>(
        x: &'a [f32],
        pictures: &'a [&'a [f32]],
        weights: &'a [&'a [f32]],
        rows: usize,
    ) -> Backward<'a> {
        Backward {
            rows,
            inputs: pictures,
            weights,
            drawn: None,
            output: x,
            output_gradient: x,
            kept: &[],
        }
    }
}

impl Kernel for TransposedConvolution {
    fn output_len(&self) -> usize {
        self.output_len
    }

    fn forward(&self, call: Forward<'_>) {
        let (kernel, bias) = (&call.weights[..1], call.weights.get(1));
        let own = Self::back(call.inputs[0], &[], kernel, call.rows);
        let fill = match bias {
            Some(bias) => {
                for row in call.output.chunks_exact_mut(self.filters) {
                    row.copy_from_slice(bias);
                }
                Fill::Add
            }
            None => Fill::Set,
        };
        self.convolution.input_gradient(&own, 0, call.output, fill);
    }

    fn input_gradient(&self, call: &Backward<'_>, _: usize, gradient: &mut [f32], fill: Fill) {
        let forward = |output: &mut [f32]| {
            self.convolution.forward(Forward {
                rows: call.rows,
                inputs: &[call.output_gradient],
                weights: &call.weights[..1],
                drawn: None,
                output,
                kept: &mut [],
            });
        };
        match fill {
            Fill::Set => forward(gradient),
            Fill::Add => {
                let mut own = vec![0.0; gradient.len()];
                forward(&mut own);
                fill.put(gradient, own.into_iter());
            }
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
        let pictures = [call.output_gradient];
        let own = Self::back(call.inputs[0], &pictures, &call.weights[..1], call.rows);
        self.convolution.weight_gradient(&own, 0, gradient, fill);
    }

    fn work(&self) -> usize {
        self.convolution.work()
    }
}
