use std::sync::Arc;

use firebrick::datasets::{
    BatchSource, CsvTest, DataDescription, Subset, Targets, ValidationSplit, absolute_path,
};
use firebrick::devices::DeviceName;
use firebrick::layers::Layer;
use firebrick::losses::{Loss, TargetForm};
use firebrick::metrics::Metric;
use firebrick::models::SequentialLayer;
use firebrick::schedules::{Constant, Schedule, ScheduleSpec, TimeBased};
use firebrick::training::{Compile, Fit, FitSettings, Optimizer, TrainError};

use crate::checkpoints::Checkpoints;
use crate::early_stopping::StoppingRule;
use crate::failure::OrUsage;
use crate::network_settings::NetworkSettings;
use crate::optimizer_name::OptimizerName;
use crate::plateau::Plateau;
use crate::train_config::TrainConfig;

/// The share of a table's rows that a network of hidden layers is judged by.
const TEST_SPLIT: f64 = 0.2;

/// The settings of a training, with nothing left open.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TrainSettings {
    pub(crate) data: DataDescription,
    pub(crate) train_limit: Option<usize>,
    pub(crate) validation_split: f64,
    pub(crate) stratified: bool,
    pub(crate) network: NetworkSettings,
    pub(crate) loss: Loss,
    pub(crate) metrics: Vec<Metric>,
    pub(crate) weighted_metrics: Vec<Metric>,
    pub(crate) optimizer: OptimizerName,
    /// Absent where that of a model file is taken.
    pub(crate) momentum: Option<f64>,
    /// Absent where the optimizer's own is taken.
    pub(crate) weight_decay: Option<f64>,
    pub(crate) clipnorm: Option<f64>,
    pub(crate) clipvalue: Option<f64>,
    pub(crate) global_clipnorm: Option<f64>,
    pub(crate) gradient_accumulation_steps: Option<usize>,
    /// The momentum of the weights' moving average.
    pub(crate) ema: Option<f64>,
    pub(crate) schedule: ScheduleSpec,
    pub(crate) epochs: usize,
    pub(crate) batch_size: usize,
    pub(crate) early_stopping: StoppingRule,
    pub(crate) reduce_lr_on_plateau: Plateau,
    pub(crate) checkpoint: Checkpoints,
    pub(crate) tensorboard: bool,
    pub(crate) seed: u64,
    pub(crate) device: DeviceName,
    /// Those of its settings that have no flag.
    fit: FitSettings,
}

impl TrainSettings {
    /// Fills what is open with the model file's settings or else with the defaults and checks what can
    /// be checked without data.
    ///
    /// # Errors
    /// Values out of their range and settings that exclude one another, all of them usage errors.
    pub(crate) fn resolve(config: TrainConfig) -> anyhow::Result<Self> {
        let (network, compile, fit) = NetworkSettings::of(&config)?;
        let has_file = matches!(network, NetworkSettings::File { .. });
        let data = data(&config, has_file)?;
        let is_table = matches!(data, DataDescription::Csv(_));
        let optimizer = match config.optimizer {
            Some(optimizer) => optimizer,
            None => compile.optimizer.name().parse()?,
        };
        let schedule = match (config.schedule, config.learning_rate) {
            (Some(schedule), _) => Some(schedule),
            (None, Some(rate)) => Some(Constant::new(rate).or_usage()?.into()),
            (None, None) => compile.schedule,
        };
        let schedule = match schedule {
            Some(schedule) => schedule,
            None if has_file => constant(&optimizer)?,
            None => default_schedule(&optimizer)?,
        };
        let settings = Self {
            data,
            train_limit: config.train_limit,
            validation_split: config.validation_split.unwrap_or(fit.validation_split),
            stratified: config.stratified.unwrap_or(is_table),
            loss: config.loss.unwrap_or(compile.loss),
            metrics: compile.metrics,
            weighted_metrics: compile.weighted_metrics,
            optimizer,
            momentum: config.momentum.or((!has_file).then_some(0.0)),
            weight_decay: config.weight_decay,
            clipnorm: config.clipnorm,
            clipvalue: config.clipvalue,
            global_clipnorm: config.global_clipnorm,
            gradient_accumulation_steps: config.gradient_accumulation_steps,
            ema: config.ema,
            schedule,
            epochs: positive("epochs", config.epochs.unwrap_or(fit.epochs))?,
            batch_size: positive("batch_size", config.batch_size.unwrap_or(fit.batch_size))?,
            seed: config.seed.unwrap_or(fit.seed),
            early_stopping: config.early_stopping.unwrap_or_default(),
            reduce_lr_on_plateau: config.reduce_lr_on_plateau.unwrap_or_default(),
            checkpoint: config.checkpoint.unwrap_or_default(),
            tensorboard: config.tensorboard.unwrap_or(false),
            device: config.device.unwrap_or_default(),
            network,
            fit,
        };
        settings.optimizer()?;
        Ok(settings)
    }

