//! Networks over plain memory: forward and backward without a graph of tensors.

use std::collections::BTreeMap;

use burn::module::{Module, ModuleVisitor, Param, ParamId};
use burn::tensor::{Device, Tensor, TensorData};
use firebrick_host::{Batch, Pass, Program};
use firebrick_tensor::AnyTensor;

use crate::draws::Draws;
use crate::error::ModelError;
use crate::layer::{HostDrawn, WeightSpec, single};
use crate::mode::Mode;
use crate::model::Model;
use crate::shape::Shape;
use crate::signal::{Signal, Signals};

/// A network over plain memory: a batch forward, and the gradients of its weights back.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::burn::tensor::{Device, Tensor};
/// use firebrick::layers::Dense;
/// use firebrick::models::{HostPass, Mode, Model, Sequential, Signals};
///
/// let device = Device::flex();
/// let model = Sequential::new([2]).add(Dense::new(3)).build(1, &device)?;
/// let mut pass: HostPass = model.host_pass().expect("a dense layer has a form for it");
/// let x = Tensor::<2>::ones([5, 2], &device);
/// let outputs = pass.forward(&model, Signals::from(x), Mode::Inference)?;
/// assert_eq!(outputs[0].shape, [5, 3]);
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
pub struct HostPass {
    pub(crate) pass: Pass,
    /// In the order in which the module has them; empty where all lie as kernels want them.
    pub(crate) weights: Vec<WeightSpec>,
    pub(crate) drawn: Vec<Drawing>,
    pub(crate) following: Vec<Following>,
    pub(crate) num_nodes: usize,
    /// Of a sample, of each input.
    pub(crate) inputs: Vec<Shape>,
    /// Of a sample, of each output.
    pub(crate) outputs: Vec<Shape>,
    /// The last batch.
    kept: Option<Kept>,
}

/// What is drawn for a kernel.
pub(crate) struct Drawing {
    /// Of the program.
    pub(crate) node: usize,
    /// Of the graph.
    pub(crate) path: Vec<String>,
    pub(crate) drawn: HostDrawn,
}

/// Weights that follow the batches.
pub(crate) struct Following {
    /// Of the program.
    pub(crate) node: usize,
    /// Among all weights, in the order of the kernel's statistics.
    pub(crate) weights: Vec<usize>,
    pub(crate) momentum: f64,
}

struct Kept {
    rows: usize,
    inputs: Vec<TensorData>,
    weights: Vec<TensorData>,
    drawn: Vec<Option<Vec<f32>>>,
    by_batch: Vec<bool>,
}

/// What leaves a network over plain memory.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::burn::tensor::{Device, Tensor};
/// use firebrick::models::{HostOutput, MlpConfig, Mode, Model, Signals};
///
/// let device = Device::flex();
/// let model = MlpConfig::new(4, 3).init(1, &device)?;
/// let mut pass = model.host_pass().expect("dense layers have a form for it");
/// let x = Tensor::<2>::zeros([2, 4], &device);
/// let outputs: Vec<HostOutput> = pass.forward(&model, Signals::from(x), Mode::Inference)?;
/// assert_eq!((outputs[0].values.len(), &outputs[0].shape[..]), (6, &[2, 3][..]));
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
#[derive(Clone, Debug)]
pub struct HostOutput {
    /// In order, the last axis running fastest.
    pub values: Vec<f32>,
    /// The batch axis first.
    pub shape: Vec<usize>,
}

impl HostOutput {
    /// The same on a device.
    pub fn into_signal(self, device: &Device) -> Signal {
        signal_of(self.values, &self.shape, device)
    }
}

