//! The weights of a network with the ids by which an optimizer knows them.

use burn::module::{Module, ModuleVisitor, Param};
use burn::tensor::Tensor;
use firebrick_model::layers::WeightSpec;
use firebrick_model::{AnyModel, Model as _};

use crate::checkpoint_error::CheckpointError;
use crate::optimizers::{Method, Optimizer};

/// A weight that training moves.
pub(super) struct Held {
    /// `dense/kernel`
    pub(super) path: String,
    /// `layers.0.Dense.kernel`
    pub(super) module_path: String,
    pub(super) id: u64,
    /// Its shape where it is held.
    pub(super) stored: Vec<usize>,
    pub(super) spec: WeightSpec,
    pub(super) method: Method,
}

impl Held {
    /// What Keras calls what the optimizer remembers of it.
    ///
    /// # Errors
    /// An optimizer that Keras does not have, or one that looks at the weight along other axes here.
    pub(super) fn slot_names(&self) -> Result<&'static [&'static str], String> {
        let none = || format!("Keras does not have the optimizer `{}`", self.method.name());
        let names = self.method.slot_names(self.stored.len()).ok_or_else(none)?;
        let rank = self.spec.shape.len();
        let looks_along_axes = names.contains(&"r");
        if self.method.slot_names(rank) != Some(names)
            || (looks_along_axes && self.spec.is_rearranged())
        {
            return Err(format!(
                "the optimizer `{}` looks at `{}` along other axes here than in Keras",
                self.method.name(),
                self.path
            ));
        }
        Ok(names)
    }

    /// The shapes of a slot: where it is held, and in Keras.
    pub(super) fn slot_shapes(&self, name: &str) -> [Vec<usize>; 2] {
        let (mut held, mut keras) = (self.stored.clone(), self.spec.shape.clone());
        let away = match name {
            "r" => 1,
            "c" => 2,
            _ => return [held, keras],
        };
        if let Some(axis) = held.len().checked_sub(away) {
            held[axis] = 1;
            keras.remove(axis);
        }
        [held, keras]
    }

    /// Whether a slot has a number for each of the weight.
    pub(super) fn is_whole(name: &str) -> bool {
        !matches!(name, "r" | "c")
    }
}

/// The weights that training moves, in Keras' order.
///
/// # Errors
/// A network whose weights cannot be listed.
pub(super) fn held(model: &AnyModel, optimizer: &Optimizer) -> Result<Vec<Held>, CheckpointError> {
    let part = |reason: String| CheckpointError::Part {
        part: "the optimizer".to_owned(),
        action: "brought into Keras' form",
        reason,
    };
    let device = model.devices().first().cloned().unwrap_or_default();
    let network = model.clone().into_network(&device);
    let network = network.map_err(|error| part(error.to_string()))?;
    let specs = network.config().weights();
    let specs = specs.map_err(|error| part(error.to_string()))?;
    let mut visited = Visited::default();
    model.visit(&mut visited);
    let is_listed = |((_, spec), (_, shape)): (&(String, WeightSpec), &(u64, Vec<usize>))| {
        spec.stored_shape() == *shape
    };
    let paths = model.weight_paths();
    if specs.len() != visited.0.len()
        || paths.len() != specs.len()
        || !specs.iter().zip(&visited.0).all(is_listed)
    {
        return Err(part("its weights are not those of its layers".to_owned()));
    }
    let weights = specs.into_iter().zip(visited.0).zip(paths);
    let held = weights.map(|(((layer, spec), (id, stored)), path)| {
        let name = format!("{layer}/{}", spec.name);
        Held {
            method: optimizer.method_for(&name),
            path: name,
            module_path: path.module_path,
            id,
            stored,
            spec,
        }
    });
    Ok(held.filter(|held| held.spec.is_trainable).collect())
}

/// The ids and shapes of all weights.
#[derive(Default)]
struct Visited(Vec<(u64, Vec<usize>)>);

impl ModuleVisitor for Visited {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        self.0.push((param.id.val(), param.val().dims().to_vec()));
    }
}
