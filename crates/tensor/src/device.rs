//! Devices by name: the one place that knows which backends there are, and therefore not split.

use std::fmt;
use std::str::FromStr;

use burn::tensor::{Device, Tensor};
use serde::{Deserialize, Serialize};

use crate::device_check::check_device;
use crate::error::TensorError;
use crate::names::nearest_name;
use crate::panics::catch_driver_panic;

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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
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

/// A device that answered, with the reason it was taken.
///
/// ```
/// # mod firebrick { pub use firebrick_tensor as devices; }
/// use firebrick::devices::DeviceName;
///
/// let selected = DeviceName::Auto.select()?;
/// println!("{} ({}), {}", selected.name, selected.adapter, selected.reason);
/// assert_ne!(selected.name, DeviceName::Auto);
/// # Ok::<(), firebrick_tensor::TensorError>(())
/// ```
#[derive(Clone, Debug)]
pub struct SelectedDevice {
    /// Burn's handle, without automatic differentiation.
    pub device: Device,
    /// The name it would be asked for by.
    pub name: DeviceName,
    /// What the device calls itself, e.g. the GPU's name.
    pub adapter: String,
    /// Why it was taken, for the user to read.
    pub reason: String,
}

/// What is known of one backend on this machine.
///
/// ```
/// # mod firebrick { pub use firebrick_tensor as devices; }
/// use firebrick::devices::{DeviceName, device_statuses};
///
/// for status in device_statuses() {
///     if !status.is_compiled {
///         println!("{}: build with `--features {}`", status.name, status.feature);
///     }
/// }
/// assert!(device_statuses().iter().any(|status| status.name == DeviceName::Flex && status.probe.is_ok()));
/// ```
#[derive(Clone, Debug)]
pub struct DeviceStatus {
    /// The backend's name.
    pub name: DeviceName,
    /// The Cargo feature that compiles it in.
    pub feature: &'static str,
    /// Whether it is compiled in.
    pub is_compiled: bool,
    /// What answered, real GPUs first, or why nothing did.
    pub probe: Result<Vec<FoundDevice>, String>,
}

/// Backends in the order in which `auto` tries them.
const PREFERENCE: [DeviceName; 5] = [
    DeviceName::Cuda(None),
    DeviceName::Vulkan(None),
    DeviceName::Wgpu(None),
    DeviceName::Flex,
    DeviceName::NdArray,
];

/// A device that answered a probe.
///
/// ```
/// # mod firebrick { pub use firebrick_tensor as devices; }
/// use firebrick::devices::{DeviceName, device_statuses};
///
/// let statuses = device_statuses();
/// let flex = statuses.iter().find(|status| status.name == DeviceName::Flex).unwrap();
/// let found = &flex.probe.as_ref().unwrap()[0];
/// assert!(found.adapter.starts_with("CPU") && !found.is_software);
/// ```
#[derive(Clone, Debug)]
pub struct FoundDevice {
    /// Burn's handle, without automatic differentiation.
    pub device: Device,
    /// What the device calls itself, e.g. the GPU's name.
    pub adapter: String,
    /// Whether it is a software rasterizer: a CPU that poses as a GPU.
    pub is_software: bool,
}

impl DeviceName {
    /// The names that [`FromStr`] takes.
    pub const NAMES: [&'static str; 6] = ["auto", "flex", "ndarray", "wgpu", "vulkan", "cuda"];

    /// Finds the device and proves that it computes.
    ///
    /// A GPU has to pass [`check_device`] before it is handed out: a driver that computes
    /// nonsense is reported, never silently used.
    ///
    /// # Errors
    /// A backend that is not compiled in (the error names the Cargo feature), one that does not
    /// answer (the error says what was probed), one that computes wrong numbers.
    pub fn select(self) -> Result<SelectedDevice, TensorError> {
        if self == Self::Auto {
            return select_best();
        }
        if !self.is_compiled() {
            return Err(TensorError::DeviceNotCompiled {
                device: self,
                feature: self.feature(),
            });
        }
        let not_present = |probed: String| TensorError::DeviceNotPresent {
            device: self,
            probed,
        };
        let Some(index) = self.index() else {
            let found = self.probe().map_err(not_present)?;
            return self.first_that_computes(found, "asked for by name".to_owned());
        };
        let mut devices = self.enumerate().map_err(not_present)?;
        if index >= devices.len() {
            return Err(not_present(format!(
                "index {index} was asked for, {} were found, counted from 0",
                devices.len()
            )));
        }
        let found = answers(devices.swap_remove(index)).map_err(not_present)?;
        self.first_that_computes(vec![found], "asked for by name".to_owned())
    }

    /// The Cargo feature that compiles the backend in.
    fn feature(self) -> &'static str {
        match self {
            Self::Auto | Self::Flex => "flex",
            Self::NdArray => "ndarray",
            Self::Wgpu(_) => "wgpu",
            Self::Vulkan(_) => "vulkan",
            Self::Cuda(_) => "cuda",
        }
    }

