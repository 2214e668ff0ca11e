use firebrick_session::Action;
use ratatui::crossterm::event::KeyCode;

use super::{Axis, Mode, Prompt, Question, Role, Scale, Screen};
use crate::keys::{Command, command};
use crate::pane::Pane;
use crate::view::View;

/// What is to be done about a key beside what it changed on the screen.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Reply {
    Nothing,
    /// The training is asked for it.
    Ask(Action),
    /// The runs that there are to compare with are to be listed.
    ListRuns,
    /// This run is to be behind the curves, or none.
    Compare(Option<String>),
    Close,
}

impl Screen {
    /// Takes a key.
    pub(crate) fn press(&mut self, code: KeyCode, view: &View) -> Reply {
        self.message = None;
        match std::mem::take(&mut self.mode) {
            Mode::Normal => match command(code) {
                Some(command) => self.obey(command, view),
                None => self.hint(code),
            },
            Mode::Help => match code {
                KeyCode::Char('q') | KeyCode::Esc => Reply::Nothing,
                _ => match command(code) {
                    Some(Command::Help) | None => Reply::Nothing,
                    Some(command) => self.obey(command, view),
                },
            },
            Mode::Typing { prompt, text } => self.typed(code, prompt, text),
            Mode::Asking(question) => {
                let KeyCode::Char(answer) = code else {
                    return Reply::Nothing;
                };
                let (action, next) = question.answered(answer);
                if let Some(next) = next {
                    self.mode = Mode::Asking(next);
                }
                action.map_or(Reply::Nothing, |action| self.ask(action, view))
            }
            Mode::Choosing { names, at } => self.chosen(code, names, at),
        }
    }

    /// Offers runs to compare with.
    pub(crate) fn choose(&mut self, names: Vec<String>) {
        if names.is_empty() {
            self.message = Some("there is no other run beside this one".to_owned());
        } else {
            self.mode = Mode::Choosing { names, at: 0 };
        }
    }

    fn hint(&mut self, code: KeyCode) -> Reply {
        self.message = Some(format!("{code} does nothing; ? lists the keys"));
        Reply::Nothing
    }

    fn obey(&mut self, command: Command, view: &View) -> Reply {
        match command {
            Command::Pause if view.pace.is_paused() => return self.ask(Action::Resume, view),
            Command::Pause => return self.ask(Action::Pause, view),
            Command::RateUp => return self.ask(Action::ScaleRate(2.0), view),
            Command::RateDown => return self.ask(Action::ScaleRate(0.5), view),
            Command::Validate => return self.ask(Action::Validate, view),
            Command::Checkpoint => return self.ask(Action::Checkpoint, view),
            Command::Best => return self.ask(Action::Best, view),
            Command::EndEpoch => return self.ask(Action::EndEpoch, view),
            Command::Rate => self.prompt(Prompt::Rate),
            Command::Epochs => self.prompt(Prompt::Epochs),
            Command::Search => {
                self.pane = Pane::Words;
                self.prompt(Prompt::Search);
            }
            Command::Stop => self.mode = Mode::Asking(Question::Stop),
            Command::Discard => self.mode = Mode::Asking(Question::Discard),
            Command::Quit if self.role == Role::Watching || view.has_ended() => {
                return Reply::Close;
            }
            Command::Quit => self.mode = Mode::Asking(Question::Leave),
            Command::Compare => return Reply::ListRuns,
            Command::Help => self.mode = Mode::Help,
            _ => self.look(command, view),
        }
        Reply::Nothing
    }

    /// What changes nothing but the screen.
    pub(super) fn look(&mut self, command: Command, view: &View) {
        match command {
            Command::Pane(pane) => self.pane = pane,
            Command::NextPane => self.pane = self.pane.next(1),
            Command::LastPane => self.pane = self.pane.next(Pane::ALL.len() - 1),
            Command::Whole => self.is_whole = !self.is_whole,
            Command::ZoomIn => self.zoom = (self.zoom + 1).min(12),
            Command::ZoomOut => {
                self.zoom = self.zoom.saturating_sub(1);
                self.shift /= 2;
            }
            Command::All => (self.zoom, self.shift, self.line) = (0, 0, 0),
            Command::Axis => {
                self.axis = match self.axis {
                    Axis::Steps => Axis::Epochs,
                    Axis::Epochs => Axis::Steps,
                };
            }
            Command::Smoothing => {
                self.smoothing = (self.smoothing + 1) % Self::SMOOTHINGS.len();
            }
            Command::Log => {
                self.scale = match self.scale {
                    Scale::Linear => Scale::Log,
                    Scale::Log => Scale::Linear,
                };
            }
            Command::Up => self.step_by(-1, view),
            Command::Down => self.step_by(1, view),
            Command::PageUp => self.step_by(-10, view),
            Command::PageDown => self.step_by(10, view),
            Command::Earlier => self.side(-1),
            Command::Later => self.side(1),
            Command::Escape => {
                if !self.search.is_empty() {
                    self.search.clear();
                } else if self.is_whole {
                    self.is_whole = false;
                } else {
                    self.behind = None;
                }
            }
            _ => {}
        }
    }

