//! A loss or a metric of arrays that a program has, without a network or a training.

use burn::tensor::{Device, Tensor};
use firebrick_data::{ArrayData, DataError};
use firebrick_model::{AnyTensor, DeviceName, catch_panic};

use crate::class_axis::{self, LAST};
use crate::error::TrainError;
use crate::losses::Loss;
use crate::metrics::Metric;
use crate::mismatch_error::MismatchError;
use crate::outputs::Outputs;
use crate::read_back::read_back;
use crate::sample_place::SamplePlace;
use crate::target_domain::{DomainScan, TargetDomain};
use crate::target_form::TargetForm;

impl Loss {
    /// The loss of these outputs, as Keras gives it when a loss is called.
    ///
    /// Targets and outputs are whatever an [`ArrayData`] is made of, a row a sample; outputs are what a network
    /// answers, its last activation included.
    ///
    /// ```
    /// use firebrick::losses::{Loss, MeanSquaredError, Reduction};
    ///
    /// let loss = Loss::from(MeanSquaredError::new());
    /// assert_eq!(loss.compute([[0.0, 1.0], [0.0, 0.0]], [[1.0, 1.0], [1.0, 0.0]])?, 0.5);
    /// assert_eq!(loss.with_reduction(Reduction::Sum).compute([1.0, 2.0], [3.0, 5.0])?, 13.0);
    /// # Ok::<(), firebrick::training::TrainError>(())
    /// ```
    ///
    /// # Errors
    /// Targets and outputs of different shapes or, where the loss takes the index of a class, targets that are none;
    /// targets that the loss does not take; a loss of your own that panics.
    pub fn compute<T, O>(&self, targets: T, outputs: O) -> Result<f64, TrainError>
    where
        T: TryInto<ArrayData, Error: Into<DataError>>,
        O: TryInto<ArrayData, Error: Into<DataError>>,
    {
        let function = self.function();
        let taker = format!("loss {}", self.name());
        let compared = Compared::new(
            taker,
            (function.target_form(), function.class_axis()),
            targets,
            outputs,
        )?;
        compared.check(function.target_form(), |targets| function.mask(targets))?;
        compared.check_domain(function.target_domain())?;
        let value = compared.caught(|targets, outputs| self.forward(targets, outputs, None))?;
        Ok(read_back(value)?.into_iter().map(f64::from).sum())
    }
}

impl Metric {
    /// The figure of these outputs, or one for each class or threshold, as Keras gives it when a metric is called.
    ///
    /// Targets and outputs are whatever an [`ArrayData`] is made of, a row a sample; outputs are what a network
    /// answers, its last activation included.
    ///
    /// ```
    /// use firebrick::metrics::{F1Score, Metric};
    ///
    /// let outputs = [[0.8, 0.2], [0.6, 0.4], [0.3, 0.7], [0.1, 0.9]];
    /// assert_eq!(Metric::accuracy().compute([0, 1, 1, 1], outputs)?, [0.75]);
    /// let targets = [[1, 0], [0, 1], [0, 1], [0, 1]];
    /// let of_each_class = Metric::from(F1Score::new()).compute(targets, outputs)?;
    /// assert!((of_each_class[0] - 2.0 / 3.0).abs() < 1e-6 && (of_each_class[1] - 0.8).abs() < 1e-6);
    /// # Ok::<(), firebrick::training::TrainError>(())
    /// ```
    ///
    /// # Errors
    /// Targets and outputs of different shapes or, where the metric takes the index of a class, targets that are none;
    /// outputs of a width that the metric's arguments do not go with; a metric of your own that panics.
    pub fn compute<T, O>(&self, targets: T, outputs: O) -> Result<Vec<f64>, TrainError>
    where
        T: TryInto<ArrayData, Error: Into<DataError>>,
        O: TryInto<ArrayData, Error: Into<DataError>>,
    {
        let taker = format!("metric {}", self.name());
        let form = self.function(TargetForm::LikeOutputs, 1).target_form();
        let compared = Compared::new(taker, (form, LAST), targets, outputs)?;
        let columns = compared.outputs.raw().dims()[1];
        let natural = match compared.targets.dims()[1] {
            1 if columns > 1 => TargetForm::ClassIndex,
            _ => TargetForm::LikeOutputs,
        };
        let function = self.function(natural, columns);
        compared.check(function.target_form(), |_| None)?;
        function.check(columns)?;
        compared.check_domain(function.target_domain())?;
        let sums = compared.caught(|targets, outputs| function.update(targets, outputs, None))?;
        let sums: Vec<f64> = read_back(sums)?.into_iter().map(f64::from).collect();
        Ok(function.result(&sums))
    }
}

/// Targets and outputs with one row for each other.
struct Compared {
    /// What compares them, e.g. `loss poisson`.
    taker: String,
    targets: Tensor<2>,
    outputs: Outputs,
}

