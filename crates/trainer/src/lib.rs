//! Compiling, fitting and evaluating any model, with Burn's `Learner` underneath.
//!
//! This is the only crate that knows models, data and schedules at once; none of them knows it.
//! Everything that touches Burn's training traits lies in `burn_loop`, the epoch loop included.

// The derive of Burn's `RecordState` looks these up at the crate root.
extern crate alloc;
use burn::optim::{RecordState, StateSink, StateSource, join_index};

mod adapt;
mod burn_loop;
mod callback;
pub mod callbacks;
mod check;
mod checkpoint_error;
mod checkpoints;
mod class_axis;
mod compile;
mod compute;
mod curves;
mod detached;
mod directory_claim;
mod display;
mod displays;
mod error;
mod evaluation;
mod field_order;
mod figure_names;
mod figures;
mod fit;
mod history;
mod inputs;
mod insight;
mod interrupt;
mod joint_loss;
mod lock_holder;
mod logs;
mod loop_display;
pub mod losses;
mod memory;
mod memory_error;
pub mod metrics;
mod mismatch_error;
mod model_diagram;
mod non_finite;
mod non_finite_cause;
mod objective;
mod open_dashboard;
mod optimizer_state;
mod optimizers;
mod output_form;
mod outputs;
mod pass;
mod passes;
mod proof;
mod rate_curve;
mod rate_search;
mod read_back;
mod rerun;
mod run_description;
mod run_directory;
mod run_panels;
mod sample_place;
mod session;
mod settings_table;
mod state;
mod step;
mod step_kind;
mod target_domain;
mod target_form;
mod terminal;
mod trainer;
mod unoptimized;
mod weight_group;

/// Burn itself, in the version this crate is built on.
pub use burn;

pub use adapt::adapt;
pub use burn_loop::LearnerDashboard;
pub use callback::{Callback, Flow, HookResult, Training, Weights};
pub use check::{
    BatchLosses, ClassRange, Estimate, Examination, ExaminedInput, ExaminedSamples, ExaminedTarget,
    Finding, Severity,
};
pub use checkpoint_error::CheckpointError;
pub use checkpoints::{CheckpointInterval, Checkpoints, Progress};
pub use compile::Compile;
pub use curves::draw_curves;
pub use directory_claim::{DirectoryClaim, DirectoryContents, create_numbered_directory};
pub use display::Display;
pub use error::TrainError;
pub use evaluation::{ClassEvaluation, ClassReport, ConfusionCell, ConfusionCounts, Evaluation};
pub use firebrick_host::compute_on_this_thread;
pub use fit::{ClassKey, FineTune, Fit, FitSettings, GivenFit};
pub use history::{EpochRecord, FitParams, History, StopReason};
pub use interrupt::{CtrlC, Signal, StopHandle};
pub use lock_holder::LockHolder;
pub use logs::{Logs, figure_text};
pub use loop_display::{LoopDisplay, LoopProgress};
pub use losses::{Loss, LossFunction};
pub use memory_error::MemoryError;
pub use metrics::{Metric, MetricFunction};
pub use mismatch_error::MismatchError;
pub use model_diagram::{ModelDiagram, plot_model};
pub use non_finite_cause::NonFiniteCause;
pub use optimizer_state::OptimizerState;
pub use optimizers::{GivenOptimizer, Optimizer, OptimizerFunction, register_optimizer};
pub use output_form::OutputForm;
pub use outputs::Outputs;
pub use pass::Pass;
pub use rate_curve::{RateCurve, RatePoint};
pub use rate_search::RateSearch;
pub use run_description::{describe_compiled, describe_untrained};
pub use run_directory::RunDirectory;
pub use run_panels::run_panels;
pub use sample_place::SamplePlace;
pub use settings_table::{Flag, Setting, SettingsTable, TextError, Values};
pub use state::{State, StateItem};
pub use step::{Measures, Step, StepOutput, TestStep, Trainee, Updates};
pub use step_kind::StepKind;
pub use target_domain::TargetDomain;
pub use target_form::TargetForm;
pub use trainer::{StepTrainer, Trainer};
pub use weight_group::WeightGroup;
