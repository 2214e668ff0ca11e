//! Which pairs of steps count in an attention.

use super::super::attribute::{int, tensor};
use super::super::layer_call::LayerCall;
use super::super::proto::BOOL;

/// What is put in the place of a score that does not count.
pub(super) const PADDING_SCORE: f64 = -1e9;

/// How far steps see.
pub(super) struct Sight {
    pub(super) is_causal: bool,
    /// How many steps ahead and back, if not all.
    pub(super) window: Option<i64>,
}

impl Sight {
    /// Whether queries see keys, `[queries, keys]`, by the scores `[..., queries, keys]` of so many axes.
    pub(super) fn masks(&self, call: &mut LayerCall<'_>, scores: &str, rank: i64) -> Vec<String> {
        let mut masks = Vec::new();
        if !self.is_causal && self.window.is_none() {
            return masks;
        }
        let bounds = vec![int("start", rank - 2), int("end", rank)];
        let sizes = call.operator("Shape", &[scores], bounds);
        let ones = call.operator("ConstantOfShape", &[&sizes], vec![tensor("value", 1.0)]);
        let mut below = |place: i64, is_upper: i64| {
            let place = call.writer.int(place);
            let kept = call.operator("Trilu", &[&ones, &place], vec![int("upper", is_upper)]);
            call.operator("Cast", &[&kept], vec![int("to", BOOL.into())])
        };
        if self.is_causal {
            masks.push(below(0, 0));
        }
        if let Some(window) = self.window {
            masks.push(below(window - 1, 0));
            masks.push(below(1 - window, 1));
        }
        masks
    }
}

/// One mask that counts where all do.
pub(super) fn joined(call: &mut LayerCall<'_>, masks: Vec<String>) -> Option<String> {
    let mut masks = masks.into_iter();
    let first = masks.next()?;
    Some(masks.fold(first, |one, other| call.plain("And", &[&one, &other])))
}

/// Shares of the values by scores, of which those outside of a mask do not count.
pub(super) fn weights(call: &mut LayerCall<'_>, scores: &str, mask: Option<&str>) -> String {
    let axis = vec![int("axis", -1)];
    match mask {
        None => call.operator("Softmax", &[scores], axis),
        Some(mask) => {
            let padding = call.number(PADDING_SCORE);
            let scores = call.plain("Where", &[mask, scores, &padding]);
            call.operator("Softmax", &[&scores], axis)
        }
    }
}
