use crate::error::VocabularyError;

/// Bins that numbers lie in, by their boundaries.
///
/// The boundaries `[0, 1, 2]` make the bins `(-inf, 0)`, `[0, 1)`, `[1, 2)` and `[2, inf)`.
///
/// ```
/// # mod firebrick { pub use firebrick_vocabulary as vocabulary; }
/// use firebrick::vocabulary::Discretization;
///
/// let bins = Discretization::new([0.0, 1.0, 2.0])?;
/// assert_eq!((bins.num_bins(), bins.bin_of(1.0), bins.bin_of(-3.0)), (4, 2, 0));
/// let halves = Discretization::adapted([3.0, 1.0, 2.0, 4.0], 2, Discretization::EPSILON)?;
/// assert_eq!(halves.bin_boundaries(), [2.0]);
/// # Ok::<(), firebrick::vocabulary::VocabularyError>(())
/// ```
///
/// # Source
/// Keras 3.15, `keras.layers.Discretization`: the boundaries are the same, in single precision
#[derive(Clone, Debug, PartialEq)]
pub struct Discretization {
    bin_boundaries: Vec<f32>,
}

impl Discretization {
    /// Keras' error tolerance for quantiles: the numbers are looked at in about a hundred steps.
    pub const EPSILON: f64 = 0.01;

    /// Bins with these boundaries between them, one bin more than there are boundaries.
    ///
    /// # Errors
    /// [`VocabularyError::Boundaries`] unless they rise, or stay.
    pub fn new<I>(bin_boundaries: I) -> Result<Self, VocabularyError>
    where
        I: IntoIterator<Item = f32>,
    {
        let bin_boundaries: Vec<f32> = bin_boundaries.into_iter().collect();
        let mut pairs = bin_boundaries.windows(2).zip(1..);
        // Not the other way round: NaN is smaller than nothing.
        match pairs.find(|(pair, _)| {
            pair[0]
                .partial_cmp(&pair[1])
                .is_none_or(std::cmp::Ordering::is_gt)
        }) {
            Some((pair, place)) => Err(VocabularyError::Boundaries {
                before: pair[0],
                after: pair[1],
                place,
            }),
            None => Ok(Self { bin_boundaries }),
        }
    }

    /// So many bins that about as many of the numbers lie in each: Keras' `adapt` with all numbers at once. Numbers that are not
    /// finite do not count. Of fewer numbers than bins, each is a boundary but for the largest.
    ///
    /// # Errors
    /// [`VocabularyError::TooFew`] for fewer than 1 bin, [`VocabularyError::NoNumbers`], [`VocabularyError::Epsilon`].
    pub fn adapted<I>(numbers: I, num_bins: usize, epsilon: f64) -> Result<Self, VocabularyError>
    where
        I: IntoIterator<Item = f32>,
    {
        if num_bins == 0 {
            return Err(VocabularyError::TooFew {
                name: "num_bins",
                least: 1,
                received: 0,
            });
        }
        if !(epsilon > 0.0 && epsilon < 1.0) {
            return Err(VocabularyError::Epsilon { received: epsilon });
        }
        let mut numbers: Vec<f32> = numbers
            .into_iter()
            .filter(|number| number.is_finite())
            .collect();
        if numbers.is_empty() {
            return Err(VocabularyError::NoNumbers);
        }
        numbers.sort_unstable_by(f32::total_cmp);
        // Keras merges a summary with the empty one, which compresses it.
        let summary = Summary::of(&numbers, epsilon).compressed(epsilon);
        let mut bounds = summary.compressed(1.0 / num_bins as f64).values;
        bounds.pop();
        Self::new(bounds)
    }

    /// The boundaries.
    pub fn bin_boundaries(&self) -> &[f32] {
        &self.bin_boundaries
    }

    /// How many bins there are.
    pub fn num_bins(&self) -> usize {
        self.bin_boundaries.len() + 1
    }

    /// The bin in which a number lies, counted from 0; a boundary lies in the bin above it, NaN in the last one.
    pub fn bin_of(&self, number: f32) -> usize {
        self.bin_boundaries
            .partition_point(|boundary| number >= *boundary || number.is_nan())
    }
}

/// Numbers with how many each stands for, in order.
struct Summary {
    values: Vec<f32>,
    weights: Vec<f32>,
}

impl Summary {
    /// About one number for each share `epsilon` of the sorted numbers.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "places of sorted numbers, cut off as Keras cuts them off"
    )]
    fn of(sorted: &[f32], epsilon: f64) -> Self {
        let step = (sorted.len() as f64 / (1.0 / epsilon)).max(1.0);
        let places = ((step - 1.0) as usize..sorted.len()).step_by(step as usize);
        let values: Vec<f32> = places.map(|place| sorted[place]).collect();
        let weights = vec![step as f32; values.len()];
        Self { values, weights }
    }

    /// The numbers at each share `epsilon` of the weights, between two numbers by a straight line.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "Keras keeps summaries in single precision"
    )]
    fn compressed(self, epsilon: f64) -> Self {
        if (self.values.len() as f64) * epsilon < 1.0 {
            return self;
        }
        // In single precision, as numpy sums numbers of it.
        let mut sum = 0.0_f32;
        let sums: Vec<f32> = self
            .weights
            .iter()
            .map(|weight| {
                sum += weight;
                sum
            })
            .collect();
        let shares: Vec<f64> = sums.iter().map(|own| f64::from(own / sum)).collect();
        let values: Vec<f64> = self.values.iter().copied().map(f64::from).collect();
        let sums: Vec<f64> = sums.into_iter().map(f64::from).collect();
        let wanted = percents(epsilon);
        let mut before = 0.0;
        let weights = wanted.iter().map(|share| {
            let own = between(*share, &shares, &sums);
            let weight = own - before;
            before = own;
            weight as f32
        });
        let weights = weights.collect();
        let values = wanted
            .iter()
            .map(|share| between(*share, &shares, &values) as f32);
        Self {
            values: values.collect(),
            weights,
        }
    }
}

/// `epsilon`, twice that and so on up to about 1: `epsilon + numpy.arange(0, 1, epsilon)`.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a number of steps"
)]
fn percents(epsilon: f64) -> Vec<f64> {
    let steps = (1.0 / epsilon).ceil() as usize;
    (0..steps)
        .map(|step| epsilon + step as f64 * epsilon)
        .collect()
}

/// `numpy.interp`: the value at `x` on the line through points at rising places.
fn between(x: f64, places: &[f64], values: &[f64]) -> f64 {
    let above = places.partition_point(|place| *place <= x);
    match (above.checked_sub(1), values.get(above)) {
        (None, first) => first.copied().unwrap_or(0.0),
        (Some(below), None) => values[below],
        (Some(below), Some(value)) => {
            let slope = (value - values[below]) / (places[above] - places[below]);
            slope * (x - places[below]) + values[below]
        }
    }
}
