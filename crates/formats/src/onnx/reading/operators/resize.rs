//! `Resize` and `Upsample`: larger by whole factors.

use serde_json::json;

use crate::onnx::reading::node_call::{Given, NodeCall};
use crate::onnx::reading::sizes::Size;

const HOW: &str = "expected nearest of whole factors, or linear with half_pixel in pictures";

pub(in super::super) fn resize(call: &mut NodeCall<'_, '_>) -> Given {
    let mode = call.text("mode", "nearest")?;
    let transformation = call.text("coordinate_transformation_mode", "half_pixel")?;
    let rounding = call.text("nearest_mode", "round_prefer_floor")?;
    // Of cubic ones, and of what lies outside.
    let _ = (
        call.float("cubic_coeff_a", -0.75)?,
        call.float("extrapolation_value", 0.0)?,
        call.int("exclude_outside", 0)?,
    );
    let interpolation = match (mode.as_str(), transformation.as_str(), rounding.as_str()) {
        ("nearest", "asymmetric", "floor")
        | ("nearest", "half_pixel", "round_prefer_floor" | "round_prefer_ceil") => "nearest",
        ("nearest", _, _) if call.operator() == "Upsample" => "nearest",
        ("linear", "half_pixel", _) => "bilinear",
        _ => {
            return Err(call.refused_attribute(
                "mode",
                format!("is `{mode}` with `{transformation}` and `{rounding}`, {HOW}"),
            ));
        }
    };
    if call.int("antialias", 0)? != 0 {
        return Err(call.refused_attribute("antialias", "is 1, for which there is no layer"));
    }
    let policy = call.text("keep_aspect_ratio_policy", "stretch")?;
    if policy != "stretch" || call.ints("axes").is_some() {
        return Err(call.refused_attribute(
            "axes",
            "or `keep_aspect_ratio_policy` are not taken over; export with all axes",
        ));
    }
    let x = call.value(0)?;
    let x = call.channels_last(&x)?;
    let scales =
        match call.find_constant(if call.operator() == "Upsample" || call.import.opset < 11 {
            1
        } else {
            2
        })? {
            Some(scales) if scales.len() > 0 => scales
                .to_weight()
                .map(firebrick_model::WeightValue::into_values),
            _ => {
                let sizes = call
                    .find_sizes(3)?
                    .map(|sizes| sizes.all)
                    .unwrap_or_default();
                let own = x.sizes();
                let scale = |(own, wanted): (&Size, &Size)| match (own, wanted) {
                    (Size::Known(own), Size::Known(wanted)) if *own > 0 && wanted % own == 0 => {
                        u16::try_from(wanted / own).ok().map(f32::from)
                    }
                    (own, wanted) if own == wanted => Some(1.0),
                    _ => None,
                };
                own.iter().zip(&sizes).map(scale).collect()
            }
        };
    let scales = scales.filter(|scales| scales.len() == x.rank() && scales[..2] == [1.0, 1.0]);
    let factors = scales.and_then(|scales| {
        let whole = scales[2..].iter().map(|scale| {
            let is_whole = scale.fract() == 0.0 && (1.0..=4096.0).contains(scale);
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "it was looked at"
            )]
            is_whole.then_some(*scale as usize)
        });
        whole.collect::<Option<Vec<usize>>>()
    });
    let factors = factors.ok_or_else(|| {
        call.refused(format!(
            "its scales are not whole along the axes behind the channels, {HOW}"
        ))
    })?;
    let num_axes = factors.len();
    if interpolation == "bilinear" && num_axes != 2 {
        return Err(
            call.refused_attribute("mode", format!("is linear along {num_axes} axes, {HOW}"))
        );
    }
    let config = match &factors[..] {
        [factor] => json!({"size": factor}),
        _ if interpolation == "bilinear" => {
            json!({"size": factors, "interpolation": interpolation})
        }
        _ => json!({"size": factors}),
    };
    Ok(vec![
        call.plain(&format!("UpSampling{num_axes}D"), config, &x)?
            .into(),
    ])
}
