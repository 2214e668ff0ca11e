//! Convolutions, whatever the number of axes that their window slides along.

use firebrick_model::layers::Padding;
use firebrick_model::{Activation, WeightValue};
use serde::Deserialize;

use super::super::attribute::{int, whole};
use super::super::layer_call::LayerCall;
use super::super::value::Value;
use super::activation::activated;
use super::window::{Sizes, Window};
use crate::error::FormatProblem;

#[derive(Deserialize)]
struct Arguments {
    kernel_size: Sizes,
    strides: Sizes,
    padding: Padding,
    dilation_rate: Sizes,
    #[serde(default = "one")]
    groups: usize,
    activation: Activation,
}

fn one() -> usize {
    1
}

impl Arguments {
    fn window(&self, num_axes: usize) -> Window {
        Window {
            size: self.kernel_size.along(num_axes),
            strides: self.strides.along(num_axes),
            dilation: self.dilation_rate.along(num_axes),
            padding: self.padding,
        }
    }
}

/// A convolution by its constants.
struct Convolution {
    kernel: String,
    bias: Option<String>,
    groups: usize,
    window: Window,
}

impl Convolution {
    fn of(self, call: &mut LayerCall<'_>, x: &str, places: &[Option<usize>]) -> String {
        let mut attributes = self.window.attributes(places);
        if self.groups != 1 {
            attributes.push(int("group", whole(self.groups)));
        }
        let inputs = [x, &self.kernel].into_iter().chain(self.bias.as_deref());
        let inputs: Vec<&str> = inputs.collect();
        call.operator("Conv", &inputs, attributes)
    }
}

/// Windows over all channels, or over those of a group.
pub(super) fn convolution(call: &mut LayerCall<'_>, x: &Value) -> Result<Value, FormatProblem> {
    let arguments: Arguments = call.arguments()?;
    let kernel = filters_first(call.weight("kernel")?)?;
    let convolution = Convolution {
        kernel: call.initializer("kernel", &kernel),
        bias: call.find_constant("bias"),
        groups: arguments.groups,
        window: arguments.window(x.places().len()),
    };
    let own = call.channels_first(x);
    let name = convolution.of(call, &own, x.places());
    finished(call, arguments.activation, name)
}

/// Windows over each channel by itself.
pub(super) fn depthwise(call: &mut LayerCall<'_>, x: &Value) -> Result<Value, FormatProblem> {
    let arguments: Arguments = call.arguments()?;
    let (kernel, channels) = one_channel_each(call.weight("kernel")?)?;
    let convolution = Convolution {
        kernel: call.initializer("kernel", &kernel),
        bias: call.find_constant("bias"),
        groups: channels,
        window: arguments.window(x.places().len()),
    };
    let own = call.channels_first(x);
    let name = convolution.of(call, &own, x.places());
    finished(call, arguments.activation, name)
}

/// Windows over each channel by itself, then mixtures of the channels of each place.
pub(super) fn separable(call: &mut LayerCall<'_>, x: &Value) -> Result<Value, FormatProblem> {
    let arguments: Arguments = call.arguments()?;
    let num_axes = x.places().len();
    let (kernel, channels) = one_channel_each(call.weight("depthwise_kernel")?)?;
    let depthwise = Convolution {
        kernel: call.initializer("depthwise_kernel", &kernel),
        bias: None,
        groups: channels,
        window: arguments.window(num_axes),
    };
    let own = call.channels_first(x);
    let own = depthwise.of(call, &own, x.places());
    let kernel = filters_first(call.weight("pointwise_kernel")?)?;
    let pointwise = Convolution {
        kernel: call.initializer("pointwise_kernel", &kernel),
        bias: call.find_constant("bias"),
        groups: 1,
        window: Window::of_single_places(num_axes),
    };
    let name = pointwise.of(call, &own, x.places());
    finished(call, arguments.activation, name)
}

/// A kernel `[size..., channels, filters]` as `[filters, channels, size...]`.
pub(super) fn filters_first(kernel: &WeightValue) -> Result<WeightValue, FormatProblem> {
    let num_axes = kernel.shape().len() - 2;
    let order = [num_axes + 1, num_axes].into_iter().chain(0..num_axes);
    Ok(kernel.transposed(&order.collect::<Vec<_>>())?)
}

/// A kernel `[size..., channels, multiplier]` as `[channels · multiplier, 1, size...]`, and the number of channels.
fn one_channel_each(kernel: &WeightValue) -> Result<(WeightValue, usize), FormatProblem> {
    let (size, channels) = kernel.shape().split_at(kernel.shape().len() - 2);
    let num_axes = size.len();
    let order = [num_axes, num_axes + 1].into_iter().chain(0..num_axes);
    let turned = kernel.transposed(&order.collect::<Vec<_>>())?;
    let shape = [&[channels[0] * channels[1], 1], size].concat();
    let kernel = WeightValue::new(shape, turned.into_values())?;
    Ok((kernel, channels[0]))
}

/// The layer's last function.
pub(super) fn finished(
    call: &mut LayerCall<'_>,
    activation: Activation,
    name: String,
) -> Result<Value, FormatProblem> {
    let mut shape = call.output_shape();
    if let (Activation::Glu, Some(channels)) = (activation, shape.last()) {
        shape = shape.with_last(2 * channels);
    }
    activated(call, activation, &Value::channels_first(name, shape))
}
