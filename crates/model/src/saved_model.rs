mod any;
mod card;
mod loading;
mod network;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use burn::store::{ModuleRecord, RecordError};
use burn::tensor::{Bytes, DType, Device, Shape};
use burn_pack::{Reader, Writer};
use firebrick_spec::shortened;

use crate::atomic_file::write_whole;
use crate::error::ModelError;
use crate::mlp::Mlp;
use crate::mlp_config::MlpConfig;
use crate::model::Model;
use crate::seal::{Seal, check_seal, seal};

pub use card::save_card;
pub use loading::{LoadWeights, LoadedWeights, WeightMismatch};

/// Key of the file's metadata under which the model's description lies.
const DESCRIPTION: &str = "firebrick.model";

/// Key of the file's metadata under which the version of its form lies.
const FORM: &str = "firebrick.form";

/// The newest form of files; those of before it was written down are the first.
const NEWEST_FORM: u32 = 1;

/// Saves a model's weights and, where it has one, its description, in Burn's burnpack format.
///
/// The file is written to a temporary name, synced and renamed: it is whole or absent. It holds a checksum (SHA-256) of
/// all its bytes, so that damage is found when it is read.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, self as models}; }
/// use firebrick::burn::tensor::Device;
/// use firebrick::models::{MlpConfig, SavedModel, save_model};
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("model.bpk");
/// let model = MlpConfig::new(4, 3).init(1, &Device::flex())?;
/// save_model(&model, &path)?;
/// // The file knows what network it holds.
/// let loaded = SavedModel::read(&path)?.into_model(&Device::flex())?;
/// assert_eq!(loaded.summary(), model.summary());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// A network with a layer that no file can keep; a file that cannot be written. Whatever was at
/// `path` before is then still there.
pub fn save_model<M: Model>(model: &M, path: &Path) -> Result<(), ModelError> {
    model.check_saveable()?;
    let model = model.clone().merged();
    write(&model, model.description(), path)
}

/// Saves a model's weights alone, for [`SavedModel::load_into`] a model that is built by code.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, self as models}; }
/// use firebrick::burn::tensor::{Device, Tensor};
/// use firebrick::models::{MlpConfig, SavedModel, save_weights};
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("weights.bpk");
/// let new = |seed| MlpConfig::new(4, 3).init(seed, &Device::flex());
/// let model = new(1)?;
/// save_weights(&model, &path)?;
/// // Code that builds the same network takes them.
/// let loaded = SavedModel::read(&path)?.load_into(new(2)?)?;
/// let x = || Tensor::<2>::ones([1, 4], &Device::flex());
/// assert_eq!(loaded.predict(x())?.into_vec()?, model.predict(x())?.into_vec()?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// As those of [`save_model`], but for a layer that no file can keep.
pub fn save_weights<M: Model>(model: &M, path: &Path) -> Result<(), ModelError> {
    write(&model.clone().merged(), None, path)
}

fn write<M: Model>(model: &M, description: Option<String>, path: &Path) -> Result<(), ModelError> {
    let writer = pack(model, description)
        .map_err(|error| cannot_write(path, std::io::Error::other(error.to_string())))?;
    write_sealed(writer, path)
}

fn write_sealed(writer: Writer, path: &Path) -> Result<(), ModelError> {
    let written = seal(writer).and_then(|bytes| write_whole(path, &bytes));
    written.map_err(|source| cannot_write(path, source))
}

fn cannot_write(path: &Path, source: std::io::Error) -> ModelError {
    ModelError::File {
        path: path.to_owned(),
        action: "write",
        source,
    }
}

/// Burn's record of the module, with our description added to its metadata.
fn pack<M: Model>(model: &M, description: Option<String>) -> Result<Writer, RecordError> {
    let record = model.clone().into_record().into_bytes()?;
    let mut tensors = Reader::from_bytes(record)?.into_tensors()?;
    for tensor in &mut tensors {
        // It is drawn anew in every process; without it the same weights are the same bytes.
        tensor.param_id = None;
    }
    let writer = Writer::new(tensors)
        .with_metadata("producer", "firebrick")
        .with_metadata("version", env!("CARGO_PKG_VERSION"))
        .with_metadata(FORM, &NEWEST_FORM.to_string());
    Ok(match description {
        Some(description) => writer.with_metadata(DESCRIPTION, &description),
        None => writer,
    })
}

/// A model file, read and checked, not yet on a device.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// # use firebrick::burn::tensor::{Device, Tensor};
/// # use firebrick::models::{MlpConfig, SavedModel, save_model};
/// # let directory = tempfile::tempdir()?;
/// # let path = directory.path().join("model.bpk");
/// let device = Device::flex();
/// let model = MlpConfig::new(784, 10).with_hidden([32]).init(1, &device)?;
/// save_model(&model, &path)?;
///
/// let loaded = SavedModel::read(&path)?.into_mlp(&device)?;
/// assert_eq!(loaded.config(), model.config());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct SavedModel {
    path: PathBuf,
    reader: Reader,
    seal: Seal,
}

impl SavedModel {
    /// Reads a file written by [`save_model`].
    ///
    /// # Errors
    /// A file that is missing, unreadable, damaged, cut off, of another format or of a newer version. A file without a checksum, as written
    /// before there was one, is taken as it is.
    pub fn read(path: &Path) -> Result<Self, ModelError> {
        let bytes = std::fs::read(path).map_err(|source| ModelError::File {
            path: path.to_owned(),
            action: "read",
            source,
        })?;
        Self::from_bytes(bytes, path)
    }

