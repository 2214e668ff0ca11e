use std::fmt;

use super::room::first;
use crate::tiles::{Columns, Factors, Panels, Start, sums_of_rows};

/// What happens at a step. Numbers lie row by row, those of a gate together.
pub(super) trait Cell: fmt::Debug + Send + Sync {
    /// Columns of the kernels for each unit.
    fn gates(&self) -> usize;

    /// Numbers of a unit that a step leaves beside `h`, for the next one or for the way back.
    fn extra(&self) -> usize {
        0
    }

    /// Whether the first of these is a state, which stays as it is where a step does not count.
    fn has_memory(&self) -> bool {
        false
    }

    /// Whether the state's part of the sums has gradients of its own.
    fn has_inner(&self) -> bool {
        false
    }

    /// Lays out the recurrent kernel for the way forward.
    fn lay_out(&self, recurrent: &[f32], units: usize, panels: &mut [Panels; 2]) {
        let width = self.gates() * units;
        panels[0].lay_out(recurrent, width, 0..width);
    }

    /// Lays it out for the way back.
    fn lay_out_turned(&self, recurrent: &[f32], units: usize, panels: &mut [Panels; 2]) {
        let width = self.gates() * units;
        panels[0].lay_out_turned(recurrent, width, 0..width);
    }

    /// Makes the gates and the states of the input's part of the sums.
    fn forward(&self, step: Step<'_>);

    /// Makes the gradients of the sums, and those of the states before the step of those after it; the latter are not
    /// needed before the first step.
    fn back(&self, step: BackStep<'_>);

    /// Adds the gradient of the recurrent kernel that several steps have.
    fn add_recurrent_gradient(
        &self,
        steps: &Steps<'_>,
        gradient: &mut [f32],
        _room: &mut Vec<f32>,
    ) {
        let sums = if self.has_inner() {
            steps.by_inner
        } else {
            steps.by_sums
        };
        steps.products(steps.before, sums, Start::Kept, gradient);
    }
}

/// The states before a step.
#[derive(Clone, Copy)]
pub(super) struct Before<'a> {
    pub(super) h: &'a [f32],
    pub(super) extra: &'a [f32],
}

/// The way forward.
pub(super) struct Step<'a> {
    pub(super) units: usize,
    pub(super) recurrent: &'a [Panels; 2],
    /// What is added to the state's part of the sums.
    pub(super) inner_bias: Option<&'a [f32]>,
    /// None at the first step.
    pub(super) before: Option<Before<'a>>,
    /// The input's part, which becomes the gates.
    pub(super) sums: &'a mut [f32],
    pub(super) h: &'a mut [f32],
    pub(super) extra: &'a mut [f32],
    pub(super) room: &'a mut Vec<f32>,
}

/// The way back.
pub(super) struct BackStep<'a> {
    pub(super) units: usize,
    /// Turned.
    pub(super) recurrent: &'a [Panels; 2],
    /// None at the first step.
    pub(super) before: Option<Before<'a>>,
    pub(super) gates: &'a [f32],
    pub(super) extra: &'a [f32],
    /// The gradients of the states after the step, which become those of the ones before.
    pub(super) by_h: &'a mut [f32],
    pub(super) by_memory: &'a mut [f32],
    pub(super) by_sums: &'a mut [f32],
    /// Of the state's part, where that has its own.
    pub(super) by_inner: &'a mut [f32],
    pub(super) room: &'a mut Vec<f32>,
}

/// Several steps after the first one.
pub(super) struct Steps<'a> {
    pub(super) units: usize,
    /// The `h` before each.
    pub(super) before: &'a [f32],
    pub(super) extra: &'a [f32],
    pub(super) by_sums: &'a [f32],
    pub(super) by_inner: &'a [f32],
}

impl Steps<'_> {
    /// Of states and of gradients of sums, summed over steps and rows.
    pub(super) fn products(&self, states: &[f32], sums: &[f32], start: Start<'_>, to: &mut [f32]) {
        let factors = Factors::Columns(Columns {
            values: states,
            width: self.units,
            first: 0,
        });
        sums_of_rows(factors, (sums, to.len() / self.units), start, to);
    }
}

/// The state's part of the sums: its product and what is added to it.
pub(super) fn inner_sums<'a>(
    panels: &Panels,
    h: Option<&[f32]>,
    bias: Option<&[f32]>,
    room: &'a mut Vec<f32>,
    len: usize,
) -> &'a [f32] {
    let sums = first(room, len);
    match (h, bias) {
        (Some(h), Some(bias)) => panels.sums(h, Start::Row(bias), sums),
        (Some(h), None) => panels.sums(h, Start::Zero, sums),
        (None, Some(bias)) => {
            let rows = sums.chunks_exact_mut(bias.len());
            rows.for_each(|row| row.copy_from_slice(bias));
        }
        (None, None) => sums.fill(0.0),
    }
    sums
}

/// The numbers of a row among those of all.
#[inline(always)]
pub(super) fn row(values: &[f32], row: usize, width: usize) -> &[f32] {
    &values[row * width..(row + 1) * width]
}

/// The same to be changed.
#[inline(always)]
pub(super) fn row_mut(values: &mut [f32], row: usize, width: usize) -> &mut [f32] {
    &mut values[row * width..(row + 1) * width]
}
