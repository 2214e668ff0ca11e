use serde::{Deserialize, Serialize, Serializer};

/// What to add to or take from both sides of each of `N` axes.
///
/// ```
/// # mod firebrick { pub use firebrick_model::layers; }
/// use firebrick::layers::Margins2D;
///
/// assert_eq!(Margins2D::from(1), Margins2D::from([[1, 1], [1, 1]]));
/// assert_eq!(Margins2D::from([1, 2]), Margins2D::from([[1, 1], [2, 2]]));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(try_from = "Form")]
pub struct Margins<const N: usize>([[usize; 2]; N]);

/// Those at the start and the end of a sequence.
///
/// ```
/// # mod firebrick { pub use firebrick_model::layers; }
/// use firebrick::layers::Margins1D;
///
/// assert_eq!(Margins1D::from(1), Margins1D::from([1, 1]));
/// assert_eq!(Margins1D::from([1, 2]).sides(), [[1, 2]]);
/// ```
pub type Margins1D = Margins<1>;

/// Those of an image: above and below, left and right of it.
///
/// ```
/// # mod firebrick { pub use firebrick_model::layers; }
/// use firebrick::layers::Margins2D;
///
/// assert_eq!(Margins2D::from([1, 2]).sides(), [[1, 1], [2, 2]]);
/// ```
pub type Margins2D = Margins<2>;

/// Those of a volume.
///
/// ```
/// # mod firebrick { pub use firebrick_model::layers; }
/// use firebrick::layers::Margins3D;
///
/// assert_eq!(Margins3D::from([1, 2, 3]).sides(), [[1, 1], [2, 2], [3, 3]]);
/// ```
pub type Margins3D = Margins<3>;

/// What a description may say.
#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "expected a whole number, a list of one for each axis, or of a pair for each axis"
)]
enum Form {
    All(usize),
    Numbers(Vec<usize>),
    Sides(Vec<[usize; 2]>),
}

impl<const N: usize> Margins<N> {
    /// `[before, after]` of each axis, e.g. `[[top, bottom], [left, right]]`.
    pub fn sides(self) -> [[usize; 2]; N] {
        self.0
    }

    /// The sum of both sides along each axis.
    pub(super) fn totals(self) -> [usize; N] {
        self.0.map(|[before, after]| before.saturating_add(after))
    }
}

impl<const N: usize> From<usize> for Margins<N> {
    fn from(margin: usize) -> Self {
        Self([[margin; 2]; N])
    }
}

/// The start and the end.
impl From<[usize; 2]> for Margins<1> {
    fn from(sides: [usize; 2]) -> Self {
        Self([sides])
    }
}

/// The rows and the columns.
impl From<[usize; 2]> for Margins<2> {
    fn from(axes: [usize; 2]) -> Self {
        Self(axes.map(|margin| [margin; 2]))
    }
}

/// Along the depth, the rows and the columns.
impl From<[usize; 3]> for Margins<3> {
    fn from(axes: [usize; 3]) -> Self {
        Self(axes.map(|margin| [margin; 2]))
    }
}

impl<const N: usize> From<[[usize; 2]; N]> for Margins<N> {
    fn from(sides: [[usize; 2]; N]) -> Self {
        Self(sides)
    }
}

impl<const N: usize> TryFrom<Form> for Margins<N> {
    type Error = String;

    fn try_from(form: Form) -> Result<Self, String> {
        let sides: Vec<[usize; 2]> = match form {
            Form::All(margin) => return Ok(margin.into()),
            Form::Sides(sides) => sides,
            Form::Numbers(numbers) => match numbers.as_slice() {
                &[start, end] if N == 1 => vec![[start, end]],
                axes => axes.iter().map(|&margin| [margin; 2]).collect(),
            },
        };
        sides.try_into().map(Self).map_err(|sides: Vec<[usize; 2]>| {
            let (received, numbers) = (sides.len(), if N == 1 { 2 } else { N });
            format!(
                "expected a whole number, a list of {numbers}, or of {N} pair(s), received a list of {received}"
            )
        })
    }
}

/// `[start, end]` of a single axis, else a list of pairs.
impl<const N: usize> Serialize for Margins<N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.as_slice() {
            [sides] => sides.serialize(serializer),
            sides => sides.serialize(serializer),
        }
    }
}
