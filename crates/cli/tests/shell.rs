//! The program as a shell sees it: exit codes, what it prints, the files it leaves.
//!
//! One test program with a file a topic, so that it is linked once.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

#[path = "shell/workplace.rs"]
mod workplace;

#[path = "shell/callbacks.rs"]
mod callbacks;
#[path = "shell/check.rs"]
mod check;
#[path = "shell/completions.rs"]
mod completions;
#[cfg(unix)]
#[path = "shell/control.rs"]
mod control;
#[path = "shell/control_characters.rs"]
mod control_characters;
#[path = "shell/data.rs"]
mod data;
#[path = "shell/destinations.rs"]
mod destinations;
#[path = "shell/devices.rs"]
mod devices;
#[path = "shell/evaluate.rs"]
mod evaluate;
#[cfg(unix)]
#[path = "shell/examples.rs"]
mod examples;
#[path = "shell/failures.rs"]
mod failures;
#[path = "shell/files.rs"]
mod files;
#[path = "shell/interrupt.rs"]
mod interrupt;
#[path = "shell/kept_runs.rs"]
mod kept_runs;
#[path = "shell/many_classes.rs"]
mod many_classes;
#[path = "shell/model.rs"]
mod model;
#[path = "shell/model_alone.rs"]
mod model_alone;
#[path = "shell/model_file.rs"]
mod model_file;
#[path = "shell/pipes.rs"]
mod pipes;
#[path = "shell/plot.rs"]
mod plot;
#[path = "shell/predict.rs"]
mod predict;
#[path = "shell/predict_pictures.rs"]
mod predict_pictures;
#[path = "shell/program_run.rs"]
mod program_run;
#[path = "shell/rates.rs"]
mod rates;
#[path = "shell/repeat.rs"]
mod repeat;
#[path = "shell/replaced_runs.rs"]
mod replaced_runs;
#[path = "shell/report.rs"]
mod report;
#[path = "shell/resume.rs"]
mod resume;
#[path = "shell/run_argument.rs"]
mod run_argument;
#[path = "shell/runs.rs"]
mod runs;
#[path = "shell/schedule.rs"]
mod schedule;
#[cfg(unix)]
#[path = "shell/serve.rs"]
mod serve;
#[path = "shell/study.rs"]
mod study;
#[path = "shell/summary.rs"]
mod summary;
#[path = "shell/table.rs"]
mod table;
#[path = "shell/table_categories.rs"]
mod table_categories;
#[path = "shell/table_dialects.rs"]
mod table_dialects;
#[path = "shell/table_groups.rs"]
mod table_groups;
#[path = "shell/table_mistakes.rs"]
mod table_mistakes;
#[path = "shell/table_model_file.rs"]
mod table_model_file;
#[path = "shell/table_predictions.rs"]
mod table_predictions;
#[path = "shell/table_scales.rs"]
mod table_scales;
#[path = "shell/table_scores.rs"]
mod table_scores;
#[path = "shell/table_splits.rs"]
mod table_splits;
#[path = "shell/train.rs"]
mod train;
#[path = "shell/training_checks.rs"]
mod training_checks;
#[path = "shell/transfer.rs"]
mod transfer;
#[path = "shell/tune.rs"]
mod tune;
#[path = "shell/usage.rs"]
mod usage;
#[path = "shell/watch.rs"]
mod watch;
