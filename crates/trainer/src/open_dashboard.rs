//! The dashboard over a training: it is told events and asks a session.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use firebrick_session::{Event, SessionHandle, Watcher};

use crate::error::TrainError;
use crate::session::SharedWatcher;

/// An open dashboard; dropping it gives the terminal back, whoever else is still to tell it something.
pub(crate) struct OpenDashboard {
    shown: Arc<Mutex<Shown>>,
}

/// There until the dashboard is closed.
struct Shown(Option<Box<dyn Watcher>>);

impl Watcher for Shown {
    fn tell(&mut self, event: &Event) {
        if let Some(shown) = &mut self.0 {
            shown.tell(event);
        }
    }
}

/// What is done about panics under it, which are not to be printed across it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Panics {
    /// They are errors of the training, and stand in its log.
    Logged,
    /// They are printed when it is gone.
    Kept,
}

impl OpenDashboard {
    /// Has the training drawn on the terminal, with the curves of another run behind its own.
    ///
    /// # Errors
    /// A terminal that cannot be drawn on, a build without it, another run that cannot be read.
    pub(crate) fn open(
        session: &SessionHandle,
        run: Option<&Path>,
        compared: Option<&Path>,
        panics: Panics,
    ) -> Result<Self, TrainError> {
        let shown = Shown(Some(open(session, run, compared, panics)?));
        Ok(Self {
            shown: Arc::new(Mutex::new(shown)),
        })
    }

    /// Who is to be told what happens.
    pub(crate) fn watcher(&self) -> SharedWatcher {
        // The type of what is shared widens here.
        let shown: SharedWatcher = self.shown.clone();
        shown
    }
}

impl Watcher for OpenDashboard {
    fn tell(&mut self, event: &Event) {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        shown.tell(event);
    }
}

impl Drop for OpenDashboard {
    fn drop(&mut self) {
        let shown = self
            .shown
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .0
            .take();
        drop(shown);
    }
}

#[cfg(feature = "tui")]
fn open(
    session: &SessionHandle,
    run: Option<&Path>,
    compared: Option<&Path>,
    panics: Panics,
) -> Result<Box<dyn Watcher>, TrainError> {
    use firebrick_dashboard::{Dashboard, DashboardSettings, RunEvents, Screen, Theme, View};

    // It has a hook for good, which has to lie below the dashboard's.
    let _ = firebrick_tensor::catch_panic(|| ());
    let mut screen = Screen::new(Theme::from_environment());
    if let Some(compared) = compared {
        let view = RunEvents::open(compared).and_then(|mut run| run.view());
        screen = screen.with_behind(view?);
    }
    let log: fn(&str) = |text| log::error!("{text}");
    let dashboard = Dashboard::open(DashboardSettings {
        screen,
        view: View::new(),
        session: session.clone(),
        run: run.map(Path::to_owned),
        on_panic: (panics == Panics::Logged).then_some(log),
    })?;
    Ok(Box::new(dashboard))
}

#[cfg(not(feature = "tui"))]
fn open(
    _: &SessionHandle,
    _: Option<&Path>,
    _: Option<&Path>,
    _: Panics,
) -> Result<Box<dyn Watcher>, TrainError> {
    Err(TrainError::NoDashboard {
        reason: "this build is without it; build with `--features tui`",
    })
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Sender, channel};

    use firebrick_session::What;

    use super::*;

    struct Steps(Sender<u64>);

    impl Watcher for Steps {
        fn tell(&mut self, event: &Event) {
            let _ = self.0.send(event.step);
        }
    }

    #[test]
    fn a_closed_dashboard_is_told_nothing_by_those_who_still_know_it() {
        let (sender, steps) = channel();
        let shown = Shown(Some(Box::new(Steps(sender))));
        let mut dashboard = OpenDashboard {
            shown: Arc::new(Mutex::new(shown)),
        };
        let watcher = dashboard.watcher();
        let event = |step| Event {
            step,
            epoch: 1,
            seconds: 0.0,
            what: What::EpochBegin,
        };
        dashboard.tell(&event(1));
        watcher.lock().unwrap().tell(&event(2));
        drop(dashboard);
        watcher.lock().unwrap().tell(&event(3));
        // The sender is gone with the dashboard.
        assert_eq!(steps.iter().collect::<Vec<_>>(), [1, 2]);
    }
}
