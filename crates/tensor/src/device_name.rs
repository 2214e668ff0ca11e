use std::fmt;
use std::thread::available_parallelism;

use firebrick_spec::as_text;

/// A device as people write it: `auto`, `flex`, `ndarray`, `wgpu`, `vulkan`, `cuda`, `cuda:1`.
///
/// ```
/// # mod firebrick { pub use firebrick_tensor as devices; }
/// use firebrick::devices::DeviceName;
///
/// assert_eq!("cuda:1".parse::<DeviceName>()?, DeviceName::Cuda(Some(1)));
/// let selected = DeviceName::Flex.select()?;
/// assert!(selected.name == DeviceName::Flex && selected.adapter.starts_with("CPU"));
/// # Ok::<(), firebrick_tensor::TensorError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum DeviceName {
    /// The best that is compiled in and answers: CUDA, Vulkan, wgpu, else the CPU.
    #[default]
    Auto,
    /// The CPU, Burn's current backend.
    Flex,
    /// The CPU, Burn's former default backend.
    NdArray,
    /// A GPU through the platform's graphics API, by index among the adapters.
    Wgpu(Option<usize>),
    /// A GPU through Vulkan, by index among the adapters.
    Vulkan(Option<usize>),
    /// An NVIDIA GPU, by index.
    Cuda(Option<usize>),
}

/// Backends in the order in which `auto` tries them.
pub(crate) const PREFERENCE: [DeviceName; 5] = [
    DeviceName::Cuda(None),
    DeviceName::Vulkan(None),
    DeviceName::Wgpu(None),
    DeviceName::Flex,
    DeviceName::NdArray,
];

impl DeviceName {
    /// The names that [`FromStr`](std::str::FromStr) takes.
    pub const NAMES: [&'static str; 6] = ["auto", "flex", "ndarray", "wgpu", "vulkan", "cuda"];

    /// The Cargo feature that compiles the backend in.
    pub(crate) fn feature(self) -> &'static str {
        match self {
            Self::Auto | Self::Flex => "flex",
            Self::NdArray => "ndarray",
            Self::Wgpu(_) => "wgpu",
            Self::Vulkan(_) => "vulkan",
            Self::Cuda(_) => "cuda",
        }
    }

    /// How many trainings at once it is for, unless somebody says otherwise: one a core of a processor, one of a GPU.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_tensor as devices; }
    /// use firebrick::devices::DeviceName;
    ///
    /// assert_eq!(DeviceName::Cuda(None).default_jobs(), 1);
    /// ```
    pub fn default_jobs(self) -> usize {
        match self {
            Self::Flex | Self::NdArray => available_parallelism().map_or(1, usize::from),
            _ => 1,
        }
    }

    /// The backends that are compiled in, the fastest first.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_tensor as devices; }
    /// use firebrick::devices::DeviceName;
    ///
    /// assert!(DeviceName::compiled().any(|name| name == DeviceName::Flex));
    /// ```
    pub fn compiled() -> impl Iterator<Item = Self> {
        PREFERENCE.into_iter().filter(|name| name.is_compiled())
    }

    pub(crate) fn is_compiled(self) -> bool {
        match self {
            Self::Auto => true,
            Self::Flex => cfg!(feature = "flex"),
            Self::NdArray => cfg!(feature = "ndarray"),
            Self::Wgpu(_) => cfg!(feature = "wgpu"),
            Self::Vulkan(_) => cfg!(feature = "vulkan"),
            Self::Cuda(_) => cfg!(feature = "cuda"),
        }
    }

    pub(crate) fn is_gpu(self) -> bool {
        matches!(self, Self::Wgpu(_) | Self::Vulkan(_) | Self::Cuda(_))
    }

    /// The index that was asked for, counted from 0 as the driver counts.
    pub(crate) fn index(self) -> Option<usize> {
        match self {
            Self::Wgpu(index) | Self::Vulkan(index) | Self::Cuda(index) => index,
            Self::Auto | Self::Flex | Self::NdArray => None,
        }
    }
}

impl fmt::Display for DeviceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, index) = match self {
            Self::Auto => ("auto", None),
            Self::Flex => ("flex", None),
            Self::NdArray => ("ndarray", None),
            Self::Wgpu(index) => ("wgpu", *index),
            Self::Vulkan(index) => ("vulkan", *index),
            Self::Cuda(index) => ("cuda", *index),
        };
        match index {
            Some(index) => f.pad(&format!("{name}:{index}")),
            None => f.pad(name),
        }
    }
}

as_text!(DeviceName);
