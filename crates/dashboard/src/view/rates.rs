//! The rate as it was to be, and as it is.

use super::points::Points;

/// Learning rates over steps.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rates {
    /// As the schedule will have them.
    pub(crate) schedule: Vec<(f64, f64)>,
    /// As they were.
    pub(crate) past: Points,
}

impl Rates {
    /// What the schedule has at this step, between the two that are known around it.
    pub(crate) fn scheduled(&self, step: f64) -> Option<f64> {
        let after = self.schedule.iter().position(|(at, _)| *at >= step);
        let Some(after) = after else {
            return self.schedule.last().map(|(_, rate)| *rate);
        };
        let (x1, y1) = self.schedule[after];
        let Some(before) = after.checked_sub(1) else {
            return Some(y1);
        };
        let (x0, y0) = self.schedule[before];
        Some(y0 + (y1 - y0) * (step - x0) / (x1 - x0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn between_two_known_steps_the_schedule_goes_straight() {
        let rates = Rates {
            schedule: vec![(0.0, 1.0), (10.0, 0.5), (20.0, 0.5)],
            ..Rates::default()
        };
        let at = |step| rates.scheduled(step);
        assert_eq!(
            (at(0.0), at(5.0), at(30.0)),
            (Some(1.0), Some(0.75), Some(0.5))
        );
        assert_eq!(Rates::default().scheduled(1.0), None);
    }
}
