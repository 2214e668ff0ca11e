//! What is promised to those who use the crate: one program, so that it is linked once.

mod against_burn;
mod gradients;
mod network;
mod training;