    fn is_compiled(self) -> bool {
        match self {
            Self::Auto => true,
            Self::Flex => cfg!(feature = "flex"),
            Self::NdArray => cfg!(feature = "ndarray"),
            Self::Wgpu(_) => cfg!(feature = "wgpu"),
            Self::Vulkan(_) => cfg!(feature = "vulkan"),
            Self::Cuda(_) => cfg!(feature = "cuda"),
        }
    }

    fn is_gpu(self) -> bool {
        matches!(self, Self::Wgpu(_) | Self::Vulkan(_) | Self::Cuda(_))
    }

    /// The index that was asked for, counted from 0 as the driver counts.
    fn index(self) -> Option<usize> {
        match self {
            Self::Wgpu(index) | Self::Vulkan(index) | Self::Cuda(index) => index,
            Self::Auto | Self::Flex | Self::NdArray => None,
        }
    }

    /// Every device of this backend, answering or not; at least one.
    fn enumerate(self) -> Result<Vec<Device>, String> {
        let devices = catch_driver_panic(|| enumerate(self))
            .map_err(|message| format!("looking for its devices failed ({message})"))?;
        if devices.is_empty() {
            return Err(match self {
                Self::Cuda(_) => "no NVIDIA driver or GPU was found".to_owned(),
                _ => "no graphics adapter was found (no driver, or no GPU)".to_owned(),
            });
        }
        Ok(devices)
    }

    /// Every device of this backend that answers, real GPUs before software; at least one.
    fn probe(self) -> Result<Vec<FoundDevice>, String> {
        let mut found = Vec::new();
        let mut failures = Vec::new();
        for device in self.enumerate()? {
            match answers(device) {
                Ok(device) => found.push(device),
                Err(message) => failures.push(message),
            }
        }
        found.sort_by_key(|found: &FoundDevice| found.is_software);
        if found.is_empty() {
            Err(failures.join("; "))
        } else {
            Ok(found)
        }
    }

    /// The first device whose numbers are right; a CPU's are taken for granted.
    fn first_that_computes(
        self,
        found: Vec<FoundDevice>,
        reason: String,
    ) -> Result<SelectedDevice, TensorError> {
        let mut wrong = None;
        for FoundDevice {
            device, adapter, ..
        } in found
        {
            if self.is_gpu() {
                let check = check_device(&device);
                if !check.is_correct() {
                    wrong.get_or_insert(TensorError::DeviceMiscalculates {
                        device: self,
                        adapter,
                        finding: check.to_string(),
                    });
                    continue;
                }
            }
            return Ok(SelectedDevice {
                device,
                name: self,
                adapter,
                reason,
            });
        }
        Err(wrong.unwrap_or(TensorError::DeviceNotPresent {
            device: self,
            probed: "nothing answered".to_owned(),
        }))
    }
}

/// Every backend this version knows, and what of it is there.
///
/// ```
/// # mod firebrick { pub use firebrick_tensor as devices; }
/// use firebrick::devices::device_statuses;
///
/// let names: Vec<String> = device_statuses().iter().map(|status| status.name.to_string()).collect();
/// assert_eq!(names, ["cuda", "vulkan", "wgpu", "flex", "ndarray"]);
/// ```
pub fn device_statuses() -> Vec<DeviceStatus> {
    PREFERENCE
        .into_iter()
        .map(|name| DeviceStatus {
            name,
            feature: name.feature(),
            is_compiled: name.is_compiled(),
            probe: if name.is_compiled() {
                name.probe()
            } else {
                Err("not compiled in".to_owned())
            },
        })
        .collect()
}

/// Whether the device keeps its tensors in the host's memory as plain arrays, so that their numbers can be
/// taken out and put back for next to nothing: `flex` does.
#[cfg(feature = "flex")]
pub fn is_host_cpu(device: &Device) -> bool {
    *device == Device::flex()
}

/// Whether the device keeps its tensors in the host's memory as plain arrays; without `flex` none does.
#[cfg(not(feature = "flex"))]
pub fn is_host_cpu(_: &Device) -> bool {
    false
}

