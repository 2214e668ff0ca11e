//! The page of a curve.

use askama::Template;
use firebrick::specs::thousands;
use firebrick_pages::{STYLE, VERSION, percent};

use super::summary::Summary;
use super::{CurveAxis, CurveStudy};
use crate::directory::StudyDirectory;
use crate::error::StudyError;
use crate::report::{self, Rows};

#[derive(Template)]
#[template(path = "curve.html")]
struct Page {
    version: &'static str,
    style: &'static str,
    title: &'static str,
    lead: &'static str,
    is_whole: bool,
    figure: String,
    caption: String,
    findings: Vec<String>,
    columns: Vec<&'static str>,
    rows: Vec<Row>,
    note: &'static str,
    settings: Rows,
    table_file: &'static str,
    settings_file: &'static str,
    command: String,
}

struct Row {
    cells: Vec<String>,
    is_best: bool,
}

/// The page as text.
pub(super) fn render(
    study: &CurveStudy,
    summary: &Summary,
    is_whole: bool,
    directory: &StudyDirectory,
) -> Result<String, StudyError> {
    let (columns, rows) = table(study.settings.by, summary);
    let (title, lead) = words(study.settings.by);
    let page = Page {
        version: VERSION,
        style: STYLE,
        title,
        lead,
        is_whole,
        figure: report::drawing(directory, CurveStudy::FIGURE_SVG)?,
        caption: caption(study),
        findings: summary.findings(),
        columns,
        rows,
        note: match study.settings.by {
            CurveAxis::Epochs => {
                "The test images took no part in choosing the epoch: the validation loss alone did."
            }
            _ => {
                "Mean and standard deviation over the seeds, of the weights after the last epoch. The test images took no part in \
                 choosing anything."
            }
        },
        settings: settings(study),
        table_file: CurveStudy::TABLE,
        settings_file: StudyDirectory::SETTINGS,
        command: command(study),
    };
    page.render().map_err(|source| StudyError::Page {
        page: StudyDirectory::REPORT,
        source,
    })
}

fn words(by: CurveAxis) -> (&'static str, &'static str) {
    match by {
        CurveAxis::TrainSize => (
            "Error against the number of training images",
            "A network that has few images to learn from remembers them all and knows little of others. With more images, remembering \
             becomes harder and what is learned becomes truer: the two errors meet.",
        ),
        CurveAxis::Width => (
            "Error against the width of the network",
            "Too narrow a network cannot even learn its training images; a wide one can, and the question is what that does to images it \
             has not seen.",
        ),
        CurveAxis::Depth => (
            "Error against the depth of the network",
            "More layers can express more, and are harder to train: both show in the error on images that were not learned from.",
        ),
        CurveAxis::Epochs => (
            "Overfitting, epoch by epoch",
            "On few images a network goes on getting better at those it sees, long after it has stopped getting better at those it does \
             not see. Early stopping keeps the weights of the moment between.",
        ),
    }
}

fn caption(study: &CurveStudy) -> String {
    let seeds = study.settings.seeds;
    let band = if seeds > 1 {
        format!(
            "The curves are means over {seeds} seeds, the bands one standard deviation to both sides. "
        )
    } else {
        String::new()
    };
    let line = match study.settings.by {
        CurveAxis::TrainSize => "",
        CurveAxis::Width | CurveAxis::Depth => {
            "The vertical line is at the lowest mean validation error. "
        }
        CurveAxis::Epochs => {
            "The vertical line is at the epoch at which early stopping ends, that with the lowest validation loss, in the middle of the seeds. "
        }
    };
    format!(
        "Training images dashed, validation images solid. {band}{line}The vertical axis begins at no error at all."
    )
}

