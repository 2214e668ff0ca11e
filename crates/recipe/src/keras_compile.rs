//! How a model is compiled, as the `compile_config` in Keras' files has it.

mod reading;
mod writing;

use std::fmt;

use firebrick_spec::Value;

use crate::model_file::CompileSettings;

/// A setting that Keras and Firebrick do not have both.
///
/// ```
/// use firebrick::recipes::CompileSettings;
/// use firebrick::specs::Value;
///
/// let config: Value = serde_json::from_str(r#"{"optimizer": "adam", "loss": "mse", "metrics": ["mae", "accuracz"]}"#)?;
/// let read = CompileSettings::from_keras(&config, &["output"])?;
/// assert_eq!(read.settings.metrics.len(), 1);
/// assert!(read.left_out[0].to_string().starts_with("`metrics[1]` is left out: unknown metric `accuracz`"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// Which one, as in `metrics[1]`.
    pub setting: String,
    /// Why.
    pub reason: String,
    /// What to do.
    pub hint: &'static str,
}

impl fmt::Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            setting,
            reason,
            hint,
        } = self;
        write!(f, "`{setting}` is left out: {reason}; {hint}")
    }
}

/// What a `compile_config` of Keras says, as [`CompileSettings::from_keras`] reads it.
///
/// ```
/// use firebrick::recipes::{CompileSettings, KerasCompile};
/// use firebrick::specs::Value;
///
/// let config: Value = serde_json::from_str(r#"{"optimizer": "mine", "loss": "mse"}"#)?;
/// let KerasCompile { settings, unknown, left_out } = CompileSettings::from_keras(&config, &["output"])?;
/// assert_eq!(settings.loss_text(), "mean_squared_error");
/// assert_eq!((unknown, left_out.len()), (vec!["optimizer", "schedule"], 1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct KerasCompile {
    /// What could be honoured, beside the defaults.
    pub settings: CompileSettings,
    /// The settings that are defaults, because those of the file were left out: `optimizer`, `schedule`.
    pub unknown: Vec<&'static str>,
    /// What could not be honoured.
    pub left_out: Vec<LeftOut>,
}

/// The rate that a training has come to.
///
/// ```
/// use firebrick::recipes::{CompileSettings, Reached};
///
/// let reached = Reached { learning_rate: 0.25, is_rate_changed: false };
/// let (config, left_out) = CompileSettings::default().to_keras(&["output"], Some(reached));
/// assert_eq!(serde_json::to_value(&config.unwrap())?["optimizer"]["config"]["learning_rate"], 0.25);
/// assert!(left_out.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reached {
    /// The rate.
    pub learning_rate: f64,
    /// Whether it is not that of the schedule, because something has changed it since.
    pub is_rate_changed: bool,
}

impl CompileSettings {
    /// What a `compile_config` says; what cannot be honoured is left out, and told of. Nothing is ever run.
    ///
    /// ```
    /// use firebrick::recipes::CompileSettings;
    /// use firebrick::specs::Value;
    /// use firebrick::training::Optimizer;
    ///
    /// let keras = r#"{"optimizer": {"class_name": "SGD", "config": {"learning_rate": 0.1, "momentum": 0.9}}, "loss": "mse"}"#;
    /// let config: Value = serde_json::from_str(keras)?;
    /// let read = CompileSettings::from_keras(&config, &["output"])?;
    /// assert_eq!(read.settings.optimizer, Optimizer::sgd().with_momentum(0.9)?);
    /// assert!(read.left_out.is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// What is no table of settings.
    pub fn from_keras(
        config: &Value,
        outputs: &[&str],
    ) -> Result<KerasCompile, firebrick_spec::SpecError> {
        reading::read(config, outputs)
    }

    /// The same as Keras writes it, for a network of these outputs and perhaps a training that has come somewhere, and what Keras
    /// has no word for; `None` where it does not have the optimizer.
    ///
    /// ```
    /// use firebrick::recipes::CompileSettings;
    ///
    /// let (config, left_out) = CompileSettings::default().to_keras(&["output"], None);
    /// let json = serde_json::to_value(&config.unwrap())?;
    /// assert_eq!(json["loss"]["class_name"], "SparseCategoricalCrossentropy");
    /// assert!(left_out.is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn to_keras(
        &self,
        outputs: &[&str],
        reached: Option<Reached>,
    ) -> (Option<Value>, Vec<LeftOut>) {
        writing::written(self, outputs, reached)
    }
}
