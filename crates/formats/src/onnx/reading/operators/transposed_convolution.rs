//! `ConvTranspose`: every element lays down a window, and where windows overlap they add up.

use firebrick_model::layers::{Padding, TransposedFit};
use serde_json::{Value as Json, json};

use super::convolution::bias_of;
use super::window::{Sides, Window, sizes};
use crate::error::FormatProblem;
use crate::onnx::reading::layers::Described;
use crate::onnx::reading::node_call::{Given, NodeCall};
use crate::onnx::reading::value::Value;

pub(in super::super) fn transposed(call: &mut NodeCall<'_, '_>) -> Given {
    let x = call.value(0)?;
    let x = call.channels_last(&x)?;
    let num_axes = x.rank() - 2;
    let kernel = call.weight(1)?;
    let (filters, size) = match kernel.shape() {
        [_, filters, size @ ..]
            if size.len() == num_axes && kernel.shape().iter().all(|size| *size > 0) =>
        {
            (*filters, size.to_vec())
        }
        shape => {
            return Err(call.refused(format!(
                "its kernel has the shape {shape:?}, expected channels, filters and {num_axes} sizes"
            )));
        }
    };
    if call.int("group", 1)? != 1 {
        return Err(call.refused_attribute(
            "group",
            "is not 1, for which there is no layer; take groups apart",
        ));
    }
    if call.ints("output_shape").is_some() {
        return Err(call.refused_attribute(
            "output_shape",
            "is not taken over; export with `pads` and `output_padding`",
        ));
    }
    let window = Window::of(call, num_axes, Some(&size))?;
    let added = match call.ints("output_padding") {
        Some(added) => sizes(call, "output_padding", added, num_axes, 0)?,
        None => vec![0; num_axes],
    };
    let Sides::Each(sides) = window.sides(call, &vec![None; num_axes])? else {
        return Err(call.refused_attribute(
            "auto_pad",
            "is SAME_UPPER, which is not taken over; export with `pads`",
        ));
    };
    let (bias, from) = bias_of(call, &x, filters)?;
    let fit = Fit::of(&window, &sides, &added);
    // Filters and channels have changed places in Keras' kernel.
    let order: Vec<usize> = (2..num_axes + 2).chain([1, 0]).collect();
    let mut weights = vec![("kernel".to_owned(), kernel.transposed(&order)?)];
    let mut config = json!({
        "filters": filters,
        "kernel_size": window.size,
        "strides": window.strides,
        "dilation_rate": window.dilation,
        "padding": fit.padding,
        "use_bias": bias.is_some(),
    });
    if let Some(added) = &fit.added {
        config["output_padding"] = json!(added);
    }
    weights.extend(bias.map(|bias| ("bias".to_owned(), bias)));
    let described = Described {
        class_name: format!("Conv{num_axes}DTranspose"),
        config,
        weights,
        name: call.name_after(call.input_name(1)),
        source: format!("{} {from}", call.input_name(1)),
    };
    let y = call.one(described, &x)?;
    Ok(vec![fit.cropped(call, y)?.into()])
}

/// How Keras says what is cut from and added to the places that windows reach.
struct Fit {
    padding: &'static str,
    added: Option<Vec<usize>>,
    cropping: Vec<[usize; 2]>,
}

impl Fit {
    fn of(window: &Window, sides: &[[usize; 2]], added: &[usize]) -> Self {
        let axes = 0..sides.len();
        let is_same = |output_padding: Option<&[usize]>| {
            axes.clone().all(|axis| {
                let own = output_padding.map(|added| added[axis]);
                let fit =
                    TransposedFit::new(window.span(axis), window.strides[axis], Padding::Same, own);
                let wanted = (sides[axis][0], sides[axis][1], added[axis]);
                (fit.start, fit.end, fit.added) == wanted
            })
        };
        let same = |added| Self {
            padding: "same",
            added,
            cropping: Vec::new(),
        };
        if is_same(None) {
            return same(None);
        }
        if let Some(most) = window.strides.iter().min() {
            for one in 0..(*most).min(16) {
                let all = vec![one; sides.len()];
                if is_same(Some(&all)) {
                    return same(Some(all));
                }
            }
        }
        // All that windows reach, then without what is too much.
        let all = axes.map(|axis| (added[axis].saturating_sub(sides[axis][1]), axis));
        let (added, cropping) = all
            .map(|(more, axis)| {
                (
                    more,
                    [sides[axis][0], sides[axis][1].saturating_sub(added[axis])],
                )
            })
            .unzip();
        Self {
            padding: "valid",
            added: Some(added),
            cropping,
        }
    }

    fn cropped(&self, call: &mut NodeCall<'_, '_>, y: Value) -> Result<Value, FormatProblem> {
        if self.cropping.iter().all(|sides| *sides == [0, 0]) {
            return Ok(y);
        }
        let class_name = format!("Cropping{}D", self.cropping.len());
        let cropping: Json = match &self.cropping[..] {
            [sides] => json!(sides),
            sides => json!(sides),
        };
        call.plain(&class_name, json!({"cropping": cropping}), &y)
    }
}
