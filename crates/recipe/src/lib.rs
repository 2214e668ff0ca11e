//! A training in a file: one `Settings`, read from TOML and from flags.
//!
//! A crate of its own because a training needs none of it: what is read here becomes a
//! [`Compile`](firebrick_trainer::Compile) and a [`Fit`](firebrick_trainer::Fit), which a program can just as well write
//! down itself. With the feature `clap` [`Settings`] are the flags of a command.

mod callback_settings;
mod checkpoint_every;
mod checkpoint_rule;
mod error;
#[cfg(feature = "clap")]
mod flags;
mod hidden_units;
mod keras_compile;
mod model_file;
mod model_file_problem;
mod named_callback;
mod optimizer_name;
mod plateau;
mod settings;
mod settings_file;
mod settings_problem;
mod stopping_rule;
mod whole_numbers;

pub use callback_settings::GivenCallbacks;
pub use checkpoint_every::{CheckpointEvery, CheckpointEveryError};
pub use checkpoint_rule::{CheckpointRule, CheckpointRuleError};
pub use error::RecipeError;
pub use hidden_units::{HiddenUnits, HiddenUnitsError};
pub use keras_compile::{KerasCompile, LeftOut, Reached};
pub use model_file::{CompileSettings, ModelFile, OutputSettings};
pub use model_file_problem::ModelFileProblem;
pub use named_callback::{
    GivenCsvLogger, GivenEarlyStopping, GivenJsonlLogger, GivenLearningRateScheduler,
    GivenModelCheckpoint, GivenReduceLrOnPlateau, GivenSwapEmaWeights, GivenTensorBoard,
    GivenTerminateOnNan, NamedCallback, OwnCallback, WriteFreq, register_callback,
};
pub use optimizer_name::OptimizerName;
pub use plateau::{Plateau, PlateauError};
pub use settings::Settings;
pub use settings_problem::SettingsProblem;
pub use stopping_rule::{FinalWeights, StoppingRule, StoppingRuleError};
pub use whole_numbers::{WholeNumbersError, whole_numbers};
