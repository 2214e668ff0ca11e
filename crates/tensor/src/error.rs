use crate::device_name::DeviceName;
use firebrick_spec::UnknownName;

/// What can go wrong with a tensor and with the device it is to lie on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TensorError {
    /// A tensor of another rank than the one asked for.
    #[error(
        "expected a tensor of rank {expected}, received one of shape {shape:?}; ask for its rank or reshape it"
    )]
    Rank {
        /// The rank asked for.
        expected: usize,
        /// The shape it has.
        shape: Vec<usize>,
    },

    /// A shape that the values cannot take.
    #[error(
        "values of shape {from:?} cannot take the shape {to:?}; both need as many elements, and 1 to 6 axes"
    )]
    Reshape {
        /// The shape they have.
        from: Vec<usize>,
        /// The shape asked for.
        to: Vec<usize>,
    },

    /// A concatenation of no batch at all.
    #[error("there is no batch to concatenate; give at least one")]
    NothingToConcatenate,

    /// Values that a device does not hand back.
    #[error(
        "the values of a tensor cannot be read from its device: {reason}; check the device or choose another one"
    )]
    ReadBack {
        /// What the device said.
        reason: String,
    },

    /// A whole number that a device has no room for.
    #[error(
        "the whole number {received}: the device has whole numbers of 32 bits alone; choose another device, `--device flex` is the \
         CPU, or smaller numbers"
    )]
    WideNumber {
        /// The number.
        received: i64,
    },

    /// Numbers that were to be the bytes of a text.
    #[error(
        "text {text} of a batch (counted from 0): expected the bytes of UTF-8, zeros behind them, received {received}; make the \
         tensor by `AnyTensor::from_texts`"
    )]
    Text {
        /// The text, counted from 0.
        text: usize,
        /// What was there.
        received: String,
    },

    /// A device of no known name.
    #[error("{0} (GPU names take an index, as in `cuda:1`)")]
    UnknownDevice(UnknownName),

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
}
