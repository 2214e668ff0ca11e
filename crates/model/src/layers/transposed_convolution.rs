//! Transposed convolutions, whatever the number of axes: every element of the input lays down a window, and where windows
//! overlap they add up.

use burn::tensor::Tensor;
use burn::tensor::module::{conv_transpose1d, conv_transpose2d, conv_transpose3d};
use burn::tensor::ops::ConvTransposeOptions;

use super::activation::activated_shape;
use super::checks::check_positive;
use super::extent::{places, sizes, with_places};
use super::window::{Padding, Window, check_not_causal, plane};
use crate::activation::Activation;
use crate::layer_problem::LayerProblem;
use crate::shape::Shape;

/// Writes a transposed convolution out: `Name<number of axes, rank of a batch>`.
macro_rules! transposed_convolution {
    (
        $(#[$meaning:meta])*
        pub struct $layer:ident<$num_axes:literal, $rank:literal>;
    ) => {
        $(#[$meaning])*
        #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        pub struct $layer {
            filters: usize,
            kernel_size: $crate::layers::size::Size<$num_axes>,
            #[serde(default = "crate::layers::extent::one")]
            strides: $crate::layers::size::Size<$num_axes>,
            #[serde(default)]
            padding: $crate::layers::window::Padding,
            #[serde(default)]
            output_padding: Option<$crate::layers::size::Size<$num_axes>>,
            #[serde(default = "crate::layers::extent::one")]
            dilation_rate: $crate::layers::size::Size<$num_axes>,
            #[serde(default = "crate::layers::linear_activation")]
            activation: $crate::activation::Activation,
            #[serde(default = "crate::layers::yes")]
            use_bias: bool,
            #[serde(skip)]
            weights: $crate::layers::layer_weights::LayerWeights<Self>,
        }

        $crate::layers::layer_weights::layer_weights!($layer {
            kernel: $crate::initializer::Initializer::GlorotUniform,
                with_kernel_initializer, with_kernel_regularizer, with_kernel_constraint;
            bias: $crate::initializer::Initializer::Zeros,
                with_bias_initializer, with_bias_regularizer, with_bias_constraint;
        });

        $crate::layers::convolution::window_setters!($layer<$num_axes>);

        impl $layer {
            /// `filters` windows of `kernel_size`, strides of 1, without padding, linear, with a bias.
            pub fn new(
                filters: usize,
                kernel_size: impl Into<$crate::layers::size::Size<$num_axes>>,
            ) -> Self {
                Self {
                    filters,
                    kernel_size: kernel_size.into(),
                    strides: 1.into(),
                    padding: $crate::layers::window::Padding::Valid,
                    output_padding: None,
                    dilation_rate: 1.into(),
                    activation: $crate::activation::Activation::Linear,
                    use_bias: true,
                    weights: $crate::layers::layer_weights::LayerWeights::default(),
                }
            }

            /// Sets what is added to the size at the end of each axis, less than the stride there. Without it the output is
            /// as large as the input that a convolution of these strides has it from: with `same` padding `size · strides`.
            #[must_use = "returns the changed layer"]
            pub fn with_output_padding(
                mut self,
                output_padding: impl Into<$crate::layers::size::Size<$num_axes>>,
            ) -> Self {
                self.output_padding = Some(output_padding.into());
                self
            }

            fn transposed(&self) -> $crate::layers::transposed_convolution::Transposed<$num_axes> {
                $crate::layers::transposed_convolution::Transposed {
                    window: self.window(),
                    output_padding: self.output_padding.map($crate::layers::size::Size::axes),
                }
            }
        }

        impl $crate::layer::Layer for $layer {
            const CLASS_NAME: &'static str = stringify!($layer);

            $crate::layers::layer_weights::weights_in_spec!();

            fn output_shape(
                &self,
                input: &$crate::shape::Shape,
            ) -> Result<$crate::shape::Shape, $crate::layer_problem::LayerProblem> {
                self.transposed().output_shape(input, self.filters, self.activation)
            }

            fn weights(
                &self,
                inputs: &[$crate::shape::Shape],
            ) -> Vec<$crate::layer::WeightSpec> {
                let channels = inputs[0].last().unwrap_or_default();
                let mut shape = self.kernel_size.axes().to_vec();
                shape.extend([self.filters, channels]);
                let order = $crate::layers::extent::kernel_order::<$num_axes>();
                let kernel = self.weights.spec("kernel", shape);
                let kernel = kernel.stored($crate::layer::Storage::Permuted(order));
                let bias = self.weights.spec("bias", vec![self.filters]);
                [kernel]
                    .into_iter()
                    .chain(self.use_bias.then_some(bias))
                    .collect()
            }

            fn last_activation(&self) -> $crate::activation::Activation {
                self.activation
            }

            fn host_form(&self, inputs: &[$crate::shape::Shape]) -> Option<$crate::layer::HostForm> {
                let window = self.transposed().on_plane(&inputs[0], self.filters)?;
                let kernel = firebrick_host::kernels::TransposedConvolution::new(window, inputs[0].last()?);
                let weights = ["kernel"].into_iter().chain(self.use_bias.then_some("bias"));
                Some($crate::layer::HostForm::of(kernel, weights).ending_with(self.activation))
            }

            fn call(
                &self,
                inputs: $crate::signal::Signals,
                call: &$crate::layer::Call,
            ) -> Result<$crate::signal::Signals, $crate::layer_problem::LayerProblem> {
                use $crate::layers::transposed_convolution::ConvolveTransposed;

                let x = inputs.into_values()?.expect_channels_first::<$rank>();
                let (kernel, bias) = (call.weight("kernel"), call.find("bias"));
                let y = x.convolve_transposed(kernel, bias, &self.transposed());
                let y = firebrick_tensor::AnyTensor::from_channels_first(y);
                Ok(call.activate(self.activation, y).into())
            }
        }
    };
}

pub(super) use transposed_convolution;

/// A window, and what is added to the size of what it leaves.
pub(super) struct Transposed<const N: usize> {
    pub(super) window: Window<N>,
    pub(super) output_padding: Option<[usize; N]>,
}

/// How a transposed convolution comes to its output along an axis: what is cut from the natural one, `(size - 1) · stride + span`,
/// and what is added to its end.
///
/// ```
/// # mod firebrick { pub use firebrick_model::layers; }
/// use firebrick::layers::{Padding, TransposedFit};
///
/// let fit = TransposedFit::new(3, 2, Padding::Same, None);
/// // Four places become eight.
/// assert_eq!(2 * (4 - 1) + 3 + fit.added - fit.start - fit.end, 8);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TransposedFit {
    /// Places cut from the beginning.
    pub start: usize,
    /// Places cut from the end.
    pub end: usize,
    /// Places added to the end.
    pub added: usize,
}

