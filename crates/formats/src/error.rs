use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use firebrick_model::ModelError;

/// What is wrong with a file of a model, and which file it is.
#[derive(Debug)]
pub struct FormatError {
    path: PathBuf,
    problem: Box<FormatProblem>,
}

/// What can be wrong with a file of a model.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FormatProblem {
    /// A file that cannot be read or written.
    #[error("cannot {action} it: {source}")]
    File {
        /// `read` or `write`.
        action: &'static str,
        /// What the system says.
        source: io::Error,
    },

    /// Bytes that are damaged or something else.
    #[error("it is no {expected} that can be read: {reason}")]
    Malformed {
        /// What it should be, e.g. `.keras file`.
        expected: &'static str,
        /// What is wrong, and what to do.
        reason: String,
    },

    /// A part that would unpack to more than it may.
    #[error(
        "its {part} has {size} bytes, expected at most {limit}; save the model again without compression"
    )]
    TooLarge {
        /// Which part.
        part: String,
        /// How large it says that it is.
        size: u64,
        /// How large it may be.
        limit: u64,
    },

    /// A network that cannot be honoured or built.
    #[error(transparent)]
    Model(#[from] ModelError),

    /// A layer whose weights have no place in the format.
    #[error("layer `{layer}` ({class_name}): {reason}")]
    Layer {
        /// Name of the layer.
        layer: String,
        /// What kind of layer it is.
        class_name: String,
        /// What has no place.
        reason: String,
    },

    /// A node of a graph that no layer can stand for.
    #[error("node `{node}` ({operator}): {reason}")]
    Operator {
        /// Name of the node.
        node: String,
        /// What it computes.
        operator: String,
        /// What has no layer, and what to do.
        reason: String,
    },

    /// A weight that the file does not have.
    #[error(
        "weight `{weight}` is missing, expected {expected:?} at `{place}`; save the model again, or choose the network that the \
         file is of"
    )]
    MissingWeight {
        /// Layer and name of the weight.
        weight: String,
        /// Its shape.
        expected: Vec<usize>,
        /// Where it would be in the file.
        place: String,
    },

    /// A weight of another shape.
    #[error(
        "weight `{weight}` should have the shape {expected:?}, at `{place}` there is {received:?}; choose the network that the \
         file is of"
    )]
    WeightShape {
        /// Layer and name of the weight.
        weight: String,
        /// Its shape in the network.
        expected: Vec<usize>,
        /// Its shape in the file.
        received: Vec<usize>,
        /// Where it is in the file.
        place: String,
    },

    /// Tensors that were to be taken in order and do not fit.
    #[error(
        "in order `{weight}` takes the next tensor, a `{name}` of the shape {expected:?}, {}; choose the network that the file \
         is of, or say by a table which tensor is whose",
        next_in_order(next.as_ref())
    )]
    OutOfOrder {
        /// Layer and name of the weight.
        weight: String,
        /// What the tensor is called within a module.
        name: String,
        /// The shape that the tensor should have.
        expected: Vec<usize>,
        /// The name and the shape of the file's next tensor, if there is another.
        next: Option<(String, Vec<usize>)>,
    },

    /// A table of names that does not fit the file.
    #[error("the table of names does not fit: {reason}")]
    NameTable {
        /// What does not fit.
        reason: String,
    },

    /// Values that cannot be read.
    #[error("the values at `{place}` cannot be read: {reason}")]
    Values {
        /// Where they are in the file.
        place: String,
        /// What is wrong with them.
        reason: String,
    },

    /// Weights that no layer takes.
    #[error(
        "no layer takes the weights at {}; choose the network that the file is of",
        listed(places)
    )]
    Unused {
        /// Where they are in the file.
        places: Vec<String>,
    },

    /// Variables of an optimizer that are too few or too many.
    #[error(
        "the optimizer `{optimizer}` has {expected} variables for the weights that train, at `optimizer/vars` there are {received}; save \
         the model again, or leave out how it was compiled"
    )]
    OptimizerVariables {
        /// Its name.
        optimizer: String,
        /// How many it has.
        expected: usize,
        /// How many the file has.
        received: usize,
    },

    /// Settings of a training that cannot be.
    #[error(
        "how it was compiled cannot be read: {reason}; save the model again, or leave out how it was compiled"
    )]
    Compile {
        /// Which one, and what is wrong.
        reason: String,
    },

    /// A file that would have more bytes than its format allows.
    #[error(
        "it would have {size} bytes, expected at most {limit}; save the weights as .safetensors, or the network as .keras"
    )]
    TooMuch {
        /// How many bytes it would have.
        size: usize,
        /// How many it may have.
        limit: usize,
    },

    /// A mapping for a file that says by itself which weights are whose.
    #[error("{format} say by themselves which weights are whose; take them over without a mapping")]
    NotMapped {
        /// What the file is.
        format: String,
    },

    /// A file of a format that is read, not written.
    #[error("{format} are read only, not written; {instead}")]
    ReadOnly {
        /// What the file would be.
        format: &'static str,
        /// What to write instead.
        instead: &'static str,
    },

    /// A file whose name says nothing that is known.
    #[error("its name should end in one of {}", endings.join(", "))]
    Ending {
        /// How the names of files end that are known.
        endings: &'static [&'static str],
    },
}

impl FormatError {
    /// A problem with this file.
    pub fn new(path: &Path, problem: FormatProblem) -> Self {
        Self {
            path: path.to_owned(),
            problem: Box::new(problem),
        }
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What is wrong with it.
    pub fn problem(&self) -> &FormatProblem {
        &self.problem
    }
}

impl fmt::Display for FormatError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`: {}", self.path.display(), self.problem)
    }
}

impl std::error::Error for FormatError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        std::error::Error::source(&*self.problem)
    }
}

/// The next tensor of a file.
fn next_in_order(next: Option<&(String, Vec<usize>)>) -> String {
    match next {
        None => "and the file has no more".to_owned(),
        Some((name, shape)) => {
            let name = firebrick_model::shortened(name);
            format!("and the next of the file is `{name}` of {shape:?}")
        }
    }
}

/// The first of many names, and how many there are.
fn listed(names: &[String]) -> String {
    const SHOWN: usize = 5;
    let shown: Vec<String> = names
        .iter()
        .take(SHOWN)
        .map(|name| format!("`{}`", firebrick_model::shortened(name)))
        .collect();
    match names.len().checked_sub(SHOWN) {
        None | Some(0) => shown.join(", "),
        Some(more) => format!("{} and {more} more", shown.join(", ")),
    }
}
