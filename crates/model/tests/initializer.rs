//! Initial values against Keras' bounds, moments and defaults; see `data/make_initializers.py`.
//! `FIREBRICK_GOLDEN` names another folder with an `initializers.json` of this layout.

#![allow(
    clippy::unwrap_used,
    clippy::float_cmp,
    clippy::print_stdout,
    reason = "a test that cannot go on should panic; exact numbers are meant where they are \
              compared; cases without a layer are named"
)]

use std::path::PathBuf;
use std::{env, fs};

use burn::module::Module;
use burn::tensor::{Device, Tensor};
use firebrick_model::layers::{BatchNormalization, Conv2D, Embedding, LayerNormalization, PReLU};
use firebrick_model::{FanMode, Initializer, MlpConfig, ScalingDistribution, Sequential};
use serde::Deserialize;

#[derive(Deserialize)]
struct Golden {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    #[serde(flatten)]
    kind: Kind,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Kind {
    Scaled(Scaled),
    Moments {
        measured: Moments,
    },
    Orthogonal {
        #[serde(rename = "WWt")]
        product: Vec<Vec<f64>>,
    },
    Identity {
        value: Vec<Vec<f32>>,
    },
    Layer {
        count_params: usize,
        weights: Vec<Weight>,
    },
}

#[derive(Deserialize)]
struct Scaled {
    class: Initializer,
    shape: Vec<usize>,
    scale: f64,
    mode: FanMode,
    std: f64,
    limit: Option<f64>,
    truncate_at: Option<f64>,
}

#[derive(Deserialize)]
struct Moments {
    mean: f64,
    std: f64,
    min: f64,
    max: f64,
}

#[derive(Deserialize)]
struct Weight {
    path: String,
    shape: Vec<usize>,
    #[serde(rename = "const")]
    constant: Option<f32>,
    trainable: bool,
}

impl Moments {
    fn of(values: &[f32]) -> Self {
        let values = || values.iter().map(|&value| f64::from(value));
        let num_values = values().count() as f64;
        let mean = values().sum::<f64>() / num_values;
        Self {
            mean,
            std: (values().map(|value| (value - mean).powi(2)).sum::<f64>() / num_values).sqrt(),
            min: values().fold(f64::INFINITY, f64::min),
            max: values().fold(f64::NEG_INFINITY, f64::max),
        }
    }
}

fn golden() -> Golden {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data");
    let folder = env::var_os("FIREBRICK_GOLDEN").map_or_else(|| beside.into(), PathBuf::from);
    let text = fs::read_to_string(folder.join("initializers.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn named(name: &str) -> Initializer {
    name.parse().unwrap()
}

/// At least 200 000 values of this shape, stream after stream.
fn many(initializer: Initializer, shape: &[usize]) -> Vec<f32> {
    let streams = 200_000_usize.div_ceil(shape.iter().product()) as u64;
    (0..streams)
        .flat_map(|stream| initializer.values(shape, 42, stream).unwrap())
        .collect()
}

fn check_scaled(name: &str, case: &Scaled) {
    let distribution = match case.limit {
        Some(_) => ScalingDistribution::Uniform,
        None => ScalingDistribution::TruncatedNormal,
    };
    let general = Initializer::VarianceScaling {
        scale: case.scale,
        mode: case.mode,
        distribution,
    };
    let draw = |initializer: Initializer| initializer.values(&case.shape, 3, 4).unwrap();
    assert_eq!(draw(case.class), draw(general), "{name}");

    let bound = case.limit.or(case.truncate_at).unwrap();
    let moments = Moments::of(&many(case.class, &case.shape));
    assert!(moments.mean.abs() < 0.01 * case.std, "{name}");
    assert!(
        (moments.std / case.std - 1.0).abs() < 0.005,
        "{name}: standard deviation {} instead of {}",
        moments.std,
        case.std
    );
    for extreme in [-moments.min, moments.max] {
        // Half of the last place of a single-precision number may come on top.
        assert!(
            extreme <= bound * (1.0 + 6e-8) && extreme > 0.99 * bound,
            "{name}: {extreme} of {bound}"
        );
    }
}

fn check_moments(name: &str, expected: &Moments) {
    let moments = Moments::of(&named(name).values(&[200, 200], 2, 0).unwrap());
    // The extremes of an unbounded distribution scatter.
    let slack = if name == "RandomNormal" { 0.04 } else { 1e-4 };
    for (what, measured, expected, allowed) in [
        ("mean", moments.mean, expected.mean, 1e-3),
        ("std", moments.std, expected.std, 5e-4),
        ("min", moments.min, expected.min, slack),
        ("max", moments.max, expected.max, slack),
    ] {
        assert!(
            (measured - expected).abs() < allowed,
            "{name}: {what} {measured} instead of {expected}"
        );
    }
}

fn check_dense(num_params: usize, expected: &[Weight]) {
    let mlp = MlpConfig::new(4, 3).init(1, &Device::flex()).unwrap();
    assert_eq!(mlp.num_params(), num_params);
    let [kernel, bias] = expected else {
        panic!("a dense layer has a kernel and a bias")
    };
    assert_eq!(
        (kernel.path.as_str(), bias.path.as_str()),
        ("kernel", "bias")
    );
    assert_eq!(
        (&kernel.shape[..], &bias.shape[..]),
        (&[4, 3][..], &[3][..])
    );
    // The logits of the unit vectors are the kernel's rows plus the bias.
    let logits =
        |inputs: Tensor<2>| -> Vec<f32> { mlp.logits(inputs).into_data().iter().collect() };
    let biases = logits(Tensor::zeros([1, 4], &Device::flex()));
    assert_eq!(biases, vec![bias.constant.unwrap(); 3]);
    assert_eq!(kernel.constant, None);
    let kernel = logits(Tensor::eye(4, &Device::flex()));
    let default = Initializer::default().values(&[4, 3], 1, 0).unwrap();
    assert_eq!(kernel, default);
}

/// The layer that the file means, in front of its input.
fn network_of(name: &str) -> Option<Sequential> {
    Some(match name {
        "default_weights_Conv2D" => Sequential::new([8, 8, 3]).add(Conv2D::new(2, 3)),
        "default_weights_BatchNormalization" => Sequential::new([3]).add(BatchNormalization::new()),
        "default_weights_LayerNormalization" => Sequential::new([3]).add(LayerNormalization::new()),
        "default_weights_Embedding" => Sequential::new([5]).add(Embedding::new(10, 4)),
        "default_weights_PReLU" => Sequential::new([3]).add(PReLU::new()),
        _ => return None,
    })
}

fn check_layer(network: &Sequential, num_params: usize, expected: &[Weight]) {
    assert_eq!(network.summary().unwrap().num_params(), num_params);
    let listed = network.weights().unwrap();
    let model = network.build(1, &Device::flex()).unwrap();
    let values = model.get_weights().unwrap();
    assert_eq!(listed.len(), expected.len());
    for (((_, listed), value), expected) in listed.iter().zip(values).zip(expected) {
        assert_eq!(listed.name, expected.path);
        assert_eq!(listed.shape, expected.shape);
        assert_eq!(listed.is_trainable, expected.trainable, "{}", expected.path);
        let first = value.values()[0];
        let is_constant = value.values().iter().all(|&value| value == first);
        assert_eq!(is_constant.then_some(first), expected.constant);
    }
}

#[test]
fn bounds_moments_and_defaults_are_those_of_keras() {
    let cases = golden().cases;
    let (mut num_checked, mut without_layer) = (0, Vec::new());
    for Case { name, kind } in &cases {
        match kind {
            Kind::Scaled(case) => check_scaled(name, case),
            Kind::Moments { measured } => check_moments(name, measured),
            Kind::Orthogonal { product } => {
                let (rows, columns) = (product.len(), 6);
                assert_eq!(*name, format!("Orthogonal({rows},{columns})"));
                let matrix = named("orthogonal").values(&[rows, columns], 1, 0).unwrap();
                let ours = gram(&matrix, rows, columns);
                for (ours, expected) in ours.iter().zip(product.iter().flatten()) {
                    assert!((ours - expected).abs() < 1e-4);
                }
            }
            Kind::Identity { value } => {
                let shape = [value.len(), value[0].len()];
                let ours = Initializer::Identity { gain: 2.0 }.values(&shape, 0, 0);
                assert_eq!(ours.unwrap(), value.concat());
            }
            Kind::Layer {
                count_params,
                weights,
            } if name == "default_weights_Dense" => check_dense(*count_params, weights),
            Kind::Layer {
                count_params,
                weights,
            } => {
                let Some(network) = network_of(name) else {
                    without_layer.push(name.as_str());
                    continue;
                };
                check_layer(&network, *count_params, weights);
            }
        }
        num_checked += 1;
    }
    println!(
        "{num_checked} of {} cases checked; {} belong to layers that do not exist here: {}",
        cases.len(),
        without_layer.len(),
        without_layer.join(", ")
    );
    assert!(num_checked >= 35, "only {num_checked} cases were checked");
}

/// `matrix · matrixᵀ` of a matrix given row by row.
fn gram(matrix: &[f32], rows: usize, columns: usize) -> Vec<f64> {
    let wide = |i: usize| f64::from(matrix[i]);
    (0..rows * rows)
        .map(|i| {
            let (a, b) = (i / rows, i % rows);
            (0..columns)
                .map(|k| wide(a * columns + k) * wide(b * columns + k))
                .sum()
        })
        .collect()
}

fn transposed(matrix: &[f32], rows: usize, columns: usize) -> Vec<f32> {
    (0..rows * columns)
        .map(|i| matrix[i % rows * columns + i / rows])
        .collect()
}

#[test]
fn an_orthogonal_weight_has_orthonormal_rows_or_columns() {
    for shape in [
        &[1, 1][..],
        &[5, 5],
        &[64, 48],
        &[32, 128],
        &[3, 3, 4, 8],
        &[2, 1, 3, 40],
    ] {
        for gain in [1.0, -0.5] {
            let values = Initializer::Orthogonal { gain }
                .values(shape, 9, 2)
                .unwrap();
            let columns = *shape.last().unwrap();
            let rows = values.len() / columns;
            let (product, size) = if rows < columns {
                (gram(&values, rows, columns), rows)
            } else {
                (
                    gram(&transposed(&values, rows, columns), columns, rows),
                    columns,
                )
            };
            for (i, entry) in product.into_iter().enumerate() {
                let expected = if i / size == i % size {
                    gain * gain
                } else {
                    0.0
                };
                assert!((entry - expected).abs() < 1e-6, "{shape:?}: {entry}");
            }
        }
    }
}

#[test]
fn orthogonal_matrices_favour_no_sign() {
    // Without the correction of the signs the first entry would always be of one sign.
    let num_positive = (0..2000)
        .filter(|&stream| named("orthogonal").values(&[3, 3], 1, stream).unwrap()[0] > 0.0)
        .count();
    assert!((900..1100).contains(&num_positive), "{num_positive}");
}

#[test]
fn values_depend_on_nothing_but_shape_seed_and_stream() {
    for name in Initializer::NAMES {
        let draw = |seed, stream| named(name).values(&[6, 5], seed, stream).unwrap();
        assert_eq!(draw(9, 1), draw(9, 1), "{name}");
        let is_random = !["zeros", "ones", "constant", "identity"].contains(&name);
        assert_eq!(draw(9, 1) != draw(9, 2), is_random, "{name}");
        assert_eq!(draw(9, 1) != draw(8, 1), is_random, "{name}");
    }
}

#[test]
fn a_seed_always_gives_the_same_values() {
    // Written down once: a change here changes every published seed.
    for (name, stream, expected) in [
        (
            "glorot_uniform",
            0,
            [-0.675_861_3, 0.445_552_83, -0.866_173_27, 1.102_945],
        ),
        (
            "glorot_uniform",
            1,
            [0.131_934_72, 0.531_028_9, 0.357_623_76, -0.815_899_7],
        ),
        (
            "random_normal",
            1,
            [
                0.037_393_622,
                0.101_359_576,
                -0.038_547_076,
                -0.002_769_815_7,
            ],
        ),
        (
            "truncated_normal",
            1,
            [
                0.037_393_622,
                -0.038_547_076,
                -0.002_769_815_7,
                -0.031_908_825,
            ],
        ),
        (
            "he_normal",
            1,
            [0.850_216_75, -0.876_442_73, -0.062_977_15, -0.725_509_17],
        ),
        (
            "orthogonal",
            1,
            [0.346_117_88, -0.938_191_06, 0.938_191_06, 0.346_117_88],
        ),
    ] {
        let values = named(name).values(&[2, 2], 42, stream).unwrap();
        assert_eq!(values, expected, "{name}");
    }
}

#[test]
fn limits_and_moments_follow_the_arguments() {
    let draw = |initializer: Initializer| Moments::of(&many(initializer, &[500, 400]));
    let (mean, stddev) = (3.0, 0.5);
    let normal = draw(Initializer::RandomNormal { mean, stddev });
    assert!((normal.mean - 3.0).abs() < 0.01 && (normal.std - 0.5).abs() < 0.005);
    let truncated = draw(Initializer::TruncatedNormal { mean, stddev });
    assert!(truncated.min >= 2.0 && truncated.max <= 4.0);
    assert!((truncated.mean - 3.0).abs() < 0.01 && (truncated.std - 0.44).abs() < 0.005);
    let (minval, maxval) = (-1.0, 5.0);
    let uniform = draw(Initializer::RandomUniform { minval, maxval });
    assert!((-1.0..-0.99).contains(&uniform.min) && (4.99..=5.0).contains(&uniform.max));
    let scaled = draw(Initializer::VarianceScaling {
        scale: 4.0,
        mode: FanMode::FanOut,
        distribution: ScalingDistribution::UntruncatedNormal,
    });
    assert!((scaled.std - 0.1).abs() < 0.001 && scaled.max > 0.35);
}

#[test]
fn a_tensor_holds_the_values_in_its_shape() {
    let shape = [3, 3, 2, 4];
    let tensor = Initializer::HeNormal
        .tensor(shape, 5, 6, &Device::flex())
        .unwrap();
    assert_eq!(tensor.dims(), shape);
    let values: Vec<f32> = tensor.into_data().iter().collect();
    assert_eq!(values, Initializer::HeNormal.values(&shape, 5, 6).unwrap());
}

#[test]
fn names_are_read_in_all_of_keras_spellings() {
    for name in Initializer::NAMES {
        let initializer = named(name);
        assert_eq!(initializer.to_string(), name);
        assert_eq!(named(&name.to_uppercase()), initializer);
        assert_eq!(named(&name.replace('_', "")), initializer);
    }
    assert_eq!(named("GlorotUniform"), Initializer::GlorotUniform);
    assert_eq!(named("LecunNormal"), Initializer::LecunNormal);
    for (alias, name) in [
        ("zero", "zeros"),
        ("one", "ones"),
        ("normal", "random_normal"),
        ("uniform", "random_uniform"),
        ("OrthogonalInitializer", "orthogonal"),
        ("IdentityInitializer", "identity"),
    ] {
        assert_eq!(named(alias), named(name));
    }
}

#[test]
fn an_unknown_name_gives_the_nearest_and_all_known() {
    let error = |name: &str| name.parse::<Initializer>().unwrap_err().to_string();
    assert_eq!(
        error("glorot_unifrom"),
        "unknown initializer `glorot_unifrom`, did you mean `glorot_uniform`?; known initializers: \
         zeros, ones, constant, random_normal, random_uniform, truncated_normal, variance_scaling, \
         glorot_uniform, glorot_normal, he_uniform, he_normal, lecun_uniform, lecun_normal, \
         orthogonal, identity"
    );
    assert!(error("quux").starts_with("unknown initializer `quux`; known"));
}

#[test]
fn defaults_are_written_as_names_and_arguments_as_keras_writes_them() {
    for (initializer, text) in [
        (Initializer::GlorotUniform, r#""glorot_uniform""#),
        (named("random_normal"), r#""random_normal""#),
        (
            Initializer::RandomNormal {
                mean: 0.0,
                stddev: 0.1,
            },
            r#"{"class_name":"RandomNormal","config":{"mean":0.0,"stddev":0.1}}"#,
        ),
        (
            Initializer::VarianceScaling {
                scale: 0.5,
                mode: FanMode::FanOut,
                distribution: ScalingDistribution::Uniform,
            },
            r#"{"class_name":"VarianceScaling","config":{"distribution":"uniform","mode":"fan_out","scale":0.5}}"#,
        ),
    ] {
        assert_eq!(serde_json::to_string(&initializer).unwrap(), text);
        let read: Initializer = serde_json::from_str(text).unwrap();
        assert_eq!(read, initializer);
    }
    // As it stands in a file of Keras, whole numbers and all.
    let keras = r#"{"module": "keras.initializers", "class_name": "RandomUniform",
        "config": {"seed": null, "minval": -1, "maxval": 1}, "registered_name": null}"#;
    let (minval, maxval) = (-1.0, 1.0);
    assert_eq!(
        serde_json::from_str::<Initializer>(keras).unwrap(),
        Initializer::RandomUniform { minval, maxval }
    );
    let keras = r#"{"class_name": "GlorotUniform",
        "config": {"seed": null, "input_axes": null, "output_axes": null}}"#;
    assert_eq!(
        serde_json::from_str::<Initializer>(keras).unwrap(),
        Initializer::GlorotUniform
    );
}

#[test]
fn a_seed_of_its_own_is_kept_and_draws_whatever_the_networks_is() {
    for name in Initializer::NAMES {
        let initializer = named(name);
        let seeded = initializer.with_seed(3);
        let values = |seed| seeded.values(&[6, 6], seed, seed).unwrap();
        assert_eq!(values(1), values(2), "{name}");
        let Initializer::Seeded(own) = seeded else {
            assert_eq!(seeded, initializer, "draws nothing");
            continue;
        };
        assert_eq!(values(1), own.initializer().values(&[6, 6], 3, 0).unwrap());
        let other = initializer.with_seed(4).values(&[6, 6], 1, 1).unwrap();
        assert_ne!(values(1), other, "{name}");
        let text = serde_json::to_string(&seeded).unwrap();
        assert!(text.contains(r#""seed":3"#), "{text}");
        assert_eq!(serde_json::from_str::<Initializer>(&text).unwrap(), seeded);
        assert_eq!(
            format!("{name}:seed=3").parse::<Initializer>().unwrap(),
            seeded
        );
    }
    // In any order, and with arguments that make it another one.
    let keras = r#"{"class_name": "VarianceScaling", "config": {"seed": 7, "scale": 2.0, "mode": "fan_out"}}"#;
    let read: Initializer = serde_json::from_str(keras).unwrap();
    let unseeded = Initializer::VarianceScaling {
        scale: 2.0,
        mode: FanMode::FanOut,
        distribution: ScalingDistribution::TruncatedNormal,
    };
    assert_eq!(read, unseeded.with_seed(7));
    assert!(unseeded.with_seed(7).values(&[3], 1, 0).is_ok());
    assert!(
        Initializer::Orthogonal { gain: 1.0 }
            .with_seed(7)
            .values(&[3], 1, 0)
            .is_err()
    );
}

#[test]
fn a_wrong_text_form_says_what_was_expected() {
    for (text, expected) in [
        (
            r#"{"class_name": "Zeros", "config": {"stddev": 1}}"#,
            "`stddev` of the initializer `zeros` is 1, expected to be absent: there are no arguments",
        ),
        (
            r#"{"class_name": "RandomNormal", "config": {"sttdev": 1}}"#,
            "`sttdev` of the initializer `random_normal` is 1, expected to be absent: the arguments \
             are `mean`, `stddev`, `seed`",
        ),
        (
            r#"{"class_name": "GlorotUniform", "config": {"seed": -1}}"#,
            "`seed` of the initializer `glorot_uniform` is -1, expected a whole number from 0, or null \
             for the network's seed",
        ),
        (
            r#"{"class_name": "Zeros", "config": {"seed": 3}}"#,
            "`seed` of the initializer `zeros` is 3, expected to be absent: there are no arguments",
        ),
        (
            r#"{"class_name": "Identity", "config": {"gain": "big"}}"#,
            "`gain` of the initializer `identity` is \"big\", expected a number",
        ),
        (
            r#"{"class_name": "VarianceScaling", "config": {"mode": "fan_max"}}"#,
            "is \"fan_max\", expected `fan_in`, `fan_out` or `fan_avg`",
        ),
        (
            r#"{"class_name": "TruncatedNormal", "config": {"stddev": -1}}"#,
            "is -1, expected at least 0",
        ),
        (
            "3",
            "expected the name of an initializer, or a table with its `name` and arguments, received 3",
        ),
    ] {
        let error = serde_json::from_str::<Initializer>(text).unwrap_err();
        assert!(error.to_string().contains(expected), "{text}: {error}");
    }
}

#[test]
fn an_impossible_argument_is_an_error_that_names_it() {
    let normal = |mean, stddev| Initializer::RandomNormal { mean, stddev };
    let scaling = |scale| Initializer::VarianceScaling {
        scale,
        mode: FanMode::FanIn,
        distribution: ScalingDistribution::Uniform,
    };
    let error =
        |initializer: Initializer| initializer.values(&[2, 2], 1, 0).unwrap_err().to_string();
    assert_eq!(
        error(normal(0.0, -1.0)),
        "`stddev` of the initializer `random_normal` is -1, expected at least 0; correct it, or \
         write `random_normal` alone for Keras' defaults"
    );
    let (minval, maxval) = (2.0, 1.0);
    for (initializer, expected) in [
        (
            normal(f64::NAN, 1.0),
            "`mean` of the initializer `random_normal` is NaN, expected a number",
        ),
        (
            normal(0.0, f64::INFINITY),
            "is inf, expected a number from -1e30 to 1e30",
        ),
        (
            Initializer::RandomUniform { minval, maxval },
            "`minval` of the initializer `random_uniform` is 2, expected at most `maxval`, which is 1",
        ),
        (
            scaling(0.0),
            "`scale` of the initializer `variance_scaling` is 0, expected above 0",
        ),
        (scaling(f64::NAN), "is NaN"),
        (Initializer::Constant { value: f64::NAN }, "`value`"),
        (Initializer::Orthogonal { gain: f64::NAN }, "`gain`"),
    ] {
        let error = error(initializer);
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn an_unsuitable_shape_is_an_error_and_an_empty_one_is_empty() {
    let error = |name, shape: &[usize]| named(name).values(shape, 1, 0).unwrap_err().to_string();
    assert_eq!(
        error("orthogonal", &[7]),
        "the initializer `orthogonal` expects a shape of at least two sizes, received the shape [7]; \
         change the shape or choose another initializer"
    );
    for shape in [&[3][..], &[2, 2, 2]] {
        assert!(error("identity", shape).contains("expects a matrix, which has two sizes"));
    }
    for shape in [&[usize::MAX, 2][..], &[1 << 20, 1 << 11]] {
        assert!(error("zeros", shape).contains("expects at most 1073741824 values"));
    }
    for name in Initializer::NAMES {
        assert_eq!(named(name).values(&[1 << 40, 0], 1, 0).unwrap(), [0.0; 0]);
        assert_eq!(named(name).values(&[0, 1 << 40], 1, 0).unwrap(), [0.0; 0]);
    }
}
