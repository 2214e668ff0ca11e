//! `firebrick import`

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::str::FromStr;

use anyhow::{Context, anyhow};
use firebrick::burn::tensor::Device;
use firebrick::devices::DeviceName;
use firebrick::formats::keras::KerasModel;
use firebrick::formats::{Format, Mapping, NameTable};
use firebrick::models::{Network, save_model};
use firebrick::specs::thousands;
use firebrick::training::{RunDirectory, describe_untrained};

use crate::commands::devices::select_device;
use crate::failure::OrUsage;
use crate::given_names::GivenNames;
use crate::keras_training::Found;
use crate::new_run::{self, NewRun};
use crate::onnx_file;
use crate::output;
use crate::resume;
use crate::run_name::RunName;
use crate::runs::RunsFolder;
use crate::settings_file::read_model;

const EXAMPLES: &str = "\
EXAMPLES:
  firebrick import mnist.keras --run from-keras
  firebrick import mnist.onnx --run from-onnx
  firebrick import cnn.weights.h5 --model examples/models/cnn.toml --run from-keras
  firebrick import cnn.safetensors --model examples/models/cnn.toml
  firebrick import cnn.pt --model examples/models/cnn.toml --run from-pytorch
  firebrick import cnn.pt --model examples/models/cnn.toml --map in-order
  firebrick import cnn.pt --model examples/models/cnn.toml --map names.toml
  firebrick predict from-keras assets/digits/seven.png
  firebrick evaluate from-keras --data mnist-sample --loss sparse_categorical_crossentropy
  firebrick train --config runs/from-keras/config.toml --weights from-keras --optimizer-state --data mnist-sample

A table for `--map` has a line for each module, `\"layer1.0.conv1\" = \"conv1\"`: on the left its name in the file, on the right \
that of the layer, or `false` for what is left out. A `*` on the left stands for some letters, which a `*` on the right repeats.

Nothing in the file is ever run. What cannot be honoured is refused, with the layer and the argument that it is about.";

/// Make a run of a model that Keras, PyTorch or others have trained.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ImportArguments {
    /// File to read, as .keras, .onnx, .weights.h5, .safetensors, or .pt, .pth, .ckpt or .bin of PyTorch
    file: PathBuf,

    /// Name of the run [default: that of the file, with a number]
    #[arg(long, value_name = "NAME")]
    run: Option<RunName>,

    /// Replace the run of that name
    #[arg(long, requires = "run")]
    overwrite: bool,

    /// Network from a TOML file, where the file to read holds weights alone
    #[arg(long = "model", value_name = "FILE")]
    model_file: Option<PathBuf>,

    /// Whose names the weights have in a file of PyTorch or safetensors [default: found by themselves]
    #[arg(long, value_name = "NAMES", requires = "model_file")]
    names: Option<GivenNames>,

    /// Which weights of such a file are whose: `by-name`, `in-order`, or as a table in a TOML file says [default: by-name]
    #[arg(long = "map", value_name = "WAY|FILE", requires = "model_file")]
    map: Option<Way>,

    /// Take the network alone, not how it was compiled and what its optimizer remembers, which files as .keras have
    #[arg(long)]
    without_compile: bool,

    #[command(flatten)]
    runs: RunsFolder,
}

/// Which weights of a file are whose.
#[derive(Clone, Debug)]
enum Way {
    ByName,
    InOrder,
    Table(PathBuf),
}

impl FromStr for Way {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "by-name" => Ok(Self::ByName),
            "in-order" => Ok(Self::InOrder),
            table if Path::new(table).extension().is_some() => Ok(Self::Table(table.into())),
            _ => Err("expected `by-name`, `in-order` or a TOML file".to_owned()),
        }
    }
}

