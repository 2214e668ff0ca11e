mod joint;
mod whole_batch;

use std::any::Any;
use std::fmt;

pub use self::joint::{Gradient, Gradients, JointBackward};
pub use self::whole_batch::{Sums, WholeBatch};
use crate::tiles::LaidOut;

/// What happens to rows of a batch, forward and backward, in memory that others hold.
///
/// A row is what one sample has: its values in order, the last axis running fastest.
pub trait Kernel: Any + fmt::Debug + Send + Sync {
    /// How many floats of a row leave.
    fn output_len(&self) -> usize;

    /// How many floats of a row it leaves for its own way back, such as the places of largest values.
    fn kept_len(&self) -> usize {
        0
    }

    /// Computes what leaves.
    fn forward(&self, call: Forward<'_>);

    /// Room for the matrix that its first weight is, where that is so wide that it pays to lay it out once for all pieces of a
    /// batch.
    fn wide_matrix(&self) -> Option<LaidOut> {
        None
    }

    /// Computes what leaves with that matrix laid out.
    fn forward_laid_out(&self, call: Forward<'_>, _matrix: &LaidOut) {
        self.forward(call);
    }

    /// Computes the gradient of the input with this index among its inputs.
    fn input_gradient(&self, call: &Backward<'_>, input: usize, gradient: &mut [f32], fill: Fill);

    /// How many floats of a weight belong together where its gradient can be computed a part at a time, each part from all
    /// rows of a batch: worth it for large weights, of which sums over pieces of the batch would cost more than they give.
    /// By default it cannot.
    fn gradient_unit(&self, _weight: usize) -> Option<usize> {
        None
    }

    /// Computes the gradient of a part of a weight, whole units from the float `start` on; nothing by default.
    fn weight_gradient_from(
        &self,
        _call: &Backward<'_>,
        _weight: usize,
        _start: usize,
        _gradient: &mut [f32],
        _fill: Fill,
    ) {
    }

    /// Computes the gradient of the weight with this index among its weights, summed over the rows; nothing by default.
    fn weight_gradient(
        &self,
        _call: &Backward<'_>,
        _weight: usize,
        _gradient: &mut [f32],
        _fill: Fill,
    ) {
    }

    /// How it computes several gradients at once, where these have most of their work in common.
    fn joint_backward(&self) -> Option<&dyn JointBackward> {
        None
    }

    /// What it does where it takes from the whole batch what it else has from weights, if it can.
    fn over_batch(&self) -> Option<&dyn WholeBatch> {
        None
    }

    /// About how many products and sums a row takes, by which cores are shared out.
    fn work(&self) -> usize {
        8 * self.output_len()
    }

    /// Whether rows leave as they came where nothing was drawn.
    fn passes_through(&self) -> bool {
        false
    }

    /// One kernel that does what this one does and then the next, if there is such; nobody else reads what is between them.
    fn followed_by(&self, _next: &dyn Kernel) -> Option<Box<dyn Kernel>> {
        None
    }

    /// The way forward with these weights for good, where it is a faster one.
    fn frozen(&self, _weights: &[&[f32]]) -> Option<Box<dyn Frozen>> {
        None
    }
}

/// A kernel whose weights stay, for the way forward.
pub trait Frozen: fmt::Debug + Send + Sync {
    /// Computes what leaves of the rows of each input.
    fn forward(&self, inputs: &[&[f32]], output: &mut [f32]);
}

/// What a kernel has at hand on the way forward.
pub struct Forward<'a> {
    /// How many rows there are.
    pub rows: usize,
    /// The rows of each input.
    pub inputs: &'a [&'a [f32]],
    /// The values of each weight.
    pub weights: &'a [&'a [f32]],
    /// What was drawn for these rows, if anything was.
    pub drawn: Option<&'a [f32]>,
    /// The rows that leave.
    pub output: &'a mut [f32],
    /// What is kept for the way back.
    pub kept: &'a mut [f32],
}

/// What a kernel has at hand on the way back.
pub struct Backward<'a> {
    /// How many rows there are.
    pub rows: usize,
    /// The rows of each input.
    pub inputs: &'a [&'a [f32]],
    /// The values of each weight.
    pub weights: &'a [&'a [f32]],
    /// What was drawn for these rows, if anything was.
    pub drawn: Option<&'a [f32]>,
    /// The rows that left.
    pub output: &'a [f32],
    /// The gradient of the rows that left.
    pub output_gradient: &'a [f32],
    /// What was kept.
    pub kept: &'a [f32],
}

/// What happens to what is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fill {
    /// It is replaced.
    Set,
    /// It is added to.
    Add,
}

impl Fill {
    /// Puts values into a place, one by one.
    #[inline(always)]
    pub(crate) fn put(self, place: &mut [f32], values: impl Iterator<Item = f32>) {
        match self {
            Self::Set => {
                for (place, value) in place.iter_mut().zip(values) {
                    *place = value;
                }
            }
            Self::Add => {
                for (place, value) in place.iter_mut().zip(values) {
                    *place += value;
                }
            }
        }
    }
}

impl<K: Kernel + 'static> From<K> for Box<dyn Kernel> {
    fn from(kernel: K) -> Self {
        Box::new(kernel)
    }
}
