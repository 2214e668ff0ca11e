use burn::tensor::Device;

use crate::error::ModelError;
use crate::layers::{Layer, LayerProblem, Moments, Normalization};
use crate::sequential::{PlannedLayer, Sequential};
use crate::sequential_model::SequentialModel;
use firebrick_tensor::AnyTensor;

impl Sequential {
    /// Whether every [`Normalization`] has its statistics, so that the network can be built.
    pub fn is_adapted(&self) -> bool {
        self.first_unadapted().is_none()
    }

    /// Gives every [`Normalization`] without statistics those of samples, as Keras' `adapt` does: of the
    /// inputs as they reach the layer. An inverted one at the network's end, which brings answers back to
    /// their scale, takes those of the targets.
    ///
    /// `batches` is called for each of the layers and gives inputs and targets of all samples. Only layers
    /// without weights may stand before one that is to be adapted, because training would move what it has
    /// seen.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
    /// use firebrick::burn::tensor::{Device, Tensor};
    /// use firebrick::layers::{Dense, Normalization};
    /// use firebrick::models::{AnyTensor, ModelError, Sequential};
    ///
    /// let device = Device::flex();
    /// let inputs = Tensor::<2>::from_floats([[0.0, 7.0], [2.0, 9.0]], &device);
    /// let targets = Tensor::<2>::from_floats([[100.0], [300.0]], &device);
    /// let network = Sequential::new([2])
    ///     .add(Normalization::new())
    ///     .add(Dense::new(1))
    ///     .add(Normalization::new().inverted())
    ///     .adapt(&device, || {
    ///         let batch = (inputs.clone().into(), targets.clone().into());
    ///         std::iter::once(Ok::<_, ModelError>(batch))
    ///     })?;
    /// assert!(network.is_adapted());
    /// let model = network.build(42, &device)?;
    /// # Ok::<(), ModelError>(())
    /// ```
    ///
    /// # Shapes
    /// - inputs: `[batch_size, input_shape...]`, or one row of features a sample
    /// - targets: `[batch_size, ...]`
    ///
    /// # Errors
    /// Those of [`build`](Self::build) and of `batches`; samples of another shape, or none; a layer that
    /// cannot be adapted where it stands, with its name.
    pub fn adapt<B, E>(mut self, device: &Device, batches: impl Fn() -> B) -> Result<Self, E>
    where
        B: Iterator<Item = Result<(AnyTensor, AnyTensor), E>>,
        E: From<ModelError>,
    {
        while let Some((index, layer)) = self.first_unadapted() {
            let layer = layer.clone();
            let (seen, shape) = self.seen_by(index, &layer, device)?;
            let failed = |problem| self.layer_error(index, shape.clone(), problem);
            let mut moments = Moments::default();
            for batch in batches() {
                let (inputs, targets) = batch?;
                let samples = match &seen {
                    Seen::Inputs => self.fitted(inputs)?,
                    Seen::Outputs(before) => before.predict(inputs)?,
                    Seen::Targets => as_samples(targets, &shape).map_err(failed)?,
                };
                layer.see(samples, &mut moments).map_err(failed)?;
            }
            let adapted = layer.with_moments(moments).map_err(failed)?;
            self.replace_layer(index, adapted.into());
        }
        Ok(self)
    }

    /// The first layer that waits for its statistics.
    fn first_unadapted(&self) -> Option<(usize, &Normalization)> {
        let mut layers = self.layers().iter().enumerate();
        layers.find_map(|(index, described)| match described.layer() {
            Layer::Normalization(layer) if !layer.is_adapted() => Some((index, layer)),
            _ => None,
        })
    }

    /// What the layer of this index adapts to, and the shape of a sample of that.
    fn seen_by(
        &self,
        index: usize,
        layer: &Normalization,
        device: &Device,
    ) -> Result<(Seen, Vec<usize>), ModelError> {
        let plan = self.plan()?;
        let shape = plan[index].input.clone();
        let misplaced = |expected: &str| {
            let problem = LayerProblem::argument("mean", expected, &layer.mean());
            self.layer_error(index, shape.clone(), problem)
        };
        let has_weights = |layer: &PlannedLayer<'_>| !layer.weights.is_empty();
        let seen = if layer.is_inverted() {
            if index + 1 < plan.len() {
                return Err(misplaced(
                    "given, or the layer, which is inverted, to be the last one",
                ));
            }
            Seen::Targets
        } else if plan[..index].iter().any(has_weights) {
            return Err(misplaced(
                "given, or no layer before it to have weights (BatchNormalization may follow any layer)",
            ));
        } else if index == 0 {
            Seen::Inputs
        } else {
            Seen::Outputs(Box::new(self.before(index).build(0, device)?))
        };
        Ok((seen, shape))
    }
}

/// What a layer adapts to.
enum Seen {
    Inputs,
    /// Of the layers before.
    Outputs(Box<SequentialModel>),
    Targets,
}

/// Targets in the shape of a layer's samples.
fn as_samples(targets: AnyTensor, shape: &[usize]) -> Result<AnyTensor, LayerProblem> {
    let mut own = targets.shape();
    if own[1..].iter().product::<usize>() != shape.iter().product::<usize>() {
        return Err(LayerProblem::input(
            format!("{:?}, the shape of the targets it adapts to", &own[1..]),
            "give the layer before as many units as there are targets, or this one its mean and variance",
        ));
    }
    own.truncate(1);
    own.extend(shape);
    Ok(targets.reshaped(&own))
}
