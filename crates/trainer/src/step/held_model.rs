use std::ops::Deref;

use burn::module::Module;
use burn::tensor::{Device, Tensor};

/// After how many changes [`forget_graphs`] is due: it takes as long as a few weights that are moved.
const CHANGES_REMEMBERED: usize = 64;

/// A model that can be moved out while an update changes it: nobody else holds its weights then, so that they are changed where
/// they lie instead of being copied.
pub(super) struct HeldModel<M> {
    model: Option<M>,
    /// Changes whose former weights may be remembered.
    changes: usize,
}

impl<M: Module> HeldModel<M> {
    pub(super) fn new(model: M) -> Self {
        Self {
            model: Some(model),
            changes: 0,
        }
    }

    /// Puts what becomes of the model in its place.
    pub(super) fn change(&mut self, change: impl FnOnce(M) -> M) {
        self.model = self.model.take().map(change);
        self.changes += 1;
        if self.changes < CHANGES_REMEMBERED {
            return;
        }
        self.changes = 0;
        if let Some(device) = self.devices().first() {
            forget_graphs(device);
        }
    }
}

/// Makes automatic differentiation forget the weights that there are no longer: it keeps a graph for every one that an update
/// has made, until there is a backward pass of anything, and a training over plain memory has none.
fn forget_graphs(device: &Device) {
    let nothing = Tensor::<1>::zeros([1], &device.clone().autodiff()).require_grad();
    nothing.backward();
}

impl<M> Deref for HeldModel<M> {
    type Target = M;

    /// # Panics
    /// After a panic of a change, which ends a training.
    fn deref(&self) -> &M {
        match &self.model {
            Some(model) => model,
            None => unreachable!("a training ends with an update that panics"),
        }
    }
}