impl ImportArguments {
    /// The mapping that the flags say, if they say one.
    fn mapping(&self) -> anyhow::Result<Option<Mapping>> {
        let mapping = match &self.map {
            None if self.names.is_none() => return Ok(None),
            None | Some(Way::ByName) => Mapping::by_name(),
            Some(Way::InOrder) => Mapping::in_order(),
            Some(Way::Table(table)) => Mapping::table(NameTable::read(table).or_usage()?),
        };
        Ok(Some(match self.names {
            None => mapping,
            Some(names) => mapping.with_names(names.into()),
        }))
    }
}

pub(crate) fn run(arguments: &ImportArguments) -> anyhow::Result<ExitCode> {
    let format = Format::of(&arguments.file).or_usage()?;
    let device = select_device(DeviceName::default())?.device;
    let (network, training) = network(arguments, format, &device)?;
    let file = arguments.file.display();
    let reason = format!("it was imported from `{file}`");
    let config = match &training {
        Some(training) => training.config(&network, &reason)?,
        None => {
            describe_untrained(&network, &reason).context("the network cannot be written down")?
        }
    };
    let prefix = prefix_of(&arguments.file);
    let new_run = NewRun::create(
        &arguments.runs.path,
        arguments.run.as_ref(),
        &prefix,
        arguments.overwrite,
    )
    .map_err(resume::way_out)?;
    let run = new_run.directory().clone();
    drop(new_run);
    let written = run
        .write(RunDirectory::CONFIG, config.as_bytes())
        .map_err(anyhow::Error::from)
        .and_then(|()| Ok(save_model(&network, &run.file(RunDirectory::MODEL))?))
        .and_then(|()| match &training {
            Some(training) => {
                training.write_checkpoint(&run.file(RunDirectory::CHECKPOINTS), network.clone())
            }
            None => Ok(()),
        });
    if let Err(error) = written {
        new_run::throw_away(run)?;
        return Err(error);
    }
    let summary = network.summary();
    output::print(&format!(
        "made the run `{}` of {format}, `{file}`: {} layers, {} parameters\n",
        run.path().display(),
        network.config().layers().len(),
        thousands(summary.num_params())
    ))?;
    if let Some(training) = &training {
        let state = training.iterations().map(|_| " --optimizer-state");
        output::print(&format!(
            "{}train it further: firebrick train --config {} --weights {}{} --data …\n",
            training.lines(),
            run.file(RunDirectory::CONFIG).display(),
            run.path().display(),
            state.unwrap_or_default()
        ))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The network of the file, with its weights, and how it was compiled.
fn network(
    arguments: &ImportArguments,
    format: Format,
    device: &Device,
) -> anyhow::Result<(Network, Option<Found>)> {
    let file = &arguments.file;
    match (&arguments.model_file, format.holds_network()) {
        (None, true) if format == Format::Onnx => {
            Ok((onnx_file::read(file)?.into_network(device)?, None))
        }
        (None, true) => {
            let model = KerasModel::read(file)?;
            let training = if arguments.without_compile {
                None
            } else {
                Found::of(&model)?
            };
            Ok((model.into_network(device)?, training))
        }
        (None, false) => Err(anyhow!(
            "`{}` holds {format} and does not say of which network; describe it by `--model FILE`, see examples/models",
            file.display()
        ))
        .or_usage(),
        (Some(model), _) => {
            let mapping = arguments.mapping()?;
            if mapping.is_some() && !format.is_mapped() {
                return Err(anyhow!(
                    "`--map` and `--names` are about files of PyTorch and safetensors, `{}` holds {format}; leave them out",
                    file.display()
                ))
                .or_usage();
            }
            let mut network = read_model(model)?.network().build(0, device)?;
            match mapping {
                None => format.load_weights(&mut network, file)?,
                Some(mapping) => format.load_mapped(&mut network, file, &mapping)?,
            }
            Ok((network, None))
        }
    }
}

/// What runs are called that are made of this file.
fn prefix_of(file: &Path) -> String {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let stem = name.split('.').next().unwrap_or_default();
    let stem = stem.parse::<RunName>();
    stem.map_or_else(|_| "run".to_owned(), |stem| stem.as_str().to_owned())
}
