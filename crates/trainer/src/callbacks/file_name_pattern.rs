use super::python_text;
use crate::error::TrainError;
use crate::logs::Logs;

/// A file name with placeholders in Python's form: `{epoch:02d}`, `{batch}`, `{val_loss:.2f}`, and `{{` for
/// a brace.
#[derive(Clone, Debug)]
pub(super) struct FileNamePattern {
    text: String,
    parts: Vec<Part>,
}

#[derive(Clone, Debug)]
enum Part {
    Text(String),
    Placeholder { name: String, format: Format },
}

/// `[0][width][.precision][d|e|f]`.
#[derive(Clone, Copy, Debug, Default)]
struct Format {
    is_zero_filled: bool,
    width: usize,
    precision: Option<usize>,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Kind {
    #[default]
    Plain,
    Whole,
    Fixed,
    Scientific,
}

/// What Python takes where no precision is given.
const PRECISION: usize = 6;

/// The longest number that a file name can be asked for.
const MOST_DIGITS: usize = 100;

/// The figures that are counts.
const EPOCH: &str = "epoch";
const BATCH: &str = "batch";

/// The extension of the files.
const EXTENSION: &str = ".bpk";

impl FileNamePattern {
    /// # Errors
    /// Braces without their partner, formats that are none of numbers, another extension than `.bpk`.
    pub(super) fn new(text: String) -> Result<Self, TrainError> {
        let problem = |reason: String| TrainError::FileNamePattern {
            pattern: text.clone(),
            reason,
        };
        if !text.ends_with(EXTENSION) {
            return Err(problem(format!("it does not end in `{EXTENSION}`")));
        }
        let mut parts = Vec::new();
        let mut plain = String::new();
        let mut rest = text.as_str();
        while let Some(position) = rest.find(['{', '}']) {
            plain.push_str(&rest[..position]);
            let brace = &rest[position..=position];
            rest = &rest[position + 1..];
            if let Some(after) = rest.strip_prefix(brace) {
                plain.push_str(brace);
                rest = after;
                continue;
            }
            let end = rest.find('}').filter(|_| brace == "{");
            let end = end.ok_or_else(|| problem(format!("`{brace}` has no partner")))?;
            let (name, format) = rest[..end].split_once(':').unwrap_or((&rest[..end], ""));
            if !plain.is_empty() {
                parts.push(Part::Text(std::mem::take(&mut plain)));
            }
            parts.push(Part::Placeholder {
                name: name.to_owned(),
                format: Format::of(name, format).map_err(problem)?,
            });
            rest = &rest[end + 1..];
        }
        plain.push_str(rest);
        parts.push(Part::Text(plain));
        Ok(Self { text, parts })
    }

    /// The names of all placeholders but the epoch's and the batch's.
    pub(super) fn figures(&self) -> impl Iterator<Item = &str> {
        self.names().filter(|name| ![EPOCH, BATCH].contains(name))
    }

    pub(super) fn names_the_batch(&self) -> bool {
        self.names().any(|name| name == BATCH)
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Placeholder { name, .. } => Some(name.as_str()),
            Part::Text(_) => None,
        })
    }

    /// The error that this pattern cannot be used.
    pub(super) fn problem(&self, reason: impl Into<String>) -> TrainError {
        TrainError::FileNamePattern {
            pattern: self.text.clone(),
            reason: reason.into(),
        }
    }

    /// The name for this epoch and batch, counted from 1; `None` where a figure is missing.
    pub(super) fn fill(&self, epoch: usize, batch: usize, logs: &Logs) -> Option<String> {
        let mut filled = String::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => filled.push_str(text),
                Part::Placeholder { name, format } => filled.push_str(&match name.as_str() {
                    EPOCH => format.count(epoch),
                    BATCH => format.count(batch),
                    figure => format.number(logs.get(figure)?),
                }),
            }
        }
        Some(filled)
    }
}

impl Format {
    /// Reads the format of a placeholder.
    fn of(name: &str, text: &str) -> Result<Self, String> {
        let is_count = [EPOCH, BATCH].contains(&name);
        let reason = || {
            let example = if is_count { "02d" } else { ".2f" };
            format!("`{{{name}:{text}}}` has no format of this number, such as `{example}`")
        };
        if name.is_empty()
            || !name
                .chars()
                .all(|c| c.is_alphanumeric() || "_-".contains(c))
        {
            return Err(format!("`{{{name}}}` does not name a figure"));
        }
        let (rest, kind) = match text.char_indices().next_back() {
            Some((at, 'd')) => (&text[..at], Kind::Whole),
            Some((at, 'e')) => (&text[..at], Kind::Scientific),
            Some((at, 'f')) => (&text[..at], Kind::Fixed),
            _ => (text, Kind::Plain),
        };
        let (width, precision) = match rest.split_once('.') {
            Some((width, precision)) => (width, Some(precision)),
            None => (rest, None),
        };
        let number = |digits: &str| match digits.parse::<usize>() {
            Ok(number) if number <= MOST_DIGITS && !digits.starts_with('+') => Ok(number),
            _ => Err(reason()),
        };
        let format = Self {
            is_zero_filled: width.starts_with('0'),
            width: if width.is_empty() { 0 } else { number(width)? },
            precision: precision.map(number).transpose()?,
            kind,
        };
        let is_fit = match kind {
            Kind::Whole => is_count && precision.is_none(),
            Kind::Plain => precision.is_none(),
            Kind::Fixed | Kind::Scientific => true,
        };
        if is_fit { Ok(format) } else { Err(reason()) }
    }

