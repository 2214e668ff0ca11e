//! The table of runs, as text.

use crate::numbers::{ago, duration};
use crate::run_summary::RunSummary;

const NONE: &str = "-";
/// The narrowest that a column becomes where a line has too few characters.
const NARROWEST: usize = 10;
/// Between two columns.
const GAP: usize = 2;

/// A table of runs, a line each.
///
/// `now` is the time in seconds since 1970; `width` are the characters of a line, if anything limits them: the columns of
/// data and network are shortened then.
///
/// ```
/// use firebrick::training::RunDirectory;
/// use firebrick_pages::{read_runs, run_table};
///
/// let folder = tempfile::tempdir()?;
/// let run = RunDirectory::create(&folder.path().join("first"))?;
/// run.write("config.toml", b"data = \"mnist\"\nhidden = [64]\nepochs = 3")?;
/// run.write("history.csv", b"epoch,learning_rate,loss,accuracy,seconds\n1,0.1,0.9,0.5,2\n")?;
/// # drop(run);
/// let text = run_table(&read_runs(folder.path())?, 0, None);
/// assert!(text.contains("1/3     mnist  Dense 64  loss 0.9000 (1)  accuracy 0.5000 (1)  2.0 s"), "{text}");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn run_table(runs: &[RunSummary], now: u64, width: Option<usize>) -> String {
    let heads = [
        "run",
        "state",
        "epochs",
        "data",
        "network",
        "best loss",
        "best metric",
        "time",
        "begun",
    ];
    let mut rows: Vec<Vec<String>> = vec![heads.map(str::to_owned).to_vec()];
    rows.extend(runs.iter().map(|run| row(run, now)));
    let mut widths: Vec<usize> = (0..heads.len())
        .map(|column| {
            let cells = rows.iter().map(|row| row[column].chars().count());
            cells.max().unwrap_or(0)
        })
        .collect();
    // The columns that say least in their last characters.
    for column in [4, 3, 0] {
        let whole: usize = widths.iter().sum::<usize>() + GAP * (widths.len() - 1);
        let excess = whole.saturating_sub(width.unwrap_or(usize::MAX));
        let least = NARROWEST.min(widths[column]);
        widths[column] = widths[column].saturating_sub(excess).max(least);
    }
    let lines = rows.iter().map(|row| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| {
            let cell = shortened(cell, *width);
            format!("{cell:<width$}")
        });
        let line = cells.collect::<Vec<_>>().join(&" ".repeat(GAP));
        format!("{}\n", line.trim_end())
    });
    lines.collect()
}

fn row(run: &RunSummary, now: u64) -> Vec<String> {
    let or_none = |text: Option<String>| text.unwrap_or_else(|| NONE.to_owned());
    vec![
        visible(&run.name),
        run.state.to_string(),
        run.epochs_text(),
        or_none(run.data.as_deref().map(visible)),
        or_none(run.network.as_deref().map(visible)),
        or_none(run.best_loss().map(|best| visible(&best.to_string()))),
        or_none(run.best_metric().map(|best| visible(&best.to_string()))),
        duration(run.seconds),
        or_none(run.began.map(|began| ago(now.saturating_sub(began)))),
    ]
}

/// Nothing in it that a terminal would obey.
fn visible(text: &str) -> String {
    firebrick::models::visible(text).into_owned()
}

fn shortened(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let kept: String = text.chars().take(width.saturating_sub(1)).collect();
    format!("{kept}…")
}
