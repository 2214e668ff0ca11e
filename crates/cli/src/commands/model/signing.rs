//! `firebrick model sign` and `firebrick model verify`

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, anyhow};
use clap::Args;
use ed25519_dalek::{Signature, Signer};
use firebrick::models::{SavedModel, write_whole};

use super::{Named, keys, signature_of};
use crate::output;

/// Sign a model file: 64 bytes in FILE.sig beside it.
#[derive(Debug, Args)]
pub(super) struct SignArguments {
    #[command(flatten)]
    named: Named,

    /// The secret key, see `firebrick model key`
    #[arg(long, value_name = "FILE.pem")]
    key: PathBuf,
}

/// Check that a model file is the one that was signed.
#[derive(Debug, Args)]
pub(super) struct VerifyArguments {
    #[command(flatten)]
    named: Named,

    /// The public key of who has signed it
    #[arg(long, value_name = "FILE.pub.pem")]
    key: PathBuf,
}

pub(super) fn sign(arguments: &SignArguments) -> anyhow::Result<ExitCode> {
    let key = keys::secret(&arguments.key)?;
    let file = arguments.named.file()?;
    let bytes = read_model(&file)?;
    let signature = signature_of(&file);
    write_whole(&signature, &key.sign(&bytes).to_bytes())
        .with_context(|| format!("cannot write `{}`", signature.display()))?;
    output::print(&format!(
        "signed `{}`: {}\n",
        file.display(),
        signature.display()
    ))?;
    Ok(ExitCode::SUCCESS)
}

pub(super) fn verify(arguments: &VerifyArguments) -> anyhow::Result<ExitCode> {
    let key = keys::public(&arguments.key)?;
    let file = arguments.named.file()?;
    let bytes = read_model(&file)?;
    let path = signature_of(&file);
    let signature = fs::read(&path).with_context(|| {
        format!(
            "cannot read the signature `{}`; `firebrick model sign` makes it",
            path.display()
        )
    })?;
    let signature = Signature::from_slice(&signature).map_err(|error| {
        anyhow!(
            "`{}` has {} bytes, expected 64 ({error}); it is no signature, or damaged",
            path.display(),
            signature.len()
        )
    })?;
    if key.verify_strict(&bytes, &signature).is_err() {
        return Err(anyhow!(
            "`{}` is not what was signed by `{}`: it has changed since, or somebody else has signed it; do not use it",
            file.display(),
            arguments.key.display()
        ));
    }
    output::print(&format!("`{}` is what was signed\n", file.display()))?;
    Ok(ExitCode::SUCCESS)
}

/// The bytes of a file that is a model.
fn read_model(file: &Path) -> anyhow::Result<Vec<u8>> {
    let bytes = fs::read(file).with_context(|| format!("cannot read `{}`", file.display()))?;
    SavedModel::from_bytes(bytes.clone(), file)?;
    Ok(bytes)
}
