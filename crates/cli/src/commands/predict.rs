//! `firebrick predict`

mod network_input;
mod pictures;
mod rows;

use std::mem;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::anyhow;
use firebrick::datasets::CsvSource;
use firebrick::devices::DeviceName;

use crate::asked_model::AskedModel;
use crate::dialect_flags::{DialectFlags, Names};
use crate::failure::OrUsage;
use crate::runs::RunsFolder;
use crate::train_settings::TrainSettings;

const EXAMPLES: &str = "\
EXAMPLES:
  firebrick predict mnist-1 assets/digits/seven.png
  firebrick predict mnist-1 assets/digits/*.png --top 1
  firebrick predict mnist-1 assets/digits/three.jpg --show
  firebrick predict mnist-1 assets/digits/house_number.jpg --split --json
  firebrick predict iris-1 assets/iris/iris.csv --output species.csv
  firebrick predict examples/digit-pad/model.bpk assets/digits/seven.png

Pictures may have any size and colours, dark ink on a light background or the other way round; \
photographs may lie in uneven light and on ruled paper. A picture has up to 64 megapixels, 64 MiB as a \
file and 256 MiB once decoded. A table has the columns that the network was trained on, by name and in any \
order; its target is not looked at, its other columns are written beside the predictions, so that an id tells \
which is which. A model file without its run tells itself what it was trained on.";

/// Say which digit a picture shows, and how sure the network is; or what it predicts for the rows of a table.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct PredictArguments {
    /// Name or path of the run, or a model file
    #[arg(value_name = "RUN|FILE")]
    run: PathBuf,

    /// PNG or JPEG files, one digit each (without --split), or for a network that was trained on a table a CSV file
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,

    /// How many answers to give for a picture, the most probable first [default: 3]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    top: Option<NonZeroUsize>,

    /// Read all digits of a picture one by one, line by line from the left
    #[arg(long)]
    split: bool,

    /// Print what the network sees of a picture
    #[arg(long, conflicts_with = "json")]
    show: bool,

    /// Write what the network sees of the pictures to this folder, as PNG files named after them
    #[arg(long, value_name = "DIR")]
    save_input: Option<PathBuf>,

    /// Write the predictions for a table to this CSV file instead of printing them; `-` is standard output
    #[arg(short, long, value_name = "FILE", conflicts_with = "json")]
    output: Option<PathBuf>,

    /// Columns of a table that are written before the predictions, `none` for none [default: all that are neither feature nor
    /// target, such as an id]
    #[arg(long, value_name = "COLUMN,…")]
    keep: Option<Names>,

    #[command(flatten)]
    dialect: DialectFlags,

    /// Where to compute, see `firebrick devices`
    #[arg(long, value_name = "NAME", default_value_t)]
    device: DeviceName,

    /// Print one JSON object a picture or a row, each on its line
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    runs: RunsFolder,
}

impl PredictArguments {
    /// A flag that was given and means nothing for tables.
    fn flag_for_pictures(&self) -> Option<&'static str> {
        let given = [
            (self.top.is_some(), "--top"),
            (self.split, "--split"),
            (self.show, "--show"),
            (self.save_input.is_some(), "--save-input"),
        ];
        given
            .into_iter()
            .find_map(|(is_given, flag)| is_given.then_some(flag))
    }
}

pub(crate) fn run(arguments: &PredictArguments) -> anyhow::Result<ExitCode> {
    let mut asked = AskedModel::open(&arguments.runs, &arguments.run)?;
    let called = asked.called();
    let name = asked.path.display().to_string();
    let config = mem::take(&mut asked.config);
    let table = arguments
        .files
        .iter()
        .find(|file| CsvSource::is_table(file));
    if config.data().is_none()
        && let Some(table) = table
    {
        return Err(anyhow!(
            "the {called} was made by a program and does not say which columns of a table its network takes, so that it \
             cannot predict `{}`; the program that trains can tell: `Fit::with_data_description`",
            table.display()
        ));
    }
    let says_data = config.data().is_some();
    let settings = TrainSettings::resolve(config)?;
    if let Some(source) = settings.data.table() {
        if let Some(flag) = arguments.flag_for_pictures() {
            return Err(anyhow!(
                "`{flag}` is for pictures, the network of `{name}` was trained on a table; leave it out"
            ))
            .or_usage();
        }
        let source = arguments.dialect.applied_to(source.clone())?;
        return rows::run(arguments, asked, &settings, &source);
    }
    let given = arguments.dialect.given();
    if !given.is_empty() {
        return Err(anyhow!(
            "the flags {} are about tables, the network of `{name}` is not said to take one; leave them out",
            given.join(", ")
        ))
        .or_usage();
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
    pictures::run(arguments, asked)
}
