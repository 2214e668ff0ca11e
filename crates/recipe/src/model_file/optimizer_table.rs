//! An optimizer in a file: its name, or a table with the name and the arguments of Keras' constructor.

use firebrick_trainer::{Optimizer, TrainError};
use toml::Spanned;
use toml::de::DeValue;

use super::section::{Located, into_section, read as read_value, wrong_value};
use crate::model_file_problem::ModelFileProblem;

const OPTIMIZER: &str = "optimizer";
const NAME: &str = "name";
/// An argument of Keras' optimizers that is a setting of its own here.
const LEARNING_RATE: &str = "learning_rate";

/// What an argument is, with what sets it.
enum Argument {
    Number(fn(Optimizer, f64) -> Result<Optimizer, TrainError>),
    Count(fn(Optimizer, usize) -> Result<Optimizer, TrainError>),
    /// False changes nothing.
    Switch(fn(Optimizer) -> Result<Optimizer, TrainError>),
}

use Argument::{Count, Number, Switch};

/// The arguments of all optimizers; one that another one needs stands behind that.
const ARGUMENTS: &[(&str, Argument)] = &[
    ("momentum", Number(Optimizer::with_momentum)),
    ("beta_1", Number(Optimizer::with_beta_1)),
    ("beta_2", Number(Optimizer::with_beta_2)),
    ("rho", Number(Optimizer::with_rho)),
    ("epsilon", Number(Optimizer::with_epsilon)),
    (
        "initial_accumulator_value",
        Number(Optimizer::with_initial_accumulator_value),
    ),
    ("weight_decay", Number(Optimizer::with_weight_decay)),
    ("clipnorm", Number(Optimizer::with_clipnorm)),
    ("clipvalue", Number(Optimizer::with_clipvalue)),
    ("global_clipnorm", Number(Optimizer::with_global_clipnorm)),
    (
        "gradient_accumulation_steps",
        Count(Optimizer::with_gradient_accumulation_steps),
    ),
    ("ema_momentum", Number(Optimizer::with_ema)),
    (
        "ema_overwrite_frequency",
        Count(Optimizer::with_ema_overwrite_frequency),
    ),
    ("nesterov", Switch(Optimizer::with_nesterov)),
    ("amsgrad", Switch(Optimizer::with_amsgrad)),
    ("centered", Switch(Optimizer::with_centered)),
];

pub(super) fn read(value: Spanned<DeValue<'_>>) -> Result<Optimizer, Located> {
    let at = value.span().start;
    let located = |error: TrainError| Located::new(ModelFileProblem::Setting(error), at);
    if matches!(value.get_ref(), DeValue::String(_)) {
        let name: String = read_value(OPTIMIZER, value)?;
        return Optimizer::by_name(&name).map_err(located);
    }
    let mut table = into_section(OPTIMIZER, value)?;
    let example = "optimizer = { name = \"adam\", beta_1 = 0.8 }";
    let name: String = table.require("the optimizer", NAME, example)?;
    let mut optimizer = Optimizer::by_name(&name).map_err(located)?;
    if let Some(rate) = table.take_value(LEARNING_RATE) {
        let message = "stands beside the optimizer, in [compile] itself; move it there";
        return Err(wrong_value(LEARNING_RATE, message, rate.span().start));
    }
    let place = format!("the optimizer `{optimizer}`");
    table.check_arguments(&place, &known(optimizer))?;
    for (name, argument) in ARGUMENTS {
        if let Some(value) = table.take_value(name) {
            optimizer = with_argument(optimizer, name, argument, value)?;
        }
    }
    Ok(optimizer)
}

fn with_argument(
    optimizer: Optimizer,
    name: &str,
    argument: &Argument,
    value: Spanned<DeValue<'_>>,
) -> Result<Optimizer, Located> {
    let at = value.span().start;
    let changed = match argument {
        Number(with) => with(optimizer, read_value(name, value)?),
        Count(with) => with(optimizer, read_value(name, value)?),
        Switch(with) if read_value(name, value)? => with(optimizer),
        Switch(_) => Ok(optimizer),
    };
    changed.map_err(|error| Located::new(ModelFileProblem::Setting(error), at))
}

/// The arguments that this optimizer takes.
fn known(optimizer: Optimizer) -> Vec<&'static str> {
    let is_taken = |argument: &Argument| {
        // Any value tells whether the optimizer has the argument at all.
        let tried = match argument {
            Number(with) => with(optimizer, 0.5),
            Count(with) => with(optimizer, 2),
            Switch(with) => with(optimizer),
        };
        !matches!(tried, Err(TrainError::ForeignSetting { .. }))
    };
    let taken = ARGUMENTS.iter().filter(|(_, argument)| is_taken(argument));
    taken.map(|(name, _)| *name).collect()
}
