//! The functions: their values, and their slopes by what entered and what left.

/// A function of one number.
#[derive(Clone, Copy, Debug)]
pub(super) enum Function {
    Sigmoid,
    LogSigmoid,
    Tanh,
    TanhShrink,
    Relu,
    /// Its slope where negative.
    LeakyRelu(f32),
    BentRelu {
        threshold: f32,
        slope: f32,
        max_value: f32,
    },
    Threshold {
        threshold: f32,
        value: f32,
    },
    Clamp {
        min: f32,
        max: f32,
    },
    /// Its alpha.
    Elu(f32),
    Selu,
    Gelu,
    GeluApproximate,
    Silu,
    Mish,
    Softplus,
    Squareplus,
    SparsePlus,
    SparseSigmoid,
    Softsign,
    Exponential,
    HardSigmoid,
    HardSilu,
    HardShrink,
    SoftShrink,
}

pub(super) const SELU_SCALE: f32 = 1.050_701;
pub(super) const SELU_ALPHA: f32 = 1.673_263_2;
/// `sqrt(2 / π)`
pub(super) const GELU_SCALE: f32 = 0.797_884_6;
pub(super) const GELU_CUBE: f32 = 0.044_715;
/// `1 / sqrt(2 · π)`
pub(super) const NORMAL_DENSITY: f32 = 0.398_942_3;

/// 1 where something is so, else 0.
#[inline(always)]
pub(super) fn one_if(is_so: bool) -> f32 {
    if is_so { 1.0 } else { 0.0 }
}

/// `tanh(softplus(x))`, which is 1 long before the exponential overflows.
#[inline(always)]
pub(super) fn tanh_softplus(x: f32) -> f32 {
    let e = crate::vectorized::exp(if x > 30.0 { 30.0 } else { x });
    let n = e * (e + 2.0);
    n / (n + 2.0)
}

/// `sqrt(x² + 4)`, without overflow.
#[inline(always)]
pub(super) fn root_of_square_and_4(x: f32) -> f32 {
    let root = (x * x + 4.0).sqrt();
    if x.abs() > 1e9 { x.abs() } else { root }
}

