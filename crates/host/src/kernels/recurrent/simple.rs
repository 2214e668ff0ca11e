use super::cell::{BackStep, Cell, Step};
use crate::tiles::Start;
use crate::vectorized::{dispatch, sigmoid, tanh};

/// What becomes of the sums of a simple recurrent layer, with a slope that what became of them says.
///
/// ```
/// use firebrick_host::Kernel;
/// use firebrick_host::kernels::{Recurrent, StateFunction};
///
/// assert_eq!(Recurrent::simple([5, 2], 3, StateFunction::Relu).output_len(), 3);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StateFunction {
    /// `tanh(s)`
    Tanh,
    /// `1 / (1 + exp(-s))`
    Sigmoid,
    /// `max(s, 0)`
    Relu,
    /// `s`
    Linear,
}

impl StateFunction {
    fn values(self, sums: &[f32], h: &mut [f32]) {
        match self {
            Self::Tanh => each(
                sums,
                h,
                #[inline(always)]
                |sum, _| tanh(sum),
            ),
            Self::Sigmoid => each(
                sums,
                h,
                #[inline(always)]
                |sum, _| sigmoid(sum),
            ),
            Self::Relu => each(
                sums,
                h,
                #[inline(always)]
                |sum, _| {
                    if sum > 0.0 || sum.is_nan() { sum } else { 0.0 }
                },
            ),
            Self::Linear => h.copy_from_slice(sums),
        }
    }

    /// Has what is there, the gradients of `h`, become those of the sums.
    fn slopes(self, h: &[f32], by: &mut [f32]) {
        match self {
            Self::Tanh => each(
                h,
                by,
                #[inline(always)]
                |h, by| by * (1.0 - h * h),
            ),
            Self::Sigmoid => each(
                h,
                by,
                #[inline(always)]
                |h, by| by * h * (1.0 - h),
            ),
            Self::Relu => each(
                h,
                by,
                #[inline(always)]
                |h, by| {
                    if h > 0.0 { by } else { 0.0 }
                },
            ),
            Self::Linear => {}
        }
    }
}

/// Changes values one by one, each with another that is read.
#[inline(always)]
fn each(read: &[f32], values: &mut [f32], change: impl Fn(f32, f32) -> f32) {
    dispatch(
        #[inline(always)]
        || {
            for (value, read) in values.iter_mut().zip(read) {
                *value = change(*read, *value);
            }
        },
    );
}

impl Cell for StateFunction {
    fn gates(&self) -> usize {
        1
    }

    fn forward(&self, step: Step<'_>) {
        if let Some(before) = step.before {
            step.recurrent[0].sums(before.h, Start::Kept, step.sums);
        }
        self.values(step.sums, step.h);
        step.sums.copy_from_slice(step.h);
    }

    fn back(&self, step: BackStep<'_>) {
        step.by_sums.copy_from_slice(step.by_h);
        self.slopes(step.gates, step.by_sums);
        if step.before.is_some() {
            step.recurrent[0].sums(step.by_sums, Start::Zero, step.by_h);
        }
    }
}
