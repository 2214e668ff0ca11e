//! What a server answers: in process here, over a socket in a module of its own.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

#[expect(clippy::similar_names, reason = "a server has what is served")]
#[path = "serve/socket.rs"]
mod socket;

use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, StatusCode};
use firebrick_data::CsvSource;
use firebrick_model::burn::tensor::Device;
use firebrick_model::layers::{Dense, Embedding, Flatten, Layer, TextVectorization};
use firebrick_model::{
    Activation, Graph, MlpConfig, ModelCard, Predictor, Sequential, Shape, input,
};
use firebrick_serve::{Served, ServerSettings, SiteFile, Token, router};
use serde_json::{Value, json};
use tokio::runtime::Builder;
use tower::ServiceExt;

const TOKEN: &str = "0123456789abcdef0123";

struct Answer {
    status: StatusCode,
    headers: axum::http::HeaderMap,
    text: String,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    /// The message of a problem of this status.
    fn problem(&self, status: u16) -> String {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        let told = self.json();
        for field in ["where", "expected", "received", "hint"] {
            assert!(told["error"][field].is_string(), "{field}: {}", self.text);
        }
        told["error"]["message"].as_str().unwrap().to_owned()
    }
}

fn ask(router: &Router, request: Request<Body>) -> Answer {
    let runtime = Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(async {
        let response = router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        Answer {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8(bytes.to_vec()).unwrap(),
        }
    })
}

fn get(router: &Router, address: &str) -> Answer {
    let request = Request::get(address).header("host", "127.0.0.1:8080");
    ask(router, request.body(Body::empty()).unwrap())
}

fn post(router: &Router, kind: &str, body: impl Into<Body>) -> Answer {
    let request = Request::post("/api/predict").header("host", "localhost");
    let request = request.header("content-type", kind);
    ask(router, request.body(body.into()).unwrap())
}

fn post_json(router: &Router, body: &Value) -> Answer {
    post(router, "application/json", body.to_string())
}

fn mlp(features: usize, classes: usize) -> firebrick_model::Mlp {
    let config = MlpConfig::new(features, classes).with_hidden([8]);
    config.init(1, &Device::flex()).unwrap()
}

fn digits() -> Router {
    let served = Served::new("digits", mlp(784, 10))
        .unwrap()
        .with_pictures()
        .unwrap();
    router(served, ServerSettings::default()).unwrap()
}

fn irises(settings: ServerSettings) -> Router {
    let source = CsvSource::classes("iris.csv", "species")
        .with_features(["length", "width"])
        .with_class_names(["setosa", "virginica", "versicolor"])
        .unwrap();
    let served = Served::new("irises", mlp(2, 3))
        .unwrap()
        .with_table(source)
        .unwrap();
    router(served, settings).unwrap()
}

fn floats(value: &Value) -> Vec<f32> {
    serde_json::from_value(value.clone()).unwrap()
}

#[test]
fn a_row_of_a_table_gets_its_class_as_the_predictor_says() {
    let router = irises(ServerSettings::default());
    let rows = json!({"rows": [{"length": 1.5, "width": 0.25}, {"width": -3, "length": 2}]});
    let answer = post_json(&router, &rows);
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    let predictor = Predictor::new(mlp(2, 3)).unwrap();
    let expected = predictor.predict(&[1.5, 0.25, 2.0, -3.0]).unwrap();
    let told = answer.json();
    assert_eq!(told["model"], "irises");
    for (prediction, expected) in told["predictions"]
        .as_array()
        .unwrap()
        .iter()
        .zip(expected.chunks(3))
    {
        assert_eq!(floats(&prediction["probabilities"]), expected);
        let index = prediction["index"].as_u64().unwrap();
        let names = ["setosa", "virginica", "versicolor"];
        assert_eq!(prediction["class"], names[usize::try_from(index).unwrap()]);
    }
    let csv = post(
        &router,
        "text/csv; charset=utf-8",
        "id,length,width\n7,1.5,0.25\n8,2,-3\n",
    );
    assert_eq!(csv.json()["predictions"], told["predictions"]);
}

#[test]
fn numbers_of_a_table_have_its_columns() {
    let source = CsvSource::values("houses.csv", ["price", "rent"]).with_features(["area"]);
    let source = source.with_offset("rent", 1e6).unwrap();
    let model = Sequential::new([1])
        .add(Dense::new(2))
        .build(1, &Device::flex())
        .unwrap();
    let expected = Predictor::new(model.clone())
        .unwrap()
        .predict(&[2.0])
        .unwrap();
    let served = Served::new("houses", model)
        .unwrap()
        .with_table(source)
        .unwrap();
    let router = router(served, ServerSettings::default()).unwrap();
    let told = post_json(&router, &json!({"rows": [{"area": 2}]})).json();
    let values = &told["predictions"][0]["values"];
    assert_eq!(floats_of(&values["price"]), [expected[0]]);
    assert_eq!(values["rent"].as_f64(), Some(1e6 + f64::from(expected[1])));
}

