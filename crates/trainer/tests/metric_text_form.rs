//! Metrics as a user writes them into a file.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use firebrick_spec::SpecProblem;
use firebrick_trainer::metrics::{
    AUC, AUCCurve, AUCSummationMethod, Accuracy, Average, BinaryAccuracy, BinaryCrossentropy,
    BinaryIoU, CategoricalAccuracy, ClassAggregation, ConfusionMatrix, F1Score, FBetaScore, IoU,
    LogCoshError, MeanIoU, MeanSquaredError, OneHotMeanIoU, Precision, PrecisionAtRecall, R2Score,
    Recall, SensitivityAtSpecificity, SparseCategoricalCrossentropy, SparseTopKCategoricalAccuracy,
    TruePositives,
};
use firebrick_trainer::{Metric, TrainError};
use serde::{Deserialize, Serialize};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Config {
    metrics: Vec<Metric>,
}

fn needs_arguments(error: &TrainError) -> bool {
    matches!(error, TrainError::Spec(error) if matches!(error.problem(), SpecProblem::MissingArgument { .. }))
}

/// What a user sees of a metric in a file.
fn error(metric: &str) -> String {
    let error = toml::from_str::<Config>(&format!("metrics = [{metric}]")).unwrap_err();
    error.message().to_owned()
}

#[test]
fn every_name_gives_a_metric_or_says_what_it_needs() {
    for name in Metric::ALIASES {
        match name.parse::<Metric>() {
            Ok(_) => {}
            Err(error) if needs_arguments(&error) => {
                let thing = format!("the metric `{name}` needs `");
                assert!(error.to_string().starts_with(&thing), "{error}");
            }
            Err(error) => panic!("{name}: {error}"),
        }
    }
    assert!(
        Metric::NAMES
            .iter()
            .all(|name| Metric::ALIASES.contains(name))
    );
    let error = "MeanIoU".parse::<Metric>().unwrap_err();
    assert_eq!(
        error.to_string(),
        "the metric `mean_io_u` needs `num_classes`, which is missing; add it, it takes num_classes, ignore_class, \
         sparse_y_true, sparse_y_pred"
    );
}

#[test]
fn keras_class_names_are_names() {
    let names = "MeanSquaredError RootMeanSquaredError MeanAbsoluteError MeanAbsolutePercentageError \
        MeanSquaredLogarithmicError CosineSimilarity LogCoshError R2Score AUC FalseNegatives \
        FalsePositives Precision PrecisionAtRecall Recall RecallAtPrecision SensitivityAtSpecificity \
        SpecificityAtSensitivity TrueNegatives TruePositives ConcordanceCorrelation \
        PearsonCorrelation Hinge SquaredHinge CategoricalHinge KLDivergence Poisson \
        BinaryCrossentropy CategoricalCrossentropy SparseCategoricalCrossentropy Accuracy \
        BinaryAccuracy CategoricalAccuracy SparseCategoricalAccuracy TopKCategoricalAccuracy \
        SparseTopKCategoricalAccuracy F1Score FBetaScore IoU BinaryIoU MeanIoU OneHotIoU \
        OneHotMeanIoU Mean Sum bce BCE mse MSE mae MAE mape MAPE msle MSLE acc ce crossentropy";
    for name in names.split_whitespace() {
        let parsed = name.parse::<Metric>();
        assert!(
            parsed.as_ref().err().is_none_or(needs_arguments),
            "{name}: {parsed:?}"
        );
    }
}

#[test]
fn an_unknown_name_is_told_the_nearest() {
    let error = "catgorical_accuracy".parse::<Metric>().unwrap_err();
    let text = error.to_string();
    assert!(
        text.starts_with(
            "unknown metric `catgorical_accuracy`, did you mean `categorical_accuracy`?"
        ),
        "{text}"
    );
}

#[test]
fn an_alias_is_also_what_the_figure_is_called() {
    for (written, name) in [
        ("mse", "mse"),
        ("acc", "acc"),
        ("ce", "ce"),
        ("accuracy", "accuracy"),
        ("auc", "auc"),
        ("logcosh", "logcosh"),
        ("mean_squared_error", "mean_squared_error"),
        ("exact_accuracy", "accuracy"),
    ] {
        assert_eq!(written.parse::<Metric>().unwrap().name(), name);
    }
}

