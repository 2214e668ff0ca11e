use std::cell::RefCell;

use crate::kernel::{Backward, Fill, Forward, Kernel};
use crate::product::{matrix, product};
use crate::vectorized::{dispatch, sigmoid, tanh};

/// The steps of a long short-term memory, once the input's part of its sums is there: with `z = x + h · recurrent`, cut into
/// `i`, `f`, `g` and `o`, `c' = σ(f) · c + σ(i) · tanh(g)` and `h' = σ(o) · tanh(c')`, from zeros on.
///
/// # Shapes
/// - input: `[rows, steps, 4 · units]`
/// - recurrent: `[units, 4 · units]`
/// - output: `[rows, units]`, the last `h`, or `[rows, steps, units]`, that of every step
///
/// ```
/// use firebrick_host::Kernel;
/// use firebrick_host::kernels::Lstm;
///
/// assert_eq!(Lstm::new(5, 3).output_len(), 3);
/// assert_eq!(Lstm::new(5, 3).with_every_step().output_len(), 5 * 3);
/// ```
#[derive(Clone, Debug)]
pub struct Lstm {
    steps: usize,
    units: usize,
    gives_every_step: bool,
    is_backwards: bool,
}

/// What is kept of a unit at a step: the gates after their functions, `c'` and its hyperbolic tangent.
const KEPT: usize = 6;

/// Numbers of a unit at a step.
const GATES: usize = 4;

/// Memory of the rows of a piece at a step, that stays from one call to the next.
#[derive(Debug, Default)]
struct Room {
    h: Vec<f32>,
    z: Vec<f32>,
    c: Vec<f32>,
}

thread_local! {
    static ROOM: RefCell<Room> = RefCell::default();
}

impl Lstm {
    /// So many steps of so many units, of which the last one leaves.
    pub fn new(steps: usize, units: usize) -> Self {
        Self {
            steps,
            units,
            gives_every_step: false,
            is_backwards: false,
        }
    }

    /// Has every step leave.
    #[must_use = "returns the changed kernel"]
    pub fn with_every_step(mut self) -> Self {
        self.gives_every_step = true;
        self
    }

    /// Takes the last step first; those that leave come in that order too.
    #[must_use = "returns the changed kernel"]
    pub fn backwards(mut self) -> Self {
        self.is_backwards = true;
        self
    }

    /// Which step of the input is the one with this index.
    fn read(&self, step: usize) -> usize {
        if self.is_backwards {
            self.steps - 1 - step
        } else {
            step
        }
    }

    /// Where a step's output is in a row, if it leaves.
    fn left(&self, step: usize) -> Option<usize> {
        if self.gives_every_step {
            Some(step * self.units)
        } else {
            (step + 1 == self.steps).then_some(0)
        }
    }

    /// What is kept of a row at a step: `[6, units]`.
    fn kept<'a>(&self, kept: &'a [f32], row: usize, step: usize) -> &'a [f32] {
        let len = KEPT * self.units;
        &kept[(row * self.steps + step) * len..][..len]
    }

    /// The `h` after a step, before which it is 0.
    fn h(&self, kept: &[f32], step: usize, h: &mut [f32]) {
        for (row, h) in h.chunks_exact_mut(self.units).enumerate() {
            let kept = self.kept(kept, row, step);
            let o = &kept[3 * self.units..4 * self.units];
            let tanh_c = &kept[5 * self.units..];
            Fill::Set.put(h, o.iter().zip(tanh_c).map(|(o, tanh_c)| o * tanh_c));
        }
    }

    /// Goes back step by step: `met` has the step and the gradients of its sums, `[rows, 4 · units]`, and room for `h`.
    fn each_back(&self, call: &Backward<'_>, mut met: impl FnMut(usize, &[f32], &mut Vec<f32>)) {
        let units = self.units;
        let out_len = self.output_len();
        ROOM.with_borrow_mut(|room| {
            let Room { h, z, c } = room;
            let mut by_h = vec![0.0; call.rows * units];
            z.resize(call.rows * GATES * units, 0.0);
            c.clear();
            c.resize(call.rows * units, 0.0);
            for step in (0..self.steps).rev() {
                let sums = z.chunks_exact_mut(GATES * units);
                let both = by_h.chunks_exact_mut(units).zip(c.chunks_exact_mut(units));
                for (row, (sums, (by_h, by_c))) in sums.zip(both).enumerate() {
                    if let Some(start) = self.left(step) {
                        let by = &call.output_gradient[row * out_len + start..][..units];
                        Fill::Add.put(by_h, by.iter().copied());
                    }
                    let kept = self.kept(call.kept, row, step);
                    let before = step
                        .checked_sub(1)
                        .map(|step| self.kept(call.kept, row, step));
                    let before = before.map(|kept| &kept[4 * units..5 * units]);
                    unit_gradients(kept, before, (&*by_h, by_c), sums);
                }
                met(step, z, h);
                if step > 0 {
                    let z = matrix(z, call.rows, GATES * units);
                    let recurrent = matrix(call.weights[0], units, GATES * units);
                    product(z, recurrent.reversed_axes(), 0.0, &mut by_h);
                }
            }
        });
    }
}

