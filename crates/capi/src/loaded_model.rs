//! A network as C holds it.

use std::ffi::{CStr, CString};

use firebrick_model::{DeviceName, Predictor, SavedModel, load};

use crate::call_error::CallError;
use crate::last_error::c_text;

/// A network that answers, made by `firebrick_load` or `firebrick_load_bytes`; any number of threads may ask it at once.
pub struct FirebrickModel {
    predictor: Predictor,
    inputs: Vec<Slot>,
    outputs: Vec<Slot>,
    classes: Vec<CString>,
}

/// An input or an output.
pub(crate) struct Slot {
    pub(crate) name: CString,
    /// Numbers of a row.
    pub(crate) len: usize,
}

impl FirebrickModel {
    pub(crate) fn read(path: &str) -> Result<Self, CallError> {
        load(path).map(Self::new).map_err(CallError::Load)
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Self, CallError> {
        let predictor = || {
            let device = DeviceName::Auto.select()?.device;
            SavedModel::from_bytes(bytes, "the model in memory")?.into_predictor(&device)
        };
        predictor().map(Self::new).map_err(CallError::Load)
    }

    fn new(predictor: Predictor) -> Self {
        let slot = |(name, shape): (&str, &[usize])| Slot {
            name: c_text(name.to_owned()),
            len: shape.iter().product(),
        };
        let labels = predictor.card().labels.iter().cloned();
        Self {
            inputs: predictor.inputs().map(slot).collect(),
            outputs: predictor.outputs().map(slot).collect(),
            classes: labels.map(c_text).collect(),
            predictor,
        }
    }

    pub(crate) fn predict(&self, rows: &[f32], answers: &mut [f32]) -> Result<(), CallError> {
        let said = self.predictor.predict_into(rows, answers);
        said.map_err(CallError::Predict)
    }

    pub(crate) fn predict_all(
        &self,
        inputs: &[&[f32]],
        outputs: &mut [&mut [f32]],
    ) -> Result<(), CallError> {
        let said = self.predictor.predict_all_into(inputs, outputs);
        said.map_err(CallError::Predict)
    }

    pub(crate) fn inputs(&self) -> &[Slot] {
        &self.inputs
    }

    pub(crate) fn outputs(&self) -> &[Slot] {
        &self.outputs
    }

    pub(crate) fn input(&self, index: usize) -> Result<&Slot, CallError> {
        at(&self.inputs, index, "inputs")
    }

    pub(crate) fn output(&self, index: usize) -> Result<&Slot, CallError> {
        at(&self.outputs, index, "outputs")
    }

    pub(crate) fn num_classes(&self) -> usize {
        self.classes.len()
    }

    pub(crate) fn class(&self, index: usize) -> Result<&CStr, CallError> {
        at(&self.classes, index, "names of classes").map(CString::as_c_str)
    }
}

fn at<'a, T>(list: &'a [T], index: usize, what: &'static str) -> Result<&'a T, CallError> {
    list.get(index).ok_or(CallError::Index {
        what,
        count: list.len(),
        index,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_may_share_a_model() {
        fn shared<T: Send + Sync>() {}
        shared::<FirebrickModel>();
    }
}