fn table(by: CurveAxis, summary: &Summary) -> (Vec<&'static str>, Vec<Row>) {
    match summary {
        Summary::Points { points, .. } => {
            let best = super::summary::best(points).map(|point| point.value);
            let columns = vec![
                by.label(),
                "parameters",
                "epochs",
                "training error",
                "validation error",
                "gap",
                "test error",
                "seeds",
            ];
            let rows = points.iter().map(|point| Row {
                cells: vec![
                    thousands(point.value),
                    thousands(point.num_params),
                    point.num_epochs.to_string(),
                    point.train.percent(),
                    point.validation.percent(),
                    point.gap.percent(),
                    point.test.percent(),
                    point.seeds.to_string(),
                ],
                is_best: by != CurveAxis::TrainSize && best == Some(point.value),
            });
            (columns, rows.collect())
        }
        Summary::Epochs(summary) => {
            let columns = vec![
                "seed",
                "stopped after epoch",
                "test loss, stopped",
                "test loss, at the end",
                "test error, stopped",
                "test error, at the end",
            ];
            let rows = summary.stops.iter().map(|stop| Row {
                cells: vec![
                    stop.seed.to_string(),
                    stop.epoch.to_string(),
                    format!("{:.4}", stop.at_stop.loss),
                    format!("{:.4}", stop.at_end.loss),
                    percent(stop.at_stop.error),
                    percent(stop.at_end.error),
                ],
                is_best: false,
            });
            let mean = Row {
                cells: vec![
                    "mean".to_owned(),
                    summary.stopping().0.to_string(),
                    summary.spread(|stop| stop.at_stop.loss).number(),
                    summary.spread(|stop| stop.at_end.loss).number(),
                    summary.spread(|stop| stop.at_stop.error).percent(),
                    summary.spread(|stop| stop.at_end.error).percent(),
                ],
                is_best: true,
            };
            (columns, rows.chain([mean]).collect())
        }
    }
}

fn settings(study: &CurveStudy) -> Rows {
    let (settings, data) = (&study.settings, &study.data);
    let images = |images: usize| format!("{} images", thousands(images));
    let last_seed = settings.seed + settings.seeds - 1;
    let mut rows = vec![("data", data.origin.clone())];
    if settings.by != CurveAxis::TrainSize {
        rows.push((
            "training",
            format!("{}, drawn by the seed", images(settings.train_size)),
        ));
    }
    rows.extend([
        (
            "validation",
            format!(
                "{}, the last of the training images",
                images(data.validation.len())
            ),
        ),
        ("test", images(data.test.len())),
        ("network", settings.network_in_words()),
        ("loss", "cross-entropy".to_owned()),
        ("optimizer", format!("Adam at {}", settings.learning_rate)),
        ("length", settings.length_in_words()),
        ("batch size", settings.batch_size.to_string()),
        ("seeds", format!("{} to {last_seed}", settings.seed)),
        ("device", study.device_name.to_string()),
    ]);
    rows
}

/// The command that does the same again.
fn command(study: &CurveStudy) -> String {
    let settings = &study.settings;
    let joined = |values: &[usize]| {
        let values: Vec<String> = values.iter().map(ToString::to_string).collect();
        values.join(",")
    };
    let points = match settings.by {
        CurveAxis::Epochs => format!("--train-size {}", settings.train_size),
        CurveAxis::TrainSize => format!("--values {}", joined(&settings.points())),
        _ => format!(
            "--values {} --train-size {}",
            joined(&settings.points()),
            settings.train_size
        ),
    };
    let hidden = if settings.hidden.is_empty() {
        "none".to_owned()
    } else {
        joined(&settings.hidden)
    };
    format!(
        "firebrick study curve --by {} {points} --data {} --validation-size {} --hidden {hidden} --activation {} --epochs {} --min-steps {} \
         --batch-size {} --learning-rate {} --seeds {} --seed {}",
        settings.by,
        settings.data,
        settings.validation_size,
        settings.activation,
        settings.epochs,
        settings.min_steps,
        settings.batch_size,
        settings.learning_rate,
        settings.seeds,
        settings.seed
    )
}
