//! Forward and backward pass, line by line as in `docs/backpropagation.md`.

use ndarray::linalg::general_mat_mul;
use ndarray::{Array2, ArrayRef2, Axis, CowArray, Ix2};

use crate::element::Element;
use crate::error::ScratchError;
use crate::figures::Figures;
use crate::gradients::Gradients;
use crate::network::Network;
use crate::softmax;

impl<T: Element> Network<T> {
    /// Probabilities of the classes.
    ///
    /// # Shapes
    /// - x: `[batch_size, inputs]`
    /// - output: `[batch_size, classes]`, each row sums to 1
    ///
    /// # Errors
    /// Another number of inputs than the network has.
    pub fn forward(&self, x: &ArrayRef2<T>) -> Result<Array2<T>, ScratchError> {
        self.check_inputs(x)?;
        Ok(self.probabilities(x))
    }

    /// Loss, accuracy, and the derivative of the loss by every weight.
    ///
    /// # Shapes
    /// - x: `[batch_size, inputs]`
    /// - targets: `[batch_size, classes]`, 1 at the right class, else 0
    ///
    /// # Errors
    /// Shapes that do not fit the network, no samples.
    pub fn gradients(
        &self,
        x: &ArrayRef2<T>,
        targets: &ArrayRef2<T>,
    ) -> Result<Gradients<T>, ScratchError> {
        self.check_batch(x, targets)?;
        let mut gradients = Gradients::zeros(self);
        self.backpropagate(x, targets, &mut gradients);
        Ok(gradients)
    }

    /// `p`, for shapes that fit.
    pub(crate) fn probabilities(&self, x: &ArrayRef2<T>) -> Array2<T> {
        let mut a = CowArray::from(x.view());
        for l in 0..self.layers().len() {
            a = self.output(l, &a).into();
        }
        a.into_owned()
    }

    /// What each layer receives, `a[0] = x`, and behind the last one what comes out, `p`.
    fn activations<'x>(&self, x: &'x ArrayRef2<T>) -> Vec<CowArray<'x, T, Ix2>> {
        let mut a = vec![CowArray::from(x.view())];
        for l in 0..self.layers().len() {
            a.push(self.output(l, &a[l]).into());
        }
        a
    }

    /// What layer `l` makes of what it receives: `z = a · weights + bias`, then `f(z)`, in the last layer `softmax(z)`.
    fn output(&self, l: usize, a: &ArrayRef2<T>) -> Array2<T> {
        let mut z = self.layers()[l].forward(a);
        if l + 1 == self.layers().len() {
            softmax::forward(&mut z);
        } else {
            self.activation().forward(&mut z);
        }
        z
    }

    /// Writes loss and gradients of a batch, for shapes that fit.
    pub(crate) fn backpropagate(
        &self,
        x: &ArrayRef2<T>,
        targets: &ArrayRef2<T>,
        gradients: &mut Gradients<T>,
    ) {
        let num_layers = self.layers().len();
        let a = self.activations(x);
        let p: &ArrayRef2<T> = &a[num_layers];
        gradients.figures = Figures::new(p, targets);

        // loss = Σ (p - targets)² / (batch_size · classes), so ∂loss/∂p = 2 (p - targets) / (batch_size · classes).
        let mut delta = (p - targets) * T::from_f64(2.0 / p.len() as f64);
        // ∂loss/∂z of the last layer, through the softmax.
        softmax::backward(p, &mut delta);

        for l in (0..num_layers).rev() {
            // z = a[l] · weights + bias, so ∂loss/∂weights = a[l]ᵀ · delta and ∂loss/∂bias = Σ delta over the samples.
            let gradient = &mut gradients.layers[l];
            general_mat_mul(
                T::one(),
                &a[l].t(),
                &delta,
                T::zero(),
                &mut gradient.weights,
            );
            gradient.bias.assign(&delta.sum_axis(Axis(0)));

            if l > 0 {
                // ∂loss/∂a[l] = delta · weightsᵀ, and through f it is ∂loss/∂z of the layer before.
                delta = delta.dot(&self.layers()[l].weights.t());
                self.activation().backward(&a[l], &mut delta);
            }
        }
    }
}
