//! `firebrick serve`: what it says is what `predict` says.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;

use serde_json::Value;

use crate::interrupt::AtWork;
use crate::workplace::Workplace;

const IRIS: &str = "length,width,species\n1,2,a\n2,1,b\n1.5,3,a\n3,1.5,b\n1,2.5,a\n2.5,1,b\n1.2,2.2,a\n2.9,1.1,b\n";

/// A server at work, and where it is.
struct Served {
    process: AtWork,
    address: String,
}

impl Served {
    fn start(workplace: &Workplace, arguments: &str) -> Self {
        let line = format!("exec $F serve {arguments} --listen 127.0.0.1:0 --device flex");
        let mut process = AtWork::start(workplace, &line);
        let line = process.read_to("server ");
        let address = line.split("http://").nth(1).unwrap();
        let address = address.split('/').next().unwrap().to_owned();
        Self { process, address }
    }

    /// The status and the body of an answer.
    fn ask(&self, request: &str, body: &[u8]) -> (String, String) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let head = format!(
            "{request}\r\nhost: {}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
            self.address,
            body.len()
        );
        stream.write_all(&[head.as_bytes(), body].concat()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap();
        (status.to_owned(), body.to_owned())
    }

    fn predict(&self, kind: &str, body: &[u8]) -> Value {
        let request = format!("POST /api/predict HTTP/1.1\r\ncontent-type: {kind}");
        let (status, body) = self.ask(&request, body);
        assert_eq!(status, "200", "{body}");
        serde_json::from_str(&body).unwrap()
    }

    fn end(self) {
        self.process.signal("-TERM");
        let (status, _, stderr) = self.process.end();
        assert_eq!((status.code(), stderr.as_str()), (Some(0), ""));
    }
}

#[test]
fn a_run_on_pictures_says_what_predict_says() {
    let workplace = Workplace::new();
    workplace.train("--hidden 16 --run digits").succeeds();
    let seven = include_bytes!("../../../../assets/digits/seven.png");
    workplace.write("seven.png", seven);
    let told = workplace
        .run("predict digits seven.png --json --top 10 --device flex")
        .succeeds();
    let told: Value = serde_json::from_str(&told.stdout).unwrap();
    let served = Served::start(&workplace, "digits");
    let answer = served.predict("image/png", seven);
    let probabilities = answer["predictions"][0]["probabilities"]
        .as_array()
        .unwrap();
    for own in told["top"].as_array().unwrap() {
        let label = usize::try_from(own["label"].as_u64().unwrap()).unwrap();
        let distance =
            probabilities[label].as_f64().unwrap() - own["probability"].as_f64().unwrap();
        assert!(distance.abs() < 1e-6, "{told} {answer}");
    }
    assert_eq!(answer["predictions"][0]["index"], told["top"][0]["label"]);
    assert!(served.ask("GET / HTTP/1.1", b"").1.contains("/try.js"));
    served.end();
}

#[test]
fn a_run_on_a_table_says_what_predict_says() {
    let workplace = Workplace::new();
    workplace.write("iris.csv", IRIS);
    let training = "train --data iris.csv --target species --classes --epochs 3 --ui lines --run irises --device flex --test-split 0";
    workplace.run(training);
    let told = workplace.run("predict irises iris.csv --json --device flex");
    let told: Vec<Value> = told
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(told.len(), 8);
    let served = Served::start(&workplace, "irises");
    let answer = served.predict("text/csv", IRIS.as_bytes());
    for (told, own) in told.iter().zip(answer["predictions"].as_array().unwrap()) {
        assert_eq!(told["species"], own["class"]);
        let distance = told["probability"].as_f64().unwrap() - own["probability"].as_f64().unwrap();
        assert!(distance.abs() < 1e-6, "{told} {own}");
    }
    let row = br#"{"rows": [{"length": 1, "width": 2}]}"#;
    assert_eq!(
        served.predict("application/json", row)["predictions"][0],
        answer["predictions"][0]
    );
    served.end();
}

#[test]
fn a_model_file_alone_is_served_as_its_run() {
    let workplace = Workplace::new();
    workplace.write("iris.csv", IRIS);
    workplace.run(
        "train --data iris.csv --target species --classes --epochs 3 --ui lines --run irises --device flex --test-split 0",
    );
    let served = Served::start(&workplace, "irises");
    let told = served.predict("text/csv", IRIS.as_bytes());
    served.end();

    fs::rename(
        workplace.path("runs/irises/model.bpk"),
        workplace.path("alone.bpk"),
    )
    .unwrap();
    let served = Served::start(&workplace, "alone.bpk");
    let answer = served.predict("text/csv", IRIS.as_bytes());
    assert_eq!(answer["predictions"], told["predictions"]);
    assert_eq!(answer["model"], "alone");
    served.end();

    workplace
        .run("model set alone.bpk --labels setosa,other")
        .succeeds();
    let served = Served::start(&workplace, "alone.bpk");
    let answer = served.predict("text/csv", IRIS.as_bytes());
    let index = answer["predictions"][0]["index"].as_u64().unwrap();
    let name = ["setosa", "other"][usize::try_from(index).unwrap()];
    assert_eq!(answer["predictions"][0]["class"], name);
    served.end();
}

#[test]
fn others_reach_it_only_with_a_token() {
    let workplace = Workplace::new();
    workplace.train("--hidden 8 --run digits").succeeds();
    workplace.write("short", "secret\n");
    workplace.write("token", "0123456789abcdef\n");
    for (arguments, code, words) in [
        (
            "serve digits --listen 0.0.0.0:0",
            2,
            &["--token-file", "FIREBRICK_TOKEN"][..],
        ),
        (
            "serve digits --token-file short",
            2,
            &["`short` has 6 of them", "16 to 1024"],
        ),
        ("serve digits --token-file none", 2, &["cannot read `none`"]),
        ("serve digit", 1, &["did you mean `digits`?"]),
        ("serve digits --listen here", 2, &["expected a port"]),
    ] {
        workplace.run(arguments).fails(code, words);
    }
    let served = Served::start(&workplace, "digits --token-file token");
    let row = format!("{{\"pixels\": {:?}}}", [7; 784]);
    let (status, body) = served.ask("POST /api/predict HTTP/1.1", row.as_bytes());
    assert_eq!(status, "401", "{body}");
    let request = "POST /api/predict HTTP/1.1\r\nauthorization: Bearer 0123456789abcdef";
    assert_eq!(served.ask(request, row.as_bytes()).0, "200");
    served.end();
}
