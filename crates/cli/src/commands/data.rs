//! `firebrick data`

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::anyhow;
use firebrick::datasets::{DataSource, Fetch, Mnist, MnistDataset, fetch, load};
use firebrick::models::nearest_name;
use serde::Serialize;

use crate::failure::OrUsage;
use crate::output;

const EXAMPLES: &str = "\
EXAMPLES:
  firebrick data info
  firebrick data info --data mnist-sample --json
  firebrick data fetch";

const PLACES: &str = "\
MNIST is looked for in $FIREBRICK_DATA_DIR, in assets/mnist of the current folder and those above \
it, and in the user's cache, where `firebrick data fetch` puts it.";

/// Look at data sets, or download MNIST.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct DataArguments {
    #[command(subcommand)]
    command: DataCommand,
}

#[derive(Debug, clap::Subcommand)]
enum DataCommand {
    /// Show what a data set holds: counts, shapes, how many images of each class
    Info(InfoArguments),
    /// Download the four files of MNIST, checked by their SHA-256 sums
    Fetch(FetchArguments),
}

/// Show what a data set holds: counts, shapes, how many images of each class.
#[derive(Debug, clap::Args)]
#[command(after_help = PLACES)]
struct InfoArguments {
    /// Data set: `mnist`, `mnist-sample` (built in), or a folder with four files named as those of MNIST
    #[arg(long, value_name = "NAME|DIR", default_value_t)]
    data: DataSource,

    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// Download the four files of MNIST, checked by their SHA-256 sums.
#[derive(Debug, clap::Args)]
#[command(after_help = PLACES)]
struct FetchArguments {
    /// Address of a mirror, to which the file names are appended
    #[arg(long, value_name = "BASE", default_value_t = Fetch::default().base_url)]
    url: String,

    /// Where to put the files [default: firebrick/mnist in the user's cache]
    #[arg(long, value_name = "DIR")]
    directory: Option<PathBuf>,
}

/// What `data info` tells.
#[derive(Serialize)]
struct Info {
    data: DataSource,
    origin: String,
    height: usize,
    width: usize,
    classes: usize,
    train: SetInfo,
    test: SetInfo,
}

#[derive(Serialize)]
struct SetInfo {
    images: usize,
    class_counts: Vec<usize>,
}

pub(crate) fn run(arguments: DataArguments) -> anyhow::Result<ExitCode> {
    match arguments.command {
        DataCommand::Info(arguments) => info(arguments)?,
        DataCommand::Fetch(arguments) => fetch_mnist(arguments)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// The images of a data set.
///
/// # Errors
/// A text that is neither a name nor a folder, with a usage error; files that cannot be read or hold nonsense.
pub(crate) fn load_data(source: &DataSource) -> anyhow::Result<Mnist> {
    check_source(source)?;
    Ok(load(source)?)
}

/// # Errors
/// With a usage error a text that is neither a name nor a folder.
pub(crate) fn check_source(source: &DataSource) -> anyhow::Result<()> {
    if let DataSource::Directory(directory) = source
        && !directory.is_dir()
    {
        let text = directory.display().to_string();
        let guess = nearest_name(&text, &DataSource::NAMES)
            .map_or_else(String::new, |name| format!(", did you mean `{name}`?"));
        return Err(anyhow!(
            "unknown data `{text}`{guess}; expected {} or a folder with the four files of a set",
            DataSource::NAMES.join(", ")
        ))
        .or_usage();
    }
    Ok(())
}

fn info(arguments: InfoArguments) -> anyhow::Result<()> {
    let data = load_data(&arguments.data)?;
    let set = |set: &MnistDataset| SetInfo {
        images: set.len(),
        class_counts: set.class_counts(),
    };
    let info = Info {
        data: arguments.data,
        height: data.train.height(),
        width: data.train.width(),
        classes: data.train.num_classes(),
        train: set(&data.train),
        test: set(&data.test),
        origin: data.origin,
    };
    if arguments.json {
        output::print(&format!("{}\n", serde_json::to_string(&info)?))
    } else {
        output::print(&info_table(&info))
    }
}

fn info_table(info: &Info) -> String {
    const BAR: usize = 30;
    let mut text = format!(
        "data     {}: {}\n\
         images   {} training, {} test\n\
         shape    {} x {} pixels, {} features\n\
         classes  {}\n\
         \n\
         class  training    test\n",
        info.data,
        info.origin,
        info.train.images,
        info.test.images,
        info.height,
        info.width,
        info.height * info.width,
        info.classes,
    );
    let largest = info.train.class_counts.iter().max().copied().unwrap_or(0);
    let counts = info.train.class_counts.iter().zip(&info.test.class_counts);
    for (class, (train, test)) in counts.enumerate() {
        let bar = "█".repeat((train * BAR).div_ceil(largest.max(1)));
        let line = format!("{class:>5}  {train:>8}  {test:>6}  {bar}");
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text
}

fn fetch_mnist(arguments: FetchArguments) -> anyhow::Result<()> {
    let defaults = Fetch::default();
    let directory = fetch(&Fetch {
        base_url: arguments.url,
        directory: arguments.directory.unwrap_or(defaults.directory),
        ..defaults
    })?;
    output::print(&format!(
        "MNIST is in {}, its four files checked\n",
        directory.display()
    ))
}
