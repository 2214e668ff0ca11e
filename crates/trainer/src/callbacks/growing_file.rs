use std::fs::{File, OpenOptions};
use std::path::Path;

use crate::error::TrainError;

/// Opens a file that grows as it was when it had this many bytes: what came after them goes. Gives it with
/// what is to be told where it has fewer.
pub(super) fn reopen(path: &Path, length: u64) -> Result<(File, Option<String>), TrainError> {
    let opened = || {
        if let Some(directory) = path.parent() {
            std::fs::create_dir_all(directory)?;
        }
        let file = OpenOptions::new()
            .create(true)
            .read(true)
            .append(true)
            .open(path)?;
        let there = file.metadata()?.len();
        if there > length {
            file.set_len(length)?;
        }
        Ok((file, there))
    };
    let (file, there) = opened().map_err(|source| TrainError::File {
        path: path.to_owned(),
        action: "open",
        source,
    })?;
    let told = (there < length).then(|| {
        format!(
            "`{}` has {there} bytes, it had {length} when the training was broken off; what is missing is not written again",
            path.display()
        )
    });
    Ok((file, told))
}
