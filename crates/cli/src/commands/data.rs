//! `firebrick data`

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::anyhow;
use firebrick::datasets::{
    CsvColumn, CsvContent, CsvOverview, CsvSource, DataDescription, DataSource, Fetch,
    MnistDataset, fetch,
};
use serde::Serialize;

use crate::failure::OrUsage;
use crate::output;
use crate::samples::load_images;
use crate::table_flags::Delimiter;

const EXAMPLES: &str = "\
EXAMPLES:
  firebrick data info
  firebrick data info --data mnist-sample --json
  firebrick data info --data assets/iris/iris.csv
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
    /// Show what a data set holds: images of each class, or columns of a table
    Info(InfoArguments),
    /// Download the four files of MNIST, checked by their SHA-256 sums
    Fetch(FetchArguments),
}

/// Show what a data set holds: counts, shapes, how many images of each class, or what is in the columns of a
/// table.
#[derive(Debug, clap::Args)]
#[command(after_help = PLACES)]
struct InfoArguments {
    /// Data set: `mnist`, `mnist-sample` (built in), a folder with four files named as those of MNIST, or
    /// a table
    #[arg(long, value_name = "NAME|DIR|FILE.csv", default_value_t)]
    data: DataDescription,

    /// What stands between the fields of a table; `tab` for a tab, `space` for any blanks [default: a
    /// comma, in FILE.tsv a tab]
    #[arg(long, value_name = "CHARACTER")]
    delimiter: Option<Delimiter>,

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

fn info(arguments: InfoArguments) -> anyhow::Result<()> {
    let source = match (arguments.data, arguments.delimiter) {
        (DataDescription::Images(source), None) => source,
        (DataDescription::Images(source), Some(_)) => {
            return Err(anyhow!(
                "`--delimiter` is about a table, the data is {source}; name a table with `--data FILE.csv`"
            ))
            .or_usage();
        }
        (DataDescription::Csv(source), None) => return table_info(&source, arguments.json),
        (DataDescription::Csv(source), Some(delimiter)) => {
            return table_info(&delimiter.of(source)?, arguments.json);
        }
    };
    let data = load_images(&source)?;
    let set = |set: &MnistDataset| SetInfo {
        images: set.len(),
        class_counts: set.class_counts(),
    };
    let info = Info {
        data: source,
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

/// What the columns of a table hold.
fn table_info(source: &CsvSource, as_json: bool) -> anyhow::Result<()> {
    let overview = source.overview()?;
    if as_json {
        return output::print(&format!("{}\n", serde_json::to_string(&overview)?));
    }
    output::print(&format!(
        "data     the table `{}`\n{}",
        source.path().display(),
        column_table(&overview)
    ))
}

fn column_table(overview: &CsvOverview) -> String {
    const HEADING: &str = "column";
    let shown = |column: &CsvColumn| column.name.escape_debug().to_string();
    let names: Vec<String> = overview.columns.iter().map(shown).collect();
    let width = names.iter().map(|name| name.chars().count()).max();
    let width = width.unwrap_or(0).max(HEADING.len());
    let mut text = format!(
        "rows     {}\n\
         columns  {}\n\
         \n\
         {HEADING:<width$}  different  empty  content\n",
        overview.rows,
        overview.columns.len(),
    );
    for (column, name) in overview.columns.iter().zip(names) {
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "{name:<width$}  {:>9}  {:>5}  {}",
            column.different,
            column.empty,
            content(column)
        );
    }
    text
}

fn content(column: &CsvColumn) -> String {
    match &column.content {
        CsvContent::Numbers { min, mean, max } => {
            format!("numbers from {min} to {max}, mean {mean:.4}")
        }
        CsvContent::Words { examples } => {
            let shown: Vec<String> = examples
                .iter()
                .map(|word| word.escape_debug().to_string())
                .collect();
            let more = if examples.len() < column.different {
                ", …"
            } else {
                ""
            };
            format!("words: {}{more}", shown.join(", "))
        }
        CsvContent::Empty => "nothing".to_owned(),
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
