//! `firebrick model`

mod changing;
mod keys;
mod showing;
mod signing;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};
use firebrick::training::RunDirectory;

use self::changing::SetArguments;
use self::keys::KeyArguments;
use self::showing::ShowArguments;
use self::signing::{SignArguments, VerifyArguments};
use crate::runs::RunsFolder;

const EXAMPLES: &str = "\
EXAMPLES:
  firebrick model show mnist-1
  firebrick model set mnist-1 --license MIT --note 'trained on all of MNIST'
  firebrick model key team.pem
  firebrick model sign mnist-1 --key team.pem
  firebrick model verify mnist-1 --key team.pub.pem

A model file is whole by itself: network, weights, names of classes, what the data were and how they were prepared, figures, license, note, \
checksum. `sign` puts a signature of its bytes beside it (ed25519), which OpenSSL understands as well.";

/// Look at a model file, say whose it is, sign it.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ModelArguments {
    #[command(subcommand)]
    command: ModelCommand,
}

#[derive(Debug, Subcommand)]
enum ModelCommand {
    /// Show what a model file tells of its network
    Show(ShowArguments),
    /// Change what it tells: names of classes, license, note
    Set(SetArguments),
    /// Make a pair of keys to sign with
    Key(KeyArguments),
    /// Sign the file, as it is now
    Sign(SignArguments),
    /// Check that the file is the one that was signed
    Verify(VerifyArguments),
}

/// Whose model file is meant.
#[derive(Debug, Args)]
struct Named {
    /// Name or path of the run, or a model file
    #[arg(value_name = "RUN|FILE")]
    model: PathBuf,

    #[command(flatten)]
    runs: RunsFolder,
}

pub(crate) fn run(arguments: &ModelArguments) -> anyhow::Result<ExitCode> {
    match &arguments.command {
        ModelCommand::Show(arguments) => showing::run(arguments),
        ModelCommand::Set(arguments) => changing::run(arguments),
        ModelCommand::Key(arguments) => keys::run(arguments),
        ModelCommand::Sign(arguments) => signing::sign(arguments),
        ModelCommand::Verify(arguments) => signing::verify(arguments),
    }
}

impl Named {
    /// The model file.
    fn file(&self) -> anyhow::Result<PathBuf> {
        if self.model.is_file() && !self.runs.path.join(&self.model).exists() {
            return Ok(self.model.clone());
        }
        Ok(self.runs.open(&self.model)?.file(RunDirectory::MODEL))
    }
}

/// Where the signature of a model file lies.
fn signature_of(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".sig");
    name.into()
}
