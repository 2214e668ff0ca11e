use std::ops::Range;

use super::Recurrent;
use super::cell::{BackStep, Before, Steps};
use super::room::{ROOM, Room, first};
use crate::kernel::{Backward, Fill, Gradient, Gradients};
use crate::row_sums::add_rows;
use crate::tiles::{Columns, Factors, Start, sums_of_rows};

/// Rows times steps whose gradients are summed at once, so that those of their sums stay in the cache.
const AT_ONCE: usize = 128;

/// Where gradients go; what is there is added to, but for the input's.
struct Places<'a> {
    kernel: Option<&'a mut [f32]>,
    recurrent: Option<&'a mut [f32]>,
    bias: Option<&'a mut [f32]>,
    input: Option<Gradient<'a>>,
}

/// What was kept, each step by step.
#[derive(Clone, Copy)]
struct Kept<'a> {
    gates: &'a [f32],
    states: &'a [f32],
    extras: &'a [f32],
}

/// Lengths of what a step has.
#[derive(Clone, Copy)]
struct Lens {
    sums: usize,
    state: usize,
    extra: usize,
    /// 0 where the state's part of the sums has no gradients of its own.
    inner: usize,
}

impl Recurrent {
    /// All gradients that are wanted, in one way back through the steps.
    pub(super) fn run_back(&self, call: &Backward<'_>, mut wanted: Gradients<'_>) {
        let mut places = Places {
            kernel: wanted.take_weight(0).map(Gradient::cleared),
            recurrent: wanted.take_weight(1).map(Gradient::cleared),
            bias: wanted.take_weight(2).map(Gradient::cleared),
            input: wanted.take_input(0),
        };
        let mut room = ROOM.take();
        self.lay_out_back(call, &places, &mut room);
        let state_len = call.rows * self.units;
        let mut by_states = std::mem::take(&mut room.states);
        let (by_h, rest) = first(&mut by_states, 3 * state_len).split_at_mut(state_len);
        let by_memory = &mut rest[..state_len];
        self.flow
            .take_states_back(call.output_gradient, by_h, by_memory);
        let at_once = (AT_ONCE / call.rows.max(1)).max(1);
        let mut end = self.flow.steps;
        while end > 0 {
            let steps = end.saturating_sub(at_once)..end;
            end = steps.start;
            self.steps_back(call, steps.clone(), &mut by_states, &mut room);
            self.add_gradients(call, steps, &mut places, &mut room);
        }
        self.give_states_back(&mut wanted, &by_states, state_len);
        room.states = by_states;
        ROOM.set(room);
    }

    /// The gradients of the states before the first step, as far as they are given and wanted, and none of the mask.
    fn give_states_back(&self, wanted: &mut Gradients<'_>, by_states: &[f32], len: usize) {
        if self.are_states_given {
            for (input, by) in (1..=self.num_states()).zip(by_states.chunks_exact(len)) {
                if let Some(gradient) = wanted.take_input(input) {
                    gradient.fill.put(gradient.values, by.iter().copied());
                }
            }
        }
        for mask in wanted.inputs.drain(..).flatten() {
            mask.cleared();
        }
    }

    fn lay_out_back(&self, call: &Backward<'_>, places: &Places<'_>, room: &mut Room) {
        let kind = self.kind.cell();
        kind.lay_out_turned(call.weights[1], self.units, &mut room.recurrent);
        if places.kernel.is_some() {
            self.by_step(call.inputs[0], call.rows, &mut room.inputs);
        }
        if places.input.is_some() {
            let width = self.width();
            room.kernel.lay_out_turned(call.weights[0], width, 0..width);
        }
    }

    fn lens(&self, rows: usize) -> Lens {
        let (cell, state) = (self.kind.cell(), rows * self.units);
        let sums = cell.gates() * state;
        Lens {
            sums,
            state,
            extra: cell.extra() * state,
            inner: if cell.has_inner() { sums } else { 0 },
        }
    }

