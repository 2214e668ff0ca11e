//! `firebrick control`

use std::fmt::Write as _;
use std::io;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::anyhow;
use firebrick::sessions::{Action, Answer, Connection, Event, SessionError, What};
use firebrick::training::{RunDirectory, figure_text};

use crate::failure::OrUsage;
use crate::output;
use crate::runs::RunsFolder;

const EXAMPLES: &str = "\
EXAMPLES:
  firebrick control mnist-1 pause          wait before the next step, until `resume`
  firebrick control mnist-1 rate x0.5      half the rate from now on; /2 is the same
  firebrick control mnist-1 rate 0.001     this rate instead of the schedule
  firebrick control mnist-1 validate       figures of the validation data now
  firebrick control mnist-1 checkpoint     save the state now
  firebrick control mnist-1 best           back to the weights of the best epoch
  firebrick control mnist-1 epochs 20      end after epoch 20; +5 and -5 are more and fewer
  firebrick control mnist-1 end-epoch      end when this epoch is over
  firebrick control mnist-1 stop           end now and save what was learned
  firebrick control mnist-1 discard --yes  end now and remove the run

It is done between two steps and stands in the run's events.jsonl, by which `firebrick train --config RUN/config.toml \
--replay RUN/events.jsonl` repeats the run with all that was done. What was stopped goes on by `firebrick train --resume RUN`.";

/// Ask a running training for something: a pause, another rate, a validation, a checkpoint, the end.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ControlArguments {
    /// Run that is trained in, by name or path
    #[arg(value_name = "RUN")]
    run: PathBuf,

    /// pause, resume, rate, validate, checkpoint, best, epochs, end-epoch, stop or discard
    #[arg(value_name = "ACTION")]
    action: String,

    /// Of the rate or the epochs
    #[arg(value_name = "VALUE", allow_hyphen_values = true)]
    value: Option<String>,

    /// Do throw the run away
    #[arg(long)]
    yes: bool,

    /// Seconds to wait until it is done; a training at a longer step does it later
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    timeout: u64,

    /// Print one JSON object
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    runs: RunsFolder,
}

pub(crate) fn run(arguments: &ControlArguments) -> anyhow::Result<ExitCode> {
    let action = action(&arguments.action, arguments.value.as_deref()).or_usage()?;
    let run = arguments.runs.open(&arguments.run)?;
    if action == Action::Discard && !arguments.yes {
        return Err(anyhow!(
            "`discard` ends the training and removes `{}` with all that was learned; `--yes` does it, `stop` ends it and keeps the run",
            run.path().display()
        ))
        .or_usage();
    }
    let mut connection = Connection::open(run.path()).map_err(|error| absent(&run, error))?;
    let at_most = Duration::from_secs(arguments.timeout);
    let answer = connection.ask(action, "control", at_most)?;
    let Some(answer) = answer else {
        return Err(anyhow!(
            "`{action}` is not done after {} s: the training in `{}` is at a step or a validation that takes longer, and does it then",
            arguments.timeout,
            run.path().display()
        ));
    };
    let code = match &answer {
        Answer::Done { .. } => ExitCode::SUCCESS,
        Answer::Refused { .. } => ExitCode::FAILURE,
    };
    if arguments.json {
        output::print_data(&format!("{}\n", serde_json::to_string(&answer)?))?;
        return Ok(code);
    }
    match answer {
        Answer::Done { events } => output::print(&said(&events))?,
        Answer::Refused { reason } => {
            return Err(anyhow!("`{action}` is not done: {reason}"));
        }
    }
    Ok(code)
}

fn action(name: &str, value: Option<&str>) -> Result<Action, SessionError> {
    match value {
        Some(value) => format!("{name} {value}").parse(),
        None => name.parse(),
    }
}

/// Why there is nobody to ask, and what to do.
fn absent(run: &RunDirectory, error: SessionError) -> anyhow::Error {
    let path = run.path().display();
    let SessionError::NobodyListens { source, .. } = &error else {
        return error.into();
    };
    if run.is_abandoned() {
        return anyhow!(
            "the training in `{path}` was killed; `firebrick train --resume {path}` goes on with it"
        );
    }
    if !run.is_busy() {
        return anyhow!(
            "nobody trains in `{path}`: its training has ended; `firebrick train --resume {path}` goes on with one that was stopped"
        );
    }
    match source.kind() {
        io::ErrorKind::PermissionDenied => {
            anyhow!("the training in `{path}` is another user's, who alone may control it")
        }
        _ => anyhow!(
            "the training in `{path}` does not listen ({source}): it is about to begin or to end, or its file system holds no \
             sockets, as its log.txt says"
        ),
    }
}

/// What was done, for people.
fn said(events: &[Event]) -> String {
    let mut text = String::new();
    for event in events {
        let Event { step, epoch, .. } = event;
        let written = match &event.what {
            What::Action {
                action,
                learning_rate,
                ..
            } => {
                let place = format!("after step {step}, in epoch {epoch}");
                match action {
                    Action::ScaleRate(_) | Action::SetRate(_) => writeln!(
                        text,
                        "{action:<12} {place}; the next rate is {learning_rate}"
                    ),
                    _ => writeln!(text, "{action:<12} {place}"),
                }
            }
            What::Validated { figures } => {
                let figures = figures.iter();
                let figures: Vec<String> = figures
                    .map(|(name, value)| format!("val_{name} {}", figure_text(value)))
                    .collect();
                writeln!(text, "{:<12} {}", "figures", figures.join("  "))
            }
            What::Saved { file } => writeln!(text, "{:<12} {file}", "saved"),
            _ => Ok(()),
        };
        // A string takes whatever there is.
        let _ = written;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(what: What) -> Event {
        Event {
            step: 70,
            epoch: 2,
            seconds: 1.5,
            what,
        }
    }

    #[test]
    fn what_was_done_is_said_with_what_came_of_it() {
        let action = |action| What::Action {
            action,
            by: "control".to_owned(),
            learning_rate: 0.005,
        };
        let figures = [("loss", 0.25), ("accuracy", 0.875)].into_iter().collect();
        let file = "checkpoints/state-0000000070.bpk".to_owned();
        for (events, expected) in [
            (
                vec![action(Action::ScaleRate(0.5))],
                "rate x0.5    after step 70, in epoch 2; the next rate is 0.005\n",
            ),
            (
                vec![action(Action::Validate), What::Validated { figures }],
                "validate     after step 70, in epoch 2\n\
                 figures      val_loss 0.2500  val_accuracy 0.8750\n",
            ),
            (
                vec![action(Action::Checkpoint), What::Saved { file }],
                "checkpoint   after step 70, in epoch 2\n\
                 saved        checkpoints/state-0000000070.bpk\n",
            ),
        ] {
            let events: Vec<Event> = events.into_iter().map(event).collect();
            assert_eq!(said(&events), expected);
        }
    }

    #[test]
    fn a_value_may_begin_with_a_sign() {
        assert_eq!(
            action("epochs", Some("-5")).unwrap(),
            Action::MoreEpochs(-5)
        );
        assert_eq!(action("rate", Some("x2")).unwrap(), Action::ScaleRate(2.0));
        let error = action("stpo", None).unwrap_err().to_string();
        assert!(error.contains("did you mean `stop`?"), "{error}");
    }
}
