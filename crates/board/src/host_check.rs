//! Answers only to those who know the server by its number or as this machine.
//!
//! A page of somebody else's whose name is made to mean 127.0.0.1 after it was loaded (DNS rebinding) would be allowed by a browser to
//! read what this server says; it still calls the server by its own name.

use std::net::{IpAddr, Ipv6Addr};

use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::answer;

pub(crate) async fn check_host(request: Request, next: Next) -> Response {
    let header = request.headers().get(header::HOST);
    let header = header.and_then(|host| host.to_str().ok());
    let authority = request
        .uri()
        .authority()
        .map(axum::http::uri::Authority::as_str);
    match header.or(authority) {
        Some(host) if is_this_machine(host) => next.run(request).await,
        _ => answer::message(
            StatusCode::FORBIDDEN,
            "This board answers to a number, as in http://127.0.0.1, or to localhost, and to no other name.",
        )
        .into_response(),
    }
}

/// Whether a host is named by a number or as this machine.
fn is_this_machine(host: &str) -> bool {
    if let Some(rest) = host.strip_prefix('[') {
        let number = rest.split(']').next().unwrap_or_default();
        return number.parse::<Ipv6Addr>().is_ok();
    }
    let name = host.split(':').next().unwrap_or_default();
    let name = name.to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost") || name.parse::<IpAddr>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_others_are_refused() {
        for host in [
            "127.0.0.1",
            "127.0.0.1:8642",
            "localhost:8642",
            "LOCALHOST",
            "[::1]:8642",
            "192.168.0.7",
            "a.localhost",
        ] {
            assert!(is_this_machine(host), "{host}");
        }
        for host in [
            "",
            "evil.example",
            "evil.example:8642",
            "127.0.0.1.evil.example",
            "localhost.evil.example",
            "[evil]",
            "notlocalhost",
        ] {
            assert!(!is_this_machine(host), "{host}");
        }
    }
}
