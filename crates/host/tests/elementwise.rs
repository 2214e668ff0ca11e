//! Values and slopes of functions, against the same in double precision.

#![expect(clippy::float_cmp, reason = "what is exact is compared exactly")]

use firebrick_host::kernels::Elementwise;
use firebrick_host::{Backward, Fill, Forward, Kernel};

/// Its name, the kernel of so many values, the value and the slope in double precision.
struct Case {
    name: &'static str,
    kernel: fn(usize) -> Elementwise,
    value: fn(f64) -> f64,
    slope: fn(f64) -> f64,
}

fn case(
    name: &'static str,
    kernel: fn(usize) -> Elementwise,
    value: fn(f64) -> f64,
    slope: fn(f64) -> f64,
) -> Case {
    Case {
        name,
        kernel,
        value,
        slope,
    }
}

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

fn softplus(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}

/// The normal distribution's cumulative function: by its series, and from 4 on by the continued fraction of its tail.
fn normal_cdf(x: f64) -> f64 {
    if x.abs() > 1e3 {
        return if x > 0.0 { 1.0 } else { 0.0 };
    }
    let density = density(x);
    if x.abs() < 4.0 {
        let mut term = x;
        let mut sum = x;
        for odd in (3..200).step_by(2) {
            term *= x * x / f64::from(odd);
            sum += term;
        }
        return 0.5 + density * sum;
    }
    let z = x.abs();
    let fraction = (1..200).rev().fold(z, |rest, k| z + f64::from(k) / rest);
    let tail = density / fraction;
    if x < 0.0 { tail } else { 1.0 - tail }
}

fn density(x: f64) -> f64 {
    (-0.5 * x * x).exp() / (2.0 * std::f64::consts::PI).sqrt()
}

/// 1 where something is so, else 0.
fn one_if(is_so: bool) -> f64 {
    f64::from(u8::from(is_so))
}

fn gelu_inner(x: f64) -> f64 {
    (2.0 / std::f64::consts::PI).sqrt() * (x + 0.044_715 * x.powi(3))
}

const SELU_SCALE: f64 = 1.050_700_987_355_480_5;
const SELU_ALPHA: f64 = 1.673_263_242_354_377_2;

fn smooth() -> Vec<Case> {
    vec![
        case("sigmoid", Elementwise::sigmoid, sigmoid, |x| {
            sigmoid(x) * (1.0 - sigmoid(x))
        }),
        case(
            "log_sigmoid",
            Elementwise::log_sigmoid,
            |x| -softplus(-x),
            |x| sigmoid(-x),
        ),
        case("tanh", Elementwise::tanh, f64::tanh, |x| {
            1.0 - x.tanh().powi(2)
        }),
        case(
            "tanh_shrink",
            Elementwise::tanh_shrink,
            |x| x - x.tanh(),
            |x| x.tanh().powi(2),
        ),
        case(
            "gelu",
            Elementwise::gelu,
            |x| {
                if x == f64::NEG_INFINITY {
                    f64::NAN
                } else {
                    x * normal_cdf(x)
                }
            },
            |x| normal_cdf(x) + x * density(x),
        ),
        case(
            "gelu_approximate",
            Elementwise::gelu_approximate,
            |x| 0.5 * x * (1.0 + gelu_inner(x).tanh()),
            |x| {
                let x = x.clamp(-50.0, 50.0);
                let tanh = gelu_inner(x).tanh();
                let steep = (2.0 / std::f64::consts::PI).sqrt() * (1.0 + 0.134_145 * x * x);
                0.5 * (1.0 + tanh) + 0.5 * x * (1.0 - tanh * tanh) * steep
            },
        ),
        case(
            "silu",
            Elementwise::silu,
            |x| x * sigmoid(x),
            |x| sigmoid(x) * (1.0 + x * (1.0 - sigmoid(x))),
        ),
        case(
            "mish",
            Elementwise::mish,
            |x| x * softplus(x).tanh(),
            |x| {
                let tanh = softplus(x).tanh();
                tanh + x * ((1.0 - tanh * tanh) * sigmoid(x))
            },
        ),
        case("softplus", Elementwise::softplus, softplus, sigmoid),
        case(
            "squareplus",
            Elementwise::squareplus,
            |x| {
                if x < 0.0 {
                    2.0 / ((x * x + 4.0).sqrt() - x)
                } else {
                    0.5 * (x + (x * x + 4.0).sqrt())
                }
            },
            |x| 0.5 * (1.0 + x / (x * x + 4.0).sqrt()),
        ),
        case(
            "softsign",
            Elementwise::softsign,
            |x| x / (1.0 + x.abs()),
            |x| (1.0 + x.abs()).powi(-2),
        ),
        case("exponential", Elementwise::exponential, f64::exp, f64::exp),
    ]
}

