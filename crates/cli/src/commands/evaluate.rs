//! `firebrick evaluate`

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use firebrick::datasets::DataSource;
use firebrick::devices::DeviceName;
use firebrick::losses::Loss;
use firebrick::models::write_whole;
use firebrick::training::{ClassEvaluation, Evaluation, RunDirectory};

use crate::commands::devices::select_device;
use crate::runs::{self, RunsFolder};
use crate::samples::TestSamples;
use crate::train_config::TrainConfig;
use crate::train_settings::TrainSettings;
use crate::{config_file, output};

const EXAMPLES: &str = "\
EXAMPLES:
  firebrick evaluate mnist-1
  firebrick evaluate mnist-1 --data mnist-sample
  firebrick evaluate mnist-1 --json | jq .accuracy";

/// Judge a run's network on test images: loss, metrics, precision and recall of each class, confusion
/// matrix.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct EvaluateArguments {
    /// Name or path of the run
    run: PathBuf,

    /// Data set whose test images to take: `mnist`, `mnist-sample` or a folder [default: the run's]
    #[arg(long, value_name = "NAME|DIR")]
    data: Option<DataSource>,

    /// Where to compute, see `firebrick devices`
    #[arg(long, value_name = "NAME", default_value_t)]
    device: DeviceName,

    /// Print one JSON object
    #[arg(long)]
    json: bool,

    /// Also write the predicted class of every image to this CSV file
    #[arg(long, value_name = "FILE")]
    predictions: Option<PathBuf>,

    #[command(flatten)]
    runs: RunsFolder,
}

pub(crate) fn run(arguments: &EvaluateArguments) -> anyhow::Result<ExitCode> {
    let run = arguments.runs.open(&arguments.run)?;
    let settings = TrainSettings::resolve(config_of(&run)?)?;
    let source = arguments.data.as_ref().unwrap_or(&settings.data);
    let device = select_device(arguments.device)?;
    let network = runs::load_network(&run, &device.device)?;
    let data = TestSamples::load(source)?;

    // Only loss and metrics matter; nothing is going to be learned.
    let trainer = settings.compile()?.model(network);
    let evaluation = trainer.evaluate(&data.samples)?;
    if let Some(path) = &arguments.predictions {
        let classes = evaluation.classes.as_ref().context(
            "the data has no classes to predict; leave out `--predictions`, or give it class labels",
        )?;
        write_predictions(path, &data.classes(&device.device)?, classes)?;
    }
    if arguments.json {
        output::print(&format!("{}\n", serde_json::to_string(&evaluation)?))?;
        return Ok(ExitCode::SUCCESS);
    }
    let figures = figures(&evaluation, &settings.loss);
    let width = figures.iter().map(|(name, _)| name.len()).max();
    let width = width.unwrap_or_default();
    let mut text = String::new();
    let heading = [
        ("run".to_owned(), run.path().display().to_string()),
        (
            "data".to_owned(),
            format!("{} test images; {}", evaluation.samples, data.origin),
        ),
    ];
    for (name, value) in heading.iter().chain(&figures) {
        let _ = writeln!(text, "{name:<width$}  {value}");
    }
    if let Some(classes) = &evaluation.classes {
        let _ = write!(
            text,
            "\n{}\n{}",
            class_table(classes),
            confusion_matrix(&classes.confusion_matrix)
        );
    }
    output::print(&text)?;
    Ok(ExitCode::SUCCESS)
}

/// The loss with its name, and the metrics.
fn figures(evaluation: &Evaluation, loss: &Loss) -> Vec<(String, String)> {
    let figure = |(name, value): (&str, f64)| {
        let value = if name == "loss" {
            format!("{value:.4} ({loss})")
        } else {
            format!("{value:.4}")
        };
        (name.to_owned(), value)
    };
    evaluation.figures.iter().map(figure).collect()
}

/// One row an image, in the order of the data: its number from 0, its class and the predicted one.
fn write_predictions(path: &Path, labels: &[i64], classes: &ClassEvaluation) -> anyhow::Result<()> {
    let mut text = "image,label,predicted\n".to_owned();
    for (image, (label, predicted)) in labels.iter().zip(&classes.predictions).enumerate() {
        let _ = writeln!(text, "{image},{label},{predicted}");
    }
    write_whole(path, text.as_bytes())
        .with_context(|| format!("cannot write the predictions to `{}`", path.display()))
}

/// The settings of a run; without any, what is assumed is said.
fn config_of(run: &RunDirectory) -> anyhow::Result<TrainConfig> {
    let path = run.file(RunDirectory::CONFIG);
    if path.exists() {
        return config_file::read(&path);
    }
    let TrainConfig { data, loss, .. } = TrainConfig::default();
    output::note(&format!(
        "note: the run has no `{}`; the loss is taken to be {}, the data {} unless `--data` is given",
        RunDirectory::CONFIG,
        loss.unwrap_or_default(),
        data.unwrap_or_default()
    ));
    Ok(TrainConfig::default())
}

fn class_table(classes: &ClassEvaluation) -> String {
    let share =
        |share: Option<f64>| share.map_or_else(|| "-".to_owned(), |share| format!("{share:.4}"));
    let mut text = format!(
        "{:>5}  {:>9}  {:>6}  {:>6}\n",
        "class", "precision", "recall", "images"
    );
    for class in &classes.per_class {
        let _ = writeln!(
            text,
            "{:>5}  {:>9}  {:>6}  {:>6}",
            class.label,
            share(class.precision),
            share(class.recall),
            class.support
        );
    }
    text
}

fn confusion_matrix(rows: &[Vec<usize>]) -> String {
    let largest = rows.iter().flatten().copied().max().unwrap_or(0);
    let width = largest.max(rows.len()).to_string().len() + 1;
    let line = |label: &str, cells: &mut dyn Iterator<Item = usize>| {
        let cells: Vec<String> = cells.map(|cell| format!("{cell:>width$}")).collect();
        format!("{label:>5}  {}\n", cells.concat())
    };
    let mut text = "confusion matrix, rows: true class, columns: predicted class\n".to_owned();
    text.push_str(&line("", &mut (0..rows.len())));
    for (label, row) in rows.iter().enumerate() {
        text.push_str(&line(&label.to_string(), &mut row.iter().copied()));
    }
    text
}
