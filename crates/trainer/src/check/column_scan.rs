//! Numbers of samples, column by column.

/// Rows by which the most frequent number of a column is guessed.
const ROWS_FOR_GUESS: usize = 256;

/// What the numbers of a column come to; those that are none are counted apart.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct ColumnScan {
    /// All numbers.
    pub(crate) count: usize,
    /// Those that are NaN or infinite.
    pub(crate) not_finite: usize,
    pub(crate) min: f32,
    pub(crate) max: f32,
    pub(crate) are_whole: bool,
    /// How many are the one that is probably most frequent.
    pub(crate) of_most_frequent: usize,
    most_frequent: f32,
    /// The first number; sums are of distances from it, so that large numbers lose nothing.
    origin: f64,
    sum: f64,
    squares: f64,
}

impl ColumnScan {
    fn new(most_frequent: f32) -> Self {
        Self {
            count: 0,
            not_finite: 0,
            min: f32::INFINITY,
            max: f32::NEG_INFINITY,
            are_whole: true,
            of_most_frequent: 0,
            most_frequent,
            origin: 0.0,
            sum: 0.0,
            squares: 0.0,
        }
    }

    fn add(&mut self, value: f32) {
        self.count += 1;
        if !value.is_finite() {
            self.not_finite += 1;
            return;
        }
        let own = f64::from(value);
        if self.min > self.max {
            self.origin = own;
        }
        let distance = own - self.origin;
        self.sum += distance;
        self.squares += distance * distance;
        self.min = self.min.min(value);
        self.max = self.max.max(value);
        self.are_whole &= value.fract() == 0.0;
        self.of_most_frequent += usize::from(value.to_bits() == self.most_frequent.to_bits());
    }

    fn finite(&self) -> f64 {
        (self.count - self.not_finite).max(1) as f64
    }

    pub(crate) fn mean(&self) -> f64 {
        self.origin + self.sum / self.finite()
    }

    /// The standard deviation, that of the population.
    pub(crate) fn deviation(&self) -> f64 {
        let mean = self.sum / self.finite();
        (self.squares / self.finite() - mean * mean).max(0.0).sqrt()
    }

    /// The root of the mean of the squares.
    pub(crate) fn size(&self) -> f64 {
        self.mean().hypot(self.deviation())
    }

    pub(crate) fn is_constant(&self) -> bool {
        self.min >= self.max
    }

    /// How far apart neighbouring numbers of single precision are where this column's largest number is.
    pub(crate) fn step(&self) -> f64 {
        let largest = self.min.abs().max(self.max.abs());
        f64::from(largest.next_up()) - f64::from(largest)
    }
}

/// The columns of one input.
#[derive(Clone, Debug, Default)]
pub(crate) struct InputScan {
    pub(crate) columns: Vec<ColumnScan>,
    /// The first rows with a number that is none, with the first column that has one, all counted from 0.
    pub(crate) first_not_finite: Option<(usize, usize)>,
    rows: usize,
}

impl InputScan {
    /// Adds rows of so many numbers.
    pub(crate) fn add(&mut self, values: &[f32], width: usize) {
        if self.columns.is_empty() {
            let frequent = (0..width).map(|column| most_frequent(values, width, column));
            self.columns = frequent.map(ColumnScan::new).collect();
        }
        for row in values.chunks_exact(width.max(1)) {
            for (place, (column, &value)) in self.columns.iter_mut().zip(row).enumerate() {
                column.add(value);
                if !value.is_finite() {
                    self.first_not_finite.get_or_insert((self.rows, place));
                }
            }
            self.rows += 1;
        }
    }

    /// The numbers of all columns together.
    pub(crate) fn whole(&self) -> Option<ColumnScan> {
        let mut columns = self.columns.iter();
        let first = columns.next().copied()?;
        Some(columns.fold(first, |mut whole, column| {
            let (distance, count) = (column.origin - whole.origin, column.finite());
            whole.squares +=
                column.squares + 2.0 * distance * column.sum + count * distance * distance;
            whole.sum += column.sum + count * distance;
            whole.count += column.count;
            whole.not_finite += column.not_finite;
            whole.min = whole.min.min(column.min);
            whole.max = whole.max.max(column.max);
            whole.are_whole &= column.are_whole;
            whole
        }))
    }
}

/// The number that is most frequent in the first rows of a column.
fn most_frequent(values: &[f32], width: usize, column: usize) -> f32 {
    let rows = values.iter().skip(column).step_by(width.max(1));
    let mut first: Vec<f32> = rows.take(ROWS_FOR_GUESS).copied().collect();
    first.sort_by(f32::total_cmp);
    let runs = first.chunk_by(|one, other| one.to_bits() == other.to_bits());
    let longest = runs.max_by_key(|run| run.len());
    longest.map_or(0.0, |run| run[0])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mean_and_deviation_of_large_numbers_are_exact() {
        let mut scan = InputScan::default();
        let values = [0.0, 1.0, 2.0, 3.0, 4.0].map(|own| 8_388_606.0 + own);
        for value in values {
            scan.add(&[value], 1);
        }
        let column = scan.columns[0];
        assert!((column.mean() - 8_388_608.0).abs() < 1e-6, "{column:?}");
        assert!((column.deviation() - 2.0_f64.sqrt()).abs() < 1e-9);
        assert!(column.are_whole && !column.is_constant());
    }

    #[test]
    fn numbers_that_are_none_are_counted_apart() {
        let mut scan = InputScan::default();
        scan.add(&[1.0, 2.0, 1.0, f32::NAN, f32::INFINITY, 4.0], 2);
        assert_eq!(scan.first_not_finite, Some((1, 1)));
        let [first, second] = scan.columns[..] else {
            panic!("two columns");
        };
        assert_eq!((first.not_finite, second.not_finite), (1, 1));
        assert!(first.is_constant());
        assert!((second.mean() - 3.0).abs() < 1e-12 && (second.deviation() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn columns_together_are_as_one_column() {
        let rows = [5.0, -1.0, 7.0, 2.5, 9.0, 100.0];
        let (mut apart, mut together) = (InputScan::default(), InputScan::default());
        apart.add(&rows, 2);
        together.add(&rows, 1);
        let (whole, one) = (apart.whole().unwrap(), together.columns[0]);
        assert!((whole.mean() - one.mean()).abs() < 1e-9);
        assert!((whole.deviation() - one.deviation()).abs() < 1e-9);
        assert_eq!((whole.min, whole.max), (-1.0, 100.0));
    }

    #[test]
    fn the_most_frequent_number_is_that_of_the_first_rows() {
        let mut scan = InputScan::default();
        scan.add(&[3.0, 0.0, 0.0, 0.0], 1);
        scan.add(&[0.0, 1.0], 1);
        assert_eq!(scan.columns[0].of_most_frequent, 4);
    }

    #[test]
    fn single_precision_has_steps_of_64_at_a_thousand_millions() {
        let mut scan = InputScan::default();
        scan.add(&[1e9], 1);
        assert!((scan.columns[0].step() - 64.0).abs() < 1e-9);
    }
}
