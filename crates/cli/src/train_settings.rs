use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use firebrick::datasets::{
    BatchSource, CsvSource, CsvTarget, CsvTest, DataDescription, Subset, Targets, ValidationSplit,
    absolute_path,
};
use firebrick::devices::DeviceName;
use firebrick::losses::{Loss, TargetForm};
use firebrick::metrics::{MeanAbsoluteError, Metric, R2Score};
use firebrick::recipes::{CompileSettings, ModelFile, NamedCallback, Settings};
use firebrick::schedules::{Schedule, ScheduleSpec};
use firebrick::training::{Fit, FitSettings, Pass, RunDirectory, StepKind, TrainError};

use crate::adapting::{adapts, adapts_to_inputs};
use crate::failure::OrUsage;
use crate::network_settings::NetworkSettings;

/// The share of a table's rows that a network of hidden layers is judged by.
const TEST_SPLIT: f64 = 0.2;

/// The settings of a training, with nothing left open.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TrainSettings {
    /// All that is said, and where nothing is the defaults; beside a model file, which says them itself, none of these.
    pub(crate) given: Settings,
    pub(crate) data: DataDescription,
    pub(crate) stratified: bool,
    pub(crate) network: NetworkSettings,
    pub(crate) compile: CompileSettings,
    pub(crate) fit: FitSettings,
    pub(crate) device: DeviceName,
}

impl TrainSettings {
    /// Fills what is open with the model file's settings or else with the defaults and checks what can
    /// be checked without data.
    ///
    /// # Errors
    /// Values out of their range and settings that exclude one another, all of them usage errors.
    pub(crate) fn resolve(mut given: Settings) -> anyhow::Result<Self> {
        let data = data(&given)?;
        given.data = Some(data.clone());
        if given.model.is_none() {
            let defaults = given.defaults();
            given = given.over(defaults);
        }
        let network = NetworkSettings::of(&given)?;
        let (compile, fit) = match network.file() {
            Some(file) => (file.compile().clone(), file.fit().clone()),
            None => (with_default_metrics(&data), FitSettings::default()),
        };
        let compile = given.compile(compile).or_usage()?;
        let mut fit = fit.with(&given.fit);
        if given.says_rate() {
            // That of a model file is none of theirs.
            fit.one_cycle = given.fit.one_cycle;
        }
        fit.check_counts().or_usage()?;
        Ok(Self {
            stratified: given.stratified.unwrap_or(data.is_table()),
            device: given.device.unwrap_or_default(),
            given,
            data,
            network,
            compile,
            fit,
        })
    }

    /// The settings in the form of a file, for the device that was taken.
    ///
    /// Files of the data are written with their whole paths, so that the settings mean the same from anywhere.
    /// Beside a model file stands what wins over it and what it does not say.
    pub(crate) fn written(&self, device: DeviceName) -> Settings {
        let mut written = Settings {
            data: Some(self.data.clone().map_paths(absolute_path)),
            weights: self.given.weights.as_deref().map(whole_path),
            stratified: Some(self.stratified),
            device: Some(device),
            unknown: None,
            ..self.given.clone()
        };
        written.fit.seed = Some(self.fit.seed);
        if self.network.file().is_none() {
            (written.schedule, written.learning_rate) = (self.compile.schedule.clone(), None);
            written.callbacks = written.callbacks.without_none();
        }
        written
    }

    /// The learning rate as a function of the step.
    pub(crate) fn schedule(&self) -> anyhow::Result<&ScheduleSpec> {
        let schedule = self.compile.schedule.as_ref();
        schedule.context("the settings have no learning rate")
    }

    /// The rates in a word: those of a cycle, or else the schedule.
    pub(crate) fn rates(&self) -> anyhow::Result<String> {
        match self.fit.one_cycle {
            Some(rate) => Ok(format!("one cycle up to {rate}")),
            None => Ok(self.schedule()?.to_string()),
        }
    }

    /// What to tell before the training starts at a rate that is hardly meant.
    pub(crate) fn rate_warning(&self) -> anyhow::Result<Option<String>> {
        // The first rate is the same for any number of steps an epoch.
        let rate = match self.fit.one_cycle {
            Some(rate) => rate,
            None => self.schedule()?.build(1)?.learning_rate(0),
        };
        Ok(self.compile.optimizer.rate_warning(rate))
    }

