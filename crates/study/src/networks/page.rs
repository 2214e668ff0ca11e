//! The page of three networks.

use askama::Template;
use firebrick::specs::thousands;
use firebrick_pages::{ConfusionView, STYLE, VERSION, percent};

use super::NetworksStudy;
use super::contender::Contender;
use super::judgement::Mistake;
use super::result::NetworkResult;
use crate::directory::StudyDirectory;
use crate::error::StudyError;
use crate::report::{self, Rows};

#[derive(Template)]
#[template(path = "networks.html")]
struct Page {
    version: &'static str,
    style: &'static str,
    title: String,
    is_whole: bool,
    figure: String,
    findings: Vec<String>,
    num_classes: usize,
    networks: Vec<Row>,
    image_width: usize,
    image_height: usize,
    settings: Rows,
    table_file: &'static str,
    settings_file: &'static str,
    command: String,
}

/// What the page says of one network.
struct Row {
    title: &'static str,
    loss: &'static str,
    rate: String,
    num_params: String,
    accuracy: String,
    val_accuracy: String,
    best: String,
    test_accuracy: String,
    seconds: String,
    is_best: bool,
    confusion: ConfusionView,
    mistakes: Vec<ShownMistake>,
}

struct ShownMistake {
    row: usize,
    class: usize,
    predicted: usize,
    probability: String,
    picture: String,
}

/// The page as text.
pub(super) fn render(
    study: &NetworksStudy,
    results: &[NetworkResult],
    directory: &StudyDirectory,
) -> Result<String, StudyError> {
    let data = &study.data;
    let highest = results
        .iter()
        .map(|result| result.test.accuracy)
        .fold(0.0, f64::max);
    let networks = results
        .iter()
        .map(|result| row(study, result, highest))
        .collect::<Result<_, StudyError>>()?;
    let page = Page {
        version: VERSION,
        style: STYLE,
        title: "Three networks side by side".to_owned(),
        is_whole: results.len() == Contender::ALL.len() && results.iter().all(|own| own.is_whole),
        figure: report::drawing(directory, NetworksStudy::FIGURE_SVG)?,
        findings: findings(results),
        num_classes: data.num_classes(),
        networks,
        image_width: data.test.width(),
        image_height: data.test.height(),
        settings: settings(study),
        table_file: NetworksStudy::TABLE,
        settings_file: StudyDirectory::SETTINGS,
        command: command(study),
    };
    page.render().map_err(|source| StudyError::Page {
        page: StudyDirectory::REPORT,
        source,
    })
}

fn row(study: &NetworksStudy, result: &NetworkResult, highest: f64) -> Result<Row, StudyError> {
    let settings = &study.settings;
    let or_none = |share: Option<f64>| share.map_or_else(|| "–".to_owned(), percent);
    let (last, best) = (result.last(), result.best());
    let mistakes = result
        .test
        .mistakes
        .iter()
        .map(|mistake| shown(study, *mistake));
    Ok(Row {
        title: result.network.title(),
        loss: result.network.loss(),
        rate: match result.network {
            Contender::Scratch => settings.scratch_learning_rate.to_string(),
            Contender::Mlp => settings.mlp_learning_rate.to_string(),
            Contender::Sequential => format!("{} falling to 1", settings.time_based),
        },
        num_params: thousands(result.num_params),
        accuracy: or_none(last.map(|figures| figures.accuracy)),
        val_accuracy: or_none(last.map(|figures| figures.val_accuracy)),
        best: best.map_or_else(
            || "–".to_owned(),
            |best| format!("{} ({})", percent(best.val_accuracy), best.epoch),
        ),
        test_accuracy: percent(result.test.accuracy),
        seconds: format!("{:.2}", result.seconds_per_epoch()),
        is_best: result.test.accuracy >= highest,
        confusion: ConfusionView::new(&counts(&result.test.confusion_matrix), &[]),
        mistakes: mistakes.collect::<Result<_, StudyError>>()?,
    })
}

