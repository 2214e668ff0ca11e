use std::time::Duration;

use crate::logs::Logs;

/// Columns of the bar: as Keras draws it, and the least that still says something.
const BAR: usize = 20;
const SMALLEST_BAR: usize = 5;

/// Where a pass over batches is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Progress {
    /// Batches.
    pub(super) done: usize,
    /// If it is known.
    pub(super) total: Option<usize>,
    /// Since the pass began.
    pub(super) elapsed: Duration,
    /// When its first batch was done, which says little about the others.
    pub(super) first_step: Option<Duration>,
    pub(super) stage: Stage,
}

/// Whether what is left is told, or the time it all took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    Running,
    Done,
}

/// Whether a line has colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Paint {
    Plain,
    Escapes,
}

/// A line and how many columns of a terminal it takes.
pub(super) struct Line {
    pub(super) text: String,
    pub(super) columns: usize,
}

impl Progress {
    /// Seconds a batch, by Keras' estimate: without the first one as soon as there are more.
    fn seconds_per_step(&self) -> f64 {
        match (self.done, self.first_step) {
            (0, _) => 0.0,
            (done @ 2.., Some(first)) => {
                self.elapsed.saturating_sub(first).as_secs_f64() / (done - 1) as f64
            }
            (done, _) => self.elapsed.as_secs_f64() / done as f64,
        }
    }

    fn counter(&self) -> String {
        let Some(total) = self.total else {
            return format!("{:>7}/Unknown", self.done);
        };
        let digits = total.to_string().len();
        format!("{:>digits$}/{total}", self.done)
    }

    /// What is left, or what it took.
    fn time(&self) -> String {
        match (self.stage, self.total) {
            (Stage::Running, Some(total)) => {
                let left = total.saturating_sub(self.done) as f64;
                clock(self.seconds_per_step() * left)
            }
            _ => format!("{:.0}s", self.elapsed.as_secs_f64()),
        }
    }
}

/// Keras' progress line, `312/422 ━━━━━━━━━━━━━━━━━━━━ 1s 3ms/step - accuracy: 0.9123 - loss: 0.3001`,
/// while it runs never wider than `width` columns.
///
/// What does not fit goes, which is where it differs from Keras: first the bar shrinks, then figures go from
/// the end, then the bar. The last line of a pass is whole, as Keras prints it: the terminal may wrap it, as nothing is
/// drawn over it any more.
pub(super) fn progress_line(
    width: usize,
    paint: Paint,
    progress: &Progress,
    figures: &[String],
) -> Line {
    let width = match progress.stage {
        Stage::Running => width,
        Stage::Done => usize::MAX,
    };
    let counter = progress.counter();
    let time = progress.time();
    let step = per_step(progress.seconds_per_step());
    let columns = |text: &str| text.chars().count();
    let fixed = columns(&counter) + 1 + columns(&time) + columns(&step);
    let with_bar = fixed + 1 + SMALLEST_BAR;
    let mut shown = figures.len();
    let figures_width = |shown: usize| figures[..shown].iter().map(|f| columns(f)).sum::<usize>();
    while shown > 0 && with_bar + figures_width(shown) > width {
        shown -= 1;
    }
    let rest = format!("{step}{}", figures[..shown].concat());
    if progress.total.is_none() && fixed + figures_width(shown) <= width {
        return Line {
            text: format!("{counter} {}{rest}", bold(&time, paint)),
            columns: fixed + figures_width(shown),
        };
    }
    if with_bar <= width {
        let room = (width - fixed - 1 - figures_width(shown)).min(BAR);
        let bar = bar(progress, room, paint);
        Line {
            text: format!(
                "{} {bar} {}{rest}",
                bold(&counter, paint),
                bold(&time, paint)
            ),
            columns: fixed + 1 + room + figures_width(shown),
        }
    } else {
        let text: String = format!("{counter} {time}{rest}")
            .chars()
            .take(width)
            .collect();
        Line {
            columns: columns(&text),
            text,
        }
    }
}

/// The line Keras prints at `verbose=2`, `422/422 - 3s - 6ms/step - accuracy: 0.9123 - loss: 0.3001`.
pub(super) fn summary_line(progress: &Progress, figures: &Logs) -> String {
    // Keras compares without taking the size first, so that anything below 0 has an exponent.
    let figures = written(figures, |value| value > 1e-3).concat();
    format!(
        "{} - {} -{}{figures}",
        progress.counter(),
        progress.time(),
        per_step(progress.seconds_per_step())
    )
}

/// ` - name: value` for each figure as Keras writes them at `verbose=1`.
pub(super) fn figures_text(figures: &Logs) -> Vec<String> {
    written(figures, |value| value.abs() > 1e-3)
}

/// Each figure with four digits after the point, or with an exponent where that would show little.
fn written(figures: &Logs, is_fixed: fn(f64) -> bool) -> Vec<String> {
    in_keras_order(figures)
        .into_iter()
        .map(|(name, value)| {
            let number = if is_fixed(value) {
                format!("{value:.4}")
            } else {
                scientific(value)
            };
            format!(" - {name}: {number}")
        })
        .collect()
}

/// By name, those of the validation last.
fn in_keras_order(figures: &Logs) -> Vec<(&str, f64)> {
    let mut figures: Vec<(&str, f64)> = figures.iter().collect();
    figures.sort_by_key(|(name, _)| (name.starts_with("val_"), *name));
    figures
}

