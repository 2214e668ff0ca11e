use std::fmt;

use firebrick_model::{readable_bytes, shortened};

/// More memory than there is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct MemoryError {
    /// What needs it.
    pub what: &'static str,
    /// Bytes for weights, gradients and the state of the optimizer.
    pub weights: u64,
    /// Bytes for what the layers give for a batch.
    pub outputs: u64,
    /// Samples of a batch.
    pub batch_size: usize,
    /// The layer that gives most.
    pub layer: String,
    /// What it gives for a sample.
    pub shape: firebrick_model::Shape,
    /// Bytes of the machine, or what the process may have of them.
    pub machine: u64,
}

impl std::error::Error for MemoryError {}

impl fmt::Display for MemoryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            what,
            weights,
            outputs,
            batch_size,
            layer,
            shape,
            machine,
        } = self;
        write!(
            f,
            "{what} needs at least {} of memory, the machine has {}: {} for weights",
            readable_bytes(weights.saturating_add(*outputs)),
            readable_bytes(*machine),
            readable_bytes(*weights)
        )?;
        if *outputs == 0 {
            return f.write_str(
                ", their gradients and the state of the optimizer; choose smaller layers",
            );
        }
        let way_out = if *batch_size > 1 {
            "choose a smaller batch_size, or layers that give less"
        } else {
            "choose layers that give less"
        };
        write!(
            f,
            " and the state of the optimizer, {} for what the layers give for a batch of {batch_size} samples, where `{}` \
             gives {shape} for each; {way_out}",
            readable_bytes(*outputs),
            shortened(layer)
        )
    }
}
