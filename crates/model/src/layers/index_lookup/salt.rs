use serde::{Deserialize, Serialize};

/// The key of a keyed hash, so that nobody who does not know it can foresee what shares a place: a number, or two.
///
/// ```
/// # mod firebrick { pub use firebrick_model::layers; }
/// use firebrick::layers::{Hashing, Salt};
///
/// let one: Hashing = serde_json::from_str(r#"{"num_bins": 7, "salt": 133}"#)?;
/// let two: Hashing = serde_json::from_str(r#"{"num_bins": 7, "salt": [133, 133]}"#)?;
/// assert_eq!(one, two);
/// assert_eq!(one, Hashing::new(7).with_salt(Salt([133, 133])));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Given")]
pub struct Salt(pub [i64; 2]);

impl Salt {
    /// As the hash takes it.
    pub(in crate::layers) fn key(self) -> [u64; 2] {
        self.0.map(i64::cast_unsigned)
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Given {
    One(i64),
    Two([i64; 2]),
}

impl From<Given> for Salt {
    fn from(given: Given) -> Self {
        match given {
            Given::One(number) => number.into(),
            Given::Two(numbers) => Self(numbers),
        }
    }
}

impl From<i64> for Salt {
    fn from(number: i64) -> Self {
        Self([number; 2])
    }
}

impl From<[i64; 2]> for Salt {
    fn from(numbers: [i64; 2]) -> Self {
        Self(numbers)
    }
}
