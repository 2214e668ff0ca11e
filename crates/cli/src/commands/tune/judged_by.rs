//! The figure that trials are judged by.

use std::fmt;
use std::str::FromStr;

use anyhow::anyhow;
use firebrick::callbacks::MonitorMode;
use firebrick::losses::TargetForm;
use firebrick::metrics::Direction;
use firebrick::models::{did_you_mean, nearest_name};

use crate::failure::OrUsage;
use crate::train_settings::TrainSettings;

/// A figure, and which way it gets better where that is said; as a string `val_accuracy`, or `val_profit:max`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct JudgedBy {
    pub(super) monitor: String,
    pub(super) mode: MonitorMode,
}

/// A text that is no figure.
#[derive(Debug)]
pub(super) struct JudgedByError;

impl fmt::Display for JudgedByError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected the name of a figure such as val_loss or val_accuracy, perhaps with :min or :max behind it")
    }
}

impl std::error::Error for JudgedByError {}

impl FromStr for JudgedBy {
    type Err = JudgedByError;

    fn from_str(text: &str) -> Result<Self, JudgedByError> {
        let (monitor, mode) = match text.rsplit_once(':') {
            None => (text, MonitorMode::Auto),
            Some((monitor, "min")) => (monitor, MonitorMode::Min),
            Some((monitor, "max")) => (monitor, MonitorMode::Max),
            Some(_) => return Err(JudgedByError),
        };
        if monitor.trim().is_empty() {
            return Err(JudgedByError);
        }
        Ok(Self {
            monitor: monitor.to_owned(),
            mode,
        })
    }
}

impl JudgedBy {
    /// What trials are judged by where nothing is said.
    pub(super) fn default_of(settings: &TrainSettings) -> Self {
        let has_validation = settings.fit.validation_split > 0.0;
        let monitor = if has_validation { "val_loss" } else { "loss" };
        Self {
            monitor: monitor.to_owned(),
            mode: MonitorMode::Auto,
        }
    }

    /// The same with the direction of its metric.
    ///
    /// # Errors
    /// With a usage error a figure that these settings do not have, or whose direction is not known.
    pub(super) fn resolved(self, settings: &TrainSettings) -> anyhow::Result<Self> {
        let metrics: Vec<_> = settings.compile.all_metrics().collect();
        let has_validation = settings.fit.validation_split > 0.0;
        let figure = self.monitor.strip_prefix("val_");
        let own = match figure {
            Some(figure) if has_validation => figure,
            // Nothing is validated, so that it has no such figure.
            Some(_) => "",
            None => &self.monitor,
        };
        // Those of several outputs have the name of the output before their own.
        let is_meant = |name: &str| own == name || own.ends_with(&format!("_{name}"));
        let direction = if is_meant("loss") {
            Some(Direction::Down)
        } else {
            let meant = metrics.iter().find(|metric| is_meant(metric.name()));
            meant.map(|metric| metric.function(TargetForm::LikeOutputs, 1).direction())
        };
        let mode = match (self.mode, direction) {
            (_, None) => return Err(self.unknown(settings)).or_usage(),
            (MonitorMode::Auto, Some(Direction::Up)) => MonitorMode::Max,
            (MonitorMode::Auto, Some(Direction::Down)) => MonitorMode::Min,
            (MonitorMode::Auto, Some(Direction::Unknown)) => {
                return Err(anyhow!(
                    "`--monitor {monitor}`: the figure does not say which way it gets better; say `{monitor}:min` or \
                     `{monitor}:max`",
                    monitor = self.monitor
                ))
                .or_usage();
            }
            (mode, Some(_)) => mode,
        };
        Ok(Self { mode, ..self })
    }

    fn unknown(&self, settings: &TrainSettings) -> anyhow::Error {
        let names = settings
            .compile
            .all_metrics()
            .map(|metric| metric.name().to_owned());
        let own: Vec<String> = std::iter::once("loss".to_owned()).chain(names).collect();
        let of_validation = own.iter().map(|name| format!("val_{name}"));
        let known: Vec<String> = if settings.fit.validation_split > 0.0 {
            of_validation.chain(own.iter().cloned()).collect()
        } else {
            own
        };
        let names: Vec<&str> = known.iter().map(String::as_str).collect();
        let hint = if self.monitor.starts_with("val_") && settings.fit.validation_split <= 0.0 {
            "; nothing is validated, `--validation-split SHARE` does it"
        } else {
            ""
        };
        anyhow!(
            "the trainings have no figure `{}`{}; they have {}{hint}",
            self.monitor,
            did_you_mean(nearest_name(&self.monitor, &names)),
            known.join(", ")
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolved(monitor: &str, settings: &str) -> Result<MonitorMode, String> {
        let settings = TrainSettings::resolve(settings.parse().unwrap()).unwrap();
        let judged_by: JudgedBy = monitor.parse().unwrap();
        let resolved = judged_by.resolved(&settings);
        resolved
            .map(|own| own.mode)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn a_figure_knows_which_way_it_gets_better() {
        for (monitor, mode) in [
            ("val_loss", MonitorMode::Min),
            ("loss", MonitorMode::Min),
            ("val_accuracy", MonitorMode::Max),
            ("accuracy:min", MonitorMode::Min),
        ] {
            assert_eq!(resolved(monitor, ""), Ok(mode), "{monitor}");
        }
        let error = resolved("val_acuracy", "").unwrap_err();
        assert!(error.contains("did you mean `val_accuracy`?"), "{error}");
        let error = resolved("val_loss", "validation_split = 0.0").unwrap_err();
        assert!(error.contains("nothing is validated"), "{error}");
        for text in ["", ":min", "loss:up"] {
            assert!(text.parse::<JudgedBy>().is_err(), "{text}");
        }
    }
}
