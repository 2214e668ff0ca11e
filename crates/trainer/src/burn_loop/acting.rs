//! Doing between two steps what somebody asks for.

use std::time::{Duration, Instant};

use firebrick_scheduler::RateControl;
use firebrick_session::{Action, Answer, Event, PlacedAction, Request, Speaker, What};

use super::best_epoch::BestEpoch;
use super::run::Run;
use super::steering::{Place, REPLAY};
use super::validation_pass::Validated;
use crate::callback::Flow;
use crate::error::TrainError;
use crate::session::told_figures;
use crate::step::Step;

/// How often a training that is paused looks whether it is stopped by a signal.
const GLANCE: Duration = Duration::from_millis(100);

/// Why something is not done.
struct Refusal(String);

/// What was done, which is what was asked for in a form that says it whole, and what came of it.
struct Deed {
    action: Action,
    then: Vec<What>,
}

impl Deed {
    fn of(action: Action) -> Self {
        Self {
            action,
            then: Vec::new(),
        }
    }
}

/// Makes sure that the events can say the action, so that it can be repeated: a program may ask for any number.
fn said_whole(action: Action) -> Result<(), Refusal> {
    match action.to_string().parse::<Action>() {
        Ok(_) => Ok(()),
        Err(error) => Err(Refusal(error.to_string())),
    }
}

