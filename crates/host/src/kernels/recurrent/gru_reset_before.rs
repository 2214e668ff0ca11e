use super::cell::{BackStep, Cell, Step, Steps, inner_sums, row, row_mut};
use super::gru::{mix, mix_back, parts};
use super::room::first;
use crate::tiles::{Panels, Start};
use crate::vectorized::{dispatch, sigmoid, tanh};

/// Gates `z`, `r` and `g`; beside `h` there is `r · h`, of which `g` has a product. The recurrent kernel is in two parts: what `z` and
/// `r` have of it, and what `g` has.
#[derive(Debug)]
pub(super) struct GruResetBefore;

impl Cell for GruResetBefore {
    fn gates(&self) -> usize {
        3
    }

    fn extra(&self) -> usize {
        1
    }

    fn lay_out(&self, recurrent: &[f32], units: usize, panels: &mut [Panels; 2]) {
        panels[0].lay_out(recurrent, 3 * units, 0..2 * units);
        panels[1].lay_out(recurrent, 3 * units, 2 * units..3 * units);
    }

    fn lay_out_turned(&self, recurrent: &[f32], units: usize, panels: &mut [Panels; 2]) {
        panels[0].lay_out_turned(recurrent, 3 * units, 0..2 * units);
        panels[1].lay_out_turned(recurrent, 3 * units, 2 * units..3 * units);
    }

    fn forward(&self, step: Step<'_>) {
        let (units, sums, h, reset) = (step.units, step.sums, step.h, step.extra);
        let before = step.before.map(|before| before.h);
        let [gates, candidate] = step.recurrent;
        let inner = inner_sums(gates, before, None, step.room, 2 * h.len());
        dispatch(
            #[inline(always)]
            || {
                for index in 0..h.len() / units {
                    let sums = row_mut(sums, index, 3 * units);
                    for (value, inner) in sums.iter_mut().zip(row(inner, index, 2 * units)) {
                        *value = sigmoid(*value + inner);
                    }
                    let reset = row_mut(reset, index, units);
                    match before {
                        Some(before) => {
                            let values = sums[units..].iter().zip(row(before, index, units));
                            for (reset, (r, h)) in reset.iter_mut().zip(values) {
                                *reset = r * h;
                            }
                        }
                        None => reset.fill(0.0),
                    }
                }
            },
        );
        let reset = before.map(|_| &*reset);
        let inner = inner_sums(candidate, reset, None, step.room, h.len());
        dispatch(
            #[inline(always)]
            || {
                for index in 0..h.len() / units {
                    let gates = row_mut(sums, index, 3 * units);
                    let g = &mut gates[2 * units..];
                    for (value, inner) in g.iter_mut().zip(row(inner, index, units)) {
                        *value = tanh(*value + inner);
                    }
                    let before = before.map(|before| row(before, index, units));
                    mix(gates, before, row_mut(h, index, units));
                }
            },
        );
    }

    fn back(&self, step: BackStep<'_>) {
        let (units, by_h, by_sums) = (step.units, step.by_h, step.by_sums);
        let len = by_h.len();
        let (by_gates, rest) = first(step.room, 4 * len).split_at_mut(2 * len);
        let (by_g, by_reset) = rest.split_at_mut(len);
        dispatch(
            #[inline(always)]
            || {
                for index in 0..len / units {
                    let gates = row(step.gates, index, 3 * units);
                    let before = step.before.map(|before| row(before.h, index, units));
                    let by_sums = row_mut(by_sums, index, 3 * units);
                    mix_back(gates, before, row_mut(by_h, index, units), by_sums);
                    row_mut(by_g, index, units).copy_from_slice(&by_sums[2 * units..]);
                    by_sums[units..2 * units].fill(0.0);
                }
            },
        );
        let Some(before) = step.before else {
            return;
        };
        step.recurrent[1].sums(by_g, Start::Zero, by_reset);
        dispatch(
            #[inline(always)]
            || {
                for index in 0..len / units {
                    let [_, r, _] = parts(row(step.gates, index, 3 * units));
                    let by_sums = &mut row_mut(by_sums, index, 3 * units)[..2 * units];
                    let by_reset = row(by_reset, index, units);
                    let values = by_reset.iter().zip(row(before.h, index, units)).zip(r);
                    for (by_r, ((by_reset, h), r)) in by_sums[units..].iter_mut().zip(values) {
                        *by_r = by_reset * h * r * (1.0 - r);
                    }
                    let by_h = row_mut(by_h, index, units).iter_mut();
                    for ((by_h, by_reset), r) in by_h.zip(by_reset).zip(r) {
                        *by_h += by_reset * r;
                    }
                    row_mut(by_gates, index, 2 * units).copy_from_slice(by_sums);
                }
            },
        );
        step.recurrent[0].sums(by_gates, Start::Kept, by_h);
    }

    fn add_recurrent_gradient(&self, steps: &Steps<'_>, gradient: &mut [f32], room: &mut Vec<f32>) {
        let len = gradient.len();
        let (by_gates, by_candidate) = first(room, 2 * len).split_at_mut(len);
        // Each has the columns of the other too, which it does not count for.
        steps.products(steps.before, steps.by_sums, Start::Zero, by_gates);
        steps.products(steps.extra, steps.by_sums, Start::Zero, by_candidate);
        let units = steps.units;
        for (index, gradient) in gradient.chunks_exact_mut(3 * units).enumerate() {
            let by_gates = &row(by_gates, index, 3 * units)[..2 * units];
            let by_candidate = &row(by_candidate, index, 3 * units)[2 * units..];
            for (sum, own) in gradient.iter_mut().zip(by_gates.iter().chain(by_candidate)) {
                *sum += own;
            }
        }
    }
}