/// The gradients of a row's sums at a step, from those of `h'` and of `c'`, of which the latter become those of `c`.
fn unit_gradients(
    kept: &[f32],
    before: Option<&[f32]>,
    (by_h, by_c): (&[f32], &mut [f32]),
    sums: &mut [f32],
) {
    let units = by_h.len();
    let part = |index: usize| &kept[index * units..(index + 1) * units];
    let (i, f, g, o, tanh_c) = (part(0), part(1), part(2), part(3), part(5));
    let (by_i, rest) = sums.split_at_mut(units);
    let (by_f, rest) = rest.split_at_mut(units);
    let (by_g, by_o) = rest.split_at_mut(units);
    dispatch(
        #[inline(always)]
        || {
            let out = by_o.iter_mut().zip(by_c.iter_mut());
            for ((by_o, by_c), ((by_h, o), tanh_c)) in out.zip(by_h.iter().zip(o).zip(tanh_c)) {
                *by_o = by_h * tanh_c * o * (1.0 - o);
                *by_c += by_h * o * (1.0 - tanh_c * tanh_c);
            }
            let out = by_i.iter_mut().zip(by_g.iter_mut());
            for ((by_i, by_g), ((by_c, i), g)) in out.zip(by_c.iter().zip(i).zip(g)) {
                *by_i = by_c * g * i * (1.0 - i);
                *by_g = by_c * i * (1.0 - g * g);
            }
            match before {
                Some(before) => {
                    let values = by_c.iter().zip(f).zip(before);
                    Fill::Set.put(by_f, values.map(|((by_c, f), c)| by_c * c * f * (1.0 - f)));
                }
                None => by_f.fill(0.0),
            }
            for (by_c, f) in by_c.iter_mut().zip(f) {
                *by_c *= f;
            }
        },
    );
}

/// What becomes of a row's sums: the gates, `c'` and its hyperbolic tangent, and `h'`.
#[expect(clippy::many_single_char_names, reason = "the gates have these names")]
fn unit_values(sums: &[f32], c: &mut [f32], h: &mut [f32], kept: &mut [f32]) {
    let units = h.len();
    let part = |index: usize| &sums[index * units..(index + 1) * units];
    let (gates, rest) = kept.split_at_mut(4 * units);
    let (new_c, tanh_c) = rest.split_at_mut(units);
    dispatch(
        #[inline(always)]
        || {
            let (first, last) = gates.split_at_mut(2 * units);
            Fill::Set.put(first, sums[..2 * units].iter().map(|&z| sigmoid(z)));
            let (g, o) = last.split_at_mut(units);
            Fill::Set.put(g, part(2).iter().map(|&z| tanh(z)));
            Fill::Set.put(o, part(3).iter().map(|&z| sigmoid(z)));
            let (i, f) = first.split_at(units);
            let values = i.iter().zip(&*g).zip(f.iter().zip(&*c));
            Fill::Set.put(new_c, values.map(|((i, g), (f, c))| f * c + i * g));
            c.copy_from_slice(new_c);
            Fill::Set.put(tanh_c, new_c.iter().map(|&c| tanh(c)));
            Fill::Set.put(h, o.iter().zip(&*tanh_c).map(|(o, tanh_c)| o * tanh_c));
        },
    );
}

impl Kernel for Lstm {
    fn output_len(&self) -> usize {
        let steps = if self.gives_every_step { self.steps } else { 1 };
        steps * self.units
    }

    fn kept_len(&self) -> usize {
        self.steps * KEPT * self.units
    }

    fn forward(&self, call: Forward<'_>) {
        let (units, width) = (self.units, GATES * self.units);
        let (in_len, out_len, kept_len) = (self.steps * width, self.output_len(), self.kept_len());
        ROOM.with_borrow_mut(|room| {
            let Room { h, z, c } = room;
            z.resize(call.rows * width, 0.0);
            for zeros in [&mut *h, &mut *c] {
                zeros.clear();
                zeros.resize(call.rows * units, 0.0);
            }
            for step in 0..self.steps {
                let start = self.read(step) * width;
                let inputs = call.inputs[0].chunks_exact(in_len);
                for (z, x) in z.chunks_exact_mut(width).zip(inputs) {
                    z.copy_from_slice(&x[start..start + width]);
                }
                if step > 0 {
                    let recurrent = matrix(call.weights[0], units, width);
                    product(matrix(h, call.rows, units), recurrent, 1.0, z);
                }
                let states = h.chunks_exact_mut(units).zip(c.chunks_exact_mut(units));
                let kept = call.kept.chunks_exact_mut(kept_len);
                for ((z, (h, c)), kept) in z.chunks_exact(width).zip(states).zip(kept) {
                    unit_values(z, c, h, &mut kept[step * KEPT * units..][..KEPT * units]);
                }
                if let Some(start) = self.left(step) {
                    let outputs = call.output.chunks_exact_mut(out_len);
                    for (y, h) in outputs.zip(h.chunks_exact(units)) {
                        y[start..start + units].copy_from_slice(h);
                    }
                }
            }
        });
    }

    fn input_gradient(&self, call: &Backward<'_>, _: usize, gradient: &mut [f32], fill: Fill) {
        let width = GATES * self.units;
        self.each_back(call, |step, sums, _| {
            let start = self.read(step) * width;
            let rows = gradient.chunks_exact_mut(self.steps * width);
            for (row, sums) in rows.zip(sums.chunks_exact(width)) {
                fill.put(&mut row[start..start + width], sums.iter().copied());
            }
        });
    }

    fn weight_gradient(&self, call: &Backward<'_>, _: usize, gradient: &mut [f32], fill: Fill) {
        if fill == Fill::Set {
            gradient.fill(0.0);
        }
        self.each_back(call, |step, sums, h| {
            let Some(before) = step.checked_sub(1) else {
                return;
            };
            h.resize(call.rows * self.units, 0.0);
            self.h(call.kept, before, h);
            let h = matrix(h, call.rows, self.units).reversed_axes();
            product(
                h,
                matrix(sums, call.rows, GATES * self.units),
                1.0,
                gradient,
            );
        });
    }

    fn work(&self) -> usize {
        self.steps * GATES * self.units * (self.units + 8)
    }
}
