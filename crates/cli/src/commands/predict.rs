//! `firebrick predict`

mod pictures;
mod probabilities;
mod rows;

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::anyhow;
use firebrick::datasets::{CsvSource, DataDescription};
use firebrick::devices::DeviceName;

use crate::dialect_flags::Names;
use crate::failure::OrUsage;
use crate::runs::{self, RunsFolder};
use crate::train_settings::TrainSettings;

const EXAMPLES: &str = "\
EXAMPLES:
  firebrick predict mnist-1 assets/digits/seven.png
  firebrick predict mnist-1 assets/digits/*.png --top 1
  firebrick predict mnist-1 assets/digits/three.jpg --json
  firebrick predict iris-1 assets/iris/iris.csv --output species.csv

Pictures may have any size and colours, dark ink on a light background or the other way round. A \
table has the columns that the network was trained on, by name and in any order; its target is not \
looked at, its other columns are written beside the predictions, so that an id tells which is which.";

/// Say which digit a picture shows, and how sure the network is; or what it predicts for the rows of a table.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct PredictArguments {
    /// Name or path of the run
    run: PathBuf,

    /// PNG or JPEG files, one digit each, or for a network that was trained on a table a CSV file
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,

    /// How many answers to give for a picture, the most probable first [default: 3]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    top: Option<NonZeroUsize>,

    /// Write the predictions for a table to this CSV file instead of printing them; `-` is standard output
    #[arg(short, long, value_name = "FILE", conflicts_with = "json")]
    output: Option<PathBuf>,

    /// Columns of a table that are written before the predictions, `none` for none [default: all that are neither feature nor
    /// target, such as an id]
    #[arg(long, value_name = "COLUMN,…")]
    keep: Option<Names>,

    /// Where to compute, see `firebrick devices`
    #[arg(long, value_name = "NAME", default_value_t)]
    device: DeviceName,

    /// Print one JSON object a picture or a row, each on its line
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    runs: RunsFolder,
}

pub(crate) fn run(arguments: &PredictArguments) -> anyhow::Result<ExitCode> {
    let run = arguments.runs.open(&arguments.run)?;
    let name = run.path().display();
    let config = runs::config(&run)?;
    let table = arguments
        .files
        .iter()
        .find(|file| CsvSource::is_table(file));
    if config.data().is_none()
        && let Some(table) = table
    {
        return Err(anyhow!(
            "the run `{name}` was made by a program and does not say which columns of a table its network takes, so that it \
             cannot predict `{}`; the program that trains can tell: `Fit::with_data_description`",
            table.display()
        ));
    }
    let says_data = config.data().is_some();
    let settings = TrainSettings::resolve(config)?;
    if let DataDescription::Csv(source) = &settings.data {
        if arguments.top.is_some() {
            return Err(anyhow!(
                "`--top` is for pictures, the network of `{name}` was trained on a table; leave it out"
            ))
            .or_usage();
        }
        return rows::run(arguments, &run, &settings, source);
    }
    let for_tables = [
        ("--output", arguments.output.is_some()),
        ("--keep", arguments.keep.is_some()),
    ];
    if let Some((flag, _)) = for_tables.iter().find(|(_, is_given)| *is_given) {
        let of = if says_data {
            "was trained on pictures"
        } else {
            "is not said to take one"
        };
        return Err(anyhow!(
            "`{flag}` is for tables, the network of `{name}` {of}; leave it out"
        ))
        .or_usage();
    }
    pictures::run(arguments, &run)
}
