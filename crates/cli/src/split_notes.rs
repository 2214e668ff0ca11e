//! What a user is told of how the samples are divided.

use firebrick::datasets::{BatchSource, ClassBalance, CsvTarget, DataDescription};

use crate::unit::Unit;

/// The most classes that are named.
const SHOWN: usize = 8;

/// So many different numbers are hardly names of classes.
const MANY: usize = 20;

/// What the classes of a data set are called.
#[derive(Clone, Copy)]
pub(crate) struct ClassNames<'a>(pub(crate) &'a [String]);

impl ClassNames<'_> {
    fn of(self, class: usize) -> String {
        let name = self.0.get(class);
        let name = name.map_or_else(|| class.to_string(), Clone::clone);
        name.escape_debug().to_string()
    }

    /// The first of some classes, and how many more there are.
    fn listed(self, classes: &[usize]) -> String {
        let shown: Vec<String> = classes
            .iter()
            .take(SHOWN)
            .map(|&class| self.of(class))
            .collect();
        let shown = shown.join(", ");
        match classes.len().saturating_sub(SHOWN) {
            0 => shown,
            more => format!("{shown} and {more} more"),
        }
    }
}

/// Samples that were kept back.
pub(crate) struct KeptBack<'a> {
    pub(crate) samples: &'a dyn BatchSource,
    /// For what, e.g. `validation`.
    pub(crate) purpose: &'static str,
    /// The share of every class that was asked for, if it was.
    pub(crate) share: Option<f64>,
}

impl KeptBack<'_> {
    /// What there is to say of them beside what there is to learn from.
    pub(crate) fn notes(&self, training: &dyn BatchSource, names: ClassNames<'_>) -> Vec<String> {
        let Some(balance) = ClassBalance::of(training, self.samples) else {
            return Vec::new();
        };
        let purpose = self.purpose;
        let warning = balance.warning(|class| names.of(class));
        let how = match self.share {
            None => " (`--stratified`)",
            Some(_) => "",
        };
        let warning = warning.map(|warning| format!("warning: {purpose}: {warning}{how}"));
        let missing = balance.not_kept_back();
        let missing = self.share.filter(|_| !missing.is_empty()).map(|share| {
            format!(
                "note: {purpose}: too few rows for one to be kept back of {}; a class needs {} rows for a share of {share} to be one",
                names.listed(&missing),
                (1.0 / share).ceil()
            )
        });
        warning.into_iter().chain(missing).collect()
    }
}

/// What there is to say of a target of classes that look like numbers to predict.
pub(crate) fn of_target(
    description: &DataDescription,
    names: ClassNames<'_>,
    num_rows: usize,
) -> Option<String> {
    let CsvTarget::Classes { column, .. } = description.table()?.target() else {
        return None;
    };
    let numbers: Option<Vec<f64>> = names.0.iter().map(|name| name.parse().ok()).collect();
    let numbers = numbers?;
    let has_fractions = numbers.iter().any(|number| number.fract() != 0.0);
    let are_many = numbers.len() > MANY && numbers.len() * 10 > num_rows;
    (has_fractions || are_many).then(|| {
        format!(
            "note: the target `{}` has {} different values in {num_rows} {}, all of them numbers, and each is taken for a class of \
             its own; to predict a number, leave out `--classes`",
            column.escape_debug(),
            numbers.len(),
            Unit::of(description).many(),
        )
    })
}

/// What there is to say where settings are of a training on other rows.
pub(crate) fn of_changed_rows(asked: &DataDescription, found: &DataDescription) -> Option<String> {
    // Of other columns there is nothing to compare.
    if asked.clone().without_fingerprint() != found.clone().without_fingerprint() {
        return None;
    }
    let change = found.fingerprint()?.change_since(asked.fingerprint()?)?;
    Some(format!(
        "note: the table `{found}` has changed since these settings were written: {change}"
    ))
}
