use std::fmt;
use std::str::FromStr;

use firebrick_spec::{UnknownName, folded};

/// Whose network it is: both have the same layers, and differ in padding, epsilons, momenta, biases, the place of strides,
/// and in the names of their layers, which are those of their files.
///
/// ```
/// # mod firebrick { pub use firebrick_applications as applications; }
/// use firebrick::applications::{Application, Architecture, Origin};
///
/// let of = |origin| Application::new(Architecture::ResNet50, origin, [64, 64, 3]).graph();
/// assert!(of(Origin::Keras)?.get_layer("conv2_block1_1_conv").is_ok());
/// assert!(of(Origin::Torchvision)?.get_layer("layer1.0.conv1").is_ok());
/// assert_eq!("keras".parse::<Origin>()?, Origin::Keras);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Origin {
    /// `keras.applications`
    Keras,
    /// `torchvision.models`
    Torchvision,
}

impl Origin {
    /// All there are.
    pub const ALL: &'static [Self] = &[Self::Keras, Self::Torchvision];

    /// The name of the library.
    pub fn name(self) -> &'static str {
        match self {
            Self::Keras => "keras",
            Self::Torchvision => "torchvision",
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Origin {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, UnknownName> {
        let mut all = Self::ALL.iter().copied();
        all.find(|one| folded(one.name()) == folded(name))
            .ok_or_else(|| {
                let known: Vec<&str> = Self::ALL.iter().map(|one| one.name()).collect();
                UnknownName::new("origin", name, &known)
            })
    }
}
