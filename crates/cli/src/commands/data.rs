//! `firebrick data`

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::anyhow;
use firebrick::datasets::{
    CsvColumn, CsvContent, CsvOverview, CsvSource, DataDescription, DataSource, Fetch,
    MnistDataset, fetch,
};
use firebrick::training::figure_text;
use serde::Serialize;

use crate::column_treatment;
use crate::dialect_flags::DialectFlags;
use crate::failure::OrUsage;
use crate::output;
use crate::samples::load_images;
use crate::text_table::{Column, TextTable};
use crate::treatment_flags::TreatmentFlags;

const EXAMPLES: &str = "\
EXAMPLES:
  firebrick data info
  firebrick data info --data mnist-sample --json
  firebrick data info --data assets/iris/iris.csv
  firebrick data info --data assets/heart/heart.csv --categorical all --missing mean,city=zero
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
#[expect(clippy::large_enum_variant, reason = "there is one of it")]
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

    #[command(flatten)]
    dialect: DialectFlags,

    #[command(flatten)]
    treatment: TreatmentFlags,

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
        DataCommand::Info(arguments) => info(&arguments)?,
        DataCommand::Fetch(arguments) => fetch_mnist(arguments)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn info(arguments: &InfoArguments) -> anyhow::Result<()> {
    let given = [arguments.dialect.given(), arguments.treatment.given()].concat();
    if let Some(table) = arguments.data.table() {
        let source = arguments.dialect.applied_to(table.clone())?;
        let source = arguments.treatment.applied_to(source)?;
        return table_info(&source, arguments.json);
    }
    let source = arguments.data.images().cloned().unwrap_or_default();
    if !given.is_empty() {
        return Err(anyhow!(
            "{} is about a table, the data is {source}; name a table with `--data FILE.csv`",
            given.join(", ")
        ))
        .or_usage();
    }
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
        output::print_data(&format!("{}\n", serde_json::to_string(&info)?))
    } else {
        output::print(&info_table(&info))
    }
}

/// What the columns of a table hold.
fn table_info(source: &CsvSource, as_json: bool) -> anyhow::Result<()> {
    let overview = source.overview()?;
    if as_json {
        return output::print_data(&format!("{}\n", serde_json::to_string(&overview)?));
    }
    let suspicion = overview.suspicion.as_ref();
    output::print(&format!(
        "data     the table `{}`\n{}\n{}{}",
        source.path().display(),
        column_table(&overview),
        treatment_table(source.clone(), &overview),
        suspicion.map_or_else(String::new, |suspicion| format!("\n{suspicion}\n"))
    ))
}

/// The heading of the names.
const HEADING: &str = "column";

/// The names of the columns, or their places.
fn names(overview: &CsvOverview) -> impl Iterator<Item = String> {
    let columns = overview.columns.iter().enumerate();
    columns.map(|(place, column)| match column.name.as_str() {
        "" => format!("({})", place + 1),
        name => name.escape_debug().to_string(),
    })
}

/// What becomes of each column where it is a feature.
fn treatment_table(mut source: CsvSource, overview: &CsvOverview) -> TextTable {
    if source.is_all_categorical() {
        let categorical = overview.columns.iter().filter(|column| {
            column.may_be_categories(overview.rows) && source.encoding_of(&column.name).is_none()
        });
        let categorical: Vec<&str> = categorical.map(|column| column.name.as_str()).collect();
        source = source.with_categorical(categorical);
    }
    let mut table = TextTable::new([Column::left(HEADING), Column::left("as a feature")]);
    for (column, name) in overview.columns.iter().zip(names(overview)) {
        table.row([name, column_treatment::text(&source, column, overview.rows)]);
    }
    table
}

fn column_table(overview: &CsvOverview) -> String {
    let mut table = TextTable::new([
        Column::left(HEADING),
        Column::right("different"),
        Column::right("missing"),
        Column::left("content"),
    ]);
    for (column, name) in overview.columns.iter().zip(names(overview)) {
        table.row([
            name,
            different(column),
            column.missing.to_string(),
            content(column),
        ]);
    }
    format!(
        "rows     {}\ncolumns  {}\n\n{table}",
        overview.rows,
        overview.columns.len(),
    )
}

fn different(column: &CsvColumn) -> String {
    let more = if column.or_more { "+" } else { "" };
    format!("{}{more}", column.different)
}

fn content(column: &CsvColumn) -> String {
    let numbers = |min: &f64, mean: &f64, max: &f64| {
        format!("numbers from {min} to {max}, mean {}", figure_text(*mean))
    };
    match &column.content {
        CsvContent::Numbers { min, mean, max } => numbers(min, mean, max),
        CsvContent::MostlyNumbers {
            min,
            mean,
            max,
            others,
            examples,
        } => format!(
            "{}; in {others} {}: {}",
            numbers(min, mean, max),
            if *others == 1 { "row" } else { "rows" },
            words(examples, examples.len() == CsvOverview::EXAMPLES)
        ),
        CsvContent::Truths { trues } => format!("True and False, {trues} of them True"),
        CsvContent::Words { examples } => {
            let is_cut = examples.len() < column.different || column.or_more;
            format!("words: {}", words(examples, is_cut))
        }
        CsvContent::Empty => "nothing".to_owned(),
    }
}

/// Words of a column, of which there may be more.
fn words(examples: &[String], is_cut: bool) -> String {
    const SHOWN: usize = 40;
    let shown = |word: &String| {
        let mut shown: String = word.chars().take(SHOWN).collect();
        if word.chars().nth(SHOWN).is_some() {
            shown.push('…');
        }
        shown.escape_debug().to_string()
    };
    let mut shown: Vec<String> = examples.iter().map(shown).collect();
    if is_cut {
        shown.push("…".to_owned());
    }
    shown.join(", ")
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