/// `5.0000e-04`, `nan`, as Python writes them.
fn scientific(value: f64) -> String {
    if !value.is_finite() {
        return value.to_string().to_lowercase();
    }
    let text = format!("{value:.4e}");
    match text.split_once('e') {
        Some((mantissa, exponent)) => {
            let (sign, digits) = match exponent.strip_prefix('-') {
                Some(digits) => ('-', digits),
                None => ('+', exponent),
            };
            format!("{mantissa}e{sign}{digits:0>2}")
        }
        None => text,
    }
}

fn bold(text: &str, paint: Paint) -> String {
    match paint {
        Paint::Plain => text.to_owned(),
        Paint::Escapes => format!("\x1b[1m{text}\x1b[0m"),
    }
}

fn bar(progress: &Progress, columns: usize, paint: Paint) -> String {
    let filled = (progress.done * columns)
        .checked_div(progress.total.unwrap_or(0))
        .unwrap_or(columns)
        .min(columns);
    match paint {
        Paint::Plain => "━".repeat(filled) + &"─".repeat(columns - filled),
        Paint::Escapes => {
            let done = match filled {
                0 => String::new(),
                _ => format!("\x1b[32m{}\x1b[0m", "━".repeat(filled)),
            };
            format!("{done}\x1b[37m{}\x1b[0m", "━".repeat(columns - filled))
        }
    }
}

/// ` 3us/step`, ` 12ms/step`, ` 4s/step`.
fn per_step(seconds: f64) -> String {
    if seconds >= 1.0 || seconds == 0.0 {
        format!(" {seconds:.0}s/step")
    } else if seconds >= 1e-3 {
        format!(" {:.0}ms/step", seconds * 1e3)
    } else {
        format!(" {:.0}us/step", seconds * 1e6)
    }
}

/// `4s`, `2:05`, `1:02:05`, of whole seconds.
pub(crate) fn clock(seconds: f64) -> String {
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a duration is not negative, and a cast to integer saturates"
    )]
    let whole = seconds as u64;
    if seconds > 3600.0 {
        format!("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60)
    } else if seconds > 60.0 {
        format!("{}:{:02}", whole / 60, whole % 60)
    } else {
        format!("{whole}s")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures() -> Vec<String> {
        let figures = [("loss", 0.3001), ("accuracy", 0.9123)];
        figures_text(&figures.into_iter().collect())
    }

    fn at(done: usize, seconds: u64) -> Progress {
        Progress {
            done,
            total: Some(422),
            elapsed: Duration::from_secs(seconds),
            first_step: None,
            stage: if done == 422 {
                Stage::Done
            } else {
                Stage::Running
            },
        }
    }

    fn line(width: usize) -> String {
        progress_line(width, Paint::Plain, &at(312, 6), &figures()).text
    }

    #[test]
    fn a_narrow_terminal_loses_bar_and_figures_step_by_step() {
        assert_eq!(
            line(100),
            "312/422 ━━━━━━━━━━━━━━────── 2s 19ms/step - accuracy: 0.9123 - loss: 0.3001"
        );
        assert_eq!(
            line(60),
            "312/422 ━━━── 2s 19ms/step - accuracy: 0.9123 - loss: 0.3001"
        );
        assert_eq!(
            line(50),
            "312/422 ━━━━━━━─── 2s 19ms/step - accuracy: 0.9123"
        );
        assert_eq!(line(28), "312/422 ━━━━━── 2s 19ms/step");
        assert_eq!(line(20), "312/422 2s 19ms/step");
        assert_eq!(line(5), "312/4");
        assert_eq!(line(0), "");
    }

    #[test]
    fn without_an_end_there_is_no_bar_and_the_time_is_what_it_took() {
        let progress = Progress {
            total: None,
            ..at(312, 6)
        };
        let line = |width| progress_line(width, Paint::Plain, &progress, &figures()).text;
        assert_eq!(
            line(100),
            "    312/Unknown 6s 19ms/step - accuracy: 0.9123 - loss: 0.3001"
        );
        assert_eq!(line(60), "    312/Unknown 6s 19ms/step - accuracy: 0.9123");
        assert_eq!(line(10), "    312/Un");
    }

    #[test]
    fn no_width_is_exceeded_and_the_columns_are_told() {
        for width in 0..120 {
            for done in [0, 1, 211, 421] {
                let progress = at(done, 100_000);
                let line = progress_line(width, Paint::Plain, &progress, &figures());
                let columns = line.text.chars().count();
                assert!(columns <= width, "{width}: {}", line.text);
                assert_eq!(columns, line.columns);
                let painted = progress_line(width, Paint::Escapes, &progress, &figures());
                assert_eq!(painted.columns, columns);
            }
        }
    }

    #[test]
    fn the_last_line_of_an_epoch_has_all_figures_at_any_width() {
        for width in [0, 20, 50, 79, 200] {
            let line = progress_line(width, Paint::Plain, &at(422, 3), &figures());
            assert_eq!(
                line.text,
                "422/422 ━━━━━━━━━━━━━━━━━━━━ 3s 7ms/step - accuracy: 0.9123 - loss: 0.3001"
            );
        }
    }

    #[test]
    fn numbers_are_those_of_python() {
        let texts = [0.0, -1e-3, 123.456_78, f64::NAN, f64::INFINITY]
            .map(|value| figures_text(&[("x", value)].into_iter().collect()).concat());
        let expected = ["0.0000e+00", "-1.0000e-03", "123.4568", "nan", "inf"];
        assert_eq!(texts, expected.map(|text| format!(" - x: {text}")));
    }
}
