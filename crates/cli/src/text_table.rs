//! A table as text, a line a row.

use std::fmt::{self, Write as _};

/// Rows of cells below their heads, two spaces between the columns.
pub(crate) struct TextTable {
    columns: Vec<Column>,
    rows: Vec<Vec<String>>,
}

/// A column, as wide as its widest cell.
pub(crate) struct Column {
    head: String,
    side: Side,
    least: usize,
}

/// Where its cells begin or end.
enum Side {
    Left,
    Right,
}

impl Column {
    /// One of words.
    pub(crate) fn left(head: &str) -> Self {
        Self::new(head, Side::Left)
    }

    /// One of numbers, or of names beside them.
    pub(crate) fn right(head: &str) -> Self {
        Self::new(head, Side::Right)
    }

    fn new(head: &str, side: Side) -> Self {
        Self {
            head: head.to_owned(),
            side,
            least: 0,
        }
    }

    /// With so many characters at least.
    pub(crate) fn at_least(mut self, characters: usize) -> Self {
        self.least = characters;
        self
    }
}

impl TextTable {
    pub(crate) fn new<const N: usize>(columns: [Column; N]) -> Self {
        Self {
            columns: columns.into(),
            rows: Vec::new(),
        }
    }

    /// Adds a row, a cell for each column.
    pub(crate) fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.rows.push(cells.into());
    }
}

impl fmt::Display for TextTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let heads: Vec<String> = self.columns.iter().map(|own| own.head.clone()).collect();
        let lines = || std::iter::once(&heads).chain(&self.rows);
        let width = |index: usize| {
            let cells = lines().filter_map(|line| Some(line.get(index)?.chars().count()));
            cells.fold(self.columns[index].least, usize::max)
        };
        let widths: Vec<usize> = (0..self.columns.len()).map(width).collect();
        for line in lines() {
            let mut text = String::new();
            for ((cell, column), width) in line.iter().zip(&self.columns).zip(&widths) {
                match column.side {
                    Side::Left => write!(text, "{cell:<width$}  ")?,
                    Side::Right => write!(text, "{cell:>width$}  ")?,
                }
            }
            writeln!(f, "{}", text.trim_end())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_they_have_to_be() {
        let columns = [
            Column::left("column"),
            Column::right("n").at_least(3),
            Column::left("content"),
        ];
        let mut table = TextTable::new(columns);
        table.row(["a".to_owned(), "12".to_owned(), "words".to_owned()]);
        table.row(["größe μ".to_owned(), "1234".to_owned(), String::new()]);
        assert_eq!(
            table.to_string(),
            "column      n  content\na          12  words\ngröße μ  1234\n"
        );
    }
}