    /// The settings in the form of a file, for the device that was taken.
    ///
    /// Files of the data are written with their whole paths, so that the settings mean the same from anywhere.
    /// Beside a model file stands what wins over it and what it does not say.
    pub(crate) fn to_config(&self, device: DeviceName) -> TrainConfig {
        let data = self.data.clone().map_paths(absolute_path);
        let (hidden, activation) = match &self.network {
            NetworkSettings::Mlp { hidden, activation } => (hidden.clone(), *activation),
            NetworkSettings::File { given, .. } => {
                return TrainConfig {
                    data: Some(data),
                    stratified: Some(self.stratified),
                    seed: Some(self.seed),
                    device: Some(device),
                    unknown: None,
                    ..*given.clone()
                };
            }
        };
        TrainConfig {
            data: Some(data),
            train_limit: self.train_limit,
            validation_split: Some(self.validation_split),
            stratified: Some(self.stratified),
            hidden: Some(hidden),
            activation: Some(activation),
            loss: Some(self.loss.clone()),
            optimizer: Some(self.optimizer.clone()),
            momentum: self.momentum,
            weight_decay: self.weight_decay,
            clipnorm: self.clipnorm,
            clipvalue: self.clipvalue,
            global_clipnorm: self.global_clipnorm,
            gradient_accumulation_steps: self.gradient_accumulation_steps,
            ema: self.ema,
            schedule: Some(self.schedule.clone()),
            learning_rate: None,
            epochs: Some(self.epochs),
            batch_size: Some(self.batch_size),
            early_stopping: (self.early_stopping != StoppingRule::Never)
                .then(|| self.early_stopping.clone()),
            reduce_lr_on_plateau: (self.reduce_lr_on_plateau != Plateau::None)
                .then(|| self.reduce_lr_on_plateau.clone()),
            checkpoint: (self.checkpoint != Checkpoints::None).then_some(self.checkpoint),
            tensorboard: self.tensorboard.then_some(true),
            seed: Some(self.seed),
            device: Some(device),
            model: None,
            unknown: None,
        }
    }

    fn optimizer(&self) -> anyhow::Result<Optimizer> {
        type With = fn(Optimizer, f64) -> Result<Optimizer, TrainError>;

        let mut optimizer = Optimizer::by_name(self.optimizer.as_str()).or_usage()?;
        if let NetworkSettings::File { file, .. } = &self.network {
            let described = file.compile().optimizer;
            if described.name() == optimizer.name() {
                optimizer = described;
            }
        }
        let clippings = [self.clipnorm, self.clipvalue, self.global_clipnorm];
        if clippings.iter().any(Option::is_some) {
            optimizer = optimizer.without_clipping();
        }
        // No momentum is what every optimizer can do.
        let is_set = |&momentum: &f64| momentum != 0.0 || optimizer.with_momentum(momentum).is_ok();
        let momentum = self.momentum.filter(is_set);
        let settings: [(Option<f64>, With); 6] = [
            (momentum, Optimizer::with_momentum),
            (self.weight_decay, Optimizer::with_weight_decay),
            (self.clipnorm, Optimizer::with_clipnorm),
            (self.clipvalue, Optimizer::with_clipvalue),
            (self.global_clipnorm, Optimizer::with_global_clipnorm),
            (self.ema, Optimizer::with_ema),
        ];
        for (value, with) in settings {
            if let Some(value) = value {
                optimizer = with(optimizer, value).or_usage()?;
            }
        }
        match self.gradient_accumulation_steps {
            Some(steps) => optimizer.with_gradient_accumulation_steps(steps).or_usage(),
            None => Ok(optimizer),
        }
    }

    /// What to tell before the training starts at a rate that is hardly meant.
    pub(crate) fn rate_warning(&self) -> anyhow::Result<Option<String>> {
        // The first rate is the same for any number of steps an epoch.
        let rate = self.schedule.build(1)?.learning_rate(0);
        Ok(self.optimizer()?.rate_warning(rate))
    }

