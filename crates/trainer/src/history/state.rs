//! What is kept of a history in a checkpoint: its epochs column by column, bit by bit.

use super::{EpochRecord, History};
use crate::checkpoint_error::CheckpointError;
use crate::logs::Logs;
use crate::state::State;

/// The figures of all epochs, one after the other.
#[derive(Default)]
struct Figures {
    names: Vec<String>,
    /// How many figures each epoch has.
    counts: Vec<f64>,
    /// Which name each figure has.
    columns: Vec<f64>,
    values: Vec<f64>,
    /// 1 for each figure that says something, 0 for others.
    defined: Vec<f64>,
}

impl Figures {
    fn add(&mut self, figures: &Logs) {
        self.counts.push(figures.len() as f64);
        for (name, value) in figures.iter() {
            let known = self.names.iter().position(|own| own == name);
            let column = known.unwrap_or_else(|| {
                self.names.push(name.to_owned());
                self.names.len() - 1
            });
            self.columns.push(column as f64);
            self.values.push(value);
            let is_defined = figures.is_defined(name);
            self.defined.push(f64::from(u8::from(is_defined)));
        }
    }
}

impl History {
    /// What there is to keep of its epochs.
    pub(crate) fn state(&self) -> State {
        let mut all = Figures::default();
        for record in &self.epochs {
            all.add(&record.figures);
        }
        let names = all.names.into_iter().enumerate();
        let names = names.fold(State::new(), |state, (index, name)| {
            state.with(index.to_string(), name)
        });
        let epochs = self.epochs.iter().map(|record| record.epoch as f64);
        State::new()
            .with("epochs", epochs.collect::<Vec<f64>>())
            .with("learning_rates", self.learning_rates.clone())
            .with("seconds", self.seconds.clone())
            .with("names", names)
            .with("counts", all.counts)
            .with("columns", all.columns)
            .with("values", all.values)
            .with("defined", all.defined)
    }

    /// The epochs of a state.
    ///
    /// # Errors
    /// A state of something else.
    pub(crate) fn from_state(state: &State) -> Result<Self, CheckpointError> {
        let names = state.find::<State>("names")?.unwrap_or_default();
        let column = |name: &str| state.get::<Vec<f64>>(name);
        let [epochs, learning_rates, seconds] = [
            column("epochs")?,
            column("learning_rates")?,
            column("seconds")?,
        ];
        let values = column("values")?.into_iter();
        let mut figures = column("columns")?
            .into_iter()
            .zip(values.zip(column("defined")?));
        let mut history = Self::default();
        for (index, count) in column("counts")?.into_iter().enumerate() {
            let mut own = Logs::new();
            for (column, (value, defined)) in figures.by_ref().take(whole(count)) {
                let name: String = names.get(&whole(column).to_string())?;
                if defined == 0.0 {
                    own.insert_undefined(name, value);
                } else {
                    own.insert(name, value);
                }
            }
            let of = |column: &[f64]| column.get(index).copied().unwrap_or(f64::NAN);
            history.push(EpochRecord {
                epoch: whole(of(&epochs)),
                learning_rate: of(&learning_rates),
                figures: own,
                seconds: of(&seconds),
            });
        }
        Ok(history)
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a whole number of at least 0 is what was kept"
)]
fn whole(number: f64) -> usize {
    number as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_history_comes_back_with_all_that_its_figures_say() {
        let mut history = History::default();
        for epoch in 3..6 {
            let mut figures =
                Logs::from_iter([("loss", 0.1 * epoch as f64), ("a/b", f64::INFINITY)]);
            if epoch == 4 {
                figures.insert("val_loss", 1.0 / 3.0);
                figures.insert_undefined("val_r2", 0.0);
            }
            history.push(EpochRecord {
                epoch,
                learning_rate: 0.1 / epoch as f64,
                figures,
                seconds: 1e-9,
            });
        }
        assert_eq!(History::from_state(&history.state()).unwrap(), history);
        let none = History::default();
        assert_eq!(History::from_state(&none.state()).unwrap(), none);
    }
}
