//! A network with what it takes and what its answers mean.

mod told;

use firebrick_data::{ColumnGroup, CsvSource, CsvTarget};
use firebrick_model::burn::module::Module;
use firebrick_model::{Activation, AnyModel, Model, Shape};

use crate::answer::{Meaning, Output};
use crate::error::ServeError;
use crate::network::{Network, Slot};

/// A network that is served: what it takes, and what its answers mean.
///
/// ```
/// use firebrick_model::burn::tensor::Device;
/// use firebrick_model::{Activation, MlpConfig};
/// use firebrick_serve::Served;
///
/// let model = MlpConfig::new(784, 10).init(1, &Device::flex())?;
/// let served = Served::new("digits", model)?.with_pictures()?;
/// assert_eq!(served.name(), "digits");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Served {
    pub(crate) network: Network,
    pub(crate) described: Described,
}

/// What is known of a network, wherever it runs.
#[derive(Debug)]
pub(crate) struct Described {
    pub(crate) name: String,
    pub(crate) inputs: Vec<Slot>,
    pub(crate) outputs: Vec<Output>,
    pub(crate) takes: Takes,
}

/// What is asked with, beside rows of numbers.
#[derive(Debug)]
pub(crate) enum Takes {
    Rows,
    /// Grey pictures of a digit.
    Pictures {
        height: usize,
        width: usize,
    },
    /// Rows of named cells.
    Table(Box<Table>),
    Texts,
}

/// Rows of named cells, and which of their numbers go into which input.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) source: CsvSource,
    pub(crate) features: Vec<String>,
    /// None for a network of one input.
    pub(crate) groups: Vec<ColumnGroup>,
}

impl Served {
    /// A network, by a name that is told to whoever asks. It takes rows of numbers, or texts if these are what it reads; where it
    /// ends with a softmax its answers are about classes.
    ///
    /// # Errors
    /// A network that takes or gives samples of open sizes, but for texts.
    pub fn new(name: impl Into<String>, model: impl Into<AnyModel>) -> Result<Self, ServeError> {
        let model = model.into();
        let (names, activations) = (model.output_names(), model.output_activations());
        let shapes = match &model {
            AnyModel::Network(network) => network.config().output_shapes()?,
            AnyModel::Mlp(mlp) => vec![Shape::from([mlp.config().num_classes])],
            _ => Vec::new(),
        };
        let device = model.devices().into_iter().next().unwrap_or_default();
        let network = Network::new(model, device)?;
        let inputs = match &network {
            Network::Texts { model, .. } => {
                let slot = |name| Slot {
                    name,
                    shape: Vec::new(),
                };
                model.input_names().into_iter().map(slot).collect()
            }
            Network::Rows(predictor) => {
                let slot = |(name, shape): (&str, &[usize])| Slot {
                    name: name.to_owned(),
                    shape: shape.to_vec(),
                };
                predictor.inputs().map(slot).collect()
            }
        };
        let output = |((name, activation), shape): ((String, Activation), Shape)| Output {
            name,
            width: shape.num_elements(),
            meaning: match activation {
                Activation::Softmax => Meaning::of_classes(Vec::new(), activation),
                _ => Meaning::Numbers,
            },
            activation,
        };
        let outputs = names.into_iter().zip(activations).zip(shapes);
        let described = Described {
            name: name.into(),
            takes: match network {
                Network::Rows(_) => Takes::Rows,
                Network::Texts { .. } => Takes::Texts,
            },
            outputs: outputs.map(output).collect(),
            inputs,
        };
        Ok(Self { network, described })
    }

    /// What it is called.
    pub fn name(&self) -> &str {
        &self.described.name
    }

