use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use firebrick_model::{Network, WeightValue};

use crate::error::{FormatError, FormatProblem};
use crate::keras;
use crate::mapping::Mapping;
use crate::onnx;
use crate::pytorch;
use crate::safetensors::{self, Names};
use crate::stored_tensor::TensorInfo;

const PYTORCH: &str = "weights of PyTorch";

/// What becomes of what would be written as a file of PyTorch.
fn read_only() -> FormatProblem {
    FormatProblem::ReadOnly {
        format: PYTORCH,
        instead: "write .safetensors under PyTorch's names, which `safetensors.torch.load_file` reads there",
    }
}

/// A form of files that networks or their weights can be kept in.
///
/// ```
/// # mod firebrick { pub use firebrick_formats as formats; }
/// use firebrick::formats::Format;
/// use firebrick::formats::safetensors::Names;
///
/// assert_eq!(Format::of("digits.keras")?, Format::Keras);
/// assert_eq!(Format::of("digits.safetensors")?.with_names(Names::PyTorch), Format::Safetensors(Names::PyTorch));
/// assert!(Format::of("digits.h5").unwrap_err().to_string().contains("should end in one of .keras"));
/// # Ok::<(), firebrick::formats::FormatError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// A whole model of Keras 3.
    Keras,
    /// Weights of Keras 3.
    KerasWeights,
    /// Weights in safetensors.
    Safetensors(Names),
    /// Weights of PyTorch, which are read only.
    PyTorch,
    /// A whole model of ONNX.
    Onnx,
}