    fn kept<'a>(&self, call: &Backward<'a>) -> Kept<'a> {
        let [gates_len, states_len, _] = self.kept_lens(call.rows);
        let (gates, rest) = call.kept.split_at(gates_len);
        let (states, extras) = rest.split_at(states_len);
        Kept {
            gates,
            states,
            extras,
        }
    }

    /// The gradients of the sums of these steps.
    fn steps_back(
        &self,
        call: &Backward<'_>,
        steps: Range<usize>,
        by_states: &mut [f32],
        room: &mut Room,
    ) {
        let (lens, kept) = (self.lens(call.rows), self.kept(call));
        let (given, mask) = self.given(call.inputs);
        let (by_h, rest) = by_states.split_at_mut(lens.state);
        let (by_memory, by_h_after) = rest.split_at_mut(lens.state);
        let by_sums = first(&mut room.sums, steps.len() * lens.sums);
        let by_inner = first(&mut room.inner_sums, steps.len() * lens.inner);
        for step in steps.clone().rev() {
            self.flow.take_back(mask, step, call.output_gradient, by_h);
            let place = step - steps.start;
            let own_sums = &mut by_sums[place * lens.sums..][..lens.sums];
            let own_inner = &mut by_inner[place * lens.inner..][..lens.inner];
            let has_padding = self.flow.padding(mask, step).next().is_some();
            let by_h_after = &mut by_h_after[..if has_padding { lens.state } else { 0 }];
            let memory_after = &mut room.by_inputs;
            if has_padding {
                by_h_after.copy_from_slice(by_h);
                first(memory_after, lens.state).copy_from_slice(by_memory);
            }
            self.kind.cell().back(BackStep {
                units: self.units,
                recurrent: &room.recurrent,
                before: match step.checked_sub(1) {
                    None => given,
                    Some(step) => Some(Before {
                        h: &kept.states[step * lens.state..][..lens.state],
                        extra: &kept.extras[step * lens.extra..][..lens.extra],
                    }),
                },
                gates: &kept.gates[step * lens.sums..][..lens.sums],
                extra: &kept.extras[step * lens.extra..][..lens.extra],
                by_h,
                by_memory,
                by_sums: own_sums,
                by_inner: own_inner,
                room: &mut room.inner,
            });
            for row in self.flow.padding(mask, step) {
                let own = row * self.units..(row + 1) * self.units;
                by_h[own.clone()].copy_from_slice(&by_h_after[own.clone()]);
                by_memory[own.clone()].copy_from_slice(&memory_after[own]);
                let width = self.width();
                own_sums[row * width..(row + 1) * width].fill(0.0);
                if let Some(inner) = own_inner.get_mut(row * width..(row + 1) * width) {
                    inner.fill(0.0);
                }
            }
        }
    }

    /// Adds what these steps have of each gradient.
    fn add_gradients(
        &self,
        call: &Backward<'_>,
        steps: Range<usize>,
        places: &mut Places<'_>,
        room: &mut Room,
    ) {
        let (lens, kept, width) = (self.lens(call.rows), self.kept(call), self.width());
        let by_sums = &room.sums[..steps.len() * lens.sums];
        let by_inner = &room.inner_sums[..steps.len() * lens.inner];
        if let Some(gradient) = &mut places.kernel {
            let step_len = call.rows * self.features;
            let factors = Factors::Columns(Columns {
                values: &room.inputs[steps.start * step_len..steps.end * step_len],
                width: self.features,
                first: 0,
            });
            sums_of_rows(factors, (by_sums, width), Start::Kept, gradient);
        }
        if let Some(gradient) = &mut places.recurrent {
            let (kind, first_step) = (self.kind.cell(), steps.start == 0);
            let mut add = |before: &[f32], steps: Range<usize>, skipped: usize| {
                let own = Steps {
                    units: self.units,
                    before,
                    extra: &kept.extras[steps.start * lens.extra..steps.end * lens.extra],
                    by_sums: &by_sums[skipped * lens.sums..][..steps.len() * lens.sums],
                    by_inner: &by_inner[skipped * lens.inner..][..steps.len() * lens.inner],
                };
                kind.add_recurrent_gradient(&own, gradient, &mut room.inner);
            };
            // Before the first step there is no state unless one is given.
            if let Some(given) = self.given(call.inputs).0.filter(|_| first_step) {
                add(given.h, 0..1, 0);
            }
            let later = steps.start.max(1)..steps.end;
            if !later.is_empty() {
                let before = (later.start - 1) * lens.state..(later.end - 1) * lens.state;
                let skipped = later.start - steps.start;
                add(&kept.states[before], later, skipped);
            }
        }
        if let Some(gradient) = &mut places.bias {
            let (bias, inner) = gradient.split_at_mut(width);
            add_rows(by_sums, bias, Fill::Add);
            if !inner.is_empty() {
                add_rows(by_inner, inner, Fill::Add);
            }
        }
        if let Some(gradient) = &mut places.input {
            let step_len = call.rows * self.features;
            let by_inputs = first(&mut room.by_inputs, steps.len() * step_len);
            room.kernel.sums(by_sums, Start::Zero, by_inputs);
            for (step, by_inputs) in steps.zip(by_inputs.chunks_exact(step_len)) {
                self.put_back(step, by_inputs, gradient);
            }
        }
    }

    /// Puts the gradient of a step's input where it belongs.
    fn put_back(&self, step: usize, by_inputs: &[f32], gradient: &mut Gradient<'_>) {
        let features = self.features;
        let start = self.flow.read(step) * features;
        let rows = gradient.values.chunks_exact_mut(self.flow.steps * features);
        for (row, by_inputs) in rows.zip(by_inputs.chunks_exact(features)) {
            let own = &mut row[start..start + features];
            gradient.fill.put(own, by_inputs.iter().copied());
        }
    }
}
