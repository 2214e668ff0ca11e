use serde::{Deserialize, Serialize};

use crate::callback::Training;
use crate::error::TrainError;
use crate::logs::Logs;
use crate::metrics::Direction;

/// Which way a watched figure gets better.
///
/// ```
/// use firebrick::callbacks::{EarlyStopping, MonitorMode};
///
/// // A figure whose name does not tell which way it gets better.
/// let stopping = EarlyStopping::new("val_profit").with_mode(MonitorMode::Max);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MonitorMode {
    /// As its metric says; a loss falls.
    #[default]
    Auto,
    /// Less is better.
    Min,
    /// More is better.
    Max,
}

impl MonitorMode {
    /// The direction of a figure whose metric says `own`.
    ///
    /// # Errors
    /// A figure whose metric leaves it open.
    pub(crate) fn direction(
        self,
        own: Direction,
        callback: &'static str,
        monitor: &str,
    ) -> Result<Direction, TrainError> {
        match (self, own) {
            (Self::Min, _) | (Self::Auto, Direction::Down) => Ok(Direction::Down),
            (Self::Max, _) | (Self::Auto, Direction::Up) => Ok(Direction::Up),
            (Self::Auto, Direction::Unknown) => Err(TrainError::UnknownDirection {
                callback,
                monitor: monitor.to_owned(),
            }),
        }
    }
}

/// The watched figure, and whether it was said that it is undefined.
#[derive(Clone, Debug)]
pub(super) struct Monitor {
    pub(super) figure: String,
    is_told: bool,
}

impl Monitor {
    pub(super) fn new(figure: String) -> Self {
        Self {
            figure,
            is_told: false,
        }
    }

    /// Whether it was said that the figure is undefined, to be kept.
    pub(super) fn is_told(&self) -> bool {
        self.is_told
    }

    /// Goes on where it was said, or not.
    pub(super) fn restore(&mut self, is_told: bool) {
        self.is_told = is_told;
    }

    /// What there is to judge by: nothing where the figure is missing or undefined, which is said once.
    pub(super) fn value(
        &mut self,
        callback: &'static str,
        training: &mut Training<'_>,
        logs: &Logs,
    ) -> Option<f64> {
        let figure = &self.figure;
        if !logs.is_defined(figure) && !self.is_told {
            self.is_told = true;
            training.say(&format!(
                "{callback}: `{figure}` is undefined for these samples, e.g. because their targets are all the same; \
                 nothing is chosen by it"
            ));
        }
        logs.get_defined(figure)
    }
}

/// Whether `value` is better than `reference` by more than `min_delta`; a number is better than none, NaN
/// or infinity never is.
pub(super) fn is_improvement(
    direction: Direction,
    min_delta: f64,
    value: f64,
    reference: Option<f64>,
) -> bool {
    let delta = min_delta.abs();
    let worse = match direction {
        Direction::Up => value - delta,
        Direction::Down | Direction::Unknown => value + delta,
    };
    match reference {
        _ if !value.is_finite() => false,
        Some(reference) => direction.is_better(worse, reference),
        None => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_better_by_more_than_the_delta_is_an_improvement() {
        for (direction, min_delta, value, reference, expected) in [
            (Direction::Down, 0.0, 0.9, Some(1.0), true),
            (Direction::Down, 0.0, 1.0, Some(1.0), false),
            (Direction::Down, 0.25, 0.75, Some(1.0), false),
            (Direction::Down, -0.25, 0.75, Some(1.0), false),
            (Direction::Down, 0.25, 0.74, Some(1.0), true),
            (Direction::Up, 0.25, 1.25, Some(1.0), false),
            (Direction::Up, 0.25, 1.26, Some(1.0), true),
            (Direction::Up, 0.5, 0.1, None, true),
            (Direction::Up, 0.0, f64::NAN, None, false),
            (Direction::Up, 0.0, f64::INFINITY, Some(1.0), false),
            (Direction::Down, 0.0, f64::INFINITY, None, false),
            (Direction::Down, 0.0, f64::NEG_INFINITY, Some(1.0), false),
            (Direction::Down, 0.0, f64::NAN, Some(1.0), false),
        ] {
            assert_eq!(
                is_improvement(direction, min_delta, value, reference),
                expected,
                "{direction:?} {min_delta} {value} {reference:?}"
            );
        }
    }

    #[test]
    fn a_figure_of_no_known_direction_needs_a_mode() {
        let direction = |mode: MonitorMode, own| mode.direction(own, "EarlyStopping", "val_count");
        assert_eq!(
            direction(MonitorMode::Max, Direction::Unknown).unwrap(),
            Direction::Up
        );
        assert_eq!(
            direction(MonitorMode::Min, Direction::Up).unwrap(),
            Direction::Down
        );
        assert_eq!(
            direction(MonitorMode::Auto, Direction::Up).unwrap(),
            Direction::Up
        );
        let error = direction(MonitorMode::Auto, Direction::Unknown).unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("EarlyStopping watches `val_count`, of which nothing says"),
            "{error}"
        );
    }
}
