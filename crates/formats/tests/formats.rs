//! Files of others, both ways.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

#[path = "formats/compiled_models.rs"]
mod compiled_models;
#[path = "formats/hostile.rs"]
mod hostile;
#[path = "formats/keras_networks.rs"]
mod keras_networks;
#[path = "formats/layer_weights.rs"]
mod layer_weights;
#[path = "formats/onnx_files.rs"]
mod onnx_files;
#[path = "formats/onnx_networks.rs"]
mod onnx_networks;
#[path = "formats/onnx_reading.rs"]
mod onnx_reading;
#[path = "formats/pytorch_files.rs"]
mod pytorch_files;
#[path = "formats/pytorch_hostile.rs"]
mod pytorch_hostile;
#[path = "formats/safetensors_files.rs"]
mod safetensors_files;
#[path = "formats/saved_models.rs"]
mod saved_models;
