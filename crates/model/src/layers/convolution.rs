//! Convolutions, whatever the number of axes that their window slides along.

use super::activation::activated_shape;
use super::checks::check_positive;
use super::extent::Extent;
use super::window::{Window, check_not_causal};
use crate::activation::Activation;
use crate::layer_problem::LayerProblem;

/// Writes a convolution out: `Name<N>(size, size as it is given): Burn's function of
/// [rank], its built form`.
macro_rules! convolution {
    (
        $(#[$meaning:meta])*
        pub struct $layer:ident<$num_axes:literal>($size:ty, $given:ty):
            $convolve:path[$rank:literal], $built:ident;
    ) => {
        $(#[$meaning])*
        #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        pub struct $layer {
            filters: usize,
            kernel_size: $size,
            #[serde(default = "crate::layers::extent::one")]
            strides: $size,
            #[serde(default)]
            padding: crate::layers::Padding,
            #[serde(default = "crate::layers::extent::one")]
            dilation_rate: $size,
            #[serde(default = "crate::layers::extent::one")]
            groups: usize,
            #[serde(default = "crate::layers::linear_activation")]
            activation: crate::activation::Activation,
            #[serde(default = "crate::layers::yes")]
            use_bias: bool,
            #[serde(flatten)]
            weights: crate::layers::layer_weights::LayerWeights<Self>,
        }

        crate::layers::layer_weights::layer_weights!($layer {
            kernel: crate::initializer::Initializer::GlorotUniform,
                with_kernel_initializer, with_kernel_regularizer, with_kernel_constraint;
            bias: crate::initializer::Initializer::Zeros,
                with_bias_initializer, with_bias_regularizer, with_bias_constraint;
        });

        impl $layer {
            /// `filters` windows of `kernel_size`, strides of 1, without padding, linear, with a bias.
            pub fn new(filters: usize, kernel_size: $given) -> Self {
                Self {
                    filters,
                    kernel_size: kernel_size.into(),
                    strides: crate::layers::extent::one(),
                    padding: crate::layers::Padding::Valid,
                    dilation_rate: crate::layers::extent::one(),
                    groups: 1,
                    activation: crate::activation::Activation::Linear,
                    use_bias: true,
                    weights: crate::layers::layer_weights::LayerWeights::default(),
                }
            }

            /// Sets how far the window moves.
            #[must_use = "returns the changed layer"]
            pub fn with_strides(mut self, strides: $given) -> Self {
                self.strides = strides.into();
                self
            }

            /// Sets what lies beyond the edges.
            #[must_use = "returns the changed layer"]
            pub fn with_padding(mut self, padding: crate::layers::Padding) -> Self {
                self.padding = padding;
                self
            }

            /// Sets the distance between the window's elements.
            #[must_use = "returns the changed layer"]
            pub fn with_dilation_rate(mut self, dilation_rate: $given) -> Self {
                self.dilation_rate = dilation_rate.into();
                self
            }

            /// Splits channels and filters into groups that do not see each other.
            #[must_use = "returns the changed layer"]
            pub fn with_groups(mut self, groups: usize) -> Self {
                self.groups = groups;
                self
            }

            /// Sets the function after the layer.
            #[must_use = "returns the changed layer"]
            pub fn with_activation(mut self, activation: crate::activation::Activation) -> Self {
                self.activation = activation;
                self
            }

            /// Drops the bias, e.g. before a batch normalization.
            #[must_use = "returns the changed layer"]
            pub fn without_bias(mut self) -> Self {
                self.use_bias = false;
                self
            }

            fn window(&self) -> crate::layers::window::Window<$num_axes> {
                crate::layers::window::Window {
                    size: crate::layers::extent::Extent::axes(self.kernel_size),
                    strides: crate::layers::extent::Extent::axes(self.strides),
                    dilation: crate::layers::extent::Extent::axes(self.dilation_rate),
                    padding: self.padding,
                }
            }
        }

        impl crate::layers::Describe for $layer {
            type Built = $built;

            fn output_shape(
                &self,
                input: &[usize],
            ) -> Result<Vec<usize>, crate::layers::LayerProblem> {
                crate::layers::convolution::Shapes {
                    filters: self.filters,
                    groups: self.groups,
                    window: self.window(),
                    activation: self.activation,
                }
                .output::<$size>(input)
            }

            fn weights(&self, input: &[usize]) -> Vec<crate::layers::WeightSpec> {
                let channels = input.last().copied().unwrap_or_default();
                let mut shape = self.window().size.to_vec();
                shape.extend([channels / self.groups, self.filters]);
                let order = <$size as crate::layers::extent::Extent<$num_axes>>::KERNEL_ORDER;
                let kernel = self.weights.spec("kernel", shape);
                let kernel = kernel.stored(crate::layers::Storage::Permuted(order));
                let bias = self.weights.spec("bias", vec![self.filters]);
                [kernel]
                    .into_iter()
                    .chain(self.use_bias.then_some(bias))
                    .collect()
            }

            fn from_spec(
                spec: &firebrick_spec::Spec,
                thing: &str,
            ) -> Result<Self, firebrick_spec::SpecError> {
                crate::layers::layer_weights::LayerWeights::read(spec, thing, |layer: &mut Self| {
                    &mut layer.weights
                })
            }

            fn argument_names() -> Vec<String> {
                crate::layers::layer_weights::LayerWeights::<Self>::argument_names(&[
                    "filters",
                    "kernel_size",
                    "strides",
                    "padding",
                    "dilation_rate",
                    "groups",
                    "activation",
                    "use_bias",
                ])
            }

            fn weight_arguments(&self) -> &[crate::layers::WeightArguments] {
                self.weights.arguments()
            }

            fn build(&self, _: &[usize], weights: &mut crate::layers::Weights) -> $built {
                $built {
                    kernel: weights.next(),
                    bias: weights.next_if(self.use_bias),
                    layer: self.clone(),
                }
            }
        }

        #[doc = concat!("A [`", stringify!($layer), "`] layer with its weights.")]
        #[derive(burn::module::Module, Debug)]
        pub(crate) struct $built {
            /// `[filters, channels / groups, kernel_size...]`
            kernel: burn::module::Param<burn::tensor::Tensor<$rank>>,
            bias: Option<burn::module::Param<burn::tensor::Tensor<1>>>,
            #[module(skip)]
            layer: $layer,
        }

        impl crate::layers::Apply for $built {
            fn forward(
                &self,
                x: firebrick_tensor::AnyTensor,
                _: crate::mode::Mode,
            ) -> firebrick_tensor::AnyTensor {
                let x = x.expect_channels_first::<$rank>();
                let window = self.layer.window();
                let options = burn::tensor::ops::ConvOptions::new_with_padding(
                    window.strides,
                    window.pads(crate::layers::extent::places(&x)),
                    window.dilation,
                    self.layer.groups,
                );
                let bias = self.bias.as_ref().map(burn::module::Param::val);
                let y = $convolve(x, self.kernel.val(), bias, options);
                self.layer
                    .activation
                    .activate(firebrick_tensor::AnyTensor::from_channels_first(y))
            }
        }
    };
}

pub(super) use convolution;

/// What decides the shape that leaves a convolution.
pub(super) struct Shapes<const N: usize> {
    pub(super) filters: usize,
    pub(super) groups: usize,
    pub(super) window: Window<N>,
    pub(super) activation: Activation,
}

impl<const N: usize> Shapes<N> {
    pub(super) fn output<S: Extent<N>>(&self, input: &[usize]) -> Result<Vec<usize>, LayerProblem> {
        let (places, channels) = S::split(input)?;
        check_positive("filters", self.filters)?;
        check_groups(self.groups, self.filters, channels)?;
        if N > 1 {
            check_not_causal(self.window.padding)?;
        }
        let mut shape = self.window.positions(places, "kernel_size")?.to_vec();
        shape.push(self.filters);
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
