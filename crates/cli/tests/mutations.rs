//! Every reader on inputs that somebody has broken: bytes flipped, lines gone, numbers beyond all bounds.
//!
//! A case is a pure function of its reader, the seed and its number, so that whatever is found can be done again.
//! `cargo test` takes a few of each; `scripts/mutate_inputs.sh` as many as one likes. What is asked of a reader: an
//! answer or an error, in time, without a panic, and of the program besides: an exit code that says which, and a
//! message that a terminal can print.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that cannot go on fails"
)]

#[path = "mutations/campaign.rs"]
mod campaign;
#[path = "mutations/command_line.rs"]
mod command_line;
#[path = "mutations/corpus.rs"]
mod corpus;
#[path = "mutations/data_files.rs"]
mod data_files;
#[path = "mutations/mutator.rs"]
mod mutator;
#[path = "mutations/settings_files.rs"]
mod settings_files;
