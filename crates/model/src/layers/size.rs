use serde::{Deserialize, Serialize};

/// Height and width, or one number for both.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::layers::Size2D;
///
/// assert_eq!(Size2D::from(3), Size2D::from([3, 3]));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "SizeForm", into = "[usize; 2]")]
pub struct Size2D([usize; 2]);

/// What a description may say.
#[derive(Deserialize)]
#[serde(untagged)]
enum SizeForm {
    Both(usize),
    Each([usize; 2]),
}

impl Size2D {
    /// `[height, width]`
    pub fn axes(self) -> [usize; 2] {
        self.0
    }

    pub(crate) fn two() -> Self {
        Self([2, 2])
    }
}

impl From<usize> for Size2D {
    fn from(size: usize) -> Self {
        Self([size, size])
    }
}

impl From<[usize; 2]> for Size2D {
    fn from(sizes: [usize; 2]) -> Self {
        Self(sizes)
    }
}

impl From<SizeForm> for Size2D {
    fn from(form: SizeForm) -> Self {
        match form {
            SizeForm::Both(size) => size.into(),
            SizeForm::Each(sizes) => sizes.into(),
        }
    }
}

impl From<Size2D> for [usize; 2] {
    fn from(size: Size2D) -> Self {
        size.0
    }
}
