//! What a file of PyTorch is packed in, looked at before anything of it is read.

use std::fs::File;
use std::io::{BufReader, Cursor, Read, Seek};
use std::path::Path;

use zip::{CompressionMethod, ZipArchive};

use super::file_order::FileOrder;
use super::malformed;
use super::pickle_walk::Walk;
use crate::error::FormatProblem;

/// How much more memory than the file has bytes reading its description may take.
const MAX_GROWTH: u64 = 64 << 20;

/// The most parts of an archive: a description, and one for each tensor.
const MAX_PARTS: usize = 100_000;

/// The part that describes all.
const DESCRIPTION: &str = "data.pkl";

/// How archives begin that the reader takes for such.
const ARCHIVES: [&[u8]; 2] = [b"PK\x03\x04", b"PK\x05\x06"];

/// Where the mark of a tar archive lies.
const TAR_MARK: std::ops::Range<usize> = 257..262;

/// The number that files before PyTorch 1.6 begin with, in binary and in letters, and how far into the file it lies.
const LEGACY_NUMBER: &[u8] = b"\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19";
const LEGACY_TEXT: &[u8] = b"119547037146038801333356";
const LEGACY_HEAD: usize = 64;

/// The descriptions of such a file: number, version, system, what was saved, keys of storages.
const LEGACY_DESCRIPTIONS: usize = 5;

/// Makes sure that reading a file takes no more memory and time than its size allows, and tells the order of its tensors.
///
/// # Errors
/// What is no file of `torch.save`; one that would take too much.
pub(super) fn checked(path: &Path) -> Result<FileOrder, FormatProblem> {
    let mut file = File::open(path).map_err(unreadable)?;
    let size = file.metadata().map_err(unreadable)?.len();
    let mut head = Vec::new();
    let head_length = u64::try_from(TAR_MARK.end).unwrap_or(u64::MAX);
    file.by_ref()
        .take(head_length)
        .read_to_end(&mut head)
        .map_err(unreadable)?;
    file.rewind().map_err(unreadable)?;
    let mut reader = BufReader::new(file);
    let mut walk = Walk::new(size.saturating_add(MAX_GROWTH));
    if ARCHIVES.iter().any(|mark| head.starts_with(mark)) {
        let description = description(reader, size)?;
        walk.pickle(&mut Cursor::new(description))
            .map_err(malformed)?;
    } else if head.get(TAR_MARK) == Some(b"ustar") {
        return Err(malformed(
            "it is a tar archive, as PyTorch before 0.1.10 wrote; load it in PyTorch and save it again",
        ));
    } else if is_legacy(&head) {
        for _ in 0..LEGACY_DESCRIPTIONS {
            walk.pickle(&mut reader).map_err(malformed)?;
        }
    } else {
        return Err(malformed(
            "it does not begin as `torch.save` begins one; save `module.state_dict()` by it",
        ));
    }
    Ok(walk.into_order())
}

fn is_legacy(head: &[u8]) -> bool {
    let head = &head[..head.len().min(LEGACY_HEAD)];
    let has = |mark: &[u8]| head.windows(mark.len()).any(|window| window == mark);
    has(LEGACY_NUMBER) || has(LEGACY_TEXT)
}

/// The description in an archive whose parts are what they say.
fn description(reader: impl Read + Seek, size: u64) -> Result<Vec<u8>, FormatProblem> {
    let mut zip = ZipArchive::new(reader).map_err(|error| malformed(error.to_string()))?;
    if zip.len() > MAX_PARTS {
        let reason = format!("it has {} parts, expected at most {MAX_PARTS}", zip.len());
        return Err(malformed(reason));
    }
    if zip.has_duplicate_names() {
        return Err(malformed("two of its parts have the same name"));
    }
    let mut together = 0_u64;
    let mut descriptions = Vec::new();
    for index in 0..zip.len() {
        let part = zip.by_index_raw(index);
        let part = part.map_err(|error| malformed(error.to_string()))?;
        let name = String::from_utf8_lossy(part.name_raw()).into_owned();
        let shown = firebrick_model::shortened(&name);
        // PyTorch never compresses: storages are read from the file where they lie.
        if part.compression() != CompressionMethod::Stored || part.encrypted() {
            return Err(malformed(format!(
                "its part `{shown}` is compressed or encrypted, which `torch.save` does not do; save `module.state_dict()` by it"
            )));
        }
        together = together.saturating_add(part.size());
        if name.rsplit('/').next() == Some(DESCRIPTION) {
            descriptions.push(index);
        }
    }
    // Parts that are not compressed and lie beside each other.
    if together > size {
        return Err(malformed(format!(
            "its parts have together {together} bytes, expected no more than the {size} of the file, as they lie beside each other"
        )));
    }
    let &[index] = descriptions.as_slice() else {
        return Err(malformed(format!(
            "it has {} parts `{DESCRIPTION}`, expected one, as `torch.save` writes it",
            descriptions.len()
        )));
    };
    let part = zip.by_index(index);
    let mut part = part.map_err(|error| malformed(error.to_string()))?;
    let mut bytes = Vec::new();
    part.read_to_end(&mut bytes)
        .map_err(|error| malformed(error.to_string()))?;
    Ok(bytes)
}

fn unreadable(source: std::io::Error) -> FormatProblem {
    let action = "read";
    FormatProblem::File { action, source }
}
