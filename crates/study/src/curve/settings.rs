use firebrick::datasets::DataSource;
use firebrick::devices::DeviceName;
use firebrick::models::Activation;
use serde::{Deserialize, Serialize};

use super::CurveAxis;
use crate::error::StudyError;

/// A curve over many trainings: the same network on other numbers of images, other networks on the same images, or one
/// network epoch by epoch; each repeated with several seeds, which decide the images, the initial weights and the order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CurveSettings {
    /// What it goes by.
    pub by: CurveAxis,
    /// The points on it, ascending; none where it goes by epochs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<usize>,
    /// Trainings of each point.
    pub seeds: u64,
    /// The first of the seeds, which follow one another.
    pub seed: u64,
    /// What to learn.
    pub data: DataSource,
    /// Training images, where the curve does not go by them.
    pub train_size: usize,
    /// Training images kept back for validation, the same ones for all seeds.
    pub validation_size: usize,
    /// Units of the hidden layers. By width it tells how many there are, by depth how wide the first is all are.
    pub hidden: Vec<usize>,
    /// Activation of the hidden layers.
    pub activation: Activation,
    /// Passes over the training images.
    pub epochs: usize,
    /// Updates of the weights that every training has at least, in further epochs where its images are few.
    pub min_steps: usize,
    /// Images between two updates of the weights.
    pub batch_size: usize,
    /// The rate of Adam.
    pub learning_rate: f64,
    /// Where to compute.
    pub device: DeviceName,
}

impl CurveSettings {
    /// The most hidden layers of a network: more learn nothing, and a typing error is found before anything is allocated.
    pub const MAX_DEPTH: usize = 1000;
    /// The most trainings of a curve.
    pub const MAX_TRAININGS: u64 = 100_000;
    /// The most epochs of a training; by epochs each of them is a point.
    pub const MAX_EPOCHS: usize = 1_000_000;

    /// What a curve by this axis is drawn from if nothing else is said.
    pub fn new(by: CurveAxis) -> Self {
        let base = Self {
            by,
            values: Vec::new(),
            seeds: 5,
            seed: 1,
            data: DataSource::Mnist,
            train_size: 1000,
            validation_size: 10_000,
            hidden: vec![64],
            activation: Activation::Sigmoid,
            epochs: 100,
            min_steps: 0,
            batch_size: 32,
            learning_rate: 0.003,
            device: DeviceName::Auto,
        };
        match by {
            CurveAxis::TrainSize => Self {
                values: vec![100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000],
                hidden: vec![16],
                epochs: 30,
                min_steps: 3000,
                ..base
            },
            CurveAxis::Width => Self {
                values: vec![1, 2, 4, 8, 16, 32, 64, 128, 256],
                ..base
            },
            CurveAxis::Depth => Self {
                values: vec![0, 1, 2, 3, 4, 5, 6],
                hidden: vec![32],
                ..base
            },
            CurveAxis::Epochs => Self {
                train_size: 500,
                epochs: 200,
                ..base
            },
        }
    }

    pub(super) fn validate(&self) -> Result<(), StudyError> {
        let counts = [
            ("epochs", self.epochs),
            ("batch_size", self.batch_size),
            ("train_size", self.train_size),
            ("validation_size", self.validation_size),
        ];
        for (setting, value) in counts {
            if value == 0 {
                return Err(StudyError::setting(setting, 0, "at least 1"));
            }
        }
        if self.seeds == 0 {
            let expected = "at least 1; the band needs 2 or more";
            return Err(StudyError::setting("seeds", 0, expected));
        }
        if self.seeds > Self::MAX_TRAININGS {
            let expected = format!(
                "at most {}, the most trainings a curve has",
                Self::MAX_TRAININGS
            );
            return Err(StudyError::setting("seeds", self.seeds, expected));
        }
        for (setting, value) in [("epochs", self.epochs), ("min_steps", self.min_steps)] {
            if value > Self::MAX_EPOCHS {
                let expected = format!("at most {}", Self::MAX_EPOCHS);
                return Err(StudyError::setting(setting, value, expected));
            }
        }
        if self.hidden.len() > Self::MAX_DEPTH {
            let received = format!("a list of {} layers", self.hidden.len());
            let expected = format!("at most {} layers", Self::MAX_DEPTH);
            return Err(StudyError::setting("hidden", received, expected));
        }
        if self.seed.checked_add(self.seeds).is_none() {
            let expected = format!(
                "at most {}, so that {} seeds follow",
                u64::MAX - self.seeds,
                self.seeds
            );
            return Err(StudyError::setting("seed", self.seed, expected));
        }
        if !(self.learning_rate.is_finite() && self.learning_rate > 0.0) {
            let expected = "a number above 0";
            return Err(StudyError::setting(
                "learning_rate",
                self.learning_rate,
                expected,
            ));
        }
        self.validate_values()?;
        let num_points = self.points().len();
        let num_trainings = (num_points as u64).saturating_mul(self.seeds);
        if num_trainings > Self::MAX_TRAININGS {
            let received = format!("{num_points} points of {} trainings each", self.seeds);
            let expected = format!(
                "at most {} trainings in all; take fewer points or fewer seeds",
                Self::MAX_TRAININGS
            );
            return Err(StudyError::setting("values", received, expected));
        }
        Ok(())
    }

