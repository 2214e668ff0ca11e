//! Callbacks by name, with arguments: what `[[callbacks]]` of a model file lists.

use firebrick_trainer::callbacks::{
    EarlyStopping, ModelCheckpoint, MonitorMode, ReduceLrOnPlateau, SaveFreq, SwapEmaWeights,
    TerminateOnNan,
};
use firebrick_trainer::{Fit, SettingsTable, TrainError, settings};
use toml::Spanned;
use toml::de::DeValue;

/// What is watched where nothing is said, as in Keras.
const VAL_LOSS: &str = "val_loss";

settings! {
    /// The arguments of an [`EarlyStopping`], Keras' defaults where they are left out.
    ///
    /// ```
    /// use firebrick::recipes::GivenEarlyStopping;
    ///
    /// let given = GivenEarlyStopping { patience: Some(3), ..GivenEarlyStopping::default() };
    /// let stopping = given.callback()?;
    /// # let _ = stopping;
    /// # Ok::<(), firebrick::training::TrainError>(())
    /// ```
    pub struct GivenEarlyStopping {
        /// The figure that is watched.
        monitor: String;
        /// Epochs without anything better until it stops.
        patience: usize;
        /// What counts as better.
        min_delta: f64;
        /// What the figure has to beat in any case.
        baseline: f64;
        /// Which way the figure gets better.
        mode: MonitorMode;
        /// Epochs before it begins to watch.
        start_from_epoch: usize;
        /// Whether the best weights are left.
        restore_best_weights: bool;
    }
}

settings! {
    /// The arguments of a [`ReduceLrOnPlateau`], Keras' defaults where they are left out.
    ///
    /// ```
    /// use firebrick::recipes::GivenReduceLrOnPlateau;
    ///
    /// let given = GivenReduceLrOnPlateau { factor: Some(2.0), ..GivenReduceLrOnPlateau::default() };
    /// assert!(given.callback().is_err());
    /// ```
    pub struct GivenReduceLrOnPlateau {
        /// The figure that is watched.
        monitor: String;
        /// What the rate is multiplied with.
        factor: f64;
        /// Epochs without anything better until the rate falls.
        patience: usize;
        /// What counts as better.
        min_delta: f64;
        /// Epochs after a fall in which nothing counts.
        cooldown: usize;
        /// The lowest rate.
        min_lr: f64;
        /// Which way the figure gets better.
        mode: MonitorMode;
    }
}

settings! {
    /// The arguments of a [`ModelCheckpoint`], Keras' defaults where they are left out.
    ///
    /// ```
    /// use firebrick::recipes::GivenModelCheckpoint;
    ///
    /// let given = GivenModelCheckpoint { save_best_only: Some(true), ..GivenModelCheckpoint::default() };
    /// let checkpoint = given.callback()?;
    /// # let _ = checkpoint;
    /// # Ok::<(), firebrick::training::TrainError>(())
    /// ```
    pub struct GivenModelCheckpoint {
        /// The name of a file in the run's folder of checkpoints, which may have placeholders.
        filepath: String;
        /// The figure that says which model is the best.
        monitor: String;
        /// Which way the figure gets better.
        mode: MonitorMode;
        /// Whether only what is better than before is saved.
        save_best_only: bool;
        /// Whether the description of the model is left out.
        save_weights_only: bool;
        /// Batches from one model to the next, instead of one after every epoch.
        save_freq: usize;
        /// What the figure has to beat from the first epoch on.
        initial_value_threshold: f64;
    }
}

settings! {
    /// The arguments of a [`TerminateOnNan`], which has none.
    ///
    /// ```
    /// use firebrick::recipes::GivenTerminateOnNan;
    ///
    /// assert!(GivenTerminateOnNan::default().callback().is_ok());
    /// ```
    pub struct GivenTerminateOnNan {}
}

settings! {
    /// The arguments of a [`SwapEmaWeights`].
    ///
    /// ```
    /// use firebrick::recipes::GivenSwapEmaWeights;
    ///
    /// assert!(GivenSwapEmaWeights { swap_on_epoch: Some(true) }.callback().is_ok());
    /// ```
    pub struct GivenSwapEmaWeights {
        /// Whether the callbacks that follow see the average at the end of an epoch.
        swap_on_epoch: bool;
    }
}

