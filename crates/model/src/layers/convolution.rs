//! Convolutions, whatever the number of axes that their window slides along.

use burn::tensor::Tensor;
use burn::tensor::module::{conv1d, conv2d, conv3d};
use burn::tensor::ops::{ConvOptions, PadMode};

use super::activation::activated_shape;
use super::checks::check_positive;
use super::extent::{places, sizes, with_places};
use super::window::{Window, check_not_causal};
use crate::activation::Activation;
use crate::layer_problem::LayerProblem;
use crate::shape::Shape;

/// Writes a convolution out: `Name<number of axes, rank of a batch>`.
macro_rules! convolution {
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
            #[serde(default = "crate::layers::extent::one")]
            dilation_rate: $crate::layers::size::Size<$num_axes>,
            #[serde(default = "crate::layers::extent::one")]
            groups: usize,
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
                    dilation_rate: 1.into(),
                    groups: 1,
                    activation: $crate::activation::Activation::Linear,
                    use_bias: true,
                    weights: $crate::layers::layer_weights::LayerWeights::default(),
                }
            }

            /// Splits channels and filters into groups that do not see each other.
            #[must_use = "returns the changed layer"]
            pub fn with_groups(mut self, groups: usize) -> Self {
                self.groups = groups;
                self
            }
        }

        impl $crate::layer::Layer for $layer {
            const CLASS_NAME: &'static str = stringify!($layer);

            $crate::layers::layer_weights::weights_in_spec!();

            fn output_shape(
                &self,
                input: &$crate::shape::Shape,
            ) -> Result<$crate::shape::Shape, $crate::layer_problem::LayerProblem> {
                $crate::layers::convolution::Shapes {
                    filters: self.filters,
                    groups: self.groups,
                    window: self.window(),
                    activation: self.activation,
                }
                .output(input)
            }

            fn weights(
                &self,
                inputs: &[$crate::shape::Shape],
            ) -> Vec<$crate::layer::WeightSpec> {
                let channels = inputs[0].last().unwrap_or_default();
                let mut shape = self.kernel_size.axes().to_vec();
                shape.extend([channels / self.groups, self.filters]);
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
                let window = self.window().on_plane(&inputs[0])?;
                let weights = ["kernel"].into_iter().chain(self.use_bias.then_some("bias"));
                let form = match self.groups {
                    1 => {
                        let kernel = firebrick_host::kernels::Convolution::new(window, self.filters);
                        $crate::layer::HostForm::of(kernel, weights)
                    }
                    groups => {
                        let kernel = firebrick_host::kernels::GroupedConvolution::new(window, self.filters, groups);
                        $crate::layer::HostForm::of(kernel, weights)
                    }
                };
                Some(form.ending_with(self.activation))
            }

            fn call(
                &self,
                inputs: $crate::signal::Signals,
                call: &$crate::layer::Call,
            ) -> Result<$crate::signal::Signals, $crate::layer_problem::LayerProblem> {
                use $crate::layers::convolution::Convolve;

                let x = inputs.into_values()?.expect_channels_first::<$rank>();
                let (kernel, bias) = (call.weight("kernel"), call.find("bias"));
                let y = x.convolve(kernel, bias, &self.window(), self.groups);
                let y = firebrick_tensor::AnyTensor::from_channels_first(y);
                Ok(call.activate(self.activation, y).into())
            }
        }
    };
}

