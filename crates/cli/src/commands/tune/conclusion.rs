//! What came of a search: a table, a page, JSON, and what to do with the best trial.

use std::fmt::Write as _;

use firebrick::training::figure_text;
use firebrick_tune::{Outcome, TrialRecord, TuneDirectory};
use serde_json::json;

/// Writes the page.
pub(super) fn write_page(outcome: &Outcome, directory: &TuneDirectory) -> anyhow::Result<()> {
    let path = directory.path();
    let name = path.file_name().unwrap_or(path.as_os_str());
    let commands = match outcome.best() {
        Some(best) => commands(outcome, best, directory),
        None => Vec::new(),
    };
    let title = format!("Search {}", name.to_string_lossy());
    let page = outcome.page(&title, &commands)?;
    directory.write(TuneDirectory::PAGE, page.as_bytes())?;
    Ok(())
}

/// What to do with the best trial, each with the command that does it.
fn commands(
    outcome: &Outcome,
    best: &TrialRecord,
    directory: &TuneDirectory,
) -> Vec<(String, String)> {
    let run = directory.trial(best.number);
    let run = run.display();
    let all = outcome.settings().epochs;
    let more = if best.epochs() < all { all } else { 2 * all };
    let command = |what: &str, command: String| (what.to_owned(), command);
    vec![
        command("judge it", format!("firebrick evaluate {run}")),
        command(
            "train it on",
            format!("firebrick train --resume {run} --epochs {more}"),
        ),
        command(
            "train it anew",
            format!("firebrick train --config {run}/config.toml"),
        ),
    ]
}

/// The table, and the best trial with what to do.
pub(super) fn text(outcome: &Outcome, directory: &TuneDirectory) -> String {
    let mut text = format!("\n{outcome}\n");
    match outcome.best() {
        Some(best) => {
            let figure = best.figure().map(figure_text).unwrap_or_default();
            let _ = writeln!(
                text,
                "best     trial {}: {} {figure} after epoch {}, with {}",
                best.number,
                outcome.settings().monitor,
                best.epochs(),
                best.values
            );
            for (what, command) in commands(outcome, best, directory) {
                let _ = writeln!(text, "{what:<13} {command}");
            }
        }
        None => text.push_str("best     none: no trial has a figure\n"),
    }
    let there: Vec<&str> = TuneDirectory::FILES
        .into_iter()
        .filter(|name| directory.file(name).exists())
        .collect();
    let _ = writeln!(
        text,
        "files    {}: {}, and a run for each trial",
        directory.path().display(),
        there.join(", ")
    );
    if !outcome.is_whole() {
        let _ = writeln!(
            text,
            "not finished; go on with it: firebrick tune --resume {}",
            directory.path().display()
        );
    }
    text
}

/// The same as JSON.
pub(super) fn json(outcome: &Outcome, directory: &TuneDirectory) -> anyhow::Result<String> {
    let settings = outcome.settings();
    let trial = |record: &TrialRecord| {
        json!({
            "trial": record.number,
            "run": directory.trial(record.number),
            "values": record.values,
            "figure": record.figure(),
            "figures": record.figures,
            "epochs": record.epochs(),
            "seconds": record.seconds,
            "state": record.state,
        })
    };
    let value = json!({
        "directory": directory.path(),
        "settings": settings,
        "search": outcome.space(),
        "finished": outcome.is_whole(),
        "best": outcome.best().map(trial),
        "trials": outcome.ranked().map(trial).collect::<Vec<_>>(),
    });
    Ok(format!("{}\n", serde_json::to_string_pretty(&value)?))
}
