use super::cells::single;
use crate::column_statistics::is_rounding;
use crate::csv_source::CsvSource;

/// A column whose numbers single precision cannot hold well enough: they are large, and differ by little.
///
/// Its numbers keep what they differ by where [`CsvSource::with_offset`](crate::CsvSource::with_offset) subtracts what they have
/// in common.
///
/// ```
/// # mod firebrick { pub use firebrick_data as datasets; }
/// use firebrick::datasets::CsvSource;
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("times.csv");
/// std::fs::write(&path, "x,time\n1,1700000001\n2,1700000002\n3,1700000004\n")?;
/// let table = CsvSource::values(&path, ["time"]).load()?;
/// let [time] = &table.coarse_columns[..] else { panic!("one column is coarse") };
/// assert_eq!((time.name.as_str(), time.step), ("time", 128.0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct CoarseColumn {
    /// The name.
    pub name: String,
    /// What to subtract: about the mean.
    pub offset: f64,
    /// The distance from one number of single precision to the next, where these numbers lie.
    pub step: f64,
    /// The standard deviation of the numbers.
    pub deviation: f64,
}

/// What the numbers of a column come to, in double precision.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Range {
    count: f64,
    mean: f64,
    /// The squares of the distances from the mean, summed.
    squares: f64,
    /// The largest distance from the offset.
    largest: f64,
    has_fractions: bool,
}

/// More than this share of the standard deviation is too much to be rounded off.
const TOO_COARSE: f64 = 0.01;

impl Range {
    pub(super) fn add(&mut self, number: f64, offset: f64) {
        self.count += 1.0;
        let distance = number - self.mean;
        self.mean += distance / self.count;
        self.squares += distance * (number - self.mean);
        self.largest = self.largest.max((number - offset).abs());
        self.has_fractions = self.has_fractions || number.fract() != 0.0;
    }

    /// Adds the numbers that another one is of.
    pub(super) fn merge(&mut self, other: &Self) {
        if self.count == 0.0 {
            *self = *other;
            return;
        }
        let count = self.count + other.count;
        let distance = other.mean - self.mean;
        self.mean += distance * (other.count / count);
        self.squares += other.squares + distance * distance * (self.count * other.count / count);
        self.count = count;
        self.largest = self.largest.max(other.largest);
        self.has_fractions = self.has_fractions || other.has_fractions;
    }

    /// What there is to say of the column of this name, if single precision loses what its numbers differ by.
    pub(super) fn coarse(&self, name: &str, source: &CsvSource) -> Option<CoarseColumn> {
        let deviation = (self.squares / self.count).sqrt();
        let step = step(self.largest);
        // Numbers with fractions that differ by hardly anything do so because they were rounded.
        let is_noise = self.has_fractions && is_rounding(self.mean, deviation);
        let is_coarse = deviation > 0.0 && step > TOO_COARSE * deviation && !is_noise;
        is_coarse
            .then(|| CoarseColumn {
                name: name.to_owned(),
                offset: if deviation >= 1.0 || !self.has_fractions {
                    self.mean.round()
                } else {
                    self.mean
                },
                step,
                deviation,
            })
            .filter(|coarse| coarse.offset.to_bits() != source.offset_of(name).to_bits())
    }
}

/// A [`Range`] in the making, of a few numbers: their distances from the first of them, which take no division to add up.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sums {
    count: f64,
    first: f64,
    distances: f64,
    squares: f64,
    largest: f64,
    has_fractions: bool,
}

impl Sums {
    /// Adds a number; gives its distance from the offset in single precision, if that can hold it.
    pub(super) fn add(&mut self, number: f64, offset: f64) -> Option<f32> {
        if self.count == 0.0 {
            self.first = number;
        }
        self.count += 1.0;
        let distance = number - self.first;
        self.distances += distance;
        self.squares += distance * distance;
        self.largest = self.largest.max((number - offset).abs());
        self.has_fractions = self.has_fractions || number.fract() != 0.0;
        let single = single(number - offset);
        single.is_finite().then_some(single)
    }
}

impl From<Sums> for Range {
    fn from(sums: Sums) -> Self {
        let mean = sums.distances / sums.count.max(1.0);
        Self {
            count: sums.count,
            mean: sums.first + mean,
            // As the first is one of them, the two are not much larger than what they differ by.
            squares: (sums.squares - sums.distances * mean).max(0.0),
            largest: sums.largest,
            has_fractions: sums.has_fractions,
        }
    }
}

/// The distance to the next number of single precision.
#[expect(
    clippy::cast_possible_truncation,
    reason = "it is single precision that is asked about"
)]
fn step(number: f64) -> f64 {
    let number = number as f32;
    f64::from(number.next_up()) - f64::from(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn coarse(numbers: &[f64], offset: f64) -> Option<(f64, f64)> {
        let mut range = Range::default();
        for number in numbers {
            range.add(*number, offset);
        }
        let source = CsvSource::values("a.csv", ["y"])
            .with_offset("y", offset)
            .unwrap();
        let found = range.coarse("y", &source);
        found.map(|column| (column.offset, column.step))
    }

    #[test]
    fn what_single_precision_rounds_off_is_found() {
        let times = [1_699_999_882.0, 1_700_000_067.0, 1_699_999_986.0];
        assert_eq!(coarse(&times, 0.0), Some((1_699_999_978.0, 128.0)));
        assert_eq!(coarse(&times, 1_700_000_000.0), None);
        for fine in [
            &[1999.3, 2000.9, 2001.2][..],
            &[100_001.4, 99_999.2, 99_998.0],
            // Of different sizes, so that what is rounded off is small beside what they differ by.
            &[16_777_217.0, 5.0, 90_000_001.0],
            &[1e-12, 2e-12],
            &[7.0, 7.0],
            // Rounded, not measured.
            &[293.15, 293.150_000_1, 293.149_999_9],
        ] {
            assert_eq!(coarse(fine, 0.0), None, "{fine:?}");
        }
        assert_eq!(
            coarse(&[16_777_217.0, 16_777_218.0], 0.0),
            Some((16_777_218.0, 2.0))
        );
    }

    #[test]
    fn numbers_in_parts_have_the_range_of_all_together() {
        for numbers in [
            &[1.5, -2.0, 3.25, 1e6, 0.0, 7.0][..],
            &[
                1_699_999_882.0,
                1_700_000_067.0,
                1_699_999_986.0,
                1_700_000_000.5,
            ],
            &[1e12, 1e-3, 2e-3, 3e-3],
            &[4.0, 4.0, 4.0],
        ] {
            let mut whole = Range::default();
            for number in numbers {
                whole.add(*number, 0.5);
            }
            for cut in 0..numbers.len() {
                let mut parts = Range::default();
                for part in [&numbers[..cut], &numbers[cut..]] {
                    let mut sums = Sums::default();
                    for number in part {
                        assert_eq!(sums.add(*number, 0.5), Some(single(number - 0.5)));
                    }
                    parts.merge(&sums.into());
                }
                let are_near = |own: f64, other: f64| (own - other).abs() <= 1e-8 * other.abs();
                assert!(are_near(parts.mean, whole.mean), "{parts:?} {whole:?}");
                assert!(
                    are_near(parts.squares, whole.squares),
                    "{parts:?} {whole:?}"
                );
                assert_eq!((parts.count, parts.largest), (whole.count, whole.largest));
                assert_eq!(parts.has_fractions, whole.has_fractions);
            }
        }
    }
}
