use crate::kernel::{Backward, Fill, Forward, Kernel};
use crate::vectorized::dispatch;
use crate::window::Window;

/// The largest value that a window sees, channel by channel.
///
/// # Shapes
/// - input: `[rows, height, width, channels]`
/// - output: `[rows, height, width, channels]`
#[derive(Clone, Debug)]
pub struct MaxPooling {
    window: Window,
}

impl MaxPooling {
    /// Over these windows.
    pub fn new(window: Window) -> Self {
        Self { window }
    }

    pub(super) fn window(&self) -> &Window {
        &self.window
    }
}

impl Kernel for MaxPooling {
    fn output_len(&self) -> usize {
        self.window.places() * self.window.channels
    }

    /// Which tap the largest value came from.
    fn kept_len(&self) -> usize {
        self.output_len()
    }

    fn forward(&self, call: Forward<'_>) {
        let (channels, len) = (self.window.channels, self.output_len());
        call.output.fill(f32::NEG_INFINITY);
        let outputs = call
            .output
            .chunks_exact_mut(len)
            .zip(call.kept.chunks_exact_mut(len));
        for (x, (y, from)) in call.inputs[0]
            .chunks_exact(self.window.input_len())
            .zip(outputs)
        {
            dispatch(
                #[inline(always)]
                || {
                    self.window.each(
                        #[inline(always)]
                        |place, tap, pixel| {
                            let own = place * channels..(place + 1) * channels;
                            let largest = y[own.clone()].iter_mut().zip(&mut from[own]);
                            for (x, (y, from)) in x[pixel..pixel + channels].iter().zip(largest) {
                                // What is no number stays.
                                let is_new = *x > *y || x.is_nan();
                                *y = if is_new { *x } else { *y };
                                *from = if is_new { tap as f32 } else { *from };
                            }
                        },
                    );
                },
            );
        }
    }

    #[expect(
        clippy::float_cmp,
        reason = "the places of taps are small whole numbers"
    )]
    fn input_gradient(&self, call: &Backward<'_>, _: usize, gradient: &mut [f32], fill: Fill) {
        let (channels, len) = (self.window.channels, self.output_len());
        if fill == Fill::Set {
            gradient.fill(0.0);
        }
        let samples = call
            .output_gradient
            .chunks_exact(len)
            .zip(call.kept.chunks_exact(len));
        for (gradient, (by, from)) in gradient
            .chunks_exact_mut(self.window.input_len())
            .zip(samples)
        {
            dispatch(
                #[inline(always)]
                || {
                    self.window.each(
                        #[inline(always)]
                        |place, tap, pixel| {
                            let own = place * channels..(place + 1) * channels;
                            let values = by[own.clone()].iter().zip(&from[own]);
                            for (sum, (by, from)) in
                                gradient[pixel..pixel + channels].iter_mut().zip(values)
                            {
                                *sum += if *from == tap as f32 { *by } else { 0.0 };
                            }
                        },
                    );
                },
            );
        }
    }
}

/// The mean of what a window sees, channel by channel; what is not there does not count.
///
/// # Shapes
/// - input: `[rows, height, width, channels]`
/// - output: `[rows, height, width, channels]`
#[derive(Clone, Debug)]
pub struct AveragePooling {
    window: Window,
    /// One by the number of taps that meet something, of each place.
    shares: Vec<f32>,
}

impl AveragePooling {
    /// Over these windows.
    pub fn new(window: Window) -> Self {
        let mut counts = vec![0.0_f32; window.places()];
        window.each(|place, _, _| counts[place] += 1.0);
        Self {
            window,
            shares: counts.into_iter().map(f32::recip).collect(),
        }
    }
}

impl Kernel for AveragePooling {
    fn output_len(&self) -> usize {
        self.window.places() * self.window.channels
    }

    fn forward(&self, call: Forward<'_>) {
        let channels = self.window.channels;
        call.output.fill(0.0);
        let samples = call.inputs[0].chunks_exact(self.window.input_len());
        for (x, y) in samples.zip(call.output.chunks_exact_mut(self.output_len())) {
            dispatch(
                #[inline(always)]
                || {
                    self.window.each(
                        #[inline(always)]
                        |place, _, pixel| {
                            let share = self.shares[place];
                            let values = &x[pixel..pixel + channels];
                            for (y, x) in y[place * channels..(place + 1) * channels]
                                .iter_mut()
                                .zip(values)
                            {
                                *y += x * share;
                            }
                        },
                    );
                },
            );
        }
    }

    fn input_gradient(&self, call: &Backward<'_>, _: usize, gradient: &mut [f32], fill: Fill) {
        let channels = self.window.channels;
        if fill == Fill::Set {
            gradient.fill(0.0);
        }
        let samples = call.output_gradient.chunks_exact(self.output_len());
        for (gradient, by) in gradient
            .chunks_exact_mut(self.window.input_len())
            .zip(samples)
        {
            dispatch(
                #[inline(always)]
                || {
                    self.window.each(
                        #[inline(always)]
                        |place, _, pixel| {
                            let share = self.shares[place];
                            let by = &by[place * channels..(place + 1) * channels];
                            for (sum, by) in gradient[pixel..pixel + channels].iter_mut().zip(by) {
                                *sum += by * share;
                            }
                        },
                    );
                },
            );
        }
    }
}
