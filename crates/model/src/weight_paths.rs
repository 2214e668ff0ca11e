use burn::module::{Module, ModuleVisitor, Param};
use burn::tensor::Tensor;

/// A weight that training moves, by both of its names.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::burn::tensor::Device;
/// use firebrick::layers::Dense;
/// use firebrick::models::{Model, Sequential};
///
/// let model = Sequential::new([2]).add(Dense::new(1)).build(7, &Device::flex())?;
/// let paths = model.weight_paths();
/// assert_eq!((&*paths[0].path, &*paths[0].module_path), ("dense/kernel", "layers.0.Dense.kernel"));
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WeightPath {
    /// As [`Network::weight`](crate::Network::weight) takes it, `dense/kernel`.
    pub path: String,
    /// That of Burn's modules, `layers.0.Dense.kernel`.
    pub module_path: String,
}

/// The weights of a module; slashes take the place of the points between its parts.
pub(crate) fn weight_paths(module: &impl Module) -> Vec<WeightPath> {
    let mut paths = Paths::default();
    module.visit(&mut paths);
    paths.found
}

#[derive(Default)]
struct Paths {
    parts: Vec<String>,
    found: Vec<WeightPath>,
}

impl ModuleVisitor for Paths {
    fn enter_module(&mut self, name: &str, _: &str) {
        self.parts.push(name.to_owned());
    }

    fn exit_module(&mut self, _: &str, _: &str) {
        self.parts.pop();
    }

    fn visit_float<const D: usize>(&mut self, _: &Param<Tensor<D>>) {
        self.found.push(WeightPath {
            path: self.parts.join("/"),
            module_path: self.parts.join("."),
        });
    }
}
