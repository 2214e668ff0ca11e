use burn::tensor::Tensor;

use crate::error::TrainError;

/// The numbers of a tensor, in the host's memory. It waits for the device, so that nothing else in this crate reads
/// from one.
///
/// # Errors
/// A device that fails.
pub(crate) fn read_back<const D: usize>(tensor: Tensor<D>) -> Result<Vec<f32>, TrainError> {
    #[cfg(test)]
    tests::count();
    let data = tensor.try_into_data_as::<f32>();
    let data = data.map_err(TrainError::device)?;
    Ok(data.iter::<f32>().collect())
}

#[cfg(test)]
pub(crate) mod tests {
    use std::cell::Cell;

    thread_local! {
        static READS: Cell<usize> = const { Cell::new(0) };
    }

    pub(super) fn count() {
        READS.set(READS.get() + 1);
    }

    /// How often something was read back on this thread while this ran.
    pub(crate) fn reads<T>(run: impl FnOnce() -> T) -> (usize, T) {
        let before = READS.get();
        let done = run();
        (READS.get() - before, done)
    }
}
