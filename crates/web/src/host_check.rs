//! Who knows the server by its number or as this machine.
//!
//! A page of somebody else's whose name is made to mean 127.0.0.1 after it was loaded (DNS rebinding) would be allowed by a browser to
//! read what this server says; it still calls the server by its own name.

use std::net::{IpAddr, Ipv6Addr};

use axum::extract::Request;
use axum::http::header;
use axum::http::uri::Authority;

/// Whether a request calls the server by a number or as this machine, rather than by a name that anybody may have given it.
///
/// ```
/// use axum::body::Body;
/// use axum::http::Request;
/// use firebrick_web::is_for_this_machine;
///
/// let request = |host| Request::get("/").header("host", host).body(Body::empty());
/// assert!(is_for_this_machine(&request("127.0.0.1:8080")?));
/// assert!(!is_for_this_machine(&request("evil.example:8080")?));
/// # Ok::<(), axum::http::Error>(())
/// ```
pub fn is_for_this_machine(request: &Request) -> bool {
    let header = request.headers().get(header::HOST);
    let header = header.and_then(|host| host.to_str().ok());
    let authority = request.uri().authority().map(Authority::as_str);
    header.or(authority).is_some_and(is_this_machine)
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
