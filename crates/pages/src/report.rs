//! The page of a run.

use askama::Template;
use firebrick::curves::run_panels;
use firebrick::models::Summary;
use firebrick::specs::thousands;
use firebrick::training::{RunDirectory, figure_text};
use firebrick_session::LayerNumbers;

use crate::confusion_view::ConfusionView;
use crate::drawing::drawings;
use crate::environment::environment_rows;
use crate::error::PagesError;
use crate::judgement::Judgement;
use crate::learning_rate::rate_panel;
use crate::live::{Live, ProgressLine};
use crate::numbers::{counted, duration};
use crate::run_record::RunRecord;
use crate::run_state::RunState;
use crate::run_summary::RunSummary;
use crate::sample_card::SampleCard;
use crate::style::{STYLE, VERSION};

/// The most words and actions of a page.
const MOST_HAPPENINGS: usize = 200;

/// The page of a run: settings, curves, what it gets right and wrong, layers, and the command to repeat it.
///
/// ```
/// use firebrick::training::RunDirectory;
/// use firebrick_pages::{RunRecord, RunReport};
///
/// let folder = tempfile::tempdir()?;
/// let run = RunDirectory::create(&folder.path().join("first"))?;
/// run.write("config.toml", b"data = \"mnist\"\nepochs = 2")?;
/// run.write("history.csv", b"epoch,learning_rate,loss,seconds\n1,0.1,0.9,2\n2,0.1,0.5,2\n")?;
/// let page = RunReport::new(RunRecord::read(&run)).render()?;
/// assert!(page.contains("<h1>first") && page.contains("</svg>"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct RunReport {
    run: RunRecord,
    judgement: Option<Judgement>,
    summary: Option<Summary>,
    notes: Vec<String>,
    live: Option<Live>,
}

#[derive(Template)]
#[template(path = "report.html")]
struct Page {
    version: &'static str,
    style: &'static str,
    script: Option<String>,
    home: Option<String>,
    report: Option<String>,
    events: Option<String>,
    events_read: u64,
    progress: Option<ProgressLine>,
    name: String,
    path: String,
    state: RunState,
    lead: String,
    notes: Vec<String>,
    tiles: Vec<Tile>,
    curves: Vec<String>,
    has_validation: bool,
    happenings: Vec<HappeningRow>,
    happenings_left_out: usize,
    judged: Option<Judged>,
    layers: Vec<LayerRow>,
    learning: Vec<LearningRow>,
    settings: Vec<(String, String)>,
    environment: Vec<(String, String)>,
    command: Option<String>,
}

/// A figure that stands out.
pub(crate) struct Tile {
    pub(crate) name: String,
    pub(crate) value: String,
    pub(crate) remark: String,
}

struct HappeningRow {
    epoch: usize,
    step: u64,
    after: String,
    who: String,
    text: String,
}

struct Judged {
    on: String,
    figures: Vec<Tile>,
    confusion: Option<ConfusionView>,
    drawings: Vec<String>,
    calibration_error: Option<String>,
    pictures: Vec<SampleCard>,
    cards: Vec<SampleCard>,
}

struct LayerRow {
    name: String,
    kind: String,
    output: String,
    num_params: String,
}

struct LearningRow {
    path: String,
    weights: String,
    update: String,
    ratio: String,
    gradients: String,
    dead: String,
}

impl RunReport {
    /// Of a run, by what its files say.
    pub fn new(run: RunRecord) -> Self {
        Self {
            judgement: Judgement::told_by(&run),
            run,
            summary: None,
            notes: Vec::new(),
            live: None,
        }
    }

    /// Shows how well it does by this, instead of what it has told in the course of the training.
    #[must_use = "returns the changed report"]
    pub fn with_judgement(mut self, judgement: Judgement) -> Self {
        self.judgement = Some(judgement);
        self
    }

    /// Shows the layers of its network.
    #[must_use = "returns the changed report"]
    pub fn with_summary(mut self, summary: Summary) -> Self {
        self.summary = Some(summary);
        self
    }

