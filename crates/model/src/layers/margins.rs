use serde::{Deserialize, Serialize};

/// What to add to or take from the sides of an image.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::layers::Margins2D;
///
/// assert_eq!(Margins2D::from(1), Margins2D::from([[1, 1], [1, 1]]));
/// assert_eq!(Margins2D::from([1, 2]), Margins2D::from([[1, 1], [2, 2]]));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "MarginsForm", into = "[[usize; 2]; 2]")]
pub struct Margins2D([[usize; 2]; 2]);

/// What a description may say.
#[derive(Deserialize)]
#[serde(untagged)]
enum MarginsForm {
    All(usize),
    Axes([usize; 2]),
    Sides([[usize; 2]; 2]),
}

impl Margins2D {
    /// `[[top, bottom], [left, right]]`
    pub fn sides(self) -> [[usize; 2]; 2] {
        self.0
    }

    pub(crate) fn one() -> Self {
        Self([[1; 2]; 2])
    }
}

impl From<usize> for Margins2D {
    fn from(margin: usize) -> Self {
        Self([[margin; 2]; 2])
    }
}

impl From<[usize; 2]> for Margins2D {
    fn from([rows, columns]: [usize; 2]) -> Self {
        Self([[rows; 2], [columns; 2]])
    }
}

impl From<[[usize; 2]; 2]> for Margins2D {
    fn from(sides: [[usize; 2]; 2]) -> Self {
        Self(sides)
    }
}

impl From<MarginsForm> for Margins2D {
    fn from(form: MarginsForm) -> Self {
        match form {
            MarginsForm::All(margin) => margin.into(),
            MarginsForm::Axes(axes) => axes.into(),
            MarginsForm::Sides(sides) => sides.into(),
        }
    }
}

impl From<Margins2D> for [[usize; 2]; 2] {
    fn from(margins: Margins2D) -> Self {
        margins.0
    }
}
