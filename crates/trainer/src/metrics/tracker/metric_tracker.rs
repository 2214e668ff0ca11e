use burn::tensor::Tensor;
use firebrick_model::catch_panic;

use super::Sums;
use crate::error::TrainError;
use crate::metrics::Metric;
use crate::mismatch_error::MismatchError;
use crate::outputs::Outputs;
use crate::target_form::TargetForm;

/// Any metric over all batches, where a loop of one's own feeds it.
///
/// What a batch gives stays on the device until [`result`](Self::result) is asked for.
///
/// ```
/// use firebrick::losses::Huber;
/// use firebrick::metrics::{MeanOfLoss, Metric, MetricTracker};
/// use firebrick::prelude::*;
///
/// let device = Device::flex();
/// let column = |values: &[f32]| Tensor::<1>::from_floats(values, &device).unsqueeze_dim::<2>(1);
/// let mut accuracy = MetricTracker::new(Metric::accuracy());
/// accuracy.update_state(column(&[1.0, 0.0]), &column(&[0.9, 0.8]).into(), None)?;
/// accuracy.update_state(column(&[1.0, 1.0]), &column(&[0.7, 0.6]).into(), None)?;
/// assert_eq!(accuracy.result()?, [0.75]);
///
/// // The mean of a loss.
/// let mut huber = MetricTracker::new(MeanOfLoss::new(Huber::new()));
/// huber.update_state(column(&[0.0, 0.0]), &column(&[1.0, 2.0]).into(), None)?;
/// assert_eq!(huber.result()?, [1.0]);
/// assert_eq!(huber.name(), "huber");
/// # Ok::<(), firebrick::training::TrainError>(())
/// ```
#[derive(Clone, Debug)]
pub struct MetricTracker {
    metric: Metric,
    sums: Sums,
    /// What targets and outputs are, from the first batch on.
    compared: Option<(TargetForm, usize)>,
}

impl MetricTracker {
    /// Nothing so far.
    pub fn new(metric: impl Into<Metric>) -> Self {
        Self {
            metric: metric.into(),
            sums: Sums::default(),
            compared: None,
        }
    }

    /// The name of the figure.
    pub fn name(&self) -> &str {
        self.metric.name()
    }

    /// Adds a batch.
    ///
    /// # Shapes
    /// - targets: `[rows, columns]`, or `[rows, 1]` of class indices
    /// - outputs: `[rows, columns]`
    /// - weights: `[rows]`
    ///
    /// # Errors
    /// Targets or weights of another number of rows, outputs of another number of columns than before or than the metric's
    /// arguments go with, a metric that panics, a device that fails.
    pub fn update_state(
        &mut self,
        targets: Tensor<2>,
        outputs: &Outputs,
        weights: Option<Tensor<1>>,
    ) -> Result<(), TrainError> {
        let outputs = outputs.detached();
        let [rows, columns] = outputs.raw().dims();
        let form = match targets.dims()[1] {
            1 if columns > 1 => TargetForm::ClassIndex,
            _ => TargetForm::LikeOutputs,
        };
        let (form, before) = self.compared.unwrap_or((form, columns));
        let function = self.metric.function(form, columns);
        let taker = format!("metric {}", self.name());
        check_shapes(taker, function.target_form(), &targets, &outputs)?;
        check_sizes(columns, before, weights.as_ref(), rows)?;
        function.check(columns)?;
        let weights = outputs.masked(weights.map(Tensor::inner));
        let numbers = self.caught(|| function.update(targets.inner(), &outputs, weights))?;
        self.compared = Some((form, columns));
        self.sums
            .add(numbers, |sums, batch| function.join(sums, batch))
    }

    /// The figure so far: one number, or one for each class or threshold; none without a batch.
    ///
    /// # Errors
    /// A metric that panics, a device that fails.
    pub fn result(&mut self) -> Result<Vec<f64>, TrainError> {
        let Some((form, columns)) = self.compared else {
            return Ok(Vec::new());
        };
        let function = self.metric.function(form, columns);
        let sums = self.sums.read(|sums, batch| function.join(sums, batch))?;
        let Some(sums) = sums.map(<[f64]>::to_vec) else {
            return Ok(Vec::new());
        };
        self.caught(|| function.result(&sums))
    }

    /// Forgets all batches.
    pub fn reset_state(&mut self) {
        self.sums = Sums::default();
        self.compared = None;
    }

    /// What the metric gives; a panic is an error that names it.
    fn caught<T>(&self, run: impl FnOnce() -> T) -> Result<T, TrainError> {
        catch_panic(run).map_err(|message| TrainError::PartPanicked {
            part: format!("metric `{}`", self.name()),
            message,
        })
    }
}

/// Refuses targets of another form than the metric compares outputs with.
fn check_shapes(
    taker: String,
    form: TargetForm,
    targets: &Tensor<2>,
    outputs: &Outputs,
) -> Result<(), TrainError> {
    let (asked, answered) = (targets.dims(), outputs.raw().dims());
    let expected = match form {
        TargetForm::ClassIndex | TargetForm::Label => [answered[0], 1],
        TargetForm::LikeOutputs => answered,
        TargetForm::LabelSequence => [answered[0] / outputs.steps(), asked[1]],
    };
    if asked == expected {
        return Ok(());
    }
    Err(MismatchError::NotComparable {
        taker,
        targets: asked.to_vec(),
        outputs: answered.to_vec(),
    }
    .into())
}

/// Refuses outputs of another width than before, and another number of weights than of rows.
fn check_sizes(
    columns: usize,
    before: usize,
    weights: Option<&Tensor<1>>,
    rows: usize,
) -> Result<(), TrainError> {
    if columns != before {
        return Err(TrainError::Setting {
            setting: "outputs",
            expected: "as many columns as in the batches before",
            received: format!("{columns} after {before}"),
        });
    }
    match weights.map(Tensor::dims) {
        Some([count]) if count != rows => Err(TrainError::Setting {
            setting: "weights",
            expected: "a weight for every row",
            received: format!("{count} for {rows} rows"),
        }),
        _ => Ok(()),
    }
}
