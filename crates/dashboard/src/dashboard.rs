//! The dashboard on a terminal, drawn by a thread of its own.

mod drawing;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use firebrick_session::{Event, SessionHandle, Watcher};

use crate::error::DashboardError;
#[cfg(unix)]
use crate::graphics::Graphics;
use crate::inbox::Inbox;
#[cfg(not(unix))]
use crate::no_graphics::Graphics;
use crate::panics::KeptPanics;
use crate::screen::Screen;
use crate::terminal::Terminal;
use crate::view::View;
use drawing::Drawing;

/// How long closing may take.
const TO_CLOSE: Duration = Duration::from_secs(2);

/// What a dashboard shows and whom it asks.
///
/// ```
/// use firebrick_dashboard::{DashboardSettings, Screen, Theme, View};
/// use firebrick_session::SessionHandle;
///
/// let settings = DashboardSettings {
///     screen: Screen::new(Theme::from_environment()),
///     view: View::new(),
///     session: SessionHandle::new(),
///     run: None,
///     on_panic: Some(|text| eprintln!("{text}")),
/// };
/// # let _ = settings;
/// ```
#[derive(Clone, Debug)]
pub struct DashboardSettings {
    /// What is looked at first.
    pub screen: Screen,
    /// What the training has told already.
    pub view: View,
    /// Who is asked for actions.
    pub session: SessionHandle,
    /// The directory of the run, beside which others lie to be compared with.
    pub run: Option<PathBuf>,
    /// Who is told of a panic under the dashboard; else it is printed when the dashboard is gone.
    pub on_panic: Option<fn(&str)>,
}

/// A training drawn on the terminal of this process, until it is dropped.
///
/// It is a [`Watcher`]: telling it something never waits for the terminal. What somebody asks for by its keys is asked of a
/// [`SessionHandle`]. Dropping it gives the terminal back.
///
/// ```no_run
/// use firebrick_dashboard::{Dashboard, DashboardSettings, Screen, Theme, View};
/// use firebrick_session::{Event, SessionHandle, Watcher, What};
///
/// let session = SessionHandle::new();
/// let mut dashboard = Dashboard::open(DashboardSettings {
///     screen: Screen::new(Theme::from_environment()),
///     view: View::new(),
///     session: session.clone(),
///     run: None,
///     on_panic: None,
/// })?;
/// dashboard.tell(&Event { step: 0, epoch: 1, seconds: 0.0, what: What::EpochBegin });
/// if let Some(request) = session.take() {
///     println!("{} is to be done", request.action);
/// }
/// # Ok::<(), firebrick_dashboard::DashboardError>(())
/// ```
pub struct Dashboard {
    inbox: Arc<Inbox>,
    switch: Arc<Switch>,
    thread: Option<JoinHandle<()>>,
    /// Behind the thread, so that panics are printed when the terminal is as it was.
    _panics: KeptPanics,
}

/// Whether a dashboard is still drawn.
#[derive(Debug, Default)]
pub(crate) struct Switch {
    /// Whoever tells it has gone.
    is_closing: AtomicBool,
    /// Whoever looks at it has gone.
    is_closed: AtomicBool,
}

impl Switch {
    pub(crate) fn is_closing(&self) -> bool {
        self.is_closing.load(Ordering::Acquire)
    }
}

impl Dashboard {
    /// Takes the terminal.
    ///
    /// # Errors
    /// A terminal that cannot be drawn on.
    pub fn open(settings: DashboardSettings) -> Result<Self, DashboardError> {
        let failed = |source| DashboardError::Terminal { source };
        let panics = KeptPanics::install(settings.on_panic);
        let terminal = Terminal::open(settings.screen.role).map_err(failed)?;
        // Before the first picture, and before anybody listens for keys.
        let graphics = terminal.undisturbed(Graphics::find);
        let inbox = Arc::new(Inbox::default());
        let switch = Arc::new(Switch::default());
        let mut drawing = Drawing::new(settings, terminal, Arc::clone(&inbox), Arc::clone(&switch));
        if let Some(graphics) = graphics {
            drawing.draw_by(graphics);
        }
        let closing = Arc::clone(&switch);
        let thread = thread::Builder::new().name("dashboard".to_owned());
        let thread = thread.spawn(move || {
            let _closed = Closed(closing);
            drawing.run();
        });
        Ok(Self {
            inbox,
            switch,
            thread: Some(thread.map_err(failed)?),
            _panics: panics,
        })
    }

    /// Whether somebody still looks at it.
    pub fn is_open(&self) -> bool {
        !self.switch.is_closed.load(Ordering::Acquire)
    }
}

/// Says that nobody looks any more, however that came.
struct Closed(Arc<Switch>);

impl Drop for Closed {
    fn drop(&mut self) {
        self.0.is_closed.store(true, Ordering::Release);
    }
}

impl Watcher for Dashboard {
    fn tell(&mut self, event: &Event) {
        if self.is_open() {
            self.inbox.push(event.clone());
        }
    }
}

impl Drop for Dashboard {
    fn drop(&mut self) {
        self.switch.is_closing.store(true, Ordering::Release);
        let Some(thread) = self.thread.take() else {
            return;
        };
        let asked = Instant::now();
        while !thread.is_finished() {
            if asked.elapsed() > TO_CLOSE {
                // It waits for a terminal that takes nothing any more; the process need not.
                return;
            }
            thread::sleep(Duration::from_millis(2));
        }
        // A panic of the thread has been told already.
        let _ = thread.join();
    }
}

impl std::fmt::Debug for Dashboard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Dashboard")
            .field("is_open", &self.is_open())
            .finish_non_exhaustive()
    }
}
