/// Which way a figure gets better.
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
