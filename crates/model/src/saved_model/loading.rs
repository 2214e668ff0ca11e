//! Weights of a file for a network that need not be the one that was saved.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use burn::store::RecordError;
use burn::tensor::Bytes;
use burn_pack::{Reader, Tensor};

use super::{SavedModel, load, malformed};
use crate::error::ModelError;
use crate::graph::Graph;
use crate::model::Model;

/// How weights of a file are brought together with those of a network.
///
/// By default as Keras' `load_weights` does, by their places, and all of them have to be there. A layer takes all of its
/// weights or none.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::burn::tensor::Device;
/// use firebrick::layers::{Dense, Layer};
/// use firebrick::models::{LoadWeights, Sequential, save_model};
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("model.bpk");
/// let network = |classes: usize| {
///     let body = Sequential::new([4]).add(Dense::new(8).named("body"));
///     body.add(Dense::new(classes).named("head")).build(1, &Device::flex())
/// };
/// save_model(&network(10)?, &path)?;
/// // Another head.
/// let mut model = network(3)?;
/// assert!(model.load_weights(&path, LoadWeights::new()).is_err());
/// let loaded = model.load_weights(&path, LoadWeights::new().skip_mismatch())?;
/// assert_eq!(loaded.taken, ["body/kernel", "body/bias"]);
/// assert_eq!(loaded.mismatched[0].weight, "head/kernel");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LoadWeights {
    by_name: bool,
    skips_mismatch: bool,
}

impl LoadWeights {
    /// All weights, by their places.
    pub fn new() -> Self {
        Self::default()
    }

    /// Finds layers by their names instead of their places; those that the file does not have stay as they are, and what it
    /// has beside them is passed over.
    #[must_use = "returns the changed settings"]
    pub fn by_name(mut self) -> Self {
        self.by_name = true;
        self
    }

    /// Lets layers stay as they are whose weights are of other shapes or not in the file.
    #[must_use = "returns the changed settings"]
    pub fn skip_mismatch(mut self) -> Self {
        self.skips_mismatch = true;
        self
    }
}

/// What became of the weights of a network when those of a file were loaded.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::burn::tensor::Device;
/// use firebrick::layers::Dense;
/// use firebrick::models::{LoadWeights, Sequential};
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("weights.bpk");
/// let network = |units| Sequential::new([4]).add(Dense::new(8)).add(Dense::new(units));
/// network(3).build(1, &Device::flex())?.save_weights(&path)?;
/// let mut model = network(2).build(2, &Device::flex())?;
/// let loaded = model.load_weights(&path, LoadWeights::new().skip_mismatch())?;
/// assert_eq!(
///     loaded.to_string(),
///     "2 of 4 weights; of other shapes: dense_1/kernel [8, 2], in the file [8, 3], dense_1/bias [2], in the file [3]"
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LoadedWeights {
    /// Those that have the file's values.
    pub taken: Vec<String>,
    /// Those that the file does not have.
    pub missing: Vec<String>,
    /// Those that have another shape there, and those beside them in their layers.
    pub mismatched: Vec<WeightMismatch>,
    /// Those of the file that no layer took, as the file calls them.
    pub unused: Vec<String>,
}

/// A weight that has another shape in a file, or is of a layer in which one has.
///
/// ```
/// # mod firebrick { pub use firebrick_model as models; }
/// use firebrick::models::WeightMismatch;
///
/// let mismatch = WeightMismatch {
///     weight: "head/kernel".to_owned(),
///     expected: vec![8, 2],
///     received: Some(vec![8, 3]),
/// };
/// assert_eq!(mismatch.to_string(), "head/kernel [8, 2], in the file [8, 3]");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WeightMismatch {
    /// Layer and name of the weight.
    pub weight: String,
    /// Its shape, as it is stored.
    pub expected: Vec<usize>,
    /// That in the file; none where the file does not have it.
    pub received: Option<Vec<usize>>,
}

impl fmt::Display for WeightMismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            weight, expected, ..
        } = self;
        match &self.received {
            Some(received) if received == expected => {
                write!(f, "{weight} (beside another shape)")
            }
            Some(received) => write!(f, "{weight} {expected:?}, in the file {received:?}"),
            None => write!(f, "{weight} {expected:?}, not in the file"),
        }
    }
}

