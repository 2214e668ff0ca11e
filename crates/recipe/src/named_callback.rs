//! Callbacks by name, with arguments: what `[[callbacks]]` of a model file lists.

mod changes;
mod early_stopping;
mod model_checkpoint;
mod reduce_lr_on_plateau;
mod swap_ema_weights;
mod terminate_on_nan;

use firebrick_trainer::{Fit, SettingsTable, TrainError};
use toml::Spanned;
use toml::de::DeValue;

pub use early_stopping::GivenEarlyStopping;
pub use model_checkpoint::GivenModelCheckpoint;
pub use reduce_lr_on_plateau::GivenReduceLrOnPlateau;
pub use swap_ema_weights::GivenSwapEmaWeights;
pub use terminate_on_nan::GivenTerminateOnNan;

/// What is watched where nothing is said, as in Keras.
const VAL_LOSS: &str = "val_loss";

/// Writes [`NamedCallback`] from one line a callback: its name, and what is given of its arguments.
macro_rules! named_callbacks {
    ($($name:ident : $Variant:ident($Given:ident),)*) => {
        /// A callback by its name, with what is given of its arguments.
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

            /// One of [`NAMES`](Self::NAMES).
            pub fn name(&self) -> &'static str {
                match self {
                    $(Self::$Variant(_) => stringify!($name),)*
                }
            }

            /// The arguments that it takes.
            pub(crate) fn argument_names(&self) -> Vec<&'static str> {
                let settings = match self {
                    $(Self::$Variant(_) => $Given::settings(),)*
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
                };
                read.unwrap_or(Ok(()))
            }

            /// The same fit with this callback.
            ///
            /// # Errors
            /// An argument that is out of its range.
            pub fn added_to(&self, fit: Fit) -> Result<Fit, TrainError> {
                match self {
                    $(Self::$Variant(given) => Ok(fit.with_callback(given.callback()?)),)*
                }
            }
        }
    };
}

named_callbacks! {
    early_stopping: EarlyStopping(GivenEarlyStopping),
    reduce_lr_on_plateau: ReduceLrOnPlateau(GivenReduceLrOnPlateau),
    model_checkpoint: ModelCheckpoint(GivenModelCheckpoint),
    terminate_on_nan: TerminateOnNan(GivenTerminateOnNan),
    swap_ema_weights: SwapEmaWeights(GivenSwapEmaWeights),
}