    /// The figure, layer, sample or line so many after the one at hand.
    fn step_by(&mut self, by: isize, view: &View) {
        let within =
            |at: usize, count: usize| at.saturating_add_signed(by).min(count.saturating_sub(1));
        match self.pane {
            Pane::Curves | Pane::Rate => {
                self.figure = within(self.figure, view.curves.figures.len());
            }
            Pane::Layers => self.layer = within(self.layer, view.layers.layers.len()),
            Pane::Samples => self.sample = within(self.sample, view.samples.len()),
            // Up is towards the older ones.
            Pane::Words => {
                let count = view.words.iter().count();
                let line = self.line.saturating_add_signed(-by);
                self.line = line.min(count.saturating_sub(1));
            }
        }
    }

    fn side(&mut self, by: isize) {
        match self.pane {
            Pane::Curves | Pane::Rate => {
                let furthest = (4_u32 << self.zoom.min(20)) - 4;
                let shift = if by < 0 {
                    self.shift + 1
                } else {
                    self.shift.saturating_sub(1)
                };
                self.shift = shift.min(furthest);
            }
            Pane::Layers => self.measure = self.measure.wrapping_add_signed(by),
            Pane::Samples => self.is_confusion = !self.is_confusion,
            Pane::Words => {}
        }
    }

    fn prompt(&mut self, prompt: Prompt) {
        let text = match prompt {
            Prompt::Search => self.search.clone(),
            Prompt::Rate | Prompt::Epochs => String::new(),
        };
        self.mode = Mode::Typing { prompt, text };
    }

    fn typed(&mut self, code: KeyCode, prompt: Prompt, mut text: String) -> Reply {
        /// Nothing that is asked for is longer.
        const LONGEST: usize = 60;

        match code {
            KeyCode::Esc => return Reply::Nothing,
            KeyCode::Enter => match prompt.action(&text) {
                Ok(Some(action)) => return self.sent(action),
                Ok(None) => return Reply::Nothing,
                Err(error) => {
                    self.message = Some(error.to_string());
                    return Reply::Nothing;
                }
            },
            KeyCode::Backspace => {
                text.pop();
            }
            KeyCode::Char(letter) if text.chars().count() < LONGEST => text.push(letter),
            _ => {}
        }
        if prompt == Prompt::Search {
            self.search.clone_from(&text);
            self.line = 0;
        }
        self.mode = Mode::Typing { prompt, text };
        Reply::Nothing
    }

    fn chosen(&mut self, code: KeyCode, names: Vec<String>, at: usize) -> Reply {
        let at = match code {
            KeyCode::Up => at.saturating_sub(1),
            KeyCode::Down => (at + 1).min(names.len().saturating_sub(1)),
            KeyCode::Enter => return Reply::Compare(names.get(at).cloned()),
            KeyCode::Char('c' | '-') => return Reply::Compare(None),
            KeyCode::Esc | KeyCode::Char('q') => return Reply::Nothing,
            _ => at,
        };
        self.mode = Mode::Choosing { names, at };
        Reply::Nothing
    }

    fn ask(&mut self, action: Action, view: &View) -> Reply {
        match &view.end {
            Some(end) => {
                self.message = Some(format!("the training is over: {}", end.reason));
                Reply::Nothing
            }
            None => self.sent(action),
        }
    }

    fn sent(&mut self, action: Action) -> Reply {
        self.message = Some(format!("asked for: {action}"));
        Reply::Ask(action)
    }
}

#[cfg(test)]
mod tests {
    use firebrick_session::{Event, Watcher, What};
    use ratatui::crossterm::event::KeyCode::{Backspace, Char, Down, Enter, Esc, Left, Tab};

    use super::*;
    use crate::theme::Theme;

    fn screen() -> Screen {
        Screen::new(Theme::default())
    }

    /// The last reply to these keys.
    fn pressed(screen: &mut Screen, keys: &[KeyCode]) -> Reply {
        let view = View::new();
        let replies = keys.iter().map(|key| screen.press(*key, &view));
        replies.last().unwrap_or(Reply::Nothing)
    }

