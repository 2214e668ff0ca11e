//! LSTMs whose products are convolutions, whatever the number of axes that their window slides along.

use burn::tensor::Tensor;

use super::convolution::Convolve;
use super::extent::sizes;
use super::recurrent::{array, factors, gates};
use super::window::{Padding, Window};
use crate::activation::Activation;
use crate::layer::Call;
use crate::layer::CellSteps;

/// Writes such a layer and its cell out: `Name<number of axes, rank of a batch of steps>`.
macro_rules! conv_lstm {
    (
        $(#[$meaning:meta])*
        pub struct $layer:ident<$num_axes:literal, $rank:literal> of $cell:ident;
    ) => {
        /// The cell of the layer.
        #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        struct $cell {
            filters: usize,
            kernel_size: $crate::layers::size::Size<$num_axes>,
            #[serde(default = "crate::layers::extent::one")]
            strides: $crate::layers::size::Size<$num_axes>,
            #[serde(default)]
            padding: $crate::layers::window::Padding,
            #[serde(default = "crate::layers::extent::one")]
            dilation_rate: $crate::layers::size::Size<$num_axes>,
            #[serde(default = "crate::layers::recurrent::tanh")]
            activation: $crate::activation::Activation,
            #[serde(default = "crate::layers::recurrent::sigmoid")]
            recurrent_activation: $crate::activation::Activation,
            #[serde(default = "crate::layers::yes")]
            use_bias: bool,
            #[serde(default = "crate::layers::yes")]
            unit_forget_bias: bool,
            #[serde(default)]
            dropout: f64,
            #[serde(default)]
            recurrent_dropout: f64,
            #[serde(skip)]
            weights: $crate::layers::layer_weights::LayerWeights<Self>,
        }

        $crate::layers::layer_weights::layer_weights!($cell {
            kernel: $crate::initializer::Initializer::GlorotUniform,
                with_kernel_initializer, with_kernel_regularizer, with_kernel_constraint;
            recurrent: $crate::initializer::Initializer::Orthogonal { gain: 1.0 },
                with_recurrent_initializer, with_recurrent_regularizer, with_recurrent_constraint;
            bias: $crate::initializer::Initializer::Zeros,
                with_bias_initializer, with_bias_regularizer, with_bias_constraint;
        });

        $crate::layers::convolution::window_setters!($cell<$num_axes>);

        impl $cell {
            fn with_recurrent_activation(
                mut self,
                activation: $crate::activation::Activation,
            ) -> Self {
                self.recurrent_activation = activation;
                self
            }

            fn without_unit_forget_bias(mut self) -> Self {
                self.unit_forget_bias = false;
                self
            }

            fn with_dropout(mut self, rate: f64) -> Self {
                self.dropout = rate;
                self
            }

            fn with_recurrent_dropout(mut self, rate: f64) -> Self {
                self.recurrent_dropout = rate;
                self
            }

            fn output_of(
                &self,
                step: &$crate::shape::Shape,
            ) -> Result<$crate::shape::Shape, $crate::layer_problem::LayerProblem> {
                $crate::layers::convolution::Shapes {
                    filters: self.filters,
                    groups: 1,
                    window: self.window(),
                    activation: $crate::activation::Activation::Linear,
                }
                .output(step)
            }
        }

        impl $crate::layer::Cell for $cell {
            fn state_shapes(
                &self,
                step: &$crate::shape::Shape,
            ) -> Result<Vec<$crate::shape::Shape>, $crate::layer_problem::LayerProblem> {
                use $crate::layers::recurrent::{check_cell_activation, check_rates};

                check_cell_activation("activation", self.activation)?;
                check_cell_activation("recurrent_activation", self.recurrent_activation)?;
                check_rates(self.dropout, self.recurrent_dropout)?;
                $crate::layers::window::check_not_causal(self.padding)?;
                $crate::layers::conv_lstm::check_dilation(&self.window())?;
                let output = self.output_of(step)?;
                output.known()?;
                Ok(vec![output; 2])
            }

            fn begin(
                &self,
                call: &$crate::layer::Call,
                samples: usize,
                step: &[usize],
            ) -> Box<dyn $crate::layer::CellSteps> {
                use $crate::layers::conv_lstm::{Steps, channels_first, dropped};

                let output = self.output_of(&step.into()).and_then(|output| output.known());
                let (x, state) = (channels_first(step), channels_first(&output.unwrap_or_default()));
                let kernel = call.weight::<$rank>("kernel");
                let recurrent_kernel = call.weight::<$rank>("recurrent_kernel");
                let of_x = ("kernel", &kernel);
                let of_h = ("recurrent_kernel", &recurrent_kernel);
                Box::new(Steps::<$num_axes, $rank> {
                    x_factors: dropped(call, of_x, self.dropout, samples, x),
                    h_factors: dropped(call, of_h, self.recurrent_dropout, samples, state),
                    kernel,
                    recurrent_kernel,
                    bias: call.find("bias"),
                    window: self.window(),
                    activation: self.activation,
                    gate: self.recurrent_activation,
                    x,
                    state,
                })
            }

            fn num_states(&self) -> usize {
                2
            }
        }

        impl $crate::layer::Layer for $cell {
            const CLASS_NAME: &'static str = "ConvLSTMCell";

            $crate::layers::layer_weights::weights_in_spec!();

            fn output_shapes(
                &self,
                inputs: &[$crate::shape::Shape],
            ) -> Result<Vec<$crate::shape::Shape>, $crate::layer_problem::LayerProblem> {
                $crate::layer::Cell::shapes_of_step(self, inputs)
            }

            fn weights(
                &self,
                inputs: &[$crate::shape::Shape],
            ) -> Vec<$crate::layer::WeightSpec> {
                let channels = inputs[0].last().unwrap_or_default();
                let width = self.filters.saturating_mul(4);
                let of = |name: &str, channels: usize| {
                    let mut shape = self.kernel_size.axes().to_vec();
                    shape.extend([channels, width]);
                    let order = $crate::layers::extent::kernel_order::<$num_axes>();
                    let order = $crate::layer::Storage::Permuted(order);
                    self.weights.spec(name, shape).stored(order)
                };
                let kernel = of("kernel", channels);
                let recurrent = of("recurrent", self.filters).renamed("recurrent_kernel");
                let bias = self.weights.spec("bias", vec![width]);
                let bias = if self.unit_forget_bias {
                    bias.with_ones(self.filters..2 * self.filters)
                } else {
                    bias
                };
                let bias = self.use_bias.then_some(bias);
                [kernel, recurrent].into_iter().chain(bias).collect()
            }

            fn call(
                &self,
                inputs: $crate::signal::Signals,
                call: &$crate::layer::Call,
            ) -> Result<$crate::signal::Signals, $crate::layer_problem::LayerProblem> {
                $crate::layer::Cell::call_step(self, inputs, call)
            }
        }

        $(#[$meaning])*
        #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        pub struct $layer {
            #[serde(flatten)]
            cell: $cell,
            #[serde(flatten)]
            flow: $crate::layers::recurrent::Flow,
        }

        impl $layer {
            /// `filters` windows of `kernel_size` for each gate, strides of 1, without padding; the layer gives the output
            /// of the last step.
            pub fn new(
                filters: usize,
                kernel_size: impl Into<$crate::layers::size::Size<$num_axes>>,
            ) -> Self {
                use $crate::activation::Activation;

                Self {
                    cell: $cell {
                        filters,
                        kernel_size: kernel_size.into(),
                        strides: 1.into(),
                        padding: $crate::layers::window::Padding::Valid,
                        dilation_rate: 1.into(),
                        activation: Activation::Tanh,
                        recurrent_activation: Activation::Sigmoid,
                        use_bias: true,
                        unit_forget_bias: true,
                        dropout: 0.0,
                        recurrent_dropout: 0.0,
                        weights: $crate::layers::layer_weights::LayerWeights::default(),
                    },
                    flow: $crate::layers::recurrent::Flow::default(),
                }
            }
        }

        $crate::layers::recurrent::recurrent_layer!(
            $layer: stringify!($layer), $cell in "conv_lstm_cell" {
                /// Sets how far the window moves along what enters.
                with_strides(strides: impl Into<$crate::layers::size::Size<$num_axes>>),
                /// Sets what lies beyond the edges of what enters. Beyond those of the state there are zeros.
                with_padding(padding: $crate::layers::window::Padding),
                /// Sets the distance between the window's elements on what enters.
                with_dilation_rate(dilation_rate: impl Into<$crate::layers::size::Size<$num_axes>>),
                /// Sets the function of what is kept and of what is given.
                with_activation(activation: $crate::activation::Activation),
                /// Sets the function at the gates.
                with_recurrent_activation(activation: $crate::activation::Activation),
                /// Lets the bias of the gate that forgets start as the others do, instead of at 1.
                without_unit_forget_bias(),
                /// Drops the bias.
                without_bias(),
                /// Sets the probability with which a number of the input is dropped in training, for all steps of a batch.
                with_dropout(rate: f64),
                /// Sets the probability with which a number of the state is dropped in training, for all steps of a batch.
                with_recurrent_dropout(rate: f64),
                /// Sets how the kernel starts.
                with_kernel_initializer(initializer: $crate::initializer::Initializer),
                /// Sets what the kernel adds to the loss.
                with_kernel_regularizer(regularizer: $crate::regularizer::Regularizer),
                /// Sets where the kernel is brought back to after every step.
                with_kernel_constraint(constraint: $crate::constraint::Constraint),
                /// Sets how the recurrent kernel starts.
                with_recurrent_initializer(initializer: $crate::initializer::Initializer),
                /// Sets what the recurrent kernel adds to the loss.
                with_recurrent_regularizer(regularizer: $crate::regularizer::Regularizer),
                /// Sets where the recurrent kernel is brought back to after every step.
                with_recurrent_constraint(constraint: $crate::constraint::Constraint),
                /// Sets how the bias starts.
                with_bias_initializer(initializer: $crate::initializer::Initializer),
                /// Sets what the bias adds to the loss.
                with_bias_regularizer(regularizer: $crate::regularizer::Regularizer),
                /// Sets where the bias is brought back to after every step.
                with_bias_constraint(constraint: $crate::constraint::Constraint),
            }
        );
    };
}

