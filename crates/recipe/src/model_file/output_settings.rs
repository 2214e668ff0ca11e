//! `[compile.outputs.NAME]`.

use std::collections::BTreeMap;

use firebrick_spec::{SpecError, UnknownName};
use firebrick_trainer::{Compile, Loss, Metric};

use super::compile_settings::{CompileSettings, read_loss, read_metrics};
use super::section::{Located, Section, into_section, wrong_value};

/// What a [`ModelFile`](super::ModelFile) says of a single output, in a table `[compile.outputs.NAME]`: what stands there holds
/// instead of what `[compile]` says of all. An output without a loss, where `[compile]` has none either, is not judged.
///
/// ```
/// use firebrick::recipes::ModelFile;
///
/// let file: ModelFile = r#"
///     outputs = ["class", "corner"]
///
///     [inputs]
///     picture = [16]
///
///     [[layers]]
///     class_name = "Dense"
///     name = "class"
///     units = 3
///     activation = "softmax"
///     inputs = "picture"
///
///     [[layers]]
///     class_name = "Dense"
///     name = "corner"
///     units = 2
///     inputs = "picture"
///
///     [compile.outputs.class]
///     loss = "sparse_categorical_crossentropy"
///     metrics = ["accuracy"]
///
///     [compile.outputs.corner]
///     loss = { name = "huber", delta = 0.5 }
///     loss_weight = 0.1
/// "#.parse()?;
/// let compile = file.compile();
/// assert_eq!(compile.loss_text(), "sparse_categorical_crossentropy at class, huber at corner");
/// assert_eq!(compile.outputs["corner"].loss_weight, 0.1);
/// # Ok::<(), firebrick::recipes::RecipeError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct OutputSettings {
    /// `loss`, a name or a table of a name and arguments.
    pub loss: Option<Loss>,
    /// `loss_weight`, how much the loss counts in that of the training; 1 by default.
    pub loss_weight: f64,
    /// `metrics`, a list of names and tables.
    pub metrics: Option<Vec<Metric>>,
    /// `weighted_metrics`, the same with the weights of samples and classes.
    pub weighted_metrics: Option<Vec<Metric>>,
}

impl Default for OutputSettings {
    fn default() -> Self {
        Self {
            loss: None,
            loss_weight: 1.0,
            metrics: None,
            weighted_metrics: None,
        }
    }
}

impl OutputSettings {
    const KEYS: &[&str] = &["loss", Self::LOSS_WEIGHT, "metrics", "weighted_metrics"];
    const LOSS_WEIGHT: &str = "loss_weight";

    /// What a table says of outputs that have these names.
    pub(super) fn read_all(
        mut outputs: Section<'_>,
        known: &[&str],
    ) -> Result<BTreeMap<String, Self>, Located> {
        let mut read = BTreeMap::new();
        for name in outputs.keys() {
            let at = outputs.at_key(&name);
            if !known.contains(&name.as_str()) {
                let unknown = SpecError::from(UnknownName::new("output", &name, known));
                return Err(Located::of_spec(CompileSettings::OUTPUTS, unknown, at));
            }
            if let Some(value) = outputs.take_value(&name) {
                let section = into_section(CompileSettings::OUTPUTS, value)?;
                read.insert(name.clone(), Self::read(&name, section)?);
            }
        }
        Ok(read)
    }

    fn read(name: &str, mut section: Section<'_>) -> Result<Self, Located> {
        section.check_arguments(&format!("the output `{name}`"), Self::KEYS)?;
        let at = section.at_key(Self::LOSS_WEIGHT);
        let loss_weight = section.take::<f64>(Self::LOSS_WEIGHT)?.unwrap_or(1.0);
        if !loss_weight.is_finite() || loss_weight < 0.0 {
            let message = format!("expected a number from 0 on, received {loss_weight}");
            return Err(wrong_value(Self::LOSS_WEIGHT, message, at));
        }
        Ok(Self {
            loss: section.take_spec("loss", read_loss)?,
            loss_weight,
            metrics: read_metrics(&mut section, "metrics")?,
            weighted_metrics: read_metrics(&mut section, "weighted_metrics")?,
        })
    }

    /// The settings of a training with these for the output of this name.
    pub(super) fn applied_to(&self, compile: Compile, name: &str) -> Compile {
        let mut compile = compile.with_loss_weights([(name, self.loss_weight)]);
        if let Some(loss) = &self.loss {
            compile = compile.with_output_loss(name, loss.clone());
        }
        if let Some(metrics) = &self.metrics {
            compile = compile.with_output_metrics(name, metrics.clone());
        }
        if let Some(metrics) = &self.weighted_metrics {
            compile = compile.with_weighted_output_metrics(name, metrics.clone());
        }
        compile
    }
}
