use std::path::PathBuf;

use crate::{Activation, DeviceName, Initializer};

/// What can go wrong between describing a network and running it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ModelError {
    /// A layer without units.
    #[error(
        "layer `{layer}` has 0 units, expected at least 1; remove the layer or give it a width"
    )]
    ZeroUnits {
        /// Name of the layer, as in the summary.
        layer: String,
    },

    /// A network without inputs.
    #[error(
        "the network has 0 inputs, expected at least 1; give the number of features a sample has"
    )]
    ZeroInputs,

    /// A network with more weights than a machine could train.
    #[error(
        "layer `{layer}` brings the network to more than {limit} weights; choose smaller widths"
    )]
    TooLarge {
        /// Name of the layer.
        layer: String,
        /// The most weights a network may have.
        limit: usize,
    },

    /// An activation of no known name.
    #[error("unknown activation `{name}`{}; known activations: {}", did_you_mean(*nearest), Activation::NAMES.join(", "))]
    UnknownActivation {
        /// The name as given.
        name: String,
        /// The closest known name.
        nearest: Option<&'static str>,
    },

    /// An initializer of no known name.
    #[error("unknown initializer `{name}`{}; known initializers: {}", did_you_mean(*nearest), Initializer::NAMES.join(", "))]
    UnknownInitializer {
        /// The name as given.
        name: String,
        /// The closest known name.
        nearest: Option<&'static str>,
    },

    /// A number that an initializer cannot draw with.
    #[error(
        "`{argument}` of the initializer `{initializer}` is {received}, expected {expected}; correct it, or write `{initializer}` alone for Keras' defaults"
    )]
    InitializerArgument {
        /// Name of the initializer.
        initializer: &'static str,
        /// Name of the argument, as in Keras.
        argument: String,
        /// What the argument may be.
        expected: String,
        /// The argument as given.
        received: String,
    },

    /// A weight of a shape that an initializer has no values for.
    #[error(
        "the initializer `{initializer}` expects {expected}, received the shape {received:?}; change the shape or choose another initializer"
    )]
    InitializerShape {
        /// Name of the initializer.
        initializer: &'static str,
        /// What the shape must be.
        expected: &'static str,
        /// The shape as given.
        received: Vec<usize>,
    },

    /// A device of no known name.
    #[error("unknown device `{name}`{}; known devices: {} (GPU names take an index, as in `cuda:1`)", did_you_mean(*nearest), DeviceName::NAMES.join(", "))]
    UnknownDevice {
        /// The name as given.
        name: String,
        /// The closest known name.
        nearest: Option<&'static str>,
    },

    /// A device whose backend is not in this build.
    #[error(
        "device `{device}` is not compiled into this build; build with `--features {feature}` to have it"
    )]
    DeviceNotCompiled {
        /// The device as asked for.
        device: DeviceName,
        /// The Cargo feature that brings it.
        feature: &'static str,
    },

    /// A device whose backend is in this build but does not answer on this machine.
    #[error(
        "device `{device}` is not available on this machine: {probed}; `firebrick devices` lists what answers, `--device flex` is the CPU"
    )]
    DeviceNotPresent {
        /// The device as asked for.
        device: DeviceName,
        /// What was probed and what came back.
        probed: String,
    },

    /// A device that answers with wrong numbers.
    #[error(
        "device `{device}` ({adapter}) computes wrong numbers: {finding}; update its driver or choose another device, `--device flex` is the CPU"
    )]
    DeviceMiscalculates {
        /// The device as asked for.
        device: DeviceName,
        /// The adapter behind it.
        adapter: String,
        /// What was compared and by how much it is off.
        finding: String,
    },

    /// A file of a saved model that cannot be read or written.
    #[error("cannot {action} the model file `{}`: {source}; check the path, its permissions and the free space", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// `read` or `write`.
        action: &'static str,
        /// What the system said.
        source: std::io::Error,
    },

    /// A file that is not a model this version can read.
    #[error("`{}` is not a model this version can read: {reason}; expected a `model.bpk` written by a training run", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What was expected and what was there.
        reason: String,
    },
}

fn did_you_mean(nearest: Option<&'static str>) -> String {
    nearest.map_or_else(String::new, |name| format!(", did you mean `{name}`?"))
}
