//! The page of all runs.

use std::fmt::Write as _;

use askama::Template;

use crate::error::PagesError;
use crate::numbers::{ago, duration};
use crate::run_state::RunState;
use crate::run_summary::RunSummary;
use crate::style::{STYLE, VERSION};

#[derive(Template)]
#[template(path = "runs.html")]
struct Page<'a> {
    version: &'static str,
    style: &'static str,
    script: Option<String>,
    home: Option<String>,
    folder: &'a str,
    rows: Vec<Row>,
}

struct Row {
    name: String,
    address: String,
    state: RunState,
    reason: String,
    epochs: String,
    data: String,
    network: String,
    loss: String,
    metric: String,
    time: String,
    began: String,
}

/// The page of all runs of a folder, as a server has it: it links to `/runs/NAME` and asks for `/compare?run=NAME&run=NAME`.
///
/// `script` is the address of what brings it up to date, `now` the time in seconds since 1970.
///
/// ```
/// let page = firebrick_pages::runs_page(&[], "runs", "/board.js", 0)?;
/// assert!(page.contains("no runs in <code>runs</code>"));
/// # Ok::<(), firebrick_pages::PagesError>(())
/// ```
///
/// # Errors
/// A page that cannot be put together.
pub fn runs_page(
    runs: &[RunSummary],
    folder: &str,
    script: &str,
    now: u64,
) -> Result<String, PagesError> {
    let page = Page {
        version: VERSION,
        style: STYLE,
        script: Some(script.to_owned()),
        home: None,
        folder,
        rows: runs.iter().map(|run| row(run, now)).collect(),
    };
    page.render().map_err(|source| PagesError::Page {
        what: format!("the runs in `{folder}`"),
        source,
    })
}

fn row(run: &RunSummary, now: u64) -> Row {
    let best = |best: Option<&crate::figures::BestFigure>| {
        best.map_or_else(|| "–".to_owned(), ToString::to_string)
    };
    let or_none = |text: &Option<String>| text.clone().unwrap_or_else(|| "–".to_owned());
    Row {
        address: format!("/runs/{}", address_part(&run.name)),
        name: run.name.clone(),
        state: run.state,
        reason: run.reason.clone().unwrap_or_default(),
        epochs: run.epochs_text(),
        data: or_none(&run.data),
        network: or_none(&run.network),
        loss: best(run.best_loss()),
        metric: best(run.best_metric()),
        time: duration(run.seconds),
        began: run
            .began
            .map_or_else(|| "–".to_owned(), |began| ago(now.saturating_sub(began))),
    }
}

/// A name as a part of an address: all but letters, digits and a few signs by their bytes.
///
/// ```
/// assert_eq!(firebrick_pages::address_part("a b/ü"), "a%20b%2F%C3%BC");
/// ```
pub fn address_part(name: &str) -> String {
    let mut part = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            part.push(char::from(byte));
        } else {
            let _ = write!(part, "%{byte:02X}");
        }
    }
    part
}
