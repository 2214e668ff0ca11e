use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};

use firebrick_web::asked_to_end;
use tokio::net::TcpListener as Listener;
use tokio::runtime::Builder;

use crate::error::BoardError;
use crate::routes::router;

/// The ports that are tried one after the other.
const MOST_TRIED: u16 = 20;

/// Which port a board takes.
///
/// ```
/// use firebrick_board::Port;
///
/// assert_eq!(Port::default(), Port::NextFree);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Port {
    /// This one or none.
    Exactly,
    /// This one or, where it is taken, the next free one of some.
    #[default]
    NextFree,
}

/// A server of the runs of a folder, which listens and does not serve yet.
///
/// ```
/// use firebrick_board::{Board, Port};
///
/// let folder = tempfile::tempdir()?;
/// let board = Board::bind("127.0.0.1:0".parse()?, Port::Exactly, folder.path())?;
/// assert!(board.address().ip().is_loopback());
/// // Until the process is asked to end: `board.serve()?`
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Board {
    listener: TcpListener,
    address: SocketAddr,
    folder: PathBuf,
}

impl Board {
    /// Listens at an address, for the runs of a folder.
    ///
    /// # Errors
    /// An address that is taken, or none of this machine's.
    pub fn bind(address: SocketAddr, port: Port, folder: &Path) -> Result<Self, BoardError> {
        let tried = match port {
            Port::Exactly => 1,
            Port::NextFree => MOST_TRIED,
        };
        let mut last = None;
        for offset in 0..tried {
            let Some(port) = address.port().checked_add(offset) else {
                break;
            };
            let address = SocketAddr::new(address.ip(), port);
            match TcpListener::bind(address) {
                Ok(listener) => return Self::of(listener, folder),
                Err(source) => {
                    let is_taken = source.kind() == ErrorKind::AddrInUse;
                    last = Some(BoardError::Listen { address, source });
                    if !is_taken {
                        break;
                    }
                }
            }
        }
        Err(last.unwrap_or_else(|| BoardError::System(ErrorKind::AddrInUse.into())))
    }

    fn of(listener: TcpListener, folder: &Path) -> Result<Self, BoardError> {
        listener.set_nonblocking(true)?;
        Ok(Self {
            address: listener.local_addr()?,
            listener,
            folder: folder.to_owned(),
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until the process is asked to end, by Ctrl-C or SIGTERM.
    ///
    /// # Errors
    /// What the system does not give.
    pub fn serve(self) -> Result<(), BoardError> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let served = runtime.block_on(async {
            let listener = Listener::from_std(self.listener)?;
            // A browser keeps connections open; they end with the process.
            tokio::select! {
                served = axum::serve(listener, router(&self.folder)) => served,
                ended = asked_to_end() => ended,
            }
        });
        // Whoever still reads a file need not be waited for.
        runtime.shutdown_background();
        Ok(served?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_port_is_an_error_or_the_next_one_is_free() {
        let folder = tempfile::tempdir().unwrap();
        let any = "127.0.0.1:0".parse().unwrap();
        let first = Board::bind(any, Port::Exactly, folder.path()).unwrap();
        let taken = first.address();
        let error = Board::bind(taken, Port::Exactly, folder.path())
            .unwrap_err()
            .to_string();
        assert!(
            error.contains(&taken.to_string()) && error.contains("another port"),
            "{error}"
        );
        if taken.port() < u16::MAX - MOST_TRIED {
            let second = Board::bind(taken, Port::NextFree, folder.path()).unwrap();
            assert!(second.address().port() > taken.port());
        }
    }

    #[test]
    fn an_address_of_another_machine_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let elsewhere = "192.0.2.1:8080".parse().unwrap();
        let error = Board::bind(elsewhere, Port::NextFree, folder.path()).unwrap_err();
        assert!(error.to_string().contains("192.0.2.1:8080"), "{error}");
    }
}
