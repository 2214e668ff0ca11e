use std::borrow::Cow;
use std::fmt::Write as _;

/// The most characters of a text from outside that a message shows.
const SHOWN: usize = 80;

/// A text as a terminal may have it: what would move the cursor, change colours or turn the direction of writing is
/// written out as in a Rust string, a line end too; all else stays as it is.
///
/// ```
/// use firebrick_spec::visible;
///
/// assert_eq!(visible("größe"), "größe");
/// assert_eq!(visible("a\u{1b}[2Jb\n"), "a\\u{1b}[2Jb\\n");
/// ```
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        if is_hidden(character) {
            // Writing to a string cannot fail.
            let _ = write!(shown, "{}", character.escape_default());
        } else {
            shown.push(character);
        }
    }
    Cow::Owned(shown)
}

/// A text from outside as a message shows it: [`visible`], and no more than its first 80 characters.
///
/// ```
/// use firebrick_spec::shortened;
///
/// assert_eq!(shortened("adma"), "adma");
/// assert_eq!(shortened(&"x".repeat(1_000_000)).chars().count(), 81);
/// ```
pub fn shortened(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        None => visible(text).into_owned(),
        Some((end, _)) => format!("{}…", visible(&text[..end])),
    }
}

/// Control characters, and those that end lines or change the direction of writing.
fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_terminal_obeys_is_left() {
        let nasty: String = (0..=0x9f)
            .chain([0x200e, 0x2028, 0x202e, 0x2066])
            .filter_map(char::from_u32)
            .collect();
        let shown = visible(&nasty);
        assert!(!shown.chars().any(is_hidden), "{shown:?}");
        assert!(shown.contains("\\u{1b}") && shown.contains("\\n") && shown.contains("abc"));
    }

    #[test]
    fn what_is_cut_off_is_told_by_an_ellipsis() {
        let text = "ä".repeat(SHOWN);
        assert_eq!(shortened(&text), text);
        assert_eq!(shortened(&format!("{text}b")), format!("{text}…"));
        assert_eq!(shortened("a\u{7}"), "a\\u{7}");
    }
}
