//! A server as the network sees it.

use std::future::ready;
use std::net::{SocketAddr, TcpStream as Stream};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use firebrick_model::Predictor;
use firebrick_serve::{ServeError, Served, Server, ServerSettings, Token};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::runtime::Builder;
use tokio::sync::oneshot;

use crate::{TOKEN, floats, mlp};

const FEATURES: usize = 20;
const CLASSES: usize = 5;

struct Running {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    thread: JoinHandle<Result<(), ServeError>>,
}

impl Running {
    fn begin() -> Self {
        let served = Served::new("rows", mlp(FEATURES, CLASSES)).unwrap();
        let address = "127.0.0.1:0".parse().unwrap();
        let server = Server::bind(address, served, ServerSettings::default()).unwrap();
        let address = server.address();
        let (stop, stopped) = oneshot::channel();
        let thread = thread::spawn(move || {
            server.serve_until(async {
                let _ = stopped.await;
            })
        });
        Self {
            address,
            stop,
            thread,
        }
    }

    fn end(self) {
        self.stop.send(()).unwrap();
        self.thread.join().unwrap().unwrap();
    }
}

/// Reads an answer: its status and its body.
async fn answer(stream: &mut TcpStream) -> Option<(u16, String)> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|own| own == b"\r\n\r\n") {
            break end + 4;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.parse::<usize>().unwrap())
    });
    while bytes.len() < end + length? {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
    Some((status, String::from_utf8(bytes[end..].to_vec()).unwrap()))
}

async fn ask(stream: &mut TcpStream, body: &str) -> (u16, String) {
    let request = format!(
        "POST /api/predict HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    // Every question has one.
    answer(stream).await.unwrap()
}

fn row(seed: usize) -> Vec<f32> {
    let value = |place: usize| ((seed * 37 + place * 101) % 211) as f32 / 64.0 - 1.5;
    (0..FEATURES).map(value).collect()
}

#[test]
fn thousands_of_questions_at_once_are_answered_as_if_alone_with_faulty_ones_among_them() {
    const CLIENTS: usize = 128;
    const EACH: usize = 40;
    let running = Running::begin();
    let predictor = Arc::new(Predictor::new(mlp(FEATURES, CLASSES)).unwrap());
    let address = running.address;
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let (right, wrong, text) = runtime.block_on(async {
        let client = |client: usize| {
            let predictor = Arc::clone(&predictor);
            async move {
                let (mut right, mut wrong) = (0, 0);
                let mut stream = TcpStream::connect(address).await.unwrap();
                for own in 0..EACH {
                    let seed = client * EACH + own;
                    match seed % 10 {
                        3 => {
                            let (status, text) = ask(&mut stream, "{\"rows\": [[1, 2]]}").await;
                            assert_eq!(status, 422, "{text}");
                            wrong += 1;
                        }
                        5 => {
                            let (status, text) = ask(&mut stream, "{\"rows\": [[").await;
                            assert_eq!(status, 400, "{text}");
                            wrong += 1;
                        }
                        7 => {
                            // Somebody who leaves in the middle of a question, and comes back.
                            let half = "POST /api/predict HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 1000\r\n\r\n{";
                            stream.write_all(half.as_bytes()).await.unwrap();
                            stream = TcpStream::connect(address).await.unwrap();
                        }
                        _ => {
                            let rows: Vec<Vec<f32>> = (0..=seed % 3).map(|own| row(seed + own)).collect();
                            let (status, text) = ask(&mut stream, &json!({ "rows": rows }).to_string()).await;
                            assert_eq!(status, 200, "{text}");
                            let told: Value = serde_json::from_str(&text).unwrap();
                            let told = told["predictions"].as_array().unwrap();
                            assert_eq!(told.len(), rows.len());
                            for (told, row) in told.iter().zip(&rows) {
                                let expected = predictor.predict(row).unwrap();
                                assert_eq!(floats(&told["probabilities"]), expected);
                            }
                            right += 1;
                        }
                    }
                }
                (right, wrong)
            }
        };
        let clients: Vec<_> = (0..CLIENTS).map(|own| tokio::spawn(client(own))).collect();
        let (mut right, mut wrong) = (0, 0);
        for client in clients {
            let (own_right, own_wrong) = client.await.unwrap();
            right += own_right;
            wrong += own_wrong;
        }
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(b"GET /metrics HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n").await.unwrap();
        let (_, text) = answer(&mut stream).await.unwrap();
        (right, wrong, text)
    });
    assert_eq!(
        (right, wrong),
        (CLIENTS * EACH / 10 * 7, CLIENTS * EACH / 10 * 2)
    );
    let figure = |name: &str| {
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix(&format!("{name} ")));
        line.unwrap_or_else(|| panic!("{name}: {text}"))
            .parse::<usize>()
            .unwrap()
    };
    assert_eq!(
        figure("firebrick_requests_total{path=\"/api/predict\",status=\"200\"}"),
        right
    );
    assert_eq!(figure("firebrick_questions_total"), right);
    assert!(figure("firebrick_batches_total") <= right, "{text}");
    running.end();
}

