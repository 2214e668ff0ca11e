use std::process::ExitCode;

use firebrick::datasets::DataSource;
use firebrick::devices::DeviceName;
use firebrick::recipes::HiddenUnits;
use firebrick::training::Display;
use firebrick_study::{NetworksSettings, StudySettings};

use super::Place;

const EXAMPLES: &str = "\
EXAMPLES:
  firebrick study networks
  firebrick study networks --hidden 30 --epochs 10
  firebrick study networks --data mnist-sample --epochs 5 --ui lines";

/// Train the same network three ways, on the same images in the same order and from the same initial weights: from
/// scratch with mean squared error, as a Burn module with cross-entropy, and in Keras' style with a learning rate that
/// falls by 1 every step.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct NetworksArguments {
    /// Data set: `mnist`, `mnist-sample` (built in), or a folder with four files named as those of MNIST [default:
    /// mnist]
    #[arg(long, value_name = "NAME|DIR", help_heading = "Data")]
    data: Option<DataSource>,

    /// Take only the first N training images, before the split
    #[arg(
        long,
        value_name = "N",
        help_heading = "Data",
        allow_negative_numbers = true
    )]
    train_limit: Option<usize>,

    /// Share of the training images kept back for validation, the same of every class, drawn by the seed [default: 0.1]
    #[arg(
        long,
        value_name = "SHARE",
        help_heading = "Data",
        allow_negative_numbers = true
    )]
    validation_split: Option<f64>,

    /// Units of the hidden layers; `none` for none [default: 128,64]
    #[arg(
        long,
        value_name = "UNITS,…",
        help_heading = "Networks",
        allow_hyphen_values = true
    )]
    hidden: Option<HiddenUnits>,

    /// Rate of the network from scratch [default: 10]
    #[arg(
        long,
        value_name = "RATE",
        help_heading = "Networks",
        allow_negative_numbers = true
    )]
    scratch_learning_rate: Option<f64>,

    /// Rate of the Burn module [default: 0.5]
    #[arg(
        long,
        value_name = "RATE",
        help_heading = "Networks",
        allow_negative_numbers = true
    )]
    mlp_learning_rate: Option<f64>,

    /// Whole number that the rate of the Keras-style network begins with [default: 3]
    #[arg(
        long,
        value_name = "N",
        help_heading = "Networks",
        allow_negative_numbers = true
    )]
    time_based: Option<u32>,

    /// Passes over the training images [default: 20]
    #[arg(
        long,
        value_name = "N",
        help_heading = "Learning",
        allow_negative_numbers = true
    )]
    epochs: Option<usize>,

    /// Images between two updates of the weights [default: 32]
    #[arg(
        long,
        value_name = "N",
        help_heading = "Learning",
        allow_negative_numbers = true
    )]
    batch_size: Option<usize>,

    /// Decides initial weights and the order of the images [default: 42]
    #[arg(
        long,
        value_name = "N",
        help_heading = "Learning",
        allow_negative_numbers = true
    )]
    seed: Option<u64>,

    /// Where the two networks on Burn compute, see `firebrick devices` [default: auto]
    #[arg(long, value_name = "NAME", help_heading = "Learning")]
    device: Option<DeviceName>,

    /// How to show the trainings: auto, dashboard, tui (Burn's dashboard), bar, keras-lines (as Keras at verbose=2), lines (one an epoch),
    /// quiet
    #[arg(long, value_name = "DISPLAY", default_value_t)]
    ui: Display,

    #[command(flatten)]
    place: Place,
}

pub(super) fn run(arguments: NetworksArguments) -> anyhow::Result<ExitCode> {
    let default = NetworksSettings::default();
    let settings = NetworksSettings {
        data: arguments.data.unwrap_or(default.data),
        train_limit: arguments.train_limit,
        validation_split: arguments
            .validation_split
            .unwrap_or(default.validation_split),
        hidden: arguments.hidden.map_or(default.hidden, |units| units.0),
        epochs: arguments.epochs.unwrap_or(default.epochs),
        batch_size: arguments.batch_size.unwrap_or(default.batch_size),
        seed: arguments.seed.unwrap_or(default.seed),
        scratch_learning_rate: arguments
            .scratch_learning_rate
            .unwrap_or(default.scratch_learning_rate),
        mlp_learning_rate: arguments
            .mlp_learning_rate
            .unwrap_or(default.mlp_learning_rate),
        time_based: arguments.time_based.unwrap_or(default.time_based),
        device: arguments.device.unwrap_or(default.device),
    };
    super::begin(
        &StudySettings::Networks(settings),
        &arguments.place,
        arguments.ui,
        None,
    )
}
