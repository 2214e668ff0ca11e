use std::path::{Path, PathBuf};

use super::retention::Saved;
use crate::checkpoint_error::CheckpointError;
use crate::run_directory::RunDirectory;
use crate::state::{State, peek, read};

/// A checkpoint to go on from.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) path: PathBuf,
    pub(crate) state: State,
    /// What was wrong with newer ones.
    pub(crate) broken: Vec<String>,
}

/// The checkpoints of a folder, with what they say of themselves.
///
/// # Errors
/// A folder that cannot be read; one that is not there is empty.
pub(crate) fn saved_in(folder: &Path) -> Result<Vec<Saved>, CheckpointError> {
    let cannot = |source| CheckpointError::File {
        path: folder.to_owned(),
        action: "look for",
        source,
    };
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut saved = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(cannot)? {
        let name = entry.map_err(cannot)?.file_name();
        if let Some(step) = name.to_str().and_then(RunDirectory::step_of) {
            let header = peek(&folder.join(&name)).filter(|header| header.step == step);
            let value = header.and_then(|header| header.value);
            saved.push(Saved { step, value });
        }
    }
    Ok(saved)
}

/// The newest checkpoint that is intact: of a run, of a folder of checkpoints, or this very file.
///
/// # Errors
/// None that is intact; one of a later version, which is not passed over.
pub(crate) fn newest(path: &Path) -> Result<Found, CheckpointError> {
    if path.is_file() {
        return Ok(Found {
            path: path.to_owned(),
            state: read(path)?,
            broken: Vec::new(),
        });
    }
    let own = path.join(RunDirectory::CHECKPOINTS);
    let folder = if own.is_dir() { &own } else { path };
    let mut there = saved_in(folder)?;
    there.sort_by_key(|saved| std::cmp::Reverse(saved.step));
    let mut broken = Vec::new();
    for saved in there {
        let path = saved.path(folder);
        match read(&path) {
            Ok(state) => {
                return Ok(Found {
                    path,
                    state,
                    broken,
                });
            }
            Err(error @ CheckpointError::Newer { .. }) => return Err(error),
            Err(error) => broken.push(error.to_string()),
        }
    }
    Err(CheckpointError::Missing {
        path: folder.to_owned(),
        broken,
    })
}
