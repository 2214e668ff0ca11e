use std::fmt;

/// One training.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Job {
    /// The point of the curve.
    pub(super) value: usize,
    pub(super) seed: u64,
}

impl Job {
    /// What its result is called.
    pub(super) fn key(&self) -> String {
        format!("{}-seed-{}", self.value, self.seed)
    }
}

impl fmt::Display for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, seed {}", self.value, self.seed)
    }
}
