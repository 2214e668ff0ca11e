//! Patterns of names and paths.

/// Whether a text is like a pattern, in which each `*` stands for any text.
///
/// ```
/// use firebrick_spec::is_like;
///
/// assert!(is_like("encoder_1/kernel", "encoder*/kernel"));
/// assert!(!is_like("encoder/bias", "encoder*/kernel"));
/// ```
pub fn is_like(text: &str, pattern: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_text() {
        for (pattern, path, expected) in [
            ("dense/kernel", "dense/kernel", true),
            ("dense/kernel", "dense/kernels", false),
            ("dense", "dense/kernel", false),
            ("*", "dense/kernel", true),
            ("*/bias", "dense/bias", true),
            ("*/bias", "dense/bias_2", false),
            ("enc*/k*l", "encoder/lstm/kernel", true),
            ("enc*er*er/k", "encoder/k", false),
            ("a*a", "a", false),
            ("*ab*ab*", "ab", false),
            ("*", "", true),
            ("", "", true),
        ] {
            assert_eq!(is_like(path, pattern), expected, "{pattern} {path}");
        }
    }
}
