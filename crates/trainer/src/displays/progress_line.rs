use std::time::Duration;

/// Columns of the bar: as Keras draws it, and the least that still says something.
const BAR: usize = 20;
const SMALLEST_BAR: usize = 5;

/// Keras' progress line, `312/422 ━━━━━━━━━━━━━━─────── ETA 1s - accuracy: 0.9123 - loss: 0.3001`,
/// never wider than `width` columns.
///
/// What does not fit goes: first the bar shrinks, then figures go from the end, then the bar.
/// `is_last` gives the time the epoch took and that of a step instead of what is left.
pub(super) fn progress_line(
    width: usize,
    (done, total): (usize, usize),
    elapsed: Duration,
    is_last: bool,
    figures: &[String],
) -> String {
    let digits = total.to_string().len();
    let counter = format!("{done:>digits$}/{total}");
    let time = if is_last {
        let step = elapsed.as_secs_f64() / total.max(1) as f64;
        format!(
            " {} {}/step",
            duration(elapsed.as_secs_f64()),
            duration(step)
        )
    } else if done == 0 {
        " ETA --".to_owned()
    } else {
        let left = elapsed.as_secs_f64() / done as f64 * total.saturating_sub(done) as f64;
        format!(" ETA {}", duration(left.ceil()))
    };

    let columns = |text: &str| text.chars().count();
    let fixed = columns(&counter) + columns(&time);
    let with_bar = fixed + 1 + SMALLEST_BAR;
    let mut shown = figures.len();
    let figures_width = |shown: usize| figures[..shown].iter().map(|f| columns(f)).sum::<usize>();
    while shown > 0 && with_bar + figures_width(shown) > width {
        shown -= 1;
    }
    let figures_text = figures[..shown].concat();
    let line = if with_bar <= width {
        let room = width - fixed - 1 - columns(&figures_text);
        format!(
            "{counter} {}{time}{figures_text}",
            bar(done, total, room.min(BAR))
        )
    } else {
        format!("{counter}{time}")
    };
    line.chars().take(width).collect()
}

fn bar(done: usize, total: usize, columns: usize) -> String {
    let filled = (done * columns)
        .checked_div(total)
        .unwrap_or(columns)
        .min(columns);
    "━".repeat(filled) + &"─".repeat(columns - filled)
}

/// `3us`, `12ms`, `4s`, `2:05`, `1:02:05`, as Keras writes them.
fn duration(seconds: f64) -> String {
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a duration is not negative, and a cast to integer saturates"
    )]
    let whole = seconds.round() as u64;
    if seconds <= 0.0 {
        "0s".to_owned()
    } else if seconds < 1e-3 {
        format!("{:.0}us", seconds * 1e6)
    } else if seconds < 1.0 {
        format!("{:.0}ms", seconds * 1e3)
    } else if whole < 60 {
        format!("{whole}s")
    } else if whole < 3600 {
        format!("{}:{:02}", whole / 60, whole % 60)
    } else {
        format!("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures() -> Vec<String> {
        vec![
            " - accuracy: 0.9123".to_owned(),
            " - loss: 0.3001".to_owned(),
        ]
    }

    fn line(width: usize) -> String {
        progress_line(width, (312, 422), Duration::from_secs(3), false, &figures())
    }

    #[test]
    fn a_wide_terminal_shows_everything() {
        assert_eq!(
            line(100),
            "312/422 ━━━━━━━━━━━━━━────── ETA 2s - accuracy: 0.9123 - loss: 0.3001"
        );
        let last = progress_line(
            100,
            (422, 422),
            Duration::from_millis(2532),
            true,
            &figures(),
        );
        assert_eq!(
            last,
            "422/422 ━━━━━━━━━━━━━━━━━━━━ 3s 6ms/step - accuracy: 0.9123 - loss: 0.3001"
        );
    }

    #[test]
    fn a_narrow_terminal_loses_bar_and_figures_step_by_step() {
        assert_eq!(
            line(55),
            "312/422 ━━━━── ETA 2s - accuracy: 0.9123 - loss: 0.3001"
        );
        assert_eq!(line(45), "312/422 ━━━━━━━━─── ETA 2s - accuracy: 0.9123");
        assert_eq!(line(22), "312/422 ━━━━━── ETA 2s");
        assert_eq!(line(16), "312/422 ETA 2s");
        assert_eq!(line(5), "312/4");
        assert_eq!(line(0), "");
    }

    #[test]
    fn no_width_is_exceeded() {
        for width in 0..120 {
            for done in [0, 1, 211, 422] {
                let elapsed = Duration::from_secs(100_000);
                let line = progress_line(width, (done, 422), elapsed, done == 422, &figures());
                assert!(line.chars().count() <= width, "{width}: {line}");
            }
        }
    }

    #[test]
    fn durations_read_as_keras_writes_them() {
        let texts = [3e-6, 0.012, 0.9996, 4.4, 125.0, 3725.0].map(duration);
        assert_eq!(texts, ["3us", "12ms", "1000ms", "4s", "2:05", "1:02:05"]);
    }
}