/// One line: how many were taken, and all others by their names.
impl fmt::Display for LoadedWeights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = self.taken.len() + self.missing.len() + self.mismatched.len();
        write!(f, "{} of {all} weights", self.taken.len())?;
        let mismatched: Vec<String> = self.mismatched.iter().map(ToString::to_string).collect();
        for (what, names) in [
            ("of other shapes", &mismatched),
            ("not in the file", &self.missing),
            ("left over in the file", &self.unused),
        ] {
            const SHOWN: usize = 20;
            if names.is_empty() {
                continue;
            }
            let shown = names.len().min(SHOWN);
            write!(f, "; {what}: {}", names[..shown].join(", "))?;
            if names.len() > shown {
                write!(f, " and {} more", names.len() - shown)?;
            }
        }
        Ok(())
    }
}

impl SavedModel {
    /// The model with the file's weights as far as they are meant by `how`, and what became of each.
    ///
    /// Where kernels learn by [products of low rank](crate::Lora) and the file has none, these begin anew: their second
    /// factors are set to 0.
    ///
    /// # Errors
    /// Layers to be found by their names in a file without names; weights that do not fit and are not to be skipped, each
    /// with its name; a file of which nothing fits.
    pub fn load_weights<M: Model>(
        self,
        model: M,
        how: LoadWeights,
    ) -> Result<(M, LoadedWeights), ModelError> {
        let names = self.layer_names();
        if how.by_name && names.is_none() {
            return Err(malformed(
                &self.path,
                "it holds weights without the names of their layers, which can be taken by their places alone".to_owned(),
            ));
        }
        let path = self.path;
        let failed = |error: RecordError| malformed(&path, error.to_string());
        let given = self.reader.into_tensors().map_err(RecordError::from);
        let mut given = Given::default().with(given.map_err(failed)?, how, names.as_deref());

        let record = model.clone().into_record().into_bytes().map_err(failed)?;
        let own = Reader::from_bytes(record).and_then(Reader::into_tensors);
        let mut own = own.map_err(|error| failed(error.into()))?;
        let paths = model.weight_paths().into_iter().enumerate();
        let paths: BTreeMap<String, (usize, String)> = paths
            .map(|(place, weight)| (weight.module_path, (place, weight.path)))
            .collect();
        // A record has them by the alphabet.
        own.sort_by_key(|tensor| paths.get(&tensor.name).map(|(place, _)| *place));
        let mut layers: BTreeMap<String, Vec<Own>> = BTreeMap::new();
        let mut order = Vec::new();
        for tensor in own {
            let path = paths.get(&tensor.name).map(|(_, path)| path);
            let path = path.unwrap_or(&tensor.name).clone();
            let key = if how.by_name { &path } else { &tensor.name };
            let found = given.tensors.remove(key).map(|(_, tensor)| tensor);
            let layer = path.rsplit_once('/').map_or("", |(layer, _)| layer);
            if !layers.contains_key(layer) {
                order.push(layer.to_owned());
            }
            let own = Own {
                path: path.clone(),
                tensor,
                found,
            };
            layers.entry(layer.to_owned()).or_default().push(own);
        }
        let mut loaded = LoadedWeights::default();
        let mut tensors = Vec::new();
        for layer in order {
            let weights = layers.remove(&layer).unwrap_or_default();
            tensors.extend(loaded.take(weights).map_err(failed)?);
        }
        let unused = given.tensors.into_values().map(|(name, _)| name);
        loaded.unused.extend(unused);
        loaded.check(&path, how)?;
        let model = load(tensors, model).map_err(failed)?;
        Ok((model, loaded))
    }

    /// The names of the layers, in order, if the file is of a network of layers.
    fn layer_names(&self) -> Option<Vec<String>> {
        let graph: Graph = serde_json::from_str(self.description()?).ok()?;
        let layers = graph.layers().iter();
        Some(layers.map(|layer| layer.name().to_owned()).collect())
    }
}

/// The weights of a file with what a message calls them, by what they are found by.
#[derive(Default)]
struct Given {
    tensors: BTreeMap<String, (String, Tensor)>,
}