fn counts(matrix: &[Vec<usize>]) -> Vec<Vec<u64>> {
    let count = |count: &usize| u64::try_from(*count).unwrap_or(u64::MAX);
    let rows = matrix.iter().map(|row| row.iter().map(count).collect());
    rows.collect()
}

fn shown(study: &NetworksStudy, mistake: Mistake) -> Result<ShownMistake, StudyError> {
    Ok(ShownMistake {
        row: mistake.row,
        class: mistake.class,
        predicted: mistake.predicted,
        probability: format!("{:.1} %", f64::from(mistake.probability) * 100.0),
        picture: report::picture(&study.data.test, mistake.row)?,
    })
}

/// What the figures say, in words.
fn findings(results: &[NetworkResult]) -> Vec<String> {
    let mut findings = Vec::new();
    let first = |result: &NetworkResult| result.epochs.first().map(|figures| figures.accuracy);
    let by_test =
        |a: &&NetworkResult, b: &&NetworkResult| a.test.accuracy.total_cmp(&b.test.accuracy);
    if let (Some(best), Some(worst)) = (
        results.iter().max_by(by_test),
        results.iter().min_by(by_test),
    ) && best.network != worst.network
    {
        findings.push(format!(
            "On the test images “{}” is right most often, {} of the time; “{}” least often, {}.",
            best.network.title(),
            percent(best.test.accuracy),
            worst.network.title(),
            percent(worst.test.accuracy)
        ));
    }
    let of = |network| {
        let mut own = results.iter().filter(|result| result.network == network);
        own.next().and_then(first)
    };
    if let (Some(squared), Some(crossed)) = (of(Contender::Scratch), of(Contender::Mlp)) {
        let comparison = format!(
            "In the course of the first epoch {} of the training images are recognized with the squared error, {} with the cross-entropy",
            percent(squared),
            percent(crossed)
        );
        findings.push(if squared < crossed {
            format!(
                "{comparison}: through a softmax the squared error's gradient carries a factor p(1 − p), which is small wherever the \
                 network is sure of itself, right or wrong."
            )
        } else {
            format!("{comparison}.")
        });
    }
    findings
}

fn settings(study: &NetworksStudy) -> Rows {
    let (settings, data) = (&study.settings, &study.data);
    let images = |images: usize| format!("{} images", thousands(images));
    let widths: Vec<String> = study.widths().iter().map(ToString::to_string).collect();
    vec![
        ("data", data.origin.clone()),
        ("training", images(data.train.len())),
        (
            "validation",
            format!(
                "{}, the same share of every class",
                images(data.validation.len())
            ),
        ),
        ("test", images(data.test.len())),
        (
            "layers",
            format!("{}, sigmoid inside, softmax at the end", widths.join(" → ")),
        ),
        ("epochs", settings.epochs.to_string()),
        ("batch size", settings.batch_size.to_string()),
        ("seed", settings.seed.to_string()),
        (
            "device",
            format!("{}; the network from scratch on the CPU", study.device_name),
        ),
    ]
}

/// The command that does the same again.
fn command(study: &NetworksStudy) -> String {
    let settings = &study.settings;
    let hidden: Vec<String> = settings.hidden.iter().map(ToString::to_string).collect();
    let hidden = if hidden.is_empty() {
        "none".to_owned()
    } else {
        hidden.join(",")
    };
    let limit = settings
        .train_limit
        .map_or_else(String::new, |limit| format!(" --train-limit {limit}"));
    format!(
        "firebrick study networks --data {}{limit} --validation-split {} --hidden {hidden} --epochs {} --batch-size {} --seed {} \
         --scratch-learning-rate {} --mlp-learning-rate {} --time-based {}",
        settings.data,
        settings.validation_split,
        settings.epochs,
        settings.batch_size,
        settings.seed,
        settings.scratch_learning_rate,
        settings.mlp_learning_rate,
        settings.time_based
    )
}
