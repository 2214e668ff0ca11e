use std::cell::RefCell;
use std::io::Write;
use std::rc::Rc;

use super::{Reporter, epoch_line};
use crate::history::EpochRecord;

/// The lines of a training that is shown on a screen of its own: they are printed when that screen is gone, so that they
/// stay. Dropping it prints them.
#[derive(Default)]
pub(crate) struct KeptLines {
    lines: Rc<RefCell<Vec<String>>>,
}

/// What keeps them while the training goes on.
struct Keeper {
    epochs: usize,
    lines: Rc<RefCell<Vec<String>>>,
}

impl KeptLines {
    /// Gathers the lines of a training of so many epochs.
    pub(crate) fn reporter(&self, epochs: usize) -> Box<dyn Reporter> {
        Box::new(Keeper {
            epochs,
            lines: Rc::clone(&self.lines),
        })
    }

    /// The lines so far, which are then gone.
    fn take(&self) -> String {
        let lines = self.lines.take();
        lines
            .iter()
            .flat_map(|line| [line.as_str(), "\n"])
            .collect()
    }
}

impl Drop for KeptLines {
    fn drop(&mut self) {
        let mut out = std::io::stdout().lock();
        // There is nobody left to tell that nobody can be told.
        let _ = out.write_all(self.take().as_bytes());
        let _ = out.flush();
    }
}

impl Reporter for Keeper {
    fn change_epochs(&mut self, epochs: usize) {
        self.epochs = epochs;
    }

    fn epoch_end(&mut self, record: &EpochRecord, _: usize) {
        self.say(&epoch_line(record, self.epochs));
    }

    fn say(&mut self, text: &str) {
        self.lines.borrow_mut().push(text.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_dashboard_hides_are_the_lines_of_the_epochs() {
        let kept = KeptLines::default();
        let mut reporter = kept.reporter(2);
        reporter.epoch_end(
            &EpochRecord {
                epoch: 1,
                learning_rate: 0.1,
                figures: [("loss", 0.5)].into_iter().collect(),
                seconds: 1.0,
            },
            3,
        );
        reporter.say("Restoring model weights");
        drop(reporter);
        let expected =
            "epoch 1/2  learning_rate 0.1  loss 0.5000  1.0 s\nRestoring model weights\n";
        assert_eq!(kept.take(), expected);
    }
}
