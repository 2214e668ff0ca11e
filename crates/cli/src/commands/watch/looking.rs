use std::path::Path;
use std::process::ExitCode;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use anyhow::anyhow;
use firebrick::dashboards::{
    Dashboard, DashboardSettings, Pane, Role, RunEvents, Screen, Theme, View, text,
};
use firebrick::models::nearest_name;
use firebrick::sessions::{Connection, Event, SessionHandle, Speaker, Watcher, What};
use firebrick::training::{Display, StopHandle};

use super::WatchArguments;
use crate::failure::OrUsage;
use crate::output;

/// How often a file is looked at.
const GLANCE: Duration = Duration::from_millis(100);

pub(super) fn run(arguments: &WatchArguments) -> anyhow::Result<ExitCode> {
    let pane = pane(&arguments.pane).or_usage()?;
    let run = arguments.runs.open(&arguments.run)?;
    let mut screen = Screen::new(Theme::from_environment())
        .with_pane(pane)
        .with_role(Role::Watching);
    if let Some(other) = &arguments.compare {
        let other = arguments.runs.open(other)?;
        screen = screen.with_behind(RunEvents::open(other.path())?.view()?);
    }
    let mut events = RunEvents::open(run.path())?;
    let view = events.view()?;
    if arguments.once {
        // Where the output is no terminal, that of the usual size.
        let size = console::Term::stdout().size_checked();
        let (lines, columns) = size.unwrap_or((24, 80));
        output::print(&text(&view, &screen, columns, lines))?;
        return Ok(ExitCode::SUCCESS);
    }
    Display::Dashboard
        .resolve()
        .map_err(|error| anyhow!("{error}; `--once` prints one screen of the dashboard as text"))
        .or_usage()?;
    watch(&mut events, view, screen, run.path())?;
    Ok(ExitCode::SUCCESS)
}

fn pane(name: &str) -> anyhow::Result<Pane> {
    let names = Pane::ALL.map(|pane| pane.name().to_lowercase());
    let found = Pane::ALL.into_iter().zip(&names);
    let mut found = found.filter(|(_, own)| own.eq_ignore_ascii_case(name));
    if let Some((pane, _)) = found.next() {
        return Ok(pane);
    }
    let known: Vec<&str> = names.iter().map(String::as_str).collect();
    let guess = nearest_name(name, &known);
    let guess = guess.map_or_else(String::new, |guess| format!("did you mean `{guess}`? "));
    Err(anyhow!(
        "unknown pane `{name}`; {guess}known panes: {}",
        known.join(", ")
    ))
}

/// Until somebody leaves.
fn watch(events: &mut RunEvents, view: View, screen: Screen, run: &Path) -> anyhow::Result<()> {
    let stop = StopHandle::new();
    let _ctrl_c = stop.on_ctrl_c()?;
    let session = SessionHandle::new();
    let (sender, refusals) = channel();
    let mut last = Event {
        step: 0,
        epoch: 0,
        seconds: 0.0,
        what: What::EpochBegin,
    };
    let mut dashboard = Dashboard::open(DashboardSettings {
        screen,
        view,
        session: session.clone(),
        run: Some(run.to_owned()),
        on_panic: None,
    })?;
    let run = run.to_owned();
    thread::Builder::new()
        .name("asking".to_owned())
        .spawn(move || ask(&session, &run, &sender))?;
    while dashboard.is_open() && !stop.is_stopped() {
        for event in events.read()? {
            dashboard.tell(&event);
            last = event;
        }
        refused(&refusals, &mut dashboard, &last);
    }
    Ok(())
}

/// Waits for a moment whether an action was refused, and shows it.
fn refused(refusals: &Receiver<String>, dashboard: &mut Dashboard, last: &Event) {
    if let Ok(text) = refusals.recv_timeout(GLANCE) {
        let from = Speaker::Refused;
        dashboard.tell(&Event {
            what: What::Words { from, text },
            ..last.clone()
        });
    }
}

/// Passes what keys ask for on to the training, one after the other, as long as somebody looks.
fn ask(session: &SessionHandle, run: &Path, refusals: &Sender<String>) {
    const LONGEST_STEP: Duration = Duration::from_mins(10);

    loop {
        let Some(request) = session.wait(Duration::from_secs(1)) else {
            continue;
        };
        let action = request.action;
        let answer = Connection::open(run)
            .and_then(|mut connection| connection.ask(action, "watch", LONGEST_STEP));
        let refusal = match answer {
            // The training itself tells all who watch what it refuses.
            Ok(_) => continue,
            Err(error) => format!("{action}: {error}"),
        };
        if refusals.send(refusal).is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panes_are_known_by_their_names() {
        assert_eq!(pane("Words").unwrap(), Pane::Words);
        let error = pane("curve").unwrap_err().to_string();
        assert!(error.contains("did you mean `curves`?"), "{error}");
    }
}