fn with_arguments() -> Vec<Metric> {
    vec![
        Metric::accuracy(),
        Metric::accuracy().named("right"),
        Metric::crossentropy(),
        "acc".parse().unwrap(),
        "mse".parse().unwrap(),
        Accuracy::new().into(),
        Metric::from(Accuracy::new()).named("equal"),
        CategoricalAccuracy::new().into(),
        LogCoshError::new().into(),
        Metric::from(MeanSquaredError::new()).named("error"),
        BinaryAccuracy::new().with_threshold(0.0).into(),
        Precision::new().into(),
        Precision::new().with_thresholds([0.3]).unwrap().into(),
        Recall::new()
            .with_thresholds([0.2, 0.6])
            .unwrap()
            .with_top_k(3)
            .unwrap()
            .with_class_id(1)
            .into(),
        TruePositives::new()
            .with_thresholds([0.0, 1.0])
            .unwrap()
            .into(),
        F1Score::new().with_average(Average::Macro).into(),
        FBetaScore::new()
            .with_beta(2.0)
            .unwrap()
            .with_threshold(0.5)
            .unwrap()
            .into(),
        AUC::new()
            .with_curve(AUCCurve::PrecisionRecall)
            .with_summation_method(AUCSummationMethod::Minoring)
            .with_num_thresholds(50)
            .unwrap()
            .multi_label()
            .with_num_labels(2)
            .unwrap()
            .with_label_weights([0.5, 1.0])
            .unwrap()
            .from_logits()
            .into(),
        AUC::new().with_thresholds([0.5, 0.1]).unwrap().into(),
        PrecisionAtRecall::new(0.6).unwrap().into(),
        SensitivityAtSpecificity::new(1.0)
            .unwrap()
            .with_num_thresholds(1)
            .unwrap()
            .with_class_id(2)
            .into(),
        R2Score::new()
            .with_class_aggregation(ClassAggregation::None)
            .with_num_regressors(2)
            .into(),
        BinaryCrossentropy::new()
            .from_logits()
            .with_label_smoothing(0.1)
            .unwrap()
            .into(),
        SparseCategoricalCrossentropy::new()
            .with_ignore_class(-1)
            .into(),
        SparseTopKCategoricalAccuracy::new()
            .with_k(3)
            .unwrap()
            .from_sorted_ids()
            .into(),
        MeanIoU::new(3)
            .unwrap()
            .with_ignore_class(255)
            .without_sparse_y_pred()
            .into(),
        IoU::new(3, [0, 2]).unwrap().without_sparse_y_true().into(),
        OneHotMeanIoU::new(4).unwrap().with_sparse_y_pred().into(),
        BinaryIoU::new()
            .with_target_class_ids([1])
            .unwrap()
            .with_threshold(0.3)
            .into(),
        ConfusionMatrix::new(10).unwrap().into(),
    ]
}

#[test]
fn metrics_survive_a_file_with_all_their_arguments() {
    let config = Config {
        metrics: with_arguments(),
    };
    let text = toml::to_string(&config).unwrap();
    assert_eq!(toml::from_str::<Config>(&text).unwrap(), config, "{text}");
    let text = serde_json::to_string(&config).unwrap();
    assert_eq!(
        serde_json::from_str::<Config>(&text).unwrap(),
        config,
        "{text}"
    );
}

#[test]
fn a_metric_without_arguments_is_written_as_its_name() {
    for (metric, written) in [
        (Metric::accuracy(), "\"accuracy\""),
        ("mse".parse().unwrap(), "\"mse\""),
        (Accuracy::new().into(), "\"exact_accuracy\""),
        (Precision::new().into(), "\"precision\""),
        (
            Metric::accuracy().named("right"),
            r#"{"class_name":"accuracy","name":"right"}"#,
        ),
        (
            Precision::new().with_thresholds([0.3]).unwrap().into(),
            r#"{"name":"precision","thresholds":0.3}"#,
        ),
    ] {
        assert_eq!(serde_json::to_string(&metric).unwrap(), written);
    }
}

#[test]
fn tables_take_any_order_class_names_and_null() {
    let precision: Metric = Precision::new().with_top_k(2).unwrap().into();
    for text in [
        r#"{"top_k": 2, "metric": "precision"}"#,
        r#"{"metric": "Precision", "thresholds": null, "top_k": 2, "name": null}"#,
    ] {
        assert_eq!(serde_json::from_str::<Metric>(text).unwrap(), precision);
    }
    let text = r#"{"metric": "F1Score", "average": null}"#;
    let metric: Metric = serde_json::from_str(text).unwrap();
    assert_eq!(metric, F1Score::new().into());
    let text = r#"{"metric": "R2Score", "class_aggregation": null}"#;
    let metric: Metric = serde_json::from_str(text).unwrap();
    let scores = R2Score::new().with_class_aggregation(ClassAggregation::None);
    assert_eq!(metric, scores.into());
}

