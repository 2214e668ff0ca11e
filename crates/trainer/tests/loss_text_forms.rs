//! Names of losses, and their form in files.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use burn::tensor::Tensor;
use firebrick_spec::SpecProblem;
use firebrick_trainer::losses::{
    BinaryCrossentropy, BinaryFocalCrossentropy, CategoricalFocalCrossentropy,
    CategoricalGeneralizedCrossEntropy, Circle, Contrastive, Dice, DistanceMetric, Huber,
    MeanSquaredError, Reduction, SparseCategoricalCrossentropy, SupervisedContrastive, TripletHard,
    TripletSemiHard, Tversky,
};
use firebrick_trainer::{Loss, LossFunction, Outputs, TrainError};
use serde::{Deserialize, Serialize};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Config {
    loss: Loss,
    epochs: usize,
}

fn form(loss: &str) -> String {
    format!("loss = {loss}\nepochs = 3\n")
}

fn from_toml(loss: &str) -> Result<Loss, String> {
    toml::from_str::<Config>(&form(loss))
        .map(|config| config.loss)
        .map_err(|error| error.message().to_owned())
}

/// Name, then what else `keras.losses.get` knows it by, then Keras' older names.
const NAMES: &[&[&str]] = &[
    &["mean_squared_error", "MeanSquaredError", "mse", "MSE"],
    &["mean_absolute_error", "MeanAbsoluteError", "mae", "MAE"],
    &[
        "mean_absolute_percentage_error",
        "MeanAbsolutePercentageError",
        "mape",
        "MAPE",
    ],
    &[
        "mean_squared_logarithmic_error",
        "MeanSquaredLogarithmicError",
        "msle",
        "MSLE",
    ],
    &["huber", "Huber", "huber_loss"],
    &["log_cosh", "LogCosh", "logcosh"],
    &["cosine_similarity", "CosineSimilarity"],
    &["poisson", "Poisson"],
    &[
        "kl_divergence",
        "KLDivergence",
        "kld",
        "KLD",
        "kullback_leibler_divergence",
    ],
    &["hinge", "Hinge"],
    &["squared_hinge", "SquaredHinge"],
    &["categorical_hinge", "CategoricalHinge"],
    &["binary_crossentropy", "BinaryCrossentropy", "bce", "BCE"],
    &["binary_focal_crossentropy", "BinaryFocalCrossentropy"],
    &["categorical_crossentropy", "CategoricalCrossentropy"],
    &[
        "categorical_focal_crossentropy",
        "CategoricalFocalCrossentropy",
    ],
    &[
        "sparse_categorical_crossentropy",
        "SparseCategoricalCrossentropy",
    ],
    &[
        "categorical_generalized_cross_entropy",
        "CategoricalGeneralizedCrossEntropy",
    ],
    &["ctc", "CTC"],
    &["circle", "Circle"],
    &["contrastive", "ContrastiveLoss"],
    &[
        "supervised_contrastive",
        "SupervisedContrastive",
        "SupervisedContrastiveLoss",
    ],
    &["triplet_hard", "TripletHardLoss"],
    &["triplet_semi_hard", "TripletSemiHardLoss"],
    &["dice", "Dice"],
    &["tversky", "Tversky"],
];

#[test]
fn every_name_of_keras_is_known() {
    for names in NAMES {
        let (name, others) = names.split_first().unwrap();
        assert!(Loss::NAMES.contains(name), "{name}");
        let loss: Loss = name.parse().unwrap();
        assert_eq!(loss.name(), *name);
        for other in others {
            assert_eq!(other.parse::<Loss>().unwrap(), loss, "{other}");
            let table = format!("{{ name = \"{other}\", reduction = \"sum\" }}");
            let sum = loss.clone().with_reduction(Reduction::Sum);
            assert_eq!(from_toml(&table).unwrap(), sum);
        }
    }
    for alias in Loss::ALIASES {
        assert!(alias.parse::<Loss>().is_ok(), "{alias}");
    }
}

#[test]
fn an_unknown_name_names_the_nearest() {
    for (name, nearest) in [
        ("mes", Some("mse")),
        ("hubber", Some("huber")),
        ("BinaryCrossEntropie", Some("binary_crossentropy")),
        ("banana_split", None),
    ] {
        let error = name.parse::<Loss>().unwrap_err();
        let TrainError::Spec(problem) = &error else {
            panic!("{error}");
        };
        let SpecProblem::UnknownName(unknown) = problem.problem() else {
            panic!("{error}");
        };
        assert_eq!(unknown.nearest.as_deref(), nearest);
        assert_eq!(
            from_toml(&format!("\"{name}\"")).unwrap_err(),
            error.to_string()
        );
        let table = format!("{{ name = \"{name}\", delta = 1 }}");
        assert_eq!(from_toml(&table).unwrap_err(), error.to_string());
    }
}

