//! Depthwise convolutions: every channel has windows of its own.

use burn::tensor::Tensor;

use super::checks::check_positive;
use super::convolution::Shapes;
use super::window::{Window, check_not_causal};
use crate::activation::Activation;
use crate::layer_problem::LayerProblem;
use crate::shape::Shape;

/// Writes a depthwise convolution out: `Name<number of axes, rank of a batch>`.
macro_rules! depthwise_convolution {
    (
        $(#[$meaning:meta])*
        pub struct $layer:ident<$num_axes:literal, $rank:literal>;
    ) => {
        $(#[$meaning])*
        #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        pub struct $layer {
            kernel_size: $crate::layers::size::Size<$num_axes>,
            #[serde(default = "crate::layers::extent::one")]
            strides: $crate::layers::size::Size<$num_axes>,
            #[serde(default)]
            padding: $crate::layers::window::Padding,
            #[serde(default = "crate::layers::extent::one")]
            depth_multiplier: usize,
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
            depthwise: $crate::initializer::Initializer::GlorotUniform,
                with_depthwise_initializer, with_depthwise_regularizer, with_depthwise_constraint;
            bias: $crate::initializer::Initializer::Zeros,
                with_bias_initializer, with_bias_regularizer, with_bias_constraint;
        });

        $crate::layers::convolution::window_setters!($layer<$num_axes>);

        impl $layer {
            /// One window of `kernel_size` for each channel, strides of 1, without padding, linear, with a bias.
            pub fn new(kernel_size: impl Into<$crate::layers::size::Size<$num_axes>>) -> Self {
                Self {
                    kernel_size: kernel_size.into(),
                    strides: 1.into(),
                    padding: $crate::layers::window::Padding::Valid,
                    depth_multiplier: 1,
                    dilation_rate: 1.into(),
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
                let window = self.window();
                let multiplier = self.depth_multiplier;
                $crate::layers::depthwise_convolution::depthwise_shape(window, multiplier, self.activation, input)
            }

            fn weights(
                &self,
                inputs: &[$crate::shape::Shape],
            ) -> Vec<$crate::layer::WeightSpec> {
                let channels = inputs[0].last().unwrap_or_default();
                let mut shape = self.kernel_size.axes().to_vec();
                shape.extend([channels, self.depth_multiplier]);
                let order = $crate::layers::extent::depthwise_order::<$num_axes>();
                let kernel = self.weights.spec("depthwise", shape).renamed("kernel");
                let kernel = kernel.stored($crate::layer::Storage::Permuted(order));
                let bias = self.weights.spec("bias", vec![channels * self.depth_multiplier]);
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
                let kernel = firebrick_host::kernels::DepthwiseConvolution::new(window, self.depth_multiplier);
                let weights = ["kernel"].into_iter().chain(self.use_bias.then_some("bias"));
                Some($crate::layer::HostForm::of(kernel, weights).ending_with(self.activation))
            }

            fn call(
                &self,
                inputs: $crate::signal::Signals,
                call: &$crate::layer::Call,
            ) -> Result<$crate::signal::Signals, $crate::layer_problem::LayerProblem> {
                use $crate::layers::convolution::Convolve;

                let x = inputs.into_values()?.expect_channels_first::<$rank>();
                let kernel = call.weight::<$rank>("kernel");
                let kernel = $crate::layers::depthwise_convolution::one_channel_each(kernel);
                let channels = x.dims()[1];
                let y = x.convolve(kernel, call.find("bias"), &self.window(), channels);
                let y = firebrick_tensor::AnyTensor::from_channels_first(y);
                Ok(call.activate(self.activation, y).into())
            }
        }
    };
}

pub(super) use depthwise_convolution;

/// The shape that leaves so many windows a channel.
pub(super) fn depthwise_shape<const N: usize>(
    window: Window<N>,
    depth_multiplier: usize,
    activation: Activation,
    input: &Shape,
) -> Result<Shape, LayerProblem> {
    check_positive("depth_multiplier", depth_multiplier)?;
    check_not_causal(window.padding)?;
    let channels = input.features()?;
    let shapes = Shapes {
        filters: channels.saturating_mul(depth_multiplier),
        groups: channels,
        window,
        activation,
    };
    shapes.output(input)
}

/// A kernel `[channels, multiplier, size...]` as that of a convolution in as many groups as there are channels.
pub(super) fn one_channel_each<const D: usize>(kernel: Tensor<D>) -> Tensor<D> {
    let mut shape = kernel.dims();
    shape[0] *= shape[1];
    shape[1] = 1;
    kernel.reshape(shape)
}
