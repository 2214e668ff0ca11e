//! Transposed convolutions: every element of the input lays down a window, and where windows overlap they add up.

use firebrick_model::Activation;
use firebrick_model::layers::Padding;
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

/// What is cut off at both ends of the windows that were laid down, and what is added at the end.
#[derive(Debug, PartialEq, Eq)]
struct Fit {
    start: usize,
    end: usize,
    added: usize,
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
    let fits: Vec<Fit> = (0..num_axes)
        .map(|axis| {
            let (span, stride) = (window.span(axis), window.strides[axis]);
            let added = added.as_ref().map(|added| added[axis]);
            fit(span, stride, arguments.padding, added)
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

/// Keras' sizes: along an axis, for a window of this span.
fn fit(span: usize, stride: usize, padding: Padding, output_padding: Option<usize>) -> Fit {
    if padding != Padding::Same {
        return Fit {
            start: 0,
            end: 0,
            added: output_padding.unwrap_or(stride.saturating_sub(span)),
        };
    }
    // The sum of what is put on both sides of the stretched input before the flipped window slides along it.
    let total = match output_padding {
        None => stride + span - 2,
        Some(added) => span + span % 2 - 2 + added,
    };
    let start = total.div_ceil(2).min(span - 1);
    let end = total - start;
    Fit {
        start: span - 1 - start,
        end: (span - 1).saturating_sub(end),
        added: end.saturating_sub(span - 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_those_of_keras() {
        // Span, stride, padding, output padding, size before and after.
        for (span, stride, padding, output_padding, before, after) in [
            (3, 2, Padding::Valid, None, 4, 9),
            (2, 3, Padding::Valid, None, 4, 12),
            (2, 3, Padding::Valid, Some(2), 4, 13),
            (3, 2, Padding::Same, None, 4, 8),
            (1, 3, Padding::Same, None, 4, 12),
            (3, 2, Padding::Same, Some(0), 4, 7),
            (4, 2, Padding::Same, Some(0), 4, 6),
            (4, 3, Padding::Same, Some(2), 4, 11),
        ] {
            let fit = fit(span, stride, padding, output_padding);
            let found = stride * (before - 1) + span + fit.added - fit.start - fit.end;
            assert_eq!(found, after, "{span} {stride} {padding:?}");
        }
    }
}
