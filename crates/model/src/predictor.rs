//! Networks that only answer, for apps.

use std::fmt;
use std::path::Path;

use burn::module::Module;
use burn::tensor::Device;
use firebrick_tensor::{DeviceName, is_host_cpu};

use crate::any_model::AnyModel;
use crate::error::ModelError;
use crate::host_inference::HostInference;
use crate::host_pass::signal_of;
use crate::layer::NoHostForm;
use crate::model::Model;
use crate::model_card::ModelCard;
use crate::saved_model::SavedModel;
use crate::shape::Shape;
use crate::signal::Signals;

/// A network that only answers: rows of numbers in, rows of numbers out.
///
/// It is made for apps: any number of threads may ask at once, nothing is kept for a way back, and once a thread has asked,
/// [`predict_into`](Self::predict_into) allocates nothing for few rows where the network runs over
/// [plain memory](Self::no_host_form). What it says is what [`Model::predict`] says, but for rounding. A row that comes alone is
/// answered without a detour by tensors, in some millionths of a second where the network is small; many rows at once are
/// shared out over all cores.
///
/// A row is what one sample has, in order, the last axis running fastest; rows lie one behind the other.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::burn::tensor::Device;
/// use firebrick::models::{MlpConfig, ModelError, Predictor, SavedModel, save_model};
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("model.bpk");
/// let device = Device::flex();
/// save_model(&MlpConfig::new(4, 3).with_hidden([8]).init(1, &device)?, &path)?;
///
/// // An app, where requests come in on the threads of a server.
/// let predictor = SavedModel::read(&path)?.into_predictor(&device)?;
/// std::thread::scope(|scope| {
///     for _ in 0..4 {
///         scope.spawn(|| {
///             let shares = predictor.predict(&[5.1, 3.5, 1.4, 0.2])?;
///             assert!((shares.iter().sum::<f32>() - 1.0).abs() < 1e-6);
///             Ok::<(), ModelError>(())
///         });
///     }
/// });
/// // Two samples at once.
/// assert_eq!(predictor.predict(&[0.0; 8])?.len(), 2 * 3);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Predictor {
    card: ModelCard,
    form: Form,
    inputs: Vec<Slot>,
    outputs: Vec<Slot>,
}

/// How it runs.
enum Form {
    Host(Box<HostInference>),
    Layers {
        model: Box<AnyModel>,
        device: Device,
        reason: NoHostForm,
    },
}

/// An input or an output.
struct Slot {
    name: String,
    /// Of a sample.
    shape: Vec<usize>,
}

impl Slot {
    fn row_len(&self) -> usize {
        self.shape.iter().product()
    }

    fn check(
        &self,
        what: &'static str,
        received: usize,
        num_rows: usize,
    ) -> Result<(), ModelError> {
        if received == num_rows * self.row_len() {
            return Ok(());
        }
        Err(ModelError::Rows {
            what,
            name: self.name.clone(),
            num_rows,
            row_len: self.row_len(),
            received,
        })
    }
}

/// Reads a model file for answers alone, on the best device that there is: all that an app needs.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, self as models}; }
/// # use firebrick::burn::tensor::Device;
/// # use firebrick::models::{MlpConfig, save_model};
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("model.bpk");
/// # save_model(&MlpConfig::new(4, 3).init(1, &Device::flex())?, &path)?;
/// let shares = firebrick::models::load(&path)?.predict(&[5.1, 3.5, 1.4, 0.2])?;
/// assert_eq!(shares.len(), 3);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// Those of [`SavedModel::read`] and [`SavedModel::into_predictor`]; no device that computes.
pub fn load(path: impl AsRef<Path>) -> Result<Predictor, ModelError> {
    let device = DeviceName::Auto.select()?.device;
    SavedModel::read(path.as_ref())?.into_predictor(&device)
}

impl SavedModel {
    /// Builds the network that the file describes, for answers alone.
    ///
    /// # Errors
    /// Those of [`card`](Self::card), [`into_model`](Self::into_model) and [`Predictor::new`].
    pub fn into_predictor(self, device: &Device) -> Result<Predictor, ModelError> {
        let card = self.card()?;
        let predictor = Predictor::new(self.into_model(device)?)?;
        Ok(Predictor { card, ..predictor })
    }
}

