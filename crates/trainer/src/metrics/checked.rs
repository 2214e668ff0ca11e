//! Settings that are refused alike by a setter and in a file.

use std::fmt::Display;

use crate::error::TrainError;

/// Writes a description out whose text form goes through its `checked`.
macro_rules! checked {
    (
        $(#[$meaning:meta])*
        pub struct $metric:ident {
            $($(#[$form:meta])* $setting:ident: $kind:ty,)+
        }
    ) => {
        $(#[$meaning])*
        #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "Unchecked")]
        pub struct $metric {
            $($(#[$form])* $setting: $kind,)+
        }

        #[derive(serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Unchecked {
            $($(#[$form])* $setting: $kind,)+
        }

        impl TryFrom<Unchecked> for $metric {
            type Error = crate::error::TrainError;

            fn try_from(written: Unchecked) -> Result<Self, crate::error::TrainError> {
                Self { $($setting: written.$setting,)+ }.checked()
            }
        }
    };
}

pub(super) use checked;

/// Refuses what is no share.
pub(super) fn share(setting: &'static str, value: f64) -> Result<(), TrainError> {
    expect(
        (0.0..=1.0).contains(&value),
        setting,
        "a number from 0 to 1",
        &value,
    )
}

/// Refuses a count of none.
pub(super) fn some(setting: &'static str, count: usize) -> Result<(), TrainError> {
    expect(count > 0, setting, "a whole number above 0", &count)
}

/// Refuses more classes than single precision tells apart.
pub(super) fn classes(num_classes: usize) -> Result<(), TrainError> {
    expect(
        (1..=1 << 24).contains(&num_classes),
        "num_classes",
        "a whole number from 1 to 16777216",
        &num_classes,
    )
}

/// Refuses more thresholds than single precision tells apart.
pub(super) fn num_thresholds(least: usize, num_thresholds: usize) -> Result<(), TrainError> {
    expect(
        num_thresholds >= least,
        "num_thresholds",
        if least == 1 {
            "a whole number above 0"
        } else {
            "a whole number above 1"
        },
        &num_thresholds,
    )?;
    expect(
        num_thresholds <= 1 << 24,
        "num_thresholds",
        "at most 16777216",
        &num_thresholds,
    )
}

/// Refuses a class that outputs of so many columns do not have.
pub(super) fn class_below(
    setting: &'static str,
    class: usize,
    columns: usize,
) -> Result<(), TrainError> {
    expect(
        class < columns,
        setting,
        "a class of the outputs, counted from 0",
        &format_args!("{class} for {columns} columns"),
    )
}

/// Refuses what does not hold.
pub(super) fn expect(
    holds: bool,
    setting: &'static str,
    expected: &'static str,
    received: &dyn Display,
) -> Result<(), TrainError> {
    if holds {
        return Ok(());
    }
    Err(TrainError::Setting {
        setting,
        expected,
        received: received.to_string(),
    })
}
