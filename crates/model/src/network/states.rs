//! What recurrent layers keep from one batch to the next.

use super::Network;
use crate::layer::is_kept_state;

impl Network {
    /// Sets the states of all stateful recurrent layers to 0, as before the first batch: whenever what comes next does not
    /// go on where the last batch ended.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
    /// use firebrick::burn::tensor::{Device, Tensor};
    /// use firebrick::layers::LSTM;
    /// use firebrick::models::Sequential;
    ///
    /// let device = Device::flex();
    /// let network = Sequential::new([5, 1]).add(LSTM::new(4).with_stateful(2));
    /// let model = network.build(1, &device)?;
    /// let x = Tensor::<3>::ones([2, 5, 1], &device);
    /// let first = model.predict(x.clone())?.into_vec()?;
    /// assert_ne!(model.predict(x.clone())?.into_vec()?, first);
    /// model.reset_states();
    /// assert_eq!(model.predict(x)?.into_vec()?, first);
    /// # Ok::<(), firebrick::models::ModelError>(())
    /// ```
    pub fn reset_states(&self) {
        for layer in &self.layers {
            layer.reset(is_kept_state);
        }
    }
}
