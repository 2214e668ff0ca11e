//! Draw a digit with mouse or finger and watch ten probabilities move.
//!
//! ```sh
//! cargo run --release -p digit-pad [PORT]
//! ```
//!
//! It serves the page at `http://127.0.0.1:8090/` until Ctrl-C. The network, `model.bpk`, is compiled in; `docs/apps.md` says how it
//! was trained and how good it is. The same page without any server, the network in WebAssembly, is made by
//! `scripts/build_digit_pad.sh`: only `model.js` differs.
#![allow(
    clippy::print_stdout,
    reason = "an example talks to the person who runs it"
)]

use std::env;
use std::net::{Ipv4Addr, SocketAddr};

use anyhow::Context as _;
use firebrick_model::{DeviceName, SavedModel};
use firebrick_serve::{STYLE, Served, Server, ServerSettings, SiteFile};

const MODEL: &[u8] = include_bytes!("../model.bpk");
const PORT: u16 = 8090;

fn main() -> anyhow::Result<()> {
    let port = match env::args().nth(1) {
        Some(port) => port
            .parse()
            .with_context(|| format!("expected a port, such as {PORT}, received `{port}`"))?,
        None => PORT,
    };
    let device = DeviceName::Flex.select()?.device;
    let model = SavedModel::from_bytes(MODEL, "the built-in model")?.into_model(&device)?;
    let network = Served::new("digit-pad", model)?.with_pictures()?;
    let settings = ServerSettings {
        site: site(),
        ..ServerSettings::default()
    };
    let address = SocketAddr::new(Ipv4Addr::LOCALHOST.into(), port);
    let server = Server::bind(address, network, settings)?;
    println!("http://{}/", server.address());
    println!("Ctrl-C ends it");
    Ok(server.serve()?)
}

/// The page: what it is made of, and how it asks the network.
fn site() -> Vec<SiteFile> {
    let script = "text/javascript; charset=utf-8";
    let style = "text/css; charset=utf-8";
    let file = |path, content_type, contents| SiteFile {
        path,
        content_type,
        contents,
    };
    vec![
        file(
            "/",
            "text/html; charset=utf-8",
            include_bytes!("../web/index.html").as_slice(),
        ),
        file("/pad.js", script, include_bytes!("../web/pad.js")),
        file("/pad.css", style, include_bytes!("../web/pad.css")),
        file("/model.js", script, include_bytes!("../web/model.js")),
        file("/style.css", style, STYLE.as_bytes()),
    ]
}
