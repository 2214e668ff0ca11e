mod function;

use self::function::{Function, with_function};
use crate::kernel::{Backward, Fill, Forward, Kernel};
use crate::vectorized::dispatch;

/// A function of each value by itself.
///
/// Where a function has no derivative, the slope is that of the framework's tensors.
///
/// ```
/// use firebrick_host::Kernel;
/// use firebrick_host::kernels::Elementwise;
///
/// assert_eq!(Elementwise::gelu(7).output_len(), 7);
/// ```
#[derive(Clone, Debug)]
pub struct Elementwise {
    len: usize,
    function: Function,
}

/// Writes out the constructors.
macro_rules! functions {
    ($($(#[$meaning:meta])* $name:ident($($argument:ident: $type:ty),*) => $function:expr;)+) => {
        impl Elementwise {
            $(
                $(#[$meaning])*
                pub fn $name(len: usize $(, $argument: $type)*) -> Self {
                    Self { len, function: $function }
                }
            )+
        }
    };
}

functions! {
    /// `1 / (1 + exp(-x))`
    sigmoid() => Function::Sigmoid;
    /// `ln(sigmoid(x))`
    log_sigmoid() => Function::LogSigmoid;
    /// `tanh(x)`
    tanh() => Function::Tanh;
    /// `x - tanh(x)`
    tanh_shrink() => Function::TanhShrink;
    /// `max(x, 0)`
    relu() => Function::Relu;
    /// `clamp(x, 0, 6)`
    relu6() => Function::Clamp { min: 0.0, max: 6.0 };
    /// `x` where positive, else `slope · x`.
    leaky_relu(slope: f32) => Function::LeakyRelu(slope);
    /// `x` above the threshold, `max_value` at most, else `slope · (x - threshold)`.
    bent_relu(threshold: f32, slope: f32, max_value: f32) => Function::BentRelu { threshold, slope, max_value };
    /// `x` above the threshold, else the value.
    threshold(threshold: f32, value: f32) => Function::Threshold { threshold, value };
    /// `x` where positive, else `alpha · (exp(x) - 1)`.
    elu(alpha: f32) => Function::Elu(alpha);
    /// `elu` with the constants that keep mean and variance.
    selu() => Function::Selu;
    /// `x · Φ(x)` with the normal distribution's cumulative function.
    gelu() => Function::Gelu;
    /// `x / 2 · (1 + tanh(sqrt(2 / π) · (x + 0.044715 · x³)))`
    gelu_approximate() => Function::GeluApproximate;
    /// `x · sigmoid(x)`
    silu() => Function::Silu;
    /// `x · tanh(softplus(x))`
    mish() => Function::Mish;
    /// `ln(1 + exp(x))`
    softplus() => Function::Softplus;
    /// `(x + sqrt(x² + 4)) / 2`
    squareplus() => Function::Squareplus;
    /// 0 up to -1, `x` from 1 on, `(x + 1)² / 4` between.
    sparse_plus() => Function::SparsePlus;
    /// `clamp((x + 1) / 2, 0, 1)`
    sparse_sigmoid() => Function::SparseSigmoid;
    /// `x / (1 + |x|)`
    softsign() => Function::Softsign;
    /// `exp(x)`
    exponential() => Function::Exponential;
    /// `clamp(x / 6 + 1/2, 0, 1)`
    hard_sigmoid() => Function::HardSigmoid;
    /// `x · hard_sigmoid(x)`
    hard_silu() => Function::HardSilu;
    /// `clamp(x, -1, 1)`
    hard_tanh() => Function::Clamp { min: -1.0, max: 1.0 };
    /// `x` where `|x| > 0.5`, else 0.
    hard_shrink() => Function::HardShrink;
    /// `x` moved by 0.5 towards 0, and 0 where it would pass it.
    soft_shrink() => Function::SoftShrink;
}

impl Elementwise {
    /// Whether it is `max(x, 0)`.
    pub(crate) fn is_relu(&self) -> bool {
        matches!(self.function, Function::Relu)
    }
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
