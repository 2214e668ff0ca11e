//! Whether a table still has the rows that a network was trained on.

use std::fmt;
use std::str::FromStr;

use rayon::prelude::*;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What tells whether rows are those of another time, in the same order: their number, and sums over what they hold.
///
/// It is written into the description of a table whose test rows are drawn, because they are drawn by their places: with
/// rows added, removed or in another order, rows that were learned from would be among them.
///
/// ```
/// # mod firebrick { pub use firebrick_data as datasets; }
/// use firebrick::datasets::Fingerprint;
///
/// // As it stands in a run's settings: the number of rows, and two sums.
/// let text = "150-0123456789abcdef-fedcba9876543210";
/// let fingerprint: Fingerprint = text.parse()?;
/// assert_eq!(fingerprint.to_string(), text);
/// assert_eq!(fingerprint.change_since(&fingerprint), None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fingerprint {
    rows: u64,
    /// Over the rows in their order.
    ordered: u64,
    /// The same for any order.
    unordered: u64,
}

/// How rows differ from those of another time.
///
/// ```
/// # mod firebrick { pub use firebrick_data as datasets; }
/// use firebrick::datasets::{Change, Fingerprint};
///
/// let before: Fingerprint = "150-0123456789abcdef-fedcba9876543210".parse()?;
/// let now: Fingerprint = "151-00000000000000ff-00000000000000ff".parse()?;
/// let change = now.change_since(&before);
/// assert_eq!(change, Some(Change::Number { before: 150, now: 151 }));
/// assert_eq!(change.map(|change| change.to_string()).as_deref(), Some("151 rows, no longer 150"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Their number is another one.
    Number {
        /// How many there were.
        before: u64,
        /// How many there are.
        now: u64,
    },
    /// The same rows are in another order.
    Order,
    /// As many rows hold something else.
    Content,
}

impl Fingerprint {
    /// Of rows of numbers, e.g. features and targets.
    pub(crate) fn of<R: IntoIterator<Item = f32>>(rows: impl IntoIterator<Item = R>) -> Self {
        Self::of_sums(rows.into_iter().map(|row| {
            row.into_iter().fold(0, |sum, number| {
                // Both zeros are the same number.
                mixed(sum ^ u64::from((number + 0.0).to_bits()))
            })
        }))
    }

    /// Of images and what is in them.
    pub(crate) fn of_images<'a>(
        images: impl IndexedParallelIterator<Item = (&'a [u8], u8)>,
    ) -> Self {
        let sums = images.map(|(pixels, label)| {
            let mut chunks = pixels.chunks_exact(8);
            let rest = chunks.remainder().iter();
            let rest = rest.fold(0, |sum, &byte| (sum << 8) | u64::from(byte));
            let first = mixed(rest ^ (u64::from(label) << 56));
            chunks.by_ref().fold(first, |sum, chunk| {
                let word = chunk.try_into().map_or(0, u64::from_le_bytes);
                mixed(sum ^ word)
            })
        });
        let sums: Vec<u64> = sums.collect();
        Self::of_sums(sums.into_iter())
    }

    /// Of some of these rows, in an order of their own.
    pub(crate) fn of_chosen(&self, rows: &[usize]) -> Self {
        let chosen = Self::of_sums(rows.iter().map(|&row| mixed(row as u64)));
        Self {
            rows: chosen.rows,
            ordered: mixed(self.ordered ^ chosen.ordered),
            unordered: mixed(self.unordered ^ chosen.unordered),
        }
    }

    /// Of rows by what each comes to.
    fn of_sums(rows: impl Iterator<Item = u64>) -> Self {
        let mut own = Self {
            rows: 0,
            ordered: 0,
            unordered: 0,
        };
        for row in rows {
            own.rows += 1;
            own.ordered = mixed(own.ordered ^ row);
            own.unordered = own.unordered.wrapping_add(row);
        }
        own
    }

    /// How these rows differ from those that there were.
    pub fn change_since(&self, before: &Self) -> Option<Change> {
        if self == before {
            None
        } else if self.rows != before.rows {
            Some(Change::Number {
                before: before.rows,
                now: self.rows,
            })
        } else if self.unordered == before.unordered {
            Some(Change::Order)
        } else {
            Some(Change::Content)
        }
    }
}

