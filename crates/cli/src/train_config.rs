use anyhow::anyhow;
use firebrick::datasets::DataDescription;
use firebrick::devices::DeviceName;
use firebrick::losses::Loss;
use firebrick::models::Activation;
use firebrick::schedules::ScheduleSpec;
use firebrick::training::{ModelFile, Optimizer};
use serde::{Deserialize, Serialize};

use crate::checkpoints::Checkpoints;
use crate::early_stopping::StoppingRule;
use crate::hidden_units::HiddenUnits;
use crate::optimizer_name::OptimizerName;
use crate::plateau::Plateau;

/// What decides the numbers of a training: its flags, and the keys of its `config.toml`.
///
/// Both are these fields, so a flag `--batch-size` is the key `batch_size`. What is absent has been left open.
#[derive(Clone, Debug, Default, PartialEq, clap::Args, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TrainConfig {
    /// Data set: `mnist`, `mnist-sample` (built in), a folder with four files named as those of
    /// MNIST, or a table, FILE.csv, with --target [default: mnist]
    #[arg(long, value_name = "NAME|DIR|FILE.csv", help_heading = "Data")]
    pub(crate) data: Option<DataDescription>,

    /// Take only the first N training samples, before the split
    #[arg(
        long,
        value_name = "N",
        help_heading = "Data",
        allow_negative_numbers = true
    )]
    pub(crate) train_limit: Option<usize>,

    /// Share of the training samples kept back for validation, of images the last ones; 0 for none
    /// [default: 0.1]
    #[arg(
        long,
        value_name = "SHARE",
        help_heading = "Data",
        allow_negative_numbers = true
    )]
    pub(crate) validation_split: Option<f64>,

    /// Draw the samples for validation by the seed, the same share of every class
    /// [default: false, for a table true]
    #[arg(
        long,
        value_name = "true|false",
        help_heading = "Data",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "true",
        hide_possible_values = true
    )]
    pub(crate) stratified: Option<bool>,

    /// Units of the hidden layers; `none` for a linear classifier [default: 128,64]
    #[arg(
        long,
        value_name = "UNITS,…",
        help_heading = "Network",
        allow_hyphen_values = true
    )]
    pub(crate) hidden: Option<HiddenUnits>,

    #[arg(
        long,
        value_name = "NAME",
        help_heading = "Network",
        help = choice("Activation of the hidden layers", &Activation::NAMES, "sigmoid, for a table relu")
    )]
    pub(crate) activation: Option<Activation>,

    #[arg(
        long,
        value_name = "NAME",
        help_heading = "Learning",
        help = choice("What is made small", Loss::NAMES, "sparse_categorical_crossentropy, for numbers mean_squared_error")
    )]
    pub(crate) loss: Option<Loss>,

    #[arg(
        long,
        value_name = "NAME",
        help_heading = "Learning",
        help = choice("How weights follow gradients", &Optimizer::NAMES, "sgd, for a table adam")
    )]
    pub(crate) optimizer: Option<OptimizerName>,

    /// Momentum of sgd or rmsprop, from 0 up to but not including 1 [default: 0]
    #[arg(
        long,
        value_name = "M",
        help_heading = "Learning",
        allow_negative_numbers = true
    )]
    pub(crate) momentum: Option<f64>,

    /// Share, times the learning rate, that every weight loses a step [default: 0.004 with adamw,
    /// else 0]
    #[arg(
        long,
        value_name = "X",
        help_heading = "Learning",
        allow_negative_numbers = true
    )]
    pub(crate) weight_decay: Option<f64>,

    /// Greatest length of the gradient of each kernel or bias [default: any]
    #[arg(
        long,
        value_name = "X",
        help_heading = "Learning",
        conflicts_with_all = ["clipvalue", "global_clipnorm"],
        allow_negative_numbers = true
    )]
    pub(crate) clipnorm: Option<f64>,

    /// Greatest size of a single number of a gradient [default: any]
    #[arg(
        long,
        value_name = "X",
        help_heading = "Learning",
        conflicts_with = "global_clipnorm",
        allow_negative_numbers = true
    )]
    pub(crate) clipvalue: Option<f64>,

    /// Greatest length of all gradients together [default: any]
    #[arg(
        long,
        value_name = "X",
        help_heading = "Learning",
        allow_negative_numbers = true
    )]
    pub(crate) global_clipnorm: Option<f64>,

    /// Batches whose gradients make one update, by their mean: at least 2 [default: an update after
    /// every batch]
    #[arg(
        long,
        value_name = "N",
        help_heading = "Learning",
        allow_negative_numbers = true
    )]
    pub(crate) gradient_accumulation_steps: Option<usize>,

    /// Keep a moving average of the weights with this momentum (`--ema` alone: 0.99), which they become
    /// at the end [default: none]
    #[arg(
        long,
        value_name = "M",
        help_heading = "Learning",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "0.99"
    )]
    pub(crate) ema: Option<f64>,

    /// Learning rate as a function of the step: time-based:N starts at N and falls by 1 a step down
    /// to 1, constant:X stays; `firebrick schedule` knows and draws all forms [default: time-based:3
    /// with sgd, constant:0.001 with the others]
    #[arg(long, value_name = "SCHEDULE", help_heading = "Learning")]
    pub(crate) schedule: Option<ScheduleSpec>,

    /// Short for --schedule constant:X
    #[arg(
        long,
        visible_alias = "lr",
        value_name = "X",
        help_heading = "Learning",
        conflicts_with = "schedule",
        allow_negative_numbers = true
    )]
    pub(crate) learning_rate: Option<f64>,

    /// Passes over the training samples [default: 10, for a table 30]
    #[arg(
        long,
        value_name = "N",
        help_heading = "Learning",
        allow_negative_numbers = true
    )]
    pub(crate) epochs: Option<usize>,

    /// Samples between two updates of the weights [default: 128, for a table 32]
    #[arg(
        long,
        value_name = "N",
        help_heading = "Learning",
        allow_negative_numbers = true
    )]
    pub(crate) batch_size: Option<usize>,

    /// Stop where METRIC has not got better for so many epochs, e.g. `val_loss:5`; with `:restore` behind it
    /// leave the weights of the best epoch [default: none]
    #[arg(long, value_name = "METRIC:EPOCHS", help_heading = "Learning")]
    pub(crate) early_stopping: Option<StoppingRule>,

    /// Lower the learning rate where METRIC has not got better for so many epochs, e.g. `val_loss:5`: to a tenth, or by the
    /// factor behind it, as in `val_loss:5:0.5` [default: none]
    #[arg(long, value_name = "METRIC:EPOCHS", help_heading = "Learning")]
    pub(crate) reduce_lr_on_plateau: Option<Plateau>,

    /// Save models into the run's checkpoints folder: `best` (by `val_loss`), `every` epoch, or every
    /// so many epochs [default: none]
    #[arg(
        long,
        value_name = "best|every|N",
        help_heading = "Learning",
        allow_negative_numbers = true
    )]
    pub(crate) checkpoint: Option<Checkpoints>,

    /// Write the figures for TensorBoard into the run's tensorboard folder [default: false]
    #[arg(
        long,
        value_name = "true|false",
        help_heading = "Learning",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "true",
        hide_possible_values = true
    )]
    pub(crate) tensorboard: Option<bool>,

    /// Decides initial weights and shuffles; the same seed gives the same numbers [default: 42]
    #[arg(
        long,
        value_name = "N",
        help_heading = "Learning",
        allow_negative_numbers = true
    )]
    pub(crate) seed: Option<u64>,

    #[arg(
        long,
        value_name = "NAME",
        help_heading = "Learning",
        help = choice("Where to compute, on a GPU also with an index as in cuda:1", &DeviceName::NAMES, "auto")
    )]
    pub(crate) device: Option<DeviceName>,

    /// A network in a file of its own with its training; in a `config.toml` the text of that file.
    #[arg(skip)]
    pub(crate) model: Option<ModelFile>,

    /// What a program that trained could not write down, by the keys that would say it.
    #[arg(skip)]
    pub(crate) unknown: Option<Vec<String>>,
}

