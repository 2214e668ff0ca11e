//! Which tensor of a file becomes which weight of a network.

mod by_name;
mod in_order;
mod name_table;

use firebrick_model::{Graph, WeightValue};

use crate::counterparts::Counterpart;
use crate::error::FormatProblem;
use crate::stored_tensor::StoredTensor;
use crate::weight_names::Names;

pub use name_table::NameTable;

/// Which tensor of a file of weights becomes which weight of a network, and how the file's tensors lie.
///
/// ```
/// # mod firebrick { pub use firebrick_formats as formats; pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::burn::tensor::Device;
/// use firebrick::formats::safetensors::{self, Names};
/// use firebrick::formats::{Format, Mapping};
/// use firebrick::layers::{Dense, Layer};
/// use firebrick::models::Sequential;
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("model.safetensors");
/// let saved = Sequential::new([4]).add(Dense::new(3).named("fc1")).build(1, &Device::flex())?;
/// safetensors::save(&saved, &path, Names::PyTorch)?;
/// let mut other = Sequential::new([4]).add(Dense::new(3).named("head")).build(2, &Device::flex())?;
/// let format = Format::of(&path)?;
/// // The first layer with weights takes the first tensors.
/// format.load_mapped(&mut other, &path, &Mapping::in_order())?;
/// assert_eq!(other.get_weights()?, saved.get_weights()?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mapping {
    rule: Rule,
    names: Option<Names>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum Rule {
    #[default]
    ByName,
    InOrder,
    Table(NameTable),
}

impl Mapping {
    /// Each layer takes the tensors that have its name, under whichever names the file has.
    ///
    /// What all names begin with, such as `module.` or `model.`, does not count where no layer is called so. Where a file of
    /// PyTorch has none of the names but as many modules, as that of a `nn.Sequential`, they are taken in order.
    pub fn by_name() -> Self {
        Self::default()
    }

    /// The n-th layer with weights takes the n-th tensors of the file, whatever they are called.
    ///
    /// They are in the order that the modules were made in, which files of PyTorch keep; files of safetensors don't, so that
    /// theirs are taken by their names, `layers.10` after `layers.9`.
    pub fn in_order() -> Self {
        Self {
            rule: Rule::InOrder,
            names: None,
        }
    }

    /// Tensors get the names of a table, and are then found by them.
    pub fn table(table: NameTable) -> Self {
        Self {
            rule: Rule::Table(table),
            names: None,
        }
    }

    /// Says whose names the file has; it tells by itself otherwise.
    #[must_use = "returns the changed mapping"]
    pub fn with_names(mut self, names: Names) -> Self {
        self.names = Some(names);
        self
    }
}

/// The weights of a network as a file has them, in the network's order, and whose names those are.
///
/// # Errors
/// Tensors that are missing, left over, of another shape or unreadable.
pub(crate) fn weights_for(
    graph: &Graph,
    tensors: Vec<StoredTensor<'_>>,
    mapping: &Mapping,
) -> Result<(Vec<WeightValue>, Names), FormatProblem> {
    let tensors: Vec<_> = tensors
        .into_iter()
        .filter(StoredTensor::is_weight)
        .collect();
    match &mapping.rule {
        Rule::ByName => by_name::weights(graph, tensors, mapping.names),
        Rule::InOrder => in_order::weights(graph, tensors, mapping.names),
        Rule::Table(table) => by_name::weights(graph, table.renamed(tensors)?, mapping.names),
    }
}

/// All weights of a network, of the tensors that the modules have, module by module.
fn of_modules(
    graph: &Graph,
    all: &[Counterpart],
    tensors: Vec<Vec<StoredTensor<'_>>>,
) -> Result<Vec<WeightValue>, FormatProblem> {
    let specs = graph.weights()?;
    let mut weights: Vec<Option<WeightValue>> = vec![None; specs.len()];
    for (module, tensors) in all.iter().zip(tensors) {
        let values = tensors.iter().map(StoredTensor::value);
        let values = values.collect::<Result<Vec<_>, _>>()?;
        for (index, value) in module.restored(values)? {
            weights[index] = Some(value);
        }
    }
    let weights = specs.into_iter().zip(weights);
    let weights = weights.map(|((_, spec), value)| match value {
        Some(value) => Ok(value),
        // Of states that are kept PyTorch's files say nothing.
        None => Ok(WeightValue::new(
            spec.shape.clone(),
            vec![0.0; spec.num_params()],
        )?),
    });
    weights.collect()
}

fn check_unused<'a>(left: impl IntoIterator<Item = StoredTensor<'a>>) -> Result<(), FormatProblem> {
    let mut places: Vec<String> = left.into_iter().map(|tensor| tensor.name).collect();
    if places.is_empty() {
        return Ok(());
    }
    places.sort();
    Err(FormatProblem::Unused { places })
}
