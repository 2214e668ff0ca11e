//! A curve in bounded memory.

/// Points of a curve, from left to right: beyond some thousand every second one is dropped, but never the newest.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Points {
    kept: Vec<(f64, f64)>,
    /// Every how manieth is kept.
    every: usize,
    /// How many came since the last that was kept.
    passed: usize,
    newest: Option<(f64, f64)>,
}

impl Default for Points {
    fn default() -> Self {
        Self {
            kept: Vec::new(),
            every: 1,
            passed: 0,
            newest: None,
        }
    }
}

impl Points {
    /// At most so many are kept.
    pub(crate) const LIMIT: usize = 4096;

    /// Adds a point to the right of the others; one at the same place replaces that one.
    pub(crate) fn push(&mut self, x: f64, y: f64) {
        let is_same_place = self.newest.is_some_and(|(newest, _)| is_same(newest, x));
        self.newest = Some((x, y));
        if is_same_place {
            if let Some(last) = self.kept.last_mut().filter(|(last, _)| is_same(*last, x)) {
                last.1 = y;
            }
            return;
        }
        self.passed += 1;
        if self.kept.is_empty() || self.passed >= self.every {
            self.passed = 0;
            self.kept.push((x, y));
        }
        if self.kept.len() >= Self::LIMIT {
            let mut index = 0;
            self.kept.retain(|_| {
                index += 1;
                index % 2 == 1
            });
            self.every *= 2;
        }
    }

    /// All that are kept, the newest too.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (f64, f64)> {
        let last = self.kept.last().copied();
        let newest = self
            .newest
            .filter(|newest| last.is_none_or(|last| !is_same(last.0, newest.0)));
        self.kept.iter().copied().chain(newest)
    }

    /// The newest.
    pub(crate) fn newest(&self) -> Option<(f64, f64)> {
        self.newest
    }

    /// Drops what lies to the right of `x`.
    pub(crate) fn truncate(&mut self, x: f64) {
        self.kept.retain(|point| point.0 <= x);
        if self.newest.is_some_and(|newest| newest.0 > x) {
            self.newest = self.kept.last().copied();
        }
    }
}

fn is_same(one: f64, other: f64) -> bool {
    one.total_cmp(&other).is_eq()
}

/// Points smoothed by an exponential mean with this weight of what came before, without the pull of the first.
///
/// Points that are no numbers break no curve; they are left out.
pub(crate) fn smoothed(points: impl Iterator<Item = (f64, f64)>, weight: f64) -> Vec<(f64, f64)> {
    let (mut sum, mut weights) = (0.0, 0.0);
    let finite = points.filter(|(_, y)| y.is_finite());
    finite
        .map(|(x, y)| {
            sum = weight * sum + (1.0 - weight) * y;
            weights = weight * weights + (1.0 - weight);
            (x, sum / weights)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_curve_keeps_its_ends_and_its_bounds() {
        let mut points = Points::default();
        for x in 0..1_000_003 {
            points.push(f64::from(x), f64::from(x % 7));
        }
        let all: Vec<_> = points.iter().collect();
        assert!(all.len() <= Points::LIMIT && all.len() > Points::LIMIT / 2 - 2);
        let ends = (all[0], all[all.len() - 1]);
        assert_eq!(ends, ((0.0, 0.0), (1_000_002.0, f64::from(1_000_002 % 7))));
        assert!(all.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }

    #[test]
    fn what_lies_beyond_a_step_is_dropped() {
        let mut points = Points::default();
        for x in 0..10 {
            points.push(f64::from(x), 1.0);
        }
        points.truncate(4.5);
        assert_eq!(points.newest(), Some((4.0, 1.0)));
        assert_eq!(points.iter().count(), 5);
        points.push(5.0, 2.0);
        points.push(5.0, 3.0);
        assert_eq!(points.iter().last(), Some((5.0, 3.0)));
        assert_eq!(points.iter().count(), 6);
    }

    #[test]
    fn smoothing_begins_at_the_first_point_and_passes_over_what_is_no_number() {
        let points = [(0.0, 4.0), (1.0, f64::NAN), (2.0, 4.0), (3.0, 1.0)];
        let smooth = smoothed(points.into_iter(), 0.5);
        assert_eq!(smooth.len(), 3);
        assert_eq!((smooth[0], smooth[1]), ((0.0, 4.0), (2.0, 4.0)));
        assert!(smooth[2].1 > 1.0 && smooth[2].1 < 4.0);
        assert_eq!(smoothed(points.into_iter(), 0.0)[2], (3.0, 1.0));
    }
}
