//! What can be wrong with a table in a CSV file.

mod hints;

use std::path::PathBuf;

use firebrick_spec::SpecError;

use crate::fingerprint::Change;
use crate::names::{as_list, did_you_mean, listed, shown};
pub(crate) use hints::suspicion;
use hints::{all_ignored, hint_of_header, hint_of_name, listed_problems, places};

/// What is wrong with a CSV file, or with its description.
///
/// Lines are counted from 1 and include the header, as editors count them.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CsvError {
    /// A file in another encoding.
    #[error(
        "`{}`, line {line}: expected UTF-8, received the byte 0x{received:02x}; save the file as UTF-8",
        path.display()
    )]
    NotUtf8 {
        /// The file.
        path: PathBuf,
        /// Where the first byte lies that is no text.
        line: usize,
        /// That byte.
        received: u8,
    },

    /// A file of nothing.
    #[error(
        "`{}`: expected a line with the names of the columns, received an empty file; check that it is the file you \
         meant", path.display()
    )]
    NoHeader {
        /// The file.
        path: PathBuf,
    },

    /// Columns without a name, where every column that is left is a feature.
    #[error(
        "`{}`, line {line}: expected a name for every column, received none for {}; name it, or leave it out by its place \
         (`ignored = [{}]`, on the command line `--ignore {}`)", path.display(), places(columns),
        all_ignored(ignored, columns).iter().map(|name| format!("\"{}\"", shown(name))).collect::<Vec<_>>().join(", "),
        as_list(&all_ignored(ignored, columns))
    )]
    UnnamedColumn {
        /// The file.
        path: PathBuf,
        /// The line of the names.
        line: usize,
        /// Which columns, counted from 1.
        columns: Vec<usize>,
        /// What is ignored already.
        ignored: Vec<String>,
    },

    /// Two columns of one name.
    #[error(
        "`{}`, line {line}: expected columns of different names, received `{}` as column {first} and column {second}; \
         rename one of them", path.display(), shown(name)
    )]
    DuplicateColumn {
        /// The file.
        path: PathBuf,
        /// The line of the names.
        line: usize,
        /// The name.
        name: String,
        /// The first of them, counted from 1.
        first: usize,
        /// The second of them, counted from 1.
        second: usize,
    },

    /// A description names a column that the file does not have.
    #[error(
        "`{}`: expected a column `{}`, received only {}{}", path.display(), shown(name), listed(known),
        hint_of_name(name, known)
    )]
    UnknownColumn {
        /// The file.
        path: PathBuf,
        /// The name as given.
        name: String,
        /// The columns there are.
        known: Vec<String>,
    },

    /// A description gives one column two parts.
    #[error(
        "`{}`: expected one part for the column `{}`, received it as {first} and as {second}; take it out of one of \
         them", path.display(), shown(name)
    )]
    ColumnTwice {
        /// The file.
        path: PathBuf,
        /// The column.
        name: String,
        /// Its part.
        first: &'static str,
        /// Its other part.
        second: &'static str,
    },

    /// A description without a target.
    #[error(
        "`{}`: expected a target, received none; name the column to predict (on the command line `--target COLUMN`), one \
         of {}{}", path.display(), listed(known), hint_of_header(known)
    )]
    NoTarget {
        /// The file.
        path: PathBuf,
        /// The columns there are.
        known: Vec<String>,
    },

    /// Nothing to predict from.
    #[error(
        "`{}`: expected at least one feature column beside targets and ignored ones, received the columns {}{}",
        path.display(), listed(known), hint_of_header(known)
    )]
    NoFeatures {
        /// The file.
        path: PathBuf,
        /// The columns there are.
        known: Vec<String>,
    },

    /// A row of another length.
    #[error(
        "`{}`, line {line}: expected {expected} fields as the header has, received {received}; {hint}", path.display()
    )]
    Ragged {
        /// The file.
        path: PathBuf,
        /// Where the row begins.
        line: usize,
        /// Columns of the header.
        expected: usize,
        /// Fields of the row.
        received: usize,
        /// What to do.
        hint: String,
    },

    /// A missing cell.
    #[error(
        "`{}`, line {line}, column `{}`: expected {expected}, received {received}; {hint}", path.display(), shown(column)
    )]
    Missing {
        /// The file.
        path: PathBuf,
        /// Where the row begins.
        line: usize,
        /// The column's name.
        column: String,
        /// What should stand there.
        expected: &'static str,
        /// What stands there.
        received: String,
        /// What to do.
        hint: Box<str>,
    },

    /// Text in a column of numbers.
    #[error(
        "`{}`, line {line}, column `{}`: expected a number, received `{received}`; {hint}", path.display(), shown(column)
    )]
    NotANumber {
        /// The file.
        path: PathBuf,
        /// Where the row begins.
        line: usize,
        /// The column's name.
        column: String,
        /// What stands there.
        received: String,
        /// What to do.
        hint: String,
    },

    /// A number among truths, or a truth among numbers.
    #[error(
        "`{}`, line {line}, column `{}`: expected what the rows before hold, numbers or True and False, received \
         `{received}`; write one kind of them in the whole column", path.display(), shown(column)
    )]
    Mixed {
        /// The file.
        path: PathBuf,
        /// Where the row begins.
        line: usize,
        /// The column's name.
        column: String,
        /// What stands there.
        received: String,
    },

    /// Cells in several columns, or of several kinds in one, that cannot be taken.
    #[error("`{}`: expected numbers in the features, and targets for them, received {}; {hint}", path.display(), listed_problems(problems))]
    Columns {
        /// The file.
        path: PathBuf,
        /// What is wrong, in the order of the columns.
        problems: Vec<CsvProblem>,
        /// What to do.
        hint: String,
    },

    /// An encoding that cannot be.
    #[error("column `{}`: {source}", shown(column))]
    Encoding {
        /// The column.
        column: String,
        /// What is wrong with it.
        source: SpecError,
    },

    /// Two encodings of one column.
    #[error(
        "column `{}`: expected one encoding, received it in `categorical` and with another one in `encodings`; take it out of one \
         of them",
        shown(column)
    )]
    EncodedTwice {
        /// The column.
        column: String,
    },

    /// What is for features, said of another column.
    #[error(
        "`{}`: expected {treatment} for a feature, received it for `{}`, which is {part}; take it out", path.display(), shown(column)
    )]
    NoFeature {
        /// The file.
        path: PathBuf,
        /// The column.
        column: String,
        /// What is said of it.
        treatment: String,
        /// What it is.
        part: &'static str,
    },

    /// Missing cells are to be filled with what a column does not have.
    #[error(
        "`{}`, column `{}`: expected `refuse`, `drop`, `most-frequent`, `zero` or `indicator` for missing cells among categories, \
         received `{rule}`, which needs numbers; choose one of these", path.display(), shown(column)
    )]
    NoNumbers {
        /// The file.
        path: PathBuf,
        /// The column.
        column: String,
        /// What is to become of missing cells.
        rule: String,
    },

    /// Nothing in a column to learn a treatment from.
    #[error(
        "`{}`, column `{}`: expected at least one cell in the rows that are learned from, received missing ones alone; leave the \
         column out with `ignored` (on the command line `--ignore {}`)",
        path.display(), shown(column), as_list(std::slice::from_ref(column))
    )]
    NothingThere {
        /// The file.
        path: PathBuf,
        /// The column.
        column: String,
    },

    /// Rows to answer whose treatment nobody knows.
    #[error(
        "`{}`, column `{}`: expected what was found in the rows that were learned from ({lacking}), received a description without; \
         take the one that `CsvSource::pinned_to` gives for the table that was learned from", path.display(), shown(column)
    )]
    NotAdapted {
        /// The file.
        path: PathBuf,
        /// The column.
        column: String,
        /// What there has to be.
        lacking: &'static str,
    },

    /// More numbers than there is room for.
    #[error(
        "`{}`: expected rows that fit into memory, received {num_rows} rows of {width} numbers, {} of them for the categories of `{}`; \
         encode it as `hash:64`, or keep the most frequent ones with `one-hot:max_tokens=100` (`encodings`, on the command line \
         `--encode COLUMN=ENCODING`)", path.display(), widest.1, shown(&widest.0)
    )]
    TooWide {
        /// The file.
        path: PathBuf,
        /// The rows.
        num_rows: usize,
        /// The numbers of a row.
        width: usize,
        /// The column with the most of them.
        widest: (String, usize),
    },

    /// Missing cells in every row.
    #[error(
        "`{}`: expected at least one row without missing cells, received {num_rows} rows and none of that kind; ignore the \
         columns that are mostly empty", path.display()
    )]
    EveryRowDropped {
        /// The file.
        path: PathBuf,
        /// The rows there are.
        num_rows: usize,
    },

    /// A number that is none.
    #[error(
        "`{}`, line {line}, column `{}`: expected a finite number of single precision, received `{received}`; fill it \
         in, remove the row or ignore the column", path.display(), shown(column)
    )]
    NotFinite {
        /// The file.
        path: PathBuf,
        /// Where the row begins.
        line: usize,
        /// The column's name.
        column: String,
        /// What stands there.
        received: String,
    },

    /// A class that the description does not list.
    #[error(
        "`{}`, line {line}, column `{}`: expected one of the classes {}, received `{received}`{}",
        path.display(), shown(column), listed(known), did_you_mean(received, known)
    )]
    UnknownClass {
        /// The file.
        path: PathBuf,
        /// Where the row begins.
        line: usize,
        /// The column's name.
        column: String,
        /// What stands there.
        received: String,
        /// The classes listed.
        known: Vec<String>,
    },

    /// A header without rows.
    #[error("`{}`: expected at least one row below the header, received none; check what was exported", path.display())]
    NoRows {
        /// The file.
        path: PathBuf,
    },

    /// A share of test rows that is none.
    #[error(
        "`test_split`: expected a share of the rows from 0 up to, but not including, 1, received {received}; 0.2 keeps a \
         fifth of them to judge by"
    )]
    TestSplit {
        /// The share as given.
        received: f64,
    },

    /// A share of test rows that leaves rows for one purpose only.
    #[error(
        "`{}`: expected rows to learn from and rows to judge by, received {num_rows} rows and a `test_split` of {share}; \
         choose another share, or 0 for no test rows", path.display()
    )]
    TestSplitEmpty {
        /// The file.
        path: PathBuf,
        /// The share.
        share: f64,
        /// The rows there are.
        num_rows: usize,
    },

    /// Test rows are to be drawn from other rows than those they were drawn from before.
    #[error(
        "`{}`: expected the rows that the network was trained on, received {change}; which of them were held back to judge by is \
         known by their places alone, so rows that it has learned from would be among them; restore the file, or name rows that \
         are new to the network (on the command line `--data FILE.csv`)", path.display()
    )]
    Changed {
        /// The file.
        path: PathBuf,
        /// What is different.
        change: Change,
    },

    /// A delimiter that cannot be one.
    #[error(
        "expected a delimiter of one ASCII character that is no quote, letter, digit or line break, received `{received}`; usual are `,`, `;` and `\\t`"
    )]
    Delimiter {
        /// What was given.
        received: String,
    },

    /// A mark in numbers that cannot be one.
    #[error("`{setting}`: expected {expected}, received `{}`", shown(received))]
    Separator {
        /// The setting.
        setting: &'static str,
        /// What is possible.
        expected: &'static str,
        /// What was given.
        received: String,
    },

    /// A mark that would have two meanings.
    #[error(
        "`decimal` and `thousands`: expected different characters, received `{received}` for both; say which one stands \
         before the fraction, e.g. `decimal = \",\"` (on the command line `--decimal ','`)"
    )]
    SameSeparators {
        /// The character.
        received: char,
    },

    /// An input or output of a network that no columns go into.
    #[error(
        "`{}`: expected columns for the {part} `{}` of the network, received none; say them in `[data]` by `{part}s = {{ {name} = \
         [\"…\"] }}`, or call the {part} as a column is called: {}", path.display(), shown(name), listed(known)
    )]
    NoGroup {
        /// The file.
        path: PathBuf,
        /// `input` or `output`.
        part: &'static str,
        /// Its name.
        name: String,
        /// The columns there are.
        known: Vec<String>,
    },

    /// A column for an input or output that there is not.
    #[error(
        "`{}`: expected for the {part} `{}` columns among {}, received `{}`", path.display(), shown(name), listed(known),
        shown(column)
    )]
    GroupColumn {
        /// The file.
        path: PathBuf,
        /// `input` or `output`.
        part: &'static str,
        /// Its name.
        name: String,
        /// The column as given.
        column: String,
        /// The columns there are.
        known: Vec<String>,
    },

    /// Columns for an input or output that the network does not have.
    #[error(
        "`{}`: `{part}s` names `{}`, expected {part}s of the network: {}", path.display(), shown(name), listed(known)
    )]
    UnknownGroup {
        /// The file.
        path: PathBuf,
        /// `input` or `output`.
        part: &'static str,
        /// The name as given.
        name: String,
        /// Those of the network.
        known: Vec<String>,
    },

    /// A description whose parts do not belong together.
    #[error("{setting} needs {needs}; leave it out, or add that")]
    Description {
        /// What was given.
        setting: &'static str,
        /// What is missing.
        needs: &'static str,
    },

    /// A quote that nothing answers.
    #[error(
        "`{}`, line {line}: expected a quote that ends the field which begins with one here, received {received}; close it, \
         or, where a quote is part of the text, put the field in quotes and double it (\"3\"\" pipe\")",
        path.display()
    )]
    UnclosedQuote {
        /// The file.
        path: PathBuf,
        /// Where the quote stands.
        line: usize,
        /// How much there is behind it.
        received: &'static str,
    },

    /// Text between the quote that ends a field and the next delimiter.
    #[error(
        "`{}`, line {line}: expected a delimiter behind the quoted field `{field}`{}, received more text; a quote within \
         quotes is doubled (\"3\"\" pipe\"), and one that opens a field by mistake is taken out",
        path.display(),
        if opened == line { String::new() } else { format!(" (from line {opened} on)") }
    )]
    TextAfterQuote {
        /// The file.
        path: PathBuf,
        /// Where the text stands.
        line: usize,
        /// Where the field begins.
        opened: usize,
        /// The field, as a message shows it.
        field: String,
    },

    /// A row that is none.
    #[error(
        "`{}`, line {line}: expected a row of at most {limit} MiB, received a longer one; check that it is a table",
        path.display()
    )]
    TooLong {
        /// The file.
        path: PathBuf,
        /// Where the row begins.
        line: usize,
        /// The longest row that is read, in MiB.
        limit: usize,
    },

    /// A file of another kind.
    #[error("`{}`: expected a table as text, received {received}; {hint}", path.display())]
    NoTable {
        /// The file.
        path: PathBuf,
        /// What it looks like.
        received: &'static str,
        /// What to do.
        hint: &'static str,
    },
}

/// What is wrong with cells of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CsvProblem {
    /// The column's name.
    pub column: String,
    /// Where the first such row begins.
    pub line: usize,
    /// What stands there.
    pub received: String,
    /// Rows of this kind.
    pub rows: usize,
    /// What the column has, e.g. `2 missing cells`.
    pub what: String,
}
