use crate::bins::bin;
use crate::fingerprint::{fingerprint, salted};

/// What a vocabulary has places for: text, or whole numbers.
///
/// ```
/// # mod firebrick { pub use firebrick_vocabulary as vocabulary; }
/// use firebrick::vocabulary::Token;
///
/// assert_eq!((-5_i64).out_of_vocabulary(3), 1, "Keras' floormod");
/// assert!("mauve".out_of_vocabulary(3) < 3);
/// assert_eq!((7_i64.to_feature(), "7".to_feature()), (7, firebrick::vocabulary::fingerprint(b"7")));
/// ```
pub trait Token {
    /// Which of several places for what is out of vocabulary it has: text by its fingerprint, a whole number by its remainder,
    /// as Keras' `oov_method` `"floormod"` does. With no place, 0.
    fn out_of_vocabulary(&self, num_places: usize) -> usize;

    /// The number by which it is crossed with others: the fingerprint of a text, a whole number itself.
    fn to_feature(&self) -> u64;

    /// Its fingerprint, that of a whole number the one of its digits.
    fn to_fingerprint(&self) -> u64;

    /// The same by a keyed hash: `SipHash` 2-4 of its bytes, Keras' `salt`.
    fn to_salted_fingerprint(&self, salt: [u64; 2]) -> u64;
}

impl Token for str {
    fn out_of_vocabulary(&self, num_places: usize) -> usize {
        bin(self.to_fingerprint(), num_places)
    }

    fn to_feature(&self) -> u64 {
        self.to_fingerprint()
    }

    fn to_fingerprint(&self) -> u64 {
        fingerprint(self.as_bytes())
    }

    fn to_salted_fingerprint(&self, salt: [u64; 2]) -> u64 {
        salted(self.as_bytes(), salt)
    }
}

impl Token for String {
    fn out_of_vocabulary(&self, num_places: usize) -> usize {
        self.as_str().out_of_vocabulary(num_places)
    }

    fn to_feature(&self) -> u64 {
        self.as_str().to_feature()
    }

    fn to_fingerprint(&self) -> u64 {
        self.as_str().to_fingerprint()
    }

    fn to_salted_fingerprint(&self, salt: [u64; 2]) -> u64 {
        self.as_str().to_salted_fingerprint(salt)
    }
}

impl<T: Token + ?Sized> Token for &T {
    fn out_of_vocabulary(&self, num_places: usize) -> usize {
        (**self).out_of_vocabulary(num_places)
    }

    fn to_feature(&self) -> u64 {
        (**self).to_feature()
    }

    fn to_fingerprint(&self) -> u64 {
        (**self).to_fingerprint()
    }

    fn to_salted_fingerprint(&self, salt: [u64; 2]) -> u64 {
        (**self).to_salted_fingerprint(salt)
    }
}

impl Token for i64 {
    fn out_of_vocabulary(&self, num_places: usize) -> usize {
        let places = Self::try_from(num_places).unwrap_or(Self::MAX).max(1);
        usize::try_from(self.rem_euclid(places)).unwrap_or(0)
    }

    fn to_feature(&self) -> u64 {
        self.cast_unsigned()
    }

    fn to_fingerprint(&self) -> u64 {
        fingerprint(self.to_string().as_bytes())
    }

    fn to_salted_fingerprint(&self, salt: [u64; 2]) -> u64 {
        salted(self.to_string().as_bytes(), salt)
    }
}
