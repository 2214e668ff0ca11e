//! Optimizers that programs have written themselves, and any of Burn's.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use burn::optim::{self, LearningRate, ModuleOptimizer};
use burn::tensor::{Device, Tensor};
use firebrick_spec::Register;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Kind;
use super::rule::Work;
use crate::error::TrainError;

/// An update rule of a program's own, or one of Burn's, for [`Optimizer::custom`](crate::Optimizer::custom).
///
/// Clipping, weight decay apart from the gradients, gathering of gradients, moving averages and [groups of
/// weights](crate::WeightGroup) are those of any other optimizer; the rule moves one weight by its gradient.
///
/// Any optimizer of Burn's, with its own arguments:
///
/// ```
/// use firebrick::burn::optim::{AdaGrad, AdaGradConfig};
/// use firebrick::prelude::*;
/// use firebrick::training::OptimizerFunction;
///
/// #[derive(Debug)]
/// struct BurnAdaGrad;
///
/// impl OptimizerFunction for BurnAdaGrad {
///     type Update = AdaGrad;
///
///     fn name(&self) -> &str {
///         "burn_adagrad"
///     }
///
///     fn update(&self) -> AdaGrad {
///         AdaGradConfig::new().with_lr_decay(0.01).build()
///     }
/// }
///
/// let optimizer = Optimizer::custom(BurnAdaGrad).with_clipnorm(1.0)?;
/// let compile = Compile::new(optimizer, MeanSquaredError::new()).with_learning_rate(0.5);
/// # let data = ArrayDataset::new([[0.0], [1.0]], [1.0, 3.0])?;
/// # let model = Sequential::new([1]).add(firebrick::layers::Dense::new(1)).build(1, &Device::flex())?;
/// # let fit = Fit::new(100).with_display(firebrick::training::Display::Quiet);
/// # assert!(compile.model(model).fit(&data, &fit)?["loss"][99] < 1e-2);
/// # Ok::<(), firebrick::training::TrainError>(())
/// ```
pub trait OptimizerFunction: fmt::Debug + Send + Sync {
    /// What moves a weight: one of Burn's optimizers, or an implementation of Burn's trait.
    type Update: optim::Optimizer;

    /// Its name, e.g. `signed_descent`.
    fn name(&self) -> &str;

    /// What moves the weights, before the first update.
    fn update(&self) -> Self::Update;

    /// The learning rate where none is set; 0.001 by default, as with most of Keras' optimizers.
    fn learning_rate(&self) -> f64 {
        0.001
    }

    /// Numbers that it keeps for each weight, to find beforehand whether there is room for them; 2 by default.
    fn num_slots(&self) -> usize {
        2
    }
}

/// The same whatever moves the weights, whose type can be looked up.
pub(crate) trait OwnOptimizer: fmt::Debug + Send + Sync + Any {
    fn name(&self) -> &str;

    fn learning_rate(&self) -> f64;

    fn num_slots(&self) -> usize;

    fn build(&self, work: Work) -> ModuleOptimizer;
}

impl<O: OptimizerFunction + Any> OwnOptimizer for O {
    fn name(&self) -> &str {
        OptimizerFunction::name(self)
    }

    fn learning_rate(&self) -> f64 {
        OptimizerFunction::learning_rate(self)
    }

    fn num_slots(&self) -> usize {
        OptimizerFunction::num_slots(self)
    }

    fn build(&self, work: Work) -> ModuleOptimizer {
        work.by_burn(|weight_decay, rate_factor| Decayed {
            update: self.update(),
            weight_decay,
            rate_factor,
        })
    }
}

/// Those with a name.
pub(super) static OWN: Register<dyn OwnOptimizer> = Register::new(Kind::KIND, "register_optimizer");

/// Gives a type of optimizer that the program has written itself a name, under which it is read as those that are built in
/// are: by [`Compile::by_name`](crate::Compile::by_name), in a file with a model or settings, in the `config.toml` of a run, into
/// which it is written too. Keras' `register_keras_serializable`.
///
/// Its fields are its arguments, written and read by serde; those that all optimizers have, `clipnorm` say, come beside
/// them. A program registers its optimizers before it reads files that name them; to do it again changes nothing.
///
/// ```
/// use firebrick::burn::optim::{self, SgdState};
/// use firebrick::burn::tensor::{Device, Tensor};
/// use firebrick::training::{Optimizer, OptimizerFunction, register_optimizer};
/// use serde::{Deserialize, Serialize};
///
/// /// `w -= rate · scale · sign(gradient)`, without a memory.
/// #[derive(Clone, Debug, Deserialize, Serialize)]
/// #[serde(deny_unknown_fields, default)]
/// struct SignedDescent {
///     scale: f64,
/// }
///
/// impl Default for SignedDescent {
///     fn default() -> Self {
///         Self { scale: 1.0 }
///     }
/// }
///
/// impl optim::Optimizer for SignedDescent {
///     // One of Burn's states does for a rule that keeps nothing.
///     type State<const D: usize> = SgdState<D>;
///
///     fn step<const D: usize>(
///         &self,
///         rate: f64,
///         weight: Tensor<D>,
///         gradient: Tensor<D>,
///         _: Option<SgdState<D>>,
///     ) -> (Tensor<D>, Option<SgdState<D>>) {
///         (weight - gradient.sign() * (rate * self.scale), None)
///     }
///
///     fn to_device<const D: usize>(state: SgdState<D>, _: &Device) -> SgdState<D> {
///         state
///     }
/// }
///
/// impl OptimizerFunction for SignedDescent {
///     type Update = Self;
///
///     fn name(&self) -> &str {
///         "signed_descent"
///     }
///
///     fn update(&self) -> Self {
///         self.clone()
///     }
///
///     fn num_slots(&self) -> usize {
///         0
///     }
/// }
///
/// register_optimizer::<SignedDescent>("signed_descent")?;
/// let optimizer: Optimizer = "signed_descent:scale=2:clipnorm=1".parse()?;
/// assert_eq!(optimizer, Optimizer::custom(SignedDescent { scale: 2.0 }).with_clipnorm(1.0)?);
/// # Ok::<(), firebrick::training::TrainError>(())
/// ```
///
/// # Errors
/// A name that is built in, belongs to another type or that a text could not hold; a type that has another name.
pub fn register_optimizer<O>(name: &str) -> Result<(), TrainError>
where
    O: OptimizerFunction + Serialize + DeserializeOwned + 'static,
{
    Ok(OWN.add::<O>(name, Kind::ALIASES, |own| Arc::new(own))?)
}

/// Burn's optimizer at a rate and with a weight decay of a group's own.
#[derive(Clone)]
struct Decayed<O> {
    update: O,
    weight_decay: f64,
    rate_factor: f64,
}

impl<O: optim::Optimizer> optim::Optimizer for Decayed<O> {
    type State<const D: usize> = O::State<D>;

    fn step<const D: usize>(
        &self,
        rate: LearningRate,
        weight: Tensor<D>,
        gradient: Tensor<D>,
        state: Option<Self::State<D>>,
    ) -> (Tensor<D>, Option<Self::State<D>>) {
        let rate = rate * self.rate_factor;
        let weight = if self.weight_decay == 0.0 {
            weight
        } else {
            weight.mul_scalar(1.0 - rate * self.weight_decay)
        };
        self.update.step(rate, weight, gradient, state)
    }

    fn to_device<const D: usize>(state: Self::State<D>, device: &Device) -> Self::State<D> {
        O::to_device(state, device)
    }
}
