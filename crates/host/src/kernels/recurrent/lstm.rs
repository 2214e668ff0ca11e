use super::cell::{BackStep, Cell, Step, row, row_mut};
use crate::tiles::Start;
use crate::vectorized::{dispatch, sigmoid, tanh};

/// Gates `i`, `f`, `g` and `o`; beside `h` there are the memory `c` and its hyperbolic tangent.
#[derive(Debug)]
pub(super) struct Lstm;

impl Cell for Lstm {
    fn gates(&self) -> usize {
        4
    }

    fn extra(&self) -> usize {
        2
    }

    fn has_memory(&self) -> bool {
        true
    }

    fn forward(&self, step: Step<'_>) {
        let (units, sums, h) = (step.units, step.sums, step.h);
        let (c, tanh_c) = step.extra.split_at_mut(h.len());
        if let Some(before) = step.before {
            step.recurrent[0].sums(before.h, Start::Kept, sums);
        }
        dispatch(
            #[inline(always)]
            || {
                for index in 0..h.len() / units {
                    let gates = row_mut(sums, index, 4 * units);
                    let c = row_mut(c, index, units);
                    become_gates(gates);
                    match step.before {
                        Some(before) => remember(gates, row(before.extra, index, units), c),
                        None => begin(gates, c),
                    }
                    let tanh_c = row_mut(tanh_c, index, units);
                    give(gates, c, tanh_c, row_mut(h, index, units));
                }
            },
        );
    }

    fn back(&self, step: BackStep<'_>) {
        let (units, by_h, by_c, by_sums) = (step.units, step.by_h, step.by_memory, step.by_sums);
        let tanh_c = &step.extra[by_h.len()..];
        dispatch(
            #[inline(always)]
            || {
                for index in 0..by_h.len() / units {
                    let gates = row(step.gates, index, 4 * units);
                    let before = step.before.map(|before| row(before.extra, index, units));
                    let by_c = row_mut(by_c, index, units);
                    let by_sums = row_mut(by_sums, index, 4 * units);
                    let tanh_c = row(tanh_c, index, units);
                    give_back(gates, tanh_c, row(by_h, index, units), by_c, by_sums);
                    remember_back(gates, before, by_c, by_sums);
                }
            },
        );
        if step.before.is_some() {
            step.recurrent[0].sums(by_sums, Start::Zero, by_h);
        }
    }
}

/// Equal parts of the numbers of a row.
#[inline(always)]
fn parts(values: &[f32]) -> [&[f32]; 4] {
    let units = values.len() / 4;
    [0, 1, 2, 3].map(|part| &values[part * units..(part + 1) * units])
}

#[inline(always)]
fn become_gates(sums: &mut [f32]) {
    let units = sums.len() / 4;
    let (first, last) = sums.split_at_mut(2 * units);
    let (g, o) = last.split_at_mut(units);
    for value in first {
        *value = sigmoid(*value);
    }
    for value in g {
        *value = tanh(*value);
    }
    for value in o {
        *value = sigmoid(*value);
    }
}

/// `c' = f · c + i · g`
#[inline(always)]
fn remember(gates: &[f32], before: &[f32], c: &mut [f32]) {
    let [i, f, g, _] = parts(gates);
    for ((((c, before), i), f), g) in c.iter_mut().zip(before).zip(i).zip(f).zip(g) {
        *c = f * before + i * g;
    }
}

/// The same from zeros.
#[inline(always)]
fn begin(gates: &[f32], c: &mut [f32]) {
    let [i, _, g, _] = parts(gates);
    for ((c, i), g) in c.iter_mut().zip(i).zip(g) {
        *c = i * g;
    }
}

/// `h = o · tanh(c)`
#[inline(always)]
fn give(gates: &[f32], c: &[f32], tanh_c: &mut [f32], h: &mut [f32]) {
    let [.., o] = parts(gates);
    for (tanh_c, c) in tanh_c.iter_mut().zip(c) {
        *tanh_c = tanh(*c);
    }
    for ((h, o), tanh_c) in h.iter_mut().zip(o).zip(tanh_c.iter()) {
        *h = o * tanh_c;
    }
}

#[inline(always)]
fn give_back(gates: &[f32], tanh_c: &[f32], by_h: &[f32], by_c: &mut [f32], by_sums: &mut [f32]) {
    let [.., o] = parts(gates);
    let by_o = &mut by_sums[3 * o.len()..];
    for (((by_o, o), by_h), tanh_c) in by_o.iter_mut().zip(o).zip(by_h).zip(tanh_c) {
        *by_o = by_h * tanh_c * o * (1.0 - o);
    }
    for (((by_c, o), by_h), tanh_c) in by_c.iter_mut().zip(o).zip(by_h).zip(tanh_c) {
        *by_c += by_h * o * (1.0 - tanh_c * tanh_c);
    }
}

#[inline(always)]
fn remember_back(gates: &[f32], before: Option<&[f32]>, by_c: &mut [f32], by_sums: &mut [f32]) {
    let [i, f, g, _] = parts(gates);
    let units = i.len();
    let (by_i, rest) = by_sums.split_at_mut(units);
    let (by_f, by_g) = rest.split_at_mut(units);
    for (((by_i, by_c), i), g) in by_i.iter_mut().zip(by_c.iter()).zip(i).zip(g) {
        *by_i = by_c * g * i * (1.0 - i);
    }
    for (((by_g, by_c), i), g) in by_g.iter_mut().zip(by_c.iter()).zip(i).zip(g) {
        *by_g = by_c * i * (1.0 - g * g);
    }
    match before {
        Some(before) => {
            for (((by_f, by_c), f), c) in by_f.iter_mut().zip(by_c.iter()).zip(f).zip(before) {
                *by_f = by_c * c * f * (1.0 - f);
            }
        }
        None => by_f.fill(0.0),
    }
    for (by_c, f) in by_c.iter_mut().zip(f) {
        *by_c *= f;
    }
}
