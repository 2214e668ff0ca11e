//! The ink of a digit, brought into the form that the images of MNIST have.
//!
//! A crate of its own because an app that lets somebody draw has no files, on a web page not even a system, while reading
//! photographs takes both. [`Ink`] is what was drawn or found, [`Ink::normalized`] what a network sees of it.

mod error;
mod ink;
mod normalization;

pub use error::InkError;
pub use ink::Ink;
