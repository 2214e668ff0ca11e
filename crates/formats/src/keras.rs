//! Models and weights in the files of Keras 3: `.keras` and `.weights.h5`.
//!
//! ```
//! # mod firebrick { pub use firebrick_formats as formats; pub use firebrick_model::{burn, layers, self as models}; }
//! use firebrick::formats::keras;
//! use firebrick::burn::tensor::{Device, Tensor};
//! use firebrick::models::Sequential;
//! use firebrick::layers::Dense;
//!
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("model.keras");
//! let device = Device::flex();
//! let model = Sequential::new([4]).add(Dense::new(3)).build(7, &device)?;
//! // Keras reads it by `keras.models.load_model`, …
//! keras::save(&model, &path)?;
//! // … and what `model.save` of Keras writes is read here.
//! let loaded = keras::load(&path, &device)?;
//! let x = || Tensor::<2>::ones([1, 4], &device);
//! assert_eq!(loaded.predict(x())?.into_vec()?, model.predict(x())?.into_vec()?);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod archive;
mod compiled;
mod config_size;
mod hdf5;
mod hdf5_writing;
mod layer_weights;
mod learned;
mod optimizer_layout;
mod optimizer_variables;
mod places;
mod weights;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, Cursor, Read, Seek};
use std::path::{Path, PathBuf};

use firebrick_model::burn::tensor::Device;
use firebrick_model::{Graph, Model, Network, Summary, WeightValue};
use serde_json::Value;

use crate::error::{FormatError, FormatProblem};
use crate::whole_file;
use archive::Archive;
pub use compiled::{Compiled, OptimizerVariables};
use hdf5::Hdf5;
pub use layer_weights::{LayerWeights, read_layer_weights};
use weights::{Weights, matched};

/// The ending of files with a whole model.
pub const EXTENSION: &str = ".keras";

/// The ending of files with weights alone.
pub const WEIGHTS_EXTENSION: &str = ".weights.h5";

/// A `.keras` file, read and checked, not yet on a device.
///
/// Layers have the names, the order and the weights that they have in Keras. What cannot be honoured is refused. Nothing
/// in the file is ever run.
///
/// ```
/// # mod firebrick { pub use firebrick_formats as formats; pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::formats::keras::{self, KerasModel};
/// use firebrick::burn::tensor::Device;
/// use firebrick::models::Sequential;
/// use firebrick::layers::Dense;
///
/// let network = Sequential::new([4]).add(Dense::new(3)).build(7, &Device::flex())?;
/// let bytes = keras::to_bytes(&network)?;
/// let model = KerasModel::from_bytes(bytes, "model.keras")?;
/// assert_eq!(model.graph().layers()[0].name(), "dense");
/// assert_eq!(model.into_network(&Device::flex())?.get_weights()?, network.get_weights()?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct KerasModel {
    path: PathBuf,
    graph: Graph,
    weights: Vec<Vec<f32>>,
    keras_version: Option<String>,
    /// How it was compiled, in JSON, and all that lies beside the weights.
    training: Option<(Value, Hdf5)>,
}

impl KerasModel {
    /// Reads a file that `model.save("model.keras")` of Keras 3 wrote, or [`save`].
    ///
    /// # Errors
    /// A file that cannot be read, is damaged or of something else; a layer or an argument that there is not here; weights
    /// that are missing, left over or of another shape.
    pub fn read(path: impl AsRef<Path>) -> Result<Self, FormatError> {
        let path = path.as_ref();
        let file = File::open(path).map_err(|source| {
            let action = "read";
            FormatError::new(path, FormatProblem::File { action, source })
        })?;
        Self::from_reader(BufReader::new(file), path)
    }

    /// Reads a file that is already in memory; errors call it `name`.
    ///
    /// # Errors
    /// As those of [`read`](Self::read).
    pub fn from_bytes(
        bytes: impl Into<Vec<u8>>,
        name: impl AsRef<Path>,
    ) -> Result<Self, FormatError> {
        Self::from_reader(Cursor::new(bytes.into()), name.as_ref())
    }

    fn from_reader(reader: impl Read + Seek, path: &Path) -> Result<Self, FormatError> {
        let read = Self::of_archive(reader, path);
        read.map_err(|problem| FormatError::new(path, problem))
    }

