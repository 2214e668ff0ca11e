//! The terminal while the dashboard has it, and as it was before and afterwards.

#[cfg(unix)]
mod job_control;

use std::io::{self, Stdout, stdout};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ratatui::Frame;
use ratatui::backend::CrosstermBackend;
use ratatui::crossterm::cursor::{Hide, Show};
use ratatui::crossterm::event::{DisableMouseCapture, EnableMouseCapture};
use ratatui::crossterm::execute;
use ratatui::crossterm::terminal::{
    BeginSynchronizedUpdate, Clear, ClearType, EndSynchronizedUpdate, EnterAlternateScreen,
    LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};

use crate::screen::Role;

/// A terminal that is drawn on; dropping it gives it back, also while a panic unwinds.
pub(crate) struct Terminal {
    inner: ratatui::Terminal<CrosstermBackend<Stdout>>,
    held: Arc<Held>,
}

/// Whether the terminal is ours at the moment: it is not while the process stands still.
#[derive(Debug)]
struct Held {
    role: Role,
    state: Mutex<State>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Shown,
    /// It is ours again, and has something else on it.
    Torn,
    Away,
}

impl Terminal {
    /// Takes the terminal.
    pub(crate) fn open(role: Role) -> io::Result<Self> {
        let inner = ratatui::Terminal::new(CrosstermBackend::new(stdout()))?;
        let held = Arc::new(Held {
            role,
            state: Mutex::new(State::Away),
        });
        held.take()?;
        #[cfg(unix)]
        job_control::listen(&held)?;
        Ok(Self { inner, held })
    }

    /// Draws, if the terminal is ours at the moment.
    pub(crate) fn draw(&mut self, draw: impl FnOnce(&mut Frame<'_>)) -> io::Result<()> {
        let mut state = self.held.state();
        match *state {
            State::Away => return Ok(()),
            State::Torn => {
                // Its own way of clearing asks the terminal where the cursor is, which not all answer.
                execute!(stdout(), Clear(ClearType::All))?;
                self.inner = ratatui::Terminal::new(CrosstermBackend::new(stdout()))?;
            }
            State::Shown => {}
        }
        *state = State::Shown;
        execute!(stdout(), BeginSynchronizedUpdate)?;
        let drawn = self.inner.draw(draw).map(|_| ());
        execute!(stdout(), EndSynchronizedUpdate)?;
        drawn
    }

    /// Does something while nobody takes the terminal away; nothing, if it is not ours.
    pub(crate) fn undisturbed<T>(&self, what: impl FnOnce() -> T) -> Option<T> {
        let state = self.held.state();
        (*state != State::Away).then(what)
    }

    /// Columns and lines.
    pub(crate) fn size(&self) -> (u16, u16) {
        let size = self.inner.size().unwrap_or_default();
        (size.width, size.height)
    }

    /// Whether it is ours at the moment.
    pub(crate) fn is_ours(&self) -> bool {
        *self.held.state() != State::Away
    }

    /// Whether the terminal has to be drawn anew.
    pub(crate) fn is_torn(&self) -> bool {
        *self.held.state() == State::Torn
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        #[cfg(unix)]
        job_control::forget();
        self.held.give_back();
    }
}

impl Held {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the terminal from whoever has it.
    fn take(&self) -> io::Result<()> {
        let mut state = self.state();
        if *state == State::Away {
            let entered = self.enter();
            if entered.is_err() {
                leave();
            }
            entered?;
            *state = State::Torn;
        }
        Ok(())
    }

    fn give_back(&self) {
        let mut state = self.state();
        if *state != State::Away {
            leave();
            *state = State::Away;
        }
    }

    fn enter(&self) -> io::Result<()> {
        enable_raw_mode()?;
        #[cfg(unix)]
        job_control::let_signals_through(self.role)?;
        execute!(stdout(), EnterAlternateScreen, EnableMouseCapture, Hide)
    }
}

/// Whether there still is a terminal.
pub(crate) fn is_there() -> bool {
    #[cfg(unix)]
    let is_there = rustix::termios::tcgetattr(io::stdin()).is_ok();
    #[cfg(not(unix))]
    let is_there = true;
    is_there
}

/// As far as it goes: there is nobody to tell what does not.
fn leave() {
    let _ = execute!(stdout(), DisableMouseCapture, LeaveAlternateScreen, Show);
    let _ = disable_raw_mode();
}