fn losses_with_arguments() -> Result<Vec<(Loss, &'static str)>, TrainError> {
    let focal = CategoricalFocalCrossentropy::new();
    Ok(vec![
        (MeanSquaredError::new().into(), "\"mean_squared_error\""),
        (
            Loss::from(MeanSquaredError::new()).with_reduction(Reduction::MeanWithSampleWeight),
            "{ name = \"mean_squared_error\", reduction = \"mean_with_sample_weight\" }",
        ),
        (
            Huber::new().with_delta(0.5)?.into(),
            "{ name = \"huber\", delta = 0.5 }",
        ),
        (Huber::new().with_delta(1.0)?.into(), "\"huber\""),
        (
            BinaryCrossentropy::new()
                .from_logits()
                .with_label_smoothing(0.1)?
                .into(),
            "{ name = \"binary_crossentropy\", from_logits = true, label_smoothing = 0.1 }",
        ),
        (
            BinaryFocalCrossentropy::new()
                .with_class_balancing()
                .with_alpha(0.3)?
                .with_gamma(1.5)?
                .into(),
            "{ name = \"binary_focal_crossentropy\", alpha = 0.3, apply_class_balancing = true, gamma = 1.5 }",
        ),
        (
            focal.clone().with_alpha(0.5)?.into(),
            "{ name = \"categorical_focal_crossentropy\", alpha = 0.5 }",
        ),
        (
            focal.with_alphas([0.2, 0.8])?.into(),
            "{ name = \"categorical_focal_crossentropy\", alpha = [0.2, 0.8] }",
        ),
        (
            SparseCategoricalCrossentropy::new()
                .with_ignore_class(-1)
                .into(),
            "{ name = \"sparse_categorical_crossentropy\", ignore_class = -1 }",
        ),
        (
            TripletHard::new()
                .with_margin(0.5)?
                .with_soft_margin()
                .with_distance_metric(DistanceMetric::SquaredL2)
                .into(),
            "{ name = \"triplet_hard\", margin = 0.5, soft = true, distance_metric = \"squared-L2\" }",
        ),
        (
            SupervisedContrastive::new()
                .with_temperature(0.05)?
                .with_diagonal()
                .into(),
            "{ name = \"supervised_contrastive\", temperature = 0.05, remove_diagonal = false }",
        ),
        (
            Dice::new().with_axis([-1])?.into(),
            "{ name = \"dice\", axis = [1] }",
        ),
        (Dice::new().with_axis([0, 1])?.into(), "\"dice\""),
        (
            Tversky::new()
                .with_alpha(2.0)?
                .with_beta(0.0)?
                .with_axis([0])?
                .into(),
            "{ name = \"tversky\", alpha = 2.0, axis = [0], beta = 0.0 }",
        ),
    ])
}

#[test]
fn what_is_written_is_read_again() {
    for (loss, text) in losses_with_arguments().unwrap() {
        assert_eq!(from_toml(text).unwrap(), loss, "{text}");

        let config = Config { loss, epochs: 3 };
        let written = toml::Value::try_from(&config).unwrap();
        let expected = toml::from_str::<toml::Table>(&form(text)).unwrap();
        assert_eq!(written["loss"], expected["loss"]);
        let whole = toml::to_string(&config).unwrap();
        assert_eq!(toml::from_str::<Config>(&whole).unwrap(), config, "{whole}");
        let json = serde_json::to_string(&config).unwrap();
        assert_eq!(
            serde_json::from_str::<Config>(&json).unwrap(),
            config,
            "{json}"
        );
    }
}

#[derive(Debug)]
struct Own;

impl LossFunction for Own {
    fn name(&self) -> &'static str {
        "own"
    }

    fn values(&self, targets: Tensor<2>, _: &Outputs) -> Tensor<1> {
        targets.sum_dim(1).squeeze_dim(1)
    }
}

#[test]
fn a_loss_of_ones_own_is_not_written() {
    let error = serde_json::to_string(&Loss::custom(Own)).unwrap_err();
    let message = error.to_string();
    assert!(
        message.starts_with(
            "the loss `own` is one of your own, which a file can hold if its type is registered by `register_loss`"
        ),
        "{message}"
    );
}

#[test]
fn numbers_may_be_written_as_integers_and_axes_alone() {
    let huber = Huber::new().with_delta(2.0).unwrap();
    assert_eq!(
        from_toml("{ delta = 2, name = \"Huber\" }").unwrap(),
        huber.into()
    );
    let dice = Dice::new().with_axis([1]).unwrap();
    assert_eq!(
        from_toml("{ name = \"dice\", axis = 1 }").unwrap(),
        dice.into()
    );
}

