//! Where a server listens.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::str::FromStr;

/// A port, an address or both; what is not said is left to the server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Listen {
    ip: Option<IpAddr>,
    pub(crate) port: Option<u16>,
}

impl Listen {
    /// The address, of this machine alone and with this port where nothing else is said.
    pub(crate) fn or_port(self, port: u16) -> SocketAddr {
        let ip = self.ip.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST));
        SocketAddr::new(ip, self.port.unwrap_or(port))
    }
}

impl FromStr for Listen {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Ok(port) = text.parse() {
            return Ok(Self {
                ip: None,
                port: Some(port),
            });
        }
        let text = text.replace("localhost", "127.0.0.1");
        if let Ok(ip) = text.trim_matches(['[', ']']).parse() {
            return Ok(Self {
                ip: Some(ip),
                port: None,
            });
        }
        match text.parse::<SocketAddr>() {
            Ok(address) => Ok(Self {
                ip: Some(address.ip()),
                port: Some(address.port()),
            }),
            Err(_) => {
                Err("expected a port (8080), an address (127.0.0.1) or both (127.0.0.1:8080)")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_or_an_address_is_enough() {
        for (text, address, has_port) in [
            ("9000", "127.0.0.1:9000", true),
            ("0.0.0.0", "0.0.0.0:8642", false),
            ("::1", "[::1]:8642", false),
            ("[::1]:80", "[::1]:80", true),
            ("localhost:80", "127.0.0.1:80", true),
        ] {
            let listen: Listen = text.parse().unwrap();
            assert_eq!(listen.or_port(8642).to_string(), address, "{text}");
            assert_eq!(listen.port.is_some(), has_port, "{text}");
        }
        for text in ["", "70000", "example.org:80", "here"] {
            assert!(text.parse::<Listen>().is_err(), "{text}");
        }
    }
}
