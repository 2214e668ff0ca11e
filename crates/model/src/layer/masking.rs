/// What a layer does with a mask that arrives: which steps of a sequence count, and which are padding.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::layers::{Dense, GlobalAveragePooling1D, Layer};
///
/// // A Dense passes a mask on, a pooling over the steps ends it.
/// assert!(Dense::new(3).masking().leaves(&[true]));
/// assert!(!GlobalAveragePooling1D::new().masking().leaves(&[true]));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Masking {
    /// It cannot honour one, so that none may arrive.
    Refuses,
    /// It takes one, and none leaves it: the steps are gone, or have been used up.
    Ends,
    /// The mask of the first input goes on with the first output.
    Passes,
    /// If one of the inputs has a mask, the layer makes one of all of them.
    Merges,
    /// The layer makes one, whatever arrives.
    Creates,
}

impl Masking {
    /// Whether the first output has a mask when these inputs have one.
    pub fn leaves(self, inputs: &[bool]) -> bool {
        match self {
            Self::Refuses | Self::Ends => false,
            Self::Passes => inputs.first().copied().unwrap_or_default(),
            Self::Merges => inputs.contains(&true),
            Self::Creates => true,
        }
    }
}
