use burn::module::{Module, ModuleDisplay};
use burn::tensor::Tensor;

use crate::activation::Activation;
use crate::draws::Draws;
use crate::error::ModelError;
use crate::host_pass::HostPass;
use crate::layer::NoHostForm;
use crate::mode::Mode;
use crate::model_size::ModelSize;
use crate::signal::{Signal, Signals};
use crate::weight_paths::{WeightPath, weight_paths};
use firebrick_tensor::AnyTensor;

/// What a network says of a batch, and what its layers add to the loss.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::burn::tensor::{Device, Tensor};
/// use firebrick::models::{MlpConfig, Mode, Model};
///
/// let device = Device::flex();
/// let model = MlpConfig::new(4, 3).init(1, &device)?;
/// let answers = model.call(Tensor::<2>::zeros([2, 4], &device).into(), Mode::Inference)?;
/// assert_eq!(answers.outputs[0].shape(), [2, 3]);
/// assert!(answers.losses.is_empty());
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Answers {
    /// One for each output, in order.
    pub outputs: Signals,
    /// Terms of the loss, each of the shape `[1]`, beside those of regularized weights.
    pub losses: Vec<Tensor<1>>,
}

/// How many units of a layer say nothing: units of a relu that are above 0 for no sample learn nothing any more.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::burn::tensor::{Device, Tensor};
/// use firebrick::layers::{Dense, Layer};
/// use firebrick::models::{Activation, Model, Sequential};
///
/// let device = Device::flex();
/// let layer = Dense::new(2).with_activation(Activation::Relu).named("hidden");
/// // The second unit gives relu(-x).
/// let model = Sequential::new([1]).add(layer).build_with_weights([vec![1.0, -1.0], vec![0.0, 0.0]], &device)?;
/// let x = Tensor::<2>::from_floats([[1.0], [2.0]], &device);
/// let dead = model.dead_units(x.into())?;
/// assert_eq!((dead[0].layer.as_str(), dead[0].share.clone().into_scalar::<f32>()), ("hidden", 0.5));
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
#[derive(Clone, Debug)]
pub struct DeadUnits {
    /// The name of the layer.
    pub layer: String,
    /// The share of its units, from 0 to 1, on the device: `[1]`.
    pub share: Tensor<1>,
}

impl DeadUnits {
    /// Of what a layer gives for a batch, its units along the last axis.
    pub(crate) fn of(layer: &str, outputs: AnyTensor) -> Result<Self, ModelError> {
        let shape = outputs.shape();
        let units = shape.last().copied().unwrap_or(1);
        let rows = shape.iter().product::<usize>() / units.max(1);
        let outputs: Tensor<2> = outputs.reshape(&[rows, units])?.into_rank()?;
        let largest = outputs.max_dim(0);
        Ok(Self {
            layer: layer.to_owned(),
            share: largest.lower_equal_elem(0.0).float().mean(),
        })
    }
}

