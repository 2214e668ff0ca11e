//! Steps that do not count, before a recurrent layer.
//!
//! Operators of ONNX know how many steps a sample has, not which. The steps that count are brought to the front, run as a
//! sequence of their own, and what leaves each is put back to where it was.

use super::super::attribute::{int, whole};
use super::super::layer_call::LayerCall;
use super::super::proto::{INT32, INT64};

/// The steps that count, one after the other.
pub(super) struct Steps {
    /// `[N, steps, features]`
    pub(super) values: String,
    /// How many there are, `[N]`.
    pub(super) lengths: String,
    mask: String,
    /// 1 for each step that counts, `[N, steps]`.
    counts: String,
    /// How many steps count up to each, itself included.
    sums: String,
}

impl Steps {
    pub(super) fn new(call: &mut LayerCall<'_>, x: &str, mask: &str) -> Self {
        let counts = call.operator("Cast", &[mask], vec![int("to", INT64.into())]);
        let axis = call.writer.int(1);
        let sums = call.plain("CumSum", &[&counts, &axis]);
        // Those that count come first, by their places.
        let num_steps = call.operator("Shape", &[mask], vec![int("start", 1), int("end", 2)]);
        let axes = call.writer.ints(&[0]);
        let end = call.plain("Squeeze", &[&num_steps, &axes]);
        let [start, step] = [0, 1].map(|number| call.writer.int(number));
        let places = call.plain("Range", &[&start, &end, &step]);
        let first = call.writer.int(whole(1 << 30));
        let keys = call.plain("Mul", &[&counts, &first]);
        let keys = call.plain("Sub", &[&keys, &places]);
        let sorted = call.operators("TopK", &[&keys, &num_steps], vec![int("axis", 1)], 2);
        let axes = call.writer.ints(&[1]);
        let lengths = vec![int("keepdims", 0)];
        let lengths = call.operator("ReduceSum", &[&counts, &axes], lengths);
        Self {
            values: taken(call, x, &sorted[1]),
            lengths: call.operator("Cast", &[&lengths], vec![int("to", INT32.into())]),
            mask: mask.to_owned(),
            counts,
            sums,
        }
    }

    /// What leaves each step, `[N, steps, units]`, at the places of the steps; between them what left the last one before.
    pub(super) fn restored(
        &self,
        call: &mut LayerCall<'_>,
        outputs: &str,
        goes_backwards: bool,
    ) -> String {
        let sides = if goes_backwards {
            [0, 0, 0, 0, 1, 0]
        } else {
            [0, 1, 0, 0, 0, 0]
        };
        // Before any step counts, the output is 0.
        let sides = call.writer.ints(&sides);
        let outputs = call.plain("Pad", &[outputs, &sides]);
        let places = if goes_backwards {
            call.plain("Sub", &[&self.sums, &self.counts])
        } else {
            self.sums.clone()
        };
        taken(call, &outputs, &places)
    }

    /// The same with 0 between the steps.
    pub(super) fn between_zeros(&self, call: &mut LayerCall<'_>, outputs: &str) -> String {
        let axis = call.writer.ints(&[2]);
        let counts = call.plain("Unsqueeze", &[&self.mask, &axis]);
        let zero = call.number(0.0);
        call.plain("Where", &[&counts, outputs, &zero])
    }
}

/// Steps of each sample by their places.
fn taken(call: &mut LayerCall<'_>, steps: &str, places: &str) -> String {
    let axis = call.writer.ints(&[2]);
    let places = call.plain("Unsqueeze", &[places, &axis]);
    call.operator("GatherND", &[steps, &places], vec![int("batch_dims", 1)])
}