impl<S: Step> Run<'_, S> {
    /// Does what is asked for before the next step; says whether there is to be one.
    ///
    /// # Errors
    /// What a validation or a look at the losses can end with.
    pub(super) fn act(&mut self, place: Place) -> Result<Flow, TrainError> {
        if self.steering.is_quiet() {
            return Ok(Flow::Continue);
        }
        let here = self.place_of(place);
        while !self.is_leaving() {
            if let Some(action) = self.steering.due(here) {
                self.answer(place, action, REPLAY)?;
            } else if let Some(request) = self.next_request() {
                self.fulfil(place, request)?;
            } else if !self.steering.is_paused {
                return Ok(Flow::Continue);
            }
        }
        self.steering.is_paused = false;
        Ok(Flow::Stop)
    }

    /// The epoch and the step before which something is done.
    fn place_of(&self, place: Place) -> (usize, u64) {
        let epoch = match place {
            Place::Within => self.epoch,
            Place::Between => self.epoch.max(self.settings.initial_epoch) + 1,
        };
        (epoch, self.step.iterations())
    }

    /// Whether somebody wants no further batch.
    fn is_leaving(&self) -> bool {
        self.telling.wants_stop() || self.stopped_by.is_some()
    }

    /// What is asked for; in a pause it is waited for, for a moment.
    fn next_request(&mut self) -> Option<Request> {
        if !self.steering.is_paused {
            return self.steering.take();
        }
        self.poll_checkpoints();
        let begin = Instant::now();
        let request = self.steering.wait(GLANCE);
        self.telling.leave_out(begin.elapsed());
        request
    }

    fn fulfil(&mut self, place: Place, request: Request) -> Result<(), TrainError> {
        let answer = self.answer(place, request.action, &request.by)?;
        request.answer(answer);
        Ok(())
    }

    /// Does an action and tells it, or tells why not.
    fn answer(&mut self, place: Place, action: Action, by: &str) -> Result<Answer, TrainError> {
        let performed = match said_whole(action) {
            Ok(()) => self.perform(place, action, by)?,
            Err(refusal) => Err(refusal),
        };
        match performed {
            Ok(Deed { action, then }) => {
                let step = self.step.iterations();
                let text = format!("{action}, asked for by {by} after step {step}");
                log::info!("{text}");
                self.settings.reporter.say(&text);
                let mut events = vec![self.note_action(place, action, by)];
                events.extend(then.into_iter().map(|what| self.emit(what)));
                Ok(Answer::Done { events })
            }
            Err(Refusal(reason)) => {
                let text = format!("`{action}`, asked for by {by}, is not done: {reason}");
                log::info!("{text}");
                self.settings.reporter.say(&text);
                let from = Speaker::Refused;
                self.emit(What::Words { from, text });
                Ok(Answer::Refused { reason })
            }
        }
    }

    /// Writes down that an action was done.
    pub(super) fn note_action(&mut self, place: Place, action: Action, by: &str) -> Event {
        let (epoch, step) = self.place_of(place);
        self.steering.note(PlacedAction {
            epoch,
            step,
            action,
        });
        let learning_rate = self.next_rate();
        let by = by.to_owned();
        let what = What::Action {
            action,
            by,
            learning_rate,
        };
        self.emit_in(epoch, what)
    }

    /// The rate that the next step has, as far as anybody knows.
    fn next_rate(&self) -> f64 {
        let control = self.step.rate_control();
        control.map_or_else(|| self.step.learning_rate(), RateControl::learning_rate)
    }

    fn perform(
        &mut self,
        place: Place,
        action: Action,
        by: &str,
    ) -> Result<Result<Deed, Refusal>, TrainError> {
        let refused = |reason: &str| Ok(Err(Refusal(reason.to_owned())));
        match action {
            Action::Pause if self.steering.is_paused => refused("it is paused already"),
            Action::Pause => {
                self.steering.is_paused = true;
                Ok(Ok(Deed::of(action)))
            }
            Action::Resume if !self.steering.is_paused => refused("it is not paused"),
            Action::Resume => {
                self.steering.is_paused = false;
                Ok(Ok(Deed::of(action)))
            }
            Action::ScaleRate(_) | Action::SetRate(_) => Ok(self.change_rate(action)),
            Action::Validate => self.validate_now(),
            Action::Checkpoint => self.save_now(place),
            Action::Best => self.go_back(),
            Action::Epochs(_) | Action::MoreEpochs(_) => Ok(self.change_epochs(action)),
            Action::EndEpoch => {
                self.steering.ending.get_or_insert_with(|| by.to_owned());
                Ok(Ok(Deed::of(action)))
            }
            Action::Stop | Action::Discard => {
                self.steering.is_stopping = true;
                self.steering.is_discarded |= action == Action::Discard;
                self.telling.stop(by);
                Ok(Ok(Deed::of(action)))
            }
            _ => refused("this version does not know it"),
        }
    }

    fn change_rate(&mut self, action: Action) -> Result<Deed, Refusal> {
        let Some(control) = self.step.rate_control_mut() else {
            return Err(Refusal(
                "the rates of this training are its program's own".to_owned(),
            ));
        };
        let before = control.state();
        match action {
            Action::ScaleRate(factor) => control.scale(factor),
            Action::SetRate(rate) => control.set(rate),
            _ => {}
        }
        let after = control.learning_rate();
        let is_rate = |rate: f64| rate.is_finite() && rate >= 0.0;
        if is_rate(after) && is_rate(control.state().factor) && control.state().factor > 0.0 {
            return Ok(Deed::of(action));
        }
        control.restore(before);
        Err(Refusal(format!(
            "the rate would be {after}, expected a number above 0"
        )))
    }

    /// The figures of the validation data in the middle of an epoch; nothing else of the training is moved.
    fn validate_now(&mut self) -> Result<Result<Deed, Refusal>, TrainError> {
        if self.loaders.validation.is_none() {
            return Ok(Err(Refusal(
                "there is nothing to validate on; begin the training with `--validation-split SHARE`, say".to_owned(),
            )));
        }
        let begin = Instant::now();
        let validated = self.validate_aside()?;
        self.telling.leave_out(begin.elapsed());
        Ok(match validated {
            Validated::Figures(logs) => Ok(Deed {
                action: Action::Validate,
                then: vec![What::Validated {
                    figures: told_figures(&logs),
                }],
            }),
            Validated::Not | Validated::Interrupted => Err(Refusal(
                "the training is stopped before it is done".to_owned(),
            )),
        })
    }

    /// Saves the state and waits until it is written.
    fn save_now(&mut self, place: Place) -> Result<Result<Deed, Refusal>, TrainError> {
        self.look()?;
        let is_saved = self.keep_now(place);
        let then = self.take_saved();
        Ok(match is_saved {
            Some(true) => Ok(Deed {
                action: Action::Checkpoint,
                then,
            }),
            Some(false) => Err(Refusal(
                "the checkpoint cannot be written, as a warning has said".to_owned(),
            )),
            None => Err(Refusal(
                "this training keeps no checkpoints; begin it with `--checkpoint-every`".to_owned(),
            )),
        })
    }

    /// Goes back to the weights of the best epoch; the optimizer keeps what it knows.
    fn go_back(&mut self) -> Result<Result<Deed, Refusal>, TrainError> {
        let best = self.steering.best.as_ref();
        let Some(weights) = best.and_then(BestEpoch::weights) else {
            return Ok(Err(Refusal(
                "no epoch is over that could be the best".to_owned(),
            )));
        };
        // What lies on the device is of the weights that go.
        self.look()?;
        self.proof.unproven = None;
        self.step.set_weights(&weights)?;
        Ok(Ok(Deed::of(Action::Best)))
    }

    /// Ends after this epoch, the one at work at the earliest.
    fn change_epochs(&mut self, action: Action) -> Result<Deed, Refusal> {
        let first = self.settings.initial_epoch + 1;
        let epochs = action.last_epoch(self.settings.params.epochs, self.epoch.max(first));
        let asked = self.steering.asked_epochs();
        if self.settings.has_cycle && epochs > asked {
            return Err(Refusal(format!(
                "a cycle of rates ends with its epochs, {asked} of them; there can be fewer, not more"
            )));
        }
        self.settings.params.epochs = epochs;
        self.settings.reporter.change_epochs(epochs);
        Ok(Deed::of(Action::Epochs(epochs)))
    }
}
