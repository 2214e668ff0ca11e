use firebrick_data::{CsvSource, CsvTarget, DataDescription};
use firebrick_model::Activation;
use firebrick_scheduler::{Constant, ScheduleSpec, TimeBased};
use firebrick_tensor::DeviceName;
use firebrick_trainer::losses::MeanSquaredError;
use firebrick_trainer::{
    FitSettings, Flag, GivenFit, GivenOptimizer, Loss, Optimizer, SettingsTable, TrainError,
    settings,
};

use crate::callback_settings::GivenCallbacks;
use crate::hidden_units::HiddenUnits;
use crate::model_file::{CompileSettings, ModelFile};
use crate::optimizer_name::OptimizerName;

/// The headings of the flags.
const DATA: &str = "Data";
const NETWORK: &str = "Network";
const LEARNING: &str = "Learning";

settings! {
    /// What decides the numbers of a training: its flags, and the keys of its `config.toml`.
    ///
    /// Both are these fields, so a flag `--batch-size` is the key `batch_size`. What is absent has been left open.
    ///
    /// ```
    /// use firebrick::recipes::Settings;
    ///
    /// let file: Settings = "epochs = 3\nschedule = \"time-based:5\"".parse()?;
    /// let flags: Settings = "epochs = 5\nlearning_rate = 0.1".parse()?;
    /// let settings = flags.over(file);
    /// assert_eq!(settings.fit.epochs, Some(5));
    /// // Both say how fast to learn.
    /// assert_eq!((settings.schedule, settings.learning_rate), (None, Some(0.1)));
    /// # Ok::<(), firebrick::recipes::RecipeError>(())
    /// ```
    pub struct Settings {
        /// Data set: `mnist`, `mnist-sample` (built in), a folder with four files named as those of MNIST, or a table,
        /// FILE.csv, with --target [default: mnist]
        data: DataDescription, flag Flag::text("NAME|DIR|FILE.csv").under(DATA);

        /// Take only the first N training samples, before the split
        train_limit: usize, flag Flag::number("N").under(DATA);

        /// Units of the hidden layers; `none` for a linear classifier
        hidden: HiddenUnits, flag Flag::hyphen_text("UNITS,…").under(NETWORK);

        /// Activation of the hidden layers
        activation: Activation, flag Flag::name(&Activation::NAMES).under(NETWORK);

        /// Begin with the weights of this run or model file, layer by layer, instead of initial ones
        weights: String, flag Flag::text("RUN|FILE").under(NETWORK);

        /// Of the file of --weights pass over layers of other shapes, such as another head, and those that it does not have
        skip_mismatch: bool, flag Flag::switch().under(NETWORK);

        /// Of the run of --weights go on with all that its optimizer remembers, from the step that it has come to
        optimizer_state: bool, flag Flag::switch().under(NETWORK);

        /// Train all layers but those whose names are like this, `*` for any text; several with a comma between
        freeze: String, flag Flag::text("PATTERN,…").under(NETWORK);

        /// What is made small [default: sparse_categorical_crossentropy, for numbers mean_squared_error]
        loss: Loss, flag Flag::name(Loss::NAMES).under(LEARNING);

        /// How weights follow gradients
        optimizer: OptimizerName, flag Flag::name(Optimizer::NAMES).under(LEARNING);

        /// The arguments of the optimizer.
        arguments: GivenOptimizer => nested;

        /// Learning rate as a function of the step: time-based:N starts at N and falls by 1 a step down to 1, constant:X
        /// stays; `firebrick schedule` knows and draws all forms [default: time-based:3 with sgd, constant:0.001 with the
        /// others]
        schedule: ScheduleSpec, flag Flag::text("SCHEDULE").under(LEARNING);

        /// Short for --schedule constant:X
        learning_rate: f64, flag Flag::number("X").under(LEARNING).or("lr").without(&["schedule"]);

        /// What is to watch the training.
        callbacks: GivenCallbacks => nested;

        /// The settings of the fit.
        fit: GivenFit => nested;

        /// Draw the samples for validation by the seed, the same share of every class
        stratified: bool, flag Flag::switch().under(DATA);

        /// Where to compute, on a GPU also with an index as in cuda:1
        device: DeviceName, flag Flag::name(&DeviceName::NAMES).under(LEARNING);

        /// A network in a file of its own with its training; in a `config.toml` the text of that file.
        model: ModelFile;

        /// What a program that trained could not write down, by the keys that would say it.
        unknown: Vec<String>;
    }
}

