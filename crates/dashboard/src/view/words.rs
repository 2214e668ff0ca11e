//! What was said in a training.

use std::collections::VecDeque;

use firebrick_session::Speaker;

/// A line that somebody said.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Word {
    pub(crate) step: u64,
    pub(crate) epoch: usize,
    pub(crate) from: Source,
    pub(crate) text: String,
}

/// Who said it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    Callback,
    Warning,
    Hint,
    Refused,
    Action,
    Saved,
    Training,
}

impl Source {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Callback => "callback",
            Self::Warning => "warning",
            Self::Hint => "hint",
            Self::Refused => "refused",
            Self::Action => "action",
            Self::Saved => "saved",
            Self::Training => "training",
        }
    }

    pub(crate) fn of(speaker: Speaker) -> Self {
        match speaker {
            Speaker::Warning => Self::Warning,
            Speaker::Hint => Self::Hint,
            Speaker::Refused => Self::Refused,
            _ => Self::Callback,
        }
    }
}

/// The newest lines.
#[derive(Clone, Debug, Default)]
pub(crate) struct Words {
    lines: VecDeque<Word>,
}

impl Words {
    /// So many are kept.
    const LIMIT: usize = 2000;

    pub(crate) fn push(&mut self, word: Word) {
        if self.lines.len() == Self::LIMIT {
            self.lines.pop_front();
        }
        self.lines.push_back(word);
    }

    /// Drops what was said beyond a step.
    pub(crate) fn truncate(&mut self, step: u64) {
        self.lines.retain(|word| word.step <= step);
    }

    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &Word> {
        self.lines.iter()
    }

    /// Those in which the text is found, in small letters or capitals: in who says it, or in what.
    pub(crate) fn found(&self, text: &str) -> Vec<&Word> {
        let text = text.to_lowercase();
        let has = |word: &&Word| {
            word.from.name().contains(&text) || word.text.to_lowercase().contains(&text)
        };
        self.lines.iter().filter(has).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_by_speaker_and_by_text_and_the_oldest_go() {
        let mut words = Words::default();
        for step in 0..2100 {
            words.push(Word {
                step,
                epoch: 1,
                from: if step == 2050 {
                    Source::Hint
                } else {
                    Source::Saved
                },
                text: format!("Model-{step}"),
            });
        }
        assert_eq!(words.iter().count(), Words::LIMIT);
        assert_eq!(words.found("HINT").len(), 1);
        assert_eq!(words.found("model-2099").len(), 1);
        assert!(words.found("model-50.").is_empty());
        words.truncate(2000);
        assert_eq!(words.iter().next_back().map(|word| word.step), Some(2000));
    }
}