    pub(crate) fn compile(&self) -> anyhow::Result<Compile> {
        Ok(Compile::new(self.optimizer()?, self.loss.clone())
            .with_schedule(self.schedule.clone())
            .with_metrics(self.metrics.clone())
            .with_weighted_metrics(self.weighted_metrics.clone()))
    }

    /// Whether features may be learned as their distances from another number: where a layer adapts to them.
    pub(crate) fn can_shift_features(&self) -> bool {
        match &self.network {
            NetworkSettings::Mlp { .. } => true,
            NetworkSettings::File { file, .. } => adapts(file.network().layers().first()),
        }
    }

    /// The same of numbers that are to be predicted: where also loss and metrics look at differences alone.
    pub(crate) fn can_shift_targets(&self) -> bool {
        const OF_DIFFERENCES: [&str; 7] = [
            "mean_squared_error",
            "mean_absolute_error",
            "huber",
            "log_cosh",
            "logcosh",
            "root_mean_squared_error",
            "r2_score",
        ];
        let adapts = match &self.network {
            NetworkSettings::Mlp { .. } => true,
            NetworkSettings::File { file, .. } => adapts(file.network().layers().last()),
        };
        let metrics = self.metrics.iter().chain(&self.weighted_metrics);
        let names = metrics.map(|metric| metric.function(TargetForm::LikeOutputs, 1).name());
        let mut names = names.chain([self.loss.name()]);
        adapts && names.all(|name| OF_DIFFERENCES.contains(&name))
    }

    /// The settings of the fit, but for the validation data, which [`split`](Self::split) gives.
    pub(crate) fn fit(&self) -> Fit {
        let settings = FitSettings {
            epochs: self.epochs,
            batch_size: self.batch_size,
            seed: self.seed,
            validation_split: 0.0,
            ..self.fit.clone()
        };
        settings.to_fit()
    }

    /// Makes sure that the model file's weights of classes mean one class each.
    ///
    /// # Errors
    /// With a usage error an index that another class is called by.
    pub(crate) fn check_class_weight(&self, class_names: &[String]) -> anyhow::Result<()> {
        let mut keys = self.fit.class_weight.keys();
        keys.try_for_each(|key| key.check_meaning(class_names))
            .or_usage()
    }

    /// The samples to train on, and those for validation if there are to be any.
    pub(crate) fn split(&self, train: Arc<dyn BatchSource>) -> anyhow::Result<Split> {
        let train: Arc<dyn BatchSource> = match self.train_limit {
            Some(limit) => Arc::new(Subset::first(train, limit).or_usage()?),
            None => train,
        };
        let (fraction, seed) = (self.validation_split, self.seed);
        if fraction == 0.0 {
            return Ok((train, None));
        }
        let split = match train.targets() {
            _ if !self.stratified => ValidationSplit::Tail { fraction },
            Targets::Classes { .. } => ValidationSplit::Stratified { fraction, seed },
            Targets::Values { .. } => ValidationSplit::Random { fraction, seed },
        };
        let (train, validation) = Subset::split(&train, &split).or_usage()?;
        Ok((Arc::new(train), Some(Arc::new(validation))))
    }
}

/// Whether a layer waits for the numbers that it scales.
fn adapts(layer: Option<&SequentialLayer>) -> bool {
    matches!(
        layer.map(SequentialLayer::layer),
        Some(Layer::Normalization(layer)) if layer.mean().is_none()
    )
}

/// Samples to train on and samples for validation.
type Split = (Arc<dyn BatchSource>, Option<Arc<dyn BatchSource>>);

/// The data set; of a table without a model file some rows are held back to judge by, unless something else is said.
fn data(config: &TrainConfig, has_file: bool) -> anyhow::Result<DataDescription> {
    match config.data().cloned().unwrap_or_default() {
        DataDescription::Csv(source) if !has_file && source.test().is_none() => {
            let source = source.with_test(CsvTest::Split(TEST_SPLIT))?;
            Ok(DataDescription::Csv(source))
        }
        described => Ok(described),
    }
}

/// `time-based:3` for gradient descent; for the others Keras' rate, as a rate of 3 would make them diverge.
fn default_schedule(optimizer: &OptimizerName) -> anyhow::Result<ScheduleSpec> {
    if optimizer.as_str() == Optimizer::sgd().name() {
        return Ok(TimeBased::new(3)?.into());
    }
    constant(optimizer)
}

