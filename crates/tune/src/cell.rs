//! A cell of the table of trials.

use firebrick::specs::Value;
use firebrick::training::figure_text;

use crate::dimension::value_text;

/// What stands in a cell, and what it is sorted by.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Cell {
    pub(crate) text: String,
    pub(crate) key: String,
}

impl Cell {
    /// Sorted by its letters.
    pub(crate) fn text(text: String) -> Self {
        let key = text.clone();
        Self { text, key }
    }

    /// Where there is nothing to say.
    pub(crate) fn none() -> Self {
        Self::text("-".to_owned())
    }

    pub(crate) fn count(count: usize) -> Self {
        Self::text(count.to_string())
    }

    pub(crate) fn figure(figure: f64) -> Self {
        Self {
            text: figure_text(figure),
            key: figure.to_string(),
        }
    }

    pub(crate) fn seconds(seconds: f64) -> Self {
        Self {
            text: seconds_text(seconds),
            key: seconds.to_string(),
        }
    }

    pub(crate) fn value(value: &Value) -> Self {
        let text = value_text(value);
        match value {
            Value::Number(number) => Self {
                text,
                key: number.to_string(),
            },
            _ => Self::text(text),
        }
    }
}

/// `3.4 s`, `2 min 5 s`.
pub(crate) fn seconds_text(seconds: f64) -> String {
    if seconds < 100.0 {
        return format!("{seconds:.1} s");
    }
    let minutes = (seconds / 60.0).floor();
    format!("{minutes:.0} min {:.0} s", seconds - minutes * 60.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_short() {
        assert_eq!(
            [0.04, 99.0, 125.0].map(seconds_text),
            ["0.0 s", "99.0 s", "2 min 5 s"]
        );
    }

    #[test]
    fn what_is_shortened_is_sorted_by_all_of_it() {
        let key = |cell: Cell| cell.key;
        assert_eq!(key(Cell::seconds(125.25)), "125.25");
        assert_eq!(key(Cell::figure(0.012_345_678)), "0.012345678");
        assert_eq!(key(Cell::value(&Value::Number(1e-5))), "0.00001");
        assert_eq!(key(Cell::value(&Value::from("adam"))), "adam");
        assert_eq!(key(Cell::value(&Value::from(32))), "32");
    }
}
