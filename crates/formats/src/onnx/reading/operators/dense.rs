//! Products with a kernel: `Gemm`, and `MatMul` with the `Add` after it.

use firebrick_model::WeightValue;
use serde_json::json;

use super::bias::bias_after;
use crate::error::FormatProblem;
use crate::onnx::reading::layers::Described;
use crate::onnx::reading::node_call::{Given, NodeCall};
use crate::onnx::reading::value::Value;

/// `alpha · x · kernel + beta · bias`
pub(in super::super) fn gemm(call: &mut NodeCall<'_, '_>) -> Given {
    let (alpha, beta) = (call.float("alpha", 1.0)?, call.float("beta", 1.0)?);
    if call.int("transA", 0)? != 0 {
        return Err(call.refused_attribute(
            "transA",
            "is not 0: samples are expected along the first axis; transpose before",
        ));
    }
    let is_turned = call.int("transB", 0)? != 0;
    let x = call.value(0)?;
    if x.rank() != 2 {
        return Err(call.refused(format!("its input has {} axes, expected 2", x.rank())));
    }
    let kernel = matrix(call)?;
    let kernel = if is_turned {
        kernel.transposed(&[1, 0])?
    } else {
        kernel
    };
    let units = kernel.shape()[1];
    let bias = match call.find_weight(2)? {
        Some(bias) if bias.values().len() == units => Some(bias.into_values()),
        Some(bias) if bias.values().len() == 1 => Some(vec![bias.values()[0]; units]),
        Some(bias) => {
            return Err(call.refused(format!(
                "its bias has the shape {:?}, expected [{units}]",
                bias.shape()
            )));
        }
        None => None,
    };
    let source = format!(
        "{} {is_turned} {} {alpha} {beta}",
        call.input_name(1),
        call.input_name(2)
    );
    let bias = bias.map(|bias| times(bias, beta));
    let kernel = WeightValue::new(kernel.shape().to_vec(), times(kernel.into_values(), alpha))?;
    dense(call, &x, kernel, bias, source)
}

/// `x · kernel`, with the bias that is added next.
pub(in super::super) fn product(call: &mut NodeCall<'_, '_>) -> Given {
    let x = call.value(0)?;
    let kernel = matrix(call)?;
    let units = kernel.shape()[1];
    let rank = x.rank();
    let bias = bias_after(call, rank - 1, rank, units)?;
    let (bias, from) = bias.unzip();
    let source = format!("{} {}", call.input_name(1), from.unwrap_or_default());
    dense(call, &x, kernel, bias, source)
}

fn matrix(call: &mut NodeCall<'_, '_>) -> Result<WeightValue, FormatProblem> {
    let kernel = call.weight(1)?;
    if kernel.shape().len() != 2 {
        return Err(call.refused(format!(
            "its kernel has the shape {:?}, expected two axes; products of other shapes are not taken over",
            kernel.shape()
        )));
    }
    Ok(kernel)
}

fn times(values: Vec<f32>, factor: f32) -> Vec<f32> {
    values.into_iter().map(|value| value * factor).collect()
}

/// The layer, whose kernel has its rows in our order where the file's tensor was made flat.
fn dense(
    call: &mut NodeCall<'_, '_>,
    x: &Value,
    kernel: WeightValue,
    bias: Option<Vec<f32>>,
    source: String,
) -> Given {
    let [features, units] = kernel.shape() else {
        return Err(call.refused("its kernel has not two axes"));
    };
    let (features, units) = (*features, *units);
    let own = if x.is_flat {
        call.flat(x)?
    } else {
        call.features_last(x)?
    };
    let arriving = own.shape.last();
    if arriving != Some(features) {
        return Err(call.refused(format!(
            "its kernel is for {features} numbers, its input has the shape {}; export with the input's own size",
            own.shape
        )));
    }
    let (kernel, source) = if x.is_flat {
        (
            rows_as_here(x, kernel)?,
            format!("{source} {:?} {}", x.order, x.shape),
        )
    } else {
        (kernel, source)
    };
    let mut weights = vec![("kernel".to_owned(), kernel)];
    let use_bias = bias.is_some();
    if let Some(bias) = bias {
        weights.push(("bias".to_owned(), WeightValue::new([units], bias)?));
    }
    let described = Described {
        class_name: "Dense".to_owned(),
        config: json!({"units": units, "use_bias": use_bias}),
        weights,
        name: call.name_after(call.input_name(1)),
        source,
    };
    Ok(vec![call.one(described, &own)?.into()])
}

/// The rows of a kernel, which are in the order of the file's axes, in the order of ours.
fn rows_as_here(x: &Value, kernel: WeightValue) -> Result<WeightValue, FormatProblem> {
    let sizes = x.axes();
    let sizes: Vec<usize> = sizes[1..]
        .iter()
        .filter_map(|size| usize::try_from(size.known()?).ok())
        .collect();
    let [features, units] = kernel.shape() else {
        return Ok(kernel);
    };
    let (features, units) = (*features, *units);
    let apart = WeightValue::new([&sizes[..], &[units]].concat(), kernel.into_values())?;
    let order: Vec<usize> = x.order[1..]
        .iter()
        .map(|axis| axis - 1)
        .chain([sizes.len()])
        .collect();
    Ok(WeightValue::new(
        [features, units],
        apart.transposed(&order)?.into_values(),
    )?)
}
