use burn::data::dataset::DatasetError;
use burn::tensor::{Device, Tensor};

use crate::batch_source::BatchSource;

/// Samples looked at together.
const TOGETHER: usize = 4096;

/// What the numbers of a column come to, in double precision.
///
/// ```
/// # mod firebrick { pub use firebrick_data as datasets; }
/// use firebrick::datasets::ColumnStatistics;
///
/// let column = ColumnStatistics { mean: 7.0, variance: 0.0, min: 7.0, max: 7.0 };
/// assert!(column.is_constant());
/// assert_eq!(column.deviation(), 0.0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ColumnStatistics {
    /// The mean.
    pub mean: f64,
    /// The mean of the squared distances from the mean: the variance of the population.
    pub variance: f64,
    /// The smallest number.
    pub min: f64,
    /// The largest number.
    pub max: f64,
}

/// What the columns of samples come to: of their inputs, each number of a sample a column, and of their targets.
///
/// ```
/// # mod firebrick { pub use firebrick_data::{burn, self as datasets}; }
/// use firebrick::burn::tensor::Device;
/// use firebrick::datasets::{ArrayDataset, SampleStatistics};
///
/// let data = ArrayDataset::new([[1.0, 7.0], [3.0, 7.0]], [10.0, 30.0])?;
/// let statistics = SampleStatistics::of(&data, &Device::flex()).unwrap();
/// assert_eq!((statistics.inputs[0].mean, statistics.inputs[0].variance), (2.0, 1.0));
/// assert!(statistics.inputs[1].is_constant());
/// assert_eq!(statistics.targets[0].deviation(), 10.0);
/// # Ok::<(), firebrick::datasets::DataError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct SampleStatistics {
    /// Of the inputs, column by column.
    pub inputs: Vec<ColumnStatistics>,
    /// Of the targets, column by column.
    pub targets: Vec<ColumnStatistics>,
}

impl ColumnStatistics {
    /// Of no number so far.
    const NONE: Self = Self {
        mean: 0.0,
        variance: 0.0,
        min: f64::INFINITY,
        max: f64::NEG_INFINITY,
    };

    /// The standard deviation, that of the population.
    pub fn deviation(&self) -> f64 {
        self.variance.sqrt()
    }

    /// Whether all numbers are the same.
    pub fn is_constant(&self) -> bool {
        self.min >= self.max
    }

    /// Whether the numbers differ by hardly more than what single precision rounds off, and by little in themselves: by less
    /// than a millionth of their size and a thousandth. Large whole numbers that differ are not meant, such as times in seconds.
    pub fn is_nearly_constant(&self) -> bool {
        !self.is_constant() && is_rounding(self.mean, self.deviation())
    }

    /// Joins the statistics of so many numbers with those of others.
    ///
    /// # Source
    /// Chan et al., "Updating Formulae and a Pairwise Algorithm for Computing Sample Variances", 1979
    fn join(&mut self, count: f64, other: &Self, others: f64) {
        let all = count + others;
        let distance = other.mean - self.mean;
        let squares = self.variance * count + other.variance * others;
        self.mean += distance * (others / all);
        self.variance = (squares + distance * distance * (count * others / all)) / all;
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
    }
}

impl SampleStatistics {
    /// Of all samples of a source, read in batches on this device.
    ///
    /// # Errors
    /// Samples that cannot be read.
    pub fn of(source: &dyn BatchSource, device: &Device) -> Result<Self, DatasetError> {
        let num_samples = source.num_samples();
        let none = |columns| vec![ColumnStatistics::NONE; columns];
        let mut own = Self {
            inputs: none(source.input_shape().iter().product()),
            targets: none(source.targets().num_columns()),
        };
        for start in (0..num_samples).step_by(TOGETHER) {
            let end = num_samples.min(start + TOGETHER);
            let rows: Vec<usize> = (start..end).collect();
            let batch = source.gather(&rows, device)?;
            let (seen, new) = (start as f64, rows.len() as f64);
            for (columns, values) in [
                (&mut own.inputs, batch.inputs()),
                (&mut own.targets, batch.targets()),
            ] {
                let others = of_batch(values, columns.len())?;
                for (column, other) in columns.iter_mut().zip(&others) {
                    column.join(seen, other, new);
                }
            }
        }
        Ok(own)
    }
}

/// Whether numbers of this mean and standard deviation differ by what was rounded off rather than by what was measured.
pub(crate) fn is_rounding(mean: f64, deviation: f64) -> bool {
    deviation <= 1e-6 * mean.abs() && deviation <= 1e-3
}

/// The statistics of each column of a batch.
fn of_batch(values: Tensor<2>, columns: usize) -> Result<Vec<ColumnStatistics>, DatasetError> {
    let values = values
        .try_into_data_as::<f32>()
        .map_err(|error| DatasetError::new(std::io::Error::other(error.to_string())))?;
    let values: Vec<f64> = values.iter::<f32>().map(f64::from).collect();
    let rows = || values.chunks(columns.max(1));
    let count = rows().len() as f64;
    let mut own = vec![ColumnStatistics::NONE; columns];
    for (column, value) in rows().flat_map(|row| row.iter().enumerate()) {
        own[column].mean += value / count;
        own[column].min = own[column].min.min(*value);
        own[column].max = own[column].max.max(*value);
    }
    for (column, value) in rows().flat_map(|row| row.iter().enumerate()) {
        own[column].variance += (value - own[column].mean).powi(2) / count;
    }
    Ok(own)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::array_dataset::ArrayDataset;

    #[test]
    fn any_number_of_samples_gives_the_statistics_of_all() {
        // numpy.mean and numpy.var of 1e6 + i % 7 for i in range(10000).
        let numbers: Vec<f64> = (0..10_000).map(|i| 1e6 + f64::from(i % 7)).collect();
        let data = ArrayDataset::new(numbers.clone(), numbers).unwrap();
        let statistics = SampleStatistics::of(&data, &Device::flex()).unwrap();
        assert_eq!(statistics.inputs, statistics.targets);
        let column = statistics.inputs[0];
        assert!((column.mean - 1_000_002.999_4).abs() < 1e-6, "{column:?}");
        assert!((column.variance - 3.999_799_64).abs() < 1e-6, "{column:?}");
        assert_eq!((column.min, column.max), (1e6, 1_000_006.0));
    }

    #[test]
    fn numbers_that_differ_by_their_rounding_are_nearly_constant() {
        let of = |numbers: &[f64]| {
            let data = ArrayDataset::new(numbers.to_vec(), numbers.to_vec()).unwrap();
            let statistics = SampleStatistics::of(&data, &Device::flex()).unwrap();
            let column = statistics.inputs[0];
            (column.is_constant(), column.is_nearly_constant())
        };
        assert_eq!(of(&[7.0, 7.0, 7.0]), (true, false));
        assert_eq!(of(&[0.0]), (true, false));
        assert_eq!(of(&[7.0, 7.0, 7.000_001]), (false, true));
        assert_eq!(of(&[7.0, 7.0, 7.1]), (false, false));
        assert_eq!(of(&[1e-12, 2e-12]), (false, false), "small, but different");
        assert_eq!(of(&[1e8, 1e8 + 8.0]), (false, false), "large whole numbers");
    }
}
