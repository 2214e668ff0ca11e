use std::fmt;

use firebrick_plot::{Curve, Mark, Panel, Scale};

use crate::logs::figure_text;

/// The loss over a learning rate that rises from batch to batch, as [`find_rate`](crate::Trainer::find_rate) measures it.
///
/// Printed it is a table of up to 20 of its points, evenly spread, with what it suggests.
///
/// ```
/// use firebrick::training::RateCurve;
///
/// // The loss falls fastest where the rate is 0.01, and explodes in the end.
/// let rates = [1e-4, 1e-3, 1e-2, 1e-1, 1.0, 10.0];
/// let curve = RateCurve::of(rates.into_iter().zip([1.0, 0.9, 0.2, 0.19, 0.5, 99.0]));
/// assert!(curve.has_exploded());
/// ```
///
/// # Source
/// The smoothing, the end and the minimum are those of fastai 2: `AvgSmoothLoss`, `LRFinder` and `lr_find`. Its slope is that
/// between two neighbours, which with little data is noise; here it is that of several.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RateCurve {
    points: Vec<RatePoint>,
    /// The points that were asked for.
    num_steps: usize,
    /// The moving average of the losses, before its correction.
    average: f64,
    best: f64,
}

/// A batch of a [`RateCurve`].
///
/// ```
/// use firebrick::training::{RateCurve, RatePoint};
///
/// let curve = RateCurve::of([(0.1, 2.0)]);
/// assert_eq!(curve.points(), [RatePoint { learning_rate: 0.1, loss: 2.0, smoothed: 2.0 }]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RatePoint {
    /// The rate that the batch was learned with.
    pub learning_rate: f64,
    /// Its loss, from before the update.
    pub loss: f64,
    /// The mean of the losses up to here, each one counting 0.98 of what the next one counts.
    pub smoothed: f64,
}

impl RateCurve {
    /// What one loss counts of what the next one does.
    const BETA: f64 = 0.98;
    /// How often the least loss is an explosion.
    const EXPLOSION: f64 = 4.0;
    /// Points at the end that nothing is suggested by: there it explodes.
    const LAST: usize = 5;

    /// A curve of these rates and losses, up to where the loss explodes: where it is no finite number, or its mean more than
    /// four times the least one.
    pub fn of(losses: impl IntoIterator<Item = (f64, f64)>) -> Self {
        let losses: Vec<(f64, f64)> = losses.into_iter().collect();
        let mut curve = Self::of_steps(losses.len());
        for (learning_rate, loss) in losses {
            curve.push(learning_rate, loss);
            if curve.has_exploded() {
                break;
            }
        }
        curve
    }

    /// Without a point so far.
    pub(crate) fn of_steps(num_steps: usize) -> Self {
        Self {
            num_steps,
            best: f64::INFINITY,
            ..Self::default()
        }
    }

    /// Adds the loss of a batch.
    pub(crate) fn push(&mut self, learning_rate: f64, loss: f64) {
        self.average = loss + Self::BETA * (self.average - loss);
        let count = i32::try_from(self.points.len() + 1).unwrap_or(i32::MAX);
        let smoothed = self.average / (1.0 - Self::BETA.powi(count));
        self.best = self.best.min(smoothed);
        self.points.push(RatePoint {
            learning_rate,
            loss,
            smoothed,
        });
    }

    /// The batches in order.
    pub fn points(&self) -> &[RatePoint] {
        &self.points
    }

    /// Whether it ends because the loss exploded.
    pub fn has_exploded(&self) -> bool {
        let last = self.points.last();
        last.is_some_and(|last| {
            let is_number = last.loss.is_finite() && last.smoothed.is_finite();
            !is_number || last.smoothed > Self::EXPLOSION * self.best
        })
    }

    /// The rate at which the mean of the losses falls fastest, by the logarithm of the rate: in the middle of the tenth of the
    /// steps whose straight line falls most. `None` where there are too few points, or the mean falls nowhere.
    ///
    /// ```
    /// use firebrick::training::RateCurve;
    ///
    /// // Down a slope that is steepest in its middle.
    /// let points = (0..60).map(|step| {
    ///     let place = f64::from(step - 30) / 4.0;
    ///     (10.0_f64.powf(place / 2.0), 1.0 / (1.0 + place.exp()))
    /// });
    /// assert!(RateCurve::of(points).steepest().is_some_and(|rate| rate > 1.0));
    /// ```
    pub fn steepest(&self) -> Option<f64> {
        let points = self.looked_at();
        let width = (self.num_steps / 10).clamp(2, points.len().max(2));
        let falls = points
            .windows(width)
            .map(|points| (slope(points), points[(width - 1) / 2].learning_rate))
            .filter(|(slope, _)| *slope < 0.0);
        let steepest = falls.min_by(|(one, _), (other, _)| one.total_cmp(other))?;
        Some(steepest.1)
    }

