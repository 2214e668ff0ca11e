//! Which variables the optimizers of Keras 3 have, in the order in which its files count them.

use firebrick_spec::{Spec, Value, folded};

/// A weight that training moves.
#[derive(Debug)]
pub(super) struct Trained {
    /// `dense/kernel`
    pub(super) name: String,
    pub(super) shape: Vec<usize>,
}

/// What a variable is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Iterations,
    LearningRate,
    /// The product of the momenta so far, of Nadam.
    Product,
    /// A zero where a weight of one axis has neither rows nor columns, of Adafactor.
    Nothing,
    /// What is kept of the weight of this place, under this name.
    Of(usize, &'static str),
}

/// The variables of an optimizer.
#[derive(Debug)]
pub(super) struct Layout {
    /// Each with its shape.
    pub(super) variables: Vec<(Role, Vec<usize>)>,
    /// Batches that make an update.
    pub(super) accumulation_steps: u64,
    pub(super) beta_1: f64,
}

impl Layout {
    /// Those of an optimizer as Keras describes it; `None` for one that is not known.
    ///
    /// # Errors
    /// An argument that cannot be.
    pub(super) fn of(optimizer: &Spec, trained: &[Trained]) -> Result<Option<Self>, String> {
        let mut writing = Counting {
            trained,
            variables: vec![(Role::Iterations, Vec::new())],
        };
        let has_rate = match optimizer.get("learning_rate") {
            None | Some(Value::Null | Value::Integer(_) | Value::Number(_)) => true,
            Some(Value::Table(_)) => false,
            Some(other) => {
                return Err(format!(
                    "`optimizer.learning_rate` is {other}, expected a number or a schedule"
                ));
            }
        };
        if has_rate {
            writing.variables.push((Role::LearningRate, Vec::new()));
        }
        let steps = number(optimizer, "gradient_accumulation_steps", 0.0)?;
        if flag(optimizer, "use_ema", false)? {
            writing.group(&["average"]);
        }
        if steps != 0.0 {
            writing.group(&["gradient_accumulator"]);
        }
        if !writing.own(optimizer)? {
            return Ok(None);
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a cast of a number that is out of range gives the next one"
        )]
        let accumulation_steps = (steps as u64).max(1);
        Ok(Some(Self {
            variables: writing.variables,
            accumulation_steps,
            beta_1: number(optimizer, "beta_1", 0.9)?,
        }))
    }

    /// How many there are before the optimizer has seen the weights.
    pub(super) fn num_before_building(&self) -> usize {
        let is_of_all =
            |(role, _): &&(Role, _)| matches!(role, Role::Iterations | Role::LearningRate);
        self.variables.iter().filter(is_of_all).count()
    }
}

struct Counting<'a> {
    trained: &'a [Trained],
    variables: Vec<(Role, Vec<usize>)>,
}

impl Counting<'_> {
    /// Some of each weight, one weight after the other.
    fn group(&mut self, names: &[&'static str]) {
        for (index, weight) in self.trained.iter().enumerate() {
            for name in names {
                let role = Role::Of(index, name);
                self.variables.push((role, weight.shape.clone()));
            }
        }
    }

    /// Those of the optimizer's own; whether it is known.
    fn own(&mut self, optimizer: &Spec) -> Result<bool, String> {
        match folded(optimizer.name()).as_str() {
            "sgd" => {
                if number(optimizer, "momentum", 0.0)? != 0.0 {
                    self.group(&["momentum"]);
                }
            }
            "adam" | "adamw" => {
                self.group(&["momentum", "velocity"]);
                if flag(optimizer, "amsgrad", false)? {
                    self.group(&["velocity_hat"]);
                }
            }
            "adamax" => self.group(&["momentum", "norm"]),
            "nadam" => {
                self.group(&["momentum", "velocity"]);
                self.variables.push((Role::Product, Vec::new()));
            }
            "rmsprop" => {
                self.group(&["velocity"]);
                if number(optimizer, "momentum", 0.0)? > 0.0 {
                    self.group(&["momentum"]);
                }
                if flag(optimizer, "centered", false)? {
                    self.group(&["average_gradient"]);
                }
            }
            "adagrad" => self.group(&["accumulator"]),
            "adadelta" => self.group(&["accumulated_grad", "accumulated_delta_var"]),
            "ftrl" => self.group(&["accumulator", "linear"]),
            "lion" => self.group(&["momentum"]),
            "lamb" | "schedulefreeadamw" => self.group(&["momentum", "velocity"]),
            "adafactor" => self.adafactor(),
            "muon" => return self.muon(optimizer),
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn adafactor(&mut self) {
        for (index, weight) in self.trained.iter().enumerate() {
            match weight.shape.len().checked_sub(2) {
                None => self
                    .variables
                    .extend([(Role::Nothing, Vec::new()), (Role::Nothing, Vec::new())]),
                Some(axis) => {
                    let (mut rows, mut columns) = (weight.shape.clone(), weight.shape.clone());
                    rows.remove(axis + 1);
                    columns.remove(axis);
                    self.variables.push((Role::Of(index, "r"), rows));
                    self.variables.push((Role::Of(index, "c"), columns));
                }
            }
            let velocity = Role::Of(index, "velocity");
            self.variables.push((velocity, weight.shape.clone()));
        }
    }

    fn muon(&mut self, optimizer: &Spec) -> Result<bool, String> {
        let excludes_embeddings = flag(optimizer, "exclude_embeddings", true)?;
        match optimizer.get("exclude_layers") {
            None | Some(Value::Null) => {}
            Some(Value::List(layers)) if layers.is_empty() => {}
            // Patterns that choose among the weights.
            Some(_) => return Ok(false),
        }
        for (index, weight) in self.trained.iter().enumerate() {
            let is_embedding =
                excludes_embeddings && weight.name.to_lowercase().contains("embedding");
            let names: &[&'static str] = if weight.shape.len() != 2 || is_embedding {
                &["momentum", "velocity"]
            } else {
                &["momentum"]
            };
            for name in names {
                let role = Role::Of(index, name);
                self.variables.push((role, weight.shape.clone()));
            }
        }
        Ok(true)
    }
}

fn flag(optimizer: &Spec, argument: &str, default: bool) -> Result<bool, String> {
    match optimizer.get(argument) {
        None | Some(Value::Null) => Ok(default),
        Some(Value::Bool(value)) => Ok(*value),
        Some(other) => Err(format!(
            "`optimizer.{argument}` is {other}, expected true or false"
        )),
    }
}

fn number(optimizer: &Spec, argument: &str, default: f64) -> Result<f64, String> {
    match optimizer.get(argument) {
        None | Some(Value::Null) => Ok(default),
        Some(Value::Number(value)) => Ok(*value),
        Some(Value::Integer(value)) => Ok(*value as f64),
        Some(other) => Err(format!(
            "`optimizer.{argument}` is {other}, expected a number"
        )),
    }
}
