use std::ops::ControlFlow;

use ndarray::ArrayRef2;

use crate::element::Element;
use crate::error::ScratchError;
use crate::figures::Figures;
use crate::gradients::Gradients;
use crate::network::Network;
use crate::samples::Batch;
use crate::samples::Samples;

/// Where an epoch stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// The batch just learned, counted from 1.
    pub batch: usize,
    /// Batches of the epoch.
    pub num_batches: usize,
    /// Loss and accuracy over the epoch's samples so far.
    pub figures: Figures,
}

impl<T: Element> Network<T> {
    /// Learns one batch, `weights ← weights - learning_rate · ∂loss/∂weights`; gives loss and accuracy from before.
    ///
    /// # Shapes
    /// - x: `[batch_size, inputs]`
    /// - targets: `[batch_size, classes]`, 1 at the right class, else 0
    ///
    /// # Errors
    /// Shapes that do not fit the network, no samples, a learning rate that is not above 0, a loss that is not finite;
    /// then the weights stay as they are.
    pub fn train_batch(
        &mut self,
        x: &ArrayRef2<T>,
        targets: &ArrayRef2<T>,
        learning_rate: f64,
    ) -> Result<Figures, ScratchError> {
        self.check_batch(x, targets)?;
        let learning_rate = checked_rate(learning_rate)?;
        let mut gradients = Gradients::zeros(self);
        self.step(x, targets, learning_rate, &mut gradients)
    }

    /// Learns the samples in this order, batch by batch; the last one may be smaller. Rows may be left out or come
    /// several times. Gives loss and accuracy over all of them, each batch's from before its own update, as Keras does.
    ///
    /// After every batch `progress` may break, which ends the epoch there.
    ///
    /// # Errors
    /// No samples, samples or an order that do not fit, a batch size of 0, a learning rate that is not above 0, a loss
    /// that is not finite; the error names the batch, and the weights stay as they were before it.
    pub fn train_epoch(
        &mut self,
        samples: &Samples<T>,
        order: &[usize],
        batch_size: usize,
        learning_rate: f64,
        mut progress: impl FnMut(&Progress) -> ControlFlow<()>,
    ) -> Result<Figures, ScratchError> {
        self.check_samples(samples)?;
        check_order(order, samples.len())?;
        check_batch_size(batch_size)?;
        let learning_rate = checked_rate(learning_rate)?;

        let mut gathered = Batch::zeros(batch_size.min(order.len()), samples);
        let mut gradients = Gradients::zeros(self);
        let num_batches = order.len().div_ceil(batch_size);
        let mut figures = Figures::default();
        for (batch, rows) in (1..).zip(order.chunks(batch_size)) {
            let (x, targets) = gathered.gather(samples, rows);
            let own = self
                .step(&x, &targets, learning_rate, &mut gradients)
                .map_err(|error| error.in_batch(batch))?;
            figures = figures.and(own);
            let now = Progress {
                batch,
                num_batches,
                figures,
            };
            if progress(&now).is_break() {
                break;
            }
        }
        Ok(figures)
    }

    fn step(
        &mut self,
        x: &ArrayRef2<T>,
        targets: &ArrayRef2<T>,
        learning_rate: T,
        gradients: &mut Gradients<T>,
    ) -> Result<Figures, ScratchError> {
        self.backpropagate(x, targets, gradients);
        let figures = gradients.figures.checked()?;
        for (layer, gradient) in self.layers_mut().iter_mut().zip(&gradients.layers) {
            layer.weights.scaled_add(-learning_rate, &gradient.weights);
            layer.bias.scaled_add(-learning_rate, &gradient.bias);
        }
        Ok(figures)
    }
}

fn check_order(order: &[usize], num_samples: usize) -> Result<(), ScratchError> {
    if order.is_empty() {
        return Err(ScratchError::NoSamples {
            what: "the order of an epoch",
        });
    }
    match order.iter().position(|&row| row >= num_samples) {
        Some(place) => Err(ScratchError::RowOutOfRange {
            place,
            row: order[place],
            num_samples,
        }),
        None => Ok(()),
    }
}

pub(crate) fn check_batch_size(batch_size: usize) -> Result<(), ScratchError> {
    if batch_size > 0 {
        return Ok(());
    }
    Err(ScratchError::Setting {
        setting: "batch_size",
        received: batch_size.to_string(),
        expected: "at least 1; small batches such as 32 learn fast",
    })
}

/// The learning rate as an element: what rounds to 0 or infinity there is out of range as well.
pub(crate) fn checked_rate<T: Element>(learning_rate: f64) -> Result<T, ScratchError> {
    let rate = T::from_f64(learning_rate);
    if rate > T::zero() && rate.is_finite() {
        return Ok(rate);
    }
    Err(ScratchError::Setting {
        setting: "learning_rate",
        received: learning_rate.to_string(),
        expected: "a finite number above 0; from 0.5 to 10 suits the squared error of a softmax",
    })
}
