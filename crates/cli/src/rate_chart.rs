//! A learning rate over the steps as a chart of plain characters.

use std::fmt::Write as _;

/// The rows of the chart, axis and labels not counted.
const ROWS: usize = 12;
/// A tick on the vertical axis every so many rows, counted from the bottom one.
const ROWS_PER_TICK: usize = 4;
/// The fewest columns that curves are drawn in.
const FEWEST_COLUMNS: usize = 10;

/// Draws the rates, each at its step, in lines of at most `width` characters (or about 30, if that is less).
///
/// The steps rise, the rates are finite, and there is at least one.
pub(crate) fn rate_chart(points: &[(u64, f64)], width: usize) -> String {
    let (lowest, highest) = range(points);
    let labels: Vec<String> = (0..ROWS)
        .map(|row| {
            if row % ROWS_PER_TICK == 0 || row == ROWS - 1 {
                number(lowest + (highest - lowest) * (row as f64 / (ROWS - 1) as f64))
            } else {
                String::new()
            }
        })
        .collect();
    let margin = labels.iter().map(String::len).max().unwrap_or(0);
    let columns = width.saturating_sub(margin + 2).max(FEWEST_COLUMNS);
    let spans = spans(points, columns, lowest, highest);

    let mut text = String::from("learning rate\n");
    for row in (0..ROWS).rev() {
        let cells: String = spans
            .iter()
            .map(|(low, high)| {
                if (*low..=*high).contains(&row) {
                    '*'
                } else {
                    ' '
                }
            })
            .collect();
        let line = format!("{:>margin$} |{cells}", labels[row]);
        let _ = writeln!(text, "{}", line.trim_end());
    }
    let _ = writeln!(text, "{:margin$} +{}", "", "-".repeat(columns));
    let (first, last) = ends(points);
    let (first, last) = (first.to_string(), last.to_string());
    let between = columns.saturating_sub(first.len() + last.len()).max(1);
    let _ = writeln!(text, "{:margin$}  {first}{:between$}{last}", "", "");
    let _ = writeln!(text, "{:margin$}  {:^columns$}", "", "step");
    // Centring leaves blanks at the end of the last line.
    let mut text = text.trim_end().to_owned();
    text.push('\n');
    text
}

/// A number in few characters.
pub(crate) fn number(value: f64) -> String {
    let rounded: f64 = format!("{value:.3e}").parse().unwrap_or(value);
    if rounded == 0.0 || (1e-4..1e7).contains(&rounded) {
        rounded.to_string()
    } else {
        format!("{rounded:e}")
    }
}

/// The lowest and the highest rate, a little apart if they are the same.
fn range(points: &[(u64, f64)]) -> (f64, f64) {
    let rates = || points.iter().map(|point| point.1);
    let lowest = rates().fold(f64::INFINITY, f64::min);
    let highest = rates().fold(f64::NEG_INFINITY, f64::max);
    if lowest < highest {
        (lowest, highest)
    } else {
        (0.0, (lowest * 2.0).clamp(f64::MIN_POSITIVE, f64::MAX))
    }
}

fn ends(points: &[(u64, f64)]) -> (u64, u64) {
    let step = |point: Option<&(u64, f64)>| point.map_or(0, |point| point.0);
    (step(points.first()), step(points.last()))
}

/// The lowest and the highest row of each column; a column without a point has those between its neighbours.
fn spans(points: &[(u64, f64)], columns: usize, lowest: f64, highest: f64) -> Vec<(usize, usize)> {
    let (first, last) = ends(points);
    let length = (last - first).max(1) as f64;
    let row = |rate: f64| index((rate - lowest) / (highest - lowest), ROWS);
    let mut rows: Vec<Vec<usize>> = vec![Vec::new(); columns];
    for (step, rate) in points {
        rows[index((step - first) as f64 / length, columns)].push(row(*rate));
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