    fn of_archive(reader: impl Read + Seek, path: &Path) -> Result<Self, FormatProblem> {
        let mut archive = Archive::open(reader)?;
        let mut config = parsed(&archive.config()?)?;
        let weights = Hdf5::read(archive.weights()?).map_err(not_hdf5)?;
        let learned = learned::into_configs(&mut config, &mut archive, &weights)?;
        let graph = Graph::from_keras_json(&config.to_string())?;
        let values = matched(&graph, &config, &weights, &learned)?;
        let keras_version = version(&mut archive)?;
        let compile = config.get_mut(compiled::COMPILE_CONFIG);
        let compile = compile.map(Value::take).unwrap_or_default();
        Ok(Self {
            path: path.to_owned(),
            graph,
            weights: values,
            keras_version,
            training: (!compile.is_null()).then_some((compile, weights)),
        })
    }

    /// The description of the network.
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// The network layer by layer.
    ///
    /// # Errors
    /// Layers that do not fit together.
    pub fn summary(&self) -> Result<Summary, FormatError> {
        let summary = self.graph.summary();
        summary.map_err(|error| FormatError::new(&self.path, error.into()))
    }

    /// The version of Keras that wrote the file, if it says so.
    pub fn keras_version(&self) -> Option<&str> {
        self.keras_version.as_deref()
    }

    /// How the model was compiled, and what its optimizer remembers; `None` for one that was not.
    ///
    /// # Errors
    /// Settings that are none; variables of the optimizer that are missing, left over, of another shape or unreadable.
    pub fn compiled(&self) -> Result<Option<Compiled>, FormatError> {
        let Some((config, weights)) = &self.training else {
            return Ok(None);
        };
        let read = || {
            let Some(config) = compiled::settings(config)? else {
                return Ok(None);
            };
            let optimizer = match compiled::optimizer(&config)? {
                None => None,
                Some(optimizer) => {
                    let trained = optimizer_variables::trained(&self.graph)?;
                    optimizer_variables::read(weights, &optimizer, &trained)?
                }
            };
            Ok(Some(Compiled { config, optimizer }))
        };
        read().map_err(|problem| FormatError::new(&self.path, problem))
    }

    /// Builds the network with its weights.
    ///
    /// # Errors
    /// Layers that do not fit together.
    pub fn into_network(self, device: &Device) -> Result<Network, FormatError> {
        let network = self.graph.build_with_weights(self.weights, device);
        network.map_err(|error| FormatError::new(&self.path, error.into()))
    }
}

/// Builds the network of a `.keras` file; see [`KerasModel::read`].
///
/// ```no_run
/// # mod firebrick { pub use firebrick_formats as formats; pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::formats::keras;
/// use firebrick::burn::tensor::Device;
///
/// let model = keras::load("model.keras", &Device::flex())?;
/// println!("{}", model.summary());
/// # Ok::<(), firebrick::formats::FormatError>(())
/// ```
///
/// # Errors
/// Those of [`KerasModel::read`].
pub fn load(path: impl AsRef<Path>, device: &Device) -> Result<Network, FormatError> {
    KerasModel::read(path)?.into_network(device)
}

/// Saves a network as a `.keras` file, which `keras.models.load_model` reads.
///
/// The file is whole or absent. States that recurrent layers keep between batches are left out, as Keras does.
///
/// ```
/// # mod firebrick { pub use firebrick_formats as formats; pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::formats::keras;
/// use firebrick::burn::tensor::Device;
/// use firebrick::models::Sequential;
/// use firebrick::layers::{Embedding, LSTM};
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("model.keras");
/// let network = Sequential::new([12]).add(Embedding::new(100, 8)).add(LSTM::new(4));
/// keras::save(&network.build(7, &Device::flex())?, &path)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// A network with a layer or an argument that Keras has no word for; a file that cannot be written.
pub fn save(network: &Network, path: impl AsRef<Path>) -> Result<(), FormatError> {
    whole_file::write(path, bytes_of(network))
}

