//! Tables as programs write them: what is read, and what is refused rather than guessed.

#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

use std::fs;

use burn::tensor::{Device, Tensor};
use firebrick_data::{BatchSource, CsvSource, CsvTable, DataDescription, DataError};
use tempfile::TempDir;

/// A folder with a file `table.csv` of this content.
fn file(content: impl AsRef<[u8]>) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("table.csv"), content).unwrap();
    folder
}

/// What a description makes of this content.
fn load(content: impl AsRef<[u8]>, source: CsvSource) -> Result<CsvTable, DataError> {
    let folder = file(content);
    source.with_path(folder.path().join("table.csv")).load()
}

fn colours() -> CsvSource {
    CsvSource::classes("table.csv", "colour")
}

fn price() -> CsvSource {
    CsvSource::values("table.csv", ["price"])
}

/// The message, without the folder.
fn message(content: impl AsRef<[u8]>, source: CsvSource) -> String {
    let text = load(content, source).unwrap_err().to_string();
    let start = text.find("table.csv").unwrap();
    format!("`{}", &text[start..])
}

/// Inputs and targets, flat.
fn numbers(table: &CsvTable) -> (Vec<f32>, Vec<f32>) {
    let rows: Vec<usize> = (0..table.data.len()).collect();
    let batch = table.data.gather(&rows, &Device::flex()).unwrap();
    let numbers = |tensor: Tensor<2>| tensor.into_data().iter::<f32>().collect();
    (numbers(batch.inputs), numbers(batch.targets))
}

#[test]
fn a_quote_that_is_not_closed_is_an_error_where_it_opens() {
    let mut content = "a,b,colour\n".to_owned();
    for row in 2..=61 {
        let quote = if row == 41 { "\"" } else { "" };
        content.push_str(&format!(
            "{row},{row},{quote}{}\n",
            ["red", "green"][row % 2]
        ));
    }
    let expected = "`table.csv`, line 41: expected a quote that ends the field which begins with one here, received the rest \
                    of the file; close it, or, where a quote is part of the text, put the field in quotes and double it \
                    (\"3\"\" pipe\")";
    assert_eq!(message(&content, colours()), expected);
    let folder = file(&content);
    let source = colours().with_path(folder.path().join("table.csv"));
    for error in [
        source.load_inputs().unwrap_err(),
        source.overview().unwrap_err(),
    ] {
        assert!(error.to_string().ends_with(&expected[1..]), "{error}");
    }
    // A later quote ends it by mistake.
    content.push_str("1,2,\"red\"\n");
    assert_eq!(
        message(&content, colours()),
        "`table.csv`, line 62: expected a delimiter behind the quoted field `green\\n42,42,red\\n43,43,green\\n44,44,red\\n4…` \
         (from line 41 on), received more text; a quote within quotes is doubled (\"3\"\" pipe\"), and one that opens a field \
         by mistake is taken out"
    );
}

#[test]
fn blanks_around_quotes_do_not_count() {
    let table = load(
        "\"a\", \"b\" , \"colour\"\n1, 2, \"red\"\n3,\t\"4\",red\n5, 6 , blue\n7,8, \"blue\" \n",
        colours(),
    )
    .unwrap();
    assert_eq!(table.class_names, ["blue", "red"]);
    assert_eq!(table.feature_names, ["a", "b"]);
    assert_eq!(
        numbers(&table),
        (
            (1..9).map(|number| number as f32).collect(),
            vec![1.0, 1.0, 0.0, 0.0]
        )
    );
    for content in [
        "a,colour\n1,\"red\" x\n",
        "a,colour\n\"1\"2,red\n",
        "a,colour\n1,\"the \"red\" one\"\n",
    ] {
        let message = message(content, colours());
        assert!(
            message.contains("line 2: expected a delimiter behind the quoted field"),
            "{message}"
        );
    }
    // Not at the start of a field a quote is a character.
    let table = load("a,colour\n1,5\" pipe\n2,the \"red\"\n", colours()).unwrap();
    assert_eq!(table.class_names, ["5\" pipe", "the \"red\""]);
}

