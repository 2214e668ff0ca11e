//! Unpacked copies of large compressed images, in the user's cache folder.
//!
//! Unpacking MNIST takes longer than anything else before the first step of a training, reading what it holds a fifth of that. A
//! copy says which file it is of: by its place, its length, when it was changed, and the sum at its end, which is held
//! against what is read. A copy of another file, a damaged one, and a folder that nothing can be written to are as if there was none.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use flate2::Crc;
use rayon::prelude::*;
use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;

use crate::cache_folder::cache_folder;
use crate::error::DataError;
use crate::hexadecimal::hexadecimal;
use crate::idx::{GZIP_MAGIC, IMAGES_HEADER, IdxImages, read_images};

/// What a copy is made of: less is unpacked soon, more should not be kept without being asked for.
const LEAST: u32 = 1 << 22;
const MOST: u32 = 1 << 28;
/// What is read at once by one of the cores.
const PIECE: usize = 1 << 20;
/// The bytes of sum and length at the end of a compressed file.
const TRAILER: u8 = 8;

/// Where copies are kept; `None` for a user without a cache folder.
pub(crate) fn copies_folder() -> Option<PathBuf> {
    cache_folder("unpacked")
}

/// Reads an IDX file of images as [`read_images`] does, from its copy if there is one; else makes one, where that is worthwhile.
///
/// # Errors
/// As [`read_images`].
pub(crate) fn read_images_once(path: &Path, folder: Option<&Path>) -> Result<IdxImages, DataError> {
    let copy = folder.and_then(|folder| UnpackedCopy::of(path, folder).ok().flatten());
    let Some(copy) = copy else {
        return read_images(path);
    };
    if let Some(images) = copy.read(path) {
        return Ok(images);
    }
    let images = read_images(path)?;
    if let Err(error) = copy.write(&images) {
        log::debug!("no unpacked copy of `{}`: {error}", path.display());
    }
    Ok(images)
}

/// A copy of what a file holds, there or not.
struct UnpackedCopy {
    path: PathBuf,
    /// What it begins with: which file it is of.
    of: Vec<u8>,
    /// The sum and the length of what the file holds.
    sum: u32,
    len: usize,
}

impl UnpackedCopy {
    /// The copy in this folder of a compressed file; nothing for other files, and those that are too small or too large.
    fn of(path: &Path, folder: &Path) -> io::Result<Option<Self>> {
        let mut file = File::open(path)?;
        let metadata = file.metadata()?;
        if !metadata.is_file() || metadata.len() < GZIP_MAGIC.len() as u64 + u64::from(TRAILER) {
            return Ok(None);
        }
        let mut magic = [0; GZIP_MAGIC.len()];
        file.read_exact(&mut magic)?;
        let mut sum = [0; 4];
        let mut len = [0; 4];
        file.seek(SeekFrom::End(-i64::from(TRAILER)))?;
        file.read_exact(&mut sum)?;
        file.read_exact(&mut len)?;
        let (sum, len) = (u32::from_le_bytes(sum), u32::from_le_bytes(len));
        if magic != GZIP_MAGIC || !(LEAST..=MOST).contains(&len) {
            return Ok(None);
        }
        let place = Sha256::digest(fs::canonicalize(path)?.as_os_str().as_encoded_bytes());
        let changed = metadata.modified()?.duration_since(UNIX_EPOCH);
        let changed = changed.map_err(io::Error::other)?.as_nanos();
        let of = format!("firebrick 1 {} {changed} {sum:08x} {len}\n", metadata.len());
        Ok(Some(Self {
            path: folder.join(hexadecimal(&place[..8])),
            of: of.into_bytes(),
            sum,
            len: len as usize,
        }))
    }

    /// The images in it, if it is there and whole; `path` is the file that it is of.
    fn read(&self, path: &Path) -> Option<IdxImages> {
        let mut file = File::open(&self.path).ok()?;
        let mut of = vec![0; self.of.len()];
        let mut header = [0; IMAGES_HEADER];
        file.read_exact(&mut of).ok()?;
        if of != self.of || file.metadata().ok()?.len() != (of.len() + self.len) as u64 {
            return None;
        }
        file.read_exact(&mut header).ok()?;
        let start = of.len() + header.len();
        let mut pixels = vec![0; self.len.checked_sub(header.len())?];
        let pieces = pixels.par_chunks_mut(PIECE).enumerate();
        let sums = pieces.map(|(index, piece)| {
            let mut file = File::open(&self.path)?;
            file.seek(SeekFrom::Start((start + index * PIECE) as u64))?;
            file.read_exact(piece)?;
            Ok(sum(&[piece]))
        });
        let sums: io::Result<Vec<Crc>> = sums.collect();
        let mut whole = sum(&[&header]);
        sums.ok()?.iter().for_each(|sum| whole.combine(sum));
        if whole.sum() != self.sum {
            return None;
        }
        IdxImages::of_parts(header, pixels, path)
    }

