//! The framework from a shell.
//!
//! It stands apart because flags, files of settings, exit codes and tables are about people at a terminal;
//! all that is about networks it asks of the `firebrick` crate, as any other program would.

mod adapting;
mod arguments;
mod asked_model;
mod chart;
mod class_labels;
mod column_groups;
mod column_scales;
mod column_treatment;
mod commands;
mod destination;
mod dialect_flags;
mod failure;
mod foreign_file;
mod found_rate;
mod given_names;
mod judging;
#[cfg(any(feature = "board", feature = "serve"))]
mod keras_training;
mod listen;
mod network;
mod network_settings;
mod new_run;
mod onnx_file;
mod output;
mod picture;
mod picture_size;
mod predicted_plot;
mod resume;
mod run_name;
mod run_page;
mod runs;
mod samples;
mod settings_file;
mod split_notes;
mod starting_weights;
mod table_flags;
mod text_table;
mod train_settings;
mod treatment_flags;
mod treatment_notes;
mod unit;

use std::process::ExitCode;

use clap::Parser;

/// Batches are allocated and freed all the time; the allocator is a measurable part of a step.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments = match arguments::Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return failure::report_arguments(&error),
    };
    firebrick::training::compute_on_this_thread();
    let ended = arguments.command.run();
    ended.unwrap_or_else(|error| failure::report(&error))
}
