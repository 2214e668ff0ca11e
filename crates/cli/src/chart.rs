//! Curves as a chart of plain characters.

use std::fmt::Write as _;

/// The rows of the chart, axis and labels not counted.
const ROWS: usize = 12;
/// A tick on the vertical axis every so many rows, counted from the bottom one.
const ROWS_PER_TICK: usize = 4;
/// The fewest columns that curves are drawn in.
const FEWEST_COLUMNS: usize = 10;

/// The characters of a line where nothing says how many there are.
const WIDTH: usize = 80;

/// The largest value that is drawn, so that differences are finite.
const LARGEST: f64 = f64::MAX / 2.0;

/// A curve of a chart.
pub(crate) struct ChartCurve {
    /// What it is drawn with.
    pub(crate) mark: char,
    /// Where it goes, from left to right; what cannot be drawn, such as NaN, is left out.
    pub(crate) points: Vec<(u64, f64)>,
}

/// Draws curves in lines of at most `width` characters (or about 30, if that is less), each over those before it.
pub(crate) fn chart(title: &str, x_label: &str, curves: &[ChartCurve], width: usize) -> String {
    let curves: Vec<(char, Vec<(u64, f64)>)> = curves
        .iter()
        .map(|curve| {
            let points = curve.points.iter().copied();
            (
                curve.mark,
                points.filter(|point| point.1.abs() <= LARGEST).collect(),
            )
        })
        .collect();
    let all: Vec<(u64, f64)> = curves.iter().flat_map(|curve| curve.1.clone()).collect();
    if all.is_empty() {
        return format!("{title}\nno finite values\n");
    }
    let values = range(&all);
    let labels: Vec<String> = (0..ROWS)
        .map(|row| {
            if row % ROWS_PER_TICK == 0 || row == ROWS - 1 {
                number(values.0 + (values.1 - values.0) * (row as f64 / (ROWS - 1) as f64))
            } else {
                String::new()
            }
        })
        .collect();
    let margin = labels.iter().map(String::len).max().unwrap_or(0);
    let columns = width.saturating_sub(margin + 2).max(FEWEST_COLUMNS);
    let steps = ends(&all);
    let spans: Vec<(char, Vec<(usize, usize)>)> = curves
        .iter()
        .map(|(mark, points)| (*mark, spans(points, columns, steps, values)))
        .collect();

    let mut text = format!("{title}\n");
    for row in (0..ROWS).rev() {
        let cell = |column: usize| {
            let here = |(_, spans): &&(char, Vec<(usize, usize)>)| {
                let (low, high) = spans[column];
                (low..=high).contains(&row)
            };
            spans.iter().rev().find(here).map_or(' ', |curve| curve.0)
        };
        let cells: String = (0..columns).map(cell).collect();
        let line = format!("{:>margin$} |{cells}", labels[row]);
        let _ = writeln!(text, "{}", line.trim_end());
    }
    let _ = writeln!(text, "{:margin$} +{}", "", "-".repeat(columns));
    let (first, last) = (steps.0.to_string(), steps.1.to_string());
    let between = columns.saturating_sub(first.len() + last.len()).max(1);
    let _ = writeln!(text, "{:margin$}  {first}{:between$}{last}", "", "");
    let _ = writeln!(text, "{:margin$}  {:^columns$}", "", x_label);
    // Centring leaves blanks at the end of the last line.
    let mut text = text.trim_end().to_owned();
    text.push('\n');
    text
}

/// The characters of a line: what `COLUMNS` says, or what the terminal has.
pub(crate) fn terminal_width() -> usize {
    crate::output::terminal_width().unwrap_or(WIDTH)
}

/// A number in few characters.
pub(crate) fn number(value: f64) -> String {
    let rounded: f64 = format!("{value:.3e}").parse().unwrap_or(value);
    if rounded == 0.0 || (1e-4..1e7).contains(&rounded.abs()) {
        rounded.to_string()
    } else {
        format!("{rounded:e}")
    }
}

/// The lowest and the highest value, a little apart if they are the same.
fn range(points: &[(u64, f64)]) -> (f64, f64) {
    let values = || points.iter().map(|point| point.1);
    let lowest = values().fold(f64::INFINITY, f64::min);
    let highest = values().fold(f64::NEG_INFINITY, f64::max);
    if lowest < highest {
        (lowest, highest)
    } else if lowest < 0.0 {
        ((lowest * 2.0).max(f64::MIN), 0.0)
    } else {
        (0.0, (lowest * 2.0).clamp(f64::MIN_POSITIVE, f64::MAX))
    }
}

/// The first and the last step.
fn ends(points: &[(u64, f64)]) -> (u64, u64) {
    let steps = || points.iter().map(|point| point.0);
    (steps().min().unwrap_or(0), steps().max().unwrap_or(0))
}

/// The lowest and the highest row of each column; a column without a point has those between its neighbours.
fn spans(
    points: &[(u64, f64)],
    columns: usize,
    (first, last): (u64, u64),
    (lowest, highest): (f64, f64),
) -> Vec<(usize, usize)> {
    let length = (last - first).max(1) as f64;
    let row = |value: f64| index((value - lowest) / (highest - lowest), ROWS);
    let mut rows: Vec<Vec<usize>> = vec![Vec::new(); columns];
    for (step, value) in points {
        rows[index((step - first) as f64 / length, columns)].push(row(*value));
    }
    let known: Vec<usize> = (0..columns)
        .filter(|column| !rows[*column].is_empty())
        .collect();
    for pair in known.windows(2) {
        let (from, to) = (pair[0], pair[1]);
        let (Some(start), Some(end)) = (rows[from].last().copied(), rows[to].first().copied())
        else {
            continue;
        };
        let gap = rows.iter_mut().enumerate().take(to).skip(from + 1);
        for (column, rows) in gap {
            let share = (column - from) as f64 / (to - from) as f64;
            let between = start as f64 + (end as f64 - start as f64) * share;
            rows.push(index(between / (ROWS - 1) as f64, ROWS));
        }
    }
    let span = |rows: &Vec<usize>| {
        let low = rows.iter().min().copied();
        // Nothing is drawn where the lowest row is above the highest.
        (low.unwrap_or(1), rows.iter().max().copied().unwrap_or(0))
    };
    rows.iter().map(span).collect()
}

/// Which of `count` equal places a share of the whole falls on.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a share is between 0 and 1, and a chart has few places"
)]
fn index(share: f64, count: usize) -> usize {
    ((share.clamp(0.0, 1.0) * (count - 1) as f64).round() as usize).min(count - 1)
}
