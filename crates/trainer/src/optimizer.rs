use burn::optim::ModuleOptimizer;
use firebrick_model::nearest_name;
use serde::{Deserialize, Serialize};

use crate::TrainError;
use crate::optimizers::{Adam, Sgd};

/// How the weights follow the gradients, with Keras' formulas and defaults.
///
/// # Source
/// <https://keras.io/api/optimizers/>
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Optimizer {
    /// Gradient descent: `velocity = momentum · velocity - rate · gradient`, added to the weights.
    Sgd {
        /// In `[0, 1)`; 0 is plain gradient descent.
        momentum: f64,
        /// Whether the gradient is taken ahead of the velocity.
        nesterov: bool,
    },
    /// Adaptive moment estimation.
    Adam {
        /// Decay of the mean of the gradients.
        beta_1: f64,
        /// Decay of the mean of their squares.
        beta_2: f64,
        /// Added to the root of the mean square.
        epsilon: f64,
    },
}

impl Optimizer {
    /// The names for [`by_name`](Self::by_name).
    pub const NAMES: [&'static str; 2] = ["sgd", "adam"];

    /// Plain gradient descent.
    pub fn sgd() -> Self {
        Self::Sgd {
            momentum: 0.0,
            nesterov: false,
        }
    }

    /// Adam with Keras' defaults: 0.9, 0.999, 1e-7.
    pub fn adam() -> Self {
        Self::Adam {
            beta_1: 0.9,
            beta_2: 0.999,
            epsilon: 1e-7,
        }
    }

    /// The optimizer of this name with its defaults.
    ///
    /// # Errors
    /// A name that is not known; the error lists those that are.
    pub fn by_name(name: &str) -> Result<Self, TrainError> {
        match name.to_lowercase().as_str() {
            "sgd" => Ok(Self::sgd()),
            "adam" => Ok(Self::adam()),
            _ => Err(TrainError::UnknownOptimizer {
                name: name.to_owned(),
                nearest: nearest_name(name, &Self::NAMES),
            }),
        }
    }

    /// Sets the momentum of gradient descent.
    ///
    /// # Errors
    /// A momentum outside `[0, 1)`, or one for an optimizer that has none.
    pub fn with_momentum(self, momentum: f64) -> Result<Self, TrainError> {
        match self {
            Self::Sgd { nesterov, .. } if (0.0..1.0).contains(&momentum) => {
                Ok(Self::Sgd { momentum, nesterov })
            }
            Self::Sgd { .. } => Err(TrainError::Setting {
                setting: "momentum",
                expected: "a number from 0 up to, but not including, 1",
                received: momentum.to_string(),
            }),
            Self::Adam { .. } => Err(TrainError::Setting {
                setting: "momentum",
                expected: "none with the optimizer adam; choose sgd to use it",
                received: momentum.to_string(),
            }),
        }
    }

    /// Takes the gradient of gradient descent ahead of the velocity; other optimizers stay.
    #[must_use = "returns the changed optimizer"]
    pub fn with_nesterov(self) -> Self {
        match self {
            Self::Sgd { momentum, .. } => Self::Sgd {
                momentum,
                nesterov: true,
            },
            other @ Self::Adam { .. } => other,
        }
    }

    pub(crate) fn build(self) -> ModuleOptimizer {
        match self {
            Self::Sgd { momentum, nesterov } => ModuleOptimizer::from(Sgd::new(momentum, nesterov)),
            Self::Adam {
                beta_1,
                beta_2,
                epsilon,
            } => ModuleOptimizer::from(Adam::new(beta_1, beta_2, epsilon)),
        }
    }
}

#[cfg(test)]
mod tests {
    use burn::module::{Module, Param};
    use burn::optim::GradientsParams;
    use burn::tensor::{Device, Tensor};
    use serde::Deserialize;

    use super::*;

    #[derive(Module, Debug)]
    struct Variable {
        value: Param<Tensor<2>>,
    }

    #[derive(Deserialize)]
    struct Golden {
        start: [[f32; 2]; 2],
        gradients: Vec<[[f32; 2]; 2]>,
        trajectories: Vec<Trajectory>,
    }

    #[derive(Deserialize)]
    struct Trajectory {
        name: String,
        trajectory: Vec<[[f32; 2]; 2]>,
    }

    fn optimizer(name: &str) -> Optimizer {
        match name {
            "sgd" => Optimizer::sgd(),
            "momentum" => Optimizer::sgd().with_momentum(0.9).unwrap(),
            "nesterov" => Optimizer::sgd().with_momentum(0.9).unwrap().with_nesterov(),
            "adam" => Optimizer::adam(),
            "adam_epsilon" => Optimizer::Adam {
                beta_1: 0.9,
                beta_2: 0.999,
                epsilon: 1e-3,
            },
            other => panic!("no optimizer for the golden case `{other}`"),
        }
    }

    #[test]
    fn ten_steps_are_those_of_keras() {
        let golden = include_str!("../tests/data/keras_training.json");
        let golden: Golden = serde_json::from_str(golden).unwrap();
        let device = Device::flex().autodiff();
        assert_eq!(golden.trajectories.len(), 5);
        for case in golden.trajectories {
            let mut optimizer = optimizer(&case.name).build();
            let mut variable = Variable {
                value: Param::from_data(golden.start, &device),
            };
            for (step, (gradient, expected)) in
                golden.gradients.iter().zip(case.trajectory).enumerate()
            {
                let mut gradients = GradientsParams::new();
                let plain = device.clone().without_autodiff();
                gradients.register(variable.value.id, Tensor::<2>::from_data(*gradient, &plain));
                variable = optimizer.step(0.1, variable, gradients);
                let values: Vec<f32> = variable.value.val().into_data().iter().collect();
                for (value, expected) in values.iter().zip(expected.iter().flatten()) {
                    let tolerance = 1e-6 + 1e-5 * expected.abs();
                    assert!(
                        (value - expected).abs() < tolerance,
                        "{} step {step}: {value} instead of {expected}",
                        case.name
                    );
                }
            }
        }
    }

    #[test]
    fn momentum_is_for_sgd_and_below_one() {
        for momentum in [-0.1, 1.0, f64::NAN] {
            assert!(Optimizer::sgd().with_momentum(momentum).is_err());
        }
        let error = Optimizer::adam()
            .with_momentum(0.9)
            .unwrap_err()
            .to_string();
        assert!(error.contains("choose sgd"), "{error}");
    }

    #[test]
    fn an_unknown_name_lists_the_known_ones() {
        assert_eq!(
            Optimizer::by_name("adm").unwrap_err().to_string(),
            "unknown optimizer `adm`, did you mean `adam`?; known optimizers: sgd, adam"
        );
    }
}
