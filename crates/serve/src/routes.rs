//! What there is to ask for.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, HttpBody as _};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use firebrick_web::{is_for_this_machine, set_headers};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::answer::Answer;
use crate::asking::Asking;
use crate::metrics::Metrics;
use crate::network::{Failure, Question};
use crate::openapi;
use crate::page;
use crate::problem::{Problem, json};
use crate::served::{Described, Served};
use crate::settings::{ServerSettings, SiteFile};

/// What a page may do: nothing from elsewhere, its own style and script, a network compiled for it.
const POLICY: &str = "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; \
    script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

const PREDICT: &str = "/api/predict";
const OPENAPI: &str = "/api/openapi.json";
const HEALTH: &str = "/healthz";
const METRICS: &str = "/metrics";
/// What only those may ask for who know the token.
const GUARDED: [&str; 4] = [PREDICT, OPENAPI, METRICS, page::MODEL];
/// Answers to what was not read to its end.
const UNREAD: [StatusCode; 6] = [
    StatusCode::UNAUTHORIZED,
    StatusCode::FORBIDDEN,
    StatusCode::NOT_FOUND,
    StatusCode::METHOD_NOT_ALLOWED,
    StatusCode::REQUEST_TIMEOUT,
    StatusCode::PAYLOAD_TOO_LARGE,
];
/// Questions that are read at once; pictures take much memory while they are.
const READERS: usize = 2;
/// Larger ones are read where that keeps nobody else waiting.
const SMALL: usize = 1 << 14;

/// What all requests see.
struct App {
    served: Arc<Described>,
    asking: Asking,
    metrics: Arc<Metrics>,
    settings: ServerSettings,
    /// Questions that are looked at.
    turns: Semaphore,
    readers: Semaphore,
}

/// What a server of this network answers, for a server of one's own.
///
/// ```
/// use firebrick_model::burn::tensor::Device;
/// use firebrick_model::MlpConfig;
/// use firebrick_serve::{Served, ServerSettings, router};
///
/// let model = MlpConfig::new(4, 3).init(1, &Device::flex())?;
/// let router = router(Served::new("irises", model)?, ServerSettings::default())?;
/// assert!(router.has_routes());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// A system that gives no thread for the network.
pub fn router(served: Served, settings: ServerSettings) -> io::Result<Router> {
    let Served { network, described } = served;
    let metrics = Arc::new(Metrics::default());
    let site = if settings.site.is_empty() {
        page::site()
    } else {
        settings.site.clone()
    };
    let app = Arc::new(App {
        asking: Asking::start(network, Arc::clone(&metrics))?,
        served: Arc::new(described),
        metrics,
        turns: Semaphore::new(settings.max_at_once),
        readers: Semaphore::new(READERS),
        settings,
    });
    let mut router = Router::new()
        .route(PREDICT, post(predict))
        .route(HEALTH, get(health))
        .route(METRICS, get(metrics_text))
        .route(OPENAPI, get(openapi_json))
        .route(page::MODEL, get(page_model));
    for file in site {
        router = router.route(file.path, get(move || async move { site_file(file) }));
    }
    Ok(router
        .fallback(nothing)
        .method_not_allowed_fallback(other_method)
        .layer(middleware::from_fn_with_state(Arc::clone(&app), guard))
        .layer(middleware::from_fn_with_state(Arc::clone(&app), measure))
        .with_state(app))
}

/// Answers within the time there is, to those who may ask.
async fn guard(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    match &app.settings.token {
        Some(token) => {
            let is_guarded = GUARDED.contains(&request.uri().path());
            if is_guarded && !token.is_known_to(request.headers()) {
                let received = if request.headers().contains_key(header::AUTHORIZATION) {
                    "another one"
                } else {
                    "none"
                };
                return Problem::new(
                    StatusCode::UNAUTHORIZED,
                    "the header `authorization`",
                    "`Bearer` with the server's token",
                    received,
                )
                .with_hint("ask whoever runs the server for it")
                .into_response();
            }
        }
        None if !is_for_this_machine(&request) => {
            return Problem::new(
                StatusCode::FORBIDDEN,
                "the header `host`",
                "a number, as in http://127.0.0.1, or localhost",
                "another name, or none",
            )
            .with_hint("call the server by its number")
            .into_response();
        }
        None => {}
    }
    let answered = timeout(app.settings.timeout, next.run(request)).await;
    answered.unwrap_or_else(|_late| late(app.settings.timeout).into_response())
}

fn late(limit: Duration) -> Problem {
    Problem::new(
        StatusCode::REQUEST_TIMEOUT,
        "the request",
        format!("to be sent and answered within {} s", limit.as_secs_f64()),
        "more time than that",
    )
    .with_hint("send less at once, or ask again when the server has less to do")
}

