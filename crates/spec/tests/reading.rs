//! What arguments describe, read from every form, and what is said of mistakes.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use firebrick_spec::{Keras, KerasFields, Spec, SpecError, SpecProblem, Value, line_of, registry};
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Curve {
    #[default]
    Roc,
    Pr,
    None,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Area {
    curve: Curve,
    num_thresholds: usize,
    label_weights: Option<Vec<f64>>,
    shift: f64,
    from_logits: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Union {
    num_classes: usize,
    #[serde(default)]
    ignore_class: Option<i32>,
}

registry! {
    /// Any metric.
    #[derive(Clone, Debug, PartialEq)]
    enum Known: "metric", each_metric {
        Area: "auc", "area_under_curve";
        Union: "mean_io_u";
    }
}

fn from_toml(text: &str) -> Result<Known, SpecError> {
    let mut table = toml::de::DeTable::parse(text).unwrap().into_inner();
    let value = Value::from_toml(table.remove("metric").unwrap());
    Known::read(&Spec::from_value(value, Known::KIND)?)
}

fn from_json(text: &str) -> Result<Known, SpecError> {
    Known::read(&Spec::from_value(
        serde_json::from_str(text).unwrap(),
        Known::KIND,
    )?)
}

fn from_text(text: &str) -> Result<Known, SpecError> {
    Known::read(&Spec::from_text(text)?)
}

#[test]
fn all_forms_of_a_thing_are_the_same() {
    let auc = Known::Area(Area {
        curve: Curve::Pr,
        num_thresholds: 50,
        label_weights: Some(vec![0.5, 2.0]),
        shift: -1.0,
        from_logits: true,
    });
    for text in [
        "auc:curve=pr:num_thresholds=50:label_weights=0.5,2:shift=-1:from_logits=true",
        "AUC(pr, 50, [0.5, 2], -1, true)",
        "area-under-curve:pr:50:[0.5,2]:from_logits=true:shift=-1.0",
    ] {
        assert_eq!(from_text(text).unwrap(), auc, "{text}");
    }
    let arguments = "curve = 'pr', num_thresholds = 50, label_weights = [0.5, 2], shift = -1, from_logits = true";
    for head in ["name = 'auc'", "metric = 'auc'", "class_name = 'AUC'"] {
        let text = format!("metric = {{ {arguments}, {head} }}");
        assert_eq!(from_toml(&text).unwrap(), auc, "{text}");
    }
    let json = r#"{"module": "keras.metrics", "class_name": "AUC", "config": {"curve": "pr", "num_thresholds": 50,
        "label_weights": [0.5, 2.0], "shift": -1, "from_logits": true}, "registered_name": null}"#;
    assert_eq!(from_json(json).unwrap(), auc);

    let spec = auc.to_spec().unwrap();
    assert_eq!(from_text(&spec.to_string()).unwrap(), auc, "{spec}");
    let json = serde_json::to_string(&spec).unwrap();
    assert_eq!(from_json(&json).unwrap(), auc, "{json}");
    let json = serde_json::to_string(&Keras(&spec)).unwrap();
    assert_eq!(from_json(&json).unwrap(), auc, "{json}");
    let toml = toml::to_string(&spec).unwrap();
    let value: Value = toml::from_str(&toml).unwrap();
    let read = Spec::from_value(value, Known::KIND).unwrap();
    assert_eq!(Known::read(&read).unwrap(), auc, "{toml}");
    assert_eq!(
        each_metric!(&auc, metric => format!("{metric:?}").len()),
        format!("{auc:?}").len() - 6
    );
}

#[test]
fn only_what_differs_from_the_default_is_written() {
    let default = Known::Area(Area::default()).to_spec().unwrap();
    let changed = Area {
        num_thresholds: 3,
        ..Area::default()
    };
    let spec = Known::Area(changed).to_spec().unwrap().without(&default);
    assert_eq!(spec.to_string(), "auc:num_thresholds=3");
    assert_eq!(default.clone().without(&default).to_string(), "auc");
    assert_eq!(serde_json::to_string(&Spec::new("auc")).unwrap(), "\"auc\"");
    let own = Spec::new("auc").with("name", "mine");
    assert_eq!(
        serde_json::to_string(&own).unwrap(),
        r#"{"class_name":"auc","name":"mine"}"#
    );
}

