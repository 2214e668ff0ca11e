//! Transposed convolutions: every element of the input lays down a window, and where windows overlap they add up.

use firebrick_model::Activation;
use firebrick_model::layers::{Padding, TransposedFit};
use serde::Deserialize;

use super::super::attribute::ints;
use super::super::layer_call::LayerCall;
use super::super::value::Value;
use super::convolution::{filters_first, finished};
use super::window::{Sizes, Window};
use crate::error::FormatProblem;

#[derive(Deserialize)]
struct Arguments {
    kernel_size: Sizes,
    strides: Sizes,
    padding: Padding,
    output_padding: Option<Sizes>,
    dilation_rate: Sizes,
    activation: Activation,
}

/// The layer of any number of axes.
pub(super) fn transposed(call: &mut LayerCall<'_>, x: &Value) -> Result<Value, FormatProblem> {
    let arguments: Arguments = call.arguments()?;
    let num_axes = x.places().len();
    let window = Window {
        size: arguments.kernel_size.along(num_axes),
        strides: arguments.strides.along(num_axes),
        dilation: arguments.dilation_rate.along(num_axes),
        padding: Padding::Valid,
    };
    let added = arguments.output_padding.map(|sizes| sizes.along(num_axes));
    let fits: Vec<TransposedFit> = (0..num_axes)
        .map(|axis| {
            let (span, stride) = (window.span(axis), window.strides[axis]);
            let added = added.as_ref().map(|added| added[axis]);
            TransposedFit::new(span, stride, arguments.padding, added)
        })
        .collect();
    // Filters and channels have changed places in Keras' kernel.
    let kernel = filters_first(call.weight("kernel")?)?;
    let kernel = call.initializer("kernel", &kernel);
    let bias = call.find_constant("bias");
    let mut attributes = window.attributes(x.places());
    let starts = fits.iter().map(|fit| fit.start);
    attributes.push(ints("pads", starts.chain(fits.iter().map(|fit| fit.end))));
    if fits.iter().any(|fit| fit.added > 0) {
        attributes.push(ints("output_padding", fits.iter().map(|fit| fit.added)));
    }
    let own = call.channels_first(x);
    let inputs: Vec<&str> = [own.as_str(), &kernel]
        .into_iter()
        .chain(bias.as_deref())
        .collect();
    let name = call.operator("ConvTranspose", &inputs, attributes);
    finished(call, arguments.activation, name)
}
