//! The zip archive that a `.keras` file is.

use std::io::{Cursor, Read, Seek, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use crate::error::FormatProblem;

/// Keras' names of the parts.
pub(super) const CONFIG: &str = "config.json";
pub(super) const METADATA: &str = "metadata.json";
pub(super) const WEIGHTS: &str = "model.weights.h5";
const NUMPY_WEIGHTS: &str = "model.weights.npz";

/// The largest description of a network, in bytes; one of a thousand layers has a million.
const MAX_CONFIG: u64 = 16 << 20;

/// How much larger than the file its parts may be together once they are unpacked.
const MAX_GROWTH: u64 = 48 << 20;

/// The most parts: a description, weights, and a vocabulary for each lookup.
const MAX_PARTS: usize = 10_000;

/// An archive that is read part by part, each no larger than it may be.
pub(super) struct Archive<R> {
    zip: ZipArchive<R>,
    /// How many bytes may still be unpacked.
    left: u64,
}

impl<R: Read + Seek> Archive<R> {
    /// Looks at the list of parts.
    ///
    /// # Errors
    /// What is no archive, or one with parts that lie outside it or have the same name.
    pub(super) fn open(mut reader: R) -> Result<Self, FormatProblem> {
        let size = reader.seek(std::io::SeekFrom::End(0));
        let size = size.map_err(|source| FormatProblem::File {
            action: "read",
            source,
        })?;
        let mut zip = ZipArchive::new(reader).map_err(|error| malformed(error.to_string()))?;
        if zip.len() > MAX_PARTS {
            let reason = format!("it has {} parts, expected at most {MAX_PARTS}", zip.len());
            return Err(malformed(reason));
        }
        if zip.has_duplicate_names() {
            return Err(malformed("two of its parts have the same name".to_owned()));
        }
        for index in 0..zip.len() {
            let part = zip.by_index_raw(index);
            let part = part.map_err(|error| malformed(error.to_string()))?;
            if part.enclosed_name().is_none() {
                let name = String::from_utf8_lossy(part.name_raw()).into_owned();
                let name = firebrick_model::shortened(&name);
                return Err(malformed(format!("its part `{name}` lies outside of it")));
            }
        }
        let left = size.saturating_add(MAX_GROWTH);
        Ok(Self { zip, left })
    }

    /// The description of the network.
    ///
    /// # Errors
    /// A part that is not there, too large, damaged or no text.
    pub(super) fn config(&mut self) -> Result<String, FormatProblem> {
        self.text(CONFIG)?.ok_or_else(|| {
            malformed(format!(
                "it has no `{CONFIG}`; expected what `model.save(\"model.keras\")` of Keras 3 writes"
            ))
        })
    }

    /// A text, if it is there.
    ///
    /// # Errors
    /// One that is too large, damaged or no text.
    pub(super) fn text(&mut self, name: &str) -> Result<Option<String>, FormatProblem> {
        let Some(bytes) = self.part(name, MAX_CONFIG)? else {
            return Ok(None);
        };
        let text = String::from_utf8(bytes);
        text.map(Some)
            .map_err(|error| malformed(format!("its `{name}` is no text: {error}")))
    }

    /// The weights, an HDF5 file.
    ///
    /// # Errors
    /// A part that is not there, too large or damaged.
    pub(super) fn weights(&mut self) -> Result<Vec<u8>, FormatProblem> {
        if let Some(bytes) = self.part(WEIGHTS, u64::MAX)? {
            return Ok(bytes);
        }
        let reason = if self.zip.index_for_name(NUMPY_WEIGHTS).is_some() {
            format!(
                "its weights are in `{NUMPY_WEIGHTS}`, expected `{WEIGHTS}`, as Keras writes by default"
            )
        } else {
            format!(
                "it has no `{WEIGHTS}`; weights in several files are not read: save it without `max_shard_size`"
            )
        };
        Err(malformed(reason))
    }

    fn part(&mut self, name: &str, limit: u64) -> Result<Option<Vec<u8>>, FormatProblem> {
        if self.zip.index_for_name(name).is_none() {
            return Ok(None);
        }
        let part = self.zip.by_name(name);
        let mut part = part.map_err(|error| malformed(format!("its part `{name}`: {error}")))?;
        let size = part.size();
        let limit = limit.min(self.left);
        if size > limit {
            let part = format!("part `{name}`");
            return Err(FormatProblem::TooLarge { part, size, limit });
        }
        let damaged = |error: std::io::Error| malformed(format!("its part `{name}`: {error}"));
        let length = usize::try_from(size).unwrap_or(usize::MAX);
        // As long as it says, and no longer.
        let mut bytes = Vec::new();
        bytes
            .try_reserve_exact(length)
            .map_err(|error| malformed(format!("its part `{name}`: {error}")))?;
        part.by_ref()
            .take(size)
            .read_to_end(&mut bytes)
            .map_err(damaged)?;
        // The checksum is looked at where the part ends.
        let mut beyond = [0];
        if bytes.len() < length || part.read(&mut beyond).map_err(damaged)? > 0 {
            let reason =
                format!("its part `{name}` has another length than the {size} bytes that it says");
            return Err(malformed(reason));
        }
        self.left -= size;
        Ok(Some(bytes))
    }
}

/// An archive of these parts, not compressed, as Keras writes it.
///
/// # Errors
/// Parts that are too large for an archive.
pub(super) fn written(parts: &[(&str, &[u8])]) -> Result<Vec<u8>, FormatProblem> {
    let failed = |source: std::io::Error| FormatProblem::File {
        action: "write",
        source,
    };
    let size = parts.iter().map(|(_, bytes)| bytes.len()).sum::<usize>();
    let mut zip = ZipWriter::new(Cursor::new(Vec::with_capacity(size + 1024)));
    for (name, bytes) in parts {
        // The time is a constant, so that the same network is the same bytes.
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Stored)
            .last_modified_time(zip::DateTime::default())
            .large_file(u32::try_from(bytes.len()).is_err());
        zip.start_file(*name, options)
            .map_err(|error| failed(error.into()))?;
        zip.write_all(bytes).map_err(failed)?;
    }
    let finished = zip.finish().map_err(|error| failed(error.into()))?;
    Ok(finished.into_inner())
}

fn malformed(reason: String) -> FormatProblem {
    FormatProblem::Malformed {
        expected: ".keras file",
        reason,
    }
}