#[test]
fn a_mistake_names_thing_argument_expected_and_received() {
    for (text, message) in [
        (
            "aux",
            "unknown metric `aux`, did you mean `auc`?; known metrics: auc, mean_io_u",
        ),
        (
            "auc:curv=pr",
            "the metric `auc` has no argument `curv`, did you mean `curve`?; it takes curve, \
          num_thresholds, label_weights, shift, from_logits",
        ),
        (
            "auc:num_thresholds=-1",
            "the metric `auc`, argument `num_thresholds`: expected a whole number from 0, received -1",
        ),
        (
            "auc:num_thresholds=many",
            "the metric `auc`, argument `num_thresholds`: expected a whole number from 0, received `many`",
        ),
        (
            "auc:num_thresholds=2.5",
            "the metric `auc`, argument `num_thresholds`: expected a whole number from 0, received 2.5",
        ),
        (
            "auc:label_weights=1,x",
            "the metric `auc`, argument `label_weights`: expected a number, received `x`",
        ),
        (
            "auc:curve=rco",
            "the metric `auc`, argument `curve`: expected one of `roc`, `pr`, `none`, received `rco`",
        ),
        (
            "auc:from_logits=1",
            "the metric `auc`, argument `from_logits`: expected true or false, received 1",
        ),
        (
            "auc:pr:curve=pr",
            "the metric `auc` has the argument `curve` twice, expected once; keep one of them",
        ),
        (
            "auc(pr, 1, [1], 1, true, 6)",
            "the metric `auc`: expected `argument=value`, received 6",
        ),
        (
            "MeanIoU",
            "the metric `mean_io_u` needs `num_classes`, which is missing; add it, it takes num_classes, ignore_class",
        ),
        (
            "mean_io_u:num_classes=2:ignore_class=99999999999",
            "the metric `mean_io_u`, argument `ignore_class`: expected a \
          whole number, received 99999999999",
        ),
        (
            "auc(pr",
            "`auc(pr` is no name with arguments: expected `)` at its end; close it",
        ),
    ] {
        assert_eq!(from_text(text).unwrap_err().to_string(), message, "{text}");
    }
}

#[test]
fn a_mistake_in_a_file_has_its_line() {
    for (text, line, words) in [
        ("a = 1\nmetric = 'aux'", 2, "unknown metric"),
        (
            "metric = [1]",
            1,
            "expected the name of a metric, or a table with its `name` and arguments, received [1]",
        ),
        (
            "[metric]\nnam = 'auc'",
            1,
            "the metric has no `name`; add it",
        ),
        ("[metric]\ncurve = 'pr'\nname = 3", 3, "received 3"),
        (
            "[metric]\nname = 'auc'\n\nshift = 'x'",
            4,
            "argument `shift`: expected a number, received `x`",
        ),
        (
            "[metric]\nname = 'auc'\nshft = 1",
            3,
            "no argument `shft`, did you mean `shift`?",
        ),
        (
            "[metric]\nclass_name = 'AUC'\n[metric.config]\ncurve = 7",
            4,
            "argument `curve`: expected",
        ),
        (
            "[metric]\nclass_name = 'AUC'\nconfig = 7",
            3,
            "argument `config`: expected a table",
        ),
    ] {
        let mut table = toml::de::DeTable::parse(text).unwrap().into_inner();
        let value = table.remove("metric").unwrap();
        let at = value.span().start;
        let error = Spec::from_value(Value::from_toml(value), Known::KIND)
            .and_then(|spec| Known::read(&spec))
            .unwrap_err()
            .or_at(Some(at));
        assert_eq!(line_of(text, error.at().unwrap()), line, "{text}: {error}");
        assert!(error.to_string().contains(words), "{text}: {error}");
    }
}