fn floats_of(value: &Value) -> Vec<f32> {
    match value {
        Value::Array(_) => floats(value),
        one => vec![serde_json::from_value(one.clone()).unwrap()],
    }
}

#[test]
fn pictures_come_as_files_pixels_drawings_or_numbers() {
    let router = digits();
    let predictor = Predictor::new(mlp(784, 10)).unwrap();
    let probabilities = |answer: &Answer| {
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        floats(&answer.json()["predictions"][0]["probabilities"])
    };
    let png: &[u8] = include_bytes!("../../../assets/digits/seven.png");
    let digit = firebrick_data::digit_image_of(png, "seven", 28, 28).unwrap();
    let row: Vec<f32> = digit
        .pixels
        .iter()
        .map(|own| f32::from(*own) / 255.0)
        .collect();
    let expected = predictor.predict(&row).unwrap();
    for kind in ["image/png", "application/octet-stream", ""] {
        assert_eq!(probabilities(&post(&router, kind, png)), expected, "{kind}");
    }
    let pixels = json!({"pixels": digit.pixels});
    assert_eq!(probabilities(&post_json(&router, &pixels)), expected);
    assert_eq!(
        probabilities(&post_json(&router, &json!({"rows": [row]}))),
        expected
    );
    let jpeg: &[u8] = include_bytes!("../../../assets/digits/three.jpg");
    let three = probabilities(&post(&router, "image/jpeg", jpeg));
    assert_ne!(three, expected);

    // A stroke in a corner of a drawing is cut out, scaled and centred.
    let mut drawing = vec![0_u8; 140 * 70];
    (20..60).for_each(|row| drawing[row * 70 + 50..row * 70 + 56].fill(255));
    let seen = firebrick_ink::Ink::of_drawing(&drawing, 140, 70)
        .unwrap()
        .normalized(28, 28);
    let drawn = post_json(
        &router,
        &json!({"pixels": drawing, "height": 140, "width": 70}),
    );
    assert_eq!(
        probabilities(&drawn),
        probabilities(&post_json(&router, &json!({"pixels": seen})))
    );
}

#[test]
fn texts_are_read_and_several_inputs_have_names() {
    let words = TextVectorization::new()
        .with_vocabulary(["good", "bad"])
        .with_output_sequence_length(3);
    let model = Sequential::new(Shape::text())
        .add(words)
        .add(Dense::new(1).with_activation(Activation::Sigmoid))
        .build(1, &Device::flex())
        .unwrap();
    let served = Served::new("mail", model)
        .unwrap()
        .with_class_names(["wanted", "spam"])
        .unwrap();
    let texts = router(served, ServerSettings::default()).unwrap();
    let answer = post_json(&texts, &json!({"texts": ["good", "bad bad"]}));
    let told = answer.json();
    assert_eq!(
        told["predictions"].as_array().map(Vec::len),
        Some(2),
        "{}",
        answer.text
    );
    assert_eq!(floats(&told["predictions"][0]["probabilities"]).len(), 2);
    assert!(
        post_json(&texts, &json!({"texts": ["a\u{0}b"]}))
            .problem(422)
            .contains("texts[0]")
    );
    assert!(
        post_json(&texts, &json!({"rows": [[1]]}))
            .problem(422)
            .contains("`texts`")
    );

    let (a, b) = (input([2]), input([1]));
    let outputs = [Dense::new(1).on(&a), Dense::new(2).on(&b)];
    let model = Graph::new([a, b], outputs)
        .build(1, &Device::flex())
        .unwrap();
    let names: Vec<String> = Predictor::new(model.clone())
        .unwrap()
        .inputs()
        .map(|(name, _)| name.to_owned())
        .collect();
    let expected = Predictor::new(model.clone())
        .unwrap()
        .predict_all(&[&[1.0, 2.0], &[3.0]])
        .unwrap();
    let router = router(
        Served::new("two", model).unwrap(),
        ServerSettings::default(),
    )
    .unwrap();
    let told = post_json(
        &router,
        &json!({"rows": [{(names[0].as_str()): [1, 2], (names[1].as_str()): 3}]}),
    )
    .json();
    let own = told["predictions"][0].as_object().unwrap();
    let own: Vec<Vec<f32>> = own
        .values()
        .map(|said| floats_of(&said["values"]))
        .collect();
    assert_eq!(own, expected);
}

