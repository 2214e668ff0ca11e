//! Whose names the weights of a file have, as a flag says it.

use clap::ValueEnum;
use firebrick::formats::safetensors::Names;

/// Whose names weights have.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum GivenNames {
    /// Those of the network, `dense/kernel`
    #[value(alias = "own")]
    Firebrick,
    /// Those of PyTorch's modules, `dense.weight`
    Pytorch,
}

impl From<GivenNames> for Names {
    fn from(names: GivenNames) -> Self {
        match names {
            GivenNames::Firebrick => Self::Own,
            GivenNames::Pytorch => Self::PyTorch,
        }
    }
}