    /// The rate at which the mean of the losses is least. It is too high to train with: a tenth of it is a good guess.
    pub fn minimum(&self) -> Option<f64> {
        let points = self.looked_at().iter();
        let least = points.min_by(|one, other| one.smoothed.total_cmp(&other.smoothed))?;
        Some(least.learning_rate)
    }

    /// A tenth of the [`minimum`](Self::minimum).
    pub fn minimum_by_ten(&self) -> Option<f64> {
        self.minimum().map(|rate| rate / 10.0)
    }

    /// Why nothing is suggested.
    fn why_none(&self) -> &'static str {
        if self.looked_at().len() < 2 {
            "too few steps before the end"
        } else {
            "the loss falls nowhere"
        }
    }

    /// The points that something is suggested by: without the first tenth, whose mean is of few losses, and the last five.
    fn looked_at(&self) -> &[RatePoint] {
        let end = self.points.len().saturating_sub(Self::LAST);
        self.points.get(self.num_steps / 10..end).unwrap_or(&[])
    }

    /// The smoothed loss over the rate, with the suggestions marked, ready to be [drawn](crate::draw_curves).
    pub fn panel(&self) -> Panel {
        let is_shown = |point: &&RatePoint| point.smoothed <= Self::EXPLOSION * self.best;
        let shown: Vec<&RatePoint> = self.points.iter().filter(is_shown).collect();
        let marks = [
            ("steepest", self.steepest()),
            ("minimum / 10", self.minimum_by_ten()),
        ];
        let mark = |(name, at): (&str, Option<f64>)| {
            at.map(|at| Mark {
                at,
                label: format!("{name}: {}", rate_text(at)),
            })
        };
        Panel {
            title: "Loss over the learning rate".to_owned(),
            x_label: "learning rate".to_owned(),
            y_label: "smoothed loss".to_owned(),
            curves: vec![Curve {
                label: "smoothed loss".to_owned(),
                epochs: shown.iter().map(|point| point.learning_rate).collect(),
                values: shown.iter().map(|point| point.smoothed).collect(),
                ..Curve::default()
            }],
            x_scale: Scale::Logarithmic,
            marks: marks.into_iter().filter_map(mark).collect(),
            ..Panel::default()
        }
    }
}

/// How much the smoothed loss rises with the logarithm of the rate, by the line that is nearest to these points.
fn slope(points: &[RatePoint]) -> f64 {
    let count = points.len() as f64;
    let mean = |of: fn(&RatePoint) -> f64| points.iter().map(of).sum::<f64>() / count;
    let (rate, loss) = (
        mean(|point| point.learning_rate.ln()),
        mean(|point| point.smoothed),
    );
    let (mut together, mut square) = (0.0, 0.0);
    for point in points {
        let distance = point.learning_rate.ln() - rate;
        together += distance * (point.smoothed - loss);
        square += distance * distance;
    }
    together / square
}

/// Two digits that mean something.
fn rate_text(rate: f64) -> String {
    format!("{rate:.1e}")
}

impl fmt::Display for RateCurve {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const ROWS: usize = 20;
        writeln!(f, "{:<9}  {:<12}  smoothed", "rate", "loss")?;
        let last = self.points.len().saturating_sub(1);
        let rows = self.points.len().min(ROWS);
        for row in 0..rows {
            let place = row * last / (rows - 1).max(1);
            let point = &self.points[place];
            writeln!(
                f,
                "{:<9}  {:<12}  {}",
                rate_text(point.learning_rate),
                figure_text(point.loss),
                figure_text(point.smoothed)
            )?;
        }
        for (name, rate, meaning) in [
            ("steepest", self.steepest(), "the loss falls fastest here"),
            (
                "minimum",
                self.minimum(),
                "the least loss; a tenth of it trains well",
            ),
        ] {
            match rate {
                Some(rate) => writeln!(f, "{name:<9}  {:<12}  {meaning}", rate_text(rate))?,
                None => writeln!(f, "{name:<9}  {:<12}  {}", "none", self.why_none())?,
            }
        }
        if let Some(last) = self.points.last().filter(|_| self.has_exploded()) {
            let rate = rate_text(last.learning_rate);
            writeln!(f, "end        {rate:<12}  the loss explodes here")?;
        }
        Ok(())
    }
}
