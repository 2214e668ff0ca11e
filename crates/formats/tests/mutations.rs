//! Every reader on files that somebody has broken, as those of `crates/cli/tests/mutations.rs`.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that cannot go on fails"
)]

#[path = "../../cli/tests/mutations/campaign.rs"]
#[expect(dead_code, reason = "these readers have nothing that no panic tells")]
mod campaign;
#[path = "mutations/files.rs"]
mod files;
#[path = "../../cli/tests/mutations/mutator.rs"]
mod mutator;
#[path = "mutations/onnx.rs"]
mod onnx;
