use std::fmt;
use std::path::Path;

use firebrick_model::Network;

use crate::error::{FormatError, FormatProblem};
use crate::keras;
use crate::onnx;
use crate::safetensors::{self, Names};

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
    /// A whole model of ONNX.
    Onnx,
}

impl Format {
    /// How the names of the files end that are known.
    pub const ENDINGS: &'static [&'static str] = &[
        keras::EXTENSION,
        keras::WEIGHTS_EXTENSION,
        safetensors::EXTENSION,
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
        let found = all.into_iter().find(|(ending, _)| name.ends_with(ending));
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

    /// The contents of a file; errors call it `name`.
    ///
    /// # Errors
    /// A layer that the format has no word for.
    pub fn to_bytes(
        self,
        network: &Network,
        name: impl AsRef<Path>,
    ) -> Result<Vec<u8>, FormatError> {
        let bytes = match self {
            Self::Keras => keras::bytes_of(network),
            Self::KerasWeights => keras::weight_bytes_of(network),
            Self::Safetensors(names) => safetensors::bytes_of(network, names),
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
            Self::Safetensors(_) => safetensors::load_weights(network, path).map(drop),
            Self::Onnx => onnx::load_weights(network, path.as_ref()),
        }
    }

    /// The names and shapes of the tensors of a file.
    ///
    /// # Errors
    /// A file that cannot be read, is damaged or of something else.
    pub fn tensors(self, path: impl AsRef<Path>) -> Result<Vec<(String, Vec<usize>)>, FormatError> {
        match self {
            Self::Keras | Self::KerasWeights => keras::tensors(path),
            Self::Safetensors(_) => safetensors::tensors(path),
            Self::Onnx => onnx::tensors(path.as_ref()),
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
            Self::Onnx => "a model of ONNX",
        })
    }
}