async fn measure(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let address = known_address(&app, request.uri().path());
    let in_progress = app.metrics.begin();
    let has_body =
        request.headers().contains_key(header::CONTENT_LENGTH) || !request.body().is_end_stream();
    let mut response = next.run(request).await;
    in_progress.ended(address, response.status().as_u16());
    if has_body && UNREAD.contains(&response.status()) {
        // A connection on which a body is left over is of no more use: whoever asks is told not to send the next question on it.
        let close = HeaderValue::from_static("close");
        response.headers_mut().insert(header::CONNECTION, close);
    }
    set_headers(response, POLICY)
}

/// As what a request is counted; others cannot make the figures long.
fn known_address(app: &App, path: &str) -> &'static str {
    let own = [PREDICT, HEALTH, METRICS, OPENAPI, page::MODEL, "/"];
    let site = app.settings.site.iter().map(|file| file.path);
    let known = own.into_iter().chain(site).find(|own| *own == path);
    known.unwrap_or("other")
}

async fn predict(State(app): State<Arc<App>>, request: Request) -> Result<Response, Problem> {
    // Whoever waits has sent no more than its header.
    let _turn = app.turns.acquire().await.map_err(|_closed| ending())?;
    let (parts, body) = request.into_parts();
    let body = read(&parts.headers, body, app.settings.max_body).await?;
    let content_type = parts.headers.get(header::CONTENT_TYPE);
    let content_type = content_type.and_then(|own| own.to_str().ok());
    let question = question(&app, content_type.unwrap_or_default(), body).await?;
    let num_rows = question.num_rows();
    let outputs = app.asking.ask(question).await.ok_or_else(ending)?;
    let outputs = outputs.map_err(failed)?;
    let Described {
        name, outputs: of, ..
    } = &*app.served;
    Ok(json(
        StatusCode::OK,
        &Answer::new(name, of, num_rows, &outputs),
    ))
}

/// All that was sent.
async fn read(headers: &HeaderMap, body: Body, limit: usize) -> Result<Bytes, Problem> {
    let too_large = |received: String| {
        let expected = format!("up to {limit} bytes");
        Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "the body",
            expected,
            received,
        )
        .with_hint("send less at once, or a smaller picture")
    };
    let length = headers.get(header::CONTENT_LENGTH);
    let length = length.and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if let Some(length) = length.filter(|length| *length > limit as u64) {
        return Err(too_large(length.to_string()));
    }
    match Limited::new(body, limit).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(too_large("more".to_owned())),
        Err(error) => {
            let expected = "as many bytes as were announced";
            Err(Problem::new(
                StatusCode::BAD_REQUEST,
                "the body",
                expected,
                error.to_string(),
            )
            .with_hint("send it again"))
        }
    }
}

/// What is asked; what takes time to read is read on a thread of its own.
async fn question(app: &App, content_type: &str, body: Bytes) -> Result<Question, Problem> {
    let max_rows = app.settings.max_rows;
    if body.len() <= SMALL && !app.served.decodes(content_type, &body) {
        return app.served.question(content_type, &body, max_rows);
    }
    let _reader = app.readers.acquire().await.map_err(|_closed| ending())?;
    let (served, content_type) = (Arc::clone(&app.served), content_type.to_owned());
    let read =
        move || firebrick_model::catch_panic(|| served.question(&content_type, &body, max_rows));
    match tokio::task::spawn_blocking(read).await {
        Ok(Ok(question)) => question,
        Ok(Err(_)) | Err(_) => Err(Problem::value(
            "the body",
            "what can be read",
            "something that the server fell over",
        )),
    }
}

fn failed(failure: Failure) -> Problem {
    match failure {
        Failure::Question(error) => Problem::value(
            "the question",
            "values for which the network has an answer",
            error.to_string(),
        ),
        Failure::Panic(message) => Problem::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "the network",
            "an answer",
            message,
        )
        .with_hint("tell whoever runs the server"),
    }
}

fn ending() -> Problem {
    Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "the server",
        "a network that answers",
        "one that is being stopped",
    )
    .with_hint("ask again when it is back")
}

async fn health() -> Response {
    json(StatusCode::OK, &serde_json::json!({ "status": "ok" }))
}

async fn metrics_text(State(app): State<Arc<App>>) -> Response {
    let kind = "text/plain; version=0.0.4; charset=utf-8";
    ([(header::CONTENT_TYPE, kind)], app.metrics.text()).into_response()
}

async fn openapi_json(State(app): State<Arc<App>>) -> Response {
    let description = openapi::description(&app.served, &app.settings);
    json(StatusCode::OK, &description)
}

async fn page_model(State(app): State<Arc<App>>) -> Response {
    json(StatusCode::OK, &page::model(&app.served))
}

fn site_file(file: SiteFile) -> Response {
    ([(header::CONTENT_TYPE, file.content_type)], file.contents).into_response()
}

async fn nothing() -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        "the address",
        format!("{PREDICT}, {HEALTH}, {METRICS}, {OPENAPI} or /"),
        "another one",
    )
}

async fn other_method() -> Problem {
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "the method",
        format!("POST for {PREDICT}, GET for everything else"),
        "another one",
    )
}