    /// Whether features may be learned as their distances from another number: where a layer adapts to them.
    pub(crate) fn can_shift_features(&self) -> bool {
        match &self.network {
            NetworkSettings::Mlp { .. } => true,
            NetworkSettings::File(file) => adapts_to_inputs(file.network()),
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
            NetworkSettings::File(file) => {
                let network = file.network();
                network.output_names().len() == 1 && network.layers().last().is_some_and(adapts)
            }
        };
        let metrics = self.compile.all_metrics();
        let names = metrics.map(|metric| metric.function(TargetForm::LikeOutputs, 1).name());
        let mut names = names.chain(self.compile.losses().map(Loss::name));
        adapts && names.all(|name| OF_DIFFERENCES.contains(&name))
    }

    /// The settings of the fit, but for the validation data, which [`split`](Self::split) gives.
    pub(crate) fn to_fit(&self) -> Fit {
        let settings = FitSettings {
            validation_split: 0.0,
            ..self.fit.clone()
        };
        settings.to_fit()
    }

    /// A pass over data that learns nothing, which runs as the training does.
    pub(crate) fn to_pass(&self) -> Pass {
        // Another device than that of the training may not have the host's memory.
        let step = match self.fit.step {
            StepKind::Autodiff => StepKind::Autodiff,
            StepKind::Auto | StepKind::Host => StepKind::Auto,
        };
        Pass::new().with_step(step)
    }

    /// The same fit with the callbacks that are asked for: those of the model file, where no flag replaces them, and those
    /// of flags.
    pub(crate) fn with_callbacks(
        &self,
        fit: Fit,
        run: Option<&RunDirectory>,
    ) -> Result<Fit, TrainError> {
        let asked_for = &self.given.callbacks;
        let has_rate = self.given.says_rate();
        let is_replaced = |callback: &NamedCallback| match callback {
            NamedCallback::LearningRateScheduler(_) => has_rate,
            callback => asked_for.replaces(callback),
        };
        let described = self.network.file().map_or(&[][..], ModelFile::callbacks);
        let described = described.iter();
        let fit = described
            .filter(|callback| !is_replaced(callback))
            .try_fold(fit, |fit, callback| callback.added_to(fit, run))?;
        asked_for.applied_to(fit, run)
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
        let train: Arc<dyn BatchSource> = match self.given.train_limit {
            Some(limit) => Arc::new(Subset::first(train, limit).or_usage()?),
            None => train,
        };
        let (fraction, seed) = (self.fit.validation_split, self.fit.seed);
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

/// The path from anywhere, where it is text.
fn whole_path(path: &str) -> String {
    let whole = absolute_path(Path::new(path));
    whole.to_str().unwrap_or(path).to_owned()
}

/// Samples to train on and samples for validation.
type Split = (Arc<dyn BatchSource>, Option<Arc<dyn BatchSource>>);

/// The data set; of a table without a model file some rows are held back to judge by, unless something else is said.
fn data(given: &Settings) -> anyhow::Result<DataDescription> {
    let data = given.data().cloned().unwrap_or_default();
    let leaves_open = data.table().is_some_and(|table| table.test().is_none());
    if given.model.is_some() || !leaves_open {
        return Ok(data);
    }
    Ok(data.map_table(|table| table.with_test(CsvTest::Split(TEST_SPLIT)))?)
}

/// What is measured where no model file says it: how many are right, or how far off numbers are.
fn with_default_metrics(data: &DataDescription) -> CompileSettings {
    let metrics = match data.table().map(CsvSource::target) {
        Some(CsvTarget::Values(_)) => vec![MeanAbsoluteError::new().into(), R2Score::new().into()],
        _ => vec![Metric::accuracy()],
    };
    CompileSettings {
        metrics,
        ..CompileSettings::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resolved_config_resolves_to_itself() {
        for given in [
            "",
            "optimizer = \"adam\"\nlearning_rate = 0.5\ncheckpoint = \"best\"",
        ] {
            let settings = TrainSettings::resolve(given.parse().unwrap()).unwrap();
            let written = settings.written(settings.device);
            let again = TrainSettings::resolve(written.clone()).unwrap();
            assert_eq!(again.written(again.device), written);
            assert_eq!(
                (&again.compile, &again.fit),
                (&settings.compile, &settings.fit)
            );
        }
    }
}
