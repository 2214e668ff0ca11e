use std::fmt;
use std::sync::{Arc, OnceLock};

use firebrick_vocabulary::Lookup;

use super::LookupToken;
use crate::layer_problem::LayerProblem;

/// What follows from a vocabulary.
#[derive(Debug)]
pub(in crate::layers) struct Built<T: LookupToken> {
    pub(in crate::layers) lookup: Lookup<T>,
    /// Of each index, where they count.
    pub(in crate::layers) weights: Vec<f32>,
}

/// That, made when it is first asked for and shared by clones. It follows from the arguments, and so no comparison looks at it.
#[derive(Clone)]
pub(in crate::layers) struct Cache<T: LookupToken>(OnceLock<Arc<Built<T>>>);

impl<T: LookupToken> Cache<T> {
    pub(super) fn get_or_make(
        &self,
        make: impl FnOnce() -> Result<Built<T>, LayerProblem>,
    ) -> Result<&Built<T>, LayerProblem> {
        if let Some(built) = self.0.get() {
            return Ok(built);
        }
        let built = Arc::new(make()?);
        Ok(self.0.get_or_init(|| built))
    }
}

impl<T: LookupToken> Default for Cache<T> {
    fn default() -> Self {
        Self(OnceLock::new())
    }
}

impl<T: LookupToken> PartialEq for Cache<T> {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl<T: LookupToken> fmt::Debug for Cache<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.get().is_some() {
            "made"
        } else {
            "not made"
        })
    }
}
