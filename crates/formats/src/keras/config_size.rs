//! How much a description may hold: a value takes many times the two bytes that it may be written in.

/// The most values.
pub(super) const MAX_VALUES: usize = 500_000;

/// Counts values before they are read.
///
/// # Errors
/// More than there may be.
pub(super) fn check(text: &str) -> Result<(), String> {
    let mut count = 0_usize;
    let mut is_text = false;
    let mut is_escaped = false;
    for byte in text.bytes() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if is_text => is_escaped = true,
            b'"' => is_text = !is_text,
            b',' | b'[' | b'{' if !is_text => count += 1,
            _ => {}
        }
    }
    if count > MAX_VALUES {
        return Err(format!(
            "it has more than {MAX_VALUES} values, expected fewer; keep long lists, such as vocabularies, beside it"
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_counted_and_text_is_not() {
        assert_eq!(
            check(&format!("\"{}\\\",,\"", ",".repeat(MAX_VALUES))),
            Ok(())
        );
        assert!(check(&"[".repeat(MAX_VALUES + 1)).is_err());
    }
}
