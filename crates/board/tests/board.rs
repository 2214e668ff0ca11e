//! What a board answers.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::path::Path;

use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, StatusCode};
use firebrick::training::RunDirectory;
use firebrick_board::router;
use firebrick_session::{Event, EventFile, Speaker, What};
use tokio::runtime::Builder;
use tower::ServiceExt;

struct Answer {
    status: StatusCode,
    policy: String,
    text: String,
}

fn ask(folder: &Path, request: Request<Body>) -> Answer {
    let runtime = Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let response = router(folder).oneshot(request).await.unwrap();
        let status = response.status();
        let policy = response.headers().get("content-security-policy");
        let policy = policy.unwrap().to_str().unwrap().to_owned();
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        Answer {
            status,
            policy,
            text: String::from_utf8(bytes.to_vec()).unwrap(),
        }
    })
}

fn get(folder: &Path, address: &str) -> Answer {
    let request = Request::get(address).header("host", "127.0.0.1:8642");
    ask(folder, request.body(Body::empty()).unwrap())
}

/// A folder with a secret beside the folder of the runs `a b` and `other`.
fn place() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("secret")).unwrap();
    std::fs::write(folder.path().join("secret/config.toml"), "password = 1").unwrap();
    std::fs::write(folder.path().join("secret/report.html"), "password").unwrap();
    for name in ["a b", "other"] {
        let run = RunDirectory::create(&folder.path().join("runs").join(name)).unwrap();
        run.write("config.toml", b"epochs = 1").unwrap();
        run.write(
            "history.csv",
            b"epoch,learning_rate,loss,seconds\n1,0.1,0.5,2\n",
        )
        .unwrap();
    }
    folder
}

#[test]
fn runs_have_a_page_each_and_one_together() {
    let place = place();
    let runs = place.path().join("runs");
    let list = get(&runs, "/");
    assert_eq!(list.status, StatusCode::OK);
    assert!(list.text.contains("href=\"/runs/a%20b\""), "{}", list.text);
    assert!(
        list.policy.starts_with("default-src 'none'"),
        "{}",
        list.policy
    );
    let page = get(&runs, "/runs/a%20b");
    assert!(
        page.text.contains("<h1>a b ") && page.text.contains("/board.js"),
        "{}",
        page.text
    );
    assert!(page.text.contains("data-events=\"/api/runs/a%20b/events\""));
    let compared = get(&runs, "/compare?run=a+b&run=other");
    assert!(
        compared.text.contains("2 runs side by side"),
        "{}",
        compared.text
    );
    assert_eq!(get(&runs, "/compare").status, StatusCode::BAD_REQUEST);
    let json: serde_json::Value = serde_json::from_str(&get(&runs, "/api/runs").text).unwrap();
    assert_eq!(json[0]["best"][0]["value"], 0.5);
    let json: serde_json::Value =
        serde_json::from_str(&get(&runs, "/api/runs/other").text).unwrap();
    assert_eq!(
        (&json["name"], &json["state"]),
        (&"other".into(), &"finished".into())
    );
    assert!(get(&runs, "/board.js").text.contains("use strict"));
}

#[test]
fn no_path_leads_out_of_the_folder() {
    let place = place();
    let runs = place.path().join("runs");
    for name in [
        "..",
        "%2e%2e",
        "..%2fsecret",
        "%2e%2e%2fsecret",
        "..%5csecret",
        "secret",
        ".",
        "a%20b%2f..%2f..%2fsecret",
        "%00",
        "nothing",
    ] {
        for address in [
            format!("/runs/{name}"),
            format!("/runs/{name}/report.html"),
            format!("/api/runs/{name}/events"),
            format!("/compare?run={name}"),
        ] {
            let answer = get(&runs, &address);
            assert_eq!(
                answer.status,
                StatusCode::NOT_FOUND,
                "{address}: {}",
                answer.text
            );
            assert!(
                !answer.text.contains("password"),
                "{address}: {}",
                answer.text
            );
        }
    }
    assert_eq!(get(&runs, "/etc/passwd").status, StatusCode::NOT_FOUND);
}

#[test]
fn the_page_that_a_run_has_left_is_served_where_there_is_one() {
    let place = place();
    let runs = place.path().join("runs");
    assert_eq!(
        get(&runs, "/runs/other/report.html").status,
        StatusCode::NOT_FOUND
    );
    std::fs::write(runs.join("other/report.html"), "<p>left</p>").unwrap();
    assert_eq!(get(&runs, "/runs/other/report.html").text, "<p>left</p>");
    assert!(
        get(&runs, "/runs/other")
            .text
            .contains("/runs/other/report.html")
    );
}

#[test]
fn events_come_from_where_one_has_read_to() {
    let place = place();
    let runs = place.path().join("runs");
    let none: serde_json::Value =
        serde_json::from_str(&get(&runs, "/api/runs/other/events").text).unwrap();
    assert_eq!(none["events"], serde_json::json!([]));
    let mut file = EventFile::create(&runs.join("other").join(EventFile::NAME)).unwrap();
    let mut tell = |text: &str| {
        let what = What::Words {
            from: Speaker::Hint,
            text: text.to_owned(),
        };
        file.write(&Event {
            step: 1,
            epoch: 1,
            seconds: 0.5,
            what,
        })
        .unwrap();
    };
    tell("first");
    let first: serde_json::Value =
        serde_json::from_str(&get(&runs, "/api/runs/other/events?from=0").text).unwrap();
    assert_eq!(first["events"][0]["text"], "first");
    tell("second");
    let address = format!("/api/runs/other/events?from={}", first["from"]);
    let second: serde_json::Value = serde_json::from_str(&get(&runs, &address).text).unwrap();
    assert_eq!(second["events"].as_array().map(Vec::len), Some(1));
    assert_eq!(second["events"][0]["text"], "second");
    assert_eq!(
        get(&runs, "/api/runs/other/events?from=x").status,
        StatusCode::BAD_REQUEST
    );
}

#[test]
fn it_only_reads_and_only_for_this_machine() {
    let place = place();
    let runs = place.path().join("runs");
    for method in [Method::POST, Method::PUT, Method::DELETE] {
        let request = Request::builder()
            .method(&method)
            .uri("/runs/other")
            .header("host", "127.0.0.1");
        let answer = ask(&runs, request.body(Body::empty()).unwrap());
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{method}");
    }
    for host in [
        "evil.example",
        "evil.example:8642",
        "127.0.0.1.evil.example",
    ] {
        let request = Request::get("/api/runs").header("host", host);
        let answer = ask(&runs, request.body(Body::empty()).unwrap());
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{host}");
        assert!(!answer.text.contains("\"other\""), "{}", answer.text);
    }
    let nameless = ask(
        &runs,
        Request::get("/api/runs").body(Body::empty()).unwrap(),
    );
    assert_eq!(nameless.status, StatusCode::FORBIDDEN);
}

#[test]
fn a_folder_without_runs_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let page = get(&folder.path().join("nowhere"), "/");
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("There are no runs in"), "{}", page.text);
}
