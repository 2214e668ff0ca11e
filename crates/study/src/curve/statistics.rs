//! Mean and spread over the seeds.

/// The mean of some numbers and their standard deviation, that of a sample (divided by n − 1).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Spread {
    pub(super) mean: f64,
    /// Absent for a single number.
    pub(super) deviation: Option<f64>,
}

impl Spread {
    /// Of numbers, at least one.
    pub(super) fn of(values: impl IntoIterator<Item = f64>) -> Self {
        let values: Vec<f64> = values.into_iter().collect();
        let count = values.len() as f64;
        let mean = values.iter().sum::<f64>() / count;
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        Self {
            mean,
            deviation: (values.len() > 1).then(|| (squares / (count - 1.0)).sqrt()),
        }
    }

    /// From one deviation below the mean to one above it, where there is one; never below 0, as no error is.
    pub(super) fn band(self) -> Option<(f64, f64)> {
        let deviation = self.deviation?;
        Some(((self.mean - deviation).max(0.0), self.mean + deviation))
    }

    /// `2.31 ± 0.12 %`, of a share.
    pub(super) fn percent(self) -> String {
        match self.deviation {
            Some(deviation) => format!("{:.2} ± {:.2} %", self.mean * 100.0, deviation * 100.0),
            None => format!("{:.2} %", self.mean * 100.0),
        }
    }

    /// `0.231 ± 0.012`.
    pub(super) fn number(self) -> String {
        match self.deviation {
            Some(deviation) => format!("{:.3} ± {deviation:.3}", self.mean),
            None => format!("{:.3}", self.mean),
        }
    }
}

/// The middle one of some numbers, the lower of two.
pub(super) fn median(values: impl IntoIterator<Item = usize>) -> usize {
    let mut values: Vec<usize> = values.into_iter().collect();
    values.sort_unstable();
    values
        .get(values.len().saturating_sub(1) / 2)
        .copied()
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_spread_is_that_of_a_sample() {
        // numpy.mean and numpy.std(ddof=1) of the same numbers.
        let spread = Spread::of([0.1, 0.2, 0.4]);
        assert!((spread.mean - 0.233_333_333_333_333_36).abs() < 1e-15);
        assert!((spread.deviation.unwrap() - 0.152_752_523_165_194_7).abs() < 1e-15);
        assert_eq!(spread.percent(), "23.33 ± 15.28 %");
        let single = Spread::of([0.5]);
        assert_eq!((single.deviation, single.band()), (None, None));
        assert!(Spread::of([0.0, 0.1]).band().unwrap().0.abs() < 1e-15);
    }

    #[test]
    fn the_median_of_an_even_number_is_the_lower_one() {
        for (values, middle) in [
            (vec![], 0),
            (vec![7], 7),
            (vec![9, 1, 5], 5),
            (vec![4, 1, 3, 2], 2),
        ] {
            assert_eq!(median(values), middle);
        }
    }
}
