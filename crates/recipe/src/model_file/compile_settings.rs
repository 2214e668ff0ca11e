use std::collections::BTreeMap;

use firebrick_scheduler::ScheduleSpec;
use firebrick_spec::{Argument, Spec, SpecError};
use firebrick_trainer::{Compile, Loss, Metric, Optimizer, WeightGroup};

use super::output_settings::OutputSettings;
use super::section::{Located, Section, wrong_value};
use crate::model_file_problem::ModelFileProblem;

/// The `[compile]` of a [`ModelFile`](super::ModelFile): optimizer, learning rate, loss and metrics.
///
/// ```
/// use firebrick::recipes::CompileSettings;
/// use firebrick::prelude::*;
///
/// let settings = CompileSettings::default();
/// assert_eq!(settings.loss, Some(SparseCategoricalCrossentropy::new().into()));
/// assert!(settings.metrics.is_empty());
/// let compile: Compile = settings.to_compile();
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct CompileSettings {
    /// `optimizer`, a name or a table of a name and arguments, `learning_rate` among them, also as Keras writes it; Keras'
    /// default is `rmsprop`.
    pub optimizer: Optimizer,
    /// `learning_rate`, a number or a schedule, which may be called `schedule` too: its text, or a table of its name and
    /// arguments; `None` for the optimizer's own rate.
    pub schedule: Option<ScheduleSpec>,
    /// `loss`, a name or a table of a name and arguments, of every output that has none of its own; if it is left out the
    /// cross-entropy of class indices, and `None` where there are `outputs`.
    pub loss: Option<Loss>,
    /// `metrics`, a list of names and tables; none if it is left out.
    pub metrics: Vec<Metric>,
    /// `weighted_metrics`, as `metrics`, but with the weights of samples and classes.
    pub weighted_metrics: Vec<Metric>,
    /// `outputs`, for single outputs by their names what [`OutputSettings`] lists.
    pub outputs: BTreeMap<String, OutputSettings>,
    /// `weight_groups`, a list of tables such as `{ weights = "encoder/*", learning_rate_factor = 0.1, weight_decay = 0 }`, and
    /// `exclude_from_weight_decay`, a list of patterns such as `"*/bias"`; none if they are left out.
    pub weight_groups: Vec<WeightGroup>,
}

impl Default for CompileSettings {
    fn default() -> Self {
        Self {
            optimizer: Optimizer::rmsprop(),
            schedule: None,
            loss: Some(Loss::default()),
            metrics: Vec::new(),
            weighted_metrics: Vec::new(),
            outputs: BTreeMap::new(),
            weight_groups: Vec::new(),
        }
    }
}

impl CompileSettings {
    const KEYS: &[&str] = &[
        Self::OPTIMIZER,
        Self::LEARNING_RATE,
        Self::SCHEDULE,
        "loss",
        "metrics",
        "weighted_metrics",
        Self::OUTPUTS,
        Self::WEIGHT_GROUPS,
        Self::EXCLUDE_FROM_WEIGHT_DECAY,
    ];
    const OPTIMIZER: &str = "optimizer";
    const LEARNING_RATE: &str = "learning_rate";
    const SCHEDULE: &str = "schedule";
    pub(super) const OUTPUTS: &'static str = "outputs";
    const WEIGHT_GROUPS: &str = "weight_groups";
    const EXCLUDE_FROM_WEIGHT_DECAY: &str = "exclude_from_weight_decay";

    /// The settings, ready for a model.
    pub fn to_compile(&self) -> Compile {
        let compile = match &self.loss {
            Some(loss) => Compile::new(self.optimizer.clone(), loss.clone()),
            None => Compile::by_output::<String, Loss>(self.optimizer.clone(), []),
        };
        let compile = compile
            .with_metrics(self.metrics.clone())
            .with_weighted_metrics(self.weighted_metrics.clone())
            .with_weight_groups(self.weight_groups.clone());
        let outputs = self.outputs.iter();
        let compile = outputs.fold(compile, |compile, (name, output)| {
            output.applied_to(compile, name)
        });
        match &self.schedule {
            Some(schedule) => compile.with_schedule(schedule.clone()),
            None => compile,
        }
    }

    /// All losses: that of all outputs, then those that single ones have of their own.
    ///
    /// ```
    /// use firebrick::recipes::CompileSettings;
    ///
    /// let compile = CompileSettings::default();
    /// let losses: Vec<&str> = compile.losses().map(|loss| loss.name()).collect();
    /// assert_eq!(losses, ["sparse_categorical_crossentropy"]);
    /// ```
    pub fn losses(&self) -> impl Iterator<Item = &Loss> {
        let own = self.outputs.values().filter_map(|own| own.loss.as_ref());
        self.loss.iter().chain(own)
    }

