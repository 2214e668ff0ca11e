use crate::kernel::{Backward, Fill, Forward, Kernel};
use crate::vectorized::{dispatch, exp, sigmoid, softplus, tanh};

/// A function of each value by itself.
#[derive(Clone, Debug)]
pub struct Elementwise {
    len: usize,
    function: Function,
}

#[derive(Clone, Copy, Debug)]
enum Function {
    Sigmoid,
    Tanh,
    Relu,
    /// Its slope where negative.
    LeakyRelu(f32),
    /// Its alpha.
    Elu(f32),
    Selu,
    Silu,
    Softplus,
    Softsign,
    Exponential,
    HardSigmoid,
    Relu6,
}

/// Writes out the constructors.
macro_rules! functions {
    ($($(#[$meaning:meta])* $name:ident($($argument:ident)?) => $function:ident;)+) => {
        impl Elementwise {
            $(
                $(#[$meaning])*
                pub fn $name(len: usize $(, $argument: f32)?) -> Self {
                    Self { len, function: Function::$function $(($argument))? }
                }
            )+
        }
    };
}

functions! {
    /// `1 / (1 + exp(-x))`
    sigmoid() => Sigmoid;
    /// `tanh(x)`
    tanh() => Tanh;
    /// `max(x, 0)`
    relu() => Relu;
    /// `x` where positive, else `slope · x`.
    leaky_relu(slope) => LeakyRelu;
    /// `x` where positive, else `alpha · (exp(x) - 1)`.
    elu(alpha) => Elu;
    /// `elu` with the constants that keep mean and variance.
    selu() => Selu;
    /// `x · sigmoid(x)`
    silu() => Silu;
    /// `ln(1 + exp(x))`
    softplus() => Softplus;
    /// `x / (1 + |x|)`
    softsign() => Softsign;
    /// `exp(x)`
    exponential() => Exponential;
    /// `clamp(x / 6 + 1/2, 0, 1)`
    hard_sigmoid() => HardSigmoid;
    /// `clamp(x, 0, 6)`
    relu6() => Relu6;
}

const SELU_SCALE: f32 = 1.050_701;
const SELU_ALPHA: f32 = 1.673_263_2;

/// Does the same with the value `(x) -> y` and the slope `(x, y) -> dy/dx` of whichever function.
macro_rules! with_function {
    ($function:expr, $value:ident, $slope:ident => $body:expr) => {{
        macro_rules! is {
            ($of:expr, $by:expr) => {{
                let ($value, $slope) = ($of, $by);
                $body
            }};
        }
        match $function {
            Function::Sigmoid => is!(sigmoid, |_: f32, y: f32| y * (1.0 - y)),
            Function::Tanh => is!(tanh, |_: f32, y: f32| 1.0 - y * y),
            Function::Relu => is!(
                |x: f32| if x < 0.0 { 0.0 } else { x },
                |x: f32, _: f32| if x > 0.0 { 1.0 } else { 0.0 }
            ),
            Function::LeakyRelu(slope) => is!(
                |x: f32| if x < 0.0 { slope * x } else { x },
                |x: f32, _: f32| if x > 0.0 { 1.0 } else { slope }
            ),
            Function::Elu(alpha) => is!(
                |x: f32| if x > 0.0 { x } else { alpha * (exp(x) - 1.0) },
                |x: f32, y: f32| if x > 0.0 { 1.0 } else { y + alpha }
            ),
            Function::Selu => is!(
                |x: f32| SELU_SCALE
                    * if x > 0.0 {
                        x
                    } else {
                        SELU_ALPHA * (exp(x) - 1.0)
                    },
                |x: f32, y: f32| if x > 0.0 {
                    SELU_SCALE
                } else {
                    y + SELU_SCALE * SELU_ALPHA
                }
            ),
            Function::Silu => is!(|x: f32| x * sigmoid(x), |x: f32, y: f32| y + sigmoid(x)
                * (1.0 - y)),
            Function::Softplus => is!(softplus, |x: f32, _: f32| sigmoid(x)),
            Function::Softsign => is!(|x: f32| x / (1.0 + x.abs()), |x: f32, _: f32| 1.0
                / ((1.0 + x.abs()) * (1.0 + x.abs()))),
            Function::Exponential => is!(exp, |_: f32, y: f32| y),
            Function::HardSigmoid => is!(
                |x: f32| (x / 6.0 + 0.5).clamp(0.0, 1.0),
                |x: f32, _: f32| if x > -3.0 && x < 3.0 { 1.0 / 6.0 } else { 0.0 }
            ),
            Function::Relu6 => {
                is!(
                    |x: f32| x.clamp(0.0, 6.0),
                    |x: f32, _: f32| if x > 0.0 && x < 6.0 { 1.0 } else { 0.0 }
                )
            }
        }
    }};
}

impl Kernel for Elementwise {
    fn output_len(&self) -> usize {
        self.len
    }

    fn forward(&self, call: Forward<'_>) {
        let (x, y) = (call.inputs[0], call.output);
        with_function!(self.function, value, _slope => dispatch(#[inline(always)] || {
            for (y, &x) in y.iter_mut().zip(x) {
                *y = value(x);
            }
        }));
    }

    fn input_gradient(&self, call: &Backward<'_>, _: usize, gradient: &mut [f32], fill: Fill) {
        let (x, y, by) = (call.inputs[0], call.output, call.output_gradient);
        with_function!(self.function, _value, slope => dispatch(#[inline(always)] || {
            let values = x.iter().zip(y).zip(by).map(|((&x, &y), &by)| by * slope(x, y));
            fill.put(gradient, values);
        }));
    }
}
