use std::cell::RefCell;

use burn::tensor::Tensor;
use firebrick_tensor::AnyTensor;

use super::held_weights::HeldWeights;
use crate::activation::Activation;
use crate::draws::Draws;
use crate::mode::Mode;
use crate::regularizer::Regularizer;

/// What a layer has at hand when a batch goes through it: its weights, whether the network learns, what it may draw by, and
/// where it leaves what it adds to the loss.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::layers::{Layer, LayerProblem, WeightSpec};
/// use firebrick::models::{Call, Initializer, Shape, Signals};
/// use serde::{Deserialize, Serialize};
///
/// /// Every feature times a factor that is learned.
/// #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
/// struct Scale {}
///
/// impl Layer for Scale {
///     const CLASS_NAME: &'static str = "Scale";
///
///     fn weights(&self, inputs: &[Shape]) -> Vec<WeightSpec> {
///         let features = inputs[0].last().unwrap_or_default();
///         vec![WeightSpec::new("factor", [features], Initializer::Ones)]
///     }
///
///     fn call(&self, inputs: Signals, call: &Call) -> Result<Signals, LayerProblem> {
///         let x = inputs.into_rank::<2>()?;
///         let factor = call.weight::<1>("factor");
///         Ok((x * factor.unsqueeze()).into())
///     }
/// }
/// ```
pub struct Call<'a> {
    weights: &'a HeldWeights,
    /// The path of the part that is called, with a slash at its end, or nothing.
    path: String,
    mode: Mode,
    is_frozen: bool,
    leaves_activation: bool,
    losses: &'a RefCell<Vec<Tensor<1>>>,
    /// A weight that another value stands for, by its whole name.
    instead: Option<(String, AnyTensor)>,
}

impl<'a> Call<'a> {
    pub(crate) fn new(
        weights: &'a HeldWeights,
        mode: Mode,
        losses: &'a RefCell<Vec<Tensor<1>>>,
    ) -> Self {
        Self {
            weights,
            path: String::new(),
            mode,
            is_frozen: false,
            leaves_activation: false,
            losses,
            instead: None,
        }
    }

    /// The same of a layer whose weights training does not move.
    #[must_use = "returns the changed call"]
    pub(crate) fn frozen_if(mut self, is_frozen: bool) -> Self {
        self.is_frozen |= is_frozen;
        self
    }

    /// The same of a layer whose last activation somebody else applies.
    #[must_use = "returns the changed call"]
    pub(crate) fn leaving_activation_if(mut self, leaves: bool) -> Self {
        self.leaves_activation = leaves;
        self
    }

    /// That of a part of the layer, whose weights and draws are found under `name/`.
    #[must_use = "returns the call of the part"]
    pub fn within(&self, name: &str) -> Self {
        Self {
            weights: self.weights,
            path: format!("{}{name}/", self.path),
            mode: self.mode.at(name),
            is_frozen: self.is_frozen,
            leaves_activation: false,
            losses: self.losses,
            instead: self.instead.clone(),
        }
    }

    /// The same with another value in the place of a weight, such as a kernel that was made of it.
    #[must_use = "returns the changed call"]
    pub fn with_weight(mut self, name: &str, value: impl Into<AnyTensor>) -> Self {
        self.instead = Some((format!("{}{name}", self.path), value.into()));
        self
    }

    /// The same of a layer that is used as after training, whatever happens around it.
    #[must_use = "returns the changed call"]
    pub(crate) fn inferring_if(mut self, in_inference: bool) -> Self {
        if in_inference {
            self.mode = Mode::Inference;
        }
        self
    }

    /// Whether somebody else applies the layer's last activation.
    pub(crate) fn leaves_activation(&self) -> bool {
        self.leaves_activation
    }

    /// That of a further call of the same layer, which draws other numbers.
    #[must_use = "returns the call"]
    pub(crate) fn again(mut self, call: usize) -> Self {
        self.mode = self.mode.at(&call.to_string());
        self
    }

    /// Whether the network learns or is used.
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// What to draw by, in training; nothing where the network is used, or where its training flag is off (Burn's
    /// [`freeze`](burn::module::Module::freeze)). A layer that is merely frozen draws.
    pub fn draws(&self) -> Option<Draws> {
        match self.mode {
            Mode::Training(draws) if self.weights.is_training() => Some(draws),
            _ => None,
        }
    }

    /// Whether moving statistics are to follow this batch: in training, unless the layer is frozen.
    pub fn follows_statistics(&self) -> bool {
        self.draws().is_some() && !self.is_frozen
    }

    /// A weight of the layer by its name, as its built form stores it.
    ///
    /// # Panics
    /// If the layer does not list the weight, or lists one of another rank.
    pub fn weight<const D: usize>(&self, name: &str) -> Tensor<D> {
        match self.find(name) {
            Some(weight) => weight,
            None => unreachable!(
                "a layer lists the weights that it asks for with their ranks, `{}{name}` of rank {D} among them",
                self.path
            ),
        }
    }

    /// The same where the layer may do without it.
    pub fn find<const D: usize>(&self, name: &str) -> Option<Tensor<D>> {
        match self.stands_for(name) {
            Some(value) => value.clone().into_rank().ok(),
            None => self.weights.find(&self.path, name),
        }
    }

    /// A weight whose rank depends on the layer's arguments.
    ///
    /// # Panics
    /// If the layer does not list the weight.
    pub fn any_weight(&self, name: &str) -> AnyTensor {
        match self.find_any(name) {
            Some(weight) => weight,
            None => unreachable!(
                "a layer lists the weights that it asks for, `{}{name}` among them",
                self.path
            ),
        }
    }

    /// The same where the layer may do without it.
    pub fn find_any(&self, name: &str) -> Option<AnyTensor> {
        match self.stands_for(name) {
            Some(value) => Some(value.clone()),
            None => self.weights.find_any(&self.path, name),
        }
    }

    fn stands_for(&self, name: &str) -> Option<&AnyTensor> {
        let (whole, value) = self.instead.as_ref()?;
        (whole.strip_prefix(self.path.as_str()) == Some(name)).then_some(value)
    }

    /// Sets a weight that no optimizer moves, such as moving statistics.
    pub fn update<const D: usize>(&self, name: &str, value: Tensor<D>) {
        self.weights.update(&self.path, name, value);
    }

    /// Adds a term to the loss, of the shape `[1]`.
    pub fn add_loss(&self, loss: Tensor<1>) {
        self.losses.borrow_mut().push(loss);
    }

    /// Adds what a regularizer says of outputs, divided by the number of samples, to the loss.
    pub(crate) fn add_activity_loss(&self, regularizer: &Regularizer, outputs: AnyTensor) {
        let shape = outputs.shape();
        let sizes = [shape[0], shape[1..].iter().product()];
        if sizes[0] > 0 {
            let outputs = outputs.reshaped(&sizes).expect_rank::<2>();
            self.add_loss(regularizer.penalty(outputs) / sizes[0] as f64);
        }
    }

    /// Applies the layer's last activation, unless somebody else does: losses compute a softmax or a sigmoid together with
    /// the logarithm that follows it. For layers whose [`last_activation`](crate::layers::Layer::last_activation) says so.
    pub fn activate(&self, activation: Activation, y: impl Into<AnyTensor>) -> AnyTensor {
        if self.leaves_activation {
            y.into()
        } else {
            activation.activate(y.into())
        }
    }
}
