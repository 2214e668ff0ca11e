//! What there is to ask for.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Router;
use axum::extract::{Path as InPath, Query, State};
use axum::http::{StatusCode, header};
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use firebrick::training::RunDirectory;
use firebrick_pages::{
    Comparison, Live, PagesError, RunRecord, RunReport, RunState, RunSummary, address_part,
    find_runs, now, read_runs, runs_page,
};
use firebrick_session::{Event, EventFile, EventReader, What};
use serde::{Deserialize, Serialize};

use crate::answer::{self, check_host, message, no_run};

const SCRIPT: &str = include_str!("../assets/board.js");
const SCRIPT_ADDRESS: &str = "/board.js";
/// The most runs that are compared at once.
const MOST_COMPARED: usize = 50;

type Folder = State<Arc<PathBuf>>;

/// Which events are asked for.
#[derive(Deserialize)]
struct From {
    /// Bytes from the beginning of the file.
    #[serde(default)]
    from: u64,
}

/// What has happened in a run since.
#[derive(Serialize)]
struct News {
    state: RunState,
    events: Vec<Event>,
    /// Where to go on.
    from: u64,
}

/// What a board answers, for a server of one's own: it only reads, and answers to no other host name than this machine's.
///
/// ```
/// let folder = tempfile::tempdir()?;
/// let router = firebrick_board::router(folder.path());
/// assert!(router.has_routes());
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn router(folder: &Path) -> Router {
    Router::new()
        .route("/", get(list))
        .route(SCRIPT_ADDRESS, get(script))
        .route("/compare", get(compare))
        .route("/runs/{name}", get(page))
        .route("/runs/{name}/report.html", get(report))
        .route("/api/runs", get(runs))
        .route("/api/runs/{name}", get(run))
        .route("/api/runs/{name}/events", get(events))
        .fallback(nothing)
        .layer(middleware::from_fn(check_host))
        .layer(middleware::map_response(answer::with_headers))
        .with_state(Arc::new(folder.to_owned()))
}

async fn nothing() -> Response {
    message(
        StatusCode::NOT_FOUND,
        "There is nothing here; the runs are at /.",
    )
}

async fn script() -> Response {
    (
        [(header::CONTENT_TYPE, "text/javascript; charset=utf-8")],
        SCRIPT,
    )
        .into_response()
}

async fn list(State(folder): Folder) -> Response {
    reading(move || {
        let runs = read_runs(&folder);
        answer::page(runs.and_then(|runs| {
            runs_page(&runs, &folder.display().to_string(), SCRIPT_ADDRESS, now())
        }))
    })
    .await
}

async fn page(State(folder): Folder, InPath(name): InPath<String>) -> Response {
    reading(move || {
        let Some(run) = find(&folder, &name) else {
            return no_run(&name);
        };
        // Looked at before, so that nothing is missed that comes meanwhile.
        let events_read = std::fs::metadata(run.file(EventFile::NAME)).map_or(0, |file| file.len());
        let part = address_part(&name);
        let has_report = run.file(RunDirectory::REPORT).is_file();
        let live = Live {
            script: SCRIPT_ADDRESS.to_owned(),
            home: "/".to_owned(),
            events: format!("/api/runs/{part}/events"),
            events_read,
            report: has_report.then(|| format!("/runs/{part}/report.html")),
        };
        answer::page(
            RunReport::new(RunRecord::read(&run))
                .with_live(live)
                .render(),
        )
    })
    .await
}

/// The page that the run itself has left.
async fn report(State(folder): Folder, InPath(name): InPath<String>) -> Response {
    reading(move || {
        let Some(run) = find(&folder, &name) else {
            return no_run(&name);
        };
        match run.read(RunDirectory::REPORT) {
            Ok(page) => answer::page(Ok(page)),
            Err(error) => message(StatusCode::NOT_FOUND, &error.to_string()),
        }
    })
    .await
}

async fn compare(State(folder): Folder, Query(query): Query<Vec<(String, String)>>) -> Response {
    reading(move || {
        let names = query
            .iter()
            .filter(|(key, _)| key == "run")
            .map(|(_, name)| name);
        let mut runs = Vec::new();
        for name in names.take(MOST_COMPARED) {
            match find(&folder, name) {
                Some(run) => runs.push(RunRecord::read(&run)),
                None => return no_run(name),
            }
        }
        if runs.is_empty() {
            let text = "Choose the runs to compare at /, or name them: /compare?run=NAME&run=NAME";
            return message(StatusCode::BAD_REQUEST, text);
        }
        answer::page(Comparison::new(runs).render(Some("/")))
    })
    .await
}

async fn runs(State(folder): Folder) -> Response {
    reading(move || answer::json(read_runs(&folder))).await
}

async fn run(State(folder): Folder, InPath(name): InPath<String>) -> Response {
    reading(move || match find(&folder, &name) {
        Some(run) => answer::json(Ok::<_, PagesError>(RunSummary::read(&run))),
        None => no_run(&name),
    })
    .await
}

async fn events(
    State(folder): Folder,
    InPath(name): InPath<String>,
    Query(From { from }): Query<From>,
) -> Response {
    reading(move || {
        let Some(run) = find(&folder, &name) else {
            return no_run(&name);
        };
        let path = run.file(EventFile::NAME);
        let (events, from) = if path.exists() {
            let opened = EventReader::open_at(&path, from);
            let read = opened.and_then(|mut reader| Ok((reader.read()?, reader.position())));
            match read {
                Ok(read) => read,
                Err(error) => {
                    return message(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string());
                }
            }
        } else {
            (Vec::new(), 0)
        };
        // All of a run is read only where it may have come to its end.
        let is_over = |event: &Event| matches!(event.what, What::End { .. });
        let state = if run.is_busy() && !events.iter().any(is_over) {
            RunState::Running
        } else {
            RunRecord::read(&run).state()
        };
        answer::json(Ok::<_, PagesError>(News {
            state,
            events,
            from,
        }))
    })
    .await
}

/// The run of this name: one of those that are in the folder, never a path.
fn find(folder: &Path, name: &str) -> Option<RunDirectory> {
    let runs = find_runs(folder).ok()?;
    let is_it = |run: &RunDirectory| run.path().file_name().is_some_and(|own| own == name);
    runs.into_iter().find(is_it)
}

/// Reads files where that keeps nobody else waiting.
async fn reading(read: impl FnOnce() -> Response + Send + 'static) -> Response {
    let read = tokio::task::spawn_blocking(read).await;
    read.unwrap_or_else(|error| message(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()))
}
