//! Which way figures get better, and how good they became.

use firebrick::metrics::{Direction, Metric};
use firebrick::training::{History, TargetForm};
use serde::Serialize;

/// The best value of a figure.
///
/// ```
/// use firebrick_pages::BestFigure;
///
/// let best = BestFigure { name: "val_loss".to_owned(), value: 0.25, epoch: 3, is_rising: false };
/// assert_eq!(best.to_string(), "val_loss 0.2500 (3)");
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BestFigure {
    /// What it is called, e.g. `val_loss`.
    pub name: String,
    /// The best value.
    pub value: f64,
    /// The first epoch with it, counted from 1.
    pub epoch: usize,
    /// Whether more is better.
    pub is_rising: bool,
}

impl BestFigure {
    /// Whether this is better than another of the same name.
    pub(crate) fn is_better(&self, other: &Self) -> bool {
        direction_of(self.is_rising).is_better(self.value, other.value)
    }
}

impl std::fmt::Display for BestFigure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let value = firebrick::training::figure_text(self.value);
        f.pad(&format!("{} {value} ({})", self.name, self.epoch))
    }
}

/// The best of every figure of which it is known which way it gets better; `rising` are those that a run says itself.
pub(crate) fn best_figures(history: &History, rising: &[String]) -> Vec<BestFigure> {
    let best = |name: &str| {
        let direction = direction(name, rising);
        let record = history.best_epoch(name, direction)?;
        Some(BestFigure {
            name: name.to_owned(),
            value: record.get(name)?,
            epoch: record.epoch,
            is_rising: direction == Direction::Up,
        })
    };
    history.names().filter_map(best).collect()
}

/// Which way a figure gets better, by what the run says or else by its name.
pub(crate) fn direction(name: &str, rising: &[String]) -> Direction {
    let own = name.strip_prefix("val_").unwrap_or(name);
    if rising.iter().any(|rising| rising == own) {
        return Direction::Up;
    }
    if own == "loss" || own.ends_with("_loss") {
        return Direction::Down;
    }
    // A figure of one of several outputs has the output's name before it, a second one of its kind a number behind it.
    let own = own.trim_end_matches(|letter: char| letter == '_' || letter.is_ascii_digit());
    let starts = own.match_indices('_').map(|(index, _)| index + 1);
    let known = std::iter::once(0)
        .chain(starts)
        .find_map(|start| own[start..].parse::<Metric>().ok());
    known.map_or(Direction::Unknown, |metric| {
        metric.function(TargetForm::LikeOutputs, 1).direction()
    })
}

fn direction_of(is_rising: bool) -> Direction {
    if is_rising {
        Direction::Up
    } else {
        Direction::Down
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_says_by_its_name_which_way_it_gets_better() {
        for (name, expected) in [
            ("loss", Direction::Down),
            ("val_digits_loss", Direction::Down),
            ("accuracy", Direction::Up),
            ("val_accuracy", Direction::Up),
            ("digits_accuracy", Direction::Up),
            ("auc_1", Direction::Up),
            ("mean_absolute_error", Direction::Down),
            ("price_mae", Direction::Down),
            ("r2_score", Direction::Up),
            ("something_else", Direction::Unknown),
        ] {
            assert_eq!(direction(name, &[]), expected, "{name}");
        }
        let rising = ["something_else".to_owned()];
        assert_eq!(direction("val_something_else", &rising), Direction::Up);
    }
}
