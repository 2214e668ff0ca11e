//! Several runs side by side.

use askama::Template;
use firebrick::curves::{Panel, run_panels};
use firebrick::training::{History, figure_text};

use crate::drawing::drawings;
use crate::error::PagesError;
use crate::numbers::duration;
use crate::run_record::RunRecord;
use crate::run_state::RunState;
use crate::style::{STYLE, VERSION};

/// What stands where a run has nothing to say.
const NONE: &str = "–";

/// Several runs side by side: the settings that differ, how good they became, their curves.
///
/// ```
/// use firebrick::training::RunDirectory;
/// use firebrick_pages::{Comparison, RunRecord};
///
/// let folder = tempfile::tempdir()?;
/// let mut runs = Vec::new();
/// for (name, loss) in [("adam", 0.5), ("sgd", 0.75)] {
///     let run = RunDirectory::create(&folder.path().join(name))?;
///     run.write("config.toml", format!("epochs = 1\noptimizer = \"{name}\"").as_bytes())?;
///     run.write("history.csv", format!("epoch,learning_rate,loss,seconds\n1,0.1,{loss},2\n").as_bytes())?;
///     runs.push(RunRecord::read(&run));
/// }
/// let comparison = Comparison::new(runs);
/// let settings = comparison.settings();
/// assert_eq!(settings.len(), 1);
/// assert_eq!((settings[0].name.as_str(), settings[0].cells[1].text.as_str()), ("optimizer", "sgd"));
/// assert!(comparison.figures()[0].cells[0].is_best);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Comparison {
    runs: Vec<RunRecord>,
    names: Vec<String>,
}

/// A line of a comparison: something that each run has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComparedRow {
    /// What it is.
    pub name: String,
    /// What each run has, in their order.
    pub cells: Vec<ComparedCell>,
}

/// What a run has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComparedCell {
    /// As text.
    pub text: String,
    /// Whether no other run has a better one.
    pub is_best: bool,
}

#[derive(Template)]
#[template(path = "comparison.html")]
struct Page<'a> {
    version: &'static str,
    style: &'static str,
    script: Option<String>,
    home: Option<String>,
    names: &'a [String],
    states: Vec<RunState>,
    figures: Vec<ComparedRow>,
    settings: Vec<ComparedRow>,
    curves: Vec<String>,
}

impl Comparison {
    /// Of these runs; those of one name are told apart by their paths.
    pub fn new(runs: Vec<RunRecord>) -> Self {
        let is_unique = |name: &str| runs.iter().filter(|run| run.name() == name).count() == 1;
        let name = |run: &RunRecord| {
            if is_unique(run.name()) {
                run.name().to_owned()
            } else {
                run.path().display().to_string()
            }
        };
        Self {
            names: runs.iter().map(name).collect(),
            runs,
        }
    }