/// A network that can be compiled, fitted and evaluated: any Burn [`Module`] with this one method.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// // The derive needs `burn` in scope; `firebrick::prelude` has all of this.
/// use firebrick::burn::nn::{Linear, LinearConfig};
/// use firebrick::burn::tensor::{Device, Tensor};
/// use firebrick::burn::{self, module::Module};
/// use firebrick::models::{AnyTensor, Model, ModelError};
///
/// #[derive(Module, Debug)]
/// struct TwoPaths {
///     left: Linear,
///     right: Linear,
/// }
///
/// impl Model for TwoPaths {
///     fn forward(&self, inputs: AnyTensor) -> Result<AnyTensor, ModelError> {
///         let x: Tensor<2> = inputs.into_rank()?;
///         Ok((self.left.forward(x.clone()) + self.right.forward(x).tanh()).into())
///     }
/// }
///
/// let device = Device::flex();
/// let model = TwoPaths {
///     left: LinearConfig::new(4, 3).init(&device),
///     right: LinearConfig::new(4, 3).init(&device),
/// };
/// let inputs = AnyTensor::from(Tensor::<2>::zeros([2, 4], &device));
/// assert_eq!(model.forward(inputs)?.shape(), [2, 3]);
/// # Ok::<(), ModelError>(())
/// ```
pub trait Model: Module + ModuleDisplay + std::fmt::Display + 'static {
    /// Computes what the network answers to a batch, but for its
    /// [`output_activation`](Self::output_activation).
    ///
    /// # Shapes
    /// - inputs: `[batch_size, ...]`, channels last
    /// - output: `[batch_size, ...]`
    ///
    /// # Errors
    /// Inputs that the network does not take.
    fn forward(&self, inputs: AnyTensor) -> Result<AnyTensor, ModelError>;

    /// The same in a step of a training, on a device with gradients: what the network draws at random, it takes from
    /// `draws`, so that a step can be repeated on its own. By default [`forward`](Self::forward).
    ///
    /// Burn's own random modules take their numbers from the device's generator instead, so that a training with
    /// them is another one when it goes on after a stop.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
    /// use firebrick::burn::nn::{Linear, LinearConfig};
    /// use firebrick::burn::tensor::{Device, Tensor};
    /// use firebrick::burn::{self, module::Module};
    /// use firebrick::models::{AnyTensor, Draws, Model, ModelError};
    ///
    /// #[derive(Module, Debug)]
    /// struct Noisy {
    ///     dense: Linear,
    /// }
    ///
    /// impl Model for Noisy {
    ///     fn forward(&self, inputs: AnyTensor) -> Result<AnyTensor, ModelError> {
    ///         Ok(self.dense.forward(inputs.into_rank::<2>()?).into())
    ///     }
    ///
    ///     fn forward_training(&self, inputs: AnyTensor, draws: Draws) -> Result<AnyTensor, ModelError> {
    ///         let x: Tensor<2> = inputs.into_rank()?;
    ///         let noise = draws.at("noise").normal(x.dims(), 0.1, &x.device());
    ///         self.forward((x + noise).into())
    ///     }
    /// }
    ///
    /// let model = Noisy { dense: LinearConfig::new(4, 3).init(&Device::flex()) };
    /// let learn = |step| model.forward_training(Tensor::<2>::ones([2, 4], &Device::flex()).into(), Draws::new(1, step));
    /// assert_eq!(learn(5)?.into_vec()?, learn(5)?.into_vec()?);
    /// # Ok::<(), ModelError>(())
    /// ```
    ///
    /// # Shapes
    /// As those of [`forward`](Self::forward).
    ///
    /// # Errors
    /// Inputs that the network does not take.
    fn forward_training(&self, inputs: AnyTensor, draws: Draws) -> Result<AnyTensor, ModelError> {
        let _ = draws;
        self.forward(inputs)
    }

    /// The same of a network with several inputs or outputs, with masks, and with what layers add to the loss: all that a
    /// training asks for. By default that of a network of one input and one output.
    ///
    /// # Shapes
    /// - inputs: one batch for each input, in order
    /// - outputs: one for each output, but for its [`output_activations`](Self::output_activations)
    ///
    /// # Errors
    /// Inputs that the network does not take, or another number of them.
    fn call(&self, inputs: Signals, mode: Mode) -> Result<Answers, ModelError> {
        let inputs = only_input(self, inputs)?;
        let outputs = match mode {
            Mode::Training(draws) => self.forward_training(inputs, draws)?,
            Mode::Inference => self.forward(inputs)?,
        };
        Ok(Answers {
            outputs: outputs.into(),
            losses: Vec::new(),
        })
    }

    /// What the network says of a batch for each input, its last activations included: an answer for each output.
    ///
    /// It goes layer by layer, on any device. Whoever asks the same weights often is answered faster on a processor: rows of
    /// numbers in an app by a [`Predictor`](crate::Predictor), batches of tensors by a [`HostInference`](crate::HostInference), which a
    /// trainer's `predict` takes by itself.
    ///
    /// # Errors
    /// Those of [`call`](Self::call).
    fn predict_all(&self, inputs: Signals) -> Result<Signals, ModelError> {
        let outputs = self.call(inputs, Mode::Inference)?.outputs.into_iter();
        let activations = self.output_activations();
        Ok(outputs
            .zip(activations)
            .map(|(output, activation)| {
                let (values, mask) = output.into_parts();
                Signal::from(activation.activate(values)).with_mask(mask)
            })
            .collect())
    }

    /// The names of the inputs, in order; of one input by default.
    fn input_names(&self) -> Vec<String> {
        vec!["input".to_owned()]
    }

    /// The names of the outputs, in order; of one output by default.
    fn output_names(&self) -> Vec<String> {
        vec!["output".to_owned()]
    }

    /// The [`output_activation`](Self::output_activation) of each output.
    fn output_activations(&self) -> Vec<Activation> {
        vec![self.output_activation()]
    }

    /// The activation at the network's end that [`forward`](Self::forward) leaves out: losses compute
    /// a softmax or a sigmoid together with the logarithm that follows it, and `predict` applies it.
    ///
    /// None, the default, means that `forward` is all there is.
    fn output_activation(&self) -> Activation {
        Activation::Linear
    }

    /// What the network says of a batch, its last activation included; [`predict_all`](Self::predict_all) says what is faster
    /// where.
    ///
    /// # Shapes
    /// As those of [`forward`](Self::forward).
    ///
    /// # Errors
    /// Inputs that the network does not take.
    fn predict(&self, inputs: impl Into<AnyTensor>) -> Result<AnyTensor, ModelError> {
        let outputs = self.forward(inputs.into())?;
        Ok(self.output_activation().activate(outputs))
    }

    /// A description from which the network can be built again, kept in the saved file.
    ///
    /// `None`, the default, saves the weights alone; loading them then needs the code that
    /// builds the module.
    fn description(&self) -> Option<String> {
        None
    }

    /// The weights that training moves, by the paths by which one names them; of a module of one's own its fields,
    /// `left/weight`.
    fn weight_paths(&self) -> Vec<WeightPath> {
        weight_paths(self)
    }

    /// How much room the network takes, so that a training for which there is none is refused before it begins.
    ///
    /// `None`, the default, where nobody knows.
    fn size(&self) -> Option<ModelSize> {
        None
    }

    /// The network over plain memory, on which a training on a processor runs faster; by default there is none.
    ///
    /// # Errors
    /// What has no form for that.
    fn host_pass(&self) -> Result<HostPass, NoHostForm> {
        Err(NoHostForm::OwnModule)
    }

    /// Takes a new value of a weight that follows the batches, by its place among all weights of the module, from
    /// [`HostPass::forward`]; by default there is none to take.
    fn follow(&self, _weight: usize, _values: Vec<f32>) {}

    /// Why the network cannot be saved, if it cannot.
    ///
    /// # Errors
    /// None by default; a layer that no file can keep.
    fn check_saveable(&self) -> Result<(), ModelError> {
        Ok(())
    }

    /// Whether there may be inputs that the network has no answer to, so that a training looks at all of them by
    /// [`check_inputs`](Self::check_inputs) before it begins. By default not.
    fn has_input_limits(&self) -> bool {
        false
    }

    /// Looks for inputs that the network has no answer to, such as an index beyond an embedding.
    ///
    /// # Shapes
    /// - inputs: as those of [`forward`](Self::forward)
    ///
    /// # Errors
    /// None by default; what the network takes, what it received and where.
    fn check_inputs(&self, _inputs: AnyTensor) -> Result<(), ModelError> {
        Ok(())
    }

    /// The same of a network with several inputs.
    ///
    /// # Errors
    /// As [`check_inputs`](Self::check_inputs); another number of inputs.
    fn check_all_inputs(&self, inputs: Signals) -> Result<(), ModelError> {
        let inputs = only_input(self, inputs)?;
        self.check_inputs(inputs)
    }

    /// What a message calls the first part of the network whose output for a batch is not finite, e.g.
    /// ``layer `dense` (Dense, index 0)``.
    ///
    /// `None` where all are finite, and by default, where the network does not know its parts.
    ///
    /// # Shapes
    /// - inputs: as those of [`forward`](Self::forward)
    ///
    /// # Errors
    /// Inputs that the network does not take.
    fn first_not_finite(&self, _inputs: AnyTensor) -> Result<Option<String>, ModelError> {
        Ok(None)
    }

    /// How many units are above 0 for none of these samples, of each layer whose activation can come to that. By default
    /// nobody knows.
    ///
    /// # Errors
    /// Inputs that the network does not take.
    fn dead_units(&self, _inputs: Signals) -> Result<Vec<DeadUnits>, ModelError> {
        Ok(Vec::new())
    }

    /// The same weights, of which training moves those of this layer and of the layers after it alone.
    ///
    /// # Errors
    /// By default, where the network does not know its layers; a layer that is not there.
    fn freeze_to(self, layer: &str) -> Result<Self, ModelError> {
        Err(ModelError::UnknownLayer {
            key: format!("`{}`", firebrick_spec::shortened(layer)),
            known: Vec::new(),
        })
    }

    /// The network as it is saved, without what is there for training alone. By default itself.
    #[must_use = "returns the changed network"]
    fn merged(self) -> Self {
        self
    }

    /// What the weights add to the loss: the sum of all regularization terms, differentiable, of the
    /// shape `[1]` and not divided by anything.
    ///
    /// `None`, the default, where no weight is regularized.
    fn penalty(&self) -> Option<Tensor<1>> {
        None
    }

    /// The network with its constrained weights brought back to where they may be, which has to
    /// happen after every step of the optimizer. By default none is constrained.
    #[must_use = "returns the changed network"]
    fn constrained(self) -> Self {
        self
    }
}

/// The batch for the only input of a network.
pub(crate) fn only_input<M: Model>(model: &M, inputs: Signals) -> Result<AnyTensor, ModelError> {
    let received = inputs.len();
    inputs
        .into_values()
        .map_err(|_several| ModelError::NumInputs {
            names: model.input_names(),
            received,
        })
}
