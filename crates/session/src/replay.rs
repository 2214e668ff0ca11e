//! The actions of a run, to do them again.

use std::path::Path;

use crate::error::SessionError;
use crate::event::{Event, What};
use crate::event_file::EventReader;
use crate::placed_action::PlacedAction;

/// The actions of a run that decide what was learned, in order, by its file of events.
///
/// What was done and lost, because the process was killed before the next checkpoint, is not among them: a process that goes on
/// says in its [`Begin`](crate::Begin) what has happened before.
///
/// ```
/// use firebrick_session::{Action, Event, EventFile, What, read_actions};
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join(EventFile::NAME);
/// let mut file = EventFile::create(&path)?;
/// for (step, action) in [(70, Action::ScaleRate(0.5)), (90, Action::Pause)] {
///     let what = What::Action { action, by: "control".to_owned(), learning_rate: 0.05 };
///     file.write(&Event { step, epoch: 1, seconds: 2.5, what })?;
/// }
/// // A pause changes nothing of what is learned.
/// let actions = read_actions(&path)?;
/// assert_eq!(actions.len(), 1);
/// assert_eq!((actions[0].step, actions[0].action), (70, Action::ScaleRate(0.5)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// A file that cannot be read, or that holds no events.
pub fn read_actions(path: &Path) -> Result<Vec<PlacedAction>, SessionError> {
    let mut reader = EventReader::open(path)?;
    let (mut actions, mut is_empty) = (Vec::new(), true);
    while let Some(events) = reader.read_next()? {
        is_empty &= events.is_empty();
        happened(&mut actions, events);
    }
    if is_empty {
        return Err(SessionError::NoEvents {
            path: path.to_owned(),
        });
    }
    actions.retain(|placed: &PlacedAction| placed.action.is_replayed());
    Ok(actions)
}

/// Adds what these events say.
fn happened(actions: &mut Vec<PlacedAction>, events: Vec<Event>) {
    for Event {
        step, epoch, what, ..
    } in events
    {
        match what {
            What::Begin(begin) => *actions = begin.actions,
            What::Action { action, .. } => actions.push(PlacedAction {
                epoch,
                step,
                action,
            }),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::action::Action;
    use crate::event::Begin;
    use crate::event_file::EventFile;

    fn action(step: u64, action: Action) -> Event {
        Event {
            step,
            epoch: 1,
            seconds: 0.0,
            what: What::Action {
                action,
                by: "a test".to_owned(),
                learning_rate: 0.1,
            },
        }
    }

    fn resumed(step: u64, actions: Vec<PlacedAction>) -> Event {
        let begin = Begin {
            is_resumed: true,
            actions,
            ..Begin::default()
        };
        Event {
            step,
            epoch: 1,
            seconds: 0.0,
            what: What::Begin(Box::new(begin)),
        }
    }

    fn read(events: &[Event]) -> Vec<(u64, Action)> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(EventFile::NAME);
        let mut file = EventFile::create(&path).unwrap();
        for event in events {
            file.write(event).unwrap();
        }
        let actions = read_actions(&path).unwrap();
        let pair = |placed: PlacedAction| (placed.step, placed.action);
        actions.into_iter().map(pair).collect()
    }

    #[test]
    fn what_a_kill_has_undone_is_not_done_again() {
        let (half, best) = (Action::ScaleRate(0.5), Action::Best);
        let placed = |step, action| PlacedAction {
            epoch: 1,
            step,
            action,
        };
        for (events, expected) in [
            (
                vec![action(3, half), action(5, best)],
                vec![(3, half), (5, best)],
            ),
            // Broken off at step 6, on from a checkpoint after step 4.
            (
                vec![
                    action(3, half),
                    action(5, best),
                    resumed(4, vec![placed(3, half)]),
                    action(6, best),
                ],
                vec![(3, half), (6, best)],
            ),
            // From a checkpoint at the step of an action, made before it.
            (
                vec![action(3, half), resumed(3, vec![]), action(7, best)],
                vec![(7, best)],
            ),
            // A stop is over where the run goes on.
            (
                vec![
                    action(3, half),
                    action(5, Action::Stop),
                    resumed(5, vec![placed(3, half)]),
                ],
                vec![(3, half)],
            ),
            (vec![action(3, Action::Pause)], vec![]),
        ] {
            assert_eq!(read(&events), expected);
        }
    }

    #[test]
    fn a_file_of_something_else_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("history.csv");
        assert!(read_actions(&path).is_err());
        std::fs::write(&path, "epoch,loss\n1,0.5\n").unwrap();
        let error = read_actions(&path).unwrap_err().to_string();
        assert!(
            error.ends_with("history.csv` holds no events; expected the `events.jsonl` of a run"),
            "{error}"
        );
    }
}
