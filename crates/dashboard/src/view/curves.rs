//! Figures over steps and over epochs.

use firebrick_session::{Begin, Figures};

use super::points::Points;

/// What stands before the name of a figure of the validation.
const VALIDATION: &str = "val_";

/// All figures of a training.
#[derive(Clone, Debug, Default)]
pub(crate) struct Curves {
    pub(crate) figures: Vec<Figure>,
    /// Epochs that are over, by the steps after which they were.
    ends: Points,
}

/// A figure in training and in validation.
#[derive(Clone, Debug, Default)]
pub(crate) struct Figure {
    /// Without `val_`.
    pub(crate) name: String,
    /// Whether more is better.
    pub(crate) is_rising: bool,
    /// Over steps.
    pub(crate) steps: Parts,
    /// Over epochs.
    pub(crate) epochs: Parts,
}

/// Of the training and of the validation.
#[derive(Clone, Debug, Default)]
pub(crate) struct Parts {
    pub(crate) training: Points,
    pub(crate) validation: Points,
}

impl Parts {
    /// What is judged by: the validation, or the training where there is none.
    pub(crate) fn judged(&self) -> &Points {
        if self.validation.newest().is_some() {
            &self.validation
        } else {
            &self.training
        }
    }
}

/// The best epoch of a figure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Best {
    pub(crate) epoch: f64,
    pub(crate) value: f64,
}

impl Curves {
    /// The curves that a training will have.
    pub(crate) fn begin(&mut self, begin: &Begin) {
        for name in &begin.figures {
            self.figure(name);
        }
        for figure in &mut self.figures {
            figure.is_rising = begin.rising.contains(&figure.name);
        }
    }

    /// In the middle of an epoch.
    pub(crate) fn progress(&mut self, step: f64, figures: &Figures) {
        for (name, value) in figures.iter() {
            self.figure(name).steps.training.push(step, value);
        }
    }

    /// A validation in the middle of an epoch.
    pub(crate) fn validated(&mut self, step: f64, figures: &Figures) {
        for (name, value) in figures.iter() {
            self.figure(name).steps.validation.push(step, value);
        }
    }

    /// At the end of an epoch, with the figures of the validation under their `val_`.
    pub(crate) fn epoch_end(&mut self, step: f64, epoch: f64, figures: &Figures) {
        self.ends.push(step, epoch);
        for (name, value) in figures.iter() {
            if let Some(name) = name.strip_prefix(VALIDATION) {
                let figure = self.figure(name);
                figure.steps.validation.push(step, value);
                figure.epochs.validation.push(epoch, value);
            } else {
                let figure = self.figure(name);
                figure.steps.training.push(step, value);
                figure.epochs.training.push(epoch, value);
            }
        }
    }

    /// Drops what lies beyond a step.
    pub(crate) fn truncate(&mut self, step: f64) {
        self.ends.truncate(step);
        let epoch = self.ends.newest().map_or(0.0, |(_, epoch)| epoch);
        for figure in &mut self.figures {
            for (parts, end) in [(&mut figure.steps, step), (&mut figure.epochs, epoch)] {
                parts.training.truncate(end);
                parts.validation.truncate(end);
            }
        }
    }

    /// The step after which an epoch was over.
    pub(crate) fn end_of(&self, epoch: f64) -> Option<f64> {
        let ends = self.ends.iter();
        let mut later = ends.skip_while(|(_, own)| *own < epoch);
        later.next().map(|(step, _)| step)
    }

    /// The figure of this name, if there is one.
    pub(crate) fn find(&self, name: &str) -> Option<&Figure> {
        self.figures.iter().find(|figure| figure.name == name)
    }

    fn figure(&mut self, name: &str) -> &mut Figure {
        let known = self.figures.iter().position(|figure| figure.name == name);
        let index = known.unwrap_or_else(|| {
            self.figures.push(Figure {
                name: name.to_owned(),
                ..Figure::default()
            });
            self.figures.len() - 1
        });
        &mut self.figures[index]
    }
}

impl Figure {
    /// The best epoch by the validation, or by the training where there is none; of equal ones the first.
    pub(crate) fn best(&self) -> Option<Best> {
        let points = self.epochs.judged();
        let mut best: Option<Best> = None;
        for (epoch, value) in points.iter() {
            let is_better = best.is_none_or(|best| {
                if self.is_rising {
                    value > best.value
                } else {
                    value < best.value
                }
            });
            if value.is_finite() && is_better {
                best = Some(Best { epoch, value });
            }
        }
        best
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_epoch_is_the_first_of_the_best_and_goes_by_the_direction() {
        let begin = Begin {
            figures: vec!["loss".to_owned(), "accuracy".to_owned()],
            rising: vec!["accuracy".to_owned()],
            ..Begin::default()
        };
        let mut curves = Curves::default();
        curves.begin(&begin);
        for (epoch, loss, accuracy) in [
            (1.0, 0.5, 0.7),
            (2.0, f64::NAN, 0.9),
            (3.0, 0.4, 0.9),
            (4.0, 0.4, 0.8),
        ] {
            let figures = [("loss", 0.1), ("val_loss", loss), ("accuracy", accuracy)];
            curves.epoch_end(epoch * 10.0, epoch, &figures.into_iter().collect());
        }
        assert_eq!((curves.end_of(3.0), curves.end_of(5.0)), (Some(30.0), None));
        let best = |name| curves.find(name).and_then(Figure::best).unwrap();
        assert_eq!((best("loss").epoch, best("loss").value), (3.0, 0.4));
        assert_eq!((best("accuracy").epoch, best("accuracy").value), (2.0, 0.9));
    }
}
