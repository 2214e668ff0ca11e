//! Tensors of any rank, and the devices they lie on.
//!
//! This crate stands below all others, because networks and data speak of both and never see each other.
//!
//! ```
//! use firebrick_tensor::burn::tensor::Tensor;
//! use firebrick_tensor::{AnyTensor, DeviceName};
//!
//! let device = DeviceName::Flex.select()?.device;
//! let images = AnyTensor::from(Tensor::<4>::ones([2, 28, 28, 1], &device));
//! assert_eq!(images.reshape(&[2, 784])?.shape(), [2, 784]);
//! # Ok::<(), firebrick_tensor::TensorError>(())
//! ```

mod any_tensor;
mod axes;
mod device_check;
mod device_label;
mod device_name;
mod device_probe;
mod device_selection;
mod device_status;
mod device_text;
pub mod devices;
mod error;
mod host_floats;
mod machine_memory;
mod panics;
mod text;
mod whole_numbers;

/// Burn itself, in the version this crate is built on.
pub use burn;

pub use any_tensor::{AnyTensor, SameShape};
pub use axes::Axes;
pub use device_probe::is_host_cpu;
pub use devices::{
    DeviceCheck, DeviceName, DeviceStatus, FoundDevice, SelectedDevice, check_device, device_label,
    device_statuses,
};
pub use error::TensorError;
pub use host_floats::HostFloats;
pub use machine_memory::machine_memory;
pub use panics::{catch_panic, panic_message};
