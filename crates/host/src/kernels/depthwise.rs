use crate::kernel::{Backward, Fill, Forward, Kernel};
use crate::row_sums::add_rows;
use crate::vectorized::dispatch;
use crate::window::Window;

/// A convolution of each channel by itself, with as many windows a channel as `depth_multiplier` says, and a bias where there is
/// a second weight.
///
/// # Shapes
/// - input: `[rows, height, width, channels]`
/// - kernel: `[height, width, channels, depth_multiplier]`, bias: `[channels · depth_multiplier]`
/// - output: `[rows, height, width, channels · depth_multiplier]`
///
/// ```
/// use firebrick_host::kernels::DepthwiseConvolution;
/// use firebrick_host::{Kernel, Window};
///
/// let window = Window {
///     input: [28, 28],
///     channels: 3,
///     size: [3, 3],
///     strides: [1, 1],
///     dilation: [1, 1],
///     padding: [0, 0],
///     output: [26, 26],
/// };
/// assert_eq!(DepthwiseConvolution::new(window, 2).output_len(), 26 * 26 * 6);
/// ```
#[derive(Clone, Debug)]
pub struct DepthwiseConvolution {
    window: Window,
    depth_multiplier: usize,
}

impl DepthwiseConvolution {
    /// So many windows a channel.
    pub fn new(window: Window, depth_multiplier: usize) -> Self {
        Self {
            window,
            depth_multiplier,
        }
    }

    fn filters(&self) -> usize {
        self.window.channels * self.depth_multiplier
    }

    /// Calls `met(x, weights, y)` with the starts of channels in an input row, in the kernel and in an output row.
    #[inline(always)]
    fn each(&self, mut met: impl FnMut(usize, usize, usize)) {
        let filters = self.filters();
        self.window.each(
            #[inline(always)]
            |place, tap, pixel| met(pixel, tap * filters, place * filters),
        );
    }
}

impl Kernel for DepthwiseConvolution {
    fn output_len(&self) -> usize {
        self.window.places() * self.filters()
    }

    fn forward(&self, call: Forward<'_>) {
        let (channels, filters) = (self.window.channels, self.filters());
        match call.weights.get(1) {
            Some(bias) => {
                for row in call.output.chunks_exact_mut(filters) {
                    row.copy_from_slice(bias);
                }
            }
            None => call.output.fill(0.0),
        }
        let kernel = call.weights[0];
        let samples = call.inputs[0].chunks_exact(self.window.input_len());
        for (x, y) in samples.zip(call.output.chunks_exact_mut(self.output_len())) {
            dispatch(
                #[inline(always)]
                || {
                    self.each(
                        #[inline(always)]
                        |pixel, weights, place| {
                            let x = &x[pixel..pixel + channels];
                            let weights = &kernel[weights..weights + filters];
                            let y = &mut y[place..place + filters];
                            add_products(x, weights, y, self.depth_multiplier);
                        },
                    );
                },
            );
        }
    }

    fn input_gradient(&self, call: &Backward<'_>, _: usize, gradient: &mut [f32], fill: Fill) {
        let (channels, filters) = (self.window.channels, self.filters());
        if fill == Fill::Set {
            gradient.fill(0.0);
        }
        let kernel = call.weights[0];
        let samples = call.output_gradient.chunks_exact(self.output_len());
        let pictures = gradient.chunks_exact_mut(self.window.input_len());
        for (picture, by) in pictures.zip(samples) {
            dispatch(
                #[inline(always)]
                || {
                    self.each(
                        #[inline(always)]
                        |pixel, weights, place| {
                            let sums = picture[pixel..pixel + channels].iter_mut();
                            let weights = &kernel[weights..weights + filters];
                            let by = &by[place..place + filters];
                            if self.depth_multiplier == 1 {
                                for (sum, (by, weight)) in sums.zip(by.iter().zip(weights)) {
                                    *sum += by * weight;
                                }
                                return;
                            }
                            let weights = weights.chunks_exact(self.depth_multiplier);
                            let by = by.chunks_exact(self.depth_multiplier);
                            for (sum, (by, weights)) in sums.zip(by.zip(weights)) {
                                for (by, weight) in by.iter().zip(weights) {
                                    *sum += by * weight;
                                }
                            }
                        },
                    );
                },
            );
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
        let (channels, filters) = (self.window.channels, self.filters());
        let samples = call.output_gradient.chunks_exact(self.output_len());
        let pictures = call.inputs[0].chunks_exact(self.window.input_len());
        for (x, by) in pictures.zip(samples) {
            dispatch(
                #[inline(always)]
                || {
                    self.each(
                        #[inline(always)]
                        |pixel, weights, place| {
                            let x = &x[pixel..pixel + channels];
                            let by = &by[place..place + filters];
                            let sums = &mut gradient[weights..weights + filters];
                            add_products(x, by, sums, self.depth_multiplier);
                        },
                    );
                },
            );
        }
    }

    fn work(&self) -> usize {
        self.output_len() * self.window.taps()
    }
}

/// Adds to the sums of each channel its value times the values there.
#[inline(always)]
fn add_products(x: &[f32], values: &[f32], sums: &mut [f32], depth_multiplier: usize) {
    if depth_multiplier == 1 {
        for (sum, (x, value)) in sums.iter_mut().zip(x.iter().zip(values)) {
            *sum += x * value;
        }
        return;
    }
    let sums = sums.chunks_exact_mut(depth_multiplier);
    let values = values.chunks_exact(depth_multiplier);
    for (x, (sums, values)) in x.iter().zip(sums.zip(values)) {
        for (sum, value) in sums.iter_mut().zip(values) {
            *sum += x * value;
        }
    }
}