    /// Height and width of the grey pictures that the network can take: `[height, width]`, `[height, width, 1]` or a square number of
    /// features.
    ///
    /// ```
    /// use firebrick_model::burn::tensor::Device;
    /// use firebrick_model::MlpConfig;
    /// use firebrick_serve::Served;
    ///
    /// let served = Served::new("digits", MlpConfig::new(784, 10).init(1, &Device::flex())?)?;
    /// assert_eq!(served.picture_sides(), Some([28, 28]));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn picture_sides(&self) -> Option<[usize; 2]> {
        match (&self.described.takes, &self.described.inputs[..]) {
            (Takes::Texts, _) => None,
            (_, [input]) => picture_sides(&input.shape),
            _ => None,
        }
    }

    /// Takes grey pictures of a digit too, of any size as PNG or JPEG, which are prepared as MNIST was.
    ///
    /// # Errors
    /// A network that takes something else than `[height, width]`, `[height, width, 1]` or a square number of features.
    pub fn with_pictures(mut self) -> Result<Self, ServeError> {
        let Some([height, width]) = self.picture_sides() else {
            let shape = self
                .described
                .inputs
                .first()
                .map(|input| input.shape.clone());
            return Err(ServeError::NoPictures {
                name: self.described.name,
                shape: Shape::from(&shape.unwrap_or_default()[..]),
            });
        };
        self.described.takes = Takes::Pictures { height, width };
        for output in &mut self.described.outputs {
            if let Meaning::Numbers = output.meaning
                && output.width.is_some_and(|width| width > 1)
            {
                output.meaning = Meaning::of_classes(Vec::new(), output.activation);
            }
        }
        Ok(self)
    }

    /// Takes rows of a table, whose cells become numbers as this description says, and gives the target's classes or numbers.
    ///
    /// ```
    /// use firebrick_data::CsvSource;
    /// use firebrick_model::burn::tensor::Device;
    /// use firebrick_model::MlpConfig;
    /// use firebrick_serve::Served;
    ///
    /// let irises = CsvSource::classes("iris.csv", "species")
    ///     .with_features(["petal_length", "petal_width"])
    ///     .with_class_names(["setosa", "versicolor", "virginica"])?;
    /// let model = MlpConfig::new(2, 3).init(1, &Device::flex())?;
    /// let served = Served::new("irises", model)?.with_table(irises)?;
    /// # let _ = served;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// A description that the network does not go with, or that leaves its features open.
    pub fn with_table(mut self, source: CsvSource) -> Result<Self, ServeError> {
        let inputs: Vec<&str> = self
            .described
            .inputs
            .iter()
            .map(|input| &*input.name)
            .collect();
        let groups = if inputs.len() > 1 || source.inputs().next().is_some() {
            source.input_groups(&inputs)?
        } else {
            Vec::new()
        };
        let all = source.input_columns().len();
        for (place, input) in self.described.inputs.iter().enumerate() {
            let received = groups.get(place).map_or(all, |group| group.columns.len());
            if received != input.row_len() {
                return Err(ServeError::Columns {
                    name: self.described.name,
                    input: input.name.clone(),
                    expected: input.row_len(),
                    received,
                });
            }
        }
        self.described.outputs = with_targets(&source, self.described.outputs)?;
        self.described.takes = Takes::Table(Box::new(Table {
            features: source.features().unwrap_or_default().to_vec(),
            source: source.with_path("the question"),
            groups,
        }));
        Ok(self)
    }

    /// Names the classes of the network's only output, in the order of their indices, e.g. of pictures or texts.
    ///
    /// ```
    /// use firebrick_model::burn::tensor::Device;
    /// use firebrick_model::MlpConfig;
    /// use firebrick_serve::Served;
    ///
    /// let model = MlpConfig::new(4, 2).init(1, &Device::flex())?;
    /// let served = Served::new("mail", model)?.with_class_names(["wanted", "spam"])?;
    /// # let _ = served;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Another number of names than there are classes.
    pub fn with_class_names<I>(mut self, names: I) -> Result<Self, ServeError>
    where
        I: IntoIterator<Item: Into<String>>,
    {
        let names: Vec<String> = names.into_iter().map(Into::into).collect();
        let expected = match &self.described.outputs[..] {
            [output] => match (output.width, output.activation) {
                (Some(1), Activation::Sigmoid) => 2,
                (width, _) => width.unwrap_or(names.len()),
            },
            _ => 0,
        };
        let [output] = &mut self.described.outputs[..] else {
            return Err(self.no_classes(0, names.len()));
        };
        if names.len() != expected || expected < 2 {
            return Err(self.no_classes(expected, names.len()));
        }
        output.meaning = Meaning::of_classes(names, output.activation);
        Ok(self)
    }

    fn no_classes(self, expected: usize, received: usize) -> ServeError {
        ServeError::Classes {
            name: self.described.name,
            expected,
            received,
        }
    }
}

/// What is asked of each output by the targets of a table.
fn with_targets(source: &CsvSource, outputs: Vec<Output>) -> Result<Vec<Output>, ServeError> {
    let names: Vec<&str> = outputs.iter().map(|output| &*output.name).collect();
    let columns = source.target().columns();
    let is_only = names.len() == 1;
    let groups = if !is_only || source.outputs().next().is_some() {
        source.output_groups(&names)?
    } else {
        Vec::new()
    };
    let with_target = |output: Output| {
        let group = groups.iter().find(|group| group.name == output.name);
        let asked: Vec<&String> = match group {
            Some(group) => group
                .columns
                .iter()
                .filter_map(|at| columns.get(*at))
                .collect(),
            None if is_only => columns.iter().collect(),
            None => Vec::new(),
        };
        let meaning = match (source.target(), &asked[..]) {
            (CsvTarget::Classes { names, .. }, [_]) => {
                let names = names.clone().unwrap_or_default();
                Meaning::of_classes(names, output.activation)
            }
            (CsvTarget::Values(_), asked) if Some(asked.len()) == output.width => Meaning::Values {
                names: asked.iter().map(|name| (*name).clone()).collect(),
                offsets: asked.iter().map(|name| source.offset_of(name)).collect(),
            },
            // A number that a loss has taken for the index of a class.
            (CsvTarget::Values(_), [_]) => Meaning::of_classes(Vec::new(), output.activation),
            _ => Meaning::Numbers,
        };
        Output { meaning, ..output }
    };
    Ok(outputs.into_iter().map(with_target).collect())
}

/// Height and width of the grey pictures that a network with this input takes.
fn picture_sides(shape: &[usize]) -> Option<[usize; 2]> {
    match *shape {
        [height, width] | [height, width, 1] => Some([height, width]),
        [num_features] => {
            let side = num_features.isqrt();
            (side * side == num_features).then_some([side, side])
        }
        _ => None,
    }
}