    fn validate_values(&self) -> Result<(), StudyError> {
        if self.by == CurveAxis::Epochs {
            if !self.values.is_empty() {
                let expected = "none: by epochs every epoch is a point; how many there are is said by `epochs`";
                return Err(StudyError::setting("values", list(&self.values), expected));
            }
            if self.epochs < 2 {
                let expected = "at least 2, since every epoch is a point of the curve";
                return Err(StudyError::setting("epochs", self.epochs, expected));
            }
            return Ok(());
        }
        if self.points().len() < 2 {
            let expected = format!(
                "at least two different values of {}: one point is no curve",
                self.by.label()
            );
            return Err(StudyError::setting("values", list(&self.values), expected));
        }
        if self.by != CurveAxis::Depth && self.values.contains(&0) {
            return Err(StudyError::setting(
                "values",
                list(&self.values),
                "values of at least 1",
            ));
        }
        if self.by == CurveAxis::Depth
            && let Some(deepest) = self.values.iter().find(|&&value| value > Self::MAX_DEPTH)
        {
            let expected = format!("at most {} hidden layers", Self::MAX_DEPTH);
            return Err(StudyError::setting("values", deepest, expected));
        }
        let needs_hidden = matches!(self.by, CurveAxis::Width | CurveAxis::Depth);
        if needs_hidden && self.hidden.is_empty() {
            let expected = match self.by {
                CurveAxis::Width => "at least one layer, whose width is then changed",
                _ => "at least one layer, which tells how wide all are",
            };
            return Err(StudyError::setting("hidden", "none", expected));
        }
        Ok(())
    }

    /// The points, ascending, each once; by epochs there is one network only.
    pub(super) fn points(&self) -> Vec<usize> {
        if self.by == CurveAxis::Epochs {
            return vec![self.train_size];
        }
        let mut points = self.values.clone();
        points.sort_unstable();
        points.dedup();
        points
    }

    /// Images, hidden layers and epochs of a point.
    pub(super) fn at(&self, value: usize) -> (usize, Vec<usize>, usize) {
        let train_size = match self.by {
            CurveAxis::TrainSize => value,
            _ => self.train_size,
        };
        let hidden = match self.by {
            CurveAxis::Width => vec![value; self.hidden.len()],
            CurveAxis::Depth => vec![self.hidden.first().copied().unwrap_or_default(); value],
            CurveAxis::TrainSize | CurveAxis::Epochs => self.hidden.clone(),
        };
        let steps_per_epoch = train_size.div_ceil(self.batch_size);
        let epochs = self.epochs.max(self.min_steps.div_ceil(steps_per_epoch));
        (train_size, hidden, epochs)
    }

    pub(super) fn network_in_words(&self) -> String {
        let activation = self.activation;
        let hidden = match self.hidden.as_slice() {
            [] => "none".to_owned(),
            hidden => list(hidden),
        };
        match self.by {
            CurveAxis::Width => format!(
                "{} hidden layer(s) of {} units, {activation}",
                self.hidden.len(),
                list(&self.points())
            ),
            CurveAxis::Depth => format!(
                "{} hidden layers of {} units, {activation}",
                list(&self.points()),
                self.hidden.first().copied().unwrap_or_default()
            ),
            CurveAxis::TrainSize | CurveAxis::Epochs => {
                format!("hidden layers {hidden}, {activation}")
            }
        }
    }

    pub(super) fn length_in_words(&self) -> String {
        if self.min_steps > 0 {
            format!(
                "{} epochs and at least {} steps",
                self.epochs, self.min_steps
            )
        } else {
            format!("{} epochs", self.epochs)
        }
    }
}

/// `1, 2, 4`; of a long list the beginning and how many there are.
pub(super) fn list(values: &[usize]) -> String {
    const SHOWN: usize = 50;
    let mut texts: Vec<String> = values.iter().take(SHOWN).map(ToString::to_string).collect();
    if values.len() > SHOWN {
        texts.push(format!("… ({} values)", values.len()));
    }
    texts.join(", ")
}