#[test]
fn a_mistake_in_a_file_is_named() {
    for (written, expected) in [
        (
            "{ name = 'precision', tresholds = 0.5 }",
            "the metric `precision` has no argument `tresholds`, did you mean `thresholds`?; it takes thresholds, top_k, class_id",
        ),
        (
            "{ metric = 'accuracy', threshold = 0.5 }",
            "the metric `accuracy` has no argument `threshold`; it takes none",
        ),
        (
            "{ metric = 'mse', k = 1 }",
            "the metric `mse` has no argument `k`; it takes none",
        ),
        (
            "{ metric = 'io_u', num_classes = 3 }",
            "the metric `io_u` needs `target_class_ids`, which is missing; add it, it takes num_classes, \
             target_class_ids, ignore_class, sparse_y_true, sparse_y_pred",
        ),
        (
            "{ metric = 'auc', curve = 'RCO' }",
            "the metric `auc`, argument `curve`: expected one of `ROC`, `roc`, `PR`, `pr`, `PRGAIN`, `prgain`, received `RCO`",
        ),
        (
            "{ metric = 'precision', thresholds = 'high' }",
            "the metric `precision`, argument `thresholds`: expected a number or a list of numbers, received `high`",
        ),
        (
            "{ metric = 'precision', top_k = -1 }",
            "the metric `precision`, argument `top_k`: expected a whole number from 0, received -1",
        ),
        (
            "{ top_k = 3 }",
            "the metric has no `name`; add it, e.g. `{ name = \"…\", … }`",
        ),
        (
            "3",
            "expected the name of a metric, or a table with its `name` and arguments, received 3",
        ),
    ] {
        assert_eq!(error(written), expected, "{written}");
    }
    let text = error("{ metric = 'acuracy' }");
    assert!(
        text.starts_with("unknown metric `acuracy`, did you mean `accuracy`?"),
        "{text}"
    );
}

#[test]
fn a_file_cannot_hold_what_a_setter_refuses() {
    let refusals: [(&str, Result<Metric, TrainError>); 18] = [
        (
            "metric = 'precision', thresholds = 1.5",
            Precision::new().with_thresholds([1.5]).map(Into::into),
        ),
        (
            "metric = 'recall', thresholds = []",
            Recall::new().with_thresholds([]).map(Into::into),
        ),
        (
            "metric = 'recall', top_k = 0",
            Recall::new().with_top_k(0).map(Into::into),
        ),
        (
            "metric = 'true_positives', thresholds = [0.5, -0.1]",
            TruePositives::new()
                .with_thresholds([0.5, -0.1])
                .map(Into::into),
        ),
        (
            "metric = 'auc', num_thresholds = 1",
            AUC::new().with_num_thresholds(1).map(Into::into),
        ),
        (
            "metric = 'auc', thresholds = [2]",
            AUC::new().with_thresholds([2.0]).map(Into::into),
        ),
        (
            "metric = 'auc', num_labels = 3",
            AUC::new().with_num_labels(3).map(Into::into),
        ),
        (
            "metric = 'auc', label_weights = [-1]",
            AUC::new().with_label_weights([-1.0]).map(Into::into),
        ),
        (
            "metric = 'precision_at_recall', recall = 1.1",
            PrecisionAtRecall::new(1.1).map(Into::into),
        ),
        (
            "metric = 'fbeta_score', beta = 0",
            FBetaScore::new().with_beta(0.0).map(Into::into),
        ),
        (
            "metric = 'f1_score', threshold = 0",
            F1Score::new().with_threshold(0.0).map(Into::into),
        ),
        (
            "metric = 'sparse_top_k_categorical_accuracy', k = 0",
            SparseTopKCategoricalAccuracy::new()
                .with_k(0)
                .map(Into::into),
        ),
        (
            "metric = 'mean_io_u', num_classes = 0",
            MeanIoU::new(0).map(Into::into),
        ),
        (
            "metric = 'io_u', num_classes = 2, target_class_ids = [2]",
            IoU::new(2, [2]).map(Into::into),
        ),
        (
            "metric = 'binary_io_u', target_class_ids = []",
            BinaryIoU::new().with_target_class_ids([]).map(Into::into),
        ),
        (
            "metric = 'confusion_matrix', num_classes = 257",
            ConfusionMatrix::new(257).map(Into::into),
        ),
        (
            "metric = 'mean_io_u', num_classes = 20000000",
            MeanIoU::new(20_000_000).map(Into::into),
        ),
        (
            "metric = 'auc', num_thresholds = 20000000",
            AUC::new().with_num_thresholds(20_000_000).map(Into::into),
        ),
    ];
    for (written, refusal) in refusals {
        let refusal = refusal.unwrap_err().to_string();
        let error = error(&format!("{{ {written} }}"));
        assert!(
            error.ends_with(&refusal),
            "{written}: {error}, not {refusal}"
        );
    }
    // The arguments of a loss are refused in its own words.
    assert!(BinaryCrossentropy::new().with_label_smoothing(2.0).is_err());
    assert_eq!(
        error("{ metric = 'bce', label_smoothing = 2 }"),
        "the metric `bce`, argument `label_smoothing`: expected a number from 0 to 1, received 2"
    );
}
