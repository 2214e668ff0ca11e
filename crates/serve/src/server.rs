use std::future::Future;
use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use firebrick_web::asked_to_end;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener as Listener, TcpStream};
use tokio::runtime::Builder;
use tokio::sync::{Semaphore, mpsc, watch};
use tokio::time::{sleep, timeout};

use crate::error::ServeError;
use crate::routes::router;
use crate::served::Served;
use crate::settings::ServerSettings;

/// How long a connection may say nothing, or take for the header of a request.
const HEADER: Duration = Duration::from_secs(20);
/// Most connections; others wait to be accepted.
const CONNECTIONS: usize = 1024;
/// Bytes of a header at most.
const HEADER_BYTES: usize = 32 << 10;

/// A server of a network, which listens and does not serve yet.
///
/// ```
/// use firebrick_model::burn::tensor::Device;
/// use firebrick_model::MlpConfig;
/// use firebrick_serve::{Served, Server, ServerSettings};
///
/// let model = MlpConfig::new(4, 3).init(1, &Device::flex())?;
/// let served = Served::new("irises", model)?;
/// let server = Server::bind("127.0.0.1:0".parse()?, served, ServerSettings::default())?;
/// assert!(server.address().ip().is_loopback());
/// // Until the process is asked to end: `server.serve()?`
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    served: Served,
    settings: ServerSettings,
}

impl Server {
    /// Listens at an address.
    ///
    /// # Errors
    /// An address that other machines reach, without a token; one that is taken, or none of this machine's.
    pub fn bind(
        address: SocketAddr,
        served: Served,
        settings: ServerSettings,
    ) -> Result<Self, ServeError> {
        if !address.ip().is_loopback() && settings.token.is_none() {
            return Err(ServeError::NoToken { address });
        }
        let failed = |source| ServeError::Listen { address, source };
        let listener = TcpListener::bind(address).map_err(failed)?;
        listener.set_nonblocking(true)?;
        Ok(Self {
            address: listener.local_addr()?,
            listener,
            served,
            settings,
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until the process is asked to end, by Ctrl-C or SIGTERM; then requests that have begun are answered.
    ///
    /// # Errors
    /// What the system does not give.
    pub fn serve(self) -> Result<(), ServeError> {
        self.serve_until(async {
            // A system that does not tell is one that ends the process itself.
            if asked_to_end().await.is_err() {
                std::future::pending::<()>().await;
            }
        })
    }

    /// The same until something else happens.
    ///
    /// ```
    /// use std::future::ready;
    /// # use firebrick_model::burn::tensor::Device;
    /// # use firebrick_model::MlpConfig;
    /// # use firebrick_serve::{Served, Server, ServerSettings};
    /// # let model = MlpConfig::new(4, 3).init(1, &Device::flex())?;
    /// # let served = Served::new("irises", model)?;
    /// let server = Server::bind("127.0.0.1:0".parse()?, served, ServerSettings::default())?;
    /// server.serve_until(ready(()))?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// What the system does not give.
    pub fn serve_until(self, ending: impl Future<Output = ()>) -> Result<(), ServeError> {
        let Self {
            listener,
            served,
            settings,
            ..
        } = self;
        let grace = settings.grace;
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let router = router(served, settings)?;
        runtime.block_on(async {
            let listener = Listener::from_std(listener)?;
            let (stop, stopped) = watch::channel(());
            let (open, mut closed) = mpsc::channel::<()>(1);
            {
                let mut ending = pin!(ending);
                let accepting = accept_all(&listener, router, (stopped, open));
                let mut accepting = pin!(accepting);
                tokio::select! {
                    () = &mut ending => {}
                    () = &mut accepting => {}
                }
            }
            drop(listener);
            let _ = stop.send(());
            // Nothing comes but the end of the last connection.
            let _ = timeout(grace, closed.recv()).await;
            Ok::<_, ServeError>(())
        })?;
        // Whoever still reads a picture need not be waited for.
        runtime.shutdown_background();
        Ok(())
    }
}

/// What ends connections, and what each holds as long as it is open.
type Ends = (watch::Receiver<()>, mpsc::Sender<()>);

async fn accept_all(listener: &Listener, router: Router, (stopped, open): Ends) {
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else {
            return;
        };
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(error) => {
                if !is_of_connection(error.kind()) {
                    // Out of file descriptors, say: some will be closed.
                    sleep(Duration::from_millis(100)).await;
                }
                continue;
            }
        };
        let (router, stopped, open) = (router.clone(), stopped.clone(), open.clone());
        tokio::spawn(async move {
            answer(stream, router, stopped).await;
            drop((place, open));
        });
    }
}

/// Whether only the connection has failed that would have been accepted.
fn is_of_connection(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::ConnectionRefused | ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset
    )
}

/// Answers the requests of a connection, as long as it is open.
async fn answer(stream: TcpStream, router: Router, mut stopped: watch::Receiver<()>) {
    // Answers are small and written at once.
    let _ = stream.set_nodelay(true);
    let service = TowerToHyperService::new(router);
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER)
        .max_buf_size(HEADER_BYTES);
    let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), service));
    tokio::select! {
        // Whoever leaves without a word is no concern of others.
        _ = connection.as_mut() => return,
        _ = stopped.changed() => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}
