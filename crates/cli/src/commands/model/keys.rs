//! `firebrick model key`, and how keys are read.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, anyhow};
use clap::Args;
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{DecodePrivateKey, DecodePublicKey, EncodePrivateKey, EncodePublicKey};
use ed25519_dalek::{SigningKey, VerifyingKey};

use crate::failure::OrUsage;
use crate::output;

/// Make a pair of keys to sign with: FILE, which only you may have, and one that ends in .pub.pem, for all who verify.
#[derive(Debug, Args)]
pub(super) struct KeyArguments {
    /// Where the secret key goes, e.g. team.pem
    file: PathBuf,
}

pub(super) fn run(arguments: &KeyArguments) -> anyhow::Result<ExitCode> {
    let (secret, public) = (&arguments.file, public_of(&arguments.file));
    for path in [secret, &public] {
        if path.exists() {
            return Err(anyhow!(
                "`{}` is there already, and a key that is lost cannot be made again; name another file",
                path.display()
            ))
            .or_usage();
        }
    }
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).context("the system gives no random numbers")?;
    let key = SigningKey::from_bytes(&seed);
    let pem = key.to_pkcs8_pem(LineEnding::LF)?;
    create(secret, pem.as_bytes())?;
    let pem = key.verifying_key().to_public_key_pem(LineEnding::LF)?;
    create(&public, pem.as_bytes())?;
    output::print(&format!(
        "secret key  {}\npublic key  {}\n",
        secret.display(),
        public.display()
    ))?;
    Ok(ExitCode::SUCCESS)
}

/// `team.pub.pem` beside `team.pem`.
fn public_of(secret: &Path) -> PathBuf {
    let stem = secret.file_stem().unwrap_or_default();
    let mut name = stem.to_owned();
    name.push(".pub.pem");
    secret.with_file_name(name)
}

/// Writes a new file that only its owner reads.
fn create(path: &Path, contents: &[u8]) -> anyhow::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options
        .open(path)
        .and_then(|mut file| file.write_all(contents).and_then(|()| file.sync_all()));
    written.with_context(|| format!("cannot write `{}`", path.display()))
}

/// Reads a secret key.
pub(super) fn secret(path: &Path) -> anyhow::Result<SigningKey> {
    SigningKey::from_pkcs8_pem(&read(path)?)
        .map_err(|error| not_a_key(path, "secret", &error.to_string()))
        .or_usage()
}

/// Reads a public key.
pub(super) fn public(path: &Path) -> anyhow::Result<VerifyingKey> {
    VerifyingKey::from_public_key_pem(&read(path)?)
        .map_err(|error| not_a_key(path, "public", &error.to_string()))
        .or_usage()
}

fn read(path: &Path) -> anyhow::Result<String> {
    fs::read_to_string(path)
        .with_context(|| format!("cannot read the key `{}`", path.display()))
        .or_usage()
}

fn not_a_key(path: &Path, which: &str, reason: &str) -> anyhow::Error {
    anyhow!(
        "`{}` is no {which} ed25519 key in PEM: {reason}; `firebrick model key FILE.pem` makes a pair, the secret one as FILE.pem, the \
         public one as FILE.pub.pem",
        path.display()
    )
}
