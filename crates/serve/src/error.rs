use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use firebrick_data::DataError;
use firebrick_model::{ModelError, Shape};

/// Why a network is not served.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// A network that cannot be asked.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// A table that the network does not go with.
    #[error(transparent)]
    Data(#[from] DataError),
    /// A card that tells of data in a form that is not known.
    #[error(
        "the file of `{name}` tells what it was trained on in a form that is not known: {source}; a newer version may read it, or say \
         what it takes by `Served::with_table`"
    )]
    Card {
        /// What is served.
        name: String,
        /// What is not known.
        source: serde_json::Error,
    },
    /// A network that takes no pictures.
    #[error(
        "`{name}` takes inputs of shape {shape}, expected grey pictures, `[28, 28]`, `[28, 28, 1]` or a square number of features; \
         serve it without `with_pictures`, its rows as numbers"
    )]
    NoPictures {
        /// What is served.
        name: String,
        /// A sample.
        shape: Shape,
    },
    /// Another number of names than there are classes.
    #[error(
        "`{name}` tells {expected} classes apart, received {received} names; give one for each, in their order"
    )]
    Classes {
        /// What is served.
        name: String,
        /// How many there are.
        expected: usize,
        /// How many names.
        received: usize,
    },
    /// A table with another number of columns than the network has inputs.
    #[error(
        "the table has {received} numbers a row for the input `{input}` of `{name}`, expected {expected}; give the description that \
         the network was trained by"
    )]
    Columns {
        /// What is served.
        name: String,
        /// The input of the network.
        input: String,
        /// What it takes.
        expected: usize,
        /// What there is.
        received: usize,
    },
    /// A server that others reach and that asks nobody who they are.
    #[error(
        "{address} can be reached from other machines, expected a token that those have to know; give one (`--token-file FILE` or \
         FIREBRICK_TOKEN), or listen at 127.0.0.1"
    )]
    NoToken {
        /// Where it would listen.
        address: SocketAddr,
    },
    /// A token that is none.
    #[error(
        "the token {place} has {received}, expected {expected} on a single line; `openssl rand -hex 32` makes one"
    )]
    Token {
        /// Where it is.
        place: String,
        /// What it should be.
        expected: &'static str,
        /// What it is.
        received: String,
    },
    /// A file that cannot be read.
    #[error("cannot read `{}`: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// An address that cannot be listened at.
    #[error("cannot listen at {address}: {source}{}", hint(source))]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// What the system does not give.
    #[error("the server cannot go on: {0}")]
    System(#[from] io::Error),
}

fn hint(source: &io::Error) -> &'static str {
    match source.kind() {
        io::ErrorKind::AddrInUse => "; name another port",
        io::ErrorKind::PermissionDenied => "; ports below 1024 are the system's, name another one",
        io::ErrorKind::AddrNotAvailable => "; it is no address of this machine",
        _ => "",
    }
}
