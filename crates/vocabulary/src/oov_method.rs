use crate::bins::bin;
use crate::token::Token;

/// Which of several places for what is out of vocabulary a token has: Keras' `oov_method` and `salt`.
///
/// ```
/// # mod firebrick { pub use firebrick_vocabulary as vocabulary; }
/// use firebrick::vocabulary::OovMethod;
///
/// assert_eq!(OovMethod::Floormod.place_of(&-5_i64, 3), 1);
/// assert_eq!(OovMethod::Farmhash.place_of("mauve", 3), OovMethod::Floormod.place_of("mauve", 3));
/// assert_eq!(OovMethod::Siphash([7, 7]).place_of("mauve", 3), 1);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OovMethod {
    /// The remainder of a whole number, the fingerprint of a text.
    #[default]
    Floormod,
    /// The fingerprint, that of a whole number by its digits.
    Farmhash,
    /// The same by a keyed hash, whose key is Keras' `salt`.
    Siphash([u64; 2]),
}

impl OovMethod {
    /// The place of a token among so many, counted from 0.
    pub fn place_of(self, token: &(impl Token + ?Sized), num_places: usize) -> usize {
        match self {
            Self::Floormod => token.out_of_vocabulary(num_places),
            Self::Farmhash => bin(token.to_fingerprint(), num_places),
            Self::Siphash(salt) => bin(token.to_salted_fingerprint(salt), num_places),
        }
    }
}