#[test]
fn a_card_tells_what_is_taken_and_what_classes_are_called() {
    let row = json!({"rows": [{"length": 1.5, "width": 0.25}]});
    let told = post_json(&irises(ServerSettings::default()), &row).json();
    let names = ["setosa", "virginica", "versicolor"];
    let card = ModelCard {
        labels: names.map(str::to_owned).to_vec(),
        data: Some(json!({
            "csv": "iris.csv", "target": "species", "classes": true, "features": ["length", "width"]
        })),
        ..ModelCard::default()
    };
    let served = Served::new("irises", mlp(2, 3))
        .unwrap()
        .with_card(&card)
        .unwrap();
    let by_card = router(served, ServerSettings::default()).unwrap();
    assert_eq!(post_json(&by_card, &row).json(), told);

    let card = ModelCard {
        labels: (0..10).map(|digit| format!("digit {digit}")).collect(),
        data: Some("mnist".into()),
        ..ModelCard::default()
    };
    let served = Served::new("digits", mlp(784, 10))
        .unwrap()
        .with_card(&card)
        .unwrap();
    let by_card = router(served, ServerSettings::default()).unwrap();
    let png: &[u8] = include_bytes!("../../../assets/digits/seven.png");
    let told = post(&by_card, "image/png", png).json();
    let (class, index) = (
        &told["predictions"][0]["class"],
        &told["predictions"][0]["index"],
    );
    assert_eq!(class.as_str().unwrap(), format!("digit {index}"));

    for (card, words) in [
        (
            ModelCard {
                data: Some(json!({"csv": "iris.csv", "target": "species", "hologram": 1})),
                ..ModelCard::default()
            },
            "tells what it was trained on in a form that is not known: unknown field `hologram`",
        ),
        (
            ModelCard {
                labels: vec!["a".to_owned()],
                ..ModelCard::default()
            },
            "tells 3 classes apart, received 1 names",
        ),
    ] {
        let served = Served::new("irises", mlp(2, 3)).unwrap();
        let error = served.with_card(&card).unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    }
}

