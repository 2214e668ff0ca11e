//! Numbers as a screen has room for them.

use firebrick_spec::thousands;

/// A figure with four significant digits or so.
pub(crate) fn figure(value: f64) -> String {
    let size = value.abs();
    if !value.is_finite() {
        return value.to_string();
    }
    match size {
        0.0 => "0".to_owned(),
        _ if !(1e-3..1e6).contains(&size) => format!("{value:.2e}"),
        _ if size >= 1000.0 => format!("{value:.0}"),
        _ if size >= 10.0 => format!("{value:.2}"),
        _ => format!("{value:.4}"),
    }
}

/// A whole number with its thousands apart.
pub(crate) fn count(number: u64) -> String {
    thousands(usize::try_from(number).unwrap_or(usize::MAX))
}

/// Seconds as `12s`, `3:10` or `1:02:03`.
pub(crate) fn clock(seconds: f64) -> String {
    let seconds = whole(seconds);
    let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match (hours, minutes) {
        (0, 0) => format!("{rest}s"),
        (0, _) => format!("{minutes}:{rest:02}"),
        _ => format!("{hours}:{minutes:02}:{rest:02}"),
    }
}

/// Bytes as megabytes or gigabytes.
pub(crate) fn bytes(bytes: u64) -> String {
    let megabytes = bytes as f64 / 1e6;
    if megabytes < 1000.0 {
        format!("{megabytes:.0} MB")
    } else {
        format!("{:.1} GB", megabytes / 1000.0)
    }
}

/// The nearest whole number, from 0 on.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the cast stops at the bounds, and makes 0 of what is no number"
)]
pub(crate) fn whole(value: f64) -> u64 {
    value.round() as u64
}

/// The nearest number of cells, from 0 on.
pub(crate) fn cells(value: f64) -> u16 {
    u16::try_from(whole(value)).unwrap_or(u16::MAX)
}

/// So many cells, or as many as there can be.
pub(crate) fn size(count: usize) -> u16 {
    u16::try_from(count).unwrap_or(u16::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_as_long_as_they_must_be() {
        let figures = [0.0, 0.31239, -12.3456, 4567.8, 1e-5, 12_345_678.0, f64::NAN];
        assert_eq!(
            figures.map(figure),
            ["0", "0.3124", "-12.35", "4568", "1.00e-5", "1.23e7", "NaN"]
        );
        assert_eq!(
            [0, 999, 1000, 1_234_567].map(count),
            ["0", "999", "1,000", "1,234,567"]
        );
        assert_eq!(
            [0.4, 59.6, 190.0, 3723.0, f64::NAN].map(clock),
            ["0s", "1:00", "3:10", "1:02:03", "0s"]
        );
        assert_eq!(
            [412_300_000, 1_550_000_000].map(bytes),
            ["412 MB", "1.6 GB"]
        );
        assert_eq!([-3.0, 2.6, 1e9].map(cells), [0, 3, u16::MAX]);
    }
}