/// Writes the setters that convolutions have in common, and their window.
macro_rules! window_setters {
    ($layer:ident<$num_axes:literal>) => {
        impl $layer {
            /// Sets how far the window moves.
            #[must_use = "returns the changed layer"]
            pub fn with_strides(
                mut self,
                strides: impl Into<$crate::layers::size::Size<$num_axes>>,
            ) -> Self {
                self.strides = strides.into();
                self
            }

            /// Sets what lies beyond the edges.
            #[must_use = "returns the changed layer"]
            pub fn with_padding(mut self, padding: $crate::layers::window::Padding) -> Self {
                self.padding = padding;
                self
            }

            /// Sets the distance between the window's elements.
            #[must_use = "returns the changed layer"]
            pub fn with_dilation_rate(
                mut self,
                dilation_rate: impl Into<$crate::layers::size::Size<$num_axes>>,
            ) -> Self {
                self.dilation_rate = dilation_rate.into();
                self
            }

            /// Sets the function after the layer.
            #[must_use = "returns the changed layer"]
            pub fn with_activation(mut self, activation: $crate::activation::Activation) -> Self {
                self.activation = activation;
                self
            }

            /// Drops the bias, e.g. before a batch normalization.
            #[must_use = "returns the changed layer"]
            pub fn without_bias(mut self) -> Self {
                self.use_bias = false;
                self
            }

            fn window(&self) -> $crate::layers::window::Window<$num_axes> {
                $crate::layers::window::Window {
                    size: self.kernel_size.axes(),
                    strides: self.strides.axes(),
                    dilation: self.dilation_rate.axes(),
                    padding: self.padding,
                }
            }
        }
    };
}

pub(super) use convolution;
pub(super) use window_setters;

/// What decides the shape that leaves a convolution.
pub(super) struct Shapes<const N: usize> {
    pub(super) filters: usize,
    pub(super) groups: usize,
    pub(super) window: Window<N>,
    pub(super) activation: Activation,
}

impl<const N: usize> Shapes<N> {
    pub(super) fn output(&self, input: &Shape) -> Result<Shape, LayerProblem> {
        let places = places(input)?;
        check_positive("filters", self.filters)?;
        check_groups(self.groups, self.filters, input.features()?)?;
        if N > 1 {
            check_not_causal(self.window.padding)?;
        }
        let positions = self.window.positions(places, "kernel_size")?;
        let shape = with_places(input, positions).with_last(self.filters);
        activated_shape(self.activation, shape)
    }
}

/// Groups that split filters and channels evenly.
fn check_groups(groups: usize, filters: usize, channels: usize) -> Result<(), LayerProblem> {
    if groups == 0 || !filters.is_multiple_of(groups) || !channels.is_multiple_of(groups) {
        return Err(LayerProblem::argument(
            "groups",
            format!("a divisor of the {channels} channels and of the {filters} filters"),
            &groups,
        ));
    }
    Ok(())
}

/// A channels-first batch with `N` axes after its channels, and Burn's convolution of it.
pub(super) trait Convolve<const N: usize>: Sized {
    /// - kernel: `[filters, channels / groups, size...]`
    fn convolve(
        self,
        kernel: Self,
        bias: Option<Tensor<1>>,
        window: &Window<N>,
        groups: usize,
    ) -> Self;
}

impl Convolve<1> for Tensor<3> {
    fn convolve(
        self,
        kernel: Self,
        bias: Option<Tensor<1>>,
        window: &Window<1>,
        groups: usize,
    ) -> Self {
        let options = options(window, window.pads(sizes(&self)), groups);
        conv1d(self, kernel, bias, options)
    }
}

impl Convolve<2> for Tensor<4> {
    fn convolve(
        self,
        kernel: Self,
        bias: Option<Tensor<1>>,
        window: &Window<2>,
        groups: usize,
    ) -> Self {
        let options = options(window, window.pads(sizes(&self)), groups);
        conv2d(self, kernel, bias, options)
    }
}

impl Convolve<3> for Tensor<5> {
    fn convolve(
        self,
        kernel: Self,
        bias: Option<Tensor<1>>,
        window: &Window<3>,
        groups: usize,
    ) -> Self {
        let pads = window.pads(sizes(&self));
        // Burn pads volumes by as much on both sides only.
        if pads.iter().all(|(before, after)| before == after) {
            conv3d(self, kernel, bias, options(window, pads, groups))
        } else {
            let x = self.pad(pads, PadMode::Constant(0.0));
            conv3d(x, kernel, bias, options(window, [(0, 0); 3], groups))
        }
    }
}

fn options<const N: usize>(
    window: &Window<N>,
    pads: [(usize, usize); N],
    groups: usize,
) -> ConvOptions<N> {
    ConvOptions::new_with_padding(window.strides, pads, window.dilation, groups)
}
