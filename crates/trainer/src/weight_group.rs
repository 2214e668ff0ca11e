use std::fmt;

use firebrick_model::{Model, WeightPath};
use firebrick_spec::{by_likeness, is_like};
use serde::{Deserialize, Serialize};

use crate::error::TrainError;

/// Weights that learn at a rate or with a weight decay of their own, by a pattern of their paths (`encoder/kernel`), in which
/// `*` stands for any text: `encoder/*`, `*/bias`.
///
/// In a model file it is a table of [`CompileSettings`](crate::Compile):
/// `{ weights = "encoder/*", learning_rate_factor = 0.1 }`.
///
/// ```
/// use firebrick::prelude::*;
/// use firebrick::training::WeightGroup;
///
/// let compile = Compile::new(Optimizer::adamw(), MeanSquaredError::new()).with_weight_groups([
///     WeightGroup::new("encoder/*").with_learning_rate_factor(0.1)?,
///     WeightGroup::new("*/bias").without_weight_decay(),
/// ]);
/// # Ok::<(), firebrick::training::TrainError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Given")]
pub struct WeightGroup {
    weights: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    learning_rate_factor: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    weight_decay: Option<f64>,
}

impl WeightGroup {
    /// The weights whose paths are like this.
    pub fn new(weights: impl Into<String>) -> Self {
        Self {
            weights: weights.into(),
            learning_rate_factor: None,
            weight_decay: None,
        }
    }

    /// Multiplies their learning rate; with 0 they stay as they are. Of several groups that a weight is in, all factors
    /// count.
    ///
    /// # Errors
    /// A factor below 0, or one that is no number.
    pub fn with_learning_rate_factor(mut self, factor: f64) -> Result<Self, TrainError> {
        check("learning_rate_factor", factor)?;
        self.learning_rate_factor = Some(factor);
        Ok(self)
    }

    /// Sets their weight decay. Of several groups that a weight is in, the last one counts.
    ///
    /// # Errors
    /// A weight decay below 0, or one that is no number.
    pub fn with_weight_decay(mut self, weight_decay: f64) -> Result<Self, TrainError> {
        check("weight_decay", weight_decay)?;
        self.weight_decay = Some(weight_decay);
        Ok(self)
    }

    /// Takes them out of the weight decay, as Keras' `exclude_from_weight_decay` does.
    #[must_use = "returns the changed group"]
    pub fn without_weight_decay(mut self) -> Self {
        self.weight_decay = Some(0.0);
        self
    }

    /// Groups of layers whose rates rise geometrically: those before the first of `starts` learn at `lowest` times the rate, from
    /// each layer that is named on faster, and those from the last one on at the whole rate. fastai's `slice` of rates.
    ///
    /// ```
    /// use firebrick::layers::{Dense, Layer};
    /// use firebrick::prelude::*;
    /// use firebrick::training::WeightGroup;
    ///
    /// let network = Sequential::new([4]).add(Dense::new(8)).add(Dense::new(8)).add(Dense::new(3).named("head"));
    /// let model = network.build(1, &Device::flex())?;
    /// // 0.01, 0.1 and 1 times the rate.
    /// let groups = WeightGroup::sliced(&model, ["dense_1", "head"], 0.01)?;
    /// let compile = Compile::by_name("adam", "mse", [])?.with_weight_groups(groups);
    /// # Ok::<(), firebrick::training::TrainError>(())
    /// ```
    ///
    /// # Errors
    /// A layer without weights, or that is not there; a factor below 0, or one that is no number.
    pub fn sliced<'a>(
        model: &impl Model,
        starts: impl IntoIterator<Item = &'a str>,
        lowest: f64,
    ) -> Result<Vec<Self>, TrainError> {
        check("learning_rate_factor", lowest)?;
        let paths = model.weight_paths();
        let mut places = Vec::new();
        for start in starts {
            let within = format!("{start}/");
            let is_within = |weight: &WeightPath| weight.path.starts_with(&within);
            match paths.iter().position(is_within) {
                Some(place) => places.push(place),
                None => Self::new(format!("{within}*")).check_among(&paths)?,
            }
        }
        places.sort_unstable();
        places.dedup();
        // Where the first layer begins the second group there is none before.
        places.retain(|&place| place > 0);
        let count = places.len();
        let groups = paths.iter().enumerate().map(|(index, weight)| {
            let group = places.iter().filter(|&&place| place <= index).count();
            let factor = if group == count {
                1.0
            } else {
                lowest.powf((count - group) as f64 / count as f64)
            };
            Self::new(weight.path.clone()).with_learning_rate_factor(factor)
        });
        groups.collect()
    }

    /// Whether a path is like the pattern.
    ///
    /// ```
    /// use firebrick::training::WeightGroup;
    ///
    /// let group = WeightGroup::new("encoder*/kernel");
    /// assert!(group.has("encoder_1/kernel") && !group.has("encoder/bias"));
    /// ```
    pub fn has(&self, path: &str) -> bool {
        is_like(path, &self.weights)
    }

    pub(crate) fn learning_rate_factor(&self) -> f64 {
        self.learning_rate_factor.unwrap_or(1.0)
    }

    pub(crate) fn weight_decay(&self) -> Option<f64> {
        self.weight_decay
    }

    /// Makes sure that there is such a weight.
    pub(crate) fn check_among(&self, weights: &[WeightPath]) -> Result<(), TrainError> {
        if weights.iter().any(|weight| self.has(&weight.path)) {
            return Ok(());
        }
        let known: Vec<&str> = weights.iter().map(|weight| &*weight.path).collect();
        let nearest = by_likeness(&self.weights, &known).into_iter().take(3);
        Err(TrainError::UnknownWeights {
            pattern: self.weights.clone(),
            nearest: nearest.map(str::to_owned).collect(),
        })
    }
}

impl fmt::Display for WeightGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.weights)?;
        if let Some(factor) = self.learning_rate_factor {
            write!(f, ", learning_rate_factor {factor}")?;
        }
        match self.weight_decay {
            Some(weight_decay) => write!(f, ", weight_decay {weight_decay}"),
            None => Ok(()),
        }
    }
}

/// What a file gives, not yet checked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Given {
    weights: String,
    learning_rate_factor: Option<f64>,
    weight_decay: Option<f64>,
}

impl TryFrom<Given> for WeightGroup {
    type Error = TrainError;

    fn try_from(given: Given) -> Result<Self, TrainError> {
        let mut group = Self::new(given.weights);
        if let Some(factor) = given.learning_rate_factor {
            group = group.with_learning_rate_factor(factor)?;
        }
        if let Some(weight_decay) = given.weight_decay {
            group = group.with_weight_decay(weight_decay)?;
        }
        Ok(group)
    }
}

fn check(setting: &'static str, value: f64) -> Result<(), TrainError> {
    if value.is_finite() && value >= 0.0 {
        return Ok(());
    }
    Err(TrainError::Setting {
        setting,
        expected: "0 or a number above it",
        received: value.to_string(),
    })
}
