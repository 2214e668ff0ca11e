use axum::http::{HeaderName, HeaderValue, header};
use axum::response::Response;

const HEADERS: [(HeaderName, &str); 4] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CACHE_CONTROL, "no-store"),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
];

/// Adds what every answer says: what a page may do, and that nothing of it is for others.
///
/// ```
/// use firebrick_web::set_headers;
///
/// let response = set_headers(Default::default(), "default-src 'none'");
/// assert_eq!(response.headers()["content-security-policy"], "default-src 'none'");
/// ```
pub fn set_headers(mut response: Response, policy: &'static str) -> Response {
    let policy = (header::CONTENT_SECURITY_POLICY, policy);
    for (name, value) in HEADERS.into_iter().chain([policy]) {
        response
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    response
}