impl Settings {
    /// Whether a program could not write down what this key would say.
    pub fn lacks(&self, key: &str) -> bool {
        self.unknown.iter().flatten().any(|unknown| unknown == key)
    }

    /// The flags of what a program could not write down, where nothing else says it.
    pub fn missing(&self) -> Vec<&'static str> {
        [
            ("data", self.data().is_some(), "--data"),
            (
                "network",
                self.model.is_some() || self.hidden.is_some(),
                "--model or --hidden",
            ),
            ("loss", self.loss.is_some(), "--loss"),
            (
                "schedule",
                self.says_rate(),
                "--schedule or --learning-rate",
            ),
        ]
        .into_iter()
        .filter(|(key, is_said, _)| self.lacks(key) && !is_said)
        .map(|(_, _, flag)| flag)
        .collect()
    }

    /// The data set that is asked for, or else that of the model file.
    pub fn data(&self) -> Option<&DataDescription> {
        let described = || self.model.as_ref().and_then(ModelFile::data);
        self.data.as_ref().or_else(described)
    }

    /// Whether anything says how fast to learn.
    pub fn says_rate(&self) -> bool {
        self.schedule.is_some() || self.learning_rate.is_some() || self.fit.one_cycle.is_some()
    }

    /// These settings, and where they leave something open those of `other`.
    ///
    /// Of those that exclude one another, one here replaces all there.
    #[must_use = "returns the settings of both"]
    pub fn over(self, mut other: Self) -> Self {
        // Both say how fast to learn.
        if self.says_rate() {
            (other.schedule, other.learning_rate) = (None, None);
            other.fit.one_cycle = None;
        }
        if self.arguments.clips() {
            other.arguments = other.arguments.without_clipping();
        }
        // A model file describes the whole network.
        if self.model.is_some() {
            (other.hidden, other.activation) = (None, None);
        }
        self.or(other)
    }

    /// What holds for a network of hidden layers on this data where nothing else is said; of the optimizer and its rate, as
    /// they go with what is said here.
    #[must_use = "returns the defaults"]
    pub fn defaults(&self) -> Self {
        let data = self.data().cloned().unwrap_or_default();
        let table = data.table();
        let (activation, optimizer, epochs, batch_size) = match table {
            None => (Activation::default(), Optimizer::sgd(), 10, 128),
            // A table has fewer samples, and numbers of any scale.
            Some(_) => (Activation::Relu, Optimizer::adam(), 30, 32),
        };
        let loss = match table.map(CsvSource::target) {
            Some(CsvTarget::Values(_)) => MeanSquaredError::new().into(),
            _ => Loss::default(),
        };
        let optimizer = OptimizerName::of(&optimizer);
        let is_sgd =
            self.optimizer.as_ref().unwrap_or(&optimizer).as_str() == Optimizer::sgd().name();
        Self {
            stratified: Some(data.is_table()),
            data: Some(data),
            hidden: Some(HiddenUnits::default()),
            activation: Some(activation),
            loss: Some(loss),
            optimizer: Some(optimizer),
            arguments: GivenOptimizer {
                momentum: Some(0.0),
                ..GivenOptimizer::default()
            },
            // A rate of 3 would make the others diverge.
            schedule: TimeBased::new(3).ok().filter(|_| is_sgd).map(Into::into),
            fit: GivenFit {
                epochs: Some(epochs),
                batch_size: Some(batch_size),
                validation_split: Some(0.1),
                seed: Some(FitSettings::default().seed),
                ..GivenFit::default()
            },
            device: Some(DeviceName::default()),
            ..Self::default()
        }
    }

    /// How to learn: `described`, but where these settings say something else that. Without a rate it is the optimizer's own.
    ///
    /// # Errors
    /// Arguments that the optimizer does not have or that are out of their range, a rate that cannot be.
    pub fn compile(&self, described: CompileSettings) -> Result<CompileSettings, TrainError> {
        let optimizer = match &self.optimizer {
            Some(name) if name.as_str() != described.optimizer.name() => {
                Optimizer::by_name(name.as_str())?
            }
            _ => described.optimizer,
        };
        let optimizer = self.arguments.applied_to(optimizer)?;
        let schedule = match (&self.schedule, self.learning_rate) {
            (Some(schedule), _) => Some(schedule.clone()),
            (None, Some(rate)) => Some(Constant::new(rate)?.into()),
            (None, None) => described.schedule,
        };
        let own = || Constant::new(optimizer.default_learning_rate()).map(Into::into);
        Ok(CompileSettings {
            schedule: Some(schedule.map_or_else(own, Ok)?),
            optimizer,
            loss: self.loss.clone().or(described.loss),
            ..described
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schedule_of(settings: Settings) -> String {
        let defaults = settings.defaults();
        let settings = settings.over(defaults);
        let compile = settings.compile(CompileSettings::default()).unwrap();
        compile.schedule.unwrap().to_string()
    }

    #[test]
    fn all_but_sgd_start_at_the_rate_of_keras() {
        for name in &Optimizer::NAMES[1..] {
            let settings = Settings {
                optimizer: Some(name.parse().unwrap()),
                ..Settings::default()
            };
            let own = Optimizer::by_name(name).unwrap().default_learning_rate();
            assert_eq!(schedule_of(settings), format!("constant:{own}"));
            let is_free = *name == "schedule_free_adamw";
            let expected: f64 = if is_free { 0.0025 } else { 0.001 };
            assert!((own - expected).abs() < 1e-12, "{own}");
        }
        assert_eq!(schedule_of(Settings::default()), "time-based:3");
    }

    #[test]
    fn a_flag_for_the_rate_replaces_either_form_in_the_file() {
        let rate = |text: &str| Settings {
            learning_rate: Some(text.parse().unwrap()),
            ..Settings::default()
        };
        let schedule = |text: &str| Settings {
            schedule: Some(text.parse().unwrap()),
            ..Settings::default()
        };
        for (flags, file, resolved) in [
            (rate("0.5"), schedule("time-based:7"), "constant:0.5"),
            (schedule("time-based:7"), rate("0.5"), "time-based:7"),
            (Settings::default(), rate("0.25"), "constant:0.25"),
        ] {
            assert_eq!(schedule_of(flags.over(file)), resolved);
        }
    }

    #[test]
    fn a_flag_for_clipping_replaces_another_in_the_file() {
        let flags: Settings = "clipvalue = 0.5".parse().unwrap();
        let file: Settings = "clipnorm = 1.0\nweight_decay = 0.1".parse().unwrap();
        let arguments = flags.over(file).arguments;
        assert_eq!((arguments.clipnorm, arguments.clipvalue), (None, Some(0.5)));
        assert_eq!(arguments.weight_decay, Some(0.1));
    }

    #[test]
    fn what_holds_for_a_table_is_its_own() {
        let table = Settings {
            data: Some(DataDescription::Csv(CsvSource::values("a.csv", ["b"]))),
            ..Settings::default()
        };
        let defaults = table.defaults();
        assert_eq!(defaults.fit.epochs, Some(30));
        assert_eq!(defaults.loss, Some(MeanSquaredError::new().into()));
        assert_eq!(defaults.schedule, None);
    }
}