impl TransposedFit {
    /// For a window of this span, its gaps included. As Keras: without an output padding, `same` gives `size · stride`, and `valid`
    /// all that a window reaches, at least a stride each; with one, `same` gives `(size - 1) · stride + span % 2 + output_padding`.
    pub fn new(
        span: usize,
        stride: usize,
        padding: Padding,
        output_padding: Option<usize>,
    ) -> Self {
        if padding != Padding::Same {
            return Self {
                start: 0,
                end: 0,
                added: output_padding.unwrap_or(stride.saturating_sub(span)),
            };
        }
        // The sum of what is put on both sides of the stretched input before the flipped window slides along it.
        let total = match output_padding {
            None => stride + span - 2,
            Some(added) => span + span % 2 - 2 + added,
        };
        let start = total.div_ceil(2).min(span - 1);
        let end = total - start;
        Self {
            start: span - 1 - start,
            end: (span - 1).saturating_sub(end),
            added: end.saturating_sub(span - 1),
        }
    }
}

impl<const N: usize> Transposed<N> {
    pub(super) fn output_shape(
        &self,
        input: &Shape,
        filters: usize,
        activation: Activation,
    ) -> Result<Shape, LayerProblem> {
        let mut places = places::<N>(input)?;
        check_positive("filters", filters)?;
        input.features()?;
        self.check()?;
        for (axis, place) in places.iter_mut().enumerate() {
            if let Some(size) = place {
                *size = self.size_after(axis, *size)?;
            }
        }
        let shape = with_places(input, places).with_last(filters);
        activated_shape(activation, shape)
    }

    fn check(&self) -> Result<(), LayerProblem> {
        let Window {
            strides, dilation, ..
        } = self.window;
        check_not_causal(self.window.padding)?;
        self.window.check("kernel_size")?;
        if strides.iter().any(|&stride| stride > 1) && dilation.iter().any(|&rate| rate > 1) {
            let expected = format!("1 where `strides` are above 1 (they are {strides:?})");
            return Err(LayerProblem::argument("dilation_rate", expected, &dilation));
        }
        let Some(added) = self.output_padding else {
            return Ok(());
        };
        if added
            .iter()
            .zip(strides)
            .any(|(&added, stride)| added >= stride)
        {
            let expected = format!("less than `strides`, which is {strides:?}, along each axis");
            return Err(LayerProblem::argument("output_padding", expected, &added));
        }
        Ok(())
    }

    /// The window of the convolution whose way back this is, for plain memory; volumes have none.
    pub(super) fn on_plane(&self, input: &Shape, filters: usize) -> Option<firebrick_host::Window> {
        let places = places::<N>(input).ok()?;
        let mut sizes = [0; N];
        for (axis, place) in places.iter().enumerate() {
            sizes[axis] = self.size_after(axis, (*place)?).ok()?;
        }
        let starts: [usize; N] = std::array::from_fn(|axis| self.fit(axis).start);
        let places: Vec<usize> = places.into_iter().collect::<Option<_>>()?;
        Some(firebrick_host::Window {
            input: plane(&sizes, 1)?,
            channels: filters,
            size: plane(&self.window.size, 1)?,
            strides: plane(&self.window.strides, 1)?,
            dilation: plane(&self.window.dilation, 1)?,
            padding: plane(&starts, 0)?,
            output: plane(&places, 1)?,
        })
    }

