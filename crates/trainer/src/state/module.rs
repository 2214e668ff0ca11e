//! Weights of a module, and what goes along with them, by their paths.

use std::collections::BTreeMap;

use burn::module::{Module, ModuleVisitor, Param};
use burn::optim::GradientsParams;
use burn::store::{ModuleRecord, RecordError};
use burn::tensor::kind::Basic;
use burn::tensor::{Bool, Int, Tensor, TensorData};
use burn_pack::Writer;

use super::{State, Value};
use crate::checkpoint_error::CheckpointError;

impl State {
    /// Keeps all that a module holds, the ids of its parameters included, by which optimizers know them. Nothing is read
    /// from the device before the state is written.
    ///
    /// ```
    /// use firebrick::burn::nn::{Linear, LinearConfig};
    /// use firebrick::burn::tensor::Device;
    /// use firebrick::training::State;
    ///
    /// let device = Device::flex();
    /// let new = || LinearConfig::new(2, 1).init(&device);
    /// let model: Linear = new();
    /// let state = State::new().with_module("model", &model);
    /// let again = state.load_module("model", new())?;
    /// assert_eq!(again.weight.val().into_data(), model.weight.val().into_data());
    /// // Another shape is an error.
    /// assert!(state.load_module("model", LinearConfig::new(3, 1).init(&device)).is_err());
    /// # Ok::<(), firebrick::training::CheckpointError>(())
    /// ```
    #[must_use = "returns the changed state"]
    pub fn with_module(self, name: impl Into<String>, module: &impl Module) -> Self {
        self.with(name, module_state(module))
    }

    /// A module of the same structure with what was kept under a name.
    ///
    /// # Errors
    /// Weights that are missing, left over or of another shape.
    pub fn load_module<M: Module>(&self, name: &str, module: M) -> Result<M, CheckpointError> {
        let own = self.find::<Self>(name)?.unwrap_or_default();
        load_module(module, &own).map_err(|error| CheckpointError::Part {
            part: name.to_owned(),
            action: "taken over by this one",
            reason: error.to_string(),
        })
    }
}

/// All that a module holds, its parameters' ids included: whatever is kept by them fits again once it is loaded. Nothing
/// is read from the device before the state is written.
pub(crate) fn module_state(module: &impl Module) -> State {
    let mut visitor = Visitor::default();
    module.visit(&mut visitor);
    visitor.state
}

/// The module with what a state holds.
///
/// # Errors
/// Weights that are missing, left over or of another shape.
pub(super) fn load_module<M: Module>(module: M, state: &State) -> Result<M, RecordError> {
    let bytes = Writer::new(state.tensors()).into_bytes()?;
    module.try_load_record(ModuleRecord::from_bytes(bytes)?)
}

/// Values of a module's weights that are kept by the parameters' ids, as gradients are.
pub(crate) fn values_state(module: &impl Module, values: &GradientsParams) -> State {
    let mut visitor = Visitor {
        values: Some(values),
        ..Visitor::default()
    };
    module.visit(&mut visitor);
    visitor.state
}

/// Values that [`values_state`] keeps under this key, for the parameters of this module; `part` is what they are.
///
/// # Errors
/// Values that are no tensor of their weight's shape.
pub(crate) fn load_values(
    module: &impl Module,
    state: &State,
    key: &str,
    part: &str,
) -> Result<GradientsParams, CheckpointError> {
    let values = state.find::<State>(key)?.unwrap_or_default();
    let named = values.tensors().into_iter();
    let mut loader = Loader {
        path: Vec::new(),
        tensors: named.map(|tensor| (tensor.name.clone(), tensor)).collect(),
        values: GradientsParams::new(),
        problem: None,
    };
    module.visit(&mut loader);
    let problem = match (loader.problem, loader.tensors.into_keys().next()) {
        (Some(problem), _) => problem,
        (None, Some(path)) => {
            RecordError::Validation(format!("the network has no weight `{path}`"))
        }
        (None, None) => return Ok(loader.values),
    };
    Err(CheckpointError::Part {
        part: part.to_owned(),
        action: "taken over",
        reason: problem.to_string(),
    })
}

/// Collects tensors by their paths.
#[derive(Default)]
struct Visitor<'a> {
    path: Vec<String>,
    state: State,
    /// What to collect instead of the parameters themselves.
    values: Option<&'a GradientsParams>,
}

impl Visitor<'_> {
    fn keep<const D: usize, K: Basic + 'static>(&mut self, id: u64, tensor: Tensor<D, K>)
    where
        Tensor<D, K>: Send + Sync,
    {
        let path = self.path.join(".");
        let (dtype, shape) = (tensor.dtype(), tensor.shape());
        let length = shape.num_elements() * dtype.size();
        let bytes = move || {
            let data = tensor.clone().try_into_data();
            let data = data.map_err(|error| burn_pack::Error::IoError(error.to_string()))?;
            let (bytes, _, _) = data.into_parts();
            Ok(bytes)
        };
        let tensor =
            burn_pack::Tensor::deferred(path.clone(), dtype, shape, Some(id), length, bytes);
        self.state.insert(path, Value::Tensor(tensor));
    }
}

impl ModuleVisitor for Visitor<'_> {
    fn enter_module(&mut self, name: &str, _: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _: &str, _: &str) {
        self.path.pop();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let tensor = match self.values {
            Some(values) => values.get::<D>(param.id),
            None => Some(param.transform_for_save().val()),
        };
        if let Some(tensor) = tensor {
            self.keep(param.id.val(), tensor);
        }
    }

    fn visit_int<const D: usize>(&mut self, param: &Param<Tensor<D, Int>>) {
        if self.values.is_none() {
            self.keep(param.id.val(), param.transform_for_save().val());
        }
    }

    fn visit_bool<const D: usize>(&mut self, param: &Param<Tensor<D, Bool>>) {
        if self.values.is_none() {
            self.keep(param.id.val(), param.transform_for_save().val());
        }
    }
}

/// Gives tensors to the parameters of their paths.
struct Loader {
    path: Vec<String>,
    tensors: BTreeMap<String, burn_pack::Tensor>,
    values: GradientsParams,
    problem: Option<RecordError>,
}

impl ModuleVisitor for Loader {
    fn enter_module(&mut self, name: &str, _: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _: &str, _: &str) {
        self.path.pop();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let path = self.path.join(".");
        let Some(tensor) = self.tensors.remove(&path) else {
            return;
        };
        let weight = param.val();
        let shape = weight.shape();
        if tensor.shape != shape {
            let problem = format!("`{path}` is {:?}, expected {shape:?}", tensor.shape);
            self.problem.get_or_insert(RecordError::Validation(problem));
            return;
        }
        match tensor.into_parts() {
            Ok((_, dtype, shape, _, bytes)) => {
                let data = TensorData::from_bytes(bytes, shape, dtype);
                let device = weight.device().without_autodiff();
                let tensor = Tensor::<D>::from_data(data, &device);
                self.values.register(param.id, tensor);
            }
            Err(error) => {
                self.problem.get_or_insert(error.into());
            }
        }
    }
}