impl Format {
    /// How the names of the files end that are known.
    pub const ENDINGS: &'static [&'static str] = &[
        keras::EXTENSION,
        keras::WEIGHTS_EXTENSION,
        safetensors::EXTENSION,
        pytorch::EXTENSIONS[0],
        pytorch::EXTENSIONS[1],
        pytorch::EXTENSIONS[2],
        pytorch::EXTENSIONS[3],
        onnx::EXTENSION,
    ];

    /// The format that the name of a file says.
    ///
    /// # Errors
    /// A name that ends otherwise.
    pub fn of(path: impl AsRef<Path>) -> Result<Self, FormatError> {
        let path = path.as_ref();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let name = name.to_lowercase();
        let all = [
            (keras::EXTENSION, Self::Keras),
            (keras::WEIGHTS_EXTENSION, Self::KerasWeights),
            (safetensors::EXTENSION, Self::Safetensors(Names::Own)),
            (onnx::EXTENSION, Self::Onnx),
        ];
        let of_pytorch = pytorch::EXTENSIONS.iter();
        let all = all
            .into_iter()
            .chain(of_pytorch.map(|ending| (*ending, Self::PyTorch)));
        let mut all = all.filter(|(ending, _)| name.ends_with(ending));
        let found = all.next();
        found.map(|(_, format)| format).ok_or_else(|| {
            let endings = Self::ENDINGS;
            FormatError::new(path, FormatProblem::Ending { endings })
        })
    }

    /// The same with these names, where weights can have several.
    #[must_use = "returns the changed format"]
    pub fn with_names(self, names: Names) -> Self {
        match self {
            Self::Safetensors(_) => Self::Safetensors(names),
            other => other,
        }
    }

    /// Whether a file of this format says what network it holds, beside its weights.
    pub fn holds_network(self) -> bool {
        matches!(self, Self::Keras | Self::Onnx)
    }

    /// Makes sure that files of this format are written, not only read.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_formats as formats; }
    /// use firebrick::formats::Format;
    ///
    /// let error = Format::PyTorch.check_written("digits.pt").unwrap_err();
    /// assert!(error.to_string().contains("write .safetensors"));
    /// # Format::Keras.check_written("digits.keras")?;
    /// # Ok::<(), firebrick::formats::FormatError>(())
    /// ```
    ///
    /// # Errors
    /// A format that is read only; the error calls the file `path`.
    pub fn check_written(self, path: impl AsRef<Path>) -> Result<(), FormatError> {
        if self == Self::PyTorch {
            return Err(FormatError::new(path.as_ref(), read_only()));
        }
        Ok(())
    }

    /// The contents of a file; errors call it `name`.
    ///
    /// # Errors
    /// A layer that the format has no word for; a format that is read only.
    pub fn to_bytes(
        self,
        network: &Network,
        name: impl AsRef<Path>,
    ) -> Result<Vec<u8>, FormatError> {
        let bytes = match self {
            Self::Keras => keras::bytes_of(network),
            Self::KerasWeights => keras::weight_bytes_of(network),
            Self::Safetensors(names) => safetensors::bytes_of(network, names),
            Self::PyTorch => Err(read_only()),
            Self::Onnx => onnx::bytes_of(network),
        };
        bytes.map_err(|problem| FormatError::new(name.as_ref(), problem))
    }

    /// Takes over the weights of a file; clones of the network keep theirs. At an error all weights stay as they are.
    ///
    /// # Errors
    /// A file that cannot be read, is damaged or of something else; weights that are missing, left over or of another
    /// shape.
    pub fn load_weights(
        self,
        network: &mut Network,
        path: impl AsRef<Path>,
    ) -> Result<(), FormatError> {
        match self {
            Self::Keras | Self::KerasWeights => keras::load_weights(network, path),
            Self::Safetensors(_) | Self::PyTorch => {
                self.load_mapped(network, path, &Mapping::by_name())
            }
            Self::Onnx => onnx::load_weights(network, path.as_ref()),
        }
    }

    /// Takes over the weights of a file of safetensors or PyTorch as a mapping says.
    ///
    /// # Errors
    /// Those of [`load_weights`](Self::load_weights); a format that says by itself which weights are whose.
    pub fn load_mapped(
        self,
        network: &mut Network,
        path: impl AsRef<Path>,
        mapping: &Mapping,
    ) -> Result<(), FormatError> {
        match self {
            Self::Safetensors(_) => safetensors::load_mapped(network, path, mapping).map(drop),
            Self::PyTorch => pytorch::load_weights(network, path, mapping).map(drop),
            Self::Keras | Self::KerasWeights | Self::Onnx => {
                let problem = FormatProblem::NotMapped {
                    format: self.to_string(),
                };
                Err(FormatError::new(path.as_ref(), problem))
            }
        }
    }

    /// Whether the weights of files of this format can be taken over by a mapping.
    pub fn is_mapped(self) -> bool {
        matches!(self, Self::Safetensors(_) | Self::PyTorch)
    }

    /// The weights of a file by the names that it has for them, whatever network they are of.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_formats as formats; pub use firebrick_model::{burn, layers, self as models}; }
    /// use firebrick::burn::tensor::Device;
    /// use firebrick::formats::{Format, keras};
    /// use firebrick::layers::Dense;
    /// use firebrick::models::Sequential;
    ///
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("model.weights.h5");
    /// let network = Sequential::new([4]).add(Dense::new(3)).build(7, &Device::flex())?;
    /// keras::save_weights(&network, &path)?;
    /// let weights = Format::of(&path)?.read_weights(&path)?;
    /// assert_eq!(weights["layers/dense/vars/0"], network.weight("dense/kernel")?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// A file that cannot be read, is damaged or of something else.
    pub fn read_weights(
        self,
        path: impl AsRef<Path>,
    ) -> Result<BTreeMap<String, WeightValue>, FormatError> {
        match self {
            Self::Keras | Self::KerasWeights => keras::read_weights(path),
            Self::Safetensors(_) => safetensors::read_weights(path),
            Self::PyTorch => pytorch::read_weights(path),
            Self::Onnx => onnx::read_weights(path.as_ref()),
        }
    }

    /// The tensors of a file; of PyTorch's those that are weights.
    ///
    /// # Errors
    /// A file that cannot be read, is damaged or of something else.
    pub fn tensors(self, path: impl AsRef<Path>) -> Result<Vec<TensorInfo>, FormatError> {
        match self {
            Self::Keras | Self::KerasWeights => {
                Ok(keras::tensors(path)?.into_iter().map(Into::into).collect())
            }
            Self::Safetensors(_) => safetensors::tensors(path),
            Self::PyTorch => pytorch::tensors(path),
            Self::Onnx => {
                let tensors = onnx::tensors(path.as_ref())?;
                Ok(tensors.into_iter().map(Into::into).collect())
            }
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Keras => "a model of Keras",
            Self::KerasWeights => "weights of Keras",
            Self::Safetensors(Names::Own) => "weights in safetensors",
            Self::Safetensors(Names::PyTorch) => "weights in safetensors under PyTorch's names",
            Self::PyTorch => PYTORCH,
            Self::Onnx => "a model of ONNX",
        })
    }
}
