//! What is promised to those who use the crate: one program, so that it is linked once.

mod arrays;
mod callbacks;
mod compute;
mod ctc;
mod ema;
mod embeddings;
mod examine;
mod failures;
mod fine_tune;
mod host_asking;
mod host_step;
mod insight;
mod keras_optimizers;
mod loop_display;
mod loss_text_forms;
mod losses;
mod masks;
mod metric_text_form;
mod metrics;
mod mistakes;
mod non_finite;
mod one_cycle;
mod passes;
mod rate_search;
mod resume;
mod run_directory;
mod sequential;
mod session;
mod several;
mod step;
mod streams;
mod trackers;
mod training;
mod training_runs;
mod undefined_figures;
mod weight_groups;

#[path = "shared/numbers.rs"]
mod numbers;
