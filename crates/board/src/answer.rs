//! Answers with what every answer says beside its contents.

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use firebrick_pages::PagesError;

/// What a page may do: nothing from elsewhere, its own style, the board's script.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'self'; connect-src 'self'; \
    form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const HEADERS: [(HeaderName, &str); 5] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CACHE_CONTROL, "no-store"),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
];

/// Adds what every answer says.
pub(crate) async fn with_headers(mut response: Response) -> Response {
    for (name, value) in HEADERS {
        response
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    response
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