#[test]
fn what_is_no_request_ends_its_connection_alone() {
    let running = Running::begin();
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        for nonsense in [
            "\u{1}\u{2}\u{3}\r\n\r\n".to_owned(),
            "GET / HTTP/9.9\r\n\r\n".to_owned(),
            format!(
                "GET /{} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n",
                "a".repeat(1 << 17)
            ),
            format!("GET / HTTP/1.1\r\nx: {}\r\n\r\n", "a".repeat(1 << 17)),
        ] {
            let mut stream = TcpStream::connect(running.address).await.unwrap();
            // It may be closed before all is said.
            let _ = stream.write_all(nonsense.as_bytes()).await;
            let status = answer(&mut stream).await.map(|(status, _)| status);
            assert!(
                status.is_none_or(|status| (400..600).contains(&status)),
                "{status:?}"
            );
        }
        let mut stream = TcpStream::connect(running.address).await.unwrap();
        let rows = json!({"rows": [row(1)]}).to_string();
        assert_eq!(ask(&mut stream, &rows).await.0, 200);
    });
    running.end();
}

#[test]
fn a_request_that_has_begun_is_answered_before_the_server_ends() {
    let Running {
        address,
        stop,
        thread,
    } = Running::begin();
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut idle = TcpStream::connect(address).await.unwrap();
        let rows = json!({"rows": [row(1)]}).to_string();
        assert_eq!(ask(&mut idle, &rows).await.0, 200);
        let mut busy = TcpStream::connect(address).await.unwrap();
        let head = format!(
            "POST /api/predict HTTP/1.1\r\nhost: 127.0.0.1\r\nexpect: 100-continue\r\ncontent-length: {}\r\n\r\n",
            rows.len()
        );
        busy.write_all(head.as_bytes()).await.unwrap();
        // The server reads the body now: it says so.
        let mut go_on = [0; 25];
        busy.read_exact(&mut go_on).await.unwrap();
        assert_eq!(&go_on, b"HTTP/1.1 100 Continue\r\n\r\n");
        stop.send(()).unwrap();
        // A connection where nothing is asked is closed.
        assert_eq!(idle.read(&mut [0; 1]).await.unwrap(), 0);
        busy.write_all(rows.as_bytes()).await.unwrap();
        let (status, text) = answer(&mut busy).await.unwrap();
        assert_eq!(status, 200, "{text}");
    });
    thread.join().unwrap().unwrap();
    assert!(Stream::connect(address).is_err());
}

#[test]
fn others_are_served_only_with_a_token() {
    let served = || Served::new("rows", mlp(FEATURES, CLASSES)).unwrap();
    let everywhere: SocketAddr = "0.0.0.0:0".parse().unwrap();
    let error = Server::bind(everywhere, served(), ServerSettings::default()).unwrap_err();
    assert!(error.to_string().contains("--token-file"), "{error}");
    let token = Token::new(TOKEN, "of the test").unwrap();
    let settings = ServerSettings {
        token: Some(token),
        ..ServerSettings::default()
    };
    let server = Server::bind(everywhere, served(), settings).unwrap();
    let taken = SocketAddr::new("127.0.0.1".parse().unwrap(), server.address().port());
    let error = Server::bind(taken, served(), ServerSettings::default()).unwrap_err();
    assert!(error.to_string().contains("another port"), "{error}");
    server.serve_until(ready(())).unwrap();
}
