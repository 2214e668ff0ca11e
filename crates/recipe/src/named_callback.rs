//! Callbacks by name, with arguments: what `[[callbacks]]` of a model file lists.

mod changes;
mod csv_logger;
mod early_stopping;
mod jsonl_logger;
mod learning_rate_scheduler;
mod model_checkpoint;
mod own;
mod reduce_lr_on_plateau;
mod run_path;
mod swap_ema_weights;
mod tensor_board;
mod terminate_on_nan;

use std::path::PathBuf;

use firebrick_trainer::{Fit, RunDirectory, SettingsTable, TrainError};
use toml::Spanned;
use toml::de::DeValue;

pub use csv_logger::GivenCsvLogger;
pub use early_stopping::GivenEarlyStopping;
pub use jsonl_logger::GivenJsonlLogger;
pub use learning_rate_scheduler::GivenLearningRateScheduler;
pub use model_checkpoint::GivenModelCheckpoint;
pub(crate) use own::unknown_callback;
pub use own::{OwnCallback, register_callback};
pub use reduce_lr_on_plateau::GivenReduceLrOnPlateau;
pub use swap_ema_weights::GivenSwapEmaWeights;
pub use tensor_board::{GivenTensorBoard, WriteFreq};
pub use terminate_on_nan::GivenTerminateOnNan;

/// What is watched where nothing is said, as in Keras.
const VAL_LOSS: &str = "val_loss";

/// Writes [`NamedCallback`] from one line a callback: its name, what is given of its arguments and, where it writes into a
/// file of its own, `of a run`.
macro_rules! named_callbacks {
    ($($name:ident : $Variant:ident($Given:ident) $(of a $run:ident)?,)*) => {
        /// A callback by its name, with what is given of its arguments.
        ///
        /// Files that it writes lie in the directory of the run, in a folder for their kind: models in `checkpoints`,
        /// tables and lines in `logs`, what TensorBoard shows in `tensorboard`. Their names are relative to it and
        /// cannot leave it, so that a run has all its files together: they are replaced with the run and go on with it.
        ///
        /// ```
        /// use firebrick::recipes::{ModelFile, NamedCallback};
        ///
        /// let file: ModelFile = r#"
        ///     input_shape = [4]
        ///     [[layers]]
        ///     class_name = "Dense"
        ///     units = 3
        ///     activation = "softmax"
        ///
        ///     [[callbacks]]
        ///     name = "early_stopping"
        ///     patience = 3
        /// "#.parse()?;
        /// assert_eq!(file.callbacks()[0].name(), "early_stopping");
        /// assert!(matches!(&file.callbacks()[0], NamedCallback::EarlyStopping(given) if given.patience == Some(3)));
        /// # Ok::<(), firebrick::recipes::RecipeError>(())
        /// ```
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum NamedCallback {
            $(
                #[doc = concat!("`", stringify!($name), "`.")]
                $Variant($Given),
            )*
            /// One of a program's own, by a name that it has [registered](register_callback).
            Own(OwnCallback),
        }

        impl NamedCallback {
            /// The names.
            pub const NAMES: &[&str] = &[$(stringify!($name)),*];

            /// The callback of this name, nothing said of its arguments.
            pub(crate) fn by_name(name: &str) -> Option<Self> {
                match name {
                    $(stringify!($name) => Some(Self::$Variant($Given::default())),)*
                    _ => None,
                }
            }

            /// One of [`NAMES`](Self::NAMES), or the name of one's own.
            pub fn name(&self) -> &str {
                match self {
                    $(Self::$Variant(_) => stringify!($name),)*
                    Self::Own(own) => own.name(),
                }
            }

            /// The arguments that it takes.
            pub(crate) fn argument_names(&self) -> Vec<&'static str> {
                let settings = match self {
                    $(Self::$Variant(_) => $Given::settings(),)*
                    Self::Own(_) => Vec::new(),
                };
                settings.iter().map(|setting| setting.key).collect()
            }

            /// Takes the value of an argument.
            pub(crate) fn read_argument(
                &mut self,
                name: &str,
                value: Spanned<DeValue<'_>>,
            ) -> Result<(), toml::de::Error> {
                let read = match self {
                    $(Self::$Variant(given) => given.read_toml(name, value),)*
                    // It has read its arguments itself.
                    Self::Own(_) => Ok(Ok(())),
                };
                read.unwrap_or(Ok(()))
            }

            /// The same fit with this callback, whose files lie in `run`; without one in the working directory.
            ///
            /// # Errors
            /// An argument that is out of its range, a file outside of the run.
            pub fn added_to(&self, fit: Fit, run: Option<&RunDirectory>) -> Result<Fit, TrainError> {
                match self {
                    $(Self::$Variant(given) => {
                        Ok(fit.with_callback(named_callbacks!(@callback given, run $(, $run)?)?))
                    })*
                    Self::Own(own) => own.added_to(fit),
                }
            }

            /// The file or folder of the run that it alone writes into, if it has one.
            pub(crate) fn own_path(&self) -> Result<Option<PathBuf>, TrainError> {
                match self {
                    $(Self::$Variant(_given) => named_callbacks!(@path _given $(, $run)?),)*
                    Self::Own(_) => Ok(None),
                }
            }
        }
    };

    (@callback $given:ident, $run:ident) => { $given.callback() };
    (@callback $given:ident, $run:ident, run) => { $given.callback($run) };
    (@path $given:ident) => { Ok(None) };
    (@path $given:ident, run) => { $given.path(None).map(Some) };
}

named_callbacks! {
    early_stopping: EarlyStopping(GivenEarlyStopping),
    reduce_lr_on_plateau: ReduceLrOnPlateau(GivenReduceLrOnPlateau),
    learning_rate_scheduler: LearningRateScheduler(GivenLearningRateScheduler),
    model_checkpoint: ModelCheckpoint(GivenModelCheckpoint),
    terminate_on_nan: TerminateOnNan(GivenTerminateOnNan),
    swap_ema_weights: SwapEmaWeights(GivenSwapEmaWeights),
    csv_logger: CsvLogger(GivenCsvLogger) of a run,
    jsonl_logger: JsonlLogger(GivenJsonlLogger) of a run,
    tensor_board: TensorBoard(GivenTensorBoard) of a run,
}
