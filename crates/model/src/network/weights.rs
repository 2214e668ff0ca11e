use std::collections::BTreeMap;
use std::sync::Arc;

use burn::module::{Module, ModuleMapper, ModuleVisitor, Param};
use burn::tensor::{Tensor, TensorData};

use firebrick_spec::by_likeness;

use super::Network;
use crate::error::ModelError;
use crate::layer::{HeldWeights, WeightSpec, permuted};

/// A weight's shape and values as Keras lays them out, row by row.
///
/// ```
/// # mod firebrick { pub use firebrick_model as models; }
/// use firebrick::models::WeightValue;
///
/// let kernel = WeightValue::new([2, 1], [0.5, -0.5])?;
/// assert_eq!((kernel.shape(), kernel.values()), (&[2, 1][..], &[0.5, -0.5][..]));
/// assert!(WeightValue::new([2, 2], [0.5]).is_err());
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct WeightValue {
    shape: Vec<usize>,
    values: Vec<f32>,
}

impl WeightValue {
    /// Values in a shape.
    ///
    /// # Errors
    /// Another number of values than the shape has elements.
    pub fn new(
        shape: impl Into<Vec<usize>>,
        values: impl Into<Vec<f32>>,
    ) -> Result<Self, ModelError> {
        let (shape, values) = (shape.into(), values.into());
        let elements = shape
            .iter()
            .fold(1, |product: usize, &axis| product.saturating_mul(axis));
        if values.len() != elements {
            return Err(ModelError::WeightValues {
                shape,
                expected: elements,
                received: values.len(),
            });
        }
        Ok(Self { shape, values })
    }

    /// The same values with their axes in this order, as NumPy's `transpose`.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_model as models; }
    /// use firebrick::models::WeightValue;
    ///
    /// let kernel = WeightValue::new([2, 3], [1.0, 2.0, 3.0, 4.0, 5.0, 6.0])?;
    /// let turned = kernel.transposed(&[1, 0])?;
    /// assert_eq!((turned.shape(), turned.values()), (&[3, 2][..], &[1.0, 4.0, 2.0, 5.0, 3.0, 6.0][..]));
    /// assert!(kernel.transposed(&[0, 0]).is_err());
    /// # Ok::<(), firebrick::models::ModelError>(())
    /// ```
    ///
    /// # Errors
    /// Axes that are not each of the value's once.
    pub fn transposed(&self, axes: &[usize]) -> Result<Self, ModelError> {
        let mut sorted = axes.to_vec();
        sorted.sort_unstable();
        if !sorted.into_iter().eq(0..self.shape.len()) {
            return Err(ModelError::WeightAxes {
                shape: self.shape.clone(),
                axes: axes.to_vec(),
            });
        }
        Ok(Self {
            shape: axes.iter().map(|&axis| self.shape[axis]).collect(),
            values: permuted(&self.values, &self.shape, axes),
        })
    }

    /// Keras' shape, e.g. `[height, width, inputs, filters]`.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// The values, the last axis running fastest.
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// The values, the last axis running fastest.
    pub fn into_values(self) -> Vec<f32> {
        self.values
    }
}

impl Network {
    /// The weight of a path such as `dense_1/kernel`: the layer's name and Keras' name of the weight.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
    /// use firebrick::burn::tensor::Device;
    /// use firebrick::layers::Dense;
    /// use firebrick::models::{Sequential, WeightValue};
    ///
    /// let mut model = Sequential::new([2]).add(Dense::new(1)).build(7, &Device::flex())?;
    /// assert_eq!(model.weight("dense/kernel")?.shape(), [2, 1]);
    /// model.set_weight("dense/bias", WeightValue::new([1], [0.5])?)?;
    /// assert_eq!(model.weight("dense/bias")?.values(), [0.5]);
    /// # Ok::<(), firebrick::models::ModelError>(())
    /// ```
    ///
    /// # Errors
    /// A path that no weight has; the error lists the nearest.
    pub fn weight(&self, path: &str) -> Result<WeightValue, ModelError> {
        let (index, spec) = self.find_weight(path)?;
        self.read_layer(index, std::slice::from_ref(&spec))
            .map(|mut values| values.remove(0))
    }

    /// Replaces the weight of a path such as `dense_1/kernel`; clones of the network keep theirs.
    ///
    /// # Errors
    /// A path that no weight has, with the nearest; a value of another shape.
    pub fn set_weight(&mut self, path: &str, value: WeightValue) -> Result<(), ModelError> {
        let (index, spec) = self.find_weight(path)?;
        check_shape(path, &spec, &value)?;
        self.replace(index, [(&spec, value)]);
        Ok(())
    }

    /// All weights in Keras' order, which is that of [`Graph::weights`](crate::Graph::weights).
    ///
    /// # Errors
    /// A device that does not hand them back.
    pub fn get_weights(&self) -> Result<Vec<WeightValue>, ModelError> {
        let mut values = Vec::new();
        for (index, weights) in self.plan.weights.iter().enumerate() {
            values.extend(self.read_layer(index, weights)?);
        }
        Ok(values)
    }

