use std::path::PathBuf;

/// What is kept for a user under this name; `None` for a user without a cache folder.
pub(crate) fn cache_folder(name: &str) -> Option<PathBuf> {
    Some(dirs::cache_dir()?.join("firebrick").join(name))
}
