use firebrick_formats::FormatError;
use firebrick_model::ModelError;

use crate::architecture::Architecture;

/// What can be wrong with a well-known network or with the weights for it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ApplicationError {
    /// A network that Keras does not have.
    #[error(
        "Keras has no {architecture}, expected one of torchvision's; choose `Origin::Torchvision`, or resnet50"
    )]
    NotOfKeras {
        /// Which network.
        architecture: Architecture,
    },

    /// A width that there is not.
    #[error("{architecture}: alpha should be {expected}, received {received}")]
    Alpha {
        /// Which network.
        architecture: Architecture,
        /// What it may be.
        expected: &'static str,
        /// What it is.
        received: f64,
    },

    /// An image that is too small, or none.
    #[error(
        "{architecture} takes images [height, width, channels] of at least 32 by 32, received {received}; enlarge them"
    )]
    InputShape {
        /// Which network.
        architecture: Architecture,
        /// The shape of a sample.
        received: String,
    },

    /// No classes.
    #[error(
        "{architecture} should have at least 1 class, received 0; leave the top away by `without_top`"
    )]
    Classes {
        /// Which network.
        architecture: Architecture,
    },

    /// A size or a rate of an encoder that cannot be.
    #[error("encoder: {argument} should be {expected}, received {received}")]
    Encoder {
        /// Its name in `config.json`.
        argument: &'static str,
        /// What it may be.
        expected: String,
        /// What it is.
        received: String,
    },

    /// A `config.json` that cannot be read.
    #[error("`config.json` of a BertModel cannot be read: {source}")]
    Config {
        /// What is wrong and where.
        source: serde_json::Error,
    },

    /// A file of something else.
    #[error("`{path}` should end in {expected}, which is what weights of {origin} lie in")]
    Ending {
        /// The file.
        path: String,
        /// How its name may end.
        expected: &'static str,
        /// Whose network it is.
        origin: &'static str,
    },

    /// A network that does not hold this one.
    #[error(
        "the network has no weight `{weight}`, by itself or within a layer, expected it from what `graph` gives; build it of that"
    )]
    NotThere {
        /// One of the weights that were looked for.
        weight: String,
    },

    /// A network that holds it several times.
    #[error(
        "the network has `{weight}` {count} times, expected it once; load the weights into each part before they are joined"
    )]
    SeveralTimes {
        /// One of the weights that were looked for.
        weight: String,
        /// How often it is there.
        count: usize,
    },

    /// A file that cannot be read, or of another network.
    #[error(transparent)]
    Format(#[from] FormatError),

    /// A network that cannot be built.
    #[error(transparent)]
    Model(#[from] ModelError),
}