fn bent() -> Vec<Case> {
    vec![
        case(
            "relu",
            Elementwise::relu,
            |x| x.max(0.0),
            |x| one_if(x > 0.0),
        ),
        case(
            "relu6",
            Elementwise::relu6,
            |x| x.clamp(0.0, 6.0),
            |x| one_if((0.0..=6.0).contains(&x)),
        ),
        case(
            "leaky_relu",
            |len| Elementwise::leaky_relu(len, 0.25),
            |x| x.max(0.25 * x),
            |x| if x < 0.0 { 0.25 } else { 1.0 },
        ),
        case(
            "bent_relu",
            |len| Elementwise::bent_relu(len, 0.5, 0.25, 3.0),
            |x| {
                if x > 0.5 {
                    x.min(3.0)
                } else {
                    0.25 * (x - 0.5)
                }
            },
            |x| {
                if x > 3.0 || x == 0.5 {
                    0.0
                } else if x > 0.5 {
                    1.0
                } else {
                    0.25
                }
            },
        ),
        case(
            "threshold",
            |len| Elementwise::threshold(len, 0.5, -1.0),
            |x| if x > 0.5 { x } else { -1.0 },
            |x| one_if(x > 0.5),
        ),
        case(
            "elu",
            |len| Elementwise::elu(len, 0.5),
            |x| if x > 0.0 { x } else { 0.5 * x.exp_m1() },
            |x| if x > 0.0 { 1.0 } else { 0.5 * x.exp() },
        ),
        case(
            "selu",
            Elementwise::selu,
            |x| SELU_SCALE * if x > 0.0 { x } else { SELU_ALPHA * x.exp_m1() },
            |x| SELU_SCALE * if x >= 0.0 { 1.0 } else { SELU_ALPHA * x.exp() },
        ),
    ]
}

fn cut_off() -> Vec<Case> {
    vec![
        case(
            "sparse_plus",
            Elementwise::sparse_plus,
            |x| {
                if x >= 1.0 {
                    x
                } else {
                    0.25 * (x.max(-1.0) + 1.0).powi(2)
                }
            },
            |x| 0.5 * (x.clamp(-1.0, 1.0) + 1.0),
        ),
        case(
            "sparse_sigmoid",
            Elementwise::sparse_sigmoid,
            |x| (0.5 * (x + 1.0)).clamp(0.0, 1.0),
            |x| 0.5 * one_if((-1.0..=1.0).contains(&x)),
        ),
        case(
            "hard_sigmoid",
            Elementwise::hard_sigmoid,
            |x| (x / 6.0 + 0.5).clamp(0.0, 1.0),
            |x| one_if((-3.0..=3.0).contains(&x)) / 6.0,
        ),
        case(
            "hard_silu",
            Elementwise::hard_silu,
            |x| x * (x / 6.0 + 0.5).clamp(0.0, 1.0),
            |x| {
                let share = (x / 6.0 + 0.5).clamp(0.0, 1.0);
                if (-3.0..=3.0).contains(&x) {
                    share + x / 6.0
                } else {
                    share
                }
            },
        ),
        case(
            "hard_tanh",
            Elementwise::hard_tanh,
            |x| x.clamp(-1.0, 1.0),
            |x| one_if((-1.0..=1.0).contains(&x)),
        ),
        case(
            "hard_shrink",
            Elementwise::hard_shrink,
            |x| if x.abs() > 0.5 { x } else { 0.0 },
            |x| one_if(x.abs() > 0.5),
        ),
        case(
            "soft_shrink",
            Elementwise::soft_shrink,
            |x| {
                if x.abs() > 0.5 {
                    x - 0.5 * x.signum()
                } else {
                    0.0
                }
            },
            |x| one_if(x.abs() > 0.5),
        ),
    ]
}