pub(super) use conv_lstm;

/// A cell with its weights. Its states lie with the channels before the places.
pub(super) struct Steps<const N: usize, const D: usize> {
    pub(super) kernel: Tensor<D>,
    pub(super) recurrent_kernel: Tensor<D>,
    pub(super) bias: Option<Tensor<1>>,
    pub(super) window: Window<N>,
    pub(super) activation: Activation,
    pub(super) gate: Activation,
    pub(super) x_factors: Option<Tensor<D>>,
    pub(super) h_factors: Option<Tensor<D>>,
    /// Sizes of a step, one sample, channels first.
    pub(super) x: [usize; D],
    /// Those of a state.
    pub(super) state: [usize; D],
}

/// The sizes of one sample `[places..., channels]`, channels first.
pub(super) fn channels_first<const D: usize>(sample: &[usize]) -> [usize; D] {
    let mut sizes = [1; D];
    sizes[1..].copy_from_slice(sample);
    sizes[1..].rotate_right(1);
    sizes
}

/// The same sizes of as many samples.
fn batch<const D: usize>(mut sizes: [usize; D], samples: usize) -> [usize; D] {
    sizes[0] = samples;
    sizes
}

/// All numbers of a sample, channels last, as a sample with its channels first.
fn turned<const D: usize>(rows: Tensor<2>, sizes: [usize; D]) -> Tensor<D> {
    let [samples, _] = rows.dims();
    let mut last = batch(sizes, samples);
    last[1..].rotate_left(1);
    let mut axes: [usize; D] = std::array::from_fn(|axis| axis);
    axes[1..].rotate_right(1);
    rows.reshape(last).permute(axes)
}

