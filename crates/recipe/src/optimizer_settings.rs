use firebrick_trainer::{Flag, Optimizer, TrainError, settings};

/// The heading of the flags.
const LEARNING: &str = "Learning";

settings! {
    /// What is given of an optimizer's arguments, under their names and without the optimizer.
    ///
    /// ```
    /// use firebrick::recipes::GivenOptimizer;
    /// use firebrick::training::Optimizer;
    ///
    /// let given = GivenOptimizer { clipnorm: Some(1.0), ..GivenOptimizer::default() };
    /// assert_eq!(given.applied_to(Optimizer::adam())?, Optimizer::adam().with_clipnorm(1.0)?);
    /// # Ok::<(), firebrick::training::TrainError>(())
    /// ```
    pub struct GivenOptimizer {
        /// Momentum of sgd or rmsprop, from 0 up to but not including 1
        momentum: f64, flag Flag::number("M").under(LEARNING);

        /// Share, times the learning rate, that every weight loses a step [default: 0.004 with adamw, else 0]
        weight_decay: f64, flag Flag::number("X").under(LEARNING);

        /// Greatest length of the gradient of each kernel or bias [default: any]
        clipnorm: f64, flag Flag::number("X").under(LEARNING).without(&["clipvalue", "global_clipnorm"]);

        /// Greatest size of a single number of a gradient [default: any]
        clipvalue: f64, flag Flag::number("X").under(LEARNING).without(&["global_clipnorm"]);

        /// Greatest length of all gradients together [default: any]
        global_clipnorm: f64, flag Flag::number("X").under(LEARNING);

        /// Batches whose gradients make one update, by their mean: at least 2 [default: an update after every batch]
        gradient_accumulation_steps: usize, flag Flag::number("N").under(LEARNING);

        /// Keep a moving average of the weights with this momentum (`--ema` alone: 0.99), which they become at the end
        /// [default: none]
        ema: f64, flag Flag::number("M").under(LEARNING).alone("0.99");
    }
}

impl GivenOptimizer {
    /// Whether a clipping is given.
    pub(crate) fn clips(&self) -> bool {
        let clippings = [self.clipnorm, self.clipvalue, self.global_clipnorm];
        clippings.iter().any(Option::is_some)
    }

    pub(crate) fn without_clipping(self) -> Self {
        Self {
            clipnorm: None,
            clipvalue: None,
            global_clipnorm: None,
            ..self
        }
    }

    /// The optimizer with these arguments.
    ///
    /// # Errors
    /// An argument that it does not have, or that is out of its range; a momentum of 0 every optimizer has.
    pub fn applied_to(&self, mut optimizer: Optimizer) -> Result<Optimizer, TrainError> {
        type With = fn(Optimizer, f64) -> Result<Optimizer, TrainError>;

        if self.clips() {
            optimizer = optimizer.without_clipping();
        }
        let is_set = |&momentum: &f64| momentum != 0.0 || optimizer.with_momentum(momentum).is_ok();
        let momentum = self.momentum.filter(is_set);
        let numbers: &[(Option<f64>, With)] = &[
            (momentum, Optimizer::with_momentum),
            (self.weight_decay, Optimizer::with_weight_decay),
            (self.clipnorm, Optimizer::with_clipnorm),
            (self.clipvalue, Optimizer::with_clipvalue),
            (self.global_clipnorm, Optimizer::with_global_clipnorm),
            (self.ema, Optimizer::with_ema),
        ];
        for &(value, with) in numbers {
            if let Some(value) = value {
                optimizer = with(optimizer, value)?;
            }
        }
        match self.gradient_accumulation_steps {
            Some(steps) => optimizer.with_gradient_accumulation_steps(steps),
            None => Ok(optimizer),
        }
    }
}
