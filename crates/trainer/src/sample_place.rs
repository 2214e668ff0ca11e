use std::fmt;

/// How the number of a sample is counted, for messages.
///
/// ```
/// use firebrick::training::SamplePlace;
///
/// let place = SamplePlace::new().in_validation().before_split();
/// assert_eq!(
///     format!("sample 4{place}"),
///     "sample 4 of the validation data (counted from 0, before the split)"
/// );
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct SamplePlace {
    is_validation: bool,
    is_before_split: bool,
}

impl SamplePlace {
    /// A sample of the data that is trained on, or of the only data there is.
    pub fn new() -> Self {
        Self::default()
    }

    /// A sample of the validation data.
    #[must_use = "returns the changed place"]
    pub fn in_validation(mut self) -> Self {
        self.is_validation = true;
        self
    }

    /// One whose number is that of the data before it was split or shortened.
    #[must_use = "returns the changed place"]
    pub fn before_split(mut self) -> Self {
        self.is_before_split = true;
        self
    }

    /// What the data is called.
    pub(crate) fn data(self) -> &'static str {
        if self.is_validation {
            "the validation data"
        } else {
            "the data"
        }
    }
}

impl fmt::Display for SamplePlace {
    /// ` (counted from 0)`, to stand behind the number.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match (self.is_validation, self.is_before_split) {
            (false, false) => " (counted from 0)",
            (false, true) => " (counted from 0, before the split)",
            (true, false) => " of the validation data (counted from 0)",
            (true, true) => " of the validation data (counted from 0, before the split)",
        })
    }
}