    /// Replaces all weights, given in the order of [`get_weights`](Self::get_weights): either all of
    /// them or, at an error, none. Clones of the network keep theirs.
    ///
    /// # Errors
    /// Weights of another number or of other shapes.
    pub fn set_weights(
        &mut self,
        weights: impl IntoIterator<Item = WeightValue>,
    ) -> Result<(), ModelError> {
        let layers = self.plan.weights.iter().zip(self.description.layers());
        let listed: Vec<(&str, &WeightSpec)> = layers
            .flat_map(|(weights, layer)| weights.iter().map(|spec| (layer.name(), spec)))
            .collect();
        let mut weights = weights.into_iter().fuse();
        let mut given = Vec::with_capacity(listed.len());
        for (index, (layer, spec)) in listed.iter().enumerate() {
            let path = format!("{layer}/{}", spec.name);
            let Some(value) = weights.next() else {
                return Err(ModelError::WeightMismatch {
                    index,
                    weight: path,
                    expected: spec.num_params(),
                    received: 0,
                });
            };
            check_shape(&path, spec, &value)?;
            given.push(value);
        }
        if let Some(extra) = weights.next() {
            return Err(ModelError::WeightMismatch {
                index: listed.len(),
                weight: "none".to_owned(),
                expected: 0,
                received: extra.values.len(),
            });
        }
        let mut given = given.into_iter();
        let plan = Arc::clone(&self.plan);
        for (index, specs) in plan.weights.iter().enumerate() {
            self.replace(index, specs.iter().zip(&mut given));
        }
        Ok(())
    }

    /// The network with nothing that its clones see change.
    pub(crate) fn unshared(mut self) -> Self {
        let layers = self.layers.into_iter();
        self.layers = layers.map(HeldWeights::unshared).collect();
        self
    }

    /// The layer and the weight of a path.
    fn find_weight(&self, path: &str) -> Result<(usize, WeightSpec), ModelError> {
        let mut known = Vec::new();
        let layers = self.plan.weights.iter().zip(self.description.layers());
        for (index, (weights, layer)) in layers.enumerate() {
            for weight in weights {
                let candidate = format!("{}/{}", layer.name(), weight.name);
                if candidate == path {
                    return Ok((index, weight.clone()));
                }
                known.push(candidate);
            }
        }
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        let nearest = by_likeness(path, &known).into_iter().take(3);
        Err(ModelError::UnknownWeight {
            path: path.to_owned(),
            nearest: nearest.map(str::to_owned).collect(),
        })
    }

    fn read_layer(
        &self,
        index: usize,
        weights: &[WeightSpec],
    ) -> Result<Vec<WeightValue>, ModelError> {
        let mut read = Read::default();
        // `valid` brings the moving statistics up to date.
        self.layers[index].valid().visit(&mut read);
        let path = |name: &str| format!("{}/{name}", self.description.layers()[index].name());
        weights
            .iter()
            .map(|weight| match read.found.remove(&*weight.name) {
                Some(Ok(values)) => Ok(WeightValue {
                    shape: weight.shape.clone(),
                    values: weight.restore(values),
                }),
                Some(Err(reason)) => Err(ModelError::Unreadable {
                    weight: path(&weight.name),
                    reason,
                }),
                None => unreachable!("a layer has the weights that it lists"),
            })
            .collect()
    }

    fn replace<'a>(
        &mut self,
        index: usize,
        values: impl IntoIterator<Item = (&'a WeightSpec, WeightValue)>,
    ) {
        let values: BTreeMap<&str, TensorData> = values
            .into_iter()
            .map(|(spec, value)| {
                let shape = spec.stored_shape();
                (
                    &*spec.name,
                    TensorData::new(spec.arrange(value.values), shape),
                )
            })
            .collect();
        if values.is_empty() {
            return;
        }
        let layer = self.layers.remove(index).unshared();
        let path = Vec::new();
        let layer = layer.map(&mut Replace { path, values });
        self.layers.insert(index, layer);
    }
}

fn check_shape(path: &str, spec: &WeightSpec, value: &WeightValue) -> Result<(), ModelError> {
    if spec.shape == value.shape {
        return Ok(());
    }
    Err(ModelError::WeightShape {
        weight: path.to_owned(),
        expected: spec.shape.clone(),
        received: value.shape.clone(),
    })
}

/// Reads the weights of one layer by their names.
#[derive(Default)]
struct Read {
    path: Vec<String>,
    found: BTreeMap<String, Result<Vec<f32>, String>>,
}

impl ModuleVisitor for Read {
    fn enter_module(&mut self, name: &str, _: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _: &str, _: &str) {
        self.path.pop();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let data = param.val().try_into_data_as::<f32>();
        let values = data.map(|data| data.iter().collect());
        let name = self.path.last().cloned().unwrap_or_default();
        self.found
            .insert(name, values.map_err(|error| error.to_string()));
    }
}

/// Replaces weights of one layer by their names.
struct Replace<'a> {
    path: Vec<String>,
    values: BTreeMap<&'a str, TensorData>,
}

impl ModuleMapper for Replace<'_> {
    fn enter_module(&mut self, name: &str, _: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _: &str, _: &str) {
        self.path.pop();
    }

    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let name = self.path.last().map_or("", String::as_str);
        match self.values.remove(name) {
            Some(data) => param.map(|old| {
                Tensor::from_data(data, &old.device()).set_require_grad(old.is_require_grad())
            }),
            None => param,
        }
    }
}
