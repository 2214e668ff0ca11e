//! What watches a training and may act on it, with Keras' names, arguments and defaults.
//!
//! Epochs and batches are counted from 1 throughout, but in files whose form is Keras'.

mod csv_logger;
mod early_stopping;
mod file_name_pattern;
mod growing_file;
mod jsonl_logger;
mod lambda_callback;
mod learning_rate_scheduler;
mod line_file;
mod model_checkpoint;
mod monitor;
mod progress_bar;
mod python_text;
mod reduce_lr_on_plateau;
mod swap_ema_weights;
mod tensor_board;
mod terminate_on_nan;
mod voice;

#[cfg(test)]
mod fake;
#[cfg(test)]
mod golden;
#[cfg(test)]
mod resumed;

pub use crate::callback::{Callback, Flow, HookResult, Training, Weights};
pub use csv_logger::CsvLogger;
pub use early_stopping::EarlyStopping;
pub use jsonl_logger::JsonlLogger;
pub use lambda_callback::LambdaCallback;
pub use learning_rate_scheduler::LearningRateScheduler;
pub use model_checkpoint::{ModelCheckpoint, SaveFreq};
pub use monitor::MonitorMode;
pub use progress_bar::ProgressBar;
pub use reduce_lr_on_plateau::ReduceLrOnPlateau;
pub use swap_ema_weights::SwapEmaWeights;
pub use tensor_board::{TensorBoard, UpdateFreq};
pub use terminate_on_nan::TerminateOnNan;