#[test]
fn nothing_is_an_option_or_a_choice() {
    let area = from_json(r#"{"name": "auc", "label_weights": null, "curve": null}"#).unwrap();
    let Known::Area(area) = area else {
        panic!("{area:?}");
    };
    assert_eq!((area.label_weights, area.curve), (None, Curve::None));
    let error = from_json(r#"{"name": "auc", "shift": null}"#).unwrap_err();
    assert!(
        error
            .to_string()
            .ends_with("argument `shift`: expected a number, received null"),
        "{error}"
    );
}

#[test]
fn integers_stay_integers() {
    let spec = Spec::from_text("x:a=18446744073709551615:b=2.0:c=1e3").unwrap();
    assert_eq!(spec.get("a"), Some(&Value::Integer(u64::MAX.into())));
    assert_eq!(spec.get("b"), Some(&Value::Number(2.0)));
    assert_eq!(spec.get("c"), Some(&Value::Number(1000.0)));
    let json = serde_json::to_string(&spec).unwrap();
    assert_eq!(
        json,
        r#"{"name":"x","a":18446744073709551615,"b":2.0,"c":1000.0}"#
    );
}

#[test]
fn what_keras_writes_is_taken_or_refused_by_name() {
    let taken = r#"{"class_name": "Dense", "config": {"name": "top", "trainable": false, "dtype": {"module": "keras",
        "class_name": "DTypePolicy", "config": {"name": "float32"}, "registered_name": null},
        "data_format": "channels_last", "activity_regularizer": null, "units": 3, "quantization_config": null},
        "module": "keras.layers", "registered_name": null, "build_config": {"input_shape": [null, 4]}}"#;
    let read = |json: &str| Spec::from_value(serde_json::from_str(json).unwrap(), "layer").unwrap();
    let mut spec = read(taken);
    let fields = KerasFields::take(&mut spec, "the layer", &["units"]).unwrap();
    assert_eq!(
        (fields.name.as_deref(), fields.trainable),
        (Some("top"), Some(false))
    );
    assert_eq!(spec, Spec::new("Dense").with("units", 3));

    for (field, words) in [
        (
            r#""dtype": "float16""#,
            "argument `dtype`: expected `float32`, received `float16`; networks compute in it",
        ),
        (
            r#""dtype": {"class_name": "DTypePolicy", "config": {"name": "mixed_float16"}}"#,
            "argument `dtype`: expected `float32`, received `mixed_float16`",
        ),
        (
            r#""data_format": "channels_first""#,
            "argument `data_format`: expected `channels_last`, received `channels_first`; images",
        ),
        (
            r#""activity_regularizer": {"class_name": "L2", "config": {}}"#,
            "use an ActivityRegularization",
        ),
        (
            r#""trainable": 1"#,
            "argument `trainable`: expected true or false, received 1",
        ),
        (r#""synchronized": true"#, "a network runs on one device"),
    ] {
        let mut spec = read(&format!(
            r#"{{"class_name": "Dense", "config": {{{field}}}}}"#
        ));
        let error = KerasFields::take(&mut spec, "the layer `top`", &[]).unwrap_err();
        assert!(
            error.to_string().starts_with("the layer `top`, argument `"),
            "{error}"
        );
        assert!(error.to_string().contains(words), "{error}");
    }
    // What is an argument of the layer itself is left to it.
    let mut spec = Spec::new("Rescaling").with("seed", 3);
    KerasFields::take(&mut spec, "the layer", &["seed"]).unwrap();
    assert_eq!(spec.get("seed"), Some(&Value::Integer(3)));
}

#[test]
fn no_text_panics() {
    for text in [
        "",
        ":",
        "(",
        ")",
        "a:b:c",
        "a(",
        "a()",
        "a:[",
        "a:=",
        "a(=,)",
        "é(ü=[,)",
        "a(b(c)",
        "\u{1b}:x",
    ] {
        if let Ok(spec) = Spec::from_text(text) {
            assert!(matches!(
                Known::read(&spec).unwrap_err().problem(),
                SpecProblem::UnknownName(_)
            ));
        }
    }
}

#[test]
fn a_name_alone_is_true_and_a_number_alone_a_list() {
    let expected =
        from_text("auc:pr:label_weights=[0.5]:num_thresholds=1000:from_logits=true").unwrap();
    let short = from_text("auc:pr:from_logits:label_weights=0.5:num_thresholds=1e3").unwrap();
    assert_eq!(short, expected);
    let spec = expected.to_short_spec().unwrap();
    assert_eq!(
        spec.to_terse_text(0),
        "auc:curve=pr:num_thresholds=1000:label_weights=0.5:from_logits"
    );
    for (text, message) in [
        (
            "auc:num_thresholds",
            "the metric `auc`, argument `num_thresholds`: expected a whole number from 0, received true",
        ),
        (
            "auc:from_logits:from_logits=true",
            "the metric `auc` has the argument `from_logits` twice, expected once; keep one of them",
        ),
        (
            "auc:num_thresholds=1e300",
            "the metric `auc`, argument `num_thresholds`: expected a whole number from 0, received 1e300",
        ),
    ] {
        assert_eq!(from_text(text).unwrap_err().to_string(), message);
    }
}

#[test]
fn a_choice_with_values_is_a_table_of_its_name() {
    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Source {
        Nothing,
        Input(usize),
        Node(usize, usize),
    }
    #[derive(Debug, Deserialize)]
    struct Call {
        source: Source,
    }
    let read = |source: &str| {
        let json = format!(r#"{{"class_name": "call", "config": {{"source": {source}}}}}"#);
        let value = serde_json::from_str(&json).unwrap();
        let spec = Spec::from_value(value, "layer").unwrap();
        spec.read::<Call>("the layer `call`")
            .map(|call| call.source)
    };
    assert_eq!(read(r#""nothing""#).unwrap(), Source::Nothing);
    assert_eq!(read(r#"{"input": 2}"#).unwrap(), Source::Input(2));
    assert_eq!(read(r#"{"node": [3, 1]}"#).unwrap(), Source::Node(3, 1));
    for source in [
        r#"{"node": [3]}"#,
        r#"{"node": 3, "input": 1}"#,
        r#"{"mode": [3, 1]}"#,
    ] {
        let error = read(source).unwrap_err().to_string();
        assert!(
            error.starts_with("the layer `call`, argument `source"),
            "{error}"
        );
    }
}
