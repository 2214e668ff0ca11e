//! Poolings: windows side by side, each of which leaves one number a channel.

use burn::tensor::Tensor;
use firebrick_tensor::AnyTensor;

use super::extent::{places, with_places};
use super::window::{Window, check_not_causal};
use crate::layer_problem::LayerProblem;
use crate::shape::Shape;

/// Writes a pooling out: `Name<number of axes>: function of the batch and the window, kernel over plain memory`.
macro_rules! pooling {
    (
        $(#[$meaning:meta])*
        pub struct $layer:ident<$num_axes:literal>: $pool:ident, $kernel:ident;
    ) => {
        $(#[$meaning])*
        #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        pub struct $layer {
            #[serde(default = "crate::layers::extent::two")]
            pool_size: $crate::layers::size::Size<$num_axes>,
            #[serde(default)]
            strides: Option<$crate::layers::size::Size<$num_axes>>,
            #[serde(default)]
            padding: $crate::layers::window::Padding,
        }

        impl $layer {
            /// Windows of `pool_size` (Keras' default is 2) side by side, without padding.
            pub fn new(pool_size: impl Into<$crate::layers::size::Size<$num_axes>>) -> Self {
                Self {
                    pool_size: pool_size.into(),
                    strides: None,
                    padding: $crate::layers::window::Padding::Valid,
                }
            }

            /// Sets how far the window moves; as far as it is wide by default.
            #[must_use = "returns the changed layer"]
            pub fn with_strides(
                mut self,
                strides: impl Into<$crate::layers::size::Size<$num_axes>>,
            ) -> Self {
                self.strides = Some(strides.into());
                self
            }

            /// Sets what lies beyond the edges.
            #[must_use = "returns the changed layer"]
            pub fn with_padding(mut self, padding: $crate::layers::window::Padding) -> Self {
                self.padding = padding;
                self
            }

            fn window(&self) -> $crate::layers::window::Window<$num_axes> {
                $crate::layers::window::Window {
                    size: self.pool_size.axes(),
                    strides: self.strides.unwrap_or(self.pool_size).axes(),
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

        impl $crate::layer::Layer for $layer {
            const CLASS_NAME: &'static str = stringify!($layer);

            fn output_shape(
                &self,
                input: &$crate::shape::Shape,
            ) -> Result<$crate::shape::Shape, $crate::layer_problem::LayerProblem> {
                $crate::layers::pooling::pooled_shape(self.window(), input)
            }

            fn call(
                &self,
                inputs: $crate::signal::Signals,
                _: &$crate::layer::Call,
            ) -> Result<$crate::signal::Signals, $crate::layer_problem::LayerProblem> {
                Ok($pool(inputs.into_values()?, self.window()).into())
            }

            fn host_form(&self, inputs: &[$crate::shape::Shape]) -> Option<$crate::layer::HostForm> {
                let window = self.window().on_plane(&inputs[0])?;
                let kernel = firebrick_host::kernels::$kernel::new(window);
                Some($crate::layer::HostForm::of(kernel, []))
            }
        }
    };
}

pub(super) use pooling;

/// What a pooling leaves of an input.
pub(super) fn pooled_shape<const N: usize>(
    window: Window<N>,
    input: &Shape,
) -> Result<Shape, LayerProblem> {
    let places = places(input)?;
    check_not_causal(window.padding)?;
    Ok(with_places(input, window.positions(places, "pool_size")?))
}

/// Pools volumes, which Burn does not, by a pooling of images `(x, size, strides, pads)`: each plane, then along the depth.
pub(super) fn by_planes(
    x: AnyTensor,
    window: Window<3>,
    pool: impl Fn(Tensor<4>, [usize; 2], [usize; 2], [(usize, usize); 2]) -> Tensor<4>,
) -> AnyTensor {
    let x = x.expect_channels_first::<5>();
    let [batch_size, channels, depth, height, width] = x.dims();
    let [along_depth, rows, columns] = window.pads([depth, height, width]);
    let planes = x.reshape([batch_size, channels * depth, height, width]);
    let ([size, sizes @ ..], [stride, strides @ ..]) = (window.size, window.strides);
    let planes = pool(planes, sizes, strides, [rows, columns]);
    let [_, _, height, width] = planes.dims();
    let planes = planes.reshape([batch_size, channels, depth, height * width]);
    let pooled = pool(planes, [size, 1], [stride, 1], [along_depth, (0, 0)]);
    let depth = pooled.dims()[2];
    let y = pooled.reshape([batch_size, channels, depth, height, width]);
    AnyTensor::from_channels_first(y)
}