/// Keras' rate for the optimizer.
fn constant(optimizer: &OptimizerName) -> anyhow::Result<ScheduleSpec> {
    let optimizer = Optimizer::by_name(optimizer.as_str())?;
    Ok(Constant::new(optimizer.default_learning_rate())?.into())
}

fn positive(setting: &'static str, value: usize) -> anyhow::Result<usize> {
    if value > 0 {
        return Ok(value);
    }
    Err(TrainError::Setting {
        setting,
        expected: "at least 1",
        received: value.to_string(),
    })
    .or_usage()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use clap::Args;
    use firebrick::datasets::CsvSource;

    use super::*;

    fn defaults() -> TrainSettings {
        TrainSettings::resolve(TrainConfig::default()).unwrap()
    }

    /// The text of every setting that is not left open.
    fn texts(settings: &TrainSettings) -> BTreeMap<String, String> {
        let config = toml::Table::try_from(settings.to_config(DeviceName::Auto)).unwrap();
        let text = |value: toml::Value| match value {
            toml::Value::String(text) => text,
            toml::Value::Array(units) => {
                let units: Vec<String> = units.iter().map(ToString::to_string).collect();
                units.join(",")
            }
            toml::Value::Float(number) => number.to_string(),
            other => other.to_string(),
        };
        let texts = config.into_iter().map(|(key, value)| (key, text(value)));
        texts.collect()
    }

    #[test]
    fn the_help_names_the_defaults() {
        let images = texts(&defaults());
        let table = TrainSettings::resolve(TrainConfig {
            data: Some(DataDescription::Csv(CsvSource::values("a.csv", ["b"]))),
            ..TrainConfig::default()
        });
        let table = texts(&table.unwrap());
        let command = TrainConfig::augment_args(clap::Command::new("train"));
        for argument in command.get_arguments() {
            let key = argument.get_id().as_str();
            let (Some(default), Some(other)) = (images.get(key), table.get(key)) else {
                continue;
            };
            let named = if key == "data" || other == default {
                vec![format!("[default: {default}]")]
            } else {
                vec![
                    format!("[default: {default}, for a table {other}]"),
                    format!("[default: {default}, for numbers {other}]"),
                    format!("[default: {default} with sgd, {other} with the others]"),
                ]
            };
            let help = argument.get_help().unwrap().to_string();
            assert!(
                named.iter().any(|text| help.contains(text)),
                "{help}: {default}, {other}"
            );
        }
    }

    #[test]
    fn all_but_sgd_start_at_the_rate_of_keras() {
        for name in &Optimizer::NAMES[1..] {
            let config = TrainConfig {
                optimizer: Some(name.parse().unwrap()),
                ..TrainConfig::default()
            };
            let settings = TrainSettings::resolve(config).unwrap();
            assert_eq!(settings.schedule.to_string(), "constant:0.001");
        }
        assert_eq!(defaults().schedule.to_string(), "time-based:3");
    }

    #[test]
    fn a_flag_for_the_rate_replaces_either_form_in_the_file() {
        let rate = |text: &str| TrainConfig {
            learning_rate: Some(text.parse().unwrap()),
            ..TrainConfig::default()
        };
        let schedule = |text: &str| TrainConfig {
            schedule: Some(text.parse().unwrap()),
            ..TrainConfig::default()
        };
        for (flags, file, resolved) in [
            (rate("0.5"), schedule("time-based:7"), "constant:0.5"),
            (schedule("time-based:7"), rate("0.5"), "time-based:7"),
            (TrainConfig::default(), rate("0.25"), "constant:0.25"),
        ] {
            let settings = TrainSettings::resolve(flags.or(file)).unwrap();
            assert_eq!(settings.schedule.to_string(), resolved);
        }
    }

    #[test]
    fn a_flag_for_clipping_replaces_another_in_the_file() {
        let flags = TrainConfig {
            clipvalue: Some(0.5),
            ..TrainConfig::default()
        };
        let file = TrainConfig {
            clipnorm: Some(1.0),
            weight_decay: Some(0.1),
            ..TrainConfig::default()
        };
        let settings = TrainSettings::resolve(flags.or(file)).unwrap();
        assert_eq!((settings.clipnorm, settings.clipvalue), (None, Some(0.5)));
        assert_eq!(settings.weight_decay, Some(0.1));
    }

    #[test]
    fn a_resolved_config_resolves_to_itself() {
        let settings = defaults();
        let again = TrainSettings::resolve(settings.to_config(settings.device)).unwrap();
        assert_eq!(again, settings);
    }
}
