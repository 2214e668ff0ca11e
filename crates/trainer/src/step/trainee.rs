use burn::optim::{GradientsParams, ModuleOptimizer};
use burn::tensor::{Device, Tensor};
use firebrick_model::Model;

use super::autodiff::with_weights_of;
use crate::error::TrainError;
use crate::optimizers::{Clipping, Optimizer};
use crate::state::State;

/// A model and what moves its weights, for a [`Step`](super::Step) of one's own, which says what the loss is: what Keras'
/// `train_step` has `self` for. A step of several models has one for each.
///
/// ```
/// use firebrick::datasets::Batch;
/// use firebrick::layers::Dense;
/// use firebrick::models::{Draws, Network};
/// use firebrick::prelude::*;
/// use firebrick::training::{Measures, State, Step, StepOutput, StepTrainer, TrainError, Trainee};
///
/// /// A network that learns its targets and what it should say of them where noise is on its inputs.
/// struct Steady(Trainee<Network>);
///
/// impl Step for Steady {
///     type Weights = Network;
///
///     fn measures(&self) -> Measures {
///         Measures::means(["unsteadiness"])
///     }
///
///     fn train_step(&mut self, batch: Batch) -> Result<StepOutput, TrainError> {
///         let draws = Draws::new(42, self.0.updates());
///         let (x, model) = (batch.inputs(), self.0.model());
///         let noise = draws.at("noise").normal(x.dims(), 0.1, &x.device());
///         let clear: Tensor<2> = model.forward_training(x.clone().into(), draws.at("clear"))?.into_rank()?;
///         let noisy: Tensor<2> = model.forward_training((x + noise).into(), draws.at("noisy"))?.into_rank()?;
///         let unsteadiness = (noisy - clear.clone()).square().mean();
///         let loss = (clear - batch.targets()).square().mean() + unsteadiness.clone();
///         self.0.learn(&loss);
///         Ok(StepOutput::new(batch.num_samples(), loss, [unsteadiness]))
///     }
///
///     fn iterations(&self) -> u64 {
///         self.0.updates()
///     }
///
///     fn learning_rate(&self) -> f64 {
///         self.0.learning_rate()
///     }
///
///     fn weights(&self) -> Network {
///         self.0.weights()
///     }
///
///     fn set_weights(&mut self, weights: &Network) -> Result<(), TrainError> {
///         self.0.set_weights(weights)
///     }
///
///     // With these two it goes on from checkpoints.
///     fn state(&self) -> Option<State> {
///         Some(self.0.state())
///     }
///
///     fn restore(&mut self, state: &State) -> Result<(), TrainError> {
///         self.0.restore(state)
///     }
/// }
///
/// let data = ArrayDataset::new([[0.0], [1.0], [2.0], [3.0]], [1.0, 3.0, 5.0, 7.0])?;
/// let model = Sequential::new([1]).add(Dense::new(1)).build(1, &Device::flex())?;
/// let step = Steady(Trainee::new(model, &Optimizer::adam(), 0.1)?);
/// let mut trainer = StepTrainer::new(step, &Device::flex());
/// let history = trainer.fit(&data, &Fit::new(100).with_display(Display::Quiet))?;
/// assert!(history["loss"][99] < 0.1 * history["loss"][0]);
/// # Ok::<(), TrainError>(())
/// ```
///
/// What a [`Trainer`](crate::Trainer) sees to, such a step does itself: `forward_training` leaves a softmax or a sigmoid at the
/// network's end to the loss, while [`predict`](Model::predict) applies it; what layers add to the loss comes with
/// [`call`](Model::call), what regularized weights add is [`penalty`](Model::penalty).
///
/// # Several models
/// Models with a loss each, as adversaries, are a trainee each. Models that learn from one loss, as an encoder and its decoder,
/// are one trainee together, because a loss can be gone back through once:
///
/// ```
/// use firebrick::layers::Dense;
/// use firebrick::models::Draws;
/// use firebrick::prelude::*;
/// use firebrick::training::Trainee;
///
/// #[derive(Module, Debug)]
/// struct Autoencoder {
///     encoder: Network,
///     decoder: Network,
/// }
///
/// impl Model for Autoencoder {
///     fn forward(&self, inputs: AnyTensor) -> Result<AnyTensor, ModelError> {
///         Model::forward(&self.decoder, Model::forward(&self.encoder, inputs)?)
///     }
/// }
///
/// let device = Device::flex();
/// let encoder = Sequential::new([3]).add(Dense::new(1)).build(1, &device)?;
/// let decoder = Sequential::new([1]).add(Dense::new(3)).build(2, &device)?;
/// let mut both = Trainee::new(Autoencoder { encoder, decoder }, &Optimizer::adam(), 0.01)?;
///
/// // In a step `x` are the inputs of the batch.
/// let x = Tensor::<2>::ones([4, 3], &device.autodiff());
/// let (draws, Autoencoder { encoder, decoder }) = (Draws::new(42, both.updates()), both.model());
/// let code = encoder.forward_training(x.clone().into(), draws.at("encoder"))?;
/// let again: Tensor<2> = decoder.forward_training(code, draws.at("decoder"))?.into_rank()?;
/// both.learn(&(again - x).square().mean());
/// assert_eq!(both.updates(), 1);
/// # Ok::<(), firebrick::training::TrainError>(())
/// ```
pub struct Trainee<M: Model> {
    /// On a device with automatic differentiation.
    model: M,
    optimizer: ModuleOptimizer,
    clipping: Option<Clipping>,
    learning_rate: f64,
    updates: u64,
}