/// `thing`, changed where a value is given.
fn with<T, V>(thing: T, value: Option<V>, change: impl FnOnce(T, V) -> T) -> T {
    match value {
        Some(value) => change(thing, value),
        None => thing,
    }
}

/// `thing`, changed where that is asked for.
fn when<T>(thing: T, is_asked_for: Option<bool>, change: impl FnOnce(T) -> T) -> T {
    with(thing, is_asked_for.filter(|is_on| *is_on), |thing, _| {
        change(thing)
    })
}

impl GivenEarlyStopping {
    /// The callback.
    ///
    /// # Errors
    /// None so far.
    pub fn callback(&self) -> Result<EarlyStopping, TrainError> {
        let callback =
            EarlyStopping::new(self.monitor.as_deref().unwrap_or(VAL_LOSS)).with_verbose();
        let callback = with(callback, self.patience, EarlyStopping::with_patience);
        let callback = with(callback, self.min_delta, EarlyStopping::with_min_delta);
        let callback = with(callback, self.baseline, EarlyStopping::with_baseline);
        let callback = with(callback, self.mode, EarlyStopping::with_mode);
        let callback = with(
            callback,
            self.start_from_epoch,
            EarlyStopping::with_start_from_epoch,
        );
        Ok(when(
            callback,
            self.restore_best_weights,
            EarlyStopping::with_restore_best_weights,
        ))
    }
}

impl GivenReduceLrOnPlateau {
    /// The callback.
    ///
    /// # Errors
    /// A factor that is not between 0 and 1.
    pub fn callback(&self) -> Result<ReduceLrOnPlateau, TrainError> {
        let callback =
            ReduceLrOnPlateau::new(self.monitor.as_deref().unwrap_or(VAL_LOSS)).with_verbose();
        let callback = match self.factor {
            Some(factor) => callback.with_factor(factor)?,
            None => callback,
        };
        let callback = with(callback, self.patience, ReduceLrOnPlateau::with_patience);
        let callback = with(callback, self.min_delta, ReduceLrOnPlateau::with_min_delta);
        let callback = with(callback, self.cooldown, ReduceLrOnPlateau::with_cooldown);
        let callback = with(callback, self.min_lr, ReduceLrOnPlateau::with_min_lr);
        Ok(with(callback, self.mode, ReduceLrOnPlateau::with_mode))
    }
}

impl GivenModelCheckpoint {
    /// The file of a checkpoint where none is named.
    const FILE: &str = "epoch-{epoch:04d}.bpk";

    /// The callback.
    ///
    /// # Errors
    /// A name with a placeholder that cannot be filled, every 0 batches.
    pub fn callback(&self) -> Result<ModelCheckpoint, TrainError> {
        let callback = ModelCheckpoint::new(self.filepath.as_deref().unwrap_or(Self::FILE))?;
        let callback = match self.save_freq {
            Some(batches) => callback.with_save_freq(SaveFreq::Batches(batches))?,
            None => callback,
        };
        let callback = with(
            callback,
            self.monitor.as_ref(),
            ModelCheckpoint::with_monitor,
        );
        let callback = with(callback, self.mode, ModelCheckpoint::with_mode);
        let callback = when(
            callback,
            self.save_best_only,
            ModelCheckpoint::with_save_best_only,
        );
        let callback = when(
            callback,
            self.save_weights_only,
            ModelCheckpoint::with_save_weights_only,
        );
        Ok(with(
            callback,
            self.initial_value_threshold,
            ModelCheckpoint::with_initial_value_threshold,
        ))
    }
}

impl GivenTerminateOnNan {
    /// The callback.
    ///
    /// # Errors
    /// None so far.
    pub fn callback(&self) -> Result<TerminateOnNan, TrainError> {
        Ok(TerminateOnNan::new())
    }
}

impl GivenSwapEmaWeights {
    /// The callback.
    ///
    /// # Errors
    /// None so far.
    pub fn callback(&self) -> Result<SwapEmaWeights, TrainError> {
        let callback = SwapEmaWeights::new();
        Ok(when(
            callback,
            self.swap_on_epoch,
            SwapEmaWeights::with_swap_on_epoch,
        ))
    }
}

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
