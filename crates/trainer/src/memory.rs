//! Whether there is room for what a network computes, found before it is asked for: a system without room ends the process
//! and says nothing.

use burn::tensor::Device;
use firebrick_model::ModelSize;
use firebrick_tensor::{is_host_cpu, machine_memory};

use crate::compile::Compile;
use crate::error::TrainError;
use crate::memory_error::MemoryError;

/// Bytes of a number in single precision.
const BYTES: u64 = size_of::<f32>() as u64;

/// What a computation with a network needs at the least.
#[derive(Clone, Copy, Debug)]
struct Demand<'a> {
    /// What needs it, for messages.
    what: &'static str,
    size: &'a ModelSize,
    batch_size: usize,
    /// Bytes for weights, gradients and the state of the optimizer.
    weights: u64,
    /// Bytes for what the layers give for a batch.
    outputs: u64,
}

impl Compile {
    /// Makes sure that the machine has room to train a network of this size on batches of so many samples: the weights and
    /// those before the last update, their gradients or what the layers keep for them, and the state of the optimizer.
    ///
    /// It is the least that is needed, so that nothing is refused that could have gone well. Only where the device
    /// computes in the machine's own memory and the system says how much that is, as Linux does.
    ///
    /// # Errors
    /// [`TrainError::Memory`].
    pub fn check_memory(
        &self,
        size: &ModelSize,
        batch_size: usize,
        device: &Device,
    ) -> Result<(), TrainError> {
        let demand = Demand::of_training(size, batch_size, self.optimizer.num_slots());
        Ok(demand.check(device)?)
    }

    /// The least that a training takes, in bytes.
    pub(crate) fn least_memory(&self, size: &ModelSize, batch_size: usize) -> u64 {
        let demand = Demand::of_training(size, batch_size, self.optimizer.num_slots());
        demand.weights.saturating_add(demand.outputs)
    }
}

/// The same for a pass that learns nothing.
pub(crate) fn check_pass(
    size: &ModelSize,
    batch_size: usize,
    device: &Device,
) -> Result<(), TrainError> {
    Ok(Demand::of_pass(size, batch_size).check(device)?)
}

impl<'a> Demand<'a> {
    /// Of a pass that learns nothing.
    fn of_pass(size: &'a ModelSize, batch_size: usize) -> Self {
        Self {
            what: "the network",
            size,
            batch_size,
            weights: numbers(size.num_params, 1),
            outputs: numbers(size.widest, batch_size),
        }
    }

    /// Of a training: the weights, those before the last update, and the optimizer's `num_slots` numbers for each; beside
    /// them what the layers keep, or the gradients that come of it.
    fn of_training(size: &'a ModelSize, batch_size: usize, num_slots: usize) -> Self {
        let trained = size.num_trainable_params;
        let weights = numbers(size.num_params, 2).saturating_add(numbers(trained, num_slots));
        let gradients = numbers(trained, 1);
        let outputs = numbers(size.kept.max(size.widest), batch_size);
        let (weights, outputs) = if gradients > outputs {
            (weights.saturating_add(gradients), 0)
        } else {
            (weights, outputs)
        };
        Self {
            what: "training",
            size,
            batch_size,
            weights,
            outputs,
        }
    }

    /// Makes sure that the machine has it, where the device computes in the machine's memory.
    fn check(&self, device: &Device) -> Result<(), MemoryError> {
        let machine = machine_memory().filter(|_| is_host_cpu(device));
        machine.map_or(Ok(()), |machine| self.compare(machine))
    }

    /// Makes sure that a machine of so many bytes has it.
    fn compare(&self, machine: u64) -> Result<(), MemoryError> {
        let Self {
            what,
            size,
            batch_size,
            weights,
            outputs,
        } = *self;
        if weights.saturating_add(outputs) <= machine {
            return Ok(());
        }
        Err(MemoryError {
            what,
            weights,
            outputs,
            batch_size,
            layer: size.largest_layer.clone(),
            shape: size.largest_shape.clone(),
            machine,
        })
    }
}

fn numbers(count: usize, times: usize) -> u64 {
    (count as u64)
        .saturating_mul(times as u64)
        .saturating_mul(BYTES)
}

#[cfg(test)]
mod tests {
    use firebrick_model::{MlpConfig, Sequential, layers};

    use super::*;

    const GIB: u64 = 1 << 30;

    fn of_hidden(units: usize) -> ModelSize {
        let network = MlpConfig::new(784, 10).with_hidden([units]);
        network.summary().unwrap().size()
    }

    #[test]
    fn a_network_of_few_weights_with_large_outputs_is_refused_by_its_batch() {
        let network = Sequential::new([28, 28, 1])
            .add(layers::ZeroPadding2D::new(16_000))
            .add(layers::GlobalMaxPooling2D::new())
            .add(layers::Dense::new(10));
        let size = network.summary().unwrap().size();
        assert_eq!(size.num_params, 20);
        let demand = Demand::of_training(&size, 32, 2);
        assert_eq!(demand.outputs, 4 * 32 * (32_028 * 32_028 + 28 * 28));
        let error = demand.compare(24 * GIB).unwrap_err();
        assert_eq!(
            error.to_string(),
            "training needs at least 122.28 GB of memory, the machine has 24.00 GB: 320.00 B for weights and the state of the \
             optimizer, 122.28 GB for what the layers give for a batch of 32 samples, where `zero_padding2d` gives \
             [32028, 32028, 1] for each; choose a smaller batch_size, or layers that give less"
        );
        assert!(Demand::of_training(&size, 1, 2).compare(24 * GIB).is_ok());
    }

    #[test]
    fn a_network_of_many_weights_is_refused_by_them() {
        let size = of_hidden(1_000_000);
        let demand = Demand::of_training(&size, 128, 2);
        let params = 4 * (785 * 1_000_000 + 10 * 1_000_001_u64);
        assert_eq!(demand.weights, (2 + 2 + 1) * params);
        let error = demand.compare(8 * GIB).unwrap_err();
        let words =
            "for weights, their gradients and the state of the optimizer; choose smaller layers";
        assert!(error.to_string().contains(words), "{error}");
    }

    #[test]
    fn what_machines_train_every_day_is_not_refused() {
        let size = of_hidden(4096);
        assert!(Demand::of_training(&size, 128, 2).compare(GIB).is_ok());
    }
}