/// What is multiplied with in training, if some is dropped.
pub(super) fn dropped<const D: usize>(
    call: &Call,
    kernel: (&str, &Tensor<D>),
    rate: f64,
    samples: usize,
    sizes: [usize; D],
) -> Option<Tensor<D>> {
    let (name, kernel) = kernel;
    let numbers = sizes.iter().product();
    let factors = factors(call, name, rate, [samples, numbers], &kernel.device())?;
    Some(factors.reshape(batch(sizes, samples)))
}

impl<const N: usize, const D: usize> CellSteps for Steps<N, D>
where
    Tensor<D>: Convolve<N>,
{
    fn project(&self, steps: Tensor<3>) -> Tensor<3> {
        let [num_steps, samples, numbers] = steps.dims();
        let rows = num_steps * samples;
        let x = turned(steps.reshape([rows, numbers]), self.x);
        let x = match &self.x_factors {
            Some(factors) => {
                let mut repeats = [1; D];
                repeats[0] = num_steps;
                x * factors.clone().repeat(&repeats)
            }
            None => x,
        };
        let y = x.convolve(self.kernel.clone(), self.bias.clone(), &self.window, 1);
        let numbers = y.dims()[1..].iter().product();
        y.reshape([num_steps, samples, numbers])
    }

    fn arranged(&self, states: Vec<Tensor<2>>) -> Vec<Tensor<2>> {
        let states = states.into_iter();
        let states = states.map(|state| {
            let dims = state.dims();
            turned(state, self.state).reshape(dims)
        });
        states.collect()
    }

    fn restored(&self, state: Tensor<2>) -> Tensor<2> {
        let dims = state.dims();
        let mut axes: [usize; D] = std::array::from_fn(|axis| axis);
        axes[1..].rotate_left(1);
        state
            .reshape(batch(self.state, dims[0]))
            .permute(axes)
            .reshape(dims)
    }

    fn step(&self, x: Tensor<2>, states: Vec<Tensor<2>>) -> Vec<Tensor<2>> {
        let [h, c] = array(states);
        let dims = x.dims();
        let h = h.reshape(batch(self.state, dims[0]));
        let h = match &self.h_factors {
            Some(factors) => h * factors.clone(),
            None => h,
        };
        // The state keeps its size.
        let window = Window {
            size: sizes(&self.recurrent_kernel),
            strides: [1; N],
            dilation: [1; N],
            padding: Padding::Same,
        };
        let inner = h.convolve(self.recurrent_kernel.clone(), None, &window, 1);
        // The filters of the gates follow each other.
        let [input, forget, candidate, output] = gates(&(x + inner.reshape(dims)));
        let kept = self.gate.forward(forget) * c;
        let c = kept + self.gate.forward(input) * self.activation.forward(candidate);
        let h = self.gate.forward(output) * self.activation.forward(c.clone());
        vec![h, c]
    }
}

/// Keras refuses strides with a dilation.
pub(super) fn check_dilation<const N: usize>(
    window: &Window<N>,
) -> Result<(), crate::layer_problem::LayerProblem> {
    let is_above = |sizes: [usize; N]| sizes.iter().any(|size| *size > 1);
    if is_above(window.strides) && is_above(window.dilation) {
        let expected = "1 along every axis where the strides are not";
        return Err(crate::layer_problem::LayerProblem::argument(
            "dilation_rate",
            expected,
            &window.dilation,
        ));
    }
    Ok(())
}