fn cases() -> impl Iterator<Item = Case> {
    [smooth(), bent(), cut_off()].into_iter().flatten()
}

/// Where the functions are asked: around 0, at every bend, far out.
fn points() -> Vec<f32> {
    let mut points = vec![0.0, 0.5, 1.0, 3.0, 6.0];
    points.extend([
        1e-30, 1e-5, 0.1, 0.3, 0.62, 0.63, 0.99, 1.5, 2.7, 3.3, 4.4, 5.9, 7.0, 10.0,
    ]);
    points.extend([
        20.5,
        60.0,
        86.0,
        100.0,
        1e4,
        1e10,
        1e20,
        3e38,
        f32::INFINITY,
    ]);
    points.iter().flat_map(|&x| [x, -x]).collect()
}

/// What left, and the gradient of what entered where each output has one of `by`.
fn run(kernel: &Elementwise, x: &[f32], by: f32) -> (Vec<f32>, Vec<f32>) {
    let mut y = vec![f32::NAN; x.len()];
    kernel.forward(Forward {
        rows: 1,
        inputs: &[x],
        weights: &[],
        drawn: None,
        output: &mut y,
        kept: &mut [],
    });
    let mut gradient = vec![f32::NAN; x.len()];
    let call = Backward {
        rows: 1,
        inputs: &[x],
        weights: &[],
        drawn: None,
        output: &y,
        output_gradient: &vec![by; x.len()],
        kept: &[],
    };
    kernel.input_gradient(&call, 0, &mut gradient, Fill::Set);
    (y, gradient)
}

/// Whether a number is the one in double precision, to a few units in the last place; anything, where that is none.
fn is_near(received: f32, expected: f64) -> bool {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "what overflows is infinite"
    )]
    let rounded = expected as f32;
    let distance = (f64::from(received) - expected).abs();
    expected.is_nan() || received == rounded || distance < 4e-7 + 3e-6 * expected.abs()
}

#[test]
fn values_and_slopes_are_those_in_double_precision_also_far_out_and_at_bends() {
    let points = points();
    for case in cases() {
        let (y, gradient) = run(&(case.kernel)(points.len()), &points, 2.0);
        for (&x, (y, gradient)) in points.iter().zip(y.into_iter().zip(gradient)) {
            let [value, slope] = [case.value, case.slope].map(|function| function(x.into()));
            let name = case.name;
            assert!(is_near(y, value), "{name}({x}) is {y}, not {value}");
            assert!(
                is_near(gradient / 2.0, slope),
                "{name}'({x}) is {gradient} / 2, not {slope}"
            );
        }
    }
}

#[test]
fn what_is_no_number_leaves_as_none() {
    let x = [1.0, f32::NAN, -1.0, 0.0, 2.0, f32::NAN, 0.1, 3.0, f32::NAN];
    for case in cases() {
        let (y, _) = run(&(case.kernel)(x.len()), &x, 1.0);
        let is_none = |values: &[f32]| values.iter().map(|x| x.is_nan()).collect::<Vec<_>>();
        assert_eq!(is_none(&y), is_none(&x), "{}", case.name);
    }
}

#[test]
fn gradients_are_added_where_there_are_some() {
    let x = [-2.0, 0.5, 2.0];
    for case in cases() {
        let kernel = (case.kernel)(3);
        let (y, alone) = run(&kernel, &x, 2.0);
        let mut gradient = [1.0, 2.0, 3.0];
        let call = Backward {
            rows: 1,
            inputs: &[&x],
            weights: &[],
            drawn: None,
            output: &y,
            output_gradient: &[2.0; 3],
            kept: &[],
        };
        kernel.input_gradient(&call, 0, &mut gradient, Fill::Add);
        let expected = [1.0 + alone[0], 2.0 + alone[1], 3.0 + alone[2]];
        assert_eq!(gradient, expected, "{}", case.name);
    }
}
