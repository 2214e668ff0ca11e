//! What `benchmarks/workloads.py` describes.

use std::error::Error;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use serde::Deserialize;
use serde_json::Value;

/// A network, the rows that it learns and how.
#[derive(Deserialize)]
pub(crate) struct Workload {
    pub(crate) data: String,
    pub(crate) rows: usize,
    pub(crate) batch_size: usize,
    pub(crate) layers: Vec<Vec<Value>>,
    pub(crate) learning_rate: f32,
    pub(crate) input_shape: Vec<usize>,
    /// Files of inputs and targets, in single precision.
    pub(crate) files: Vec<PathBuf>,
    /// The network that answers, as ONNX.
    pub(crate) onnx: Option<PathBuf>,
}

impl Workload {
    /// Inputs and targets of the first rows.
    pub(crate) fn arrays(&self, rows: usize) -> Result<(Vec<f32>, Vec<f32>), Box<dyn Error>> {
        let columns: usize = self.input_shape.iter().product();
        if matches!(self.data.as_str(), "mnist" | "images") {
            let images = idx("train-images-idx3-ubyte.gz", 16, rows * columns)?;
            let labels = idx("train-labels-idx1-ubyte.gz", 8, rows)?;
            return Ok((
                images
                    .into_iter()
                    .map(|pixel| f32::from(pixel) / 255.0)
                    .collect(),
                labels.into_iter().map(f32::from).collect(),
            ));
        }
        let read = |file: usize, count: usize| -> Result<Vec<f32>, Box<dyn Error>> {
            let bytes = fs::read(&self.files[file])?;
            let (numbers, _) = bytes.as_chunks::<4>();
            Ok(numbers
                .iter()
                .take(count)
                .copied()
                .map(f32::from_le_bytes)
                .collect())
        };
        Ok((read(0, rows * columns)?, read(1, rows)?))
    }
}

/// Bytes of one of MNIST's files, behind its head.
fn idx(name: &str, head: usize, count: usize) -> Result<Vec<u8>, Box<dyn Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets/mnist");
    let mut bytes = vec![0; head + count];
    GzDecoder::new(File::open(folder.join(name))?).read_exact(&mut bytes)?;
    Ok(bytes.split_off(head))
}
