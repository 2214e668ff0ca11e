//! Critical points as text.

use std::fmt::Write;

use crate::search::CriticalPoint;

/// A line a point.
pub(crate) fn table(points: &[CriticalPoint]) -> String {
    let mut table = format!(
        "{:>8} {:>8} {:>9}   {:<19} {}\n",
        "x", "y", "f(x, y)", "Hessian eigenvalues", "kind"
    );
    for found in points {
        let [x, y] = found.point.map(rounded);
        let value = rounded(found.value);
        let [smaller, larger] = found.eigenvalues.map(rounded);
        // Writing to a string does not fail.
        let _ = writeln!(
            table,
            "{x:>8.4} {y:>8.4} {value:>9.4}   {smaller:>9.4} {larger:>9.4} {}",
            found.kind
        );
    }
    table
}

/// As many digits as are shown, and no -0.
fn rounded(number: f64) -> f64 {
    (number * 1e4).round() / 1e4 + 0.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::Kind;

    #[test]
    fn a_point_is_a_line_without_the_signs_of_zeros() {
        let found = |point, value, eigenvalues, kind| CriticalPoint {
            point,
            value,
            eigenvalues,
            kind,
        };
        let points = [
            found([-1e-9, 6.0], -0.0, [-2.485_28, 14.485_28], Kind::Saddle),
            found([2.0, -2.000_04], -8.0, [2.0, 6.0], Kind::Minimum),
        ];
        let expected = "       x        y   f(x, y)   Hessian eigenvalues kind
  0.0000   6.0000    0.0000     -2.4853   14.4853 saddle
  2.0000  -2.0000   -8.0000      2.0000    6.0000 minimum
";
        assert_eq!(table(&points), expected);
    }
}
