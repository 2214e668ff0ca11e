/// What stands for the tokens of samples: their indices, or ones, zeros and counts.
///
/// ```
/// # mod firebrick { pub use firebrick_vocabulary as vocabulary; }
/// use firebrick::vocabulary::Encoded;
///
/// let words = Encoded::Indices { indices: vec![3, 1, 4, 0], shape: vec![2, 2] };
/// assert_eq!((words.shape(), words.indices()), (&[2, 2][..], Some(&[3, 1, 4, 0][..])));
/// assert_eq!(words.values(), None);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub enum Encoded {
    /// Whole numbers in row-major order.
    Indices {
        /// The numbers.
        indices: Vec<i64>,
        /// Sizes of the axes, the sample first.
        shape: Vec<usize>,
    },
    /// Floats in row-major order.
    Values {
        /// The numbers.
        values: Vec<f32>,
        /// Sizes of the axes, the sample first.
        shape: Vec<usize>,
    },
}

impl Encoded {
    /// Sizes of the axes, the sample first.
    pub fn shape(&self) -> &[usize] {
        match self {
            Self::Indices { shape, .. } | Self::Values { shape, .. } => shape,
        }
    }

    /// The indices, if it is these.
    pub fn indices(&self) -> Option<&[i64]> {
        match self {
            Self::Indices { indices, .. } => Some(indices),
            Self::Values { .. } => None,
        }
    }

    /// The floats, if it is these.
    pub fn values(&self) -> Option<&[f32]> {
        match self {
            Self::Indices { .. } => None,
            Self::Values { values, .. } => Some(values),
        }
    }
}
