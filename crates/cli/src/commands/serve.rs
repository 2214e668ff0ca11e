//! `firebrick serve`

use std::env;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::anyhow;
use firebrick::burn::tensor::Device;
use firebrick::devices::DeviceName;
use firebrick_serve::{ServeError, Served, Server, ServerSettings, Token};

use crate::asked_model::AskedModel;
use crate::commands::devices::select_device;
use crate::failure::{OrUsage, usage};
use crate::listen::Listen;
use crate::output;
use crate::runs::RunsFolder;

/// Where it listens unless something else is said.
const PORT: u16 = 8080;
/// The variable that has a token.
const TOKEN: &str = "FIREBRICK_TOKEN";

const EXAMPLES: &str = "\
EXAMPLES:
  firebrick serve mnist-1
  firebrick serve iris-1 --listen 9000
  firebrick serve examples/digit-pad/model.bpk
  firebrick serve mnist-1 --listen 0.0.0.0:8080 --token-file token
  curl --data-binary @assets/digits/seven.png -H 'content-type: image/png' http://127.0.0.1:8080/api/predict
  curl -d '{\"rows\": [{\"petal_length\": 1.4, …}]}' -H 'content-type: application/json' http://127.0.0.1:8080/api/predict

There is a page to try it by hand at /, and what programs can ask at /api/openapi.json. Others than this machine reach it only with \
--listen, and have to know the token then: `Authorization: Bearer TOKEN`. Ctrl-C ends it once open questions are answered.";

/// Serve what a network says: to programs as JSON, to people on a page.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ServeArguments {
    /// Name or path of the run, or a model file, which tells itself what it was trained on
    #[arg(value_name = "RUN|FILE")]
    run: PathBuf,

    /// Where to listen: a port, an address or both [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<Listen>,

    /// The file of the token that whoever asks has to know [default: the environment variable `FIREBRICK_TOKEN`, or none]
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,

    /// Where to compute, see `firebrick devices`
    #[arg(long, value_name = "NAME", default_value_t)]
    device: DeviceName,

    #[command(flatten)]
    runs: RunsFolder,
}

pub(crate) fn run(arguments: &ServeArguments) -> anyhow::Result<ExitCode> {
    let address = arguments.listen.unwrap_or_default().or_port(PORT);
    let token = token(arguments)?;
    let asked = AskedModel::open(&arguments.runs, &arguments.run)?;
    let path = asked.path.clone();
    let device = select_device(arguments.device)?.device;
    let network = served(asked, &device)?;
    let settings = ServerSettings {
        token,
        ..ServerSettings::default()
    };
    let has_token = settings.token.is_some();
    let server = Server::bind(address, network, settings).map_err(|error| match error {
        ServeError::NoToken { .. } => usage(error.into()),
        other => other.into(),
    })?;
    let asked = if has_token {
        ", for those who know the token"
    } else {
        ""
    };
    output::print(&format!(
        "model    {}\nserver   http://{}/{asked}\nCtrl-C ends it\n",
        path.display(),
        server.address(),
    ))?;
    server.serve()?;
    Ok(ExitCode::SUCCESS)
}

/// The token of the file, or else of the environment.
fn token(arguments: &ServeArguments) -> anyhow::Result<Option<Token>> {
    if let Some(path) = &arguments.token_file {
        return Ok(Some(Token::read(path).or_usage()?));
    }
    match env::var(TOKEN) {
        Ok(token) => Ok(Some(Token::new(&token, &format!("in {TOKEN}")).or_usage()?)),
        Err(env::VarError::NotPresent) => Ok(None),
        Err(error) => Err(anyhow!(
            "{TOKEN}: {error}; give a token of visible ASCII characters"
        ))
        .or_usage(),
    }
}

/// The network with what it was trained on.
fn served(asked: AskedModel, device: &Device) -> anyhow::Result<Served> {
    let name = asked.name.clone();
    let card = asked.card()?;
    let served = Served::new(name, asked.into_network(device)?)?.with_card(&card)?;
    // A program that does not say what it has trained on may have taken MNIST.
    if card.data.is_none() && served.picture_sides() == Some([28, 28]) {
        return Ok(served.with_pictures()?);
    }
    Ok(served)
}
