use crate::device_name::{DeviceName, PREFERENCE};
use crate::device_probe::FoundDevice;

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
