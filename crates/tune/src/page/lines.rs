//! What the figures of the page are made of, in the numbers of their pictures.

use firebrick::training::figure_text;

use super::axis::{Axis, Span};
use crate::record::TrialRecord;

/// The distance between two axes.
const STEP: f64 = 150.0;
const TOP: f64 = 34.0;
const HEIGHT: f64 = 240.0;
const LEFT: f64 = 60.0;
/// The sides of a small figure.
const SMALL: (f64, f64) = (240.0, 150.0);

/// A mark with its text.
pub(super) struct Tick {
    pub(super) at: String,
    pub(super) text: String,
}

/// A line or a point of a trial.
pub(super) struct Trace {
    /// A path, or the two numbers of a point.
    pub(super) path: String,
    pub(super) x: String,
    pub(super) y: String,
    /// How good it is, in per cent of the ranks.
    pub(super) share: usize,
    pub(super) is_best: bool,
    pub(super) title: String,
}

/// Parallel coordinates: an axis for each setting and one for the figure, a line for each trial.
pub(super) struct Parallel {
    pub(super) width: String,
    pub(super) height: String,
    pub(super) top: String,
    pub(super) bottom: String,
    pub(super) axes: Vec<Upright>,
    pub(super) traces: Vec<Trace>,
}

pub(super) struct Upright {
    pub(super) x: String,
    pub(super) name: String,
    pub(super) ticks: Vec<Tick>,
}

impl Parallel {
    pub(super) fn new(ranked: &[&TrialRecord], axes: &[Axis<'_>], figures: &Axis<'_>) -> Self {
        let all: Vec<&Axis<'_>> = axes.iter().chain([figures]).collect();
        let x = |index: usize| LEFT + STEP * index as f64;
        let y = |place: f64| TOP + HEIGHT * (1.0 - place);
        let uprights = all.iter().enumerate().map(|(index, axis)| Upright {
            x: number(x(index)),
            name: axis.name.to_owned(),
            ticks: ticks(&axis.ticks, y),
        });
        let traces = traces(ranked, |trial| {
            let places = all.iter().map(|axis| axis.place(trial));
            let places: Vec<f64> = places.collect::<Option<_>>()?;
            let points = places.iter().enumerate();
            Some(path(points.map(|(index, place)| (x(index), y(*place)))))
        });
        Self {
            width: number(LEFT + STEP * (all.len() - 1) as f64 + 90.0),
            height: number(TOP + HEIGHT + 20.0),
            top: number(TOP),
            bottom: number(TOP + HEIGHT),
            axes: uprights.collect(),
            traces,
        }
    }
}

/// The figure over one setting, a point for each trial.
pub(super) struct Scatter {
    pub(super) name: String,
    pub(super) below: Vec<Tick>,
    pub(super) beside: Vec<Tick>,
    pub(super) traces: Vec<Trace>,
}

impl Scatter {
    pub(super) fn new(ranked: &[&TrialRecord], axis: &Axis<'_>, figures: &Axis<'_>) -> Self {
        let x = |place: f64| 8.0 + (SMALL.0 - 16.0) * place;
        let y = |place: f64| 8.0 + (SMALL.1 - 16.0) * (1.0 - place);
        let mut traces = traces(ranked, |trial| {
            axis.place(trial)
                .zip(figures.place(trial))
                .map(|_| String::new())
        });
        let placed = ranked
            .iter()
            .filter_map(|trial| axis.place(trial).zip(figures.place(trial)));
        let mut points: Vec<(f64, f64)> = placed.collect();
        points.reverse();
        for (trace, (across, up)) in traces.iter_mut().zip(points) {
            (trace.x, trace.y) = (number(x(across)), number(y(up)));
        }
        Self {
            name: axis.name.to_owned(),
            below: ticks(&axis.ticks, x),
            beside: ticks(&figures.ticks, y),
            traces,
        }
    }
}

/// The figure over the epochs, a line for each trial.
pub(super) struct Curves {
    pub(super) epochs: usize,
    pub(super) beside: Vec<Tick>,
    pub(super) traces: Vec<Trace>,
}

impl Curves {
    /// None where nothing was trained for more than one epoch.
    pub(super) fn new(ranked: &[&TrialRecord]) -> Option<Self> {
        let epochs = ranked.iter().map(|trial| trial.epochs()).max()?;
        let span = Span::of(
            ranked
                .iter()
                .flat_map(|trial| trial.figures.iter().copied()),
        )?;
        if epochs < 2 {
            return None;
        }
        let x = |index: usize| 700.0 * index as f64 / (epochs - 1) as f64;
        let y = |place: f64| 8.0 + 220.0 * (1.0 - place);
        let traces = traces(ranked, |trial| {
            trial.figure()?;
            let finite = trial.figures.iter().enumerate();
            let finite = finite.filter(|(_, figure)| figure.is_finite());
            Some(path(
                finite.map(|(index, figure)| (x(index), y(span.place(*figure)))),
            ))
        });
        Some(Self {
            epochs,
            beside: ticks(&span.ticks(), y),
            traces,
        })
    }
}

/// What is drawn of each trial of which something is, the best one last, over all others.
fn traces(ranked: &[&TrialRecord], draw: impl Fn(&TrialRecord) -> Option<String>) -> Vec<Trace> {
    let drawn = ranked
        .iter()
        .filter_map(|trial| Some((trial, draw(trial)?)));
    let drawn: Vec<_> = drawn.collect();
    let last = drawn.len().saturating_sub(1).max(1);
    let trace = |(rank, (trial, path)): (usize, (&&TrialRecord, String))| Trace {
        path,
        x: String::new(),
        y: String::new(),
        share: 100 - 100 * rank / last,
        is_best: rank == 0,
        title: format!(
            "trial {}: {} ({})",
            trial.number,
            trial.figure().map(figure_text).unwrap_or_default(),
            trial.values
        ),
    };
    let mut traces: Vec<Trace> = drawn.into_iter().enumerate().map(trace).collect();
    traces.reverse();
    traces
}

fn ticks(ticks: &[(f64, String)], at: impl Fn(f64) -> f64) -> Vec<Tick> {
    let ticks = ticks.iter().map(|(place, text)| Tick {
        at: number(at(*place)),
        text: text.clone(),
    });
    ticks.collect()
}

fn path(points: impl Iterator<Item = (f64, f64)>) -> String {
    let points = points.map(|(x, y)| format!("{} {}", number(x), number(y)));
    let points: Vec<String> = points.collect();
    // A single one is a dot, by its round ends.
    let dot = if points.len() == 1 { "h0" } else { "" };
    format!("M{}{dot}", points.join("L"))
}

fn number(number: f64) -> String {
    format!("{number:.1}")
}