/// Does the same with the value `(x) -> y` and the slope `(x, y) -> dy/dx` of whichever function.
macro_rules! with_function {
    ($function:expr, $value:ident, $slope:ident => $body:expr) => {{
        use crate::kernels::elementwise::function::{
            GELU_CUBE, GELU_SCALE, NORMAL_DENSITY, SELU_ALPHA, SELU_SCALE, one_if,
            root_of_square_and_4, tanh_softplus,
        };
        use crate::vectorized::{exp, normal_cdf, sigmoid, softplus, tanh};
        macro_rules! is {
            ($of:expr, $by:expr) => {{
                let ($value, $slope) = ($of, $by);
                $body
            }};
        }
        match $function {
            Function::Sigmoid => is!(sigmoid, |_: f32, y: f32| y * (1.0 - y)),
            Function::LogSigmoid => is!(|x: f32| -softplus(-x), |x: f32, _: f32| sigmoid(-x)),
            Function::Tanh => is!(tanh, |_: f32, y: f32| 1.0 - y * y),
            Function::TanhShrink => is!(|x: f32| x - tanh(x), |x: f32, _: f32| tanh(x) * tanh(x)),
            Function::Relu => is!(|x: f32| if x < 0.0 { 0.0 } else { x }, |x: f32, _: f32| {
                one_if(x > 0.0)
            }),
            Function::LeakyRelu(slope) => is!(
                |x: f32| if x < 0.0 { slope * x } else { x },
                |x: f32, _: f32| if x < 0.0 { slope } else { 1.0 }
            ),
            Function::BentRelu {
                threshold,
                slope,
                max_value,
            } => is!(
                |x: f32| {
                    let y = if x <= threshold { 0.0 } else { x };
                    let y = if y > max_value { max_value } else { y };
                    let below = threshold - x;
                    y - slope * if below > 0.0 { below } else { 0.0 }
                },
                |x: f32, _: f32| {
                    one_if(x > threshold && x <= max_value) + slope * one_if(x < threshold)
                }
            ),
            Function::Threshold { threshold, value } => is!(
                |x: f32| if x <= threshold { value } else { x },
                |x: f32, _: f32| one_if(x > threshold)
            ),
            Function::Clamp { min, max } => {
                is!(|x: f32| x.clamp(min, max), |x: f32, _: f32| one_if(
                    x >= min && x <= max
                ))
            }
            Function::Elu(alpha) => is!(
                |x: f32| if x > 0.0 { x } else { alpha * (exp(x) - 1.0) },
                |x: f32, y: f32| if x > 0.0 { 1.0 } else { y + alpha }
            ),
            Function::Selu => is!(
                |x: f32| {
                    let y = if x > 0.0 {
                        x
                    } else {
                        SELU_ALPHA * (exp(x) - 1.0)
                    };
                    SELU_SCALE * y
                },
                |x: f32, y: f32| if x >= 0.0 {
                    SELU_SCALE
                } else {
                    y + SELU_SCALE * SELU_ALPHA
                }
            ),
            Function::Gelu => is!(|x: f32| x * normal_cdf(x), |x: f32, _: f32| {
                normal_cdf(x) + x * (NORMAL_DENSITY * exp(-0.5 * x * x))
            }),
            Function::GeluApproximate => is!(
                |x: f32| {
                    let inner = GELU_SCALE * (x + GELU_CUBE * (x * x * x));
                    0.5 * x * (1.0 + tanh(inner))
                },
                |x: f32, _: f32| {
                    // It is 0 or 1 further out.
                    let x = x.clamp(-20.0, 20.0);
                    let tanh = tanh(GELU_SCALE * (x + GELU_CUBE * (x * x * x)));
                    let steep = GELU_SCALE * (1.0 + 3.0 * GELU_CUBE * (x * x));
                    0.5 * (1.0 + tanh) + 0.5 * x * (1.0 - tanh * tanh) * steep
                }
            ),
            Function::Silu => is!(|x: f32| x * sigmoid(x), |x: f32, _: f32| {
                let share = sigmoid(x);
                share * (1.0 + x * (1.0 - share))
            }),
            Function::Mish => is!(|x: f32| x * tanh_softplus(x), |x: f32, _: f32| {
                let tanh = tanh_softplus(x);
                tanh + x * ((1.0 - tanh * tanh) * sigmoid(x))
            }),
            Function::Softplus => is!(softplus, |x: f32, _: f32| sigmoid(x)),
            Function::Squareplus => is!(
                |x: f32| {
                    // The first would lose the digits of what is left.
                    let root = root_of_square_and_4(x);
                    if x < 0.0 {
                        2.0 / (root - x)
                    } else {
                        0.5 * x + 0.5 * root
                    }
                },
                |x: f32, y: f32| y / root_of_square_and_4(x)
            ),
            Function::SparsePlus => is!(
                |x: f32| {
                    let bend = x.clamp(-1.0, 1.0) + 1.0;
                    0.25 * bend * bend + if x < 1.0 { 0.0 } else { x - 1.0 }
                },
                |x: f32, _: f32| 0.5 * (x.clamp(-1.0, 1.0) + 1.0)
            ),
            Function::SparseSigmoid => is!(
                |x: f32| ((x + 1.0) * 0.5).clamp(0.0, 1.0),
                |x: f32, _: f32| 0.5 * one_if((-1.0..=1.0).contains(&x))
            ),
            Function::Softsign => is!(|x: f32| x / (1.0 + x.abs()), |x: f32, _: f32| 1.0
                / ((1.0 + x.abs()) * (1.0 + x.abs()))),
            Function::Exponential => is!(exp, |_: f32, y: f32| y),
            Function::HardSigmoid => is!(
                |x: f32| (x / 6.0 + 0.5).clamp(0.0, 1.0),
                |x: f32, _: f32| one_if((-3.0..=3.0).contains(&x)) / 6.0
            ),
            Function::HardSilu => is!(
                |x: f32| x * (x / 6.0 + 0.5).clamp(0.0, 1.0),
                |x: f32, _: f32| {
                    let share = (x / 6.0 + 0.5).clamp(0.0, 1.0);
                    if (-3.0..=3.0).contains(&x) {
                        share + x / 6.0
                    } else {
                        share
                    }
                }
            ),
            Function::HardShrink => is!(
                |x: f32| if x.abs() <= 0.5 { 0.0 } else { x },
                |x: f32, _: f32| one_if(x.abs() > 0.5)
            ),
            Function::SoftShrink => is!(|x: f32| x - x.clamp(-0.5, 0.5), |x: f32, _: f32| one_if(
                x.abs() > 0.5
            )),
        }
    }};
}

pub(super) use with_function;
