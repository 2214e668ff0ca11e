//! Separable convolutions: a depthwise one, and one of single places that mixes its channels.

use super::checks::check_positive;
use super::depthwise_convolution::depthwise_shape;
use super::window::Window;
use crate::activation::Activation;
use crate::layer_problem::LayerProblem;
use crate::layers::activation::activated_shape;
use crate::shape::Shape;

/// Writes a separable convolution out: `Name<number of axes, rank of a batch>`.
macro_rules! separable_convolution {
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
            depth_multiplier: usize,
            #[serde(default = "crate::layers::linear_activation")]
            activation: $crate::activation::Activation,
            #[serde(default = "crate::layers::yes")]
            use_bias: bool,
            #[serde(skip)]
            weights: $crate::layers::layer_weights::LayerWeights<Self>,
        }

        $crate::layers::layer_weights::layer_weights!($layer {
            depthwise: $crate::initializer::Initializer::GlorotUniform,
                with_depthwise_initializer, with_depthwise_regularizer, with_depthwise_constraint;
            pointwise: $crate::initializer::Initializer::GlorotUniform,
                with_pointwise_initializer, with_pointwise_regularizer, with_pointwise_constraint;
            bias: $crate::initializer::Initializer::Zeros,
                with_bias_initializer, with_bias_regularizer, with_bias_constraint;
        });

        $crate::layers::convolution::window_setters!($layer<$num_axes>);

        impl $layer {
            /// One window of `kernel_size` for each channel, mixed to `filters` channels; strides of 1, without padding,
            /// linear, with a bias.
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
                    depth_multiplier: 1,
                    activation: $crate::activation::Activation::Linear,
                    use_bias: true,
                    weights: $crate::layers::layer_weights::LayerWeights::default(),
                }
            }

            /// Sets how many windows a channel has.
            #[must_use = "returns the changed layer"]
            pub fn with_depth_multiplier(mut self, depth_multiplier: usize) -> Self {
                self.depth_multiplier = depth_multiplier;
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
                $crate::layers::separable_convolution::Shapes {
                    filters: self.filters,
                    depth_multiplier: self.depth_multiplier,
                    window: self.window(),
                    activation: self.activation,
                }
                .output(input)
            }

            fn weights(
                &self,
                inputs: &[$crate::shape::Shape],
            ) -> Vec<$crate::layer::WeightSpec> {
                use $crate::layers::extent::{depthwise_order, kernel_order};
                use $crate::layer::Storage;

                let channels = inputs[0].last().unwrap_or_default();
                let mut shape = self.kernel_size.axes().to_vec();
                shape.extend([channels, self.depth_multiplier]);
                let depthwise = self.weights.spec("depthwise", shape).renamed("depthwise_kernel");
                let mut shape = vec![1; $num_axes];
                shape.extend([channels * self.depth_multiplier, self.filters]);
                let pointwise = self.weights.spec("pointwise", shape).renamed("pointwise_kernel");
                let bias = self.weights.spec("bias", vec![self.filters]);
                let kernels = [
                    depthwise.stored(Storage::Permuted(depthwise_order::<$num_axes>())),
                    pointwise.stored(Storage::Permuted(kernel_order::<$num_axes>())),
                ];
                kernels
                    .into_iter()
                    .chain(self.use_bias.then_some(bias))
                    .collect()
            }

            fn last_activation(&self) -> $crate::activation::Activation {
                self.activation
            }

            fn host_form(&self, inputs: &[$crate::shape::Shape]) -> Option<$crate::layer::HostForm> {
                use firebrick_host::kernels::{Dense, DepthwiseConvolution};

                let window = self.window().on_plane(&inputs[0])?;
                let places = window.output.iter().product();
                let channels = window.channels * self.depth_multiplier;
                let depthwise = DepthwiseConvolution::new(window, self.depth_multiplier);
                // Of single places, a convolution is a product of their channels.
                let pointwise = Dense::new(channels, self.filters).with_steps(places);
                let bias = self.use_bias.then_some("bias");
                let form = $crate::layer::HostForm::of(depthwise, ["depthwise_kernel"])
                    .then(pointwise, ["pointwise_kernel"].into_iter().chain(bias));
                Some(form.ending_with(self.activation))
            }

            fn call(
                &self,
                inputs: $crate::signal::Signals,
                call: &$crate::layer::Call,
            ) -> Result<$crate::signal::Signals, $crate::layer_problem::LayerProblem> {
                use $crate::layers::convolution::Convolve;
                use $crate::layers::window::Window;

                let x = inputs.into_values()?.expect_channels_first::<$rank>();
                let depthwise = call.weight::<$rank>("depthwise_kernel");
                let depthwise = $crate::layers::depthwise_convolution::one_channel_each(depthwise);
                let channels = x.dims()[1];
                let x = x.convolve(depthwise, None, &self.window(), channels);
                let pointwise = call.weight::<$rank>("pointwise_kernel");
                let y = x.convolve(pointwise, call.find("bias"), &Window::of_single_places(), 1);
                let y = firebrick_tensor::AnyTensor::from_channels_first(y);
                Ok(call.activate(self.activation, y).into())
            }
        }
    };
}

pub(super) use separable_convolution;

/// What decides the shape that leaves a separable convolution.
pub(super) struct Shapes<const N: usize> {
    pub(super) filters: usize,
    pub(super) depth_multiplier: usize,
    pub(super) window: Window<N>,
    pub(super) activation: Activation,
}

impl<const N: usize> Shapes<N> {
    pub(super) fn output(&self, input: &Shape) -> Result<Shape, LayerProblem> {
        check_positive("filters", self.filters)?;
        let linear = Activation::Linear;
        let shape = depthwise_shape(self.window, self.depth_multiplier, linear, input)?;
        activated_shape(self.activation, shape.with_last(self.filters))
    }
}