impl<M: Model> Trainee<M> {
    /// A model as it is, on its device, and an optimizer at this rate.
    ///
    /// # Errors
    /// An optimizer that gathers gradients or keeps an average of weights, which a step of one's own does itself.
    pub fn new(model: M, optimizer: &Optimizer, learning_rate: f64) -> Result<Self, TrainError> {
        let received = match (optimizer.accumulation(), optimizer.average()) {
            (Some(_), _) => Some("gradient_accumulation_steps"),
            (None, Some(_)) => Some("ema_momentum"),
            (None, None) => None,
        };
        if let Some(received) = received {
            return Err(TrainError::Setting {
                setting: "the optimizer of a step of one's own",
                expected: "one that moves the weights with every batch; what is gathered or averaged is the step's business",
                received: format!("one with {received}"),
            });
        }
        let device: Device = model.devices().first().cloned().unwrap_or_default();
        let model = model.train();
        Ok(Self {
            optimizer: optimizer.build_for(&model.weight_paths(), &[])?,
            clipping: optimizer.clipping(),
            model: model.fork(&device.without_autodiff().autodiff()),
            learning_rate,
            updates: 0,
        })
    }

    /// The model, whose answers can be differentiated.
    pub fn model(&self) -> &M {
        &self.model
    }

    /// Moves the weights so that this loss gets smaller.
    ///
    /// # Shapes
    /// - loss: `[1]`
    ///
    /// # Panics
    /// When a gradient was taken of the loss before, or of what it has a part of its way back in common with; in a training the
    /// panic is an error. Models that share a loss are [one trainee](Self#several-models).
    pub fn learn(&mut self, loss: &Tensor<1>) {
        let gradients = GradientsParams::from_grads(loss.backward(), &self.model);
        let gradients = match self.clipping {
            Some(clipping) => clipping.clip(&self.model, gradients),
            None => gradients,
        };
        let model = self.model.clone();
        let moved = self.optimizer.step(self.learning_rate, model, gradients);
        self.model = moved.constrained();
        self.updates += 1;
    }

    /// How often it has learned.
    pub fn updates(&self) -> u64 {
        self.updates
    }

    /// The rate of the next time.
    pub fn learning_rate(&self) -> f64 {
        self.learning_rate
    }

    /// Sets the rate of the next time.
    pub fn set_learning_rate(&mut self, learning_rate: f64) {
        self.learning_rate = learning_rate;
    }

    /// The model of this moment, without automatic differentiation.
    pub fn weights(&self) -> M {
        self.model.valid()
    }

    /// Goes back to weights of an earlier moment; what the optimizer remembers stays.
    ///
    /// # Errors
    /// Weights of another model.
    pub fn set_weights(&mut self, weights: &M) -> Result<(), TrainError> {
        self.model = with_weights_of(self.model.clone(), weights)?;
        Ok(())
    }

    /// All that it is made of, for [`Step::state`](super::Step::state).
    pub fn state(&self) -> State {
        State::new()
            .with_module("model", &self.model)
            .with_optimizer("optimizer", &self.optimizer)
            .with("learning_rate", self.learning_rate)
            .with("updates", self.updates)
    }

    /// Goes on where the one was that gave this state.
    ///
    /// # Errors
    /// The state of another model or optimizer.
    pub fn restore(&mut self, state: &State) -> Result<(), TrainError> {
        self.model = state.load_module("model", self.model.clone())?;
        self.optimizer = state.load_optimizer("optimizer", self.optimizer.clone())?;
        self.learning_rate = state.get("learning_rate")?;
        self.updates = state.get("updates")?;
        Ok(())
    }
}
