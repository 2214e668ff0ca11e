use super::Recurrent;
use super::cell::{Before, Step};
use super::room::{ROOM, first};
use crate::kernel::Frozen;
use crate::tiles::{Panels, Start};

/// The way forward with weights that stay, which keeps nothing but the last states.
#[derive(Debug)]
pub(super) struct FrozenRecurrent {
    kernel: Recurrent,
    inputs: Panels,
    recurrent: [Panels; 2],
    biases: [Option<Vec<f32>>; 2],
}

impl FrozenRecurrent {
    pub(super) fn new(kernel: Recurrent, weights: &[&[f32]]) -> Self {
        let (mut inputs, mut recurrent) = (Panels::default(), <[Panels; 2]>::default());
        let width = kernel.width();
        inputs.lay_out(weights[0], width, 0..width);
        let cell = kernel.kind.cell();
        cell.lay_out(weights[1], kernel.units, &mut recurrent);
        let biases = kernel.biases(weights);
        Self {
            inputs,
            recurrent,
            biases: biases.map(|bias| bias.map(<[f32]>::to_vec)),
            kernel,
        }
    }
}

impl Frozen for FrozenRecurrent {
    fn forward(&self, inputs: &[&[f32]], output: &mut [f32]) {
        let Recurrent {
            kind,
            flow,
            features,
            units,
            ..
        } = &self.kernel;
        let cell = kind.cell();
        let (given, mask) = self.kernel.given(inputs);
        let rows = output.len() / flow.output_len();
        let state_len = rows * units;
        let extra_len = cell.extra() * state_len;
        let [bias, inner_bias] = self.biases.each_ref().map(Option::as_deref);
        let mut room = ROOM.take();
        let x = first(&mut room.inputs, rows * features);
        let sums = first(&mut room.sums, rows * self.kernel.width());
        let states = first(&mut room.states, 2 * (state_len + extra_len));
        let (mut now, mut before) = states.split_at_mut(state_len + extra_len);
        for step in 0..flow.steps {
            flow.take(inputs[0], step, x, *features);
            self.inputs
                .sums(x, bias.map_or(Start::Zero, Start::Row), sums);
            let before_it = match step {
                0 => given,
                _ => Some(Before {
                    h: &before[..state_len],
                    extra: &before[state_len..],
                }),
            };
            let (h, extra) = now.split_at_mut(state_len);
            cell.forward(Step {
                units: *units,
                recurrent: &self.recurrent,
                inner_bias,
                before: before_it,
                sums,
                h,
                extra,
                room: &mut room.inner,
            });
            self.kernel.keep(mask, step, before_it, (h, extra));
            flow.give(mask, step, h, output);
            if step + 1 == flow.steps {
                flow.give_states(h, extra, output);
            }
            std::mem::swap(&mut now, &mut before);
        }
        ROOM.set(room);
    }
}