#[test]
fn the_first_line_may_name_the_delimiter() {
    let source = || price().with_delimiter(';').unwrap();
    for content in [
        "sep=;\na;price\n1;2\n",
        "\u{feff}sep=;\r\na;price\r\n1;2\r\n",
    ] {
        for source in [price(), source(), price().with_delimiter('|').unwrap()] {
            let table = load(content, source).unwrap();
            assert_eq!(numbers(&table), (vec![1.0], vec![2.0]));
        }
        let message = message(&content.replace("2", "x"), source());
        assert!(
            message.starts_with("`table.csv`, line 3, column `price`"),
            "{message}"
        );
    }
    // Other tables of a run need not say it again.
    let folder = file("sep=;\na;price\n1;2\n");
    let source = price().with_path(folder.path().join("table.csv"));
    let pinned = DataDescription::Csv(source.clone())
        .load()
        .unwrap()
        .description;
    let expected = source.with_features(["a"]).with_delimiter(';').unwrap();
    assert_eq!(pinned, DataDescription::Csv(expected));
    assert_eq!(
        message("sep=;\n", price()),
        "`table.csv`: expected a line with the names of the columns, received an empty file; check that it is the file you \
         meant"
    );
}

#[test]
fn files_that_are_no_tables_are_named() {
    let utf_16: Vec<u8> = "\u{feff}a,price\n1,2\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    for (content, expected) in [
        (&utf_16[..], "received text in UTF-16; save it as UTF-8"),
        (&utf_16[2..], "received text in UTF-16; save it as UTF-8"),
        (
            b"PK\x03\x04\x14\0",
            "received a workbook of Excel or another zip archive; export it as CSV",
        ),
        (
            b"\x1f\x8b\x08\0",
            "received something packed by gzip; unpack it with `gunzip`",
        ),
        (
            b"<!DOCTYPE html><html>",
            "received a page of the web; download the file itself",
        ),
        (
            b"a,price\n1,2\n\0\0",
            "received zero bytes, which no text has",
        ),
    ] {
        let message = message(content, price());
        assert!(
            message.contains("expected a table as text") && message.contains(expected),
            "{message}"
        );
    }
}

#[test]
fn tables_between_blanks_are_read_and_named_as_such() {
    let content = "a  price\n1  2\n 10 20\n";
    let table = load(content, price().with_delimiter(' ').unwrap()).unwrap();
    assert_eq!(numbers(&table), (vec![1.0, 10.0], vec![2.0, 20.0]));
    assert_eq!(
        message(content, price()),
        "`table.csv`: expected a column `price`, received only `a  price`; is the delimiter a blank (`delimiter = \" \"`, on \
         the command line `--delimiter space`)?"
    );
}

#[test]
fn names_and_fields_do_nothing_to_a_terminal() {
    for (content, source) in [
        ("a\u{1b}[2J,b\n1,2\n", price()),
        (
            "a\u{1b}[2J,b\n1,2\n",
            CsvSource::values("", Vec::<String>::new()),
        ),
        ("a\u{1b}[2J,price\nx,2\n", price()),
        ("a\u{1b}[2J,price\n,2\n", price()),
        ("a\u{1b}[2J,price\nNaN,2\n", price()),
        ("a\u{1b}[2J,a\u{1b}[2J,price\n1,1,2\n", price()),
        ("a,price\n\u{1b}[2J,2\n", price()),
        ("a,price\n\"\u{1b}[2J\"x,2\n", price()),
        (
            "a,colour\n1,\u{1b}[2J\n",
            colours().with_class_names(["b"]).unwrap(),
        ),
        (
            "a,colour\n1,x\n",
            colours().with_class_names(["\u{1b}[2J"]).unwrap(),
        ),
        ("a,b\n1,2\n", CsvSource::values("", ["\u{1b}[2J"])),
    ] {
        let message = message(content, source);
        assert!(
            !message.contains('\u{1b}') && message.contains("\\u{1b}[2J"),
            "{message}"
        );
    }
}
