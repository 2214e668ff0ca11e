//! The layers of a [`Sequential`](crate::Sequential), with Keras' names, arguments and defaults.
//!
//! A module of its own, because some names (`Activation`, `Softmax`) mean a layer here and something
//! else outside.
//!
//! To add a layer: a file with its description (`Describe`) and its built form (`Apply`), its two
//! lines and its entry in `known_layers!` below.

mod activation;
mod argument_names;
mod average_pooling1d;
mod average_pooling2d;
mod batch_normalization;
mod checks;
mod conv1d;
mod conv2d;
mod convolution;
mod cropping2d;
mod dense;
mod describe;
mod dropout;
mod elu;
mod embedding;
mod extent;
mod flatten;
mod gaussian_noise;
mod global_average_pooling1d;
mod global_average_pooling2d;
mod global_max_pooling1d;
mod global_max_pooling2d;
mod global_pooling;
mod lambda;
mod layer_normalization;
mod layer_weights;
mod leaky_relu;
mod margins;
mod max_pooling1d;
mod max_pooling2d;
mod new_layer;
mod normalization;
mod permute;
mod pooling;
mod prelu;
mod relu;
mod repeat_vector;
mod rescaling;
mod reshape;
mod size;
mod softmax;
mod spatial_dropout2d;
mod text_form;
mod up_sampling2d;
mod weights;
mod window;
mod zero_padding2d;

use burn::module::Module;
use burn::tensor::Device;
use firebrick_spec::registry;
use serde::Serialize;

use crate::mode::Mode;
use firebrick_tensor::AnyTensor;

pub use crate::layer_problem::LayerProblem;
pub use activation::Activation;
pub use average_pooling1d::AveragePooling1D;
pub use average_pooling2d::AveragePooling2D;
pub use batch_normalization::BatchNormalization;
pub use conv1d::Conv1D;
pub use conv2d::Conv2D;
pub use cropping2d::Cropping2D;
pub use dense::Dense;
pub use dropout::Dropout;
pub use elu::ELU;
pub use embedding::Embedding;
pub use flatten::Flatten;
pub use gaussian_noise::GaussianNoise;
pub use global_average_pooling1d::GlobalAveragePooling1D;
pub use global_average_pooling2d::GlobalAveragePooling2D;
pub use global_max_pooling1d::GlobalMaxPooling1D;
pub use global_max_pooling2d::GlobalMaxPooling2D;
pub use lambda::Lambda;
pub use layer_normalization::LayerNormalization;
pub use leaky_relu::LeakyReLU;
pub use margins::Margins2D;
pub use max_pooling1d::MaxPooling1D;
pub use max_pooling2d::MaxPooling2D;
pub use new_layer::NewLayer;
pub use normalization::Normalization;
pub use permute::Permute;
pub use prelu::PReLU;
pub use relu::ReLU;
pub use repeat_vector::RepeatVector;
pub use rescaling::Rescaling;
pub use reshape::Reshape;
pub use size::Size2D;
pub use softmax::Softmax;
pub use spatial_dropout2d::SpatialDropout2D;
pub use up_sampling2d::{Interpolation, UpSampling2D};
pub use weights::WeightSpec;
pub use window::Padding;
pub use zero_padding2d::ZeroPadding2D;

pub(crate) use describe::{Apply, Describe, Weightless};
pub(crate) use layer_weights::WeightArguments;
pub(crate) use normalization::Moments;
pub(crate) use weights::{Storage, Weights};

