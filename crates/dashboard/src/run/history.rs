//! The history of a run as events.

use std::path::Path;

use firebrick_session::{Begin, EpochEnd, Event, Figures, What};

use crate::error::DashboardError;

/// The name of the file in a run directory.
pub(super) const NAME: &str = "history.csv";

/// The events that a history tells: how the training began, and how its epochs ended.
///
/// # Errors
/// A table that is no history, with its line.
pub(super) fn events(label: &str, text: &str, path: &Path) -> Result<Vec<Event>, DashboardError> {
    let wrong = |line: usize, expected, received: &str| DashboardError::History {
        path: path.to_owned(),
        line: line + 1,
        expected,
        received: received.to_owned(),
    };
    let mut lines = text.lines().enumerate();
    let header = lines.next().map_or("", |(_, line)| line);
    let names: Vec<&str> = header.split(',').collect();
    if names.first() != Some(&"epoch") {
        return Err(wrong(0, "columns that begin with `epoch`", header));
    }
    let mut ends = Vec::new();
    let mut seconds = 0.0;
    for (line, row) in lines {
        let cells: Vec<&str> = row.split(',').collect();
        let epoch = cells.first().and_then(|cell| cell.parse::<usize>().ok());
        let epoch = epoch.ok_or_else(|| wrong(line, "the number of an epoch", row))?;
        let mut end = EpochEnd::default();
        let mut figures = Vec::new();
        for (name, cell) in names.iter().zip(&cells).skip(1) {
            if cell.is_empty() {
                continue;
            }
            let value: f64 = cell
                .parse()
                .map_err(|_error: std::num::ParseFloatError| wrong(line, "a number", cell))?;
            match *name {
                "learning_rate" => end.learning_rate = value,
                "seconds" => end.took = value,
                name => figures.push((name, value)),
            }
        }
        end.figures = figures.into_iter().collect::<Figures>();
        seconds += end.took;
        ends.push(Event {
            step: epoch as u64,
            epoch,
            seconds,
            what: What::EpochEnd(end),
        });
    }
    Ok(with_begin(label, &names, ends))
}

/// One step an epoch: the history does not know how many there were.
fn with_begin(label: &str, names: &[&str], ends: Vec<Event>) -> Vec<Event> {
    let is_figure = |name: &&&str| {
        !name.starts_with("val_") && !["epoch", "learning_rate", "seconds"].contains(name)
    };
    let figures = names.iter().filter(is_figure);
    let figures: Vec<String> = figures.map(|name| (*name).to_owned()).collect();
    let rising = figures.iter().filter(|name| name.contains("accuracy"));
    let epochs = ends.last().map_or(0, |event| event.epoch);
    let begin = Begin {
        label: label.to_owned(),
        epochs,
        steps_per_epoch: Some(1),
        rising: rising.cloned().collect(),
        figures,
        has_validation: names.iter().any(|name| name.starts_with("val_")),
        ..Begin::default()
    };
    let begin = Event {
        step: 0,
        epoch: 0,
        seconds: 0.0,
        what: What::Begin(Box::new(begin)),
    };
    let end = Event {
        step: epochs as u64,
        epoch: epochs,
        seconds: ends.last().map_or(0.0, |event| event.seconds),
        what: What::End {
            reason: "of this run its history is left".to_owned(),
            is_complete: true,
        },
    };
    std::iter::once(begin).chain(ends).chain([end]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_history_says_where() {
        for (text, said) in [
            ("", "line 1: expected columns"),
            ("a,b\n", "received `a,b`"),
            (
                "epoch,loss\nx,1\n",
                "line 2: expected the number of an epoch",
            ),
            (
                "epoch,loss\n1,0.5\n2,much\n",
                "line 3: expected a number, received `much`",
            ),
        ] {
            let error = events("run", text, Path::new("history.csv")).unwrap_err();
            assert!(error.to_string().contains(said), "{error}");
        }
    }
}
