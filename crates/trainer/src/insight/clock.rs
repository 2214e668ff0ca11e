use std::time::Duration;

/// Between two looks at the least.
const LEAST: Duration = Duration::from_secs(1);

/// So many times what a look takes goes by before the next one: it costs half a per cent, and what the step itself has to do for it
/// is no more than that again.
const TIMES: u32 = 200;

/// Says when the layers are looked at: by the clock, so that it costs less than a hundredth of the time.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct LookClock {
    /// Since the training began.
    next: Duration,
    /// What the last look took.
    took: Option<Duration>,
}

impl LookClock {
    /// Whether it is time, so long after the training began; at its beginning it is.
    pub(crate) fn is_due(&self, now: Duration) -> bool {
        now >= self.next
    }

    /// Notes a look that ended now and took so long. One that was much dearer than the one before it, as the first is where a
    /// device compiles, counts as that one.
    pub(crate) fn looked(&mut self, now: Duration, took: Duration) {
        let counted = self.took.map_or(took, |before| before.min(took));
        self.took = Some(took);
        self.next = now + LEAST.max(counted * TIMES);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_cost_less_than_a_hundredth() {
        let millis = Duration::from_millis;
        let mut clock = LookClock::default();
        assert!(clock.is_due(Duration::ZERO));
        clock.looked(millis(1), millis(1));
        assert!(!clock.is_due(millis(1000)), "a look a second at the most");
        assert!(clock.is_due(millis(1001)));
        clock.looked(millis(1021), millis(1));
        clock.looked(millis(5000), millis(20));
        assert!(clock.is_due(millis(6000)), "one dear look is no rule");
        clock.looked(millis(6000), millis(20));
        assert!(!clock.is_due(millis(9_999)) && clock.is_due(millis(10_000)));
    }
}