impl TrainConfig {
    /// The key of the settings that no flag of the same name gives.
    pub(crate) const MODEL: &str = "model";
    /// The key of what a program could not write down.
    pub(crate) const UNKNOWN: &str = "unknown";

    /// Whether a program could not write down what this key would say.
    pub(crate) fn lacks(&self, key: &str) -> bool {
        self.unknown.iter().flatten().any(|unknown| unknown == key)
    }

    /// Makes sure that all that decides a training is said, where a program could not write everything down.
    ///
    /// # Errors
    /// What is missing, all of it.
    pub(crate) fn check_complete(&self) -> anyhow::Result<()> {
        let rate = self.schedule.is_some() || self.learning_rate.is_some();
        let missing: Vec<&str> = [
            ("data", self.data().is_some(), "--data"),
            (
                "network",
                self.model.is_some() || self.hidden.is_some(),
                "--model or --hidden",
            ),
            ("loss", self.loss.is_some(), "--loss"),
            ("schedule", rate, "--schedule or --learning-rate"),
        ]
        .into_iter()
        .filter(|(key, is_said, _)| self.lacks(key) && !is_said)
        .map(|(_, _, flag)| flag)
        .collect();
        if missing.is_empty() {
            return Ok(());
        }
        Err(anyhow!(
            "the settings are those of a program that could not write everything down; say the rest by {}",
            missing.join(", ")
        ))
    }