    #[test]
    fn actions_are_asked_for_by_their_keys() {
        for (keys, action) in [
            (&[Char(' ')][..], Action::Pause),
            (&[Char('>')], Action::ScaleRate(2.0)),
            (&[Char('<')], Action::ScaleRate(0.5)),
            (&[Char('v')], Action::Validate),
            (&[Char('k')], Action::Checkpoint),
            (&[Char('b')], Action::Best),
            (&[Char('f')], Action::EndEpoch),
            (&[Char('S'), Char('y')], Action::Stop),
            (&[Char('q'), Char('s')], Action::Stop),
            (&[Char('q'), Char('f')], Action::EndEpoch),
            (&[Char('D'), Char('y'), Char('y')], Action::Discard),
            (
                &[Char('q'), Char('D'), Char('y'), Char('y')],
                Action::Discard,
            ),
            (
                &[Char('r'), Char('x'), Char('1'), Backspace, Char('3'), Enter],
                Action::ScaleRate(3.0),
            ),
            (
                &[Char('n'), Char('+'), Char('2'), Enter],
                Action::MoreEpochs(2),
            ),
        ] {
            assert_eq!(pressed(&mut screen(), keys), Reply::Ask(action), "{keys:?}");
        }
    }

    #[test]
    fn what_cannot_be_undone_is_asked_twice_and_other_keys_go_on() {
        for keys in [
            &[Char('S'), Char('n')][..],
            &[Char('D'), Char('y'), Char('n')],
            &[Char('D'), Esc],
            &[Char('q'), Enter],
            &[Char('r'), Char('1'), Esc],
            &[Char('n'), Enter],
        ] {
            let mut screen = screen();
            assert_eq!(pressed(&mut screen, keys), Reply::Nothing, "{keys:?}");
            assert_eq!(screen.mode, Mode::Normal, "{keys:?}");
        }
    }

    #[test]
    fn a_paused_training_goes_on_and_one_that_is_over_is_asked_for_nothing() {
        let mut view = View::new();
        let event = |what| Event {
            step: 1,
            epoch: 1,
            seconds: 1.0,
            what,
        };
        view.tell(&event(What::Action {
            action: Action::Pause,
            by: "dashboard".to_owned(),
            learning_rate: 0.1,
        }));
        let mut screen = screen();
        assert_eq!(screen.press(Char(' '), &view), Reply::Ask(Action::Resume));
        view.tell(&event(What::End {
            reason: "all epochs done".to_owned(),
            is_complete: true,
        }));
        assert_eq!(screen.press(Char('v'), &view), Reply::Nothing);
        assert_eq!(
            screen.message.as_deref(),
            Some("the training is over: all epochs done")
        );
        assert_eq!(screen.press(Char('q'), &view), Reply::Close);
    }

    #[test]
    fn unknown_keys_and_wrong_numbers_say_what_to_do() {
        let mut screen = screen();
        pressed(&mut screen, &[Char('x')]);
        assert_eq!(
            screen.message.as_deref(),
            Some("x does nothing; ? lists the keys")
        );
        pressed(&mut screen, &[Char('r'), Char('0'), Enter]);
        let message = screen.message.take().unwrap();
        assert!(message.contains("received `0`"), "{message}");
    }

    #[test]
    fn panes_search_and_windows_follow_the_keys() {
        let mut screen = screen();
        pressed(&mut screen, &[Tab, Tab]);
        assert_eq!(screen.pane, Pane::Layers);
        pressed(&mut screen, &[Char('/'), Char('a'), Char('q'), Enter]);
        assert_eq!((screen.pane, screen.search.as_str()), (Pane::Words, "aq"));
        pressed(&mut screen, &[Esc, Char('1'), Char('+'), Char('+')]);
        assert_eq!(screen.search, "");
        assert_eq!(screen.window(0.0, 100.0), (75.0, 100.0));
        pressed(&mut screen, &[Left; 4]);
        assert_eq!(screen.window(0.0, 100.0), (50.0, 75.0));
        pressed(&mut screen, &[Left; 40]);
        assert_eq!(screen.window(0.0, 100.0), (0.0, 25.0));
        pressed(&mut screen, &[Char('0')]);
        assert_eq!(screen.window(0.0, 100.0), (0.0, 100.0));
    }

    #[test]
    fn a_run_to_compare_with_is_chosen_from_a_list() {
        let mut screen = screen();
        assert_eq!(pressed(&mut screen, &[Char('c')]), Reply::ListRuns);
        screen.choose(vec!["a".to_owned(), "b".to_owned()]);
        let reply = pressed(&mut screen, &[Down, Down, Enter]);
        assert_eq!(reply, Reply::Compare(Some("b".to_owned())));
        screen.choose(Vec::new());
        assert_eq!(screen.mode, Mode::Normal);
        let watching = super::super::Screen::new(Theme::default()).with_role(Role::Watching);
        assert_eq!(pressed(&mut watching.clone(), &[Char('q')]), Reply::Close);
    }
}
