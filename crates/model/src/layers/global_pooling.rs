//! Global poolings: of all places of a channel one number is left.

use burn::tensor::{Bool, Tensor};
use firebrick_host::Window;
use firebrick_tensor::AnyTensor;

use super::extent::{by_place, places};
use crate::layer_problem::LayerProblem;
use crate::shape::Shape;

/// Writes a global pooling out: `Name<number of axes>: function of [batch_size, channels, places] and the mask that leaves
/// one place, kernel over plain memory`, and what the layer does with a mask, if it does not refuse one.
macro_rules! global_pooling {
    (
        $(#[$meaning:meta])*
        pub struct $layer:ident<$num_axes:literal>: $pool:expr, $kernel:ident $(, $masking:expr)?;

        $(#[$new:meta])*
        pub fn new() -> Self;
    ) => {
        $(#[$meaning])*
        #[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
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

            fn num_kept(&self) -> usize {
                if self.keepdims { $num_axes } else { 0 }
            }
        }

        impl $crate::layer::Layer for $layer {
            const CLASS_NAME: &'static str = stringify!($layer);

            fn output_shape(
                &self,
                input: &$crate::shape::Shape,
            ) -> Result<$crate::shape::Shape, $crate::layer_problem::LayerProblem> {
                $crate::layers::global_pooling::pooled_shape::<$num_axes>(self.num_kept(), input)
            }

            $(
                fn masking(&self) -> $crate::layer::Masking {
                    $masking
                }
            )?

            fn call(
                &self,
                inputs: $crate::signal::Signals,
                _: &$crate::layer::Call,
            ) -> Result<$crate::signal::Signals, $crate::layer_problem::LayerProblem> {
                let (x, mask) = inputs.into_one()?.into_parts();
                let pool = |x| $pool(x, mask);
                Ok($crate::layers::global_pooling::pooled(x, self.num_kept(), pool).into())
            }

            fn host_form(&self, inputs: &[$crate::shape::Shape]) -> Option<$crate::layer::HostForm> {
                let window = $crate::layers::global_pooling::one_window(&inputs[0])?;
                let kernel = firebrick_host::kernels::$kernel::new(window);
                Some($crate::layer::HostForm::of(kernel, []))
            }
        }
    };
}

pub(super) use global_pooling;

/// What is left of an input: its channels, after so many axes of 1.
pub(super) fn pooled_shape<const N: usize>(
    num_kept: usize,
    input: &Shape,
) -> Result<Shape, LayerProblem> {
    places::<N>(input)?;
    let kept = vec![Some(1); num_kept];
    Ok(kept.into_iter().chain([input.last()]).collect())
}

/// The same of a batch.
pub(super) fn pooled(
    x: AnyTensor,
    num_kept: usize,
    pool: impl FnOnce(Tensor<3>) -> Tensor<3>,
) -> AnyTensor {
    let x = by_place(x);
    let [batch_size, channels, _] = x.dims();
    let y = pool(x).reshape([batch_size, channels]);
    let mut shape = vec![1; num_kept + 2];
    shape[0] = batch_size;
    shape[num_kept + 1] = channels;
    AnyTensor::from(y).reshaped(&shape)
}

/// A window that sees all places, for plain memory.
pub(super) fn one_window(input: &Shape) -> Option<Window> {
    let (channels, len) = (input.last()?, input.num_elements()?);
    let places = len / channels.max(1);
    Some(Window {
        input: [1, places],
        channels,
        size: [1, places],
        strides: [1, 1],
        dilation: [1, 1],
        padding: [0, 0],
        output: [1, 1],
    })
}

/// The mean over the steps that count, `[batch_size, channels, 1]`.
pub(super) fn mean_of_steps(x: Tensor<3>, mask: Option<Tensor<2, Bool>>) -> Tensor<3> {
    let Some(mask) = mask else {
        return x.mean_dim(2);
    };
    let mask = mask.unsqueeze_dim::<3>(1);
    let count = mask.clone().float().sum_dim(2);
    let padding = mask.bool_not().expand(x.dims());
    x.mask_fill(padding, 0.0).sum_dim(2) / count
}
