use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// What happens to a text before it is split.
///
/// ```
/// # mod firebrick { pub use firebrick_vocabulary as vocabulary; }
/// use firebrick::vocabulary::Standardize;
///
/// assert_eq!(Standardize::LowerAndStripPunctuation.standardized("Don't PANIC!"), "dont panic");
/// // As TensorFlow does, which lowers the letters from A to Z alone.
/// assert_eq!(Standardize::Lower.standardized("Grüße aus ÖSTERREICH"), "grüße aus Österreich");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standardize {
    /// Both of the others.
    LowerAndStripPunctuation,
    /// The letters from A to Z become small ones.
    Lower,
    /// The 32 punctuation characters of ASCII are left out.
    StripPunctuation,
}

impl Standardize {
    /// The text after that.
    pub fn standardized(self, text: &str) -> Cow<'_, str> {
        let lowered = match self {
            Self::StripPunctuation => Cow::Borrowed(text),
            Self::Lower | Self::LowerAndStripPunctuation => Cow::Owned(text.to_ascii_lowercase()),
        };
        match self {
            Self::Lower => lowered,
            Self::StripPunctuation | Self::LowerAndStripPunctuation => {
                let is_kept = |letter: &char| !letter.is_ascii_punctuation();
                Cow::Owned(lowered.chars().filter(is_kept).collect())
            }
        }
    }
}

/// Where a text is cut into tokens.
///
/// ```
/// # mod firebrick { pub use firebrick_vocabulary as vocabulary; }
/// use firebrick::vocabulary::Split;
///
/// assert_eq!(Split::Whitespace.parts_of("  one two\n").collect::<Vec<_>>(), ["one", "two"]);
/// assert_eq!(Split::Character.parts_of("größe").count(), 5);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Split {
    /// At spaces, tabs and ends of lines, however many there are; as for `TensorFlow`, other spaces of Unicode are letters.
    Whitespace,
    /// Between all characters.
    Character,
}

impl Split {
    /// The parts in order.
    pub fn parts_of(self, text: &str) -> Box<dyn Iterator<Item = &str> + '_> {
        /// Beside the whitespace of ASCII as Rust has it.
        const VERTICAL_TAB: char = '\u{b}';
        match self {
            Self::Whitespace => {
                let is_space =
                    |letter: char| letter.is_ascii_whitespace() || letter == VERTICAL_TAB;
                Box::new(text.split(is_space).filter(|part| !part.is_empty()))
            }
            Self::Character => {
                let letters = text.char_indices();
                Box::new(letters.map(|(at, letter)| &text[at..at + letter.len_utf8()]))
            }
        }
    }
}

/// Tokens out of texts: standardized, split, and joined to n-grams.
///
/// ```
/// # mod firebrick { pub use firebrick_vocabulary as vocabulary; }
/// use firebrick::vocabulary::Tokenizer;
///
/// let words = Tokenizer::default();
/// assert_eq!(words.tokens_of(["The fox, the dog!"]), ["the", "fox", "the", "dog"]);
/// let pairs = Tokenizer { ngrams: vec![2], ..Tokenizer::default() };
/// assert_eq!(pairs.tokens_of(["The fox, the dog!"]), ["the fox", "fox the", "the dog"]);
/// ```
///
/// # Source
/// Keras 3.15, `keras.layers.TextVectorization`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tokenizer {
    /// What happens to a text before it is split, if anything does.
    pub standardize: Option<Standardize>,
    /// Where it is split; without that it is one token.
    pub split: Option<Split>,
    /// How many tokens are joined by a space to one: of each of these numbers all that follow each other. None of them leaves the
    /// tokens as they are.
    pub ngrams: Vec<usize>,
}

impl Default for Tokenizer {
    /// As Keras: words in small letters without punctuation.
    fn default() -> Self {
        Self {
            standardize: Some(Standardize::LowerAndStripPunctuation),
            split: Some(Split::Whitespace),
            ngrams: Vec::new(),
        }
    }
}

impl Tokenizer {
    /// The tokens of a row of texts, which for most is a single one.
    pub fn tokens_of<S: AsRef<str>>(&self, texts: impl IntoIterator<Item = S>) -> Vec<String> {
        let mut tokens = Vec::new();
        for text in texts {
            let text = match self.standardize {
                Some(standardize) => standardize.standardized(text.as_ref()),
                None => Cow::Borrowed(text.as_ref()),
            };
            match self.split {
                Some(split) => tokens.extend(split.parts_of(&text).map(str::to_owned)),
                None => tokens.push(text.into_owned()),
            }
        }
        if self.ngrams.is_empty() {
            return tokens;
        }
        let widths = self.ngrams.iter().map(|width| (*width).max(1));
        widths
            .flat_map(|width| tokens.windows(width).map(|several| several.join(" ")))
            .collect()
    }
}