/// Takes gradients by the weight that they are of.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::burn::module::{Module, ParamId};
/// use firebrick::burn::tensor::{Device, Tensor, TensorData};
/// use firebrick::layers::Dense;
/// use firebrick::models::{GradientSink, Mode, Model, Sequential, Signals};
///
/// /// How many numbers there are.
/// struct Count(usize);
///
/// impl GradientSink for Count {
///     fn take<const D: usize>(&mut self, _: ParamId, gradient: Tensor<D>) {
///         self.0 += gradient.shape().num_elements();
///     }
/// }
///
/// // Weights that learn lie on a device with automatic differentiation.
/// let device = Device::flex().autodiff();
/// let model = Sequential::new([2]).add(Dense::new(3)).build(1, &Device::flex())?;
/// let model = model.train().fork(&device);
/// let mut pass = model.host_pass().expect("a dense layer has a form for it");
/// pass.forward(&model, Signals::from(Tensor::<2>::ones([5, 2], &device)), Mode::Inference)?;
/// let mut count = Count(0);
/// pass.backward(&model, &[TensorData::new(vec![1.0_f32; 15], [15])], &mut count);
/// assert_eq!(count.0, 2 * 3 + 3);
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
pub trait GradientSink {
    /// Takes one.
    fn take<const D: usize>(&mut self, id: ParamId, gradient: Tensor<D>);
}

impl Kept {
    fn with_batch<R>(&self, work: impl FnOnce(&Batch<'_>) -> R) -> R {
        let inputs: Vec<&[f32]> = self.inputs.iter().map(floats).collect();
        let weights: Vec<&[f32]> = self.weights.iter().map(floats).collect();
        work(&Batch {
            rows: self.rows,
            inputs: &inputs,
            weights: &weights,
            drawn: &self.drawn,
            by_batch: &self.by_batch,
        })
    }
}

pub(crate) fn floats(data: &TensorData) -> &[f32] {
    match data.as_slice() {
        Ok(values) => values,
        Err(error) => unreachable!("weights and batches are 32-bit floats: {error}"),
    }
}

/// The shape of so many samples, whose sizes are known.
pub(crate) fn batch_shape(rows: usize, sample: &Shape) -> Vec<usize> {
    let axes = sample.axes().iter().map(|axis| axis.unwrap_or(1));
    [rows].into_iter().chain(axes).collect()
}

/// Numbers in order as a signal of this shape.
pub(crate) fn signal_of(values: Vec<f32>, shape: &[usize], device: &Device) -> Signal {
    let len = values.len();
    let values = Tensor::<1>::from_data(TensorData::new(values, [len]), device);
    AnyTensor::from(values).reshaped(shape).into()
}

impl HostPass {
    /// One of a program whose weights are those of a module in its order.
    pub(crate) fn new(
        program: Program,
        (inputs, outputs): (impl Into<Vec<Shape>>, impl Into<Vec<Shape>>),
    ) -> Self {
        Self {
            pass: Pass::new(program),
            weights: Vec::new(),
            drawn: Vec::new(),
            following: Vec::new(),
            num_nodes: 0,
            inputs: inputs.into(),
            outputs: outputs.into(),
            kept: None,
        }
    }

    /// What the network says of a batch but for its last activations, as [`Model::call`](crate::Model::call) does.
    ///
    /// # Errors
    /// A batch that is not there.
    pub fn forward(
        &mut self,
        network: &impl Model,
        inputs: Signals,
        mode: Mode,
    ) -> Result<Vec<HostOutput>, ModelError> {
        let rows = inputs.get(0).map_or(0, |input| input.shape()[0]);
        let mut values = Vec::with_capacity(self.inputs.len());
        for (input, shape) in inputs.into_iter().zip(&self.inputs) {
            values.push(values_of(input, shape, rows)?);
        }
        let weights = self.weights_of(network);
        let num_drawn = if self.drawn.is_empty() {
            0
        } else {
            self.num_nodes
        };
        let mut by_node = vec![None; num_drawn];
        let mut by_batch = Vec::new();
        if let Mode::Training(draws) = mode {
            if !self.following.is_empty() {
                by_batch = vec![false; self.num_nodes];
                for following in &self.following {
                    by_batch[following.node] = true;
                }
            }
            for drawing in &self.drawn {
                let path = drawing.path.iter();
                let own = path.fold(draws, |draws: Draws, part| draws.at(part));
                by_node[drawing.node] = Some(drawing.drawn.values(own, rows));
            }
        }
        let kept = self.kept.insert(Kept {
            rows,
            inputs: values,
            weights,
            drawn: by_node,
            by_batch,
        });
        let pass = &mut self.pass;
        let outputs = kept.with_batch(|batch| pass.forward(batch));
        if let Mode::Training(_) = mode {
            self.follow(network);
        }
        let outputs = outputs.into_iter().zip(&self.outputs);
        Ok(outputs
            .map(|(values, shape)| HostOutput {
                values,
                shape: batch_shape(rows, shape),
            })
            .collect())
    }

