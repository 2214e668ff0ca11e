use burn::tensor::{Tensor, activation::sigmoid};

use super::area::{AUCCurve, AUCSummationMethod, area};
use super::checked::{checked, expect, num_thresholds, share, some};
use super::mean::ratio;
use super::thresholds::{Thresholds, as_one_label, weights_of_columns};
use super::{Direction, MetricFunction};
use crate::error::TrainError;
use crate::outputs::Outputs;

checked! {
    /// The area under a curve that runs through the thresholds: an estimate, the finer the more there
    /// are.
    ///
    /// All columns count alike, unless they are labels of their own, whose mean area is the figure.
    ///
    /// ```
    /// use firebrick::metrics::{AUC, Metric};
    ///
    /// let metric = Metric::from(AUC::new());
    /// // A true one of two ranks below a false one: three of four pairs are in order.
    /// assert!((metric.compute([0, 0, 1, 1], [0.0, 0.5, 0.3, 0.9])?[0] - 0.75).abs() < 1e-5);
    /// # Ok::<(), firebrick::training::TrainError>(())
    /// ```
    ///
    /// # Source
    /// <https://keras.io/api/metrics/classification_metrics/#auc-class>
    pub struct AUC {
        #[serde(default = "default_num_thresholds")]
        num_thresholds: usize,
        #[serde(default)]
        curve: AUCCurve,
        #[serde(default)]
        summation_method: AUCSummationMethod,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        thresholds: Option<Vec<f64>>,
        #[serde(default)]
        multi_label: bool,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        num_labels: Option<usize>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        label_weights: Option<Vec<f64>>,
        #[serde(default)]
        from_logits: bool,
    }
}

fn default_num_thresholds() -> usize {
    200
}

impl AUC {
    /// The area under the ROC curve, with 200 thresholds from 0 to 1.
    pub fn new() -> Self {
        Self {
            num_thresholds: default_num_thresholds(),
            curve: AUCCurve::default(),
            summation_method: AUCSummationMethod::default(),
            thresholds: None,
            multi_label: false,
            num_labels: None,
            label_weights: None,
            from_logits: false,
        }
    }

    /// Sets how many thresholds from 0 to 1 there are.
    ///
    /// # Errors
    /// If there are fewer than 2, or more than 16777216.
    pub fn with_num_thresholds(mut self, num_thresholds: usize) -> Result<Self, TrainError> {
        self.num_thresholds = num_thresholds;
        self.checked()
    }

    /// Sets the thresholds between 0 and 1, in any order, instead of their number.
    ///
    /// # Errors
    /// If one is not from 0 to 1.
    pub fn with_thresholds(
        mut self,
        thresholds: impl IntoIterator<Item = f64>,
    ) -> Result<Self, TrainError> {
        self.thresholds = Some(thresholds.into_iter().collect());
        self.checked()
    }

    /// Sets the curve.
    #[must_use = "returns the changed metric"]
    pub fn with_curve(mut self, curve: AUCCurve) -> Self {
        self.curve = curve;
        self
    }

    /// Sets what lies between two points of the curve.
    #[must_use = "returns the changed metric"]
    pub fn with_summation_method(mut self, summation_method: AUCSummationMethod) -> Self {
        self.summation_method = summation_method;
        self
    }

    /// Takes every column as a label of its own.
    #[must_use = "returns the changed metric"]
    pub fn multi_label(mut self) -> Self {
        self.multi_label = true;
        self
    }

    /// Sets how many labels there have to be; they are counted otherwise.
    ///
    /// # Errors
    /// If it is 0, or the columns are no labels of their own: [`multi_label`](Self::multi_label) goes
    /// before.
    pub fn with_num_labels(mut self, num_labels: usize) -> Result<Self, TrainError> {
        self.num_labels = Some(num_labels);
        self.checked()
    }

    /// Sets how much every column counts.
    ///
    /// # Errors
    /// If one is negative or not finite.
    pub fn with_label_weights(
        mut self,
        label_weights: impl IntoIterator<Item = f64>,
    ) -> Result<Self, TrainError> {
        self.label_weights = Some(label_weights.into_iter().collect());
        self.checked()
    }

    /// For a network without a sigmoid at its end.
    #[must_use = "returns the changed metric"]
    pub fn from_logits(mut self) -> Self {
        self.from_logits = true;
        self
    }

    fn checked(self) -> Result<Self, TrainError> {
        num_thresholds(2, self.num_thresholds)?;
        for threshold in self.thresholds.iter().flatten() {
            share("thresholds", *threshold)?;
        }
        if let Some(num_labels) = self.num_labels {
            some("num_labels", num_labels)?;
            expect(
                self.multi_label,
                "num_labels",
                "none without `multi_label`",
                &num_labels,
            )?;
        }
        for weight in self.label_weights.iter().flatten() {
            expect(
                *weight >= 0.0 && weight.is_finite(),
                "label_weights",
                "numbers that are not negative",
                weight,
            )?;
        }
        Ok(self)
    }

    fn thresholds(&self) -> Thresholds {
        Thresholds::around(self.thresholds.as_deref(), self.num_thresholds)
    }

    fn column_weights(&self, outputs: &Tensor<2>) -> Option<Tensor<2>> {
        let weights = self.label_weights.as_ref()?;
        let weights = Tensor::<1>::from_floats(&weights[..], &outputs.device());
        Some(weights.unsqueeze_dim::<2>(0).expand(outputs.dims()))
    }
}

impl Default for AUC {
    fn default() -> Self {
        Self::new()
    }
}

impl MetricFunction for AUC {
    fn name(&self) -> &'static str {
        "auc"
    }

    fn direction(&self) -> Direction {
        Direction::Up
    }

    fn check(&self, columns: usize) -> Result<(), TrainError> {
        let fits = |count: usize| count == columns;
        if let Some(num_labels) = self.num_labels {
            expect(
                fits(num_labels),
                "num_labels",
                "the number of outputs",
                &format_args!("{num_labels} for {columns} columns"),
            )?;
        }
        let Some(weights) = &self.label_weights else {
            return Ok(());
        };
        expect(
            fits(weights.len()),
            "label_weights",
            "one weight for every output",
            &format_args!("{} for {columns} columns", weights.len()),
        )
    }

    fn update(
        &self,
        targets: Tensor<2>,
        outputs: &Outputs,
        weights: Option<Tensor<1>>,
    ) -> Tensor<1> {
        let mut outputs = outputs.values();
        if self.from_logits {
            outputs = sigmoid(outputs);
        }
        let [_, columns] = outputs.dims();
        let weights = weights.map(|weights| weights_of_columns(weights, columns));
        if self.multi_label {
            return self.thresholds().update(targets, outputs, weights);
        }
        let weights = match (weights, self.column_weights(&outputs)) {
            (Some(rows), Some(columns)) => Some(rows * columns),
            (rows, columns) => rows.or(columns),
        };
        self.thresholds().update(
            as_one_label(targets),
            as_one_label(outputs),
            weights.map(as_one_label),
        )
    }

    fn result(&self, sums: &[f64]) -> Vec<f64> {
        let areas: Vec<f64> = self
            .thresholds()
            .counts(sums)
            .iter()
            .map(|counts| area(self.curve, self.summation_method, counts))
            .collect();
        let weights = match &self.label_weights {
            Some(weights) if self.multi_label => weights.clone(),
            _ => vec![1.0; areas.len()],
        };
        let weighted = areas
            .iter()
            .zip(&weights)
            .map(|(area, weight)| area * weight);
        vec![ratio(weighted.sum(), weights.iter().sum())]
    }
}
