//! Weights by the names that a file has for them, whatever network they are of.

use std::collections::BTreeMap;
use std::path::Path;

use firebrick_model::WeightValue;

use super::hdf5::Hdf5;
use super::weights::{is_of_network, unreadable};
use crate::error::{FormatError, FormatProblem};
use crate::whole_file;

/// The group in which a file with a whole model has its weights.
const MODEL: &str = "model_weights";

/// A layer of a file of Keras 2, with its weights.
///
/// ```
/// # mod firebrick { pub use firebrick_formats as formats; pub use firebrick_model as models; }
/// use firebrick::formats::keras::LayerWeights;
/// use firebrick::models::WeightValue;
///
/// let bias = WeightValue::new([1], [0.5])?;
/// let layer = LayerWeights { layer: "fc".to_owned(), weights: vec![("bias".to_owned(), bias)] };
/// assert_eq!(layer.weights[0].1.values(), [0.5]);
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct LayerWeights {
    /// The name of the layer.
    pub layer: String,
    /// The names of the weights, without the layer's, and their values, in Keras' order.
    pub weights: Vec<(String, WeightValue)>,
}

/// Reads the weights of an `.h5` of Keras 2, with a whole model or with weights alone: the layers that have any, in the order of
/// the model. The weights that `keras.applications` fetches are in such files.
///
/// ```no_run
/// # mod firebrick { pub use firebrick_formats as formats; }
/// use firebrick::formats::keras;
///
/// let layers = keras::read_layer_weights("resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5")?;
/// assert_eq!(layers[0].layer, "conv1_conv");
/// let (name, kernel) = &layers[0].weights[0];
/// assert_eq!((name.as_str(), kernel.shape()), ("kernel", &[7, 7, 3, 64][..]));
/// # Ok::<(), firebrick::formats::FormatError>(())
/// ```
///
/// # Errors
/// A file that cannot be read, is damaged or of something else.
pub fn read_layer_weights(path: impl AsRef<Path>) -> Result<Vec<LayerWeights>, FormatError> {
    let path = path.as_ref();
    let layers = whole_file::read(path).and_then(listed);
    layers.map_err(|problem| FormatError::new(path, problem))
}

fn listed(bytes: Vec<u8>) -> Result<Vec<LayerWeights>, FormatProblem> {
    let malformed = |reason| FormatProblem::Malformed {
        expected: "file with weights of Keras 2",
        reason,
    };
    let file = Hdf5::read_listed(bytes).map_err(malformed)?;
    let missing = || {
        let reason = "it has no list `layer_names`; give an .h5 of Keras 2, or one of Keras 3 under \
            its ending, .weights.h5";
        malformed(reason.to_owned())
    };
    let whole = file.list(MODEL, "layer_names").map(|names| (MODEL, names));
    let alone = || file.list("", "layer_names").map(|names| ("", names));
    let (path, names) = whole.or_else(alone).ok_or_else(missing)?;
    let mut reading = Reading::new(&file);
    let mut layers = Vec::new();
    for layer in names {
        let path = match path {
            "" => layer.to_owned(),
            path => format!("{path}/{layer}"),
        };
        if !file.has_group(&path) {
            let reason = format!("it lists the layer `{layer}`, and has no group `{path}`");
            return Err(malformed(reason));
        }
        // An empty list is none of names.
        let weights = file.list(&path, "weight_names").unwrap_or_default();
        let weights: Vec<(String, WeightValue)> = weights
            .into_iter()
            .map(|weight| {
                let value = reading.value(&format!("{path}/{weight}"))?;
                Ok((name_of(weight).to_owned(), value))
            })
            .collect::<Result<_, FormatProblem>>()?;
        if !weights.is_empty() {
            let layer = layer.to_owned();
            layers.push(LayerWeights { layer, weights });
        }
    }
    Ok(layers)
}

/// The weights of a file of Keras 3 by their places.
pub(super) fn by_places(file: &Hdf5) -> Result<BTreeMap<String, WeightValue>, FormatProblem> {
    let mut reading = Reading::new(file);
    let places = file.paths().filter(|place| is_of_network(place));
    places
        .map(|place| Ok((place.to_owned(), reading.value(place)?)))
        .collect()
}

/// The values of a file one after the other, which are together no more than it holds: names may stand for one another's.
struct Reading<'a> {
    file: &'a Hdf5,
    /// How many numbers there may still be.
    left: usize,
}

impl<'a> Reading<'a> {
    /// The bytes of the smallest numbers.
    const NARROWEST: usize = 2;

    fn new(file: &'a Hdf5) -> Self {
        Self {
            file,
            left: file.size() / Self::NARROWEST,
        }
    }

    fn value(&mut self, place: &str) -> Result<WeightValue, FormatProblem> {
        let failed = |reason| unreadable(place, reason);
        let none = || Err("there are none".to_owned());
        let shape = self
            .file
            .shape(place)
            .unwrap_or_else(none)
            .map_err(failed)?;
        let count = shape
            .iter()
            .try_fold(1_usize, |product, axis| product.checked_mul(*axis));
        let left = count.and_then(|count| self.left.checked_sub(count));
        self.left = left.ok_or_else(|| {
            failed("with those before them they are more than the file holds".to_owned())
        })?;
        let none = || Err("there are none".to_owned());
        self.file.values(place).unwrap_or_else(none).map_err(failed)
    }
}

/// `kernel` of `conv1_conv_1/kernel:0`.
fn name_of(weight: &str) -> &str {
    let name = weight.rsplit('/').next().unwrap_or(weight);
    name.split(':').next().unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_without_that_of_the_layer() {
        for (weight, name) in [
            ("conv1_conv_1/kernel:0", "kernel"),
            ("Conv/BatchNorm/gamma:0", "gamma"),
            ("fc/bias", "bias"),
            ("kernel", "kernel"),
            ("", ""),
        ] {
            assert_eq!(name_of(weight), name, "{weight}");
        }
    }
}
