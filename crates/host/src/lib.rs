//! Forward and backward passes of networks over plain memory.
//!
//! It stands apart because it knows nothing of tensors, layers or losses: a [`Program`] is a list of [`Kernel`]s, each of which
//! reads rows of floats and writes rows of floats, and knows its own derivatives. A [`Pass`] runs a batch through it on all cores,
//! in pieces of a size that depends on the batch alone, so that the results are the same bits for any number of threads. An
//! [`Inference`] has weights that stay, and runs from many threads at once.

#![allow(
    clippy::inline_always,
    reason = "a closure is compiled for the instructions of the machine only where it is inlined into the dispatch"
)]

mod inference;
mod kernel;
pub mod kernels;
mod packed;
mod pass;
mod pieces;
mod program;
mod row_sums;
mod spans;
mod threads;
mod tiles;
pub mod vectorized;
mod window;

pub use inference::Inference;
pub use kernel::{
    Backward, Fill, Forward, Frozen, Gradient, Gradients, JointBackward, Kernel, Sums, WholeBatch,
};
pub use pass::{Batch, Pass};
pub use program::{Place, Program};
pub use spans::each_span;
pub use threads::{compute_on_main_thread, compute_on_this_thread, num_threads};
pub use tiles::LaidOut;
pub use window::Window;
