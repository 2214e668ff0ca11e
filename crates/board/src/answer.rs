//! Answers with what every answer says beside its contents.

use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use firebrick_pages::PagesError;
use firebrick_web::{is_for_this_machine, set_headers};

/// What a page may do: nothing from elsewhere, its own style, the board's script.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'self'; connect-src 'self'; \
    form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Adds what every answer says.
pub(crate) async fn with_headers(response: Response) -> Response {
    set_headers(response, POLICY)
}

/// Answers only to those who know the board by its number or as this machine.
pub(crate) async fn check_host(request: Request, next: Next) -> Response {
    if is_for_this_machine(&request) {
        return next.run(request).await;
    }
    message(
        StatusCode::FORBIDDEN,
        "This board answers to a number, as in http://127.0.0.1, or to localhost, and to no other name.",
    )
}

/// A sentence as an answer.
pub(crate) fn message(status: StatusCode, text: &str) -> Response {
    (
        status,
        [(header::CONTENT_TYPE, "text/plain; charset=utf-8")],
        format!("{text}\n"),
    )
        .into_response()
}

/// A page, or why there is none.
pub(crate) fn page(page: Result<String, PagesError>) -> Response {
    match page {
        Ok(page) => Html(page).into_response(),
        Err(error) => message(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
    }
}

/// JSON, or why there is none.
pub(crate) fn json<T: serde::Serialize>(value: Result<T, PagesError>) -> Response {
    let text = value.map_err(|error| error.to_string());
    match text.and_then(|value| serde_json::to_string(&value).map_err(|error| error.to_string())) {
        Ok(text) => ([(header::CONTENT_TYPE, "application/json")], text).into_response(),
        Err(reason) => message(StatusCode::INTERNAL_SERVER_ERROR, &reason),
    }
}

/// There is no such run.
pub(crate) fn no_run(name: &str) -> Response {
    message(
        StatusCode::NOT_FOUND,
        &format!("There is no run `{name}` here."),
    )
}
