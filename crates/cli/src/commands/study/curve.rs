use std::process::ExitCode;
use std::str::FromStr;

use firebrick::datasets::DataSource;
use firebrick::devices::DeviceName;
use firebrick::models::Activation;
use firebrick::recipes::{HiddenUnits, WholeNumbersError, whole_numbers};
use firebrick::training::Display;
use firebrick_study::{CurveAxis, CurveSettings, StudySettings};

use super::Place;

const EXAMPLES: &str = "\
EXAMPLES:
  firebrick study curve --by train-size
  firebrick study curve --by width --values 1,4,16,64 --seeds 3
  firebrick study curve --by depth --hidden 16 --activation relu
  firebrick study curve --by epochs --train-size 200 --epochs 400
  firebrick study curve --by width --data mnist-sample \\
    --train-size 200 --validation-size 500 --epochs 20

DEFAULTS:
  train-size  100 to 50,000 images, one hidden layer of 16 units, 30 epochs and at least 3,000 steps
  width       1 to 256 units in one hidden layer, 1,000 images, 100 epochs
  depth       0 to 6 hidden layers of 32 units, 1,000 images, 100 epochs
  epochs      500 images, one hidden layer of 64 units, 200 epochs
  all         5 seeds, sigmoid, Adam at 0.003, batches of 32, 10,000 images for validation";

/// Train many small networks and draw their training and validation error, mean and spread over the seeds.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct CurveArguments {
    /// What the curve goes by: train-size, width, depth, epochs
    #[arg(long, value_name = "AXIS")]
    by: CurveAxis,

    /// The points of the curve; not with `--by epochs`, where every epoch is one
    #[arg(long, value_name = "N,…", allow_hyphen_values = true)]
    values: Option<Points>,

    /// Trainings of each point, which differ in their seed
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    seeds: Option<u64>,

    /// The first of the seeds; each decides images, initial weights and order [default: 1]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    seed: Option<u64>,

    /// Data set: `mnist`, `mnist-sample` (built in), or a folder with four files named as those of MNIST [default:
    /// mnist]
    #[arg(long, value_name = "NAME|DIR", help_heading = "Data")]
    data: Option<DataSource>,

    /// Training images, where the curve does not go by them
    #[arg(
        long,
        value_name = "N",
        help_heading = "Data",
        allow_negative_numbers = true
    )]
    train_size: Option<usize>,

    /// Training images kept back for validation, the same ones for all seeds
    #[arg(
        long,
        value_name = "N",
        help_heading = "Data",
        allow_negative_numbers = true
    )]
    validation_size: Option<usize>,

    /// Units of the hidden layers; by width only their number counts, by depth only the first width
    #[arg(
        long,
        value_name = "UNITS,…",
        help_heading = "Network",
        allow_hyphen_values = true
    )]
    hidden: Option<HiddenUnits>,

    /// Activation of the hidden layers
    #[arg(long, value_name = "NAME", help_heading = "Network")]
    activation: Option<Activation>,

    /// Passes over the training images
    #[arg(
        long,
        value_name = "N",
        help_heading = "Learning",
        allow_negative_numbers = true
    )]
    epochs: Option<usize>,

    /// Updates of the weights that every training has at least, in further epochs where its images are few
    #[arg(
        long,
        value_name = "N",
        help_heading = "Learning",
        allow_negative_numbers = true
    )]
    min_steps: Option<usize>,

    /// Images between two updates of the weights
    #[arg(
        long,
        value_name = "N",
        help_heading = "Learning",
        allow_negative_numbers = true
    )]
    batch_size: Option<usize>,

    /// The rate of Adam
    #[arg(
        long,
        visible_alias = "lr",
        value_name = "RATE",
        help_heading = "Learning",
        allow_negative_numbers = true
    )]
    learning_rate: Option<f64>,

    /// Where to compute, see `firebrick devices` [default: auto]
    #[arg(long, value_name = "NAME", help_heading = "Learning")]
    device: Option<DeviceName>,

    /// How many networks to train at once; it changes no number [default: as many as cores]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    jobs: Option<usize>,

    /// How to show the trainings: auto, bar, lines (one a training), quiet
    #[arg(long, value_name = "DISPLAY", default_value_t)]
    ui: Display,

    #[command(flatten)]
    place: Place,
}

/// The points of a curve; as a string `1,2,4`.
#[derive(Clone, Debug)]
struct Points(Vec<usize>);

impl FromStr for Points {
    type Err = WholeNumbersError;

    fn from_str(text: &str) -> Result<Self, WholeNumbersError> {
        whole_numbers(text).map(Self)
    }
}

pub(super) fn run(arguments: CurveArguments) -> anyhow::Result<ExitCode> {
    let default = CurveSettings::new(arguments.by);
    let settings = CurveSettings {
        by: arguments.by,
        values: arguments.values.map_or(default.values, |points| points.0),
        seeds: arguments.seeds.unwrap_or(default.seeds),
        seed: arguments.seed.unwrap_or(default.seed),
        data: arguments.data.unwrap_or(default.data),
        train_size: arguments.train_size.unwrap_or(default.train_size),
        validation_size: arguments.validation_size.unwrap_or(default.validation_size),
        hidden: arguments.hidden.map_or(default.hidden, |units| units.0),
        activation: arguments.activation.unwrap_or(default.activation),
        epochs: arguments.epochs.unwrap_or(default.epochs),
        min_steps: arguments.min_steps.unwrap_or(default.min_steps),
        batch_size: arguments.batch_size.unwrap_or(default.batch_size),
        learning_rate: arguments.learning_rate.unwrap_or(default.learning_rate),
        device: arguments.device.unwrap_or(default.device),
    };
    super::begin(
        &StudySettings::Curve(settings),
        &arguments.place,
        arguments.ui,
        arguments.jobs,
    )
}
