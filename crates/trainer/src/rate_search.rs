use crate::error::TrainError;

/// How [`find_rate`](crate::Trainer::find_rate) looks for a learning rate: it rises from batch to batch by the same factor,
/// `rate = start · (end / start)^(step / (num_steps - 1))`, until it has arrived or the loss explodes.
///
/// ```
/// use firebrick::training::RateSearch;
///
/// let rates: Vec<f64> = RateSearch::new().between(0.001, 10.0).with_num_steps(5).rates()?;
/// assert_eq!(rates.iter().map(|rate| (rate * 1000.0).round()).collect::<Vec<_>>(), [1.0, 10.0, 100.0, 1000.0, 10000.0]);
/// # Ok::<(), firebrick::training::TrainError>(())
/// ```
///
/// # Source
/// Smith, "Cyclical Learning Rates for Training Neural Networks", WACV 2017; the defaults are those of fastai's `lr_find`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RateSearch {
    start: f64,
    end: f64,
    num_steps: usize,
}

impl Default for RateSearch {
    fn default() -> Self {
        Self {
            start: 1e-7,
            end: 10.0,
            num_steps: 100,
        }
    }
}

impl RateSearch {
    /// The fewest steps of which something can be said.
    const FEWEST: usize = 2;

    /// From 1e-7 to 10 in 100 steps.
    pub fn new() -> Self {
        Self::default()
    }

    /// The first rate and the last one.
    #[must_use = "returns the changed search"]
    pub fn between(mut self, start: f64, end: f64) -> Self {
        (self.start, self.end) = (start, end);
        self
    }

    /// How many batches are learned at the most.
    #[must_use = "returns the changed search"]
    pub fn with_num_steps(mut self, num_steps: usize) -> Self {
        self.num_steps = num_steps;
        self
    }

    /// The rate of each step.
    ///
    /// # Errors
    /// Rates that are not above 0 or do not rise, fewer than two steps.
    pub fn rates(&self) -> Result<Vec<f64>, TrainError> {
        let Self {
            start,
            end,
            num_steps,
        } = *self;
        let problem = |setting, expected, received: String| {
            Err(TrainError::Setting {
                setting,
                expected,
                received,
            })
        };
        if !(start.is_finite() && start > 0.0) {
            let setting = "the start of the search for a rate";
            return problem(setting, "a number above 0", start.to_string());
        }
        if !(end.is_finite() && end > start) {
            let setting = "the end of the search for a rate";
            return problem(setting, "a number above its start", end.to_string());
        }
        if num_steps < Self::FEWEST {
            let setting = "num_steps of the search for a rate";
            return problem(setting, "at least 2", num_steps.to_string());
        }
        let share = |step: usize| step as f64 / (num_steps - 1) as f64;
        let rate = |step| start * (end / start).powf(share(step));
        Ok((0..num_steps).map(rate).collect())
    }
}