#[test]
fn what_cannot_be_answered_says_where_and_why() {
    let router = digits();
    for (kind, body, status, words) in [
        ("application/json", "{\"pixels\": [1, 2", 400, "EOF"),
        (
            "application/json",
            "pixels",
            400,
            "the body: expected an object with `pixels`",
        ),
        (
            "application/json",
            "{\"pixels\": [256]}",
            422,
            "integer `256`",
        ),
        (
            "application/json",
            "{\"pixels\": [1, 2, 3]}",
            422,
            "28 x 28 = 784 numbers from 0 to 255, received 3",
        ),
        (
            "application/json",
            "{\"pixel\": []}",
            422,
            "unknown field `pixel`",
        ),
        (
            "application/json",
            "{\"pixels\": [0, 0], \"height\": 1, \"width\": 2}",
            422,
            "no ink",
        ),
        (
            "application/json",
            "{\"pixels\": [0, 0], \"height\": 1}",
            422,
            "no `width`",
        ),
        (
            "application/json",
            "{\"pixels\": [], \"height\": 4097, \"width\": 1}",
            422,
            "1 to 4096 pixels",
        ),
        (
            "application/json",
            "{\"rows\": []}",
            422,
            "rows: expected 1 to 4096 of them, received 0",
        ),
        (
            "application/json",
            "{\"rows\": [[1, 2]]}",
            422,
            "rows[0]: expected a list of 784 numbers, received a list of 2",
        ),
        (
            "application/json",
            "{\"texts\": [\"a\"]}",
            422,
            "received `texts`",
        ),
        ("application/json", "{}", 422, "received none of it"),
        ("application/json", "", 400, "received nothing"),
        ("image/png", "\u{1}\u{2}", 422, "one digit, as PNG or JPEG"),
        ("image/gif", "GIF89a", 415, "received `image/gif`"),
        ("text/csv", "a,b\n1,2\n", 415, "received `text/csv`"),
        ("application/x-www-form-urlencoded", "{}", 415, "curl -H"),
    ] {
        let message = post(&router, kind, body).problem(status);
        assert!(message.contains(words), "{words}: {message}");
    }
    let deep = format!(
        "{{\"rows\": {}1{}}}",
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    let message = post(&router, "application/json", deep).problem(400);
    assert!(message.contains("recursion"), "{message}");

    let irises = irises(ServerSettings {
        max_rows: 2,
        ..ServerSettings::default()
    });
    let row = json!({"length": 1, "width": 2});
    let message = post_json(&irises, &json!({"rows": [row, row, row]})).problem(422);
    assert!(message.contains("1 to 2 of them, received 3"), "{message}");
    let message = post_json(
        &irises,
        &json!({"rows": [row, {"length": "long", "width": 2}]}),
    )
    .problem(422);
    assert!(
        message.contains("rows[1].length: expected a number, received \"long\""),
        "{message}"
    );
    let message = post(&irises, "text/csv", "length,width\n1,\n").problem(422);
    assert!(message.contains("width"), "{message}");
}

#[test]
fn values_without_an_answer_are_the_questions_fault() {
    let words = Sequential::new([2])
        .add(Embedding::new(4, 3))
        .add(Flatten::new())
        .add(Dense::new(1));
    let model = words.build(1, &Device::flex()).unwrap();
    let router = router(
        Served::new("words", model).unwrap(),
        ServerSettings::default(),
    )
    .unwrap();
    assert_eq!(
        post_json(&router, &json!({"rows": [[1, 3]]})).status,
        StatusCode::OK
    );
    let message = post_json(&router, &json!({"rows": [[1, 4]]})).problem(422);
    assert!(message.contains('4'), "{message}");
}

#[test]
fn large_and_slow_questions_are_refused() {
    let small = ServerSettings {
        max_body: 64,
        ..ServerSettings::default()
    };
    let router = irises(small);
    let message = post(&router, "application/json", "x".repeat(65)).problem(413);
    assert!(message.contains("up to 64 bytes"), "{message}");
    let announced = Request::post("/api/predict")
        .header("host", "localhost")
        .header("content-length", "1000000");
    let announced = ask(&router, announced.body(Body::empty()).unwrap());
    assert!(announced.problem(413).contains("received 1000000"));
    assert_eq!(announced.headers["connection"], "close");

    let slow = ServerSettings {
        timeout: Duration::ZERO,
        ..ServerSettings::default()
    };
    let never = Body::new(Never);
    let message = post(&irises(slow), "application/json", never).problem(408);
    assert!(message.contains("within 0 s"), "{message}");
}

/// A body that never comes.
struct Never;

impl hyper::body::Body for Never {
    type Data = axum::body::Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<hyper::body::Frame<Self::Data>, Self::Error>>> {
        std::task::Poll::Pending
    }
}

#[test]
fn a_server_with_a_token_answers_those_who_know_it() {
    let token = Token::new(TOKEN, "of the test").unwrap();
    let router = irises(ServerSettings {
        token: Some(token),
        ..ServerSettings::default()
    });
    let body = || Body::from(json!({"rows": [{"length": 1, "width": 2}]}).to_string());
    let request = || {
        Request::post("/api/predict")
            .header("content-type", "application/json")
            .header("host", "models.example")
    };
    let without = ask(&router, request().body(body()).unwrap());
    assert!(without.problem(401).contains("received none"));
    assert_eq!(without.headers["www-authenticate"], "Bearer");
    let wrong = request()
        .header("authorization", "Bearer 0123456789abcdef0124")
        .body(body());
    assert!(
        ask(&router, wrong.unwrap())
            .problem(401)
            .contains("another one")
    );
    let right = request()
        .header("authorization", format!("Bearer {TOKEN}"))
        .body(body());
    assert_eq!(ask(&router, right.unwrap()).status, StatusCode::OK);
    for (address, status) in [
        ("/metrics", 401),
        ("/api/openapi.json", 401),
        ("/api/model", 401),
        ("/healthz", 200),
        ("/", 200),
    ] {
        assert_eq!(get(&router, address).status.as_u16(), status, "{address}");
    }
}

#[test]
fn without_a_token_it_answers_to_no_name_of_others() {
    let router = digits();
    for host in [Some("evil.example"), None] {
        let mut request = Request::get("/healthz");
        if let Some(host) = host {
            request = request.header("host", host);
        }
        let answer = ask(&router, request.body(Body::empty()).unwrap());
        assert!(answer.problem(403).contains("host"));
    }
}

#[test]
fn other_addresses_and_methods_are_told_apart() {
    let router = digits();
    assert!(
        get(&router, "/api/prediction")
            .problem(404)
            .contains("/api/predict")
    );
    let answer = get(&router, "/api/predict");
    assert!(answer.problem(405).contains("POST for /api/predict"));
    assert_eq!(answer.headers["allow"], "POST");
    for method in [Method::POST, Method::PUT, Method::DELETE] {
        let request = Request::builder()
            .method(&method)
            .uri("/healthz")
            .header("host", "localhost");
        ask(&router, request.body(Body::empty()).unwrap()).problem(405);
    }
    // A question that is not read leaves its body on the connection.
    let request = Request::post("/nothing").header("host", "localhost");
    let left_over = ask(&router, request.body("{}".into()).unwrap());
    left_over.problem(404);
    assert_eq!(left_over.headers["connection"], "close");
    assert!(!answer.headers.contains_key("connection"));
    let health = get(&router, "/healthz");
    assert_eq!(
        (health.status.as_u16(), health.json()),
        (200, json!({"status": "ok"}))
    );
    let policy = health.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'"), "{policy}");
}

#[test]
fn figures_count_what_was_asked() {
    let router = irises(ServerSettings::default());
    let rows = json!({"rows": [{"length": 1, "width": 2}, {"length": 1, "width": 2}]});
    post_json(&router, &rows);
    post_json(&router, &rows);
    post_json(&router, &json!({}));
    get(&router, "/anything/else");
    let text = get(&router, "/metrics").text;
    for line in [
        "firebrick_requests_total{path=\"/api/predict\",status=\"200\"} 2",
        "firebrick_requests_total{path=\"/api/predict\",status=\"422\"} 1",
        "firebrick_requests_total{path=\"other\",status=\"404\"} 1",
        "firebrick_rows_total 4",
        "firebrick_questions_total 2",
        "firebrick_requests_in_progress 1",
    ] {
        assert!(text.lines().any(|own| own == line), "{line}: {text}");
    }
}

#[test]
fn programs_and_the_page_learn_what_can_be_asked() {
    let irises = irises(ServerSettings::default());
    let told = get(&irises, "/api/openapi.json").json();
    assert_eq!(told["openapi"], "3.1.0");
    let body = &told["paths"]["/api/predict"]["post"]["requestBody"]["content"];
    assert!(body["text/csv"].is_object());
    let row = &body["application/json"]["schema"]["properties"]["rows"]["items"];
    assert_eq!(row["required"], json!(["length", "width"]));
    assert_eq!(row["properties"]["length"]["type"], "number");
    let model = get(&irises, "/api/model").json();
    assert_eq!(model["takes"], "table");
    assert_eq!(
        model["features"][1],
        json!({"name": "width", "categories": null})
    );
    assert_eq!(
        model["outputs"][0]["classes"],
        json!(["setosa", "virginica", "versicolor"])
    );
    let digits = digits();
    let body = &get(&digits, "/api/openapi.json").json()["paths"]["/api/predict"]["post"]["requestBody"]
        ["content"];
    assert!(body["image/png"].is_object() && body["image/jpeg"].is_object());
    assert_eq!(
        get(&digits, "/api/model").json()["outputs"][0]["classes"][9],
        "9"
    );
    let page = get(&digits, "/").text;
    for part in ["/try.js", "/style.css"] {
        assert!(
            page.contains(part) && get(&digits, part).status.is_success(),
            "{part}"
        );
    }
    assert!(
        !page.contains("http:") && !page.contains("https:"),
        "{page}"
    );
}

#[test]
fn a_page_of_ones_own_takes_the_place() {
    let site = vec![SiteFile {
        path: "/",
        content_type: "text/html; charset=utf-8",
        contents: b"<p>Mine</p>",
    }];
    let router = irises(ServerSettings {
        site,
        ..ServerSettings::default()
    });
    assert_eq!(get(&router, "/").text, "<p>Mine</p>");
    assert_eq!(get(&router, "/try.js").status, StatusCode::NOT_FOUND);
}

#[test]
fn what_does_not_go_together_is_refused_before_it_is_served() {
    let error = Served::new("irises", mlp(5, 3))
        .unwrap()
        .with_pictures()
        .unwrap_err();
    assert!(
        error.to_string().contains("takes inputs of shape [5]"),
        "{error}"
    );
    let source = CsvSource::classes("iris.csv", "species").with_features(["length"]);
    let error = Served::new("irises", mlp(2, 3))
        .unwrap()
        .with_table(source)
        .unwrap_err();
    assert!(error.to_string().contains("1 numbers a row"), "{error}");
    let error = Served::new("irises", mlp(2, 3))
        .unwrap()
        .with_class_names(["a", "b"])
        .unwrap_err();
    assert!(
        error
            .to_string()
            .contains("tells 3 classes apart, received 2 names"),
        "{error}"
    );
    let open = Sequential::new(vec![None, Some(3)])
        .add(Dense::new(1))
        .build(1, &Device::flex())
        .unwrap();
    assert!(Served::new("steps", open).is_err());
}
