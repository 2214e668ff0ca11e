use burn::tensor::Device;

use super::Network;
use crate::error::ModelError;
use crate::graph::Sequential;
use crate::graph::{Graph, Source};
use crate::layer_problem::LayerProblem;
use crate::shape::Shape;
use crate::signal::Signals;
use firebrick_tensor::AnyTensor;

impl Graph {
    /// Whether every layer has the statistics that it waits for, so that the network can be built.
    pub fn is_adapted(&self) -> bool {
        self.first_unadapted().is_none()
    }

    /// Gives every layer that waits for what it learns of data, such as a [`Normalization`](crate::layers::Normalization) for
    /// its statistics or a [`StringLookup`](crate::layers::StringLookup) for its vocabulary, that of samples, as Keras' `adapt`
    /// does: of the inputs as they reach the layer. An inverted normalization at the network's end, which brings answers back to
    /// their scale, takes that of the targets.
    ///
    /// `batches` is called for each of the layers and gives inputs and targets of all samples. Only layers
    /// without weights may stand before one that is to be adapted, because training would move what it has
    /// seen.
    ///
    /// # Shapes
    /// - inputs: one for each input of the network, `[batch_size, input_shape...]`, or one row of features a sample
    /// - targets: `[batch_size, ...]`
    ///
    /// # Errors
    /// Those of [`build`](Self::build) and of `batches`; samples of another shape, or none; a layer that
    /// cannot be adapted where it stands, with its name.
    pub fn adapt<B, E>(mut self, device: &Device, batches: impl Fn() -> B) -> Result<Self, E>
    where
        B: Iterator<Item = Result<(Signals, AnyTensor), E>>,
        E: From<ModelError>,
    {
        while let Some(index) = self.first_unadapted() {
            let (seen, shape) = self.seen_by(index, device)?;
            let failed = |problem| self.layer_error(index, std::slice::from_ref(&shape), problem);
            let mut broken: Option<E> = None;
            let mut samples = batches().map_while(|batch| {
                let samples = batch.and_then(|(inputs, targets)| match &seen {
                    Seen::Input(input) => {
                        let mut inputs = self.fitted(inputs)?.into_vec();
                        Ok(inputs.swap_remove(*input).into_values())
                    }
                    Seen::Outputs(before) => {
                        let outputs = before.predict_all(inputs)?;
                        Ok(before.only(outputs)?)
                    }
                    Seen::Targets => {
                        as_samples(targets, &shape).map_err(|problem| failed(problem).into())
                    }
                });
                samples.map_err(|error| broken = Some(error)).ok()
            });
            let layer = self.layers()[self.nodes()[index].layer].layer().clone();
            let adapted = layer.adapted(&mut samples);
            drop(samples);
            if let Some(error) = broken {
                return Err(error);
            }
            let adapted = adapted.map_err(failed)?;
            self.replace_layer(self.nodes()[index].layer, adapted);
        }
        Ok(self)
    }

    /// The first call of a layer that waits for its statistics.
    fn first_unadapted(&self) -> Option<usize> {
        self.nodes()
            .iter()
            .position(|node| self.layers()[node.layer].layer().needs_adapting())
    }

    /// What the layer of this call adapts to, and the shape of a sample of that.
    fn seen_by(&self, index: usize, device: &Device) -> Result<(Seen, Shape), ModelError> {
        let node = &self.nodes()[index];
        let layer = self.layers()[node.layer].layer();
        // What follows may have shapes that are known only when this layer has learned.
        let part = self.up_to(vec![Source::Node(index, 0)]);
        let plan = part.plan()?;
        let planned = plan.nodes.last();
        let shape = planned.and_then(|planned| planned.inputs.first());
        let shape = shape.cloned().unwrap_or_default();
        let misplaced = |expected: &str| {
            let problem = LayerProblem::argument(layer.learned_argument(), expected, &None::<f32>);
            self.layer_error(index, std::slice::from_ref(&shape), problem)
        };
        let seen = if layer.adapts_to_targets() {
            if self.outputs() != [Source::Node(index, 0)] {
                return Err(misplaced(
                    "given, or the layer, which is inverted, to be the last one",
                ));
            }
            Seen::Targets
        } else {
            let before = self.up_to(node.inputs.clone());
            let has_weights = |layer: usize| !plan.weights[layer].is_empty();
            let last = plan.nodes.len().saturating_sub(1);
            if part.layers_before(last).into_iter().any(has_weights) {
                return Err(misplaced(
                    "given, or no layer before it to have weights (BatchNormalization may follow any layer)",
                ));
            }
            match node.inputs.first() {
                Some(Source::Input(input)) => Seen::Input(*input),
                _ => Seen::Outputs(Box::new(before.build_for_loading(device)?)),
            }
        };
        Ok((seen, shape))
    }
}

impl Sequential {
    /// Whether every layer has the statistics that it waits for, so that the network can be built.
    pub fn is_adapted(&self) -> bool {
        self.as_line().is_adapted()
    }

    /// As [`Graph::adapt`], for the one input of a line.
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
    /// Those of [`Graph::adapt`].
    pub fn adapt<B, E>(self, device: &Device, batches: impl Fn() -> B) -> Result<Self, E>
    where
        B: Iterator<Item = Result<(AnyTensor, AnyTensor), E>>,
        E: From<ModelError>,
    {
        let batches =
            || batches().map(|batch| batch.map(|(inputs, targets)| (inputs.into(), targets)));
        let graph = Graph::from(self).adapt(device, batches)?;
        Ok(Self::of_line(graph))
    }
}

/// What a layer adapts to.
enum Seen {
    /// An input itself.
    Input(usize),
    /// Of the layers before.
    Outputs(Box<Network>),
    Targets,
}

/// Targets in the shape of a layer's samples.
fn as_samples(targets: AnyTensor, shape: &Shape) -> Result<AnyTensor, LayerProblem> {
    let mut own = targets.shape();
    let fits =
        |shape: &Vec<usize>| own[1..].iter().product::<usize>() == shape.iter().product::<usize>();
    let Some(shape) = shape.known().ok().filter(fits) else {
        return Err(LayerProblem::input(
            format!("{:?}, the shape of the targets it adapts to", &own[1..]),
            "give the layer before as many units as there are targets, or this one its mean and variance",
        ));
    };
    own.truncate(1);
    own.extend(shape);
    Ok(targets.reshaped(&own))
}
