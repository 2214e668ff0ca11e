//! Networks over plain memory: forward and backward without a graph of tensors.

use burn::module::{Module, ModuleVisitor, Param, ParamId};
use burn::tensor::{Device, Tensor, TensorData};
use firebrick_host::{Batch, Pass, Program};
use firebrick_tensor::{AnyTensor, HostFloats};

use crate::error::ModelError;
use crate::layer::{HostDrawn, WeightSpec};
use crate::shape::Shape;
use crate::signal::Signal;

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
    pub(crate) kept: Option<Kept>,
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

pub(crate) struct Kept {
    pub(crate) rows: usize,
    pub(crate) inputs: Vec<TensorData>,
    pub(crate) weights: Vec<HostFloats>,
    pub(crate) drawn: Vec<Option<Vec<f32>>>,
    pub(crate) by_batch: Vec<bool>,
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
    pub(crate) fn with_batch<R>(&self, work: impl FnOnce(&Batch<'_>) -> R) -> R {
        let inputs: Vec<&[f32]> = self.inputs.iter().map(floats).collect();
        let weights: Vec<&[f32]> = self.weights.iter().map(HostFloats::as_slice).collect();
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

    /// All weights, as kernels want them.
    pub(crate) fn weights_of(&self, network: &impl Module) -> Vec<HostFloats> {
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
    values: Vec<HostFloats>,
}

impl ModuleVisitor for Read<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let values = HostFloats::of(param.val());
        let spec = self.specs.get(self.values.len());
        self.values.push(match spec {
            Some(spec) if spec.is_rearranged() => {
                let values = spec.restore(values.as_slice().to_vec());
                TensorData::new(values, [spec.num_params()]).into()
            }
            _ => values,
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