impl Predictor {
    /// A network with the weights that it has now, where it lies.
    ///
    /// # Errors
    /// A network that takes or gives samples of open sizes, such as text, which [`Model::predict`] does.
    pub fn new(model: impl Into<AnyModel>) -> Result<Self, ModelError> {
        let model = model.into().merged();
        let (inputs, outputs) = match &model {
            AnyModel::Mlp(mlp) => {
                let config = mlp.config();
                let slot = |size: usize| vec![Shape::from([size])];
                (slot(config.num_features), slot(config.num_classes))
            }
            AnyModel::Network(network) => {
                let graph = network.config();
                let inputs = graph.inputs().iter().map(|input| input.shape().clone());
                (inputs.collect(), graph.output_shapes()?)
            }
        };
        let inputs = slots(model.input_names(), inputs)?;
        let outputs = slots(model.output_names(), outputs)?;
        let device = model.devices().into_iter().next().unwrap_or_default();
        let form = match host_form(&model, &device) {
            Ok(inference) => Form::Host(Box::new(inference)),
            Err(reason) => Form::Layers {
                model: Box::new(model),
                device,
                reason,
            },
        };
        Ok(Self {
            card: ModelCard::default(),
            form,
            inputs,
            outputs,
        })
    }

    /// What the file tells of the network, such as the names of classes; of one that comes from no file nothing.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_model::{burn, self as models}; }
    /// use firebrick::burn::tensor::Device;
    /// use firebrick::models::{MlpConfig, Predictor};
    ///
    /// let predictor = Predictor::new(MlpConfig::new(4, 3).init(1, &Device::flex())?)?;
    /// assert!(predictor.card().labels.is_empty());
    /// # Ok::<(), firebrick::models::ModelError>(())
    /// ```
    pub fn card(&self) -> &ModelCard {
        &self.card
    }

    /// What the network says of rows, of a network of one input and one output.
    ///
    /// # Errors
    /// Rows of another length; several inputs or outputs; values for which a layer has no result.
    pub fn predict(&self, rows: &[f32]) -> Result<Vec<f32>, ModelError> {
        let mut outputs = self.predict_all(&[rows])?;
        match (outputs.pop(), outputs.is_empty()) {
            (Some(output), true) => Ok(output),
            _ => Err(self.several_outputs()),
        }
    }

    /// The same into memory that is there: a row of answers for each row.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
    /// use firebrick::burn::tensor::Device;
    /// use firebrick::models::{MlpConfig, Predictor};
    ///
    /// let predictor = Predictor::new(MlpConfig::new(4, 3).init(1, &Device::flex())?)?;
    /// let mut shares = [0.0; 3];
    /// for sample in [[5.1, 3.5, 1.4, 0.2], [6.2, 2.9, 4.3, 1.3]] {
    ///     predictor.predict_into(&sample, &mut shares)?;
    ///     assert!(shares.iter().all(|share| *share > 0.0));
    /// }
    /// # Ok::<(), firebrick::models::ModelError>(())
    /// ```
    ///
    /// # Errors
    /// As those of [`predict`](Self::predict), and room for another number of answers.
    pub fn predict_into(&self, rows: &[f32], answers: &mut [f32]) -> Result<(), ModelError> {
        if self.outputs.len() != 1 {
            return Err(self.several_outputs());
        }
        self.predict_all_into(&[rows], &mut [answers])
    }

    /// What the network says of the rows of each input, in order: the rows of each output.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
    /// use firebrick::burn::tensor::Device;
    /// use firebrick::layers::{Add, Layer, Subtract};
    /// use firebrick::models::{Graph, Predictor, input};
    ///
    /// let (a, b) = (input([1]), input([1]));
    /// let outputs = [Add::new().on([&a, &b]), Subtract::new().on([&a, &b])];
    /// let predictor = Predictor::new(Graph::new([a, b], outputs).build(1, &Device::flex())?)?;
    /// // Two samples.
    /// let answers = predictor.predict_all(&[&[5.0, 1.0], &[3.0, 2.0]])?;
    /// assert_eq!(answers, [[8.0, 3.0], [2.0, -1.0]]);
    /// # Ok::<(), firebrick::models::ModelError>(())
    /// ```
    ///
    /// # Errors
    /// Another number of inputs; rows of another length, or another number of them; values for which a layer has no result.
    pub fn predict_all(&self, inputs: &[&[f32]]) -> Result<Vec<Vec<f32>>, ModelError> {
        let num_rows = self.num_rows(inputs)?;
        let room = |slot: &Slot| vec![0.0; num_rows * slot.row_len()];
        let mut outputs: Vec<Vec<f32>> = self.outputs.iter().map(room).collect();
        let mut places: Vec<&mut [f32]> =
            outputs.iter_mut().map(|output| &mut output[..]).collect();
        self.run(num_rows, inputs, &mut places)?;
        Ok(outputs)
    }

