/// Which way a figure gets better.
///
/// ```
/// use firebrick::metrics::{BinaryAccuracy, Direction, MeanAbsoluteError, MetricFunction};
///
/// assert_eq!(BinaryAccuracy::new().direction(), Direction::Up);
/// assert_eq!(MeanAbsoluteError::new().direction(), Direction::Down);
/// assert!(Direction::Down.is_better(0.1, 0.2) && !Direction::Up.is_better(f64::NAN, 0.2));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// More is better, as with an accuracy.
    Up,
    /// Less is better, as with a loss.
    Down,
    /// The figure alone does not say, as with a count; Keras leaves it open too.
    Unknown,
}

impl Direction {
    /// Whether `value` is better than `than`; NaN is neither better nor worse, nor is anything where the
    /// direction is not known.
    pub fn is_better(self, value: f64, than: f64) -> bool {
        match self {
            Self::Up => value > than,
            Self::Down => value < than,
            Self::Unknown => false,
        }
    }
}