/// What [`save`] writes.
///
/// ```
/// # mod firebrick { pub use firebrick_formats as formats; pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::formats::keras;
/// use firebrick::burn::tensor::Device;
/// use firebrick::models::Sequential;
/// use firebrick::layers::Dense;
///
/// let network = Sequential::new([4]).add(Dense::new(3)).build(7, &Device::flex())?;
/// assert!(keras::to_bytes(&network)?.starts_with(b"PK"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// A network with a layer or an argument that Keras has no word for.
pub fn to_bytes(network: &Network) -> Result<Vec<u8>, FormatError> {
    let name = format!("{}{EXTENSION}", network.config().name());
    bytes_of(network).map_err(|problem| FormatError::new(Path::new(&name), problem))
}

/// Saves a network with how it was compiled, so that `fit` of Keras goes on with it; see [`save`] and [`Compiled`].
///
/// ```no_run
/// # mod firebrick { pub use firebrick_formats as formats; pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::formats::keras::{self, Compiled};
/// use firebrick::burn::tensor::Device;
///
/// let network = keras::load("model.keras", &Device::flex())?;
/// let config = serde_json::from_str(r#"{"optimizer": "adam", "loss": "mse"}"#)?;
/// keras::save_compiled(&network, &Compiled { config, optimizer: None }, "compiled.keras")?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// Those of [`save`]; variables that are not those of the optimizer.
pub fn save_compiled(
    network: &Network,
    compiled: &Compiled,
    path: impl AsRef<Path>,
) -> Result<(), FormatError> {
    whole_file::write(path, all_bytes_of(network, Some(compiled)))
}

/// What [`save_compiled`] writes; see [`Compiled`].
///
/// # Errors
/// Those of [`to_bytes`]; variables that are not those of the optimizer.
pub fn to_compiled_bytes(network: &Network, compiled: &Compiled) -> Result<Vec<u8>, FormatError> {
    let name = format!("{}{EXTENSION}", network.config().name());
    all_bytes_of(network, Some(compiled))
        .map_err(|problem| FormatError::new(Path::new(&name), problem))
}

/// Takes over the weights of a `.weights.h5` or a `.keras` file, as `load_weights` of Keras; clones of the network keep theirs.
///
/// Weights go by their places, not by the names of layers. At an error all stay as they are.
///
/// ```
/// # mod firebrick { pub use firebrick_formats as formats; pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::formats::keras;
/// use firebrick::burn::tensor::Device;
/// use firebrick::models::Sequential;
/// use firebrick::layers::Dense;
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("model.weights.h5");
/// let network = Sequential::new([4]).add(Dense::new(3));
/// let saved = network.build(1, &Device::flex())?;
/// keras::save_weights(&saved, &path)?;
/// let mut other = network.build(2, &Device::flex())?;
/// keras::load_weights(&mut other, &path)?;
/// assert_eq!(other.get_weights()?, saved.get_weights()?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// A file that cannot be read, is damaged or of something else; weights that are missing, left over or of another shape.
pub fn load_weights(network: &mut Network, path: impl AsRef<Path>) -> Result<(), FormatError> {
    let path = path.as_ref();
    let weights = hdf5_of(path).and_then(|weights| weights_for(network.config(), &weights));
    let weights = weights.map_err(|problem| FormatError::new(path, problem))?;
    let shaped = network.config().weights().and_then(|specs| {
        let shaped = specs.into_iter().zip(weights);
        let shaped = shaped.map(|((_, spec), values)| WeightValue::new(spec.shape, values));
        shaped.collect::<Result<Vec<_>, _>>()
    });
    shaped
        .and_then(|shaped| network.set_weights(shaped))
        .map_err(|error| FormatError::new(path, error.into()))
}

/// Saves the weights alone as a `.weights.h5` file, which `load_weights` of Keras reads; see [`load_weights`].
///
/// # Errors
/// As those of [`save`].
pub fn save_weights(network: &Network, path: impl AsRef<Path>) -> Result<(), FormatError> {
    whole_file::write(path, weight_bytes_of(network))
}

/// The names and shapes of the weights of a `.weights.h5` or a `.keras` file.
pub(crate) fn tensors(path: impl AsRef<Path>) -> Result<Vec<(String, Vec<usize>)>, FormatError> {
    let path = path.as_ref();
    let listed = hdf5_of(path).and_then(|weights| {
        let shapes = weights.paths().filter_map(|place| {
            let shape = weights.shape(place)?;
            let shape = shape.map_err(|reason| FormatProblem::Values {
                place: place.to_owned(),
                reason,
            });
            Some(shape.map(|shape| (place.to_owned(), shape)))
        });
        shapes.collect()
    });
    listed.map_err(|problem| FormatError::new(path, problem))
}