    fn count(self, count: usize) -> String {
        match self.kind {
            Kind::Plain | Kind::Whole => self.pad(&count.to_string()),
            Kind::Fixed | Kind::Scientific => self.number(count as f64),
        }
    }

    fn number(self, value: f64) -> String {
        let precision = self.precision.unwrap_or(PRECISION);
        self.pad(&match self.kind {
            Kind::Plain | Kind::Whole => python_text::repr(value),
            Kind::Fixed => python_text::fixed(value, precision),
            Kind::Scientific => python_text::scientific(value, precision),
        })
    }

    /// To the right; zeros go behind the sign.
    fn pad(self, text: &str) -> String {
        let missing = self.width.saturating_sub(text.len());
        if !self.is_zero_filled {
            return " ".repeat(missing) + text;
        }
        let (sign, digits) = match text.strip_prefix('-') {
            Some(digits) => ("-", digits),
            None => ("", text),
        };
        format!("{sign}{}{digits}", "0".repeat(missing))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(pattern: &str) -> Option<String> {
        let logs = [("val_loss", 0.125), ("top_k", -2.5), ("loss", 1e-7)];
        let logs: Logs = logs.into_iter().collect();
        FileNamePattern::new(pattern.to_owned())
            .unwrap()
            .fill(7, 30, &logs)
    }

    /// Right-hand sides are what Python's `format` gives.
    #[test]
    fn placeholders_are_filled_as_python_fills_them() {
        for (pattern, name) in [
            ("best.bpk", "best.bpk"),
            ("m-{epoch:02d}-{val_loss:.2f}.bpk", "m-07-0.12.bpk"),
            ("{epoch}/{batch:5}.bpk", "7/   30.bpk"),
            ("{batch:05}-{batch:.1f}.bpk", "00030-30.0.bpk"),
            ("{val_loss}{{{epoch}}}.bpk", "0.125{7}.bpk"),
            (
                "{val_loss:f}-{loss}-{loss:.1e}.bpk",
                "0.125000-1e-07-1.0e-07.bpk",
            ),
            ("{top_k:08.2f}.bpk", "-0002.50.bpk"),
            ("{epoch:.0e}.bpk", "7e+00.bpk"),
        ] {
            assert_eq!(filled(pattern).as_deref(), Some(name));
        }
        assert_eq!(filled("{val_accuracy}.bpk"), None);
    }

    #[test]
    fn what_cannot_be_filled_is_an_error() {
        for (pattern, reason) in [
            ("a.h5", "it does not end in `.bpk`"),
            ("{epoch.bpk", "`{` has no partner"),
            ("epoch}.bpk", "`}` has no partner"),
            ("{}.bpk", "`{}` does not name a figure"),
            ("{val/loss}.bpk", "`{val/loss}` does not name a figure"),
            (
                "{val_loss:2d}.bpk",
                "`{val_loss:2d}` has no format of this number, such as `.2f`",
            ),
            (
                "{val_loss:.2}.bpk",
                "`{val_loss:.2}` has no format of this number",
            ),
            (
                "{epoch:x}.bpk",
                "`{epoch:x}` has no format of this number, such as `02d`",
            ),
            ("{epoch:.2d}.bpk", "`{epoch:.2d}` has no format"),
            ("{epoch:99999999d}.bpk", "`{epoch:99999999d}` has no format"),
            ("{epoch:+5d}.bpk", "`{epoch:+5d}` has no format"),
        ] {
            let error = FileNamePattern::new(pattern.to_owned()).unwrap_err();
            let text = error.to_string();
            assert!(text.contains(reason), "{text}");
        }
    }

    #[test]
    fn the_figures_are_what_is_named_but_epoch_and_batch() {
        let pattern =
            FileNamePattern::new("{epoch}{batch}{loss}{val_mae:.1f}.bpk".to_owned()).unwrap();
        assert_eq!(pattern.figures().collect::<Vec<_>>(), ["loss", "val_mae"]);
        assert!(pattern.names_the_batch());
    }
}