    /// Says something at the head of the page.
    #[must_use = "returns the changed report"]
    pub fn with_note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Has the page follow the run, where a server has what it needs for that.
    #[must_use = "returns the changed report"]
    pub fn with_live(mut self, live: Live) -> Self {
        self.live = Some(live);
        self
    }

    /// The page, all in one text: it asks for nothing from elsewhere, but where it is [live](Self::with_live).
    ///
    /// # Errors
    /// Curves that cannot be drawn.
    pub fn render(&self) -> Result<String, PagesError> {
        let run = &self.run;
        let summary = RunSummary::of(run);
        let mut panels = run_panels(&[(run.name(), run.history())]);
        // The loss is what is looked at first, and stands last in a picture.
        panels.rotate_right(1);
        panels.extend(rate_panel(run));
        let happenings = run.chronicle.happenings.len();
        let has_validation = run.history().names().any(|name| name.starts_with("val_"));
        let live = self.live.as_ref();
        let begin = run.chronicle.begin.as_ref();
        let environment = begin.and_then(|begin| begin.environment.as_ref());
        let judged = self.judgement.as_ref().map(judged).transpose()?;
        let page = Page {
            version: VERSION,
            style: STYLE,
            script: live.map(|live| live.script.clone()),
            home: live.map(|live| live.home.clone()),
            report: live.and_then(|live| live.report.clone()),
            events: live.map(|live| live.events.clone()),
            events_read: live.map_or(0, |live| live.events_read),
            progress: ProgressLine::of(run),
            name: run.name().to_owned(),
            path: run.path().display().to_string(),
            state: run.state(),
            lead: lead(&summary),
            notes: self.all_notes(),
            tiles: self.tiles(&summary),
            curves: drawings(&panels)?,
            has_validation,
            happenings: happening_rows(run),
            happenings_left_out: happenings.saturating_sub(MOST_HAPPENINGS),
            judged,
            layers: self.summary.as_ref().map(layer_rows).unwrap_or_default(),
            learning: run.chronicle.layers.iter().map(learning_row).collect(),
            settings: setting_rows(run),
            environment: environment.map(environment_rows).unwrap_or_default(),
            command: command(run),
        };
        page.render().map_err(|source| PagesError::Page {
            what: format!("`{}`", run.name()),
            source,
        })
    }

    fn all_notes(&self) -> Vec<String> {
        let is_told = |note: &&String| self.run.reason() != Some(note.as_str());
        let own = self.run.notes().iter().filter(is_told);
        own.chain(&self.notes).cloned().collect()
    }

    fn tiles(&self, summary: &RunSummary) -> Vec<Tile> {
        let best = [summary.best_metric(), summary.best_loss()];
        let mut tiles: Vec<Tile> = best
            .into_iter()
            .flatten()
            .map(|best| Tile {
                name: format!("best {}", best.name),
                value: figure_text(best.value),
                remark: format!("in epoch {}", best.epoch),
            })
            .collect();
        if summary.epochs_done > 0 {
            let each = summary.seconds / summary.epochs_done as f64;
            tiles.push(Tile {
                name: "epochs".to_owned(),
                value: summary.epochs_text(),
                remark: format!("{} each", duration(each)),
            });
            tiles.push(Tile {
                name: "time".to_owned(),
                value: duration(summary.seconds),
                remark: "validation included".to_owned(),
            });
        }
        if let Some(network) = &self.summary {
            tiles.push(Tile {
                name: "parameters".to_owned(),
                value: thousands(network.num_params()),
                remark: counted(network.layers().len(), "layer"),
            });
        }
        tiles
    }
}

/// The run in a sentence.
fn lead(summary: &RunSummary) -> String {
    let mut parts = Vec::new();
    parts.extend(summary.reason.clone());
    if summary.state == RunState::Running {
        parts.push("somebody trains in it right now".to_owned());
    }
    parts.extend(summary.data.as_ref().map(|data| format!("data: {data}")));
    parts.extend(
        summary
            .network
            .as_ref()
            .map(|network| format!("network: {network}")),
    );
    parts.join(" · ")
}

