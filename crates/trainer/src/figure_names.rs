//! What figures may be called.

use std::collections::HashSet;

use crate::error::TrainError;
use crate::mismatch_error::MismatchError;

/// The columns that every history has.
pub(crate) const HISTORY_COLUMNS: [&str; 4] = ["epoch", "learning_rate", "loss", "seconds"];

/// The loss on the validation data.
const VALIDATION_LOSS: &str = "val_loss";

/// What an evaluation says beside its figures, in the same JSON object.
const BESIDE_FIGURES: [&str; 4] = ["samples", "per_class", "confusion_matrix", "class_names"];

/// Makes sure that figures, which stand beside the loss, can be told from one another and from everything that stands
/// beside them: in the history, in files and on the screen.
pub(crate) fn check<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<(), TrainError> {
    let names: Vec<&str> = names.into_iter().collect();
    let mut seen = HashSet::new();
    for &name in &names {
        check_name(name)?;
        if !seen.insert(name) {
            let name = name.to_owned();
            return Err(MismatchError::DuplicateMetric { name }.into());
        }
    }
    let of_validation = |name: &&str| {
        let own = name.strip_prefix("val_");
        own.is_some_and(|own| seen.contains(own))
    };
    match names.iter().copied().find(of_validation) {
        Some(name) => Err(unusable(
            name,
            format!(
                "`{}` is called so on the validation data",
                &name["val_".len()..]
            ),
        )),
        None => Ok(()),
    }
}

/// Makes sure of it for a single one.
pub(crate) fn check_name(name: &str) -> Result<(), TrainError> {
    if name.trim().is_empty() {
        return Err(unusable(name, "a figure needs a name"));
    }
    if name.contains(char::is_control) {
        return Err(unusable(
            name,
            "it has a line break or another control character",
        ));
    }
    if HISTORY_COLUMNS.contains(&name) || name == VALIDATION_LOSS {
        return Err(unusable(
            name,
            "the history has a column of this name anyway",
        ));
    }
    if BESIDE_FIGURES.contains(&name) {
        return Err(unusable(
            name,
            "an evaluation says something else by this name",
        ));
    }
    Ok(())
}

fn unusable(name: &str, reason: impl Into<String>) -> TrainError {
    TrainError::from(MismatchError::MetricName {
        name: name.to_owned(),
        reason: reason.into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_something_else_has_are_refused() {
        for (names, expected) in [
            (&["loss"][..], "`loss`: the history has a column"),
            (&["val_loss"], "`val_loss`: the history has a column"),
            (&["epoch"], "`epoch`: the history has a column"),
            (&["seconds"], "`seconds`: the history has a column"),
            (
                &["learning_rate"],
                "`learning_rate`: the history has a column",
            ),
            (&["samples"], "`samples`: an evaluation says something else"),
            (&[""], "``: a figure needs a name"),
            (&[" \t"], "a figure needs a name"),
            (&["a\nb"], "`a\\nb`: it has a line break"),
            (
                &["val_mae", "mae"],
                "`val_mae`: `mae` is called so on the validation data",
            ),
            (&["mae", "auc", "val_auc"], "`val_auc`: `auc` is called so"),
            (&["mae", "mae"], "two figures would be called `mae`"),
        ] {
            let error = check(names.iter().copied()).unwrap_err().to_string();
            assert!(error.contains(expected), "{names:?}: {error}");
        }
        assert!(check(["val_mae", "auc", "loss_ratio", "Größe", "epochs"]).is_ok());
    }
}
