//! An optimizer in a file: its name, or a table with the name and the arguments of Keras' constructor.

use toml::Spanned;
use toml::de::DeValue;

use super::ModelFileProblem;
use super::section::{Located, into_section, read as read_value};
use crate::{Optimizer, TrainError};

const OPTIMIZER: &str = "optimizer";
const NAME: &str = "name";

type WithNumber = fn(Optimizer, f64) -> Result<Optimizer, TrainError>;
type WithSwitch = fn(Optimizer) -> Result<Optimizer, TrainError>;

/// The arguments that are numbers, each with its setter.
const NUMBERS: &[(&str, WithNumber)] = &[
    ("momentum", Optimizer::with_momentum),
    ("beta_1", Optimizer::with_beta_1),
    ("beta_2", Optimizer::with_beta_2),
    ("rho", Optimizer::with_rho),
    ("epsilon", Optimizer::with_epsilon),
    (
        "initial_accumulator_value",
        Optimizer::with_initial_accumulator_value,
    ),
    ("weight_decay", Optimizer::with_weight_decay),
    ("clipnorm", Optimizer::with_clipnorm),
    ("clipvalue", Optimizer::with_clipvalue),
    ("global_clipnorm", Optimizer::with_global_clipnorm),
    ("ema_momentum", Optimizer::with_ema),
];

/// The arguments that are true or false, each with what true means.
const SWITCHES: &[(&str, WithSwitch)] = &[
    ("nesterov", Optimizer::with_nesterov),
    ("amsgrad", Optimizer::with_amsgrad),
    ("centered", Optimizer::with_centered),
];

pub(super) fn read(value: Spanned<DeValue<'_>>) -> Result<Optimizer, Located> {
    let at = value.span().start;
    let located = |error: TrainError| Located::new(ModelFileProblem::Setting(error), at);
    if matches!(value.get_ref(), DeValue::String(_)) {
        let name: String = read_value(OPTIMIZER, value)?;
        return Optimizer::by_name(&name).map_err(located);
    }
    let mut table = into_section(OPTIMIZER, value)?;
    let name: Option<String> = table.take(NAME)?;
    let name = name.ok_or_else(|| {
        let problem = ModelFileProblem::MissingKey {
            place: "the optimizer".to_owned(),
            key: NAME,
            example: "optimizer = { name = \"adam\", beta_1 = 0.8 }",
        };
        Located::new(problem, at)
    })?;
    let optimizer = Optimizer::by_name(&name).map_err(located)?;
    let place = format!("the optimizer `{optimizer}`");
    table.check_arguments(&place, &known(&optimizer))?;
    table
        .into_entries()
        .try_fold(optimizer, |optimizer, (argument, value)| {
            with_argument(optimizer, &argument, value)
        })
}

fn with_argument(
    optimizer: Optimizer,
    argument: &str,
    value: Spanned<DeValue<'_>>,
) -> Result<Optimizer, Located> {
    let at = value.span().start;
    let changed = if let Some((_, with)) = SWITCHES.iter().find(|(name, _)| *name == argument) {
        if read_value(argument, value)? {
            with(optimizer)
        } else {
            Ok(optimizer)
        }
    } else if let Some((_, with)) = NUMBERS.iter().find(|(name, _)| *name == argument) {
        with(optimizer, read_value(argument, value)?)
    } else {
        Ok(optimizer)
    };
    changed.map_err(|error| Located::new(ModelFileProblem::Setting(error), at))
}

/// The arguments that this optimizer takes.
fn known(optimizer: &Optimizer) -> Vec<&'static str> {
    let is_foreign = |changed: Result<Optimizer, TrainError>| {
        matches!(changed, Err(TrainError::ForeignSetting { .. }))
    };
    let numbers = NUMBERS
        .iter()
        .filter(|(_, with)| !is_foreign(with(*optimizer, 0.5)))
        .map(|(name, _)| *name);
    let switches = SWITCHES
        .iter()
        .filter(|(_, with)| !is_foreign(with(*optimizer)))
        .map(|(name, _)| *name);
    numbers.chain(switches).collect()
}
