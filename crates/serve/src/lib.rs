//! What a trained network says, served to whoever asks.
//!
//! It stands apart because who serves a network has not trained it: nothing of a training is in here, and a small program of one's
//! own can do what `firebrick serve` does.
//!
//! [`Served`] is a network with what it takes (rows of numbers, pictures, rows of a table, texts) and what its answers mean. A
//! [`Server`] is bound first, so that its address can be told, and then serves until the process is asked to end; [`router`] is for a
//! server of one's own. Questions that come at the same time go through the network together, and each is answered as if it had come
//! alone.
//!
//! ```no_run
//! use firebrick_model::{DeviceName, SavedModel};
//! use firebrick_serve::{Served, Server, ServerSettings};
//!
//! let device = DeviceName::Auto.select()?.device;
//! let saved = SavedModel::read("runs/mnist-1/model.bpk".as_ref())?;
//! let card = saved.card()?; // what it was trained on, what its classes are called
//! let served = Served::new("mnist-1", saved.into_model(&device)?)?.with_card(&card)?;
//! let server = Server::bind("127.0.0.1:8080".parse()?, served, ServerSettings::default())?;
//! println!("http://{}/", server.address());
//! server.serve()?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | address | what it is |
//! | --- | --- |
//! | `POST /api/predict` | what the network says |
//! | `GET /healthz` | that it is there |
//! | `GET /metrics` | figures of the server, as Prometheus reads them |
//! | `GET /api/openapi.json` | what can be asked, for programs |
//! | `GET /` | a page to try it by hand |

mod answer;
mod asking;
mod error;
mod metrics;
mod network;
mod openapi;
mod page;
mod problem;
mod questions;
mod routes;
mod served;
mod server;
mod settings;
mod token;

pub use error::ServeError;
pub use firebrick_web::STYLE;
pub use routes::router;
pub use served::Served;
pub use server::Server;
pub use settings::{ServerSettings, SiteFile};
pub use token::Token;