    /// The same into memory that is there.
    ///
    /// # Errors
    /// As those of [`predict_all`](Self::predict_all), and room for another number of answers.
    pub fn predict_all_into(
        &self,
        inputs: &[&[f32]],
        outputs: &mut [&mut [f32]],
    ) -> Result<(), ModelError> {
        let num_rows = self.num_rows(inputs)?;
        if outputs.len() != self.outputs.len() {
            return Err(self.several_outputs());
        }
        for (slot, output) in self.outputs.iter().zip(&*outputs) {
            slot.check("room for the output", output.len(), num_rows)?;
        }
        self.run(num_rows, inputs, outputs)
    }

    /// The shapes of a sample of each input, by name.
    pub fn inputs(&self) -> impl ExactSizeIterator<Item = (&str, &[usize])> {
        self.inputs.iter().map(|slot| (&*slot.name, &*slot.shape))
    }

    /// The shapes of what is said of a sample by each output, by name.
    pub fn outputs(&self) -> impl ExactSizeIterator<Item = (&str, &[usize])> {
        self.outputs.iter().map(|slot| (&*slot.name, &*slot.shape))
    }

    /// Why the network runs layer by layer as in [`Model::predict`] rather than over plain memory, if it does.
    pub fn no_host_form(&self) -> Option<&NoHostForm> {
        match &self.form {
            Form::Host(_) => None,
            Form::Layers { reason, .. } => Some(reason),
        }
    }

    /// How many rows each input has.
    fn num_rows(&self, inputs: &[&[f32]]) -> Result<usize, ModelError> {
        if inputs.len() != self.inputs.len() {
            return Err(ModelError::NumInputs {
                names: self.inputs.iter().map(|slot| slot.name.clone()).collect(),
                received: inputs.len(),
            });
        }
        let mut num_rows = 0;
        for (index, (slot, values)) in self.inputs.iter().zip(inputs).enumerate() {
            if index == 0 {
                num_rows = values.len() / slot.row_len().max(1);
            }
            slot.check("rows of the input", values.len(), num_rows)?;
        }
        Ok(num_rows)
    }

    fn run(
        &self,
        num_rows: usize,
        inputs: &[&[f32]],
        outputs: &mut [&mut [f32]],
    ) -> Result<(), ModelError> {
        let (model, device) = match &self.form {
            _ if num_rows == 0 => return Ok(()),
            Form::Host(inference) => {
                inference.run(num_rows, inputs, outputs);
                return Ok(());
            }
            Form::Layers { model, device, .. } => (model, device),
        };
        let signal = |(slot, values): (&Slot, &&[f32])| {
            let mut shape = vec![num_rows];
            shape.extend(&slot.shape);
            signal_of(values.to_vec(), &shape, device)
        };
        let inputs: Signals = self.inputs.iter().zip(inputs).map(signal).collect();
        let answers = model.predict_all(inputs)?;
        for (answer, output) in answers.into_iter().zip(outputs) {
            output.copy_from_slice(&answer.into_values().into_vec()?);
        }
        Ok(())
    }

    fn several_outputs(&self) -> ModelError {
        ModelError::Several {
            what: "outputs",
            count: self.outputs.len(),
            names: self.outputs.iter().map(|slot| slot.name.clone()).collect(),
            hint: "ask by `predict_all`, or give `predict_all_into` room for each of them",
        }
    }
}

impl fmt::Debug for Predictor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Predictor")
            .field("inputs", &self.inputs().collect::<Vec<_>>())
            .field("outputs", &self.outputs().collect::<Vec<_>>())
            .field("no_host_form", &self.no_host_form())
            .finish()
    }
}

fn slots(names: Vec<String>, shapes: Vec<Shape>) -> Result<Vec<Slot>, ModelError> {
    let slot = |(name, shape): (String, Shape)| match shape.known() {
        Ok(shape) => Ok(Slot { name, shape }),
        Err(_) => Err(ModelError::OpenRows { name, shape }),
    };
    names.into_iter().zip(shapes).map(slot).collect()
}

fn host_form(model: &AnyModel, device: &Device) -> Result<HostInference, NoHostForm> {
    if !is_host_cpu(device) {
        return Err(NoHostForm::Device);
    }
    HostInference::new(model)
}