/// Spreads every bit over all others, one to one; not 0 for 0.
///
/// # Source
/// Steele et al., "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014
fn mixed(number: u64) -> u64 {
    let number = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number { before, now } => write!(f, "{now} rows, no longer {before}"),
            Self::Order => f.write_str("the same rows in another order"),
            Self::Content => f.write_str("as many rows, but other numbers in them"),
        }
    }
}

impl fmt::Display for Fingerprint {
    /// `150-0123456789abcdef-fedcba9876543210`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}-{:016x}-{:016x}",
            self.rows, self.ordered, self.unordered
        )
    }
}

/// A text that is no [`Fingerprint`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected the fingerprint of a table as a training writes it, ROWS-SUM-SUM, received `{received}`; leave the line out to take \
     the table as it is"
)]
pub struct FingerprintError {
    received: String,
}

impl FromStr for Fingerprint {
    type Err = FingerprintError;

    fn from_str(text: &str) -> Result<Self, FingerprintError> {
        let parts: Vec<&str> = text.split('-').collect();
        let sum = |text: &str| u64::from_str_radix(text, 16).ok();
        let read = || match parts[..] {
            [rows, ordered, unordered] => Some(Self {
                rows: rows.parse().ok()?,
                ordered: sum(ordered)?,
                unordered: sum(unordered)?,
            }),
            _ => None,
        };
        read().ok_or_else(|| FingerprintError {
            received: text.chars().take(80).collect(),
        })
    }
}

impl Serialize for Fingerprint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Fingerprint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_added_moved_or_changed_are_told_apart() {
        let rows = [[1.0, 2.0], [3.0, 4.0], [1.0, 2.0], [5.0, -0.0]];
        let of = |rows: &[[f32; 2]]| Fingerprint::of(rows.iter().copied());
        let before = of(&rows);
        assert_eq!(of(&rows).change_since(&before), None);
        let zero = [rows[0], rows[1], rows[2], [5.0, 0.0]];
        assert_eq!(of(&zero).change_since(&before), None, "the same number");
        let moved = [rows[1], rows[0], rows[2], rows[3]];
        assert_eq!(of(&moved).change_since(&before), Some(Change::Order));
        let swapped = [rows[0], rows[1], rows[2], [-0.0, 5.0]];
        assert_eq!(of(&swapped).change_since(&before), Some(Change::Content));
        let twice = [rows[0], rows[0], rows[0], rows[3]];
        assert_eq!(of(&twice).change_since(&before), Some(Change::Content));
        let fewer = Some(Change::Number { before: 4, now: 3 });
        assert_eq!(of(&rows[..3]).change_since(&before), fewer);
    }

    #[test]
    fn images_and_chosen_rows_are_told_apart() {
        let images = |pixels: &[[u8; 11]], labels: [u8; 2]| {
            let rows = pixels.par_iter().map(<[u8; 11]>::as_slice);
            Fingerprint::of_images(rows.zip(labels.into_par_iter()))
        };
        let mut pixels = [[7; 11], [9; 11]];
        let before = images(&pixels, [0, 1]);
        assert_eq!(images(&pixels, [0, 1]).change_since(&before), None);
        assert_eq!(
            images(&pixels, [0, 2]).change_since(&before),
            Some(Change::Content)
        );
        pixels.swap(0, 1);
        assert_eq!(
            images(&pixels, [1, 0]).change_since(&before),
            Some(Change::Order)
        );
        for at in [0, 7, 8, 10] {
            let mut others = [[9; 11], [7; 11]];
            others[1][at] += 1;
            assert_eq!(
                images(&others, [1, 0]).change_since(&before),
                Some(Change::Content)
            );
        }
        let chosen = before.of_chosen(&[0, 1]);
        assert_eq!(before.of_chosen(&[0, 1]), chosen);
        assert_eq!(
            before.of_chosen(&[1, 0]).change_since(&chosen),
            Some(Change::Order)
        );
        let fewer = Some(Change::Number { before: 2, now: 1 });
        assert_eq!(before.of_chosen(&[1]).change_since(&chosen), fewer);
    }

    #[test]
    fn its_text_is_read_back() {
        let own = Fingerprint::of([[0.5], [1.5]]);
        assert_eq!(own.to_string().parse(), Ok(own));
        for text in ["", "2", "2-0-", "2-0-0-0", "x-0-0", "2-0-g"] {
            assert!(text.parse::<Fingerprint>().is_err(), "{text}");
        }
    }
}
