//! How fast a training is, and how long it still takes.

/// What the clock says of a training.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Pace {
    /// Steps that were done when this process began.
    first_step: u64,
    /// Seconds at which it began.
    begin: f64,
    /// Seconds that it stood still since.
    paused: f64,
    pause_begin: Option<f64>,
    pub(crate) samples_per_second: f64,
    pub(crate) memory: Option<u64>,
}

/// Before this many seconds, the time that starting takes says more than the time of a step.
const TO_TELL: f64 = 2.0;

impl Pace {
    /// A process begins, or goes on, after so many steps.
    pub(crate) fn new(first_step: u64, seconds: f64) -> Self {
        Self {
            first_step,
            begin: seconds,
            ..Self::default()
        }
    }

    pub(crate) fn pause(&mut self, seconds: f64) {
        self.pause_begin.get_or_insert(seconds);
    }

    pub(crate) fn resume(&mut self, seconds: f64) {
        if let Some(begin) = self.pause_begin.take() {
            self.paused += seconds - begin;
        }
    }

    pub(crate) fn is_paused(&self) -> bool {
        self.pause_begin.is_some()
    }

    /// Seconds until the step `end` is done, going by those from the beginning to now; nothing as long as nobody can say.
    pub(crate) fn left(&self, seconds: f64, step: u64, end: u64) -> Option<f64> {
        let until = self.pause_begin.unwrap_or(seconds);
        let took = until - self.begin - self.paused;
        let done = step.checked_sub(self.first_step).filter(|&done| done > 0)?;
        (took >= TO_TELL).then(|| took * end.saturating_sub(step) as f64 / done as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_take_no_time_of_the_steps() {
        let mut pace = Pace::new(100, 10.0);
        assert_eq!(pace.left(11.0, 150, 200), None);
        assert_eq!(pace.left(20.0, 100, 200), None);
        assert_eq!(pace.left(20.0, 150, 200), Some(10.0));
        pace.pause(20.0);
        pace.pause(25.0);
        assert_eq!(pace.left(60.0, 150, 200), Some(10.0));
        assert!(pace.is_paused());
        pace.resume(120.0);
        assert_eq!(pace.left(130.0, 200, 300), Some(20.0));
    }
}
