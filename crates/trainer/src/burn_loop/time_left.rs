use std::time::Duration;

use crate::displays::clock;

/// How long a training still takes, by how long it took so far.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct TimeLeft {
    /// Epochs that were done before it began.
    before: usize,
    epochs: usize,
}

/// Before this, the time that starting takes says more than the time of a batch.
const TO_TELL: Duration = Duration::from_secs(2);

impl TimeLeft {
    /// From the epoch `first` on, counted from 1, up to `epochs`.
    pub(super) fn new(first: usize, epochs: usize) -> Self {
        Self {
            before: first.saturating_sub(1),
            epochs,
        }
    }

    /// What is left after `elapsed`, when a share of the epoch `epoch` is done; nothing as long as nobody can say.
    pub(super) fn text(&self, elapsed: Duration, epoch: usize, share: f64) -> Option<String> {
        let all = self.epochs.checked_sub(self.before)? as f64;
        let done = epoch.checked_sub(self.before + 1)? as f64 + share.clamp(0.0, 1.0);
        if elapsed < TO_TELL || done <= 0.0 {
            return None;
        }
        let left = elapsed.as_secs_f64() * (all - done).max(0.0) / done;
        Some(format!("{} left", clock(left)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_takes_as_long_as_what_is_done() {
        let ten = TimeLeft::new(1, 10);
        let again = TimeLeft::new(6, 10);
        for (time, seconds, epoch, share, expected) in [
            (ten, 1, 1, 0.5, None),
            (ten, 10, 1, 0.0, None),
            (ten, 10, 1, 0.5, Some("3:10 left")),
            (ten, 30, 6, 0.0, Some("30s left")),
            (ten, 100, 10, 1.0, Some("0s left")),
            (again, 10, 6, 0.5, Some("1:30 left")),
            (again, 10, 5, 0.5, None),
            (TimeLeft::default(), 10, 1, 0.5, Some("0s left")),
        ] {
            let text = time.text(Duration::from_secs(seconds), epoch, share);
            assert_eq!(text.as_deref(), expected);
        }
    }
}
