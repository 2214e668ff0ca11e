//! What is wrong with a question, as JSON.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// What is wrong with a question: where, what was expected and received, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Problem {
    #[serde(skip)]
    pub(crate) status: StatusCode,
    /// The place, `rows[3].age` say.
    #[serde(rename = "where")]
    pub(crate) place: String,
    pub(crate) expected: String,
    pub(crate) received: String,
    pub(crate) hint: String,
}

#[derive(Serialize)]
struct Envelope {
    error: Told,
}

#[derive(Serialize)]
struct Told {
    message: String,
    #[serde(flatten)]
    problem: Problem,
}

impl Problem {
    /// Something that was asked is not as it has to be.
    pub(crate) fn new(
        status: StatusCode,
        place: impl Into<String>,
        expected: impl Into<String>,
        received: impl Into<String>,
    ) -> Self {
        Self {
            status,
            place: place.into(),
            expected: expected.into(),
            received: received.into(),
            hint: "see /api/openapi.json for what can be asked".to_owned(),
        }
    }

    /// A value that the network cannot be given.
    pub(crate) fn value(
        place: impl Into<String>,
        expected: impl Into<String>,
        received: impl Into<String>,
    ) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, place, expected, received)
    }

    /// Says what to do.
    pub(crate) fn with_hint(self, hint: impl Into<String>) -> Self {
        Self {
            hint: hint.into(),
            ..self
        }
    }

    /// In one sentence.
    pub(crate) fn message(&self) -> String {
        format!(
            "{}: expected {}, received {}; {}",
            self.place, self.expected, self.received, self.hint
        )
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = self.status;
        let told = Told {
            message: self.message(),
            problem: self,
        };
        let mut response = json(status, &Envelope { error: told });
        let mut say = |name, value| {
            let value = HeaderValue::from_static(value);
            response.headers_mut().insert(name, value);
        };
        match status {
            StatusCode::UNAUTHORIZED => say(header::WWW_AUTHENTICATE, "Bearer"),
            StatusCode::SERVICE_UNAVAILABLE => say(header::RETRY_AFTER, "1"),
            _ => {}
        }
        response
    }
}

/// A value as JSON.
pub(crate) fn json(status: StatusCode, value: &impl Serialize) -> Response {
    match serde_json::to_vec(value) {
        Ok(text) => (status, [(header::CONTENT_TYPE, "application/json")], text).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
