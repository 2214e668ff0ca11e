//! Numbers as Python writes them.

/// What `repr` gives: the shortest digits that mean the same number.
pub(super) fn repr(value: f64) -> String {
    if value.is_nan() {
        "nan".to_owned()
    } else if value.is_infinite() {
        if value > 0.0 { "inf" } else { "-inf" }.to_owned()
    } else {
        two_digit_exponent(&format!("{value:?}"))
    }
}

/// What the format `e` gives.
pub(super) fn scientific(value: f64, precision: usize) -> String {
    if value.is_finite() {
        two_digit_exponent(&format!("{value:.precision$e}"))
    } else {
        repr(value)
    }
}

/// What the format `f` gives.
pub(super) fn fixed(value: f64, precision: usize) -> String {
    if value.is_finite() {
        format!("{value:.precision$}")
    } else {
        repr(value)
    }
}

/// `1e-5` as `1e-05`.
fn two_digit_exponent(text: &str) -> String {
    let Some((digits, exponent)) = text.split_once('e') else {
        return text.to_owned();
    };
    let (sign, exponent) = match exponent.strip_prefix('-') {
        Some(exponent) => ('-', exponent),
        None => ('+', exponent),
    };
    format!("{digits}e{sign}{exponent:0>2}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_python_writes_them() {
        for (value, text) in [
            (4.0, "4.0"),
            (0.1, "0.1"),
            (2.720_000_028_610_229_5, "2.7200000286102295"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (1.5e-7, "1.5e-07"),
            (1e15, "1000000000000000.0"),
            (1e16, "1e+16"),
            (1e-100, "1e-100"),
            (-0.0, "-0.0"),
            (f64::NAN, "nan"),
            (f64::NEG_INFINITY, "-inf"),
        ] {
            assert_eq!(repr(value), text);
        }
        assert_eq!(scientific(12345.678, 2), "1.23e+04");
        assert_eq!(scientific(f64::INFINITY, 2), "inf");
        assert_eq!(fixed(0.125, 2), "0.12");
        assert_eq!(fixed(f64::NAN, 2), "nan");
    }
}
