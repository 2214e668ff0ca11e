//! `firebrick predict`

mod pictures;
mod probabilities;
mod rows;

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::anyhow;
use firebrick::datasets::DataDescription;
use firebrick::devices::DeviceName;
use firebrick::training::RunDirectory;

use crate::config_file;
use crate::failure::OrUsage;
use crate::runs::RunsFolder;
use crate::train_settings::TrainSettings;

const EXAMPLES: &str = "\
EXAMPLES:
  firebrick predict mnist-1 seven.png
  firebrick predict mnist-1 digits/*.png --top 1
  firebrick predict mnist-1 photo.jpg --json
  firebrick predict iris-1 new.csv --output species.csv

Pictures may have any size and colours, dark ink on a light background or the other way round. A \
table has the columns that the network was trained on, by name and in any order; its target is not \
looked at.";

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
    #[arg(long, value_name = "N")]
    top: Option<NonZeroUsize>,

    /// Write the predictions for a table to this CSV file instead of printing them; `-` is standard output
    #[arg(short, long, value_name = "FILE", conflicts_with = "json")]
    output: Option<PathBuf>,

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
    if let Some(settings) = settings_of(&run)?
        && let DataDescription::Csv(source) = &settings.data
    {
        if arguments.top.is_some() {
            return Err(anyhow!(
                "`--top` is for pictures, the network of `{name}` was trained on a table; leave it out"
            ))
            .or_usage();
        }
        return rows::run(arguments, &run, &settings, source);
    }
    if arguments.output.is_some() {
        return Err(anyhow!(
            "`--output` is for tables, the network of `{name}` was trained on pictures; leave it out"
        ))
        .or_usage();
    }
    pictures::run(arguments, &run)
}

/// The settings of a run; a network that sees pictures needs none.
fn settings_of(run: &RunDirectory) -> anyhow::Result<Option<TrainSettings>> {
    let path = run.file(RunDirectory::CONFIG);
    if !path.exists() {
        return Ok(None);
    }
    TrainSettings::resolve(config_file::read(&path)?).map(Some)
}
