use burn::tensor::Device;

use crate::device_check::check_device;
use crate::device_name::DeviceName;
use crate::device_probe::{FoundDevice, answers};
use crate::error::TensorError;

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

impl DeviceName {
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

/// The first backend that is compiled in, is there, is no software GPU and computes correctly.
fn select_best() -> Result<SelectedDevice, TensorError> {
    let mut passed_over = Vec::new();
    for name in DeviceName::compiled() {
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
