use std::io::Write;

use super::Reporter;
use crate::history::EpochRecord;

/// One line an epoch, for files, pipes and continuous integration.
pub(super) struct Lines {
    epochs: usize,
}

impl Lines {
    pub(super) fn new(epochs: usize) -> Self {
        Self { epochs }
    }
}

impl Reporter for Lines {
    fn change_epochs(&mut self, epochs: usize) {
        self.epochs = epochs;
    }

    fn epoch_end(&mut self, record: &EpochRecord, _: usize) {
        self.say(&epoch_line(record, self.epochs));
    }

    fn say(&mut self, text: &str) {
        let mut out = std::io::stdout().lock();
        // A reader that closed the pipe shall not end the training.
        let _ = writeln!(out, "{text}");
        let _ = out.flush();
    }
}

pub(crate) fn epoch_line(record: &EpochRecord, epochs: usize) -> String {
    let width = epochs.to_string().len();
    format!(
        "epoch {:>width$}/{epochs}  learning_rate {}  {}  {:.1} s",
        record.epoch, record.learning_rate, record.figures, record.seconds,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_epoch_is_one_line() {
        let training = [("loss", 0.301_24), ("accuracy", 0.912)];
        let validation = [("val_loss", 0.000_25), ("val_accuracy", 1.0)];
        let mut record = EpochRecord {
            epoch: 3,
            learning_rate: 0.5,
            figures: training.into_iter().chain(validation).collect(),
            seconds: 1.26,
        };
        assert_eq!(
            epoch_line(&record, 10),
            "epoch  3/10  learning_rate 0.5  loss 0.3012  accuracy 0.9120  \
             val_loss 2.5000e-4  val_accuracy 1.0000  1.3 s"
        );
        record.figures = training.into_iter().collect();
        assert_eq!(
            epoch_line(&record, 3),
            "epoch 3/3  learning_rate 0.5  loss 0.3012  accuracy 0.9120  1.3 s"
        );
    }
}