    /// Reads a model that is already in memory, e.g. compiled in with `include_bytes!`; errors call
    /// it `name`.
    ///
    /// # Errors
    /// Bytes that are damaged, cut off, of another format or of a newer version.
    pub fn from_bytes(
        bytes: impl Into<Vec<u8>>,
        name: impl Into<PathBuf>,
    ) -> Result<Self, ModelError> {
        let path = name.into();
        let bytes = bytes.into();
        let seal = check_seal(&bytes);
        if seal == Seal::Broken {
            let reason = "its bytes are not those that its checksum was made of, the file was damaged or cut off since";
            return Err(malformed(&path, reason.to_owned()));
        }
        let reader = Reader::from_bytes(Bytes::from_bytes_vec(bytes))
            .map_err(|error| malformed(&path, error.to_string()))?;
        let form = reader.metadata().get(FORM);
        if form.is_some_and(|form| form.parse().map_or(true, |form: u32| form > NEWEST_FORM)) {
            let received = form.map(|form| shortened(form)).unwrap_or_default();
            return Err(ModelError::NewerFile {
                path,
                received,
                known: NEWEST_FORM,
            });
        }
        Ok(Self { path, reader, seal })
    }

    /// What the file's checksum says of it: that it is as it was written, or that there is none.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_model::{burn, self as models}; }
    /// # use firebrick::burn::tensor::Device;
    /// # use firebrick::models::{MlpConfig, SavedModel, Seal, save_model};
    /// # let directory = tempfile::tempdir()?;
    /// # let path = directory.path().join("model.bpk");
    /// save_model(&MlpConfig::new(4, 2).init(1, &Device::flex())?, &path)?;
    /// assert_eq!(SavedModel::read(&path)?.seal(), Seal::Intact);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn seal(&self) -> Seal {
        self.seal
    }

    /// The description kept in the file, if the model had one.
    pub fn description(&self) -> Option<&str> {
        self.reader.metadata().get(DESCRIPTION).map(String::as_str)
    }

    /// Builds the multi-layer perceptron that the file describes.
    ///
    /// # Errors
    /// A file of another kind of model, or one whose weights do not fit its description.
    pub fn into_mlp(self, device: &Device) -> Result<Mlp, ModelError> {
        let description = self.required_description()?;
        let path = self.path;
        let config: MlpConfig = serde_json::from_str(&description)
            .map_err(|error| malformed(&path, format!("its description is no MLP: {error}")))?;
        config.validate()?;

        // Only weights of exactly the described shapes are there to be allocated.
        let tensors = self
            .reader
            .into_tensors()
            .map_err(|error| malformed(&path, error.to_string()))?;
        let mut expected = BTreeMap::new();
        for (index, layer) in config.layers().iter().enumerate() {
            expected.insert(
                format!("layers.{index}.weight"),
                Shape::new([layer.inputs, layer.units]),
            );
            expected.insert(format!("layers.{index}.bias"), Shape::new([layer.units]));
        }
        check_tensors(&path, &tensors, expected)?;
        load(tensors, config.init(0, device)?).map_err(|error| malformed(&path, error.to_string()))
    }

    fn required_description(&self) -> Result<String, ModelError> {
        let description = self.description().map(ToOwned::to_owned);
        description.ok_or_else(|| {
            malformed(
                &self.path,
                "it holds weights without a description".to_owned(),
            )
        })
    }

    /// Loads the weights into a module of the same structure, e.g. one of your own.
    ///
    /// # Errors
    /// Weights that are missing, left over or of another shape; the error lists them.
    pub fn load_into<M: Model>(self, module: M) -> Result<M, ModelError> {
        let path = self.path;
        self.reader
            .into_tensors()
            .map_err(RecordError::from)
            .and_then(|tensors| load(tensors, module))
            .map_err(|error| malformed(&path, error.to_string()))
    }
}

/// Checks that a file holds exactly the expected weights.
fn check_tensors(
    path: &Path,
    tensors: &[burn_pack::Tensor],
    mut expected: BTreeMap<String, Shape>,
) -> Result<(), ModelError> {
    for tensor in tensors {
        match expected.remove(&tensor.name) {
            Some(shape) if tensor.shape == shape && tensor.dtype == DType::F32 => {}
            Some(shape) => {
                let reason = format!(
                    "weight `{}` should be {shape:?} F32, it is {:?} {:?}",
                    tensor.name, tensor.shape, tensor.dtype
                );
                return Err(malformed(path, reason));
            }
            None => {
                let reason = format!("weight `{}` belongs to no layer", tensor.name);
                return Err(malformed(path, reason));
            }
        }
    }
    match expected.into_keys().next() {
        Some(name) => Err(malformed(path, format!("weight `{name}` is missing"))),
        None => Ok(()),
    }
}

fn load<M: Model>(tensors: Vec<burn_pack::Tensor>, module: M) -> Result<M, RecordError> {
    let record = ModuleRecord::from_bytes(Writer::new(tensors).into_bytes()?)?;
    module.try_load_record(record)
}

fn malformed(path: &Path, reason: String) -> ModelError {
    ModelError::Malformed {
        path: path.to_owned(),
        reason,
    }
}
