use std::path::Path;
use std::process::ExitCode;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use anyhow::anyhow;
use firebrick::dashboards::{
    Dashboard, DashboardSettings, Pane, Role, RunEvents, Screen, Theme, View, text,
};
use firebrick::sessions::{Connection, Event, SessionHandle, Speaker, Watcher, What};
use firebrick::training::{Display, StopHandle};

use super::WatchArguments;
use crate::failure::OrUsage;
use crate::output;

/// How often a file is looked at.
const GLANCE: Duration = Duration::from_millis(100);

pub(super) fn run(arguments: &WatchArguments) -> anyhow::Result<ExitCode> {
    let pane = arguments.pane.parse::<Pane>().or_usage()?;
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
