use std::fmt;
use std::str::FromStr;

use firebrick_spec::as_text;
use firebrick_trainer::TrainError;
use firebrick_trainer::callbacks::ReduceLrOnPlateau;

/// When the learning rate is lowered because nothing gets better; as a string `val_loss:5`, `val_loss:5:0.5`, or `none`.
///
/// ```
/// use firebrick::recipes::Plateau;
///
/// let plateau: Plateau = "val_loss:5:0.5".parse()?;
/// assert_eq!(plateau.to_string(), "val_loss:5:0.5");
/// # Ok::<(), firebrick::recipes::PlateauError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Plateau {
    /// It is not.
    #[default]
    None,
    /// Where a figure has not got better for so long.
    After {
        /// The figure, e.g. `val_loss`.
        metric: String,
        /// The number of epochs.
        epochs: usize,
        /// What the rate is multiplied with.
        factor: f64,
    },
}

/// A text that says no plateau.
#[derive(Debug)]
pub struct PlateauError {
    received: String,
}

impl fmt::Display for PlateauError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "expected METRIC:EPOCHS or METRIC:EPOCHS:FACTOR with a factor between 0 and 1, such as val_loss:5:0.5, or `none`; \
             received `{}`",
            self.received
        )
    }
}

impl std::error::Error for PlateauError {}

impl Plateau {
    const NONE: &'static str = "none";
    /// Keras' factor.
    const FACTOR: f64 = 0.1;

    /// The callback that does it.
    ///
    /// # Errors
    /// A factor that is not between 0 and 1.
    pub fn callback(&self) -> Result<Option<ReduceLrOnPlateau>, TrainError> {
        let Self::After {
            metric,
            epochs,
            factor,
        } = self
        else {
            return Ok(None);
        };
        let callback = ReduceLrOnPlateau::new(metric)
            .with_factor(*factor)?
            .with_patience(*epochs)
            .with_verbose();
        Ok(Some(callback))
    }
}

impl FromStr for Plateau {
    type Err = PlateauError;

    fn from_str(text: &str) -> Result<Self, PlateauError> {
        let error = || PlateauError {
            received: text.to_owned(),
        };
        if text == Self::NONE {
            return Ok(Self::None);
        }
        let parts: Vec<&str> = text.split(':').collect();
        let (metric, epochs, factor) = match parts[..] {
            [metric, epochs] => (metric, epochs, Self::FACTOR),
            [metric, epochs, factor] => (metric, epochs, factor.parse().ok().ok_or_else(error)?),
            _ => return Err(error()),
        };
        let epochs = epochs.parse().ok().ok_or_else(error)?;
        if metric.is_empty() || !(factor > 0.0 && factor < 1.0) {
            return Err(error());
        }
        Ok(Self::After {
            metric: metric.to_owned(),
            epochs,
            factor,
        })
    }
}

impl fmt::Display for Plateau {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str(Self::NONE),
            Self::After {
                metric,
                epochs,
                factor,
            } => write!(f, "{metric}:{epochs}:{factor}"),
        }
    }
}

as_text!(Plateau);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plateau_is_the_text_it_was_read_from() {
        for text in ["none", "val_loss:5:0.5", "accuracy:0:0.001"] {
            assert_eq!(text.parse::<Plateau>().unwrap().to_string(), text);
        }
        let keras = "val_loss:5".parse::<Plateau>().unwrap();
        assert_eq!(keras.to_string(), "val_loss:5:0.1");
        for text in [
            "",
            "val_loss",
            "val_loss:",
            ":5",
            "val_loss:-1",
            "a:5:0",
            "a:5:1",
            "a:5:-0.5",
            "a:5:NaN",
            "a:5:0.5:",
        ] {
            assert!(text.parse::<Plateau>().is_err(), "{text}");
        }
    }
}
