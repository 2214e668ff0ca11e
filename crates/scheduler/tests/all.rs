//! What is promised to those who use the crate: one program, so that it is linked once.

mod adapter;
mod decays;
mod golden;
mod keras_form;
mod text_form;
mod time_based;