/// The weights of a `.weights.h5` or a `.keras` file by their places.
pub(crate) fn read_weights(
    path: impl AsRef<Path>,
) -> Result<BTreeMap<String, WeightValue>, FormatError> {
    let path = path.as_ref();
    let weights = hdf5_of(path).and_then(|weights| layer_weights::by_places(&weights));
    weights.map_err(|problem| FormatError::new(path, problem))
}

/// The weights in a file of either kind.
fn hdf5_of(path: &Path) -> Result<Hdf5, FormatProblem> {
    let action = "read";
    let failed = |source| FormatProblem::File { action, source };
    let mut file = File::open(path).map_err(failed)?;
    let mut start = [0; 2];
    let is_archive = file.read_exact(&mut start).is_ok() && start == *b"PK";
    file.rewind().map_err(failed)?;
    let bytes = if is_archive {
        Archive::open(BufReader::new(file))?.weights()?
    } else {
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(failed)?;
        bytes
    };
    Hdf5::read(bytes).map_err(not_hdf5)
}

pub(crate) fn weight_bytes_of(network: &Network) -> Result<Vec<u8>, FormatProblem> {
    let network = network.clone().merged();
    let config = described(&network)?;
    Weights::of(&network, &config)?.to_hdf5(&[])
}

pub(crate) fn bytes_of(network: &Network) -> Result<Vec<u8>, FormatProblem> {
    all_bytes_of(network, None)
}

fn all_bytes_of(network: &Network, compiled: Option<&Compiled>) -> Result<Vec<u8>, FormatProblem> {
    // Keras has products of low rank in its own form.
    let network = network.clone().merged();
    let mut config = described(&network)?;
    let weights = Weights::of(&network, &config)?;
    let mut variables = Vec::new();
    if let Some(compiled) = compiled {
        let reason = |error: serde_json::Error| FormatProblem::Compile {
            reason: error.to_string(),
        };
        let settings = serde_json::to_value(&compiled.config).map_err(reason)?;
        config[compiled::COMPILE_CONFIG] = settings;
        let optimizer = compiled::optimizer(&compiled.config)?;
        if let (Some(optimizer), Some(remembered)) = (optimizer, &compiled.optimizer) {
            let trained = optimizer_variables::trained(network.config())?;
            variables = optimizer_variables::written(remembered, &optimizer, &trained)?;
        }
    }
    let weights = weights.to_hdf5(&variables)?;
    let metadata = serde_json::json!({
        "keras_version": KERAS_VERSION,
        "producer": concat!("firebrick ", env!("CARGO_PKG_VERSION")),
    });
    archive::written(&[
        (archive::METADATA, metadata.to_string().as_bytes()),
        (archive::CONFIG, config.to_string().as_bytes()),
        (archive::WEIGHTS, &weights),
    ])
}

/// The version of Keras whose form is written.
const KERAS_VERSION: &str = "3.15.1";

/// The network in Keras' JSON.
fn described(network: &Network) -> Result<Value, FormatProblem> {
    let text = network.config().to_keras_json()?;
    parsed(&text)
}

fn weights_for(graph: &Graph, weights: &Hdf5) -> Result<Vec<Vec<f32>>, FormatProblem> {
    let config = parsed(&graph.to_keras_json()?)?;
    matched(graph, &config, weights, &learned::places(&config))
}

fn parsed(text: &str) -> Result<Value, FormatProblem> {
    let expected = "description of a network";
    config_size::check(text).map_err(|reason| FormatProblem::Malformed { expected, reason })?;
    serde_json::from_str(text).map_err(|error| {
        let reason = error.to_string();
        FormatProblem::Malformed { expected, reason }
    })
}

/// The version of Keras that the file says that it is of.
fn version<R: Read + Seek>(archive: &mut Archive<R>) -> Result<Option<String>, FormatProblem> {
    let Some(text) = archive.text(archive::METADATA)? else {
        return Ok(None);
    };
    let metadata = parsed(&text)?;
    Ok(metadata["keras_version"].as_str().map(str::to_owned))
}

fn not_hdf5(reason: String) -> FormatProblem {
    FormatProblem::Malformed {
        expected: "HDF5 file",
        reason,
    }
}
