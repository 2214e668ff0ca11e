use crate::samples::Batch;
use crate::{Element, Figures, Network, Samples, ScratchError};

/// Samples that are judged at once: enough for the matrix products, little memory.
const BLOCK_SIZE: usize = 500;

impl<T: Element> Network<T> {
    /// Loss and accuracy on samples.
    ///
    /// # Errors
    /// No samples, samples that do not fit the network, a loss that is not finite.
    pub fn evaluate(&self, samples: &Samples<T>) -> Result<Figures, ScratchError> {
        self.check_samples(samples)?;
        let rows: Vec<usize> = (0..samples.len()).collect();
        let mut batch = Batch::zeros(BLOCK_SIZE.min(rows.len()), samples);
        let mut figures = Figures::default();
        for block in rows.chunks(BLOCK_SIZE) {
            let (x, targets) = batch.gather(samples, block);
            figures = figures.and(Figures::new(&self.probabilities(&x), &targets));
        }
        figures.checked()
    }
}