    /// Brings weights that follow the batches nearer to what the last one says.
    fn follow(&self, network: &impl Model) {
        let Some(kept) = &self.kept else {
            return;
        };
        let mut moved: BTreeMap<usize, Vec<f32>> = BTreeMap::new();
        for following in &self.following {
            let statistics = self.pass.statistics(following.node).unwrap_or_default();
            let (old, new) = (single(following.momentum), single(1.0 - following.momentum));
            for (&weight, batch) in following.weights.iter().zip(statistics) {
                let moving = moved.entry(weight);
                let moving = moving.or_insert_with(|| floats(&kept.weights[weight]).to_vec());
                for (moving, batch) in moving.iter_mut().zip(batch) {
                    *moving = *moving * old + batch * new;
                }
            }
        }
        for (weight, values) in moved {
            network.follow(weight, values);
        }
    }

    /// All weights, as kernels want them.
    pub(crate) fn weights_of(&self, network: &impl Module) -> Vec<TensorData> {
        let mut read = Read {
            specs: &self.weights,
            values: Vec::with_capacity(self.weights.len()),
        };
        network.visit(&mut read);
        read.values
    }

    /// The gradients of the weights after [`forward`](Self::forward), from those of the outputs.
    pub fn backward(
        &mut self,
        network: &impl Module,
        outputs: &[TensorData],
        sink: &mut impl GradientSink,
    ) {
        let Some(kept) = self.kept.take() else {
            return;
        };
        let pass = &mut self.pass;
        let outputs: Vec<&[f32]> = outputs.iter().map(floats).collect();
        let gradients = kept.with_batch(|batch| pass.backward(batch, &outputs));
        network.visit(&mut Give {
            specs: &self.weights,
            gradients: gradients.into_iter().enumerate(),
            sink,
        });
    }
}

/// The rows of an input.
pub(crate) fn values_of(
    input: Signal,
    shape: &Shape,
    rows: usize,
) -> Result<TensorData, ModelError> {
    let received = input.shape();
    let values = input.into_values().into_float_data()?;
    if Some(values.num_elements()) == shape.num_elements().map(|len| len * rows) {
        return Ok(values);
    }
    Err(ModelError::InputShape {
        input: None,
        expected: shape.clone(),
        received,
    })
}

/// Whether each weight of a module wants a gradient.
pub(crate) fn trained(module: &impl Module) -> Vec<bool> {
    struct Wanted(Vec<bool>);
    impl ModuleVisitor for Wanted {
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            self.0.push(param.is_require_grad());
        }
    }
    let mut wanted = Wanted(Vec::new());
    module.visit(&mut wanted);
    wanted.0
}

/// Reads all weights in Keras' layout.
struct Read<'a> {
    specs: &'a [WeightSpec],
    values: Vec<TensorData>,
}

impl ModuleVisitor for Read<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let data = param.val().into_data();
        let spec = self.specs.get(self.values.len());
        self.values.push(match spec {
            Some(spec) if spec.is_rearranged() => {
                let values = spec.restore(data.iter().collect());
                TensorData::new(values, [spec.num_params()])
            }
            _ => data,
        });
    }
}

/// Hands out gradients in the layout of the weights.
struct Give<'a, I, S> {
    specs: &'a [WeightSpec],
    gradients: I,
    sink: &'a mut S,
}

impl<I: Iterator<Item = (usize, Vec<f32>)>, S: GradientSink> ModuleVisitor for Give<'_, I, S> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let Some((index, gradient)) = self.gradients.next() else {
            return;
        };
        if gradient.is_empty() {
            return;
        }
        let gradient = match self.specs.get(index) {
            Some(spec) => spec.arrange(gradient),
            None => gradient,
        };
        let weight = param.val();
        let device = weight.device().without_autodiff();
        let gradient = TensorData::new(gradient, weight.shape());
        self.sink
            .take::<D>(param.id, Tensor::from_data(gradient, &device));
    }
}
