//! `firebrick evaluate`

mod class_files;
mod class_tables;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, anyhow};
use firebrick::burn::tensor::Device;
use firebrick::datasets::{BatchSource as _, DataDescription, Targets};
use firebrick::devices::DeviceName;
use firebrick::losses::Loss;
use firebrick::models::AnyModel;
use firebrick::recipes::{CompileSettings, Settings};
use firebrick::training::{ClassEvaluation, Evaluation, Pass, RunDirectory, Trainer, figure_text};
use serde::Serialize;

use crate::column_groups::ColumnGroups;
use crate::commands::devices::select_device;
use crate::destination::Destination;
use crate::dialect_flags::DialectFlags;
use crate::failure::{self, OrUsage};
use crate::output;
use crate::predicted_plot::{self, Predicted};
use crate::runs::{self, RunsFolder};
use crate::samples::TestSamples;
use crate::train_settings::TrainSettings;

const EXAMPLES: &str = "\
EXAMPLES:
  firebrick evaluate mnist-1
  firebrick evaluate mnist-1 --data mnist-sample
  firebrick evaluate iris-1 --data assets/iris/iris.csv
  firebrick evaluate mnist-1 --json | jq .accuracy";

/// Judge a run's network on test samples: loss, metrics, and for classes precision and recall of each and a
/// confusion matrix; of many classes the worst.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct EvaluateArguments {
    /// Name or path of the run
    run: PathBuf,

    /// Data set whose test images to take: `mnist`, `mnist-sample` or a folder; or a table, all of whose
    /// rows are taken, with the columns of the run's [default: the run's]
    #[arg(long, value_name = "NAME|DIR|FILE.csv")]
    data: Option<DataDescription>,

    #[command(flatten)]
    dialect: DialectFlags,

    /// The loss to judge by [default: the run's]
    #[arg(long, value_name = "NAME")]
    loss: Option<Loss>,

    /// Where to compute, see `firebrick devices`
    #[arg(long, value_name = "NAME", default_value_t)]
    device: DeviceName,

    /// Print one JSON object; beyond 100 classes it has a list `confusions` of what occurs instead of `confusion_matrix`
    #[arg(long)]
    json: bool,

    /// Also write precision, recall and number of samples of every class to this CSV file
    #[arg(long, value_name = "FILE")]
    per_class: Option<PathBuf>,

    /// Also write how often each class was taken for each to this CSV file, a line for every pair that occurs
    #[arg(long, value_name = "FILE")]
    confusion: Option<PathBuf>,

    /// Where numbers are predicted, also draw them against the true ones, as .svg or .png
    #[arg(long, value_name = "FILE")]
    plot: Option<PathBuf>,

    /// Also write the predicted class of every sample to this CSV file; `-` is standard output, the rest goes to standard
    /// error then
    #[arg(long, value_name = "FILE")]
    predictions: Option<PathBuf>,

    #[command(flatten)]
    runs: RunsFolder,
}

