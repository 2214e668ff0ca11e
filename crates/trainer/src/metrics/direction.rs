/// Which way a figure gets better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// More is better, as with an accuracy.
    Up,
    /// Less is better, as with a loss.
    Down,
}
