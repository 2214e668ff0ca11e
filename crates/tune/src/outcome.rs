use std::cmp::Ordering;
use std::fmt;

use crate::cell::Cell;
use crate::record::{TrialRecord, TrialState};
use crate::settings::TuneSettings;
use crate::space::SearchSpace;

/// What has come of a search; shown, it is a table, the best trial first.
///
/// ```
/// use firebrick_tune::Tuner;
///
/// let tuner = Tuner::new("x=1|2".parse()?).with_epochs(1).with_jobs(1);
/// let outcome = tuner.run(|trial| Ok::<_, firebrick_tune::TuneError>(vec![trial.values().number("x")?]))?;
/// let table = outcome.to_string();
/// assert!(table.starts_with("rank  trial  x  val_loss  epochs"), "{table}");
/// assert_eq!(outcome.ranked().next().unwrap().values.to_string(), "x=1");
/// # Ok::<(), firebrick_tune::TuneError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    settings: TuneSettings,
    space: SearchSpace,
    trials: Vec<TrialRecord>,
    is_whole: bool,
}

impl Outcome {
    pub(crate) fn new(
        settings: &TuneSettings,
        space: &SearchSpace,
        trials: Vec<TrialRecord>,
        is_whole: bool,
    ) -> Self {
        Self {
            settings: settings.clone(),
            space: space.clone(),
            trials,
            is_whole,
        }
    }

    /// What the search was.
    pub fn settings(&self) -> &TuneSettings {
        &self.settings
    }

    /// What was searched.
    pub fn space(&self) -> &SearchSpace {
        &self.space
    }

    /// All trials that have begun, by their numbers.
    pub fn trials(&self) -> &[TrialRecord] {
        &self.trials
    }

    /// Whether all of the search is done.
    pub fn is_whole(&self) -> bool {
        self.is_whole
    }

    /// The trials, the best first: by the figure of their last epoch, of equal ones those that were trained longer; those
    /// without a figure last.
    pub fn ranked(&self) -> impl Iterator<Item = &TrialRecord> {
        let mut ranked: Vec<&TrialRecord> = self.trials.iter().collect();
        ranked.sort_by(|one, other| {
            let [own, its] = [one, other].map(|trial| self.score(trial));
            own.partial_cmp(&its)
                .unwrap_or(Ordering::Equal)
                .then(other.epochs().cmp(&one.epochs()))
                .then(one.number.cmp(&other.number))
        });
        ranked.into_iter()
    }

    /// The best trial, if any has a figure.
    pub fn best(&self) -> Option<&TrialRecord> {
        self.ranked().find(|trial| self.score(trial).is_finite())
    }

    fn score(&self, trial: &TrialRecord) -> f64 {
        trial.score(&self.settings).unwrap_or(f64::INFINITY)
    }

    /// The heads of the table and its rows, the best trial first.
    pub(crate) fn table(&self) -> (Vec<String>, Vec<Vec<Cell>>) {
        let mut heads = vec!["rank".to_owned(), "trial".to_owned()];
        heads.extend(self.space.names().map(str::to_owned));
        heads.extend([
            self.settings.monitor.clone(),
            "epochs".to_owned(),
            "time".to_owned(),
            "state".to_owned(),
        ]);
        let row = |(index, trial): (usize, &TrialRecord)| {
            let has_rank = self.score(trial).is_finite();
            let mut row = vec![
                if has_rank {
                    Cell::count(index + 1)
                } else {
                    Cell::none()
                },
                Cell::count(trial.number),
            ];
            let values = self.space.names().map(|name| trial.values.get(name));
            row.extend(values.map(|value| value.map_or_else(Cell::none, Cell::value)));
            let figure = trial.figure().filter(|_| has_rank);
            row.extend([
                figure.map_or_else(Cell::none, Cell::figure),
                Cell::count(trial.epochs()),
                Cell::seconds(trial.seconds),
                Cell::text(self.state_text(trial)),
            ]);
            row
        };
        (heads, self.ranked().enumerate().map(row).collect())
    }

    fn state_text(&self, trial: &TrialRecord) -> String {
        match &trial.state {
            TrialState::Begun { epochs } => format!("stopped before epoch {epochs} was done"),
            TrialState::Failed { reason } => {
                // A row is a line.
                let lines: Vec<&str> = reason.lines().map(str::trim).collect();
                format!("failed: {}", lines.join(" "))
            }
            TrialState::Trained if trial.epochs() < self.settings.epochs => {
                if self.settings.strategy.has_rungs() {
                    "not promoted".to_owned()
                } else {
                    "stopped early".to_owned()
                }
            }
            TrialState::Trained => "trained".to_owned(),
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (heads, rows) = self.table();
        let texts = |row: Vec<Cell>| row.into_iter().map(|cell| cell.text).collect();
        let rows: Vec<Vec<String>> = rows.into_iter().map(texts).collect();
        let last = heads.len() - 1;
        let width = |column: usize| {
            let cells = rows.iter().map(|row| row[column].chars().count());
            cells.fold(heads[column].chars().count(), usize::max)
        };
        let widths: Vec<usize> = (0..heads.len()).map(width).collect();
        for row in std::iter::once(&heads).chain(&rows) {
            for (cell, width) in row.iter().zip(&widths).take(last) {
                write!(f, "{cell:>width$}  ")?;
            }
            writeln!(f, "{}", row[last])?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::strategy::Strategy;
    use firebrick::callbacks::MonitorMode;

    fn trial(number: usize, figures: &[f64], state: TrialState) -> TrialRecord {
        let space: SearchSpace = "units=8|16|32|64".parse().unwrap();
        TrialRecord {
            number,
            values: space.nth(number).unwrap(),
            figures: figures.to_vec(),
            seconds: 1.25 * number as f64,
            state,
        }
    }

    fn outcome(mode: MonitorMode) -> Outcome {
        let settings = TuneSettings {
            strategy: Strategy::Asha,
            epochs: 2,
            mode,
            ..TuneSettings::default()
        };
        let reason = "the loss\n  is NaN".to_owned();
        let trials = vec![
            trial(0, &[0.5, 0.25], TrialState::Trained),
            trial(1, &[0.125], TrialState::Failed { reason }),
            trial(2, &[0.75], TrialState::Trained),
            trial(3, &[], TrialState::Begun { epochs: 1 }),
        ];
        let space = "units=8|16|32|64".parse().unwrap();
        Outcome::new(&settings, &space, trials, false)
    }

    #[test]
    fn the_table_has_the_best_first_and_says_what_became_of_the_others() {
        assert_eq!(
            outcome(MonitorMode::Min).to_string(),
            "rank  trial  units  val_loss  epochs   time  state\n\
             \x20  1      0      8    0.2500       2  0.0 s  trained\n\
             \x20  2      2     32    0.7500       1  2.5 s  not promoted\n\
             \x20  -      1     16         -       1  1.2 s  failed: the loss is NaN\n\
             \x20  -      3     64         -       0  3.8 s  stopped before epoch 1 was done\n"
        );
        assert_eq!(outcome(MonitorMode::Max).best().unwrap().number, 2);
        assert_eq!(outcome(MonitorMode::Min).best().unwrap().number, 0);
    }
}
