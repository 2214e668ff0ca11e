use crate::draws::Draws;

/// What is drawn for a kernel in training.
#[derive(Clone, Debug)]
pub(crate) struct HostDrawn {
    pub(crate) numbers: Numbers,
    pub(crate) seed: Option<u64>,
    pub(crate) spread: Spread,
}

/// Which numbers.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Numbers {
    /// 0 with probability `rate`, else `1 / (1 - rate)`.
    Dropout { rate: f64 },
    /// The same, times `scale`, plus `shift`.
    ScaledDropout { rate: f64, scale: f32, shift: f32 },
    /// Normal ones.
    Normal { mean: f32, stddev: f64 },
}

/// How many are drawn, and where they go.
#[derive(Clone, Debug)]
pub(crate) enum Spread {
    /// One for each of so many floats of a row.
    Each(usize),
    /// Fewer than a row has floats.
    Places {
        /// Drawn for a row.
        len: usize,
        /// Whether all rows have the same.
        is_shared: bool,
        /// Which of them each float of a row has.
        places: Vec<u32>,
    },
}

impl HostDrawn {
    /// A number for each float of so many rows.
    pub(crate) fn values(&self, draws: Draws, rows: usize) -> Vec<f32> {
        let draws = draws.with_seed(self.seed);
        match &self.spread {
            Spread::Each(len) => self.numbers.draw(draws, rows * len),
            Spread::Places {
                len,
                is_shared,
                places,
            } => {
                let sets = if *is_shared { 1 } else { rows };
                let numbers = self.numbers.draw(draws, sets * len);
                let of_row = |row: usize| {
                    let start = if *is_shared { 0 } else { row * len };
                    let own = &numbers[start..];
                    places.iter().map(move |place| own[*place as usize])
                };
                (0..rows).flat_map(of_row).collect()
            }
        }
    }
}

impl Numbers {
    fn draw(self, draws: Draws, count: usize) -> Vec<f32> {
        let changed = |mut numbers: Vec<f32>, scale: f32, shift: f32| {
            for number in &mut numbers {
                *number = *number * scale + shift;
            }
            numbers
        };
        match self {
            Self::Dropout { rate } => draws.dropout_factors(count, rate),
            Self::ScaledDropout { rate, scale, shift } => {
                changed(draws.dropout_factors(count, rate), scale, shift)
            }
            Self::Normal { mean, stddev } => {
                changed(draws.normal_numbers(count, stddev), 1.0, mean)
            }
        }
    }
}