fn happening_rows(run: &RunRecord) -> Vec<HappeningRow> {
    let all = &run.chronicle.happenings;
    let shown = all.iter().skip(all.len().saturating_sub(MOST_HAPPENINGS));
    shown
        .map(|own| HappeningRow {
            epoch: own.epoch,
            step: own.step,
            after: duration(own.seconds),
            who: own.who.clone(),
            text: own.text.clone(),
        })
        .collect()
}

fn judged(judgement: &Judgement) -> Result<Judged, PagesError> {
    let cards = judgement.worst.iter().map(SampleCard::new);
    let cards: Vec<SampleCard> = cards.collect::<Result<_, _>>()?;
    let (pictures, cards) = cards.into_iter().partition(|card| !card.picture.is_empty());
    let calibration = judgement
        .calibration
        .as_ref()
        .filter(|own| !own.bins().is_empty());
    let mut panels = judgement.predicted.clone();
    panels.extend(calibration.map(crate::calibration::Calibration::panel));
    let figures = judgement.figures.iter().map(|(name, value)| Tile {
        name: name.clone(),
        value: figure_text(*value),
        remark: String::new(),
    });
    let has_classes = !judgement.counts.is_empty();
    Ok(Judged {
        on: judgement.on.clone(),
        figures: figures.collect(),
        confusion: has_classes
            .then(|| ConfusionView::new(&judgement.counts, &judgement.class_names)),
        drawings: drawings(&panels)?,
        calibration_error: calibration
            .and_then(crate::calibration::Calibration::expected_error)
            .map(figure_text),
        pictures,
        cards,
    })
}

fn layer_rows(summary: &Summary) -> Vec<LayerRow> {
    let rows = summary.layers().iter().map(|layer| LayerRow {
        name: layer.name.clone(),
        kind: layer.kind.clone(),
        output: layer.output_shape.to_string(),
        num_params: thousands(layer.num_params),
    });
    rows.collect()
}

fn learning_row(layer: &LayerNumbers) -> LearningRow {
    let or_none = |text: Option<String>| text.unwrap_or_else(|| "–".to_owned());
    let ratio = (layer.weights > 0.0).then(|| format!("{:.1e}", layer.update / layer.weights));
    LearningRow {
        path: layer.path.clone(),
        weights: figure_text(layer.weights),
        update: figure_text(layer.update),
        ratio: or_none(ratio),
        gradients: or_none(layer.gradients.map(figure_text)),
        dead: or_none(layer.dead.map(|share| format!("{:.1} %", share * 100.0))),
    }
}

fn setting_rows(run: &RunRecord) -> Vec<(String, String)> {
    let settings = run.settings();
    let owned = |(key, value): (&str, &str)| (key.to_owned(), value.to_owned());
    let mut rows: Vec<(String, String)> = settings.iter().map(owned).collect();
    if !settings.unknown().is_empty() {
        rows.push(("not known".to_owned(), settings.unknown().join(", ")));
    }
    rows
}

/// The command that does the same again.
fn command(run: &RunRecord) -> Option<String> {
    let is_whole = run.settings().unknown().is_empty() && run.settings().iter().next().is_some();
    let path = run.path().join(RunDirectory::CONFIG);
    is_whole.then(|| {
        format!(
            "firebrick train --config {}",
            quoted(&path.display().to_string())
        )
    })
}

/// As a shell takes it for one word.
fn quoted(text: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_./+:@%".contains(letter);
    if !text.is_empty() && text.chars().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_one_word_to_a_shell() {
        assert_eq!(quoted("runs/a-1/config.toml"), "runs/a-1/config.toml");
        assert_eq!(quoted("runs/it's $HOME"), r"'runs/it'\''s $HOME'");
    }
}
