//! Numbers for people.

use firebrick::specs::thousands;

/// A share as a percentage.
///
/// ```
/// assert_eq!(firebrick_pages::percent(0.974_31), "97.43 %");
/// ```
pub fn percent(share: f64) -> String {
    format!("{:.2} %", share * 100.0)
}

/// How long something took, in two units at most.
///
/// ```
/// let texts = [0.034, 7.3, 63.0, 7_320.0].map(firebrick_pages::duration);
/// assert_eq!(texts, ["34 ms", "7.3 s", "1 min 3 s", "2 h 2 min"]);
/// ```
pub fn duration(seconds: f64) -> String {
    if !seconds.is_finite() || seconds < 0.0 {
        return "–".to_owned();
    }
    if seconds < 1.0 {
        return format!("{:.0} ms", seconds * 1000.0);
    }
    if seconds < 9.95 {
        return format!("{seconds:.1} s");
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it is not negative, and the cast saturates"
    )]
    let whole = seconds.round() as u64;
    let two = |large: u64, large_unit: &str, small: u64, small_unit: &str| match small {
        0 => format!("{large} {large_unit}"),
        _ => format!("{large} {large_unit} {small} {small_unit}"),
    };
    match whole {
        0..60 => format!("{whole} s"),
        60..3600 => two(whole / 60, "min", whole % 60, "s"),
        3600..86_400 => two(whole / 3600, "h", whole % 3600 / 60, "min"),
        _ => two(whole / 86_400, "d", whole % 86_400 / 3600, "h"),
    }
}

/// How long ago something was, in one unit.
pub(crate) fn ago(seconds: u64) -> String {
    match seconds {
        0..60 => "just now".to_owned(),
        60..3600 => format!("{} min ago", seconds / 60),
        3600..86_400 => format!("{} h ago", seconds / 3600),
        _ => format!("{} d ago", seconds / 86_400),
    }
}

/// `1 epoch`, `2 epochs`.
pub(crate) fn counted(number: usize, one: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {one}{plural}", thousands(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_two_units_at_most() {
        for (seconds, text) in [
            (0.0, "0 ms"),
            (9.94, "9.9 s"),
            (9.96, "10 s"),
            (59.7, "1 min"),
            (3600.0, "1 h"),
            (90_000.0, "1 d 1 h"),
            (f64::NAN, "–"),
        ] {
            assert_eq!(duration(seconds), text);
        }
        assert_eq!(
            [59, 60, 7200, 172_800].map(ago),
            ["just now", "1 min ago", "2 h ago", "2 d ago"]
        );
    }
}