pub(crate) fn run(arguments: &EvaluateArguments) -> anyhow::Result<ExitCode> {
    let run = arguments.runs.open(&arguments.run)?;
    let config = config_of(&run, arguments)?;
    let says_data = config.data().is_some();
    let lacks_metrics = config.lacks("metrics") || config.lacks("weighted_metrics");
    let settings = TrainSettings::resolve(config)?;
    let destination = |path: &Path, what| {
        let data = arguments.data.as_ref().unwrap_or(&settings.data);
        let read = runs::read_files(&run).into_iter().chain(data.files());
        Destination::new(path, what, read)
    };
    let destination = |path: &Option<PathBuf>, what| {
        let path = path.as_deref();
        path.map(|path| destination(path, what)).transpose()
    };
    let predictions = destination(&arguments.predictions, "predictions")?;
    let plot = destination(&arguments.plot, "picture")?;
    let per_class = destination(&arguments.per_class, "classes")?;
    let confusion = destination(&arguments.confusion, "confusions")?;
    let device = select_device(arguments.device)?;
    let network = runs::load_network(&run, &device.device)?;
    let own = says_data.then_some(&settings.data);
    let mut data = test_samples(own, arguments.data.as_ref(), &arguments.dialect)?;
    if let Some(source) = settings.data.table() {
        let groups = ColumnGroups::of_model(source, &network)?;
        data.samples = groups.applied_to(data.samples);
    }
    data.notes.iter().for_each(|line| output::note(line));
    if lacks_metrics {
        output::note(
            "note: the run does not say all of its metrics, those of a program's own are not measured",
        );
    }

    // Only loss and metrics matter; nothing is going to be learned.
    let trainer = settings.compile.to_compile().model(network);
    let pass = settings.to_pass();
    let evaluation = match trainer.evaluate_with(&data.samples, &pass) {
        Err(error) if arguments.loss.is_some() && failure::is_about_settings(&error) => {
            return Err(error).or_usage();
        }
        evaluation => evaluation?,
    };
    if let Some(destination) = &predictions {
        let classes = evaluation.classes.as_ref();
        let labels = data.samples.class_indices();
        let (classes, labels) = classes.zip(labels).context(
            "the data has no classes to predict; leave out `--predictions`, `firebrick predict` predicts the numbers of a table",
        )?;
        write_predictions(destination, &labels, classes, &data)?;
    }
    if let Some(destination) = &plot {
        let predicted = predicted((&trainer, &pass), &data, &device.device)?;
        predicted_plot::draw(&predicted, &run.name(), destination)?;
    }
    class_files::write(
        &evaluation,
        &data.class_names,
        per_class.as_ref(),
        confusion.as_ref(),
    )?;
    let files = [predictions, plot, per_class, confusion];
    let is_beside = files.iter().flatten().any(Destination::is_standard_output);
    if arguments.json {
        let judged = Judged {
            evaluation: &evaluation,
            class_names: &data.class_names,
        };
        let text = format!("{}\n", serde_json::to_string(&judged)?);
        if is_beside {
            output::note_data(&text);
        } else {
            output::print_data(&text)?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    let text = table(&run, &data, &evaluation, &settings.compile);
    if is_beside {
        output::note(text.trim_end());
    } else {
        output::print(&text)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// What is told to people: run, data, figures, and for classes what there is to say of each.
fn table(
    run: &RunDirectory,
    data: &TestSamples,
    evaluation: &Evaluation,
    compile: &CompileSettings,
) -> String {
    let figures = figures(evaluation, compile);
    let width = figures.iter().map(|(name, _)| name.len()).max();
    let width = width.unwrap_or_default();
    let mut text = String::new();
    let heading = [
        ("run".to_owned(), run.path().display().to_string()),
        (
            "data".to_owned(),
            format!(
                "{} test {}; {}",
                evaluation.samples,
                data.unit.many(),
                data.origin
            ),
        ),
    ];
    for (name, value) in heading.iter().chain(&figures) {
        let _ = writeln!(text, "{name:<width$}  {value}");
    }
    if let Some(classes) = &evaluation.classes {
        let names: Vec<String> = classes
            .per_class
            .iter()
            .map(|class| label_of(class.label, &data.class_names))
            .collect();
        let _ = write!(
            text,
            "\n{}",
            class_tables::text(classes, &names, data.unit, output::terminal_width())
        );
    }
    text
}

/// The loss with its name, and the metrics; of several outputs each loss with its name.
fn figures(evaluation: &Evaluation, compile: &CompileSettings) -> Vec<(String, String)> {
    let loss_of = |name: &str| {
        let own = compile.outputs.get(name.strip_suffix("_loss")?);
        own.and_then(|own| own.loss.as_ref())
            .or(compile.loss.as_ref())
    };
    let figure = |(name, value): (&str, f64)| {
        let loss = match (name, compile.outputs.is_empty()) {
            ("loss", true) => compile.loss.as_ref(),
            (_, true) => None,
            (name, false) => loss_of(name),
        };
        let value = match loss {
            Some(loss) => format!("{} ({loss})", figure_text(value)),
            None => figure_text(value),
        };
        (name.to_owned(), value)
    };
    evaluation.figures.iter().map(figure).collect()
}

/// What the network predicts where it is to predict numbers, with the true ones.
fn predicted(
    (trainer, pass): (&Trainer<AnyModel>, &Pass),
    data: &TestSamples,
    device: &Device,
) -> anyhow::Result<Predicted> {
    let samples = &data.samples;
    let Targets::Values { .. } = samples.targets() else {
        return Err(anyhow!(
            "`--plot` draws numbers that are predicted against the true ones, the data has classes; leave it out, the \
             confusion matrix tells how often each is taken for which"
        ))
        .or_usage();
    };
    let rows: Vec<usize> = (0..samples.num_samples()).collect();
    let targets = samples.gather(&rows, device)?.targets();
    let answers = trainer.predict_data_with(samples, pass)?;
    let num_answers = answers.shape().iter().product();
    let answers = answers.reshape(&[num_answers])?;
    let read = "reading back from the device failed";
    let targets = targets.try_into_data_as::<f32>().context(read)?;
    let answers = answers.into_rank::<1>()?;
    let answers = answers.try_into_data_as::<f32>().context(read)?;
    Predicted::new(
        data.target_names.clone(),
        targets.iter::<f32>().collect(),
        answers.iter::<f32>().collect(),
    )
}

/// What `--json` prints.
#[derive(Serialize)]
struct Judged<'a> {
    #[serde(flatten)]
    evaluation: &'a Evaluation,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    class_names: &'a [String],
}

/// The settings of a run, with the loss that is asked for.
///
/// # Errors
/// With a usage error a run that does not say what it was trained on or with which loss, where no flag does.
fn config_of(run: &RunDirectory, arguments: &EvaluateArguments) -> anyhow::Result<Settings> {
    let config = runs::config(run)?;
    let lacks = |key, is_said: bool, flag| (config.lacks(key) && !is_said).then_some(flag);
    let data = config.data().or(arguments.data.as_ref());
    let missing: Vec<&str> = [
        lacks("data", data.is_some(), "the data it learned from: `--data`"),
        lacks("loss", arguments.loss.is_some(), "its loss: `--loss`"),
    ]
    .into_iter()
    .flatten()
    .collect();
    if !missing.is_empty() {
        return Err(anyhow!(
            "the run `{}` was made by a program and does not say {}; name it by the flag",
            run.path().display(),
            missing.join(", and ")
        ))
        .or_usage();
    }
    let asked_for = Settings {
        loss: arguments.loss.clone(),
        ..Settings::default()
    };
    Ok(asked_for.over(config))
}

/// The samples to judge by: those that the run's data keeps for it, or those of other data.
fn test_samples(
    own: Option<&DataDescription>,
    other: Option<&DataDescription>,
    dialect: &DialectFlags,
) -> anyhow::Result<TestSamples> {
    let given = dialect.given();
    if !given.is_empty() && !other.is_some_and(DataDescription::is_table) {
        return Err(anyhow!(
            "the flags {} are about the table to judge by; name it with `--data FILE.csv`",
            given.join(", ")
        ))
        .or_usage();
    }
    let Some(table) = other.and_then(DataDescription::table) else {
        let named = other.or(own);
        return TestSamples::of(
            named
                .context("no data to judge by; name it with `--data`")
                .or_usage()?,
        );
    };
    let path = table.path();
    let Some(own) = own else {
        return Err(anyhow!(
            "the run does not say which columns of a table it learned from, so that `{}` cannot be judged by; the program \
             that trains can tell: `Fit::with_data_description`",
            path.display()
        ))
        .or_usage();
    };
    let Some(source) = own.table() else {
        return Err(anyhow!(
            "the run was trained on the images of `{own}`, which says nothing of the columns of `{}`; name other images",
            path.display()
        ))
        .or_usage();
    };
    TestSamples::of_table(&dialect.applied_to(source.clone().with_path(path))?)
}

/// One row a sample, in the order of the data: its number from 0 among all that the file holds, so that the files can be
/// joined, its class and the predicted one.
fn write_predictions(
    destination: &Destination,
    labels: &[usize],
    classes: &ClassEvaluation,
    data: &TestSamples,
) -> anyhow::Result<()> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record([data.unit.one(), "label", "predicted"])?;
    for (number, (label, predicted)) in labels.iter().zip(&classes.predictions).enumerate() {
        let [label, predicted] =
            [label, predicted].map(|class| label_of(*class, &data.class_names));
        let number = data.samples.origin_row(number);
        writer.write_record([number.to_string(), label, predicted])?;
    }
    destination.write(&writer.into_inner()?)
}

/// The name of a class, or else its index.
fn label_of(class: usize, class_names: &[String]) -> String {
    let name = class_names.get(class).cloned();
    name.unwrap_or_else(|| class.to_string())
}
