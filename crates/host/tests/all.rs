//! What is promised to those who use the crate: one program, so that it is linked once.

mod branching_programs;
mod elementwise;
mod gradients;
mod threads;
mod whole_batch;
mod windows;
