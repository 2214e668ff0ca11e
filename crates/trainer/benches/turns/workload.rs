//! What `benchmarks/workloads.py` describes.

use std::error::Error;
use std::fs;
use std::path::PathBuf;

use firebrick_data::{DataSource, MnistDataset, load};
use serde::Deserialize;
use serde_json::Value;

/// A network, the rows that it learns and how.
#[derive(Deserialize)]
pub(crate) struct Workload {
    pub(crate) data: Rows,
    pub(crate) rows: usize,
    pub(crate) batch_size: usize,
    layers: Vec<Vec<Value>>,
    /// A rate a step, the last one for the rest; none for Adam.
    pub(crate) rates: Vec<f64>,
    pub(crate) learning_rate: f64,
    pub(crate) validation_split: f64,
    pub(crate) input_shape: Vec<usize>,
    /// The network and its training as our model file.
    pub(crate) model_file: String,
    /// Files of inputs and targets, or of weights, in single precision.
    pub(crate) files: Vec<PathBuf>,
}

/// What rows there are.
#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Rows {
    Mnist,
    Images,
    Table,
    Sequences,
}

/// A layer, as far as the raw loop has it.
pub(crate) enum Layer {
    /// 3 x 3, with a relu.
    Convolution {
        filters: usize,
    },
    /// The pooling of 2 x 2 behind each convolution, or the flattening.
    Reshaping,
    Dropout {
        rate: f64,
    },
    Dense {
        units: usize,
        is_relu: bool,
    },
}

impl Workload {
    /// The layers.
    pub(crate) fn layers(&self) -> Result<Vec<Layer>, Box<dyn Error>> {
        let number = |layer: &[Value], what| layer.get(1).and_then(Value::as_u64).ok_or(what);
        let layers = self.layers.iter().map(|layer| {
            let kind = layer.first().and_then(Value::as_str).unwrap_or_default();
            Ok(match kind {
                "conv" => Layer::Convolution {
                    filters: usize::try_from(number(layer, "no filters")?)?,
                },
                "pool" | "flatten" => Layer::Reshaping,
                "dropout" => Layer::Dropout {
                    rate: layer.get(1).and_then(Value::as_f64).ok_or("no rate")?,
                },
                "dense" => Layer::Dense {
                    units: usize::try_from(number(layer, "no units")?)?,
                    is_relu: layer.get(2).and_then(Value::as_str) == Some("relu"),
                },
                other => return Err(format!("the raw loop has no layer `{other}`").into()),
            })
        });
        layers.collect()
    }

    /// Whether classes are learned, not numbers.
    pub(crate) fn is_classes(&self) -> bool {
        self.data != Rows::Table
    }

    /// The rows of MNIST.
    pub(crate) fn mnist(&self) -> Result<Option<MnistDataset>, Box<dyn Error>> {
        if !matches!(self.data, Rows::Mnist | Rows::Images) {
            return Ok(None);
        }
        Ok(Some(load(&DataSource::Mnist)?.train.first(self.rows)?))
    }

    /// The numbers of one of the files.
    pub(crate) fn numbers(&self, file: usize) -> Result<Vec<f32>, Box<dyn Error>> {
        let bytes = fs::read(&self.files[file])?;
        let (numbers, _) = bytes.as_chunks::<4>();
        Ok(numbers.iter().copied().map(f32::from_le_bytes).collect())
    }

    /// Inputs and targets as numbers.
    pub(crate) fn arrays(&self) -> Result<(Vec<f32>, Vec<f32>), Box<dyn Error>> {
        if let Some(mnist) = self.mnist()? {
            let pixels = (0..mnist.len()).flat_map(|row| mnist.image(row));
            let inputs = pixels.map(|&pixel| f32::from(pixel) / 255.0).collect();
            return Ok((inputs, mnist.labels().map(f32::from).collect()));
        }
        let mut inputs = self.numbers(0)?;
        inputs.truncate(self.rows * self.input_shape.iter().product::<usize>());
        let mut targets = self.numbers(1)?;
        targets.truncate(self.rows);
        Ok((inputs, targets))
    }
}
