use super::Recurrent;
use super::cell::{Before, Step};
use super::room::{ROOM, Room, first};
use crate::kernel::Forward;
use crate::tiles::{Factors, Start, sums_of_rows};

impl Recurrent {
    /// All steps, with what the way back needs.
    pub(super) fn run(&self, call: Forward<'_>) {
        let mut room = ROOM.take();
        self.run_in(call, &mut room);
        ROOM.set(room);
    }

    fn run_in(&self, call: Forward<'_>, room: &mut Room) {
        let Forward {
            rows,
            inputs,
            weights,
            output,
            kept,
            ..
        } = call;
        let (kind, units) = (self.kind.cell(), self.units);
        let (given, mask) = self.given(inputs);
        let [bias, inner_bias] = self.biases(weights);
        let [gates_len, all_states, _] = self.kept_lens(rows);
        let (gates, rest) = kept.split_at_mut(gates_len);
        let (states, extras) = rest.split_at_mut(all_states);
        let x = self.by_step(inputs[0], rows, &mut room.inputs);
        let kernel = (weights[0], self.width());
        let start = bias.map_or(Start::Zero, Start::Row);
        sums_of_rows(Factors::Rows(x), kernel, start, gates);
        kind.lay_out(weights[1], units, &mut room.recurrent);
        let state_len = rows * units;
        let (sums_len, extra_len) = (kind.gates() * state_len, kind.extra() * state_len);
        for step in 0..self.flow.steps {
            let (before, h) = states.split_at_mut(step * state_len);
            let (extra_before, extra) = extras.split_at_mut(step * extra_len);
            let before = match step.checked_sub(1) {
                None => given,
                Some(step) => Some(Before {
                    h: &before[step * state_len..],
                    extra: &extra_before[step * extra_len..],
                }),
            };
            let (h, extra) = (&mut h[..state_len], &mut extra[..extra_len]);
            kind.forward(Step {
                units,
                recurrent: &room.recurrent,
                inner_bias,
                before,
                sums: &mut gates[step * sums_len..][..sums_len],
                h,
                extra,
                room: &mut room.inner,
            });
            self.keep(mask, step, before, (h, extra));
            self.flow.give(mask, step, h, output);
            if step + 1 == self.flow.steps {
                self.flow.give_states(h, extra, output);
            }
        }
    }

    /// What enters, step by step in the order in which the steps are taken.
    pub(super) fn by_step<'a>(
        &self,
        inputs: &[f32],
        rows: usize,
        room: &'a mut Vec<f32>,
    ) -> &'a [f32] {
        let taken = first(room, inputs.len());
        for (step, taken) in taken.chunks_exact_mut(rows * self.features).enumerate() {
            self.flow.take(inputs, step, taken, self.features);
        }
        taken
    }

    /// Leaves the states of rows as they were that a step does not count for.
    pub(super) fn keep(
        &self,
        mask: Option<&[f32]>,
        step: usize,
        before: Option<Before<'_>>,
        (h, extra): (&mut [f32], &mut [f32]),
    ) {
        let memory: &mut [f32] = if self.kind.cell().has_memory() {
            &mut extra[..h.len()]
        } else {
            &mut []
        };
        for row in self.flow.padding(mask, step) {
            let own = row * self.units..(row + 1) * self.units;
            let old = before.map(|before| (&before.h[own.clone()], before.extra));
            match old {
                Some((old, _)) => h[own.clone()].copy_from_slice(old),
                None => h[own.clone()].fill(0.0),
            }
            if let Some(memory) = memory.get_mut(own.clone()) {
                match old {
                    Some((_, extra)) => memory.copy_from_slice(&extra[own]),
                    None => memory.fill(0.0),
                }
            }
        }
    }
}
