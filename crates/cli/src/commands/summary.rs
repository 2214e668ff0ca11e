//! `firebrick summary`

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::anyhow;
use firebrick::datasets::DataDescription;
use firebrick::models::{Activation, MlpConfig, SavedModel};
use firebrick::recipes::HiddenUnits;
use firebrick::training::RunDirectory;

use crate::failure::OrUsage;
use crate::output;
use crate::runs::RunsFolder;
use crate::samples::load_images;
use crate::settings_file::read_model;

const EXAMPLES: &str = "\
EXAMPLES:
  firebrick summary mnist-1
  firebrick summary --hidden 256,128 --activation relu
  firebrick summary --model examples/models/cnn.toml
  firebrick summary --hidden none --inputs 64 --classes 3";

/// Show a network layer by layer: that of a run, or one described by a file or by flags.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct SummaryArguments {
    /// Name or path of the run
    #[arg(conflicts_with_all = ["model_file", "hidden", "activation", "data", "inputs", "classes"])]
    run: Option<PathBuf>,

    /// Network from a TOML file, see examples/models
    #[arg(
        long = "model",
        value_name = "FILE",
        conflicts_with_all = ["hidden", "activation", "data", "inputs", "classes"]
    )]
    model_file: Option<PathBuf>,

    /// Units of the hidden layers; `none` for a linear classifier [default: 128,64]
    #[arg(long, value_name = "UNITS,…", allow_hyphen_values = true)]
    hidden: Option<HiddenUnits>,

    /// Activation of the hidden layers [default: sigmoid]
    #[arg(long, value_name = "NAME")]
    activation: Option<Activation>,

    /// Take inputs and classes from a data set: `mnist`, `mnist-sample` or a folder
    #[arg(long, value_name = "NAME|DIR", conflicts_with_all = ["inputs", "classes"])]
    data: Option<DataDescription>,

    /// Features of a sample [default: 784]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    inputs: Option<usize>,

    /// Classes to tell apart [default: 10]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    classes: Option<usize>,

    #[command(flatten)]
    runs: RunsFolder,
}

pub(crate) fn run(arguments: &SummaryArguments) -> anyhow::Result<ExitCode> {
    let summary = match (&arguments.run, &arguments.model_file) {
        (Some(run), _) => {
            let run = arguments.runs.open(run)?;
            SavedModel::read(&run.file(RunDirectory::MODEL))?.summary()?
        }
        (None, Some(path)) => read_model(path)?.network().summary()?,
        (None, None) => described(arguments)?.summary().or_usage()?,
    };
    output::print(&summary.to_string())?;
    Ok(ExitCode::SUCCESS)
}

/// The network that the flags describe.
fn described(arguments: &SummaryArguments) -> anyhow::Result<MlpConfig> {
    let data = arguments.data.as_ref();
    if let Some(table) = data.and_then(DataDescription::table) {
        return Err(anyhow!(
            "the table `{}` does not say what is to be predicted; give the features as `--inputs` and the classes as \
             `--classes`",
            table.path().display()
        ))
        .or_usage();
    }
    let (inputs, classes) = match data.and_then(DataDescription::images) {
        Some(source) => {
            let data = load_images(source)?;
            (data.train.num_features(), data.train.num_classes())
        }
        None => (
            arguments.inputs.unwrap_or(784),
            arguments.classes.unwrap_or(10),
        ),
    };
    Ok(MlpConfig::new(inputs, classes)
        .with_hidden(arguments.hidden.clone().unwrap_or_default().0)
        .with_activation(arguments.activation.unwrap_or_default()))
}
