use std::io;
use std::net::SocketAddr;

/// What can go wrong with a board.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BoardError {
    /// An address that cannot be listened at.
    #[error("cannot listen at {address}: {source}{}", hint(source))]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// What the system does not give.
    #[error("the board cannot go on: {0}")]
    System(#[from] io::Error),
}

fn hint(source: &io::Error) -> &'static str {
    match source.kind() {
        io::ErrorKind::AddrInUse => "; name another port, or none to take the next free one",
        io::ErrorKind::PermissionDenied => "; ports below 1024 are the system's, name another one",
        io::ErrorKind::AddrNotAvailable => "; it is no address of this machine",
        _ => "",
    }
}