    /// Makes the copy, if these images are all that the file holds.
    fn write(&self, images: &IdxImages) -> io::Result<()> {
        let (header, pixels) = (images.header(), images.pixels());
        let is_all = header.len() + pixels.len() == self.len;
        if !is_all || sum(&[&header, pixels]).sum() != self.sum {
            return Ok(());
        }
        let folder = self.path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder)?;
        let mut temporary = NamedTempFile::new_in(folder)?;
        for part in [&self.of, &header[..], pixels] {
            temporary.write_all(part)?;
        }
        temporary.persist(&self.path)?;
        Ok(())
    }
}

fn sum(parts: &[&[u8]]) -> Crc {
    let mut sum = Crc::new();
    for part in parts {
        sum.update(part);
    }
    sum
}

#[cfg(test)]
mod tests {
    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    /// A compressed file of large images, in a folder of its own.
    struct Case {
        folder: tempfile::TempDir,
        path: PathBuf,
    }

    impl Case {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("images.gz");
            let case = Self { folder, path };
            case.write(&[1; 5]);
            case
        }

        /// Five images of a mebibyte, each of one grey.
        fn write(&self, greys: &[u8]) {
            let file = File::create(&self.path).unwrap();
            let mut encoder = GzEncoder::new(file, Compression::fast());
            let header = [0, 0, 8, 3, 0, 0, 0, 5, 0, 0, 4, 0, 0, 0, 4, 0];
            encoder.write_all(&header).unwrap();
            for &grey in greys {
                encoder.write_all(&vec![grey; 1 << 20]).unwrap();
            }
            encoder.finish().unwrap();
        }

        fn copies(&self) -> PathBuf {
            self.folder.path().join("copies")
        }

        fn copy(&self) -> UnpackedCopy {
            let copy = UnpackedCopy::of(&self.path, &self.copies());
            copy.unwrap().unwrap()
        }

        fn read(&self) -> IdxImages {
            read_images_once(&self.path, Some(&self.copies())).unwrap()
        }
    }

    #[test]
    fn what_a_copy_holds_is_what_the_file_holds() {
        let case = Case::new();
        assert!(case.copy().read(&case.path).is_none());
        let unpacked = case.read();
        assert!(case.copy().read(&case.path) == Some(unpacked));
        assert!(case.read() == read_images(&case.path).unwrap());
    }

    #[test]
    fn a_copy_that_is_damaged_or_cut_off_is_made_anew() {
        let case = Case::new();
        let whole = case.read();
        let path = case.copy().path;
        let bytes = fs::read(&path).unwrap();
        let mut changed = bytes.clone();
        changed[3 << 20] ^= 1;
        for damaged in [&changed[..], &bytes[..2 << 20], &bytes[..3], b""] {
            fs::write(&path, damaged).unwrap();
            assert!(case.copy().read(&case.path).is_none());
            assert!(case.read() == whole);
            assert!(fs::read(&path).unwrap() == bytes);
        }
    }

    #[test]
    fn a_file_that_was_changed_has_no_copy_any_more() {
        let case = Case::new();
        case.read();
        case.write(&[1, 1, 2, 1, 1]);
        assert_eq!(case.read().pixels()[2 << 20], 2);
        assert_eq!(fs::read_dir(case.copies()).unwrap().count(), 1);
    }

    #[test]
    fn a_damaged_file_is_an_error_as_without_copies() {
        let case = Case::new();
        case.write(&[1; 4]);
        let error = read_images_once(&case.path, Some(&case.copies())).unwrap_err();
        assert!(matches!(error, DataError::IdxTooShort { .. }), "{error}");
        assert!(!case.copies().exists());
    }

    #[test]
    fn where_no_copy_can_be_the_file_is_unpacked() {
        let case = Case::new();
        fs::write(case.copies(), b"no folder").unwrap();
        assert_eq!(case.read().count(), 5);
        assert_eq!(read_images_once(&case.path, None).unwrap().count(), 5);
    }
}
