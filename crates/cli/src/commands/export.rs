//! `firebrick export`

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::anyhow;
use firebrick::devices::DeviceName;
use firebrick::formats::{Format, keras};

use crate::commands::devices::select_device;
use crate::destination::Destination;
use crate::failure::OrUsage;
use crate::given_names::GivenNames;
use crate::keras_training;
use crate::runs::{self, RunsFolder};

const EXAMPLES: &str = "\
EXAMPLES:
  firebrick export mnist-1 --to mnist.keras
  firebrick export mnist-1 --to mnist.weights.h5
  firebrick export mnist-1 --to mnist.safetensors --names pytorch
  firebrick export mnist-1 --to mnist.onnx

The ending says what is written: a whole model that `keras.models.load_model` reads (.keras), weights for `load_weights` of \
Keras (.weights.h5), weights for whatever reads safetensors (.safetensors), or a whole model for ONNX Runtime and others, which \
is not read back (.onnx).";

/// Write a run's network to a file that Keras, PyTorch and others read.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ExportArguments {
    /// Name or path of the run
    run: PathBuf,

    /// File to write, as .keras, .weights.h5, .safetensors or .onnx
    #[arg(long = "to", value_name = "FILE")]
    file: PathBuf,

    /// What weights are called in a file of safetensors, and how they lie in it [default: firebrick]
    #[arg(long, value_name = "NAMES")]
    names: Option<GivenNames>,

    /// Leave out how the run was compiled and what its optimizer remembers, which files as .keras have
    #[arg(long)]
    without_compile: bool,

    #[command(flatten)]
    runs: RunsFolder,
}

pub(crate) fn run(arguments: &ExportArguments) -> anyhow::Result<ExitCode> {
    let format = Format::of(&arguments.file).or_usage()?;
    format.check_written(&arguments.file).or_usage()?;
    let format = match (arguments.names, format) {
        (None, format) => format,
        (Some(names), Format::Safetensors(_)) => format.with_names(names.into()),
        (Some(_), _) => {
            return Err(anyhow!(
                "`--names` is about files of safetensors, `{}` is to be {format}; leave it out",
                arguments.file.display()
            ))
            .or_usage();
        }
    };
    let run = arguments.runs.open(&arguments.run)?;
    let destination = Destination::new(&arguments.file, "model", runs::read_files(&run))?;
    // Weights are only moved from one file to another.
    let device = select_device(DeviceName::default())?.device;
    let model = runs::load_network(&run, &device)?;
    let compiled = match format {
        Format::Keras if !arguments.without_compile => keras_training::of_run(&run, &model)?,
        _ => None,
    };
    let network = model.into_network(&device)?;
    let bytes = match &compiled {
        Some(compiled) => keras::to_compiled_bytes(&network, compiled)?,
        None => format.to_bytes(&network, &arguments.file)?,
    };
    destination.write(&bytes)?;
    destination.report(&format!("wrote {format} to"))?;
    Ok(ExitCode::SUCCESS)
}
