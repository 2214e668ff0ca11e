use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use axum::http::{HeaderMap, HeaderValue, header};

use crate::error::ServeError;

/// Fewest characters, so that nobody guesses it.
const FEWEST: usize = 16;
const MOST: usize = 1024;
const EXPECTED: &str = "16 to 1024 visible ASCII characters";

/// What whoever asks has to know: `Authorization: Bearer TOKEN`.
///
/// It is never shown.
///
/// ```
/// use firebrick_serve::Token;
///
/// let token = Token::new("3f8a0c57b1e94d26", "of the example")?;
/// assert_eq!(format!("{token:?}"), "Token(…)");
/// assert!(Token::new("short", "of the example").is_err());
/// # Ok::<(), firebrick_serve::ServeError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// A token; an error calls it `place`, "in `FIREBRICK_TOKEN`" say. Blanks around it do not count.
    ///
    /// # Errors
    /// One that is shorter than 16 characters or has others than visible ASCII.
    pub fn new(token: &str, place: &str) -> Result<Self, ServeError> {
        let token = token.trim();
        let is_visible = token.bytes().all(|byte| byte.is_ascii_graphic());
        if is_visible && (FEWEST..=MOST).contains(&token.len()) {
            return Ok(Self(token.to_owned()));
        }
        let received = if is_visible {
            format!("{} of them", token.len())
        } else {
            "others".to_owned()
        };
        Err(ServeError::Token {
            place: place.to_owned(),
            expected: EXPECTED,
            received,
        })
    }

    /// The token that a file holds.
    ///
    /// # Errors
    /// A file that cannot be read, or holds no token.
    pub fn read(path: &Path) -> Result<Self, ServeError> {
        let failed = |source| ServeError::Read {
            path: path.to_owned(),
            source,
        };
        let mut text = Vec::new();
        let file = File::open(path).map_err(failed)?;
        file.take(2 * MOST as u64)
            .read_to_end(&mut text)
            .map_err(failed)?;
        let text = String::from_utf8_lossy(&text);
        Self::new(&text, &format!("in `{}`", path.display()))
    }

    /// Whether a request knows it; how long that takes does not tell how much of it was right.
    pub(crate) fn is_known_to(&self, headers: &HeaderMap) -> bool {
        let given = headers.get(header::AUTHORIZATION);
        let given = given.map(HeaderValue::as_bytes).unwrap_or_default();
        let Some((scheme, given)) = given.split_at_checked(7) else {
            return false;
        };
        let own = self.0.as_bytes();
        let differs = own
            .iter()
            .zip(given)
            .fold(0, |differs, (own, given)| differs | (own ^ given));
        scheme.eq_ignore_ascii_case(b"bearer ") && own.len() == given.len() && differs == 0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_whole_token_is_right() {
        let token = Token::new(" 0123456789abcdef\n", "here").unwrap();
        let is_known = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::AUTHORIZATION, value.parse().unwrap());
            token.is_known_to(&headers)
        };
        assert!(is_known("Bearer 0123456789abcdef"));
        assert!(is_known("bearer 0123456789abcdef"));
        for wrong in [
            "",
            "Bearer ",
            "Bearer 0123456789abcde",
            "Bearer 0123456789abcdeff",
            "Bearer 0123456789abcdeF",
            "Basic 0123456789abcdef",
            "0123456789abcdef",
        ] {
            assert!(!is_known(wrong), "{wrong}");
        }
        assert!(!token.is_known_to(&HeaderMap::new()));
    }

    #[test]
    fn what_is_no_token_says_so_without_telling_it() {
        for (text, words) in [
            ("secret", "6 of them"),
            ("0123456789 abcdef", "others"),
            ("", "0 of them"),
        ] {
            let error = Token::new(text, "in FIREBRICK_TOKEN")
                .unwrap_err()
                .to_string();
            assert!(
                error.contains(words) && error.contains("in FIREBRICK_TOKEN"),
                "{error}"
            );
            assert!(text.is_empty() || !error.contains(text), "{error}");
        }
    }
}
