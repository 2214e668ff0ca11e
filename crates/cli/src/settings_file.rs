//! Files of settings, with what is wrong with them told as the user's mistake.

use std::io::ErrorKind;
use std::path::Path;

use anyhow::{Context, anyhow};
use firebrick::recipes::{ModelFile, RecipeError, Settings};

use crate::failure::OrUsage;
use crate::foreign_file::no_settings_but;

/// Reads a file of settings.
///
/// # Errors
/// A file that cannot be read; with a usage error one that holds no settings.
pub(crate) fn read(path: &Path) -> anyhow::Result<Settings> {
    match Settings::read(path) {
        Err(RecipeError::File { source, .. }) if source.kind() == ErrorKind::InvalidData => {
            Err(anyhow!(no_settings_but(path))).or_usage()
        }
        Err(RecipeError::File { source, .. }) => {
            Err(source).with_context(|| format!("cannot read the settings `{}`", path.display()))
        }
        read => read.or_usage(),
    }
}

/// The model file at this path.
///
/// # Errors
/// A file that cannot be read; with a usage error one that describes no model.
pub(crate) fn read_model(path: &Path) -> anyhow::Result<ModelFile> {
    match ModelFile::read(path) {
        Err(error @ RecipeError::ModelFile { .. }) => Err(error).or_usage(),
        Err(RecipeError::File { source, .. }) if source.kind() == ErrorKind::InvalidData => {
            Err(anyhow!(no_settings_but(path))).or_usage()
        }
        read => Ok(read?),
    }
}