#[test]
fn a_misspelled_argument_is_named_with_the_nearest() {
    for (table, message) in [
        (
            "{ name = \"huber\", detla = 0.5 }",
            "the loss `huber` has no argument `detla`, did you mean `delta`?; it takes delta, reduction",
        ),
        (
            "{ name = \"bce\", from_logit = true }",
            "the loss `binary_crossentropy` has no argument `from_logit`, did you mean `from_logits`?; \
             it takes from_logits, label_smoothing, axis, reduction",
        ),
        (
            "{ name = \"mse\", delta = 0.5 }",
            "the loss `mean_squared_error` has no argument `delta`; it takes reduction",
        ),
        (
            "{ name = \"dice\", reducton = \"sum\" }",
            "the loss `dice` has no argument `reducton`, did you mean `reduction`?; it takes axis, reduction",
        ),
        (
            "{ delta = 0.5 }",
            "the loss has no `name`; add it, e.g. `{ name = \"…\", … }`",
        ),
    ] {
        assert_eq!(from_toml(table).unwrap_err(), message);
    }
    let message = from_toml("3").unwrap_err();
    assert_eq!(
        message,
        "expected the name of a loss, or a table with its `name` and arguments, received 3"
    );
}

#[test]
fn a_file_holds_no_value_that_a_setter_refuses() {
    let refused = [
        Huber::new().with_delta(0.0).err(),
        Huber::new().with_delta(f64::NAN).err(),
        BinaryCrossentropy::new().with_label_smoothing(1.1).err(),
        BinaryFocalCrossentropy::new().with_alpha(-0.1).err(),
        BinaryFocalCrossentropy::new().with_gamma(-1.0).err(),
        CategoricalFocalCrossentropy::new().with_alphas([]).err(),
        CategoricalFocalCrossentropy::new()
            .with_alphas([0.5, -0.5])
            .err(),
        Tversky::new().with_beta(f64::INFINITY).err(),
        CategoricalGeneralizedCrossEntropy::new().with_q(1.0).err(),
        Circle::new().with_gamma(0.0).err(),
        Circle::new().with_margin(-0.1).err(),
        Contrastive::new().with_margin(-1.0).err(),
        SupervisedContrastive::new().with_temperature(0.0).err(),
        TripletHard::new().with_margin(f64::NAN).err(),
        TripletSemiHard::new().with_margin(-1.0).err(),
        Dice::new().with_axis([2]).err(),
        Dice::new().with_axis([1, -1]).err(),
    ];
    for error in refused {
        assert!(
            matches!(error, Some(TrainError::Setting { .. })),
            "{error:?}"
        );
    }
    for (table, parts) in [
        (
            "{ name = \"huber\", delta = 0 }",
            ["`delta`", "expected a number above 0"],
        ),
        ("{ name = \"huber\", delta = nan }", ["`delta`", "expected"]),
        (
            "{ name = \"huber\", delta = \"far\" }",
            ["`delta`", "expected a number, received `far`"],
        ),
        (
            "{ name = \"bce\", label_smoothing = 1.1 }",
            ["`label_smoothing`", "expected a number from 0 to 1"],
        ),
        (
            "{ name = \"binary_focal_crossentropy\", alpha = -0.1 }",
            ["`alpha`", "from 0 to 1"],
        ),
        (
            "{ name = \"binary_focal_crossentropy\", gamma = -1 }",
            ["`gamma`", "expected 0 or a number above it"],
        ),
        (
            "{ name = \"categorical_focal_crossentropy\", alpha = [] }",
            ["`alpha`", "a number, or one for each class"],
        ),
        (
            "{ name = \"categorical_focal_crossentropy\", alpha = [0.5, -0.5] }",
            ["`alpha`", "0 or a number above it"],
        ),
        (
            "{ name = \"categorical_focal_crossentropy\", alpha = \"even\" }",
            ["`alpha`", "expected a number, or a list"],
        ),
        ("{ name = \"tversky\", beta = inf }", ["`beta`", "expected"]),
        (
            "{ name = \"triplet_semi_hard\", distance_metric = \"cosine\" }",
            ["`distance_metric`", "`L2`, `squared-L2`, `angular`"],
        ),
        (
            "{ name = \"categorical_generalized_cross_entropy\", q = 0 }",
            ["`q`", "a number above 0 and below 1"],
        ),
        (
            "{ name = \"dice\", axis = 2 }",
            ["`axis`", "0 (rows) or 1 (columns)"],
        ),
        (
            "{ name = \"dice\", axis = [1, -1] }",
            ["`axis`", "each at most once"],
        ),
        (
            "{ name = \"dice\", axis = \"all\" }",
            ["`axis`", "expected an axis"],
        ),
        (
            "{ name = \"sparse_categorical_crossentropy\", ignore_class = 0.5 }",
            ["`ignore_class`", "expected a whole number, received 0.5"],
        ),
        (
            "{ name = \"mse\", reduction = \"none\" }",
            [
                "`reduction`",
                "expected one of `sum_over_batch_size`, `sum`, `mean`",
            ],
        ),
    ] {
        let message = from_toml(table).unwrap_err();
        for part in parts {
            assert!(message.contains(part), "{table}: {message}");
        }
    }
}
