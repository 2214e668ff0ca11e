use std::fmt;

use super::{Backward, Fill, Forward};

/// What a kernel does that has to know of the whole batch, the rows of which go through in pieces.
///
/// Each piece adds up what it has, on the way forward and on the way back; then each goes on with the sums of all, which are
/// added in the order of the pieces.
pub trait WholeBatch: fmt::Debug + Send + Sync {
    /// How many sums there are, forward as backward.
    fn num_sums(&self) -> usize;

    /// Adds what the rows of a piece have to the sums.
    fn add_up(&self, inputs: &[&[f32]], sums: &mut [f64]);

    /// Computes what leaves of a piece.
    fn forward(&self, call: Forward<'_>, batch: Sums<'_>);

    /// Adds what the rows of a piece have on the way back to the sums.
    fn add_up_gradients(&self, call: &Backward<'_>, sums: &mut [f64]);

    /// Computes the gradient of a piece's only input.
    fn input_gradient(
        &self,
        call: &Backward<'_>,
        batch: Sums<'_>,
        gradient: &mut [f32],
        fill: Fill,
    );

    /// Computes the gradient of a part of a weight, from the float `start` on.
    fn weight_gradient(
        &self,
        batch: Sums<'_>,
        weight: usize,
        start: usize,
        gradient: &mut [f32],
        fill: Fill,
    );

    /// What the batch says of the weights that follow it, one after the other.
    fn statistics(&self, batch: Sums<'_>) -> Vec<Vec<f32>>;
}

/// What the rows of a batch add up to.
#[derive(Clone, Copy, Debug)]
pub struct Sums<'a> {
    /// How many rows there are.
    pub rows: usize,
    /// On the way forward.
    pub forward: &'a [f64],
    /// On the way back; nothing before.
    pub backward: &'a [f64],
}
