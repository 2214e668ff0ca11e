//! Poolings: windows side by side, each of which leaves one number a channel.

use super::extent::Extent;
use super::window::{Window, check_not_causal};
use crate::layer_problem::LayerProblem;

/// Writes a pooling out: `Name<N>(size, size as it is given): function of the batch and the window`.
macro_rules! pooling {
    (
        $(#[$meaning:meta])*
        pub struct $layer:ident<$num_axes:literal>($size:ty, $given:ty): $pool:ident;
    ) => {
        $(#[$meaning])*
        #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct $layer {
            #[serde(default = "crate::layers::extent::two")]
            pool_size: $size,
            #[serde(default)]
            strides: Option<$size>,
            #[serde(default)]
            padding: crate::layers::Padding,
        }

        impl $layer {
            /// Windows of `pool_size` (Keras' default is 2) side by side, without padding.
            pub fn new(pool_size: $given) -> Self {
                Self {
                    pool_size: pool_size.into(),
                    strides: None,
                    padding: crate::layers::Padding::Valid,
                }
            }

            /// Sets how far the window moves; as far as it is wide by default.
            #[must_use = "returns the changed layer"]
            pub fn with_strides(mut self, strides: $given) -> Self {
                self.strides = Some(strides.into());
                self
            }

            /// Sets what lies beyond the edges.
            #[must_use = "returns the changed layer"]
            pub fn with_padding(mut self, padding: crate::layers::Padding) -> Self {
                self.padding = padding;
                self
            }

            fn window(&self) -> crate::layers::window::Window<$num_axes> {
                crate::layers::window::Window {
                    size: crate::layers::extent::Extent::axes(self.pool_size),
                    strides: crate::layers::extent::Extent::axes(
                        self.strides.unwrap_or(self.pool_size),
                    ),
                    dilation: [1; $num_axes],
                    padding: self.padding,
                }
            }
        }

        impl Default for $layer {
            /// Windows of 2 along each axis.
            fn default() -> Self {
                Self::new(2)
            }
        }

        impl crate::layers::Describe for $layer {
            type Built = crate::layers::Weightless<Self>;

            fn output_shape(
                &self,
                input: &[usize],
            ) -> Result<Vec<usize>, crate::layers::LayerProblem> {
                crate::layers::pooling::pooled_shape::<$size, $num_axes>(self.window(), input)
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
                $pool(x, self.layer.window())
            }
        }
    };
}

pub(super) use pooling;

/// What a pooling leaves of an input.
pub(super) fn pooled_shape<S: Extent<N>, const N: usize>(
    window: Window<N>,
    input: &[usize],
) -> Result<Vec<usize>, LayerProblem> {
    let (places, channels) = S::split(input)?;
    check_not_causal(window.padding)?;
    let mut shape = window.positions(places, "pool_size")?.to_vec();
    shape.push(channels);
    Ok(shape)
}
