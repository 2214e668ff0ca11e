//! A table in a folder of its own, and what is made of it.

#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

use std::fs;

use burn::tensor::{Device, Tensor};
use firebrick_data::{BatchSource, CsvSource, CsvTable, DataError};
use tempfile::TempDir;

/// A folder with a file `table.csv` of this content.
pub(crate) fn file(content: impl AsRef<[u8]>) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("table.csv"), content).unwrap();
    folder
}

/// What a description makes of this content.
pub(crate) fn load(content: impl AsRef<[u8]>, source: CsvSource) -> Result<CsvTable, DataError> {
    let folder = file(content);
    source.with_path(folder.path().join("table.csv")).load()
}

pub(crate) fn price() -> CsvSource {
    CsvSource::values("table.csv", ["price"])
}

/// The message, without the folder.
pub(crate) fn message(content: impl AsRef<[u8]>, source: CsvSource) -> String {
    let text = load(content, source).unwrap_err().to_string();
    let start = text.find("table.csv").unwrap();
    format!("`{}", &text[start..])
}

/// Inputs and targets, flat.
pub(crate) fn numbers(table: &CsvTable) -> (Vec<f32>, Vec<f32>) {
    let rows: Vec<usize> = (0..table.data.len()).collect();
    let batch = table.data.gather(&rows, &Device::flex()).unwrap();
    let numbers = |tensor: Tensor<2>| tensor.into_data().iter::<f32>().collect();
    (numbers(batch.inputs()), numbers(batch.targets()))
}
