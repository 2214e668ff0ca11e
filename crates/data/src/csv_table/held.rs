use super::words::Words;
use crate::column_encoding::ColumnEncoding;
use crate::csv_source::CsvSource;

/// The cells of a feature that become more, or other, numbers than stand there.
pub(super) enum Held {
    /// Numbers, before an offset is subtracted; NaN where one is missing.
    Numbers(Vec<f64>),
    /// Categories.
    Words(Words),
}

impl Held {
    /// Of no row so far; `None` for a feature whose numbers are taken as they are.
    pub(super) fn of(source: &CsvSource, name: &str) -> Option<Self> {
        let encoding = source.encoding_of(name);
        match encoding {
            Some(encoding) if encoding.is_categorical() => Some(Self::Words(Words::default())),
            Some(ColumnEncoding::Binned(_)) => Some(Self::Numbers(Vec::new())),
            _ => {
                let is_filled = source.missing_of(name).fills();
                is_filled.then(|| Self::Numbers(Vec::new()))
            }
        }
    }
}
