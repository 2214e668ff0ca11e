use ndarray::{Array2, ArrayRef2};

use crate::element::Element;
use crate::error::ScratchError;
use crate::figures::Figures;
use crate::network::Network;
use crate::samples::Batch;
use crate::samples::Samples;

/// Samples that are judged at once: enough for the matrix products, little memory.
const BLOCK_SIZE: usize = 500;

impl<T: Element> Network<T> {
    /// Loss and accuracy on samples.
    ///
    /// # Errors
    /// No samples, samples that do not fit the network, a loss that is not finite.
    pub fn evaluate(&self, samples: &Samples<T>) -> Result<Figures, ScratchError> {
        let mut figures = Figures::default();
        self.each_block(samples, |p, targets| {
            figures = figures.and(Figures::new(&p, targets));
        })?;
        figures.checked()
    }

    /// Probabilities of the classes of samples, row by row in their order.
    ///
    /// # Errors
    /// No samples, samples that do not fit the network.
    pub fn predict(&self, samples: &Samples<T>) -> Result<Vec<T>, ScratchError> {
        let mut probabilities = Vec::with_capacity(samples.len() * samples.num_classes());
        self.each_block(samples, |p, _| probabilities.extend(p))?;
        Ok(probabilities)
    }

    /// Hands on the probabilities of samples with their targets, block by block.
    fn each_block(
        &self,
        samples: &Samples<T>,
        mut judge: impl FnMut(Array2<T>, &ArrayRef2<T>),
    ) -> Result<(), ScratchError> {
        self.check_samples(samples)?;
        let rows: Vec<usize> = (0..samples.len()).collect();
        let mut batch = Batch::zeros(BLOCK_SIZE.min(rows.len()), samples);
        for block in rows.chunks(BLOCK_SIZE) {
            let (x, targets) = batch.gather(samples, block);
            judge(self.probabilities(&x), &targets);
        }
        Ok(())
    }
}
