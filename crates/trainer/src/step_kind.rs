use std::fmt;
use std::str::FromStr;

use burn::tensor::Device;
use firebrick_model::{HostInference, HostPass, Model, NoHostForm};
use firebrick_spec::{UnknownName, as_text};
use firebrick_tensor::is_host_cpu;

use crate::error::TrainError;

/// How the gradients of a batch are computed.
///
/// The numbers are the same but for rounding, of which either way does its own; so a training that goes on after a break has
/// to go on the way it began to be the same to the last bit.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; pub use firebrick_trainer as training; }
/// use firebrick::burn::tensor::Device;
/// use firebrick::layers::{Dense, GRUCell, RNN};
/// use firebrick::models::Sequential;
/// use firebrick::training::StepKind;
///
/// let device = Device::flex();
/// let small = Sequential::new([4]).add(Dense::new(3)).build(1, &device)?;
/// assert_eq!(StepKind::Auto.explain(&small, &device), "host: all layers can");
/// let recurrent = RNN::new(GRUCell::new(3));
/// let recurrent = Sequential::new([4, 2]).add(recurrent).build(1, &device)?;
/// assert_eq!(
///     StepKind::Auto.explain(&recurrent, &device),
///     "autodiff: layer `rnn` (RNN) has no form for plain memory"
/// );
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StepKind {
    /// Over plain memory where the device is this machine's processor and all layers can, else by automatic differentiation.
    #[default]
    Auto,
    /// By automatic differentiation, which any network and any device can.
    Autodiff,
    /// Over plain memory: forward and backward passes written out, batch by batch in pieces on all cores.
    Host,
}

/// Why a training does not run over plain memory.
#[derive(Clone, Debug, PartialEq)]
enum Obstacle {
    Asked,
    Device,
    Network(NoHostForm),
}

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Asked => f.write_str("it was asked for"),
            Self::Device => f.write_str("the device has a memory of its own"),
            Self::Network(reason) => reason.fmt(f),
        }
    }
}

impl StepKind {
    /// The names that [`FromStr`] takes.
    pub const NAMES: [&'static str; 3] = ["auto", "autodiff", "host"];

    /// The network over plain memory, where a training is to run there.
    ///
    /// # Errors
    /// A network or a device that cannot, where it is asked for.
    pub(crate) fn host_pass(
        self,
        model: &impl Model,
        device: &Device,
    ) -> Result<Option<HostPass>, TrainError> {
        self.resolved(self.chosen(model, device))
    }

    /// The network over plain memory for the way forward alone, as `make` has it, where a pass over data is to run there.
    ///
    /// # Errors
    /// A network or a device that cannot, where it is asked for.
    pub(crate) fn host_inference<M: Model>(
        self,
        model: &M,
        device: &Device,
        make: impl FnOnce(&M) -> Result<HostInference, NoHostForm>,
    ) -> Result<Option<HostInference>, TrainError> {
        let chosen = self.allowed(device);
        self.resolved(chosen.and_then(|()| make(model).map_err(Obstacle::Network)))
    }

    /// What was found, or nothing where that is no error.
    fn resolved<T>(self, chosen: Result<T, Obstacle>) -> Result<Option<T>, TrainError> {
        match (self, chosen) {
            (_, Ok(chosen)) => Ok(Some(chosen)),
            (Self::Host, Err(obstacle)) => Err(TrainError::NoHostStep {
                reason: obstacle.to_string(),
            }),
            (Self::Auto | Self::Autodiff, Err(_)) => Ok(None),
        }
    }

    /// Which way it comes to for a network on a device, and why.
    pub fn explain(self, model: &impl Model, device: &Device) -> String {
        match self.chosen(model, device) {
            Ok(_) => "host: all layers can".to_owned(),
            Err(obstacle) => format!("autodiff: {obstacle}"),
        }
    }

    fn chosen(self, model: &impl Model, device: &Device) -> Result<HostPass, Obstacle> {
        self.allowed(device)?;
        model.host_pass().map_err(Obstacle::Network)
    }

    fn allowed(self, device: &Device) -> Result<(), Obstacle> {
        if self == Self::Autodiff {
            return Err(Obstacle::Asked);
        }
        if !is_host_cpu(device) {
            return Err(Obstacle::Device);
        }
        Ok(())
    }
}

impl fmt::Display for StepKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Auto => "auto",
            Self::Autodiff => "autodiff",
            Self::Host => "host",
        })
    }
}

impl FromStr for StepKind {
    type Err = TrainError;

    fn from_str(name: &str) -> Result<Self, TrainError> {
        match name.to_lowercase().as_str() {
            "auto" => Ok(Self::Auto),
            "autodiff" => Ok(Self::Autodiff),
            "host" => Ok(Self::Host),
            _ => Err(UnknownName::new("step", name, &Self::NAMES).into()),
        }
    }
}

as_text!(StepKind);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_read_again() {
        for name in StepKind::NAMES {
            assert_eq!(name.parse::<StepKind>().unwrap().to_string(), name);
        }
    }
}
