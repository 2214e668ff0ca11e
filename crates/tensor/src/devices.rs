//! Devices by name: CPU and GPU without touching code.

pub use crate::device_check::{DeviceCheck, check_device};
pub use crate::device_label::device_label;
pub use crate::device_name::DeviceName;
pub use crate::device_probe::FoundDevice;
pub use crate::device_selection::SelectedDevice;
pub use crate::device_status::{DeviceStatus, device_statuses};
