//! `firebrick board`

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::process::ExitCode;
use std::str::FromStr;

use firebrick_board::{Board, Port};

use crate::output;
use crate::runs::RunsFolder;

/// Where a board listens unless something else is said.
const ADDRESS: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8642);

const EXAMPLES: &str = "\
EXAMPLES:
  firebrick board
  firebrick board --listen 9000
  firebrick board --runs-dir /data/runs

It only reads: trainings are steered at their terminals, or by `firebrick control`. Ctrl-C ends it.";

/// Serve the runs and their pages to a browser on this machine, with curves that follow a training at work.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct BoardArguments {
    /// Where to listen: a port, an address or both; others than those of this machine alone let everybody read who reaches it
    /// [default: 127.0.0.1:8642, or the next port that is free]
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<Listen>,

    #[command(flatten)]
    folder: RunsFolder,
}

/// An address to listen at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Listen {
    address: SocketAddr,
    port: Port,
}

impl FromStr for Listen {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let exactly = |address| Self {
            address,
            port: Port::Exactly,
        };
        if let Ok(port) = text.parse() {
            return Ok(exactly(SocketAddr::new(ADDRESS.ip(), port)));
        }
        let text = text.replace("localhost", "127.0.0.1");
        if let Ok(ip) = text.trim_matches(['[', ']']).parse() {
            return Ok(Self {
                address: SocketAddr::new(ip, ADDRESS.port()),
                port: Port::NextFree,
            });
        }
        let address = text.parse();
        address
            .map(exactly)
            .map_err(|_error: std::net::AddrParseError| "expected a port (8642), an address (127.0.0.1) or both (127.0.0.1:8642)")
    }
}

pub(crate) fn run(arguments: &BoardArguments) -> anyhow::Result<ExitCode> {
    let Listen { address, port } = arguments.listen.unwrap_or(Listen {
        address: ADDRESS,
        port: Port::NextFree,
    });
    let folder = &arguments.folder.path;
    let board = Board::bind(address, port, folder)?;
    if !address.ip().is_loopback() {
        output::note(&format!(
            "warning: whoever reaches {address} can read the runs in `{}`",
            folder.display()
        ));
    }
    output::print(&format!(
        "board    http://{}/\nruns     {}\nCtrl-C ends it\n",
        board.address(),
        folder.display()
    ))?;
    board.serve()?;
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_or_an_address_is_enough() {
        for (text, address, port) in [
            ("9000", "127.0.0.1:9000", Port::Exactly),
            ("0.0.0.0", "0.0.0.0:8642", Port::NextFree),
            ("::1", "[::1]:8642", Port::NextFree),
            ("[::1]:80", "[::1]:80", Port::Exactly),
            ("localhost:80", "127.0.0.1:80", Port::Exactly),
        ] {
            let expected = Listen {
                address: address.parse().unwrap(),
                port,
            };
            assert_eq!(text.parse(), Ok(expected), "{text}");
        }
        for text in ["", "70000", "example.org:80", "here"] {
            assert!(text.parse::<Listen>().is_err(), "{text}");
        }
    }
}
