//! Well-known networks against those of Keras, torchvision and transformers.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "applications/descriptions.rs"]
mod descriptions;
#[path = "applications/encoder.rs"]
mod encoder;
#[path = "applications/files.rs"]
mod files;
#[path = "applications/formula.rs"]
mod formula;
#[path = "applications/outputs.rs"]
mod outputs;
