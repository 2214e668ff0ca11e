//! Sets of images by name or folder.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::cache_folder::cache_folder;
use crate::data_description::DataDescription;
use crate::data_source::DataSource;
use crate::error::DataError;
use crate::mnist::Mnist;
use crate::mnist_files::MnistFiles;
use crate::mnist_sample::mnist_sample;

/// Loads a data set. The number of classes is the largest label of training and test set plus one.
///
/// [`DataSource::Mnist`] is looked for, in this order, in
/// 1. `$FIREBRICK_DATA_DIR/mnist` and `$FIREBRICK_DATA_DIR` itself,
/// 2. `assets/mnist` in the current folder and in each folder above it,
/// 3. `firebrick/mnist` in the user's cache folder, where [`fetch`](crate::fetch()) puts it,
///
/// and taken from the first folder that holds all four files. A [`DataSource::Directory`] must hold them itself:
/// `train-images-idx3-ubyte`, `train-labels-idx1-ubyte`, `t10k-images-idx3-ubyte` and `t10k-labels-idx1-ubyte`,
/// each raw or as `.gz`, also spelled with a dot (`train-images.idx3-ubyte`).
///
/// Of compressed images of 4 to 256 MiB, an unpacked copy is kept in `firebrick/unpacked` in the user's cache folder, if
/// there is one: reading it takes a fifth of the time. It is checked by the sum in the compressed file, made anew when that changes,
/// and may be deleted at any time.
///
/// ```
/// # mod firebrick { pub use firebrick_data as datasets; }
/// use firebrick::datasets::{DataSource, load};
///
/// let sample = load(&DataSource::MnistSample)?;
/// assert!(load(&DataSource::Directory("no/such/folder".into())).is_err());
/// # Ok::<(), firebrick::datasets::DataError>(())
/// ```
///
/// # Errors
/// [`DataError::MnistNotFound`] with all places looked at, [`DataError::MissingFile`] with all names tried, or what
/// is wrong with a file.
pub fn load(source: &DataSource) -> Result<Mnist, DataError> {
    let mut mnist = read(source)?;
    mnist.train = mnist
        .train
        .described_as(DataDescription::Images(source.clone()));
    Ok(mnist)
}

fn read_files(files: &MnistFiles, origin: String) -> Result<Mnist, DataError> {
    // Unpacking takes longer than anything else before the first step.
    let (train, test) = rayon::join(|| files.read_train(), || files.read_test());
    Mnist::new(train?, test?, files.test_images(), origin)
}

fn read(source: &DataSource) -> Result<Mnist, DataError> {
    match source {
        DataSource::MnistSample => mnist_sample(),
        DataSource::Directory(directory) => read_files(
            &MnistFiles::find(directory)?,
            format!("the folder `{}`", directory.display()),
        ),
        DataSource::Mnist => {
            let data_dir = env::var_os("FIREBRICK_DATA_DIR").filter(|value| !value.is_empty());
            let current_dir = env::current_dir().ok();
            let (files, directory) =
                find(places(data_dir, current_dir.as_deref(), cache_directory()))?;
            read_files(&files, format!("MNIST in `{}`", directory.display()))
        }
    }
}

/// Where downloads go; `None` for a user without a cache folder.
pub(crate) fn cache_directory() -> Option<PathBuf> {
    cache_folder("mnist")
}

fn places(
    data_dir: Option<OsString>,
    current_dir: Option<&Path>,
    cache: Option<PathBuf>,
) -> Vec<PathBuf> {
    let mut places = Vec::new();
    if let Some(data_dir) = data_dir.map(PathBuf::from) {
        places.extend([data_dir.join("mnist"), data_dir]);
    }
    let ancestors = current_dir.into_iter().flat_map(Path::ancestors);
    places.extend(ancestors.map(|directory| directory.join("assets").join("mnist")));
    places.extend(cache);
    places
}

fn find(places: Vec<PathBuf>) -> Result<(MnistFiles, PathBuf), DataError> {
    for place in &places {
        if let Ok(files) = MnistFiles::find(place) {
            log::debug!("MNIST found in `{}`", place.display());
            return Ok((files, place.clone()));
        }
    }
    Err(DataError::MnistNotFound { places })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_places_come_in_the_documented_order() {
        let found = places(
            Some("/data".into()),
            Some(Path::new("/home/me")),
            Some("/cache/mnist".into()),
        );
        let expected = [
            "/data/mnist",
            "/data",
            "/home/me/assets/mnist",
            "/home/assets/mnist",
            "/assets/mnist",
            "/cache/mnist",
        ];
        assert_eq!(found, expected.map(PathBuf::from));
    }

    #[test]
    fn the_error_lists_the_places_and_the_ways_out() {
        let places = vec![PathBuf::from("/nowhere/a"), PathBuf::from("/nowhere/b")];
        let Err(error) = find(places) else {
            panic!("found MNIST in no place")
        };
        assert_eq!(
            error.to_string(),
            "MNIST was not found; expected its four files in one of: `/nowhere/a`, `/nowhere/b`. Download them with \
             `firebrick data fetch`, name their folder with `--data DIR`, or use the small built-in sample with \
             `--data mnist-sample`"
        );
    }

    #[test]
    fn the_first_place_with_all_four_files_is_taken() {
        let root = tempfile::tempdir().unwrap();
        let [partial, whole, also_whole] = ["a", "b", "c"].map(|name| root.path().join(name));
        let names = [
            "train-images.idx3-ubyte",
            "train-labels-idx1-ubyte.gz",
            "t10k-images-idx3-ubyte",
        ];
        for (place, count) in [(&partial, 3), (&whole, 3), (&also_whole, 3)] {
            std::fs::create_dir(place).unwrap();
            for name in &names[..count] {
                std::fs::write(place.join(name), b"").unwrap();
            }
        }
        for place in [&whole, &also_whole] {
            std::fs::write(place.join("t10k-labels.idx1-ubyte.gz"), b"").unwrap();
        }
        let (_, place) = find(vec![partial, whole.clone(), also_whole]).unwrap();
        assert_eq!(place, whole);
    }
}
