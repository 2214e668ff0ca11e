//! Trained networks asked from C.
//!
//! `include/firebrick.h` declares what is here for C and whatever calls C: a model file is loaded, from a path or from memory, and answers rows of
//! numbers. It stands apart because it is the one crate with `unsafe` in it, all of it in one module that takes pointers apart; behind that lies
//! [`firebrick_model::Predictor`].
//!
//! ```c
//! FirebrickModel *model;
//! float row[4] = {5.1f, 3.5f, 1.4f, 0.2f}, shares[3];
//! if (firebrick_load("model.bpk", &model) != FIREBRICK_STATUS_OK ||
//!     firebrick_predict(model, row, 4, shares, 3) != FIREBRICK_STATUS_OK)
//!     fprintf(stderr, "%s\n", firebrick_last_error());
//! firebrick_free(model);
//! ```
//!
//! No call unwinds into C: what panics becomes [`FirebrickStatus::Panic`], unless the library is built with `panic = "abort"`.

mod call;
mod call_error;
#[expect(
    unsafe_code,
    reason = "pointers come from C; each place says why it may use them"
)]
mod ffi;
mod last_error;
mod loaded_model;
mod memory;
mod status;

pub use ffi::{
    FirebrickRoom, FirebrickRows, firebrick_class_name, firebrick_free, firebrick_input_len,
    firebrick_input_name, firebrick_last_error, firebrick_load, firebrick_load_bytes,
    firebrick_num_classes, firebrick_num_inputs, firebrick_num_outputs, firebrick_output_len,
    firebrick_output_name, firebrick_predict, firebrick_predict_all,
};
pub use loaded_model::FirebrickModel;
pub use status::FirebrickStatus;
