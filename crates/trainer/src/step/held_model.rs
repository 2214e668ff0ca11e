use std::ops::Deref;

/// A model that can be moved out while an update changes it: nobody else holds its weights then, so that they are changed where
/// they lie instead of being copied.
pub(super) struct HeldModel<M>(Option<M>);

impl<M> HeldModel<M> {
    pub(super) fn new(model: M) -> Self {
        Self(Some(model))
    }

    /// Puts what becomes of the model in its place.
    pub(super) fn change(&mut self, change: impl FnOnce(M) -> M) {
        self.0 = self.0.take().map(change);
    }
}

impl<M> Deref for HeldModel<M> {
    type Target = M;

    /// # Panics
    /// After a panic of a change, which ends a training.
    fn deref(&self) -> &M {
        match &self.0 {
            Some(model) => model,
            None => unreachable!("a training ends with an update that panics"),
        }
    }
}