impl Given {
    fn with(mut self, tensors: Vec<Tensor>, how: LoadWeights, names: Option<&[String]>) -> Self {
        for tensor in tensors {
            let path = names.and_then(|names| path_of(&tensor.name, names));
            let path = path.unwrap_or_else(|| tensor.name.clone());
            let key = if how.by_name { &path } else { &tensor.name };
            self.tensors.insert(key.clone(), (path, tensor));
        }
        self
    }
}

/// `dense/kernel` of `layers.0.Dense.kernel`.
fn path_of(module_path: &str, names: &[String]) -> Option<String> {
    let mut parts = module_path.splitn(4, '.').skip(1);
    let name = names.get(parts.next()?.parse::<usize>().ok()?)?;
    let rest = parts.nth(1)?;
    Some(format!("{name}/{}", rest.replace('.', "/")))
}

/// A weight of the network, and what was found for it.
struct Own {
    path: String,
    tensor: Tensor,
    found: Option<Tensor>,
}

impl Own {
    fn fits(&self) -> bool {
        let is_alike =
            |found: &Tensor| found.shape == self.tensor.shape && found.dtype == self.tensor.dtype;
        self.found.as_ref().is_some_and(is_alike)
    }

    /// Whether it is a factor of a product of low rank, which a file does not have.
    fn is_factor(&self) -> bool {
        let name = self.path.rsplit('/').next().unwrap_or_default();
        name.starts_with("lora_") && self.found.is_none()
    }

    fn shape_of(tensor: &Tensor) -> Vec<usize> {
        tensor.shape.to_vec()
    }

    fn mismatch(self) -> (WeightMismatch, Tensor) {
        let mismatch = WeightMismatch {
            weight: self.path,
            expected: Self::shape_of(&self.tensor),
            received: self.found.as_ref().map(Self::shape_of),
        };
        (mismatch, self.tensor)
    }
}

impl LoadedWeights {
    /// The weights that a layer has from now on.
    fn take(&mut self, weights: Vec<Own>) -> Result<Vec<Tensor>, RecordError> {
        let (factors, weights): (Vec<Own>, Vec<Own>) =
            weights.into_iter().partition(Own::is_factor);
        let mut tensors = Vec::with_capacity(weights.len() + factors.len());
        let is_whole = weights.iter().all(Own::fits);
        let is_absent = weights.iter().all(|own| own.found.is_none());
        for own in weights {
            if is_absent {
                self.missing.push(own.path);
                tensors.push(own.tensor);
            } else if is_whole {
                self.taken.push(own.path);
                let param_id = own.tensor.param_id;
                let name = own.tensor.name;
                tensors.extend(own.found.map(|mut found| {
                    (found.name, found.param_id) = (name, param_id);
                    found
                }));
            } else {
                let (mismatch, tensor) = own.mismatch();
                self.mismatched.push(mismatch);
                tensors.push(tensor);
            }
        }
        for factor in factors {
            let is_second = factor.path.ends_with("_b") && is_whole && !is_absent;
            tensors.push(if is_second {
                zeros(factor.tensor)?
            } else {
                factor.tensor
            });
        }
        Ok(tensors)
    }

    /// Makes sure that nothing was left out that had to be there.
    fn check(&self, path: &Path, how: LoadWeights) -> Result<(), ModelError> {
        let hint = if self.taken.is_empty() {
            "give the file of a network whose layers are like this one's"
        } else if how.skips_mismatch
            || (self.mismatched.is_empty()
                && (how.by_name || (self.missing.is_empty() && self.unused.is_empty())))
        {
            return Ok(());
        } else {
            "skip what does not fit (`skip_mismatch`), or build the network that they are of"
        };
        let is_whole = self.missing.is_empty() && self.mismatched.is_empty();
        if self.taken.is_empty() && is_whole && self.unused.is_empty() {
            return Ok(());
        }
        Err(ModelError::ForeignWeights {
            path: path.to_owned(),
            report: self.to_string(),
            hint,
        })
    }
}

fn zeros(tensor: Tensor) -> Result<Tensor, RecordError> {
    let (name, dtype, shape, param_id, bytes) = tensor.into_parts()?;
    let bytes = Bytes::from_bytes_vec(vec![0; bytes.len()]);
    Ok(Tensor::new(name, dtype, shape, param_id, bytes))
}
