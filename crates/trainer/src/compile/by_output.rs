//! What single outputs have of their own.

use burn::tensor::Tensor;
use firebrick_data::Batch;
use firebrick_model::Signals;
use firebrick_spec::UnknownName;

use super::{Compile, LearningRate};
use crate::joint_loss::JointLoss;
use crate::losses::Loss;
use crate::metrics::Metric;
use crate::mismatch_error::MismatchError;
use crate::optimizers::Optimizer;

/// What an output of this name has of its own; where it has nothing, it has what is given for all.
#[derive(Clone)]
pub(crate) struct OutputCompile {
    pub(crate) name: String,
    pub(crate) loss: Option<Loss>,
    pub(crate) weight: f64,
    pub(crate) metrics: Option<Vec<Metric>>,
    pub(crate) weighted_metrics: Option<Vec<Metric>>,
}

/// What is asked of an output.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'a> {
    /// What its figures begin with, where there are several outputs.
    pub(crate) prefix: Option<&'a str>,
    pub(crate) loss: &'a Loss,
    pub(crate) weight: f64,
    pub(crate) metrics: &'a [Metric],
    pub(crate) weighted_metrics: &'a [Metric],
}

impl Compile {
    /// Optimizer, at its default learning rate, and a loss for each output by its name. Outputs without one are neither
    /// judged nor need they targets. The loss of the training is the sum of all; what each comes to is the figure
    /// `<output>_loss`, and the metrics of an output are called `<output>_<metric>`.
    ///
    /// ```
    /// use firebrick::datasets::ArrayData;
    /// use firebrick::layers::{Dense, Layer};
    /// use firebrick::losses::{Loss, MeanSquaredError, SparseCategoricalCrossentropy};
    /// use firebrick::metrics::Metric;
    /// use firebrick::models::{Graph, named_input};
    /// use firebrick::prelude::*;
    ///
    /// let picture = named_input("picture", [4]);
    /// let class = Dense::new(2).with_activation(Activation::Softmax).named("class").on(&picture);
    /// let corner = Dense::new(1).named("corner").on(&picture);
    /// let model = Graph::new(picture, [class, corner]).build(1, &Device::flex())?;
    /// let losses = [
    ///     ("class", Loss::from(SparseCategoricalCrossentropy::new())),
    ///     ("corner", MeanSquaredError::new().into()),
    /// ];
    /// let mut trainer = Compile::by_output(Optimizer::adam(), losses)
    ///     .with_loss_weights([("corner", 0.5)])
    ///     .with_output_metrics("class", [Metric::accuracy()])
    ///     .model(model);
    /// let data = ArrayDataset::of_named(
    ///     [ArrayData::named("picture", [[0.0, 1.0, 0.0, 1.0], [1.0, 0.0, 1.0, 0.0]])?],
    ///     [ArrayData::named("class", [0, 1])?, ArrayData::named("corner", [[0.5], [0.25]])?],
    /// )?;
    /// let history = trainer.fit(&data, &Fit::new(2).with_display(Display::Quiet))?;
    /// assert_eq!((history["class_accuracy"].len(), history["corner_loss"].len()), (2, 2));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn by_output<N: Into<String>, L: Into<Loss>>(
        optimizer: Optimizer,
        losses: impl IntoIterator<Item = (N, L)>,
    ) -> Self {
        let mut compile = Self::without_loss(optimizer);
        for (name, loss) in losses {
            compile.output(name.into()).loss = Some(loss.into());
        }
        compile
    }

    /// Optimizer and a single loss of one's own that sees what the network answers at all outputs, last activations included,
    /// and all targets of the batch, by which it can be differentiated.
    ///
    /// ```
    /// use firebrick::layers::{Dense, Layer};
    /// use firebrick::models::{Graph, input};
    /// use firebrick::prelude::*;
    ///
    /// let x = input([1]);
    /// let outputs = [Dense::new(1).on(&x), Dense::new(1).on(&x)];
    /// let model = Graph::new(x, outputs).build(1, &Device::flex())?;
    /// // The two have to differ by the target.
    /// let compile = Compile::jointly(Optimizer::adam(), "difference", |answers, batch| {
    ///     let [left, right] = [0, 1].map(|output| answers[output].values().clone().expect_rank::<2>());
    ///     (left - right - batch.targets()).square().mean()
    /// });
    /// let data = ArrayDataset::new([[0.0], [1.0]], [[1.0], [3.0]])?;
    /// let history = compile.model(model).fit(&data, &Fit::new(2).with_display(Display::Quiet))?;
    /// assert_eq!(history["loss"].len(), 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Shapes
    /// - the loss: `[1]`, a mean over the samples
    pub fn jointly(
        optimizer: Optimizer,
        name: impl Into<String>,
        loss: impl Fn(&Signals, &Batch) -> Tensor<1> + Send + Sync + 'static,
    ) -> Self {
        Self::without_loss(optimizer).with_joint_loss(name, loss)
    }

    /// Adds such a loss to those of the outputs; it is a figure of this name.
    #[must_use = "returns the changed settings"]
    pub fn with_joint_loss(
        mut self,
        name: impl Into<String>,
        loss: impl Fn(&Signals, &Batch) -> Tensor<1> + Send + Sync + 'static,
    ) -> Self {
        self.joint = Some(JointLoss::new(name, loss));
        self
    }

    /// Sets the loss of the output of this name, instead of that of all.
    ///
    /// ```
    /// use firebrick::losses::{Huber, MeanSquaredError};
    /// use firebrick::training::{Compile, Optimizer};
    ///
    /// let compile = Compile::new(Optimizer::adam(), MeanSquaredError::new()).with_output_loss("corner", Huber::new());
    /// ```
    #[must_use = "returns the changed settings"]
    pub fn with_output_loss(mut self, output: impl Into<String>, loss: impl Into<Loss>) -> Self {
        self.output(output.into()).loss = Some(loss.into());
        self
    }

    /// Sets how much the losses of outputs count in that of the training, 1 by default: Keras' `loss_weights`.
    #[must_use = "returns the changed settings"]
    pub fn with_loss_weights<N: Into<String>>(
        mut self,
        weights: impl IntoIterator<Item = (N, f64)>,
    ) -> Self {
        for (name, weight) in weights {
            self.output(name.into()).weight = weight;
        }
        self
    }

    /// Sets what is measured at the output of this name, instead of what is measured at all.
    #[must_use = "returns the changed settings"]
    pub fn with_output_metrics<M: Into<Metric>>(
        mut self,
        output: impl Into<String>,
        metrics: impl IntoIterator<Item = M>,
    ) -> Self {
        let metrics = metrics.into_iter().map(Into::into).collect();
        self.output(output.into()).metrics = Some(metrics);
        self
    }

    /// Sets what is measured with weights at the output of this name, instead of what is measured at all.
    #[must_use = "returns the changed settings"]
    pub fn with_weighted_output_metrics<M: Into<Metric>>(
        mut self,
        output: impl Into<String>,
        metrics: impl IntoIterator<Item = M>,
    ) -> Self {
        let metrics = metrics.into_iter().map(Into::into).collect();
        self.output(output.into()).weighted_metrics = Some(metrics);
        self
    }

    fn without_loss(optimizer: Optimizer) -> Self {
        Self {
            rate: LearningRate::Constant(optimizer.default_learning_rate()),
            optimizer,
            loss: None,
            outputs: Vec::new(),
            joint: None,
            metrics: Vec::new(),
            weighted_metrics: Vec::new(),
            weight_groups: Vec::new(),
        }
    }

    /// What the output of this name has of its own.
    fn output(&mut self, name: String) -> &mut OutputCompile {
        let own = self.outputs.iter().position(|own| own.name == name);
        let own = own.unwrap_or(self.outputs.len());
        if own == self.outputs.len() {
            self.outputs.push(OutputCompile {
                name,
                loss: None,
                weight: 1.0,
                metrics: None,
                weighted_metrics: None,
            });
        }
        &mut self.outputs[own]
    }

    /// What is asked of those of a network's outputs that have a loss, each with its index.
    ///
    /// # Errors
    /// A name that is none of theirs; a weight that is none.
    pub(crate) fn asked<'a>(
        &'a self,
        names: &'a [String],
    ) -> Result<Vec<(usize, Asked<'a>)>, MismatchError> {
        let known: Vec<&str> = names.iter().map(String::as_str).collect();
        for own in &self.outputs {
            if !known.contains(&own.name.as_str()) {
                return Err(UnknownName::new("output", &own.name, &known).into());
            }
            if !own.weight.is_finite() || own.weight < 0.0 {
                return Err(MismatchError::LossWeight {
                    output: own.name.clone(),
                    received: own.weight,
                });
            }
        }
        let asked = |(index, name): (usize, &'a String)| {
            let own = self.outputs.iter().find(|own| own.name == *name);
            let loss = own.and_then(|own| own.loss.as_ref());
            let metrics = own.and_then(|own| own.metrics.as_ref());
            let weighted = own.and_then(|own| own.weighted_metrics.as_ref());
            let asked = Asked {
                prefix: (names.len() > 1).then_some(name.as_str()),
                loss: loss.or(self.loss.as_ref())?,
                weight: own.map_or(1.0, |own| own.weight),
                metrics: metrics.unwrap_or(&self.metrics),
                weighted_metrics: weighted.unwrap_or(&self.weighted_metrics),
            };
            Some((index, asked))
        };
        Ok(names.iter().enumerate().filter_map(asked).collect())
    }

    /// The losses, to tell one training from another.
    pub(crate) fn losses_text(&self) -> String {
        let own = self.outputs.iter().map(|own| {
            let loss = own.loss.as_ref().map_or("", Loss::name);
            format!("{} {loss} {}", own.name, own.weight)
        });
        let texts = self
            .loss
            .iter()
            .map(|loss| loss.name().to_owned())
            .chain(own);
        let joint = self.joint.iter().map(|joint| joint.name().to_owned());
        texts.chain(joint).collect::<Vec<String>>().join(", ")
    }

    /// The names of metrics, to tell one training from another.
    pub(crate) fn metrics_text(
        &self,
        all: &[Metric],
        of: impl Fn(&OutputCompile) -> Option<&Vec<Metric>>,
    ) -> String {
        let all = all.iter().map(|metric| metric.name().to_owned());
        let own = self.outputs.iter().flat_map(|own| {
            let metrics = of(own).map_or(&[][..], Vec::as_slice);
            metrics
                .iter()
                .map(|metric| format!("{}_{}", own.name, metric.name()))
        });
        all.chain(own).collect::<Vec<String>>().join(", ")
    }
}
