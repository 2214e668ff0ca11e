use super::cell::{BackStep, Cell, Step, inner_sums, row, row_mut};
use crate::tiles::Start;
use crate::vectorized::{dispatch, sigmoid, tanh};

/// Gates `z`, `r` and `g`; beside `h` there is the state's part of the sums of `g`, which `r` is a factor of.
#[derive(Debug)]
pub(super) struct Gru;

impl Cell for Gru {
    fn gates(&self) -> usize {
        3
    }

    fn extra(&self) -> usize {
        1
    }

    fn has_inner(&self) -> bool {
        true
    }

    fn forward(&self, step: Step<'_>) {
        let (units, sums, h, hg) = (step.units, step.sums, step.h, step.extra);
        let before = step.before.map(|before| before.h);
        let kernel = &step.recurrent[0];
        let inner = inner_sums(kernel, before, step.inner_bias, step.room, sums.len());
        dispatch(
            #[inline(always)]
            || {
                for index in 0..h.len() / units {
                    let gates = row_mut(sums, index, 3 * units);
                    let inner = row(inner, index, 3 * units);
                    let hg = row_mut(hg, index, units);
                    become_gates(gates, inner, hg);
                    let before = before.map(|before| row(before, index, units));
                    mix(gates, before, row_mut(h, index, units));
                }
            },
        );
    }

    fn back(&self, step: BackStep<'_>) {
        let (units, by_h, by_sums, by_inner) = (step.units, step.by_h, step.by_sums, step.by_inner);
        dispatch(
            #[inline(always)]
            || {
                for index in 0..by_h.len() / units {
                    let gates = row(step.gates, index, 3 * units);
                    let before = step.before.map(|before| row(before.h, index, units));
                    let by_sums = row_mut(by_sums, index, 3 * units);
                    let by_h = row_mut(by_h, index, units);
                    mix_back(gates, before, by_h, by_sums);
                    let hg = row(step.extra, index, units);
                    reset_back(gates, hg, by_sums, row_mut(by_inner, index, 3 * units));
                }
            },
        );
        if step.before.is_some() {
            step.recurrent[0].sums(by_inner, Start::Kept, by_h);
        }
    }
}

/// Equal parts of the numbers of a row.
#[inline(always)]
pub(super) fn parts(values: &[f32]) -> [&[f32]; 3] {
    let units = values.len() / 3;
    [0, 1, 2].map(|part| &values[part * units..(part + 1) * units])
}

#[inline(always)]
fn become_gates(sums: &mut [f32], inner: &[f32], hg: &mut [f32]) {
    let units = hg.len();
    let (zr, g) = sums.split_at_mut(2 * units);
    for (value, inner) in zr.iter_mut().zip(inner) {
        *value = sigmoid(*value + inner);
    }
    hg.copy_from_slice(&inner[2 * units..]);
    for ((g, r), hg) in g.iter_mut().zip(&zr[units..]).zip(hg.iter()) {
        *g = tanh(*g + r * hg);
    }
}

/// `h' = z · h + (1 - z) · g`
#[inline(always)]
pub(super) fn mix(gates: &[f32], before: Option<&[f32]>, h: &mut [f32]) {
    let [z, _, g] = parts(gates);
    match before {
        Some(before) => {
            for (((h, z), g), before) in h.iter_mut().zip(z).zip(g).zip(before) {
                *h = z * (before - g) + g;
            }
        }
        None => {
            for ((h, z), g) in h.iter_mut().zip(z).zip(g) {
                *h = g - z * g;
            }
        }
    }
}

/// The gradients of the sums of `z` and `g`; that of `h'` becomes what it leaves to `h` directly.
#[inline(always)]
pub(super) fn mix_back(
    gates: &[f32],
    before: Option<&[f32]>,
    by_h: &mut [f32],
    by_sums: &mut [f32],
) {
    let [z, _, g] = parts(gates);
    let (by_z, rest) = by_sums.split_at_mut(z.len());
    let by_g = &mut rest[z.len()..];
    for (((by_g, by_h), z), g) in by_g.iter_mut().zip(by_h.iter()).zip(z).zip(g) {
        *by_g = by_h * (1.0 - z) * (1.0 - g * g);
    }
    match before {
        Some(before) => {
            let others = z.iter().zip(g).zip(before);
            for ((by_z, by_h), ((z, g), h)) in by_z.iter_mut().zip(by_h.iter()).zip(others) {
                *by_z = by_h * (h - g) * z * (1.0 - z);
            }
        }
        None => {
            for (((by_z, by_h), z), g) in by_z.iter_mut().zip(by_h.iter()).zip(z).zip(g) {
                *by_z = -by_h * g * z * (1.0 - z);
            }
        }
    }
    for (by_h, z) in by_h.iter_mut().zip(z) {
        *by_h *= z;
    }
}

/// The gradient of the sum of `r`, and those of the state's part of all sums.
#[inline(always)]
fn reset_back(gates: &[f32], hg: &[f32], by_sums: &mut [f32], by_inner: &mut [f32]) {
    let [_, r, _] = parts(gates);
    let units = r.len();
    let (first, by_g) = by_sums.split_at_mut(2 * units);
    let by_r = &mut first[units..];
    for (((by_r, by_g), r), hg) in by_r.iter_mut().zip(by_g.iter()).zip(r).zip(hg) {
        *by_r = by_g * hg * r * (1.0 - r);
    }
    let (same, of_g) = by_inner.split_at_mut(2 * units);
    same.copy_from_slice(first);
    for ((own, by_g), r) in of_g.iter_mut().zip(by_g.iter()).zip(r) {
        *own = by_g * r;
    }
}
