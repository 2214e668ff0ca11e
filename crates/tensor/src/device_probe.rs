//! What of a backend is there, and whether it answers.

use burn::tensor::{Device, Tensor};

use crate::device_name::DeviceName;
use crate::panics::catch_driver_panic;

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
    /// Every device of this backend, answering or not; at least one.
    pub(crate) fn enumerate(self) -> Result<Vec<Device>, String> {
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
    pub(crate) fn probe(self) -> Result<Vec<FoundDevice>, String> {
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
pub(crate) fn answers(device: Device) -> Result<FoundDevice, String> {
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
pub(crate) fn identity(device: &Device) -> (String, bool) {
    device.identity().map_or_else(cpu_identity, |identity| {
        (identity.name, identity.physical.is_none())
    })
}

#[cfg(not(any(feature = "wgpu", feature = "cuda")))]
pub(crate) fn identity(_: &Device) -> (String, bool) {
    cpu_identity()
}

fn cpu_identity() -> (String, bool) {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    (format!("CPU, {cores} cores"), false)
}