/// Writes the enums of all layers, described and built, and what has to know every one of them.
macro_rules! known_layers {
    ($($layer:ident),+ $(,)?) => {
        registry! {
            /// The description of any layer.
            ///
            /// ```
            /// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
            /// use firebrick::layers::{Conv2D, Layer};
            ///
            /// let layer = Layer::from(Conv2D::new(8, 3));
            /// assert_eq!((layer.class_name(), layer.default_name()), ("Conv2D", "conv2d".to_owned()));
            /// assert_eq!(layer.output_shape(&[28, 28, 1])?, [26, 26, 8]);
            /// # Ok::<(), firebrick::layers::LayerProblem>(())
            /// ```
            #[derive(Clone, Debug, PartialEq, Serialize)]
            #[serde(tag = "class_name", content = "config")]
            #[non_exhaustive]
            #[allow(
                clippy::upper_case_acronyms,
                reason = "the names of the layers are Keras'"
            )]
            pub enum Layer: "layer", each_layer => NewLayer; through Describe {
                $(
                    #[doc = concat!("[`", stringify!($layer), "`]")]
                    $layer: stringify!($layer);
                )+
            }
        }

        /// Any layer with its weights.
        #[derive(Module, Debug)]
        #[allow(
            clippy::upper_case_acronyms,
            reason = "the names of the layers are Keras'"
        )]
        pub(crate) enum BuiltLayer {
            $($layer(<$layer as Describe>::Built),)+
        }

        impl Layer {
            pub(crate) fn build(&self, input: &[usize], weights: &mut Weights) -> BuiltLayer {
                match self {
                    $(Self::$layer(layer) => BuiltLayer::$layer(layer.build(input, weights)),)+
                }
            }
        }

        impl BuiltLayer {
            pub(crate) fn forward(&self, x: AnyTensor, mode: Mode) -> AnyTensor {
                match self {
                    $(Self::$layer(layer) => layer.forward(x, mode),)+
                }
            }

            pub(crate) fn run(&self, x: AnyTensor, mode: Mode) -> Result<AnyTensor, LayerProblem> {
                match self {
                    $(Self::$layer(layer) => layer.run(x, mode),)+
                }
            }

            pub(crate) fn check(&self, x: &AnyTensor) -> Result<(), LayerProblem> {
                match self {
                    $(Self::$layer(layer) => layer.check(x),)+
                }
            }

            pub(crate) fn frozen(self) -> Self {
                match self {
                    $(Self::$layer(layer) => Self::$layer(layer.frozen()),)+
                }
            }

            pub(crate) fn thawed(self) -> Self {
                match self {
                    $(Self::$layer(layer) => Self::$layer(layer.thawed()),)+
                }
            }

            pub(crate) fn unshared(self) -> Self {
                match self {
                    $(Self::$layer(layer) => Self::$layer(layer.unshared()),)+
                }
            }

            pub(crate) fn last_activation(&self) -> crate::activation::Activation {
                match self {
                    $(Self::$layer(layer) => layer.last_activation(),)+
                }
            }

            pub(crate) fn forward_linear(&self, x: AnyTensor, mode: Mode) -> AnyTensor {
                match self {
                    $(Self::$layer(layer) => layer.forward_linear(x, mode),)+
                }
            }
        }

        $(
            impl $layer {
                /// Gives the layer a name of your own.
                pub fn named(self, name: impl Into<String>) -> NewLayer {
                    NewLayer::from(self).named(name)
                }

                /// Keeps training from moving the layer's weights, as Keras' `trainable=False`.
                pub fn frozen(self) -> NewLayer {
                    NewLayer::from(self).frozen()
                }
            }
        )+
    };
}

// The list: a new layer is a file of its own and its name here.
known_layers!(
    Activation,
    AveragePooling1D,
    AveragePooling2D,
    BatchNormalization,
    Conv1D,
    Conv2D,
    Cropping2D,
    Dense,
    Dropout,
    ELU,
    Embedding,
    Flatten,
    GaussianNoise,
    GlobalAveragePooling1D,
    GlobalAveragePooling2D,
    GlobalMaxPooling1D,
    GlobalMaxPooling2D,
    Lambda,
    LayerNormalization,
    LeakyReLU,
    MaxPooling1D,
    MaxPooling2D,
    Normalization,
    PReLU,
    Permute,
    ReLU,
    RepeatVector,
    Rescaling,
    Reshape,
    Softmax,
    SpatialDropout2D,
    UpSampling2D,
    ZeroPadding2D,
);

impl Layer {
    /// Keras' names of all layers.
    pub const CLASS_NAMES: &'static [&'static str] = Self::NAMES;

    /// Keras' name of the layer, e.g. `Conv2D`.
    pub fn class_name(&self) -> &'static str {
        self.listed_name()
    }

    /// The shape that leaves the layer when `input` enters it, both without the batch axis
    /// and with the channels last.
    ///
    /// # Errors
    /// An input that does not fit, or an argument out of range.
    pub fn output_shape(&self, input: &[usize]) -> Result<Vec<usize>, LayerProblem> {
        each_layer!(self, layer => layer.output_shape(input))
    }

    /// The weights of a layer that `input` can enter.
    pub(crate) fn weights(&self, input: &[usize]) -> Vec<WeightSpec> {
        each_layer!(self, layer => layer.weights(input))
    }

    pub(crate) fn weight_arguments(&self) -> &[WeightArguments] {
        each_layer!(self, layer => layer.weight_arguments())
    }

    pub(crate) fn probe(&self, input: &[usize], device: &Device) -> Result<(), LayerProblem> {
        each_layer!(self, layer => layer.probe(input, device))
    }

    /// The name that the first layer of its kind has in a network, e.g. `max_pooling2d`.
    pub fn default_name(&self) -> String {
        firebrick_spec::snake_case(self.class_name())
    }
}

// Defaults that several descriptions share.

fn linear_activation() -> crate::activation::Activation {
    crate::activation::Activation::Linear
}

fn yes() -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_keras_gives() {
        for (layer, name) in [
            (Layer::from(Conv2D::new(1, 1)), "conv2d"),
            (MaxPooling2D::new(2).into(), "max_pooling2d"),
            (
                GlobalAveragePooling1D::new().into(),
                "global_average_pooling1d",
            ),
            (BatchNormalization::new().into(), "batch_normalization"),
            (ReLU::new().into(), "re_lu"),
            (LeakyReLU::new().into(), "leaky_re_lu"),
            (PReLU::new().into(), "p_re_lu"),
            (ELU::new().into(), "elu"),
            (UpSampling2D::new(2).into(), "up_sampling2d"),
            (ZeroPadding2D::new(1).into(), "zero_padding2d"),
            (RepeatVector::new(2).into(), "repeat_vector"),
        ] {
            assert_eq!(layer.default_name(), name);
        }
    }
}