/// The first backend of [`PREFERENCE`] that is there, is no software GPU and computes correctly.
fn select_best() -> Result<SelectedDevice, TensorError> {
    let mut passed_over = Vec::new();
    for name in PREFERENCE.into_iter().filter(|name| name.is_compiled()) {
        let mut found = match name.probe() {
            Ok(found) => found,
            Err(reason) => {
                passed_over.push(format!("{name}: {reason}"));
                continue;
            }
        };
        found.retain(|found| {
            if found.is_software {
                let adapter = &found.adapter;
                passed_over.push(format!("{name}: {adapter} is software, slower than flex"));
            }
            !found.is_software
        });
        if found.is_empty() {
            continue;
        }
        let reason = if passed_over.is_empty() {
            "the best that is compiled in".to_owned()
        } else {
            format!("the best that answers ({})", passed_over.join("; "))
        };
        match name.first_that_computes(found, reason) {
            Ok(selected) => return Ok(selected),
            Err(error) => passed_over.push(error.to_string()),
        }
    }
    Err(TensorError::DeviceNotPresent {
        device: DeviceName::Auto,
        probed: if passed_over.is_empty() {
            "this build has no backend; build with `--features flex`".to_owned()
        } else {
            passed_over.join("; ")
        },
    })
}

/// Burn's devices of one backend. Drivers may panic in here.
fn enumerate(name: DeviceName) -> Vec<Device> {
    match name {
        #[cfg(feature = "flex")]
        DeviceName::Flex => vec![Device::flex()],
        #[cfg(feature = "ndarray")]
        #[allow(
            deprecated,
            reason = "offered until Burn drops it; nothing else names it"
        )]
        DeviceName::NdArray => vec![Device::ndarray()],
        #[cfg(feature = "wgpu")]
        DeviceName::Wgpu(_) => Device::enumerate(burn::tensor::DeviceType::Wgpu).to_vec(),
        #[cfg(feature = "vulkan")]
        DeviceName::Vulkan(_) => Device::enumerate(burn::tensor::DeviceType::Vulkan).to_vec(),
        #[cfg(feature = "cuda")]
        DeviceName::Cuda(_) => Device::enumerate(burn::tensor::DeviceType::Cuda).to_vec(),
        #[allow(
            unreachable_patterns,
            reason = "reached or not, by the features compiled in"
        )]
        _ => Vec::new(),
    }
}

/// Proves by a sum that the device answers. Drivers may panic in here.
fn answers(device: Device) -> Result<FoundDevice, String> {
    let sum = catch_driver_panic(|| {
        Tensor::<1>::from_floats([1.0, 2.0, 4.0], &device)
            .sum()
            .try_into_data_as::<f32>()
            .map_err(|error| format!("a first computation failed ({error})"))
    });
    let sum = sum??;
    match sum.as_slice::<f32>() {
        Ok([7.0]) => {}
        other => return Err(format!("1 + 2 + 4 gave {other:?}")),
    }
    let (adapter, is_software) = catch_driver_panic(|| identity(&device))?;
    Ok(FoundDevice {
        device,
        adapter,
        is_software,
    })
}

#[cfg(any(feature = "wgpu", feature = "cuda"))]
fn identity(device: &Device) -> (String, bool) {
    device.identity().map_or_else(cpu_identity, |identity| {
        (identity.name, identity.physical.is_none())
    })
}

#[cfg(not(any(feature = "wgpu", feature = "cuda")))]
fn identity(_: &Device) -> (String, bool) {
    cpu_identity()
}

fn cpu_identity() -> (String, bool) {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    (format!("CPU, {cores} cores"), false)
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

impl FromStr for DeviceName {
    type Err = TensorError;

    fn from_str(text: &str) -> Result<Self, TensorError> {
        let unknown = || TensorError::UnknownDevice {
            name: text.to_owned(),
            nearest: nearest_name(text, &Self::NAMES),
        };
        let (name, index) = match text.split_once(':') {
            Some((name, index)) => (name, Some(index.parse().map_err(|_ignored| unknown())?)),
            None => (text, None),
        };
        match (name, index) {
            ("auto", None) => Ok(Self::Auto),
            ("flex", None) => Ok(Self::Flex),
            ("ndarray", None) => Ok(Self::NdArray),
            ("wgpu", index) => Ok(Self::Wgpu(index)),
            ("vulkan", index) => Ok(Self::Vulkan(index)),
            ("cuda", index) => Ok(Self::Cuda(index)),
            _ => Err(unknown()),
        }
    }
}

impl TryFrom<String> for DeviceName {
    type Error = TensorError;

    fn try_from(name: String) -> Result<Self, TensorError> {
        name.parse()
    }
}

impl From<DeviceName> for String {
    fn from(name: DeviceName) -> Self {
        name.to_string()
    }
}
