//! What a device is called.

use burn::tensor::Device;

use crate::device_name::DeviceName;
use crate::device_probe::{identity, is_host_cpu};
use crate::panics::catch_driver_panic;

/// What computes, for people to read: the backend and its hardware.
///
/// ```
/// # mod firebrick { pub use firebrick_tensor as devices; }
/// use firebrick::devices::{DeviceName, device_label};
///
/// let device = DeviceName::Flex.select()?.device;
/// assert!(device_label(&device).starts_with("flex (CPU, "));
/// # Ok::<(), firebrick_tensor::TensorError>(())
/// ```
pub fn device_label(device: &Device) -> String {
    let backend = if is_host_cpu(device) {
        DeviceName::Flex.to_string()
    } else {
        format!("{device:?}")
    };
    match catch_driver_panic(|| identity(device)) {
        Ok((adapter, _)) => format!("{backend} ({adapter})"),
        Err(_) => backend,
    }
}