impl Compared {
    fn new<T, O>(
        taker: String,
        (form, axis): (TargetForm, i64),
        targets: T,
        outputs: O,
    ) -> Result<Self, TrainError>
    where
        T: TryInto<ArrayData, Error: Into<DataError>>,
        O: TryInto<ArrayData, Error: Into<DataError>>,
    {
        let targets = targets.try_into().map_err(Into::into)?;
        let outputs = outputs.try_into().map_err(Into::into)?;
        let [asked, answered] = [&targets, &outputs].map(|array| array.shape().to_vec());
        let sample = answered.get(1..).unwrap_or_default();
        let axis = class_axis::of_sample(axis, sample)?;
        let turned = class_axis::shape_with_last(sample, axis);
        let columns = turned.last().copied().unwrap_or(1);
        let rows = answered.iter().product::<usize>() / columns.max(1);
        let num_targets = asked.iter().product::<usize>();
        let is_sequence = form == TargetForm::LabelSequence;
        let are_comparable = if is_sequence {
            matches!((&asked[..], &answered[..]), ([_, _], [_, _, _]))
        } else {
            // As many rows as outputs, of one target or of one for each output.
            [rows, rows * columns].contains(&num_targets)
        };
        if rows == 0 || asked[0] != answered[0] || !are_comparable {
            return Err(MismatchError::NotComparable {
                taker,
                targets: asked,
                outputs: answered,
            }
            .into());
        }
        let device = DeviceName::Auto.select()?.device;
        let rows_of = |array: ArrayData, shape: [usize; 2]| -> Result<Tensor<2>, TrainError> {
            let own = array.shape().to_vec();
            let numbers = numbers(array, &device)?;
            if axis.is_none() || own != answered {
                return Ok(numbers.reshape(shape));
            }
            let own = AnyTensor::from(numbers).reshape(&own)?;
            let turned = class_axis::batch_with_last(own, axis);
            Ok(turned.reshape(&shape)?.into_rank()?)
        };
        let (samples, steps) = (answered[0], rows / answered[0]);
        let target_rows = if is_sequence { samples } else { rows };
        let outputs = Outputs::from(rows_of(outputs, [rows, columns])?);
        Ok(Self {
            taker,
            targets: rows_of(targets, [target_rows, num_targets / target_rows])?,
            outputs: outputs.with_steps(steps),
        })
    }

    /// Refuses targets of another form; rows that are masked may hold anything.
    fn check(
        &self,
        form: TargetForm,
        mask: impl Fn(&Tensor<2>) -> Option<Tensor<1>>,
    ) -> Result<(), TrainError> {
        let [rows, columns] = self.outputs.raw().dims();
        let width = self.targets.dims()[1];
        let expected = match form {
            TargetForm::ClassIndex | TargetForm::Label => 1,
            TargetForm::LikeOutputs => columns,
            TargetForm::LabelSequence => width,
        };
        if width != expected {
            return Err(MismatchError::NotComparable {
                taker: self.taker.clone(),
                targets: vec![rows, width],
                outputs: vec![rows, columns],
            }
            .into());
        }
        if form != TargetForm::ClassIndex || columns == 1 {
            return Ok(());
        }
        let counts = mask(&self.targets).map(read_back).transpose()?;
        let labels = read_back(self.targets.clone().reshape([rows]))?;
        for (row, label) in labels.into_iter().enumerate() {
            let is_class = label.fract() == 0.0 && (0.0..columns as f32).contains(&label);
            if !is_class && counts.as_ref().is_none_or(|counts| counts[row] != 0.0) {
                return Err(TrainError::TargetOutOfRange {
                    sample: row,
                    place: SamplePlace::new(),
                    target: label,
                    num_classes: columns,
                });
            }
        }
        Ok(())
    }

    /// Refuses targets that a training refuses too.
    fn check_domain(&self, domain: TargetDomain) -> Result<(), TrainError> {
        let [rows, width] = self.targets.dims();
        let targets = read_back(self.targets.clone().reshape([rows * width]))?;
        let (columns, steps) = (self.outputs.raw().dims()[1], self.outputs.steps());
        let mut scan = DomainScan::new(domain, width).with_room(columns, steps);
        match scan.find(&targets) {
            Some((index, received)) => Err(TrainError::TargetOutsideDomain {
                sample: index / width,
                place: SamplePlace::new(),
                received,
                taker: self.taker.clone(),
                domain,
            }),
            None => Ok(()),
        }
    }

    /// What somebody's function makes of them; a panic is an error that names it.
    fn caught(
        &self,
        function: impl FnOnce(Tensor<2>, &Outputs) -> Tensor<1>,
    ) -> Result<Tensor<1>, TrainError> {
        catch_panic(|| function(self.targets.clone(), &self.outputs)).map_err(|message| {
            TrainError::PartPanicked {
                part: self.taker.clone(),
                message,
            }
        })
    }
}

/// All numbers of an array in a row.
fn numbers(array: ArrayData, device: &Device) -> Result<Tensor<1>, TrainError> {
    fn flat<const D: usize>(array: ArrayData, device: &Device) -> Result<Tensor<1>, DataError> {
        let size = array.shape().iter().product::<usize>();
        Ok(array.into_tensor::<D>(device)?.reshape([size]))
    }
    Ok(match array.shape().len() {
        1 => flat::<1>(array, device),
        2 => flat::<2>(array, device),
        3 => flat::<3>(array, device),
        4 => flat::<4>(array, device),
        _ => flat::<5>(array, device),
    }?)
}
