//! An HDF5 file of weights, as Keras lays it out.

use std::collections::BTreeMap;

use firebrick_model::WeightValue;
use hdf5_pure::{FileBuilder, GroupBuilder, LibVer};

/// Numbers that are to be written.
#[derive(Clone, Copy)]
pub(super) enum Numbers<'a> {
    Values(&'a WeightValue),
    /// A single whole number.
    Count(i32),
}

/// A group that is to be written.
#[derive(Default)]
struct Folder<'a> {
    groups: BTreeMap<&'a str, Self>,
    datasets: BTreeMap<&'a str, Numbers<'a>>,
}

impl<'a> Folder<'a> {
    /// The group at a path, made where it is not there.
    fn at(&mut self, path: &'a str) -> &mut Self {
        let names = path.split('/').filter(|name| !name.is_empty());
        names.fold(self, |folder, name| folder.groups.entry(name).or_default())
    }

    fn write_to(&self, group: &mut GroupBuilder) -> Result<(), String> {
        for (name, numbers) in &self.datasets {
            let dataset = group.create_dataset(name);
            match numbers {
                Numbers::Values(value) => dataset
                    .with_f32_data(value.values())
                    .with_shape(&shape_of(value)?),
                Numbers::Count(count) => dataset.with_i32_data(&[*count]).with_shape(&[]),
            };
        }
        for (name, folder) in &self.groups {
            let mut inner = group.create_group(name);
            folder.write_to(&mut inner)?;
            group.add_group(inner.finish());
        }
        Ok(())
    }
}

/// The file with these datasets, and a group `vars` for each of `saveables`, where Keras looks for it.
///
/// # Errors
/// What the library says.
pub(super) fn written<'a>(
    datasets: impl Iterator<Item = (&'a str, Numbers<'a>)>,
    saveables: impl Iterator<Item = &'a str>,
) -> Result<Vec<u8>, String> {
    let mut root = Folder::default();
    for saveable in saveables {
        root.at(saveable).groups.entry("vars").or_default();
    }
    for (path, value) in datasets {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        root.at(folder).datasets.insert(name, value);
    }
    let mut file = FileBuilder::new();
    // The oldest form that there is, which every reader knows.
    file.with_libver_bounds(LibVer::Earliest, LibVer::V18);
    for (name, folder) in &root.groups {
        let mut group = file.create_group(name);
        folder.write_to(&mut group)?;
        file.add_group(group.finish());
    }
    file.finish().map_err(|error| error.to_string())
}

fn shape_of(value: &WeightValue) -> Result<Vec<u64>, String> {
    let axes = value.shape().iter().map(|axis| u64::try_from(*axis));
    axes.collect::<Result<_, _>>()
        .map_err(|error| error.to_string())
}
