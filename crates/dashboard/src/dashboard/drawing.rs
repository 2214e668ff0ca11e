use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use firebrick_session::{SessionHandle, Watcher};
use ratatui::crossterm::event::{
    self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseEvent, MouseEventKind,
};

use super::{DashboardSettings, Switch};
use crate::draw::{draw, shown_pictures};
use crate::error::DashboardError;
#[cfg(unix)]
use crate::graphics::Graphics;
use crate::inbox::Inbox;
#[cfg(not(unix))]
use crate::no_graphics::Graphics;
use crate::run::{RunEvents, siblings};
use crate::screen::{Reply, Role, Screen};
use crate::terminal::{Terminal, is_there};
use crate::view::View;

/// At most ten pictures a second.
const FRAME: Duration = Duration::from_millis(100);
/// How long a key or an event may wait to be seen.
const GLANCE: Duration = Duration::from_millis(50);

/// Who the training is asked by.
const BY: &str = "dashboard";

/// What draws: it looks for events and keys in turns.
pub(super) struct Drawing {
    view: View,
    screen: Screen,
    session: SessionHandle,
    run: Option<PathBuf>,
    terminal: Terminal,
    graphics: Option<Graphics>,
    inbox: Arc<Inbox>,
    switch: Arc<Switch>,
    /// Whether the picture is not what is to be seen.
    is_stale: bool,
}

/// Whether it goes on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Flow {
    GoOn,
    Close,
}

impl Drawing {
    pub(super) fn new(
        settings: DashboardSettings,
        terminal: Terminal,
        inbox: Arc<Inbox>,
        switch: Arc<Switch>,
    ) -> Self {
        Self {
            view: settings.view,
            screen: settings.screen,
            session: settings.session,
            run: settings.run,
            terminal,
            graphics: None,
            inbox,
            switch,
            is_stale: true,
        }
    }

    /// Draws pictures as the terminal takes them, or says why not.
    pub(super) fn draw_by(&mut self, graphics: Result<Option<Graphics>, DashboardError>) {
        match graphics {
            Ok(graphics) => self.graphics = graphics,
            Err(error) => self.screen.message = Some(error.to_string()),
        }
    }

    /// Draws until somebody closes it, or the terminal is gone.
    pub(super) fn run(mut self) {
        let mut drawn: Option<Instant> = None;
        while !self.switch.is_closing() {
            for event in self.inbox.take() {
                self.view.tell(&event);
                self.is_stale = true;
            }
            self.is_stale |= self.terminal.is_torn();
            let wait = drawn.map_or(Duration::ZERO, |drawn| {
                FRAME.saturating_sub(drawn.elapsed())
            });
            if self.is_stale && wait.is_zero() {
                if self.draw().is_err() {
                    return;
                }
                drawn = Some(Instant::now());
                self.is_stale = false;
            }
            let wait = if self.is_stale {
                wait.min(GLANCE)
            } else {
                GLANCE
            };
            if self.keys(wait) == Flow::Close {
                return;
            }
        }
    }

    fn draw(&mut self) -> io::Result<()> {
        let (view, screen) = (&self.view, &self.screen);
        if let Some(graphics) = self.graphics.as_mut().filter(|_| self.terminal.is_torn()) {
            graphics.forget();
        }
        let graphics = &mut self.graphics;
        self.terminal.draw(|frame| {
            draw(view, screen, frame);
            if let Some(graphics) = graphics {
                graphics.draw(&shown_pictures(view, screen, frame.area()), frame);
            }
        })
    }

    /// Waits for so long, and takes the keys that have come.
    ///
    /// Waiting is not left to the terminal: one that goes meanwhile would be waited for for ever.
    fn keys(&mut self, wait: Duration) -> Flow {
        std::thread::sleep(wait);
        if !self.terminal.is_ours() {
            return Flow::GoOn;
        }
        if !is_there() {
            return Flow::Close;
        }
        while event::poll(Duration::ZERO).unwrap_or(false) {
            let Ok(event) = event::read() else {
                return Flow::Close;
            };
            self.is_stale |= !is_motion(&event);
            if self.event(&event) == Flow::Close {
                return Flow::Close;
            }
        }
        Flow::GoOn
    }

    fn event(&mut self, event: &Event) -> Flow {
        match event {
            Event::Key(key) if key.kind != KeyEventKind::Release => {
                let reply = self.key(*key);
                self.answer(reply)
            }
            Event::Mouse(mouse) => {
                self.mouse(*mouse);
                Flow::GoOn
            }
            _ => Flow::GoOn,
        }
    }

    fn key(&mut self, key: KeyEvent) -> Reply {
        let is_control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Char('c') if is_control && self.screen.role == Role::Watching => Reply::Close,
            // A key only where it is no signal.
            KeyCode::Char('c') if is_control => self.screen.press(KeyCode::Char('q'), &self.view),
            // What Ctrl makes of a letter is no letter to be typed.
            KeyCode::Char(_) if is_control => Reply::Nothing,
            code => self.screen.press(code, &self.view),
        }
    }

    fn mouse(&mut self, mouse: MouseEvent) {
        let (columns, lines) = self.terminal.size();
        self.screen.point(mouse, (columns, lines), &self.view);
    }

    fn answer(&mut self, reply: Reply) -> Flow {
        match reply {
            Reply::Nothing => {}
            Reply::Close => return Flow::Close,
            Reply::Ask(action) => self.session.ask(action, BY),
            Reply::ListRuns => {
                let runs = self.run.as_deref().map(siblings).unwrap_or_default();
                let names = runs.into_iter().map(|(name, _)| name);
                self.screen.choose(names.collect());
            }
            Reply::Compare(None) => self.screen.behind = None,
            Reply::Compare(Some(name)) => self.compare(&name),
        }
        Flow::GoOn
    }

    /// Has the run of this name behind the curves.
    fn compare(&mut self, name: &str) {
        let runs = self.run.as_deref().map(siblings).unwrap_or_default();
        let Some((_, path)) = runs.into_iter().find(|(own, _)| own == name) else {
            self.screen.message = Some(format!("`{name}` is not there any more"));
            return;
        };
        match RunEvents::open(&path).and_then(|mut run| run.view()) {
            Ok(view) => self.screen.behind = Some(view),
            Err(error) => self.screen.message = Some(error.to_string()),
        }
    }
}

/// Whether it is nothing but the mouse on its way.
fn is_motion(event: &Event) -> bool {
    let Event::Mouse(mouse) = event else {
        return false;
    };
    matches!(mouse.kind, MouseEventKind::Moved | MouseEventKind::Drag(_))
}