    fn size_after(&self, axis: usize, size: usize) -> Result<usize, LayerProblem> {
        let fit = self.fit(axis);
        let natural = (size.saturating_sub(1))
            .saturating_mul(self.window.strides[axis])
            .saturating_add(self.window.span(axis))
            .saturating_add(fit.added);
        natural
            .checked_sub(fit.start + fit.end)
            .filter(|&size| size > 0)
            .ok_or_else(|| {
                LayerProblem::input(
                    "sizes that leave at least one position after its padding",
                    "raise `output_padding`, pad with `valid`, or shrink less before it",
                )
            })
    }

    fn fit(&self, axis: usize) -> TransposedFit {
        let output_padding = self.output_padding.map(|added| added[axis]);
        let (span, stride) = (self.window.span(axis), self.window.strides[axis]);
        TransposedFit::new(span, stride, self.window.padding, output_padding)
    }
}

/// A channels-first batch with `N` axes after its channels, and Burn's transposed convolution of it.
pub(super) trait ConvolveTransposed<const N: usize>: Sized {
    /// - kernel: `[channels, filters, size...]`
    fn convolve_transposed(
        self,
        kernel: Self,
        bias: Option<Tensor<1>>,
        transposed: &Transposed<N>,
    ) -> Self;
}

/// Writes it for a rank.
macro_rules! convolve_transposed {
    ($($num_axes:literal, $rank:literal => $convolve:path;)+) => {
        $(
            impl ConvolveTransposed<$num_axes> for Tensor<$rank> {
                fn convolve_transposed(
                    self,
                    kernel: Self,
                    bias: Option<Tensor<1>>,
                    transposed: &Transposed<$num_axes>,
                ) -> Self {
                    let (fits, options) = transposed.options();
                    cut($convolve(self, kernel, bias, options), fits)
                }
            }
        )+
    };
}

convolve_transposed! {
    1, 3 => conv_transpose1d;
    2, 4 => conv_transpose2d;
    3, 5 => conv_transpose3d;
}

impl<const N: usize> Transposed<N> {
    /// What is left to cut after Burn's convolution, and how that one runs: it cuts as much on both sides.
    fn options(&self) -> ([TransposedFit; N], ConvTransposeOptions<N>) {
        let fits: [TransposedFit; N] = std::array::from_fn(|axis| self.fit(axis));
        let both = fits.map(|fit| fit.start.min(fit.end));
        let options = ConvTransposeOptions::new(
            self.window.strides,
            both,
            fits.map(|fit| fit.added),
            self.window.dilation,
            1,
        );
        let left = |axis: usize| TransposedFit {
            start: fits[axis].start - both[axis],
            end: fits[axis].end - both[axis],
            added: 0,
        };
        (std::array::from_fn(left), options)
    }
}

/// A channels-first batch without so much at the start and the end of its axes.
fn cut<const N: usize, const D: usize>(y: Tensor<D>, fits: [TransposedFit; N]) -> Tensor<D> {
    let sizes: [usize; N] = sizes(&y);
    (0..N).fold(y, |y, axis| {
        let TransposedFit { start, end, .. } = fits[axis];
        if start + end == 0 {
            y
        } else {
            y.slice_dim(axis + 2, start..sizes[axis] - end)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_those_of_keras_output_shapes() {
        // Span, stride, padding, output padding, size before and after.
        for (size, stride, padding, output_padding, before, after) in [
            (3, 2, Padding::Valid, None, 4, 9),
            (2, 3, Padding::Valid, None, 4, 12),
            (2, 3, Padding::Valid, Some(0), 4, 11),
            (2, 3, Padding::Valid, Some(2), 4, 13),
            (3, 2, Padding::Same, None, 4, 8),
            (5, 1, Padding::Same, None, 4, 4),
            (1, 3, Padding::Same, None, 4, 12),
            (3, 2, Padding::Same, Some(0), 4, 7),
            (3, 2, Padding::Same, Some(1), 4, 8),
            (4, 2, Padding::Same, Some(0), 4, 6),
            (4, 3, Padding::Same, Some(2), 4, 11),
        ] {
            let transposed = Transposed {
                window: Window {
                    size: [size],
                    strides: [stride],
                    dilation: [1],
                    padding,
                },
                output_padding: output_padding.map(|added| [added]),
            };
            let found = transposed.size_after(0, before).unwrap();
            assert_eq!(
                found, after,
                "{size} {stride} {padding:?} {output_padding:?}"
            );
        }
    }
}
