use std::fmt;
use std::str::FromStr;

use firebrick_spec::{UnknownName, folded};

/// Which network it is.
///
/// ```
/// # mod firebrick { pub use firebrick_applications as applications; }
/// use firebrick::applications::Architecture;
///
/// assert_eq!("mobilenet_v2".parse::<Architecture>()?, Architecture::MobileNetV2);
/// assert_eq!(Architecture::ResNet50.to_string(), "resnet50");
/// assert!("resnet51".parse::<Architecture>().unwrap_err().to_string().contains("did you mean `resnet50`?"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Architecture {
    /// 18 layers of residual blocks; of torchvision alone, Keras has none.
    ///
    /// # Source
    /// He et al., "Deep Residual Learning for Image Recognition", CVPR 2016
    ResNet18,
    /// 50 layers of residual blocks with bottlenecks; Keras has the stride in the first convolution of a block, torchvision in
    /// the second.
    ResNet50,
    /// Inverted residuals with depthwise convolutions.
    ///
    /// # Source
    /// Sandler et al., "`MobileNetV2`: Inverted Residuals and Linear Bottlenecks", CVPR 2018
    MobileNetV2,
    /// The same with squeeze and excitation and hard activations, the small one of two.
    ///
    /// # Source
    /// Howard et al., "Searching for `MobileNetV3`", ICCV 2019
    MobileNetV3Small,
}

impl Architecture {
    /// All there are.
    pub const ALL: &'static [Self] = &[
        Self::ResNet18,
        Self::ResNet50,
        Self::MobileNetV2,
        Self::MobileNetV3Small,
    ];

    /// torchvision's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::ResNet18 => "resnet18",
            Self::ResNet50 => "resnet50",
            Self::MobileNetV2 => "mobilenet_v2",
            Self::MobileNetV3Small => "mobilenet_v3_small",
        }
    }

    /// Whether there are wider and narrower ones.
    pub(crate) fn takes_alpha(self) -> bool {
        matches!(self, Self::MobileNetV2 | Self::MobileNetV3Small)
    }
}

impl fmt::Display for Architecture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// torchvision's name, or Keras': `MobileNetV2`.
impl FromStr for Architecture {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, UnknownName> {
        let mut all = Self::ALL.iter().copied();
        all.find(|one| folded(one.name()) == folded(name))
            .ok_or_else(|| {
                let known: Vec<&str> = Self::ALL.iter().map(|one| one.name()).collect();
                UnknownName::new("architecture", name, &known)
            })
    }
}