    /// What the runs are called.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The settings that are not the same in all runs.
    pub fn settings(&self) -> Vec<ComparedRow> {
        let mut keys: Vec<&str> = Vec::new();
        for (key, _) in self.runs.iter().flat_map(|run| run.settings().iter()) {
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        let row = |key: &str| {
            let values: Vec<Option<&str>> = self
                .runs
                .iter()
                .map(|run| run.settings().get(key))
                .collect();
            let differs = values.windows(2).any(|pair| pair[0] != pair[1]);
            differs.then(|| ComparedRow {
                name: key.to_owned(),
                cells: values
                    .iter()
                    .map(|value| plain(value.unwrap_or(NONE)))
                    .collect(),
            })
        };
        keys.into_iter().filter_map(row).collect()
    }

    /// How good the runs became: the best of every figure, with its epoch; then epochs and time.
    pub fn figures(&self) -> Vec<ComparedRow> {
        let best: Vec<Vec<crate::figures::BestFigure>> =
            self.runs.iter().map(RunRecord::best).collect();
        let mut names: Vec<&str> = Vec::new();
        for figure in best.iter().flatten() {
            if !names.contains(&figure.name.as_str()) {
                names.push(&figure.name);
            }
        }
        // What is judged on the validation data comes first.
        names.sort_by_key(|name| !name.starts_with("val_"));
        let row = |name: &str| {
            let own: Vec<_> = best
                .iter()
                .map(|run| run.iter().find(|own| own.name == name))
                .collect();
            let is_best = |own: &crate::figures::BestFigure| {
                !own.value.is_nan()
                    && !best
                        .iter()
                        .flatten()
                        .any(|other| other.name == name && other.is_better(own))
            };
            let cell = |own: Option<&crate::figures::BestFigure>| match own {
                Some(own) => ComparedCell {
                    text: format!("{} ({})", figure_text(own.value), own.epoch),
                    is_best: is_best(own),
                },
                None => plain(NONE),
            };
            ComparedRow {
                name: name.to_owned(),
                cells: own.into_iter().map(cell).collect(),
            }
        };
        let mut rows: Vec<ComparedRow> = names.into_iter().map(row).collect();
        let epochs = |run: &RunRecord| {
            plain(
                &run.history()
                    .last()
                    .map_or(0, |last| last.epoch)
                    .to_string(),
            )
        };
        let time = |run: &RunRecord| plain(&duration(run.seconds()));
        rows.push(self.row("epochs", epochs));
        rows.push(self.row("time", time));
        rows
    }

    /// Their curves, one panel a figure.
    pub fn panels(&self) -> Vec<Panel> {
        let runs: Vec<(&str, &History)> = self
            .names
            .iter()
            .zip(&self.runs)
            .map(|(name, run)| (name.as_str(), run.history()))
            .collect();
        let panels = run_panels(&runs).into_iter();
        panels.filter(|panel| !panel.curves.is_empty()).collect()
    }

    /// The tables as text: figures, then settings.
    pub fn text(&self) -> String {
        let state = |run: &RunRecord| plain(run.state().as_str());
        let mut figures = vec![self.row("state", state)];
        figures.extend(self.figures());
        let settings = self.settings();
        let mut text = self.table(
            "best of each figure (epoch), * no other is better",
            &figures,
        );
        if settings.is_empty() {
            text.push_str("\nno setting differs\n");
        } else {
            text.push('\n');
            text.push_str(&self.table("settings that differ", &settings));
        }
        text
    }

    /// The page, all in one text: it asks for nothing from elsewhere. `home` is the address of the page of all runs, if there is one.
    ///
    /// # Errors
    /// Curves that cannot be drawn.
    pub fn render(&self, home: Option<&str>) -> Result<String, PagesError> {
        let mut panels = self.panels();
        let moved = usize::from(!panels.is_empty());
        panels.rotate_right(moved);
        let page = Page {
            version: VERSION,
            style: STYLE,
            script: None,
            home: home.map(ToOwned::to_owned),
            names: &self.names,
            states: self.runs.iter().map(RunRecord::state).collect(),
            figures: self.figures(),
            settings: self.settings(),
            curves: drawings(&panels)?,
        };
        page.render().map_err(|source| PagesError::Page {
            what: self.names.join(", "),
            source,
        })
    }

    fn row(&self, name: &str, cell: impl Fn(&RunRecord) -> ComparedCell) -> ComparedRow {
        ComparedRow {
            name: name.to_owned(),
            cells: self.runs.iter().map(cell).collect(),
        }
    }

    fn table(&self, title: &str, rows: &[ComparedRow]) -> String {
        let written = |cell: &ComparedCell| {
            let star = if cell.is_best && self.runs.len() > 1 {
                "*"
            } else {
                ""
            };
            format!("{}{star}", firebrick::models::visible(&cell.text))
        };
        let head = std::iter::once(String::new()).chain(
            self.names
                .iter()
                .map(|name| firebrick::models::visible(name).into_owned()),
        );
        let mut lines: Vec<Vec<String>> = vec![head.collect()];
        for row in rows {
            let cells = std::iter::once(row.name.clone()).chain(row.cells.iter().map(written));
            lines.push(cells.collect());
        }
        let width = |column: usize| {
            let cells = lines.iter().map(|line| line[column].chars().count());
            cells.max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..=self.names.len()).map(width).collect();
        let mut text = format!("{title}\n");
        for line in &lines {
            let cells = line
                .iter()
                .zip(&widths)
                .map(|(cell, width)| format!("{cell:<width$}"));
            let line = cells.collect::<Vec<_>>().join("  ");
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }
}

fn plain(text: &str) -> ComparedCell {
    ComparedCell {
        text: text.to_owned(),
        is_best: false,
    }
}
