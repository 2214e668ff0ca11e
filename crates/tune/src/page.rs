//! The page that shows what came of a search.

mod axis;
mod lines;

use askama::Template;
use firebrick_pages::{STYLE, VERSION};

use crate::cell::{Cell, seconds_text};
use crate::error::TuneError;
use crate::outcome::Outcome;
use crate::record::TrialRecord;
use axis::Axis;
use lines::{Curves, Parallel, Scatter};

#[derive(Template)]
#[template(path = "tune.html")]
struct Page<'a> {
    version: &'static str,
    style: &'static str,
    title: &'a str,
    lead: String,
    is_whole: bool,
    monitor: &'a str,
    best: Option<Best>,
    commands: &'a [(String, String)],
    parallel: Option<Parallel>,
    scatters: Vec<Scatter>,
    curves: Option<Curves>,
    heads: Vec<String>,
    rows: Vec<Vec<Cell>>,
    settings: Vec<(String, String)>,
}

struct Best {
    number: usize,
    figure: String,
    values: Vec<(String, String)>,
}

impl Outcome {
    /// The outcome as a page in HTML that needs nothing else: how settings and figure belong together, how the trials
    /// learned, and the table. `commands` are what to do with the best trial, each with what it does.
    ///
    /// ```
    /// use firebrick_tune::Tuner;
    ///
    /// let tuner = Tuner::new("x=1..2".parse()?).with_trials(3).with_epochs(1);
    /// let outcome = tuner.run(|trial| Ok::<_, firebrick_tune::TuneError>(vec![trial.values().number("x")?]))?;
    /// let page = outcome.page("A search", &[("use it".to_owned(), "firebrick predict".to_owned())])?;
    /// assert!(page.starts_with("<!DOCTYPE html>") && page.contains("firebrick predict"));
    /// # Ok::<(), firebrick_tune::TuneError>(())
    /// ```
    ///
    /// # Errors
    /// A page that cannot be made.
    pub fn page(&self, title: &str, commands: &[(String, String)]) -> Result<String, TuneError> {
        let ranked: Vec<&TrialRecord> = self.ranked().collect();
        let figures = Axis::of_figures(self);
        let axes = Axis::of_space(self.space());
        let (heads, rows) = self.table();
        let seconds: f64 = self.trials().iter().map(|trial| trial.seconds).sum();
        let best = self.best();
        let settings = self.settings();
        let page = Page {
            version: VERSION,
            style: STYLE,
            title,
            lead: format!(
                "{} trials by {}, up to {} epochs each, judged by {} after the last epoch; {} of training.",
                ranked.len(),
                settings.strategy,
                settings.epochs,
                settings.monitor,
                seconds_text(seconds)
            ),
            is_whole: self.is_whole(),
            monitor: &settings.monitor,
            best: best.map(|best| Best {
                number: best.number,
                figure: best
                    .figure()
                    .map(firebrick::training::figure_text)
                    .unwrap_or_default(),
                values: best
                    .values
                    .iter()
                    .map(|(name, value)| (name.to_owned(), crate::dimension::value_text(value)))
                    .collect(),
            }),
            commands: if best.is_some() { commands } else { &[] },
            parallel: figures
                .as_ref()
                .map(|figures| Parallel::new(&ranked, &axes, figures)),
            scatters: match &figures {
                Some(figures) => axes
                    .iter()
                    .map(|axis| Scatter::new(&ranked, axis, figures))
                    .collect(),
                None => Vec::new(),
            },
            curves: Curves::new(&ranked),
            heads,
            rows,
            settings: self.rows_of_settings(),
        };
        page.render().map_err(|source| TuneError::Page { source })
    }

    fn rows_of_settings(&self) -> Vec<(String, String)> {
        let settings = self.settings();
        let mut rows: Vec<(String, String)> = self
            .space()
            .lines()
            .map(|(name, values)| (name.to_owned(), values))
            .collect();
        rows.push(("strategy".to_owned(), settings.strategy.to_string()));
        rows.push(("trials".to_owned(), settings.trials.to_string()));
        rows.push(("epochs".to_owned(), settings.epochs.to_string()));
        if settings.strategy.has_rungs() {
            let rungs = crate::rungs::rungs(
                settings.min_epochs,
                settings.epochs,
                settings.reduction_factor,
            );
            let rungs: Vec<String> = rungs.iter().map(ToString::to_string).collect();
            rows.push(("rungs".to_owned(), format!("{} epochs", rungs.join(", "))));
        }
        rows.push(("seed".to_owned(), settings.seed.to_string()));
        rows
    }
}

#[cfg(test)]
mod tests {
    use crate::tuner::Tuner;

    #[test]
    fn a_page_shows_every_trial_and_needs_nothing_else() {
        let space = "rate=log:1e-3..1, units=8|16".parse().unwrap();
        let tuner = Tuner::new(space).with_trials(5).with_epochs(2);
        let outcome = tuner
            .run(|trial| {
                let rate = trial.values().number("rate").unwrap();
                if trial.number() == 3 {
                    return Err("it <broke> & ended");
                }
                Ok(vec![rate, rate / 2.0])
            })
            .unwrap();
        let command = ("use it".to_owned(), "firebrick evaluate <run>".to_owned());
        let page = outcome.page("tune-1", &[command]).unwrap();
        assert_eq!(page.matches("<path class=\"trial").count(), 4 + 4);
        assert_eq!(page.matches("<circle").count(), 8);
        assert!(page.contains("it &#60;broke&#62; &#38; ended"), "{page}");
        assert!(page.contains("firebrick evaluate &#60;run&#62;"));
        for outside in ["http:", "https:", "src=", "@import", "url("] {
            assert!(!page.contains(outside), "{outside}");
        }
        let drawn = page.split("<script>").next().unwrap();
        assert!(!drawn.contains("NaN"), "{drawn}");
    }

    #[test]
    fn a_page_of_nothing_is_one_too() {
        let tuner = Tuner::new("x=1|2".parse().unwrap()).with_epochs(1);
        let outcome = tuner.run(|_| Err::<Vec<f64>, _>("no")).unwrap();
        let page = outcome.page("tune-1", &[]).unwrap();
        assert!(page.contains("No trial has a figure yet."), "{page}");
    }
}
