use super::Initializer;
use super::drawn::Drawn;
use crate::deviates::Deviates;

/// A random initializer with a seed of its own, as Keras' `GlorotUniform(seed=3)`: the values depend on the shape and this
/// seed, whatever the seed of the network is. As in Keras two weights of the same shape that have the same one start alike.
///
/// ```
/// # mod firebrick { pub use firebrick_model as models; }
/// use firebrick::models::Initializer;
///
/// let Initializer::Seeded(seeded) = Initializer::HeNormal.with_seed(3) else {
///     panic!("it draws");
/// };
/// assert_eq!((seeded.seed(), seeded.initializer()), (3, Initializer::HeNormal));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SeededInitializer {
    drawn: Drawn,
    seed: u64,
}

impl SeededInitializer {
    /// The seed.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// What it is without its seed; Keras' shortest name for it.
    pub fn initializer(&self) -> Initializer {
        let with_arguments = self.drawn.initializer();
        Initializer::without_arguments()
            .find(|named| Drawn::of(named) == Some(self.drawn))
            .unwrap_or(with_arguments)
    }

    /// Values for a weight of this shape, which has been checked and has some.
    pub(super) fn values(&self, shape: &[usize]) -> Vec<f32> {
        self.drawn.values(shape, &mut Deviates::new(self.seed, 0))
    }
}

impl Initializer {
    /// Draws by this seed instead of the network's; one that draws nothing stays as it is.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_model as models; }
    /// use firebrick::models::Initializer;
    ///
    /// let seeded = Initializer::GlorotUniform.with_seed(3);
    /// assert_eq!(seeded.values(&[4, 3], 1, 0)?, seeded.values(&[4, 3], 2, 5)?);
    /// let read: Initializer = "glorot_uniform:seed=3".parse()?;
    /// assert_eq!(read, seeded);
    /// # Ok::<(), firebrick::models::ModelError>(())
    /// ```
    #[must_use = "returns the changed initializer"]
    pub fn with_seed(self, seed: u64) -> Self {
        match Drawn::of(&self) {
            Some(drawn) => Self::Seeded(SeededInitializer { drawn, seed }),
            None => self,
        }
    }

    /// What it is without a seed of its own.
    pub(super) fn without_seed(&self) -> Self {
        match self {
            Self::Seeded(seeded) => seeded.initializer(),
            unseeded => *unseeded,
        }
    }

    /// The seed of its own, if it has one.
    pub(super) fn seed(&self) -> Option<u64> {
        match self {
            Self::Seeded(seeded) => Some(seeded.seed()),
            _ => None,
        }
    }
}
