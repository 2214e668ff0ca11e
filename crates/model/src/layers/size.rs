use serde::{Deserialize, Serialize, Serializer};

/// How far something reaches along each of `N` axes, or one number for all of them.
///
/// ```
/// # mod firebrick { pub use firebrick_model::layers; }
/// use firebrick::layers::Size2D;
///
/// assert_eq!(Size2D::from(3), Size2D::from([3, 3]));
/// assert_eq!(Size2D::from([2, 5]).axes(), [2, 5]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(try_from = "Form")]
pub struct Size<const N: usize>([usize; N]);

/// That of the steps of a sequence.
///
/// ```
/// # mod firebrick { pub use firebrick_model::layers; }
/// use firebrick::layers::Size1D;
///
/// assert_eq!(Size1D::from(3), Size1D::from([3]));
/// ```
pub type Size1D = Size<1>;

/// Height and width.
///
/// ```
/// # mod firebrick { pub use firebrick_model::layers; }
/// use firebrick::layers::Size2D;
///
/// assert_eq!(Size2D::from(3), Size2D::from([3, 3]));
/// ```
pub type Size2D = Size<2>;

/// Depth, height and width.
///
/// ```
/// # mod firebrick { pub use firebrick_model::layers; }
/// use firebrick::layers::Size3D;
///
/// assert_eq!(Size3D::from(3), Size3D::from([3, 3, 3]));
/// ```
pub type Size3D = Size<3>;

/// What a description may say.
#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "expected a whole number, or a list of one for each axis"
)]
enum Form {
    All(usize),
    Each(Vec<usize>),
}

impl<const N: usize> Size<N> {
    /// The number along each axis.
    pub fn axes(self) -> [usize; N] {
        self.0
    }
}

impl<const N: usize> From<usize> for Size<N> {
    fn from(size: usize) -> Self {
        Self([size; N])
    }
}

impl<const N: usize> From<[usize; N]> for Size<N> {
    fn from(sizes: [usize; N]) -> Self {
        Self(sizes)
    }
}

impl<const N: usize> TryFrom<Form> for Size<N> {
    type Error = String;

    fn try_from(form: Form) -> Result<Self, String> {
        match form {
            Form::All(size) => Ok(size.into()),
            Form::Each(sizes) => sizes.try_into().map(Self).map_err(|sizes: Vec<usize>| {
                let received = sizes.len();
                format!("expected a whole number, or a list of {N}, received a list of {received}")
            }),
        }
    }
}

/// A number along a single axis, else a list.
impl<const N: usize> Serialize for Size<N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.as_slice() {
            [size] => size.serialize(serializer),
            sizes => sizes.serialize(serializer),
        }
    }
}