    /// All metrics, weighted or not, of all outputs or of single ones.
    pub fn all_metrics(&self) -> impl Iterator<Item = &Metric> {
        let own = self.outputs.values();
        let own = own.flat_map(|own| own.metrics.iter().chain(&own.weighted_metrics).flatten());
        let of_all = self.metrics.iter().chain(&self.weighted_metrics);
        of_all.chain(own)
    }

    /// The loss in words; of single outputs with their names.
    pub fn loss_text(&self) -> String {
        let own = self.outputs.iter().filter_map(|(name, own)| {
            let loss = own.loss.as_ref()?;
            Some(format!("{loss} at {name}"))
        });
        let texts = self.loss.iter().map(ToString::to_string).chain(own);
        texts.collect::<Vec<String>>().join(", ")
    }

    /// For a network whose outputs have these names.
    pub(super) fn read(mut section: Section<'_>, output_names: &[&str]) -> Result<Self, Located> {
        section.check_keys(Self::KEYS)?;
        let default = Self::default();
        let at = section.at_key(Self::OPTIMIZER);
        let optimizer = section.take_spec(Self::OPTIMIZER, read_optimizer)?;
        let (optimizer, own_rate) = optimizer.unwrap_or((default.optimizer, None));
        let [metrics, weighted_metrics] =
            ["metrics", "weighted_metrics"].map(|key| read_metrics(&mut section, key));
        let rate = read_rate(&mut section)?;
        if own_rate.is_some() && rate.is_some() {
            let message =
                "its `learning_rate` and the one beside it exclude one another; keep one of them";
            return Err(wrong_value(Self::OPTIMIZER, message, at));
        }
        let loss = section.take_spec("loss", read_loss)?;
        let outputs = match section.take_section(Self::OUTPUTS)? {
            Some(outputs) => OutputSettings::read_all(outputs, output_names)?,
            None => BTreeMap::new(),
        };
        Ok(Self {
            schedule: rate.or(own_rate),
            optimizer,
            loss: loss.or(default.loss.filter(|_| outputs.is_empty())),
            metrics: metrics?.unwrap_or_default(),
            weighted_metrics: weighted_metrics?.unwrap_or_default(),
            outputs,
            weight_groups: read_groups(&mut section)?,
        })
    }
}

/// The optimizer, and its learning rate where it says one.
fn read_optimizer(value: Argument) -> Result<(Optimizer, Option<ScheduleSpec>), SpecError> {
    Spec::from_value(value.value, "optimizer")
        .and_then(|spec| Optimizer::with_rate_from_spec(&spec))
        .map_err(|error| error.or_at(value.at))
}

pub(super) fn read_loss(value: Argument) -> Result<Loss, SpecError> {
    Spec::from_value(value.value, "loss")
        .and_then(|spec| Loss::from_spec(&spec))
        .map_err(|error| error.or_at(value.at))
}

fn read_metric_list(list: Argument) -> Result<Vec<Metric>, SpecError> {
    let metrics = list.into_items("a list of metrics")?.into_iter();
    metrics
        .map(|metric| Metric::from_value(metric.value).map_err(|error| error.or_at(metric.at)))
        .collect()
}

/// A list of metrics, each of which has a name that its figure can have.
pub(super) fn read_metrics(
    section: &mut Section<'_>,
    key: &str,
) -> Result<Option<Vec<Metric>>, Located> {
    let at = section.at_key(key);
    let metrics: Option<Vec<Metric>> = section.take_spec(key, read_metric_list)?;
    for metric in metrics.iter().flatten() {
        metric
            .check_name()
            .map_err(|error| Located::new(ModelFileProblem::Setting(error), at))?;
    }
    Ok(metrics)
}

/// The groups, and those without a weight decay behind them.
fn read_groups(section: &mut Section<'_>) -> Result<Vec<WeightGroup>, Located> {
    let groups = section.take::<Vec<WeightGroup>>(CompileSettings::WEIGHT_GROUPS)?;
    let excluded = section.take::<Vec<String>>(CompileSettings::EXCLUDE_FROM_WEIGHT_DECAY)?;
    let excluded = excluded.into_iter().flatten().map(WeightGroup::new);
    let excluded = excluded.map(WeightGroup::without_weight_decay);
    Ok(groups.into_iter().flatten().chain(excluded).collect())
}

fn read_schedule(value: Argument) -> Result<ScheduleSpec, SpecError> {
    ScheduleSpec::from_value(value.value).map_err(|error| error.or_at(value.at))
}

/// `learning_rate` or `schedule`.
fn read_rate(section: &mut Section<'_>) -> Result<Option<ScheduleSpec>, Located> {
    let at = section.at_key(CompileSettings::LEARNING_RATE);
    let schedule = section.take_spec(CompileSettings::SCHEDULE, read_schedule)?;
    let rate = section.take_spec(CompileSettings::LEARNING_RATE, read_schedule)?;
    if rate.is_some() && schedule.is_some() {
        let message = "excludes `schedule`; keep one of them";
        return Err(wrong_value(CompileSettings::LEARNING_RATE, message, at));
    }
    Ok(rate.or(schedule))
}
