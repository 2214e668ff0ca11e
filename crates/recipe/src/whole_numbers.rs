use std::fmt;
use std::num::ParseIntError;

/// Whole numbers from a text such as `128,64`.
///
/// # Errors
/// A part that is no whole number, or is too large.
///
/// ```
/// use firebrick::recipes::whole_numbers;
///
/// assert_eq!(whole_numbers("1, 2,4")?, [1, 2, 4]);
/// # Ok::<(), firebrick::recipes::WholeNumbersError>(())
/// ```
pub fn whole_numbers(text: &str) -> Result<Vec<usize>, WholeNumbersError> {
    let number = |part: &str| {
        part.trim().parse().map_err(|source| WholeNumbersError {
            part: part.to_owned(),
            source,
        })
    };
    text.split(',').map(number).collect()
}

/// A text that is no list of whole numbers.
#[derive(Debug)]
pub struct WholeNumbersError {
    part: String,
    source: ParseIntError,
}

impl WholeNumbersError {
    /// What was there instead of a number.
    pub fn received(&self) -> String {
        format!("received `{}` ({})", self.part, self.source)
    }
}

impl fmt::Display for WholeNumbersError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "expected whole numbers with commas between them, such as 1,2,4; {}",
            self.received()
        )
    }
}

impl std::error::Error for WholeNumbersError {}