    /// The data set that is asked for, or else that of the model file.
    pub(crate) fn data(&self) -> Option<&DataDescription> {
        let described = || self.model.as_ref().and_then(ModelFile::data);
        self.data.as_ref().or_else(described)
    }

    /// These settings, and where they leave something open those of `other`.
    pub(crate) fn or(self, other: Self) -> Self {
        // Both say how fast to learn, so one of them replaces either.
        let (schedule, learning_rate) = match (self.schedule, self.learning_rate) {
            (None, None) => (other.schedule, other.learning_rate),
            own => own,
        };
        // At most one way of clipping is taken, so that one of them replaces any.
        let (clipnorm, clipvalue, global_clipnorm) =
            match (self.clipnorm, self.clipvalue, self.global_clipnorm) {
                (None, None, None) => (other.clipnorm, other.clipvalue, other.global_clipnorm),
                own => own,
            };
        // A model file describes the whole network.
        let (hidden, activation) = match self.model {
            Some(_) => (self.hidden, self.activation),
            None => (
                self.hidden.or(other.hidden),
                self.activation.or(other.activation),
            ),
        };
        Self {
            data: self.data.or(other.data),
            train_limit: self.train_limit.or(other.train_limit),
            validation_split: self.validation_split.or(other.validation_split),
            stratified: self.stratified.or(other.stratified),
            hidden,
            activation,
            loss: self.loss.or(other.loss),
            optimizer: self.optimizer.or(other.optimizer),
            momentum: self.momentum.or(other.momentum),
            weight_decay: self.weight_decay.or(other.weight_decay),
            clipnorm,
            clipvalue,
            global_clipnorm,
            gradient_accumulation_steps: self
                .gradient_accumulation_steps
                .or(other.gradient_accumulation_steps),
            ema: self.ema.or(other.ema),
            schedule,
            learning_rate,
            epochs: self.epochs.or(other.epochs),
            batch_size: self.batch_size.or(other.batch_size),
            early_stopping: self.early_stopping.or(other.early_stopping),
            reduce_lr_on_plateau: self.reduce_lr_on_plateau.or(other.reduce_lr_on_plateau),
            checkpoint: self.checkpoint.or(other.checkpoint),
            tensorboard: self.tensorboard.or(other.tensorboard),
            seed: self.seed.or(other.seed),
            device: self.device.or(other.device),
            model: self.model.or(other.model),
            unknown: self.unknown.or(other.unknown),
        }
    }
}

/// The help of a flag that takes one of the names that the library knows.
fn choice(meaning: &str, names: &[&str], default: &str) -> String {
    format!("{meaning}: {} [default: {default}]", names.join(", "))
}
