//! Global poolings: of all places of a channel one number is left.

use burn::tensor::Tensor;
use firebrick_tensor::AnyTensor;

use super::extent::Extent;
use crate::layer_problem::LayerProblem;

/// Writes a global pooling out: `Name<N>(size): function of [batch_size, channels, places] that leaves one place`.
macro_rules! global_pooling {
    (
        $(#[$meaning:meta])*
        pub struct $layer:ident<$num_axes:literal>($size:ty): $pool:expr;

        $(#[$new:meta])*
        pub fn new() -> Self;
    ) => {
        $(#[$meaning])*
        #[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct $layer {
            #[serde(default)]
            keepdims: bool,
        }

        impl $layer {
            $(#[$new])*
            pub fn new() -> Self {
                Self::default()
            }

            /// Keeps the axes, with a size of 1.
            #[must_use = "returns the changed layer"]
            pub fn keep_dims(mut self) -> Self {
                self.keepdims = true;
                self
            }
        }

        impl crate::layers::Describe for $layer {
            type Built = crate::layers::Weightless<Self>;

            fn output_shape(
                &self,
                input: &[usize],
            ) -> Result<Vec<usize>, crate::layers::LayerProblem> {
                let kept = if self.keepdims { $num_axes } else { 0 };
                crate::layers::global_pooling::pooled_shape::<$size, $num_axes>(kept, input)
            }

            fn build(
                &self,
                _: &[usize],
                _: &mut crate::layers::Weights,
            ) -> crate::layers::Weightless<Self> {
                crate::layers::Weightless {
                    layer: self.clone(),
                }
            }
        }

        impl crate::layers::Apply for crate::layers::Weightless<$layer> {
            fn forward(
                &self,
                x: firebrick_tensor::AnyTensor,
                _: crate::mode::Mode,
            ) -> firebrick_tensor::AnyTensor {
                let kept = if self.layer.keepdims { $num_axes } else { 0 };
                crate::layers::global_pooling::pooled::<$size, $num_axes>(x, kept, $pool)
            }
        }
    };
}

pub(super) use global_pooling;

/// What is left of an input: its channels, after so many axes of 1.
pub(super) fn pooled_shape<S: Extent<N>, const N: usize>(
    kept: usize,
    input: &[usize],
) -> Result<Vec<usize>, LayerProblem> {
    let (_, channels) = S::split(input)?;
    let mut shape = vec![1; kept];
    shape.push(channels);
    Ok(shape)
}

/// The same of a batch.
pub(super) fn pooled<S: Extent<N>, const N: usize>(
    x: AnyTensor,
    kept: usize,
    pool: impl Fn(Tensor<3>) -> Tensor<3>,
) -> AnyTensor {
    let x = S::by_place(x);
    let [batch_size, channels, _] = x.dims();
    let y = pool(x).reshape([batch_size, channels]);
    let mut shape = vec![1; kept + 2];
    shape[0] = batch_size;
    shape[kept + 1] = channels;
    AnyTensor::from(y).reshaped(&shape)
}
