//! `firebrick summary`

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::anyhow;
use firebrick::datasets::DataDescription;
use firebrick::diagrams::{DiagramError, Direction, ModelDiagram, render_diagram};
use firebrick::formats::Format;
use firebrick::formats::keras::KerasModel;
use firebrick::models::{Activation, Graph, MlpConfig, SavedModel, visible};
use firebrick::recipes::HiddenUnits;
use firebrick::training::RunDirectory;

use crate::destination::Destination;
use crate::failure::OrUsage;
use crate::keras_training::Found;
use crate::onnx_file;
use crate::output;
use crate::picture;
use crate::runs::RunsFolder;
use crate::samples::load_images;
use crate::settings_file::read_model;

const EXAMPLES: &str = "\
EXAMPLES:
  firebrick summary mnist-1
  firebrick summary mnist.keras
  firebrick summary resnet18.pth
  firebrick summary --hidden 256,128 --activation relu
  firebrick summary --model examples/models/cnn.toml
  firebrick summary --model examples/models/cnn.toml --picture cnn.svg
  firebrick summary --hidden none --inputs 64 --classes 3";

/// Show a network layer by layer: that of a run, or one described by a file or by flags.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct SummaryArguments {
    /// Name or path of the run; or a file as .keras, or of weights as .weights.h5, .safetensors or .pt of PyTorch
    #[arg(value_name = "RUN|FILE", conflicts_with_all = ["model_file", "hidden", "activation", "data", "inputs", "classes"])]
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

    /// Show the layers of networks within the network
    #[arg(long)]
    expand_nested: bool,

    /// Show which layers training moves
    #[arg(long)]
    show_trainable: bool,

    /// Show which layers train over plain memory, and why others need automatic differentiation
    #[arg(long)]
    step: bool,

    /// Draw the network, as .svg or .png; `-` is standard output, as SVG
    #[arg(long, value_name = "FILE")]
    picture: Option<PathBuf>,

    /// Where the arrows of the picture lead to: `TB` (down) or `LR` (right) [default: TB]
    #[arg(long, value_name = "TB|LR", requires = "picture")]
    rankdir: Option<Direction>,

    #[command(flatten)]
    runs: RunsFolder,
}

pub(crate) fn run(arguments: &SummaryArguments) -> anyhow::Result<ExitCode> {
    let mut read = None;
    let mut compiled = None;
    let (network, summary) = match (&arguments.run, &arguments.model_file) {
        (Some(file), _) if arguments.is_file_of_others(file) => {
            let format = Format::of(file)?;
            if !format.holds_network() {
                return list_tensors(format, file);
            }
            read = Some(file.clone());
            if format == Format::Onnx {
                let model = onnx_file::read(file)?;
                (model.graph().clone(), model.summary()?)
            } else {
                let model = KerasModel::read(file)?;
                compiled = Found::of(&model)?.map(|found| found.lines());
                (model.graph().clone(), model.summary()?)
            }
        }
        (Some(run), _) => {
            let path = arguments.runs.open(run)?.file(RunDirectory::MODEL);
            let saved = SavedModel::read(&path)?;
            read = Some(path);
            (saved.graph()?, saved.summary()?)
        }
        (None, Some(path)) => {
            let network = read_model(path)?.network().clone();
            read = Some(path.clone());
            let summary = network.summary()?;
            (network, summary)
        }
        (None, None) => {
            let network = described(arguments)?;
            let summary = network.summary().or_usage()?;
            (network.to_sequential().into(), summary)
        }
    };
    let picture = arguments
        .picture
        .as_deref()
        .map(|path| Destination::new(path, "picture", read))
        .transpose()?;
    if let Some(picture) = &picture {
        draw(&network, arguments, picture)?;
    }
    if picture
        .as_ref()
        .is_none_or(|picture| !picture.is_standard_output())
    {
        let summary = if arguments.expand_nested {
            summary.expanded()
        } else {
            summary
        };
        let summary = if arguments.show_trainable {
            summary.with_trainable()
        } else {
            summary
        };
        output::print(&summary.to_string())?;
        if let Some(compiled) = compiled {
            output::print(&compiled)?;
        }
        if arguments.step {
            output::print(&step_lines(&network)?)?;
        }
    }
    if let Some(picture) = picture {
        picture.report("drew the network to")?;
    }
    Ok(ExitCode::SUCCESS)
}

impl SummaryArguments {
    /// Whether this is the name of a file that others have written, and of no run.
    fn is_file_of_others(&self, named: &Path) -> bool {
        named.is_file() && Format::of(named).is_ok() && !self.runs.path.join(named).exists()
    }
}

/// Prints what a file of weights holds.
fn list_tensors(format: Format, file: &Path) -> anyhow::Result<ExitCode> {
    let tensors = format.tensors(file)?;
    let shapes = tensors.iter().map(|tensor| format!("{:?}", tensor.shape));
    let shapes: Vec<String> = shapes.collect();
    let names = tensors.iter().map(|tensor| visible(&tensor.name));
    let width = names.map(|name| name.chars().count()).max().unwrap_or(0);
    let shape_width = shapes.iter().map(String::len).max().unwrap_or(0);
    let mut text = String::new();
    for (tensor, shape) in tensors.iter().zip(&shapes) {
        let name = visible(&tensor.name);
        let dtype = tensor.dtype.as_deref().unwrap_or_default();
        let line = format!("{name:<width$}  {shape:<shape_width$}  {dtype}");
        let _ = writeln!(text, "{}", line.trim_end());
    }
    let _ = writeln!(
        text,
        "{} tensors; a file of weights does not say of which network they are",
        tensors.len()
    );
    output::print(&text)?;
    Ok(ExitCode::SUCCESS)
}

/// How each layer can be trained on a processor.
fn step_lines(network: &Graph) -> anyhow::Result<String> {
    let obstacles = network.host_obstacles()?;
    let width = obstacles.iter().map(|(name, _)| name.chars().count()).max();
    let width = width.unwrap_or(0);
    let mut text = String::new();
    for (name, obstacle) in &obstacles {
        let way = match obstacle {
            None => "host".to_owned(),
            Some(obstacle) => format!("autodiff: {obstacle}"),
        };
        let _ = writeln!(text, "{name:<width$}  {way}");
    }
    text.push_str(
        if obstacles.iter().all(|(_, obstacle)| obstacle.is_none()) {
            "The network trains over plain memory on a processor (step `host`).\n"
        } else {
            "The network trains by automatic differentiation (step `autodiff`).\n"
        },
    );
    Ok(text)
}

/// Draws the network; the file's extension chooses the format, standard output takes SVG.
fn draw(
    network: &Graph,
    arguments: &SummaryArguments,
    destination: &Destination,
) -> anyhow::Result<()> {
    let style = ModelDiagram {
        show_trainable: arguments.show_trainable,
        expand_nested: arguments.expand_nested,
        rankdir: arguments.rankdir.unwrap_or_default(),
        ..ModelDiagram::default()
    };
    let diagram = style.diagram(&network.outline()?);
    let picture = match render_diagram(&diagram, picture::named(destination)) {
        Err(error @ (DiagramError::Format { .. } | DiagramError::TooLarge { .. })) => {
            return Err(error).or_usage();
        }
        picture => picture?,
    };
    destination.write(&picture)
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
