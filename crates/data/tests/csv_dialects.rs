//! Tables as programs write them: what is read, and what is refused rather than guessed.

#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

use std::fmt::Write as _;
use std::fs;

use firebrick_data::{
    BatchSource, CsvContent, CsvError, CsvMissing, CsvSource, CsvTable, DataDescription, DataError,
};
use proptest::prelude::*;
use serde::Deserialize;

use crate::table_file::{file, load, message, numbers, price};

fn colours() -> CsvSource {
    CsvSource::classes("table.csv", "colour")
}

#[test]
fn a_quote_that_is_not_closed_is_an_error_where_it_opens() {
    let mut content = "a,b,colour\n".to_owned();
    for row in 2..=61 {
        let quote = if row == 41 { "\"" } else { "" };
        writeln!(content, "{row},{row},{quote}{}", ["red", "green"][row % 2]).unwrap();
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
        "`table.csv`, line 62: expected a delimiter behind the quoted field `green\\n42,42,red\\n43,43,green\\n44,44,red\\n45…` \
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
        let message = message(content.replace('2', "x"), source());
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

#[test]
fn a_decimal_comma_is_read_where_it_is_said_and_offered_where_it_is_met() {
    let content = "a;b;colour\n0,64;0,72;red\n-2,03;7;green\n";
    let source = || colours().with_delimiter(';').unwrap();
    let table = load(content, source().with_decimal(',').unwrap()).unwrap();
    assert_eq!(numbers(&table).0, [0.64, 0.72, -2.03, 7.0]);
    assert_eq!(
        message(content, source()),
        "`table.csv`: expected numbers in the features, and targets for them, received `a` with numbers written otherwise (`0,64` \
         in line 2), `b` with numbers written otherwise (`0,72` in line 2); if `,` stands before the fraction, say so with \
         `decimal = \",\"` (on the command line `--decimal ','`)"
    );
    // A point is none then.
    let message = message(
        "a;price\n1.5;2\n",
        price()
            .with_delimiter(';')
            .and_then(|source| source.with_decimal(','))
            .unwrap(),
    );
    assert!(
        message.contains(
            "received `1.5`; if `.` stands before the fraction, say so with `decimal = \".\"`"
        ),
        "{message}"
    );
}

#[test]
fn thousands_are_read_where_they_are_said() {
    for (thousands, content) in [
        (',', "a,price\n\"1,234.5\",\"1,000,000\"\n-12,0.25\n"),
        ('\'', "a,price\n1'234.5,1'000'000\n-12,0.25\n"),
        (' ', "a,price\n1 234.5,1\u{a0}000\u{202f}000\n-12,0.25\n"),
    ] {
        let table = load(content, price().with_thousands(thousands).unwrap()).unwrap();
        assert_eq!(
            numbers(&table),
            (vec![1234.5, -12.0], vec![1_000_000.0, 0.25])
        );
        let message = message(content, price());
        assert!(
            message.contains(&format!("`thousands = \"{thousands}\"`")),
            "{message}"
        );
    }
    let both = price().with_thousands('.').unwrap();
    let error = load("a,price\n1,2\n", both.clone()).unwrap_err();
    assert!(
        matches!(&error, DataError::Csv(error) if matches!(**error, CsvError::SameSeparators { .. })),
        "{error}"
    );
    let table = load(
        "a;price\n1.234,5;2\n",
        both.with_decimal(',')
            .and_then(|source| source.with_delimiter(';'))
            .unwrap(),
    );
    assert_eq!(numbers(&table.unwrap()), (vec![1234.5], vec![2.0]));
}

#[test]
fn columns_of_true_and_false_are_ones_and_zeros() {
    let table = load(
        "a,flag,colour\n1,True,red\n2,false,blue\n3,FALSE,red\n",
        colours(),
    )
    .unwrap();
    assert_eq!(numbers(&table).0, [1.0, 1.0, 2.0, 0.0, 3.0, 0.0]);
    assert_eq!(
        message("flag,colour\nTrue,red\n1,blue\n", colours()),
        "`table.csv`, line 3, column `flag`: expected what the rows before hold, numbers or True and False, received `1`; write \
         one kind of them in the whole column"
    );
    assert!(
        message("flag,colour\n0,red\nTrue,blue\n", colours()).contains("line 3, column `flag`")
    );
    // Not as words of a language.
    assert!(message("flag,colour\nyes,red\n", colours()).contains("received `yes`"));
}

#[test]
fn columns_without_a_name_are_left_out_by_their_place() {
    let content = ",a,b,colour,\n0,1,2,red,\n1,3,4,blue,\n";
    for source in [
        colours().without_columns(["1", "5"]),
        colours().with_features(["a", "b"]),
    ] {
        let table = load(content, source).unwrap();
        assert_eq!(table.feature_names, ["a", "b"]);
        assert_eq!(numbers(&table).0, [1.0, 2.0, 3.0, 4.0]);
    }
    assert_eq!(
        message(content, colours().without_columns(["b", "1"])),
        "`table.csv`, line 1: expected a name for every column, received none for column 5; name it, or leave it out by its \
         place (`ignored = [\"1\", \"b\", \"5\"]`, on the command line `--ignore 1,b,5`)"
    );
    // A name is no place, and a place that has a name is said by it.
    let years = "2,1,colour\n10,20,red\n30,40,blue\n";
    assert_eq!(
        numbers(&load(years, colours().without_columns(["1"])).unwrap()).0,
        [10.0, 30.0]
    );
    assert_eq!(
        message("a,b,colour\n1,2,red\n", colours().without_columns(["2"])),
        "`table.csv`: expected a column `2`, received only `a`, `b`, `colour`; column 2 has the name `b`"
    );
    let inputs = |content: &str, source: CsvSource| {
        let folder = file(content);
        source
            .with_path(folder.path().join("table.csv"))
            .load_inputs()
            .unwrap()
            .shape()
            .to_vec()
    };
    assert_eq!(
        inputs(",a,b\n0,1,2\n", colours().without_columns(["1"])),
        [1, 2]
    );
    assert_eq!(
        inputs("a,b\n1,2\n", colours().without_columns(["1"])),
        [1, 2]
    );
}

#[test]
fn delimiters_at_the_ends_of_rows_are_no_cells() {
    let message = message("a,price\n1,2,\n", price());
    assert!(
        message.ends_with(
            "line 2: expected 2 fields as the header has, received 3; it ends in a delimiter that the header does not have; take \
             it out, or end the header in one too and ignore that column by its place"
        ),
        "{message}"
    );
}

#[test]
fn a_name_with_a_comma_is_told_how_to_be_given() {
    let message = message(
        "\"size, m\",\"price, EUR\"\n1,2\n",
        CsvSource::values("", ["price", "EUR"]),
    );
    assert!(
        message.ends_with(
            "; a name with a comma is quoted on the command line, as in '\"price, EUR\"'"
        ),
        "{message}"
    );
}

#[test]
fn data_without_a_line_of_names_is_suspected() {
    let message = message("5.1,3.5,1.4,red\n4.9,3.0,1.4,blue\n", colours());
    assert!(
        message.ends_with("; does the table lack its first line, that of the names?"),
        "{message}"
    );
}

#[test]
fn everything_in_the_way_of_learning_is_said_at_once() {
    let mut content = "id,area,sold,kind,rooms,price\n".to_owned();
    for row in 0..30 {
        let rooms = if row % 10 == 3 { "NA" } else { "4" };
        let kind = ["flat", "house"][row % 2];
        writeln!(content, "H{row},{row},2021-03-04,{kind},{rooms},7").unwrap();
    }
    assert_eq!(
        message(&content, price()),
        "`table.csv`: expected numbers in the features, and targets for them, received `id` with more than 20 different words \
         (`H0` in line 2), `sold` with dates (`2021-03-04` in line 2), `kind` with 2 different words (`flat` in line 2), `rooms` with \
         3 missing cells (`NA` in line 5); correct it, fill missing cells in, leave their rows out with `missing = \"drop\"` (on the \
         command line `--missing drop`), let a rule fill them with `missing = \"mean\"` (on the command line `--missing mean`), take categories as such with `categorical = [\"kind\"]` (on the command line `--categorical kind`), or leave out with `ignored = [\"id\", \"sold\", \"kind\"]` (on \
         the command line `--ignore id,sold,kind`) what is no feature"
    );
    let source = price()
        .without_columns(["id", "sold", "kind"])
        .with_missing(CsvMissing::Drop);
    assert_eq!(load(&content, source).unwrap().dropped_rows, [3, 13, 23]);
    // What is left out already stays in the advice.
    let message = message(&content, price().without_columns(["id"]));
    assert!(message.contains("`--ignore id,sold,kind`"), "{message}");
}

#[test]
fn a_missing_class_is_no_class_unless_it_is_meant() {
    for word in ["", "NaN", "nan", "NA", "None", "null", "\"\""] {
        let content = format!("a,colour\n1,red\n2,{word}\n3,blue\n");
        let error = message(&content, colours());
        assert!(
            error.starts_with(
                "`table.csv`, line 3, column `colour`: expected the name of a class, received "
            ),
            "{error}"
        );
        assert!(error.contains("`--missing drop`"), "{error}");
        let table = load(&content, colours().with_missing(CsvMissing::Drop)).unwrap();
        assert_eq!(
            (
                table.class_names.join(" ").as_str(),
                &table.dropped_rows[..]
            ),
            ("blue red", &[1][..])
        );
        assert_eq!(numbers(&table).0, [1.0, 3.0]);
        if !matches!(word, "" | "\"\"") {
            assert!(
                error.contains("(`missing_words = []`, on the command line `--missing-words ''`)"),
                "{error}"
            );
            for meant in [
                colours().with_missing_words(["?"]),
                colours()
                    .with_missing_words(["?"])
                    .with_missing(CsvMissing::Drop),
                colours().with_class_names(["blue", "red", word]).unwrap(),
            ] {
                assert_eq!(
                    load(&content, meant).unwrap().class_names.len(),
                    3,
                    "{word}"
                );
            }
        }
    }
}

#[test]
fn rows_with_missing_cells_are_left_out_where_that_is_said() {
    let content = "id,a,b,price\n,1,2,3\n1,,5,6\n2,7,-999,9\n3,10,11,?\n4,13,14,15\n";
    let source = price()
        .without_columns(["id"])
        .with_missing(CsvMissing::Drop)
        .with_missing_words(["?", "-999"]);
    let table = load(content, source.clone()).unwrap();
    assert_eq!(
        numbers(&table),
        (vec![1.0, 2.0, 13.0, 14.0], vec![3.0, 15.0])
    );
    assert_eq!(table.dropped_rows, [1, 2, 3]);
    let origins = [0, 1].map(|row| table.data.origin_row(row));
    assert_eq!(origins, [0, 4], "where they stand in the file");
    let folder = file(content);
    let path = folder.path().join("table.csv");
    let data = DataDescription::Csv(source.clone().with_path(&path))
        .load()
        .unwrap();
    assert!(
        data.origin
            .ends_with("table.csv` without 3 rows that miss a cell"),
        "{}",
        data.origin
    );
    // It is said of every other table of the run too.
    let DataDescription::Csv(pinned) = data.description else {
        panic!("a table was read");
    };
    let expected = source
        .with_path(&path)
        .without_columns(Vec::<String>::new())
        .with_features(["a", "b"]);
    assert_eq!(pinned, expected);
    // Rows to answer are all answered.
    let error = pinned.load_inputs().unwrap_err().to_string();
    assert!(
        error.ends_with(
            "received `a` with a missing cell (nothing in line 3), `b` with a missing cell (`-999` in line 4); fill missing cells in, \
             or remove those rows"
        ),
        "{error}"
    );
    assert_eq!(
        message(
            "a,price\n,1\n2,NA\n",
            price().with_missing(CsvMissing::Drop)
        ),
        "`table.csv`: expected at least one row without missing cells, received 2 rows and none of that kind; ignore the columns \
         that are mostly empty"
    );
}

#[test]
fn an_overview_tells_missing_cells_and_a_few_words_from_numbers() {
    let mut content = "year,area,flag,kind,,zero\n".to_owned();
    for row in 0..30 {
        let year = if row == 7 {
            "NA".to_owned()
        } else {
            (1990 + row).to_string()
        };
        let area = if row == 3 || row == 4 {
            "large".to_owned()
        } else {
            format!("{row},5")
        };
        let flag = ["True", "False", "False"][row % 3];
        let kind = if row == 0 {
            String::new()
        } else {
            format!("k{row:02}")
        };
        writeln!(content, "{year},\"{area}\",{flag},{kind},{row},null").unwrap();
    }
    let folder = file(content);
    let source = price()
        .with_decimal(',')
        .unwrap()
        .with_path(folder.path().join("table.csv"));
    let columns = source.overview().unwrap().columns;
    let counts: Vec<_> = columns
        .iter()
        .map(|own| (own.different, own.empty, own.missing))
        .collect();
    assert_eq!(
        counts,
        [
            (29, 0, 1),
            (29, 0, 0),
            (2, 0, 0),
            (29, 1, 1),
            (30, 0, 0),
            (0, 0, 30)
        ]
    );
    let mean = ((0..30).sum::<usize>() - 7) as f64 / 29.0 + 1990.0;
    let expected = [
        CsvContent::Numbers {
            min: 1990.0,
            mean,
            max: 2019.0,
        },
        CsvContent::MostlyNumbers {
            min: 0.5,
            mean: ((0..30).sum::<usize>() - 7) as f64 / 28.0 + 0.5,
            max: 29.5,
            others: 2,
            examples: vec!["large".to_owned()],
        },
        CsvContent::Truths { trues: 10 },
        CsvContent::Words {
            examples: (1..11).map(|row| format!("k{row:02}")).collect(),
        },
        CsvContent::Numbers {
            min: 0.0,
            mean: 14.5,
            max: 29.0,
        },
        CsvContent::Empty,
    ];
    for (column, expected) in columns.into_iter().zip(expected) {
        assert_eq!(column.content, expected);
    }
}

#[test]
fn an_overview_counts_no_further_than_its_memory() {
    let names: Vec<String> = (0..50_000).map(|column| format!("c{column}")).collect();
    let row = |first: usize| {
        let cells: Vec<String> = (0..50_000)
            .map(|column| if column == 0 { first } else { 7 }.to_string())
            .collect();
        cells.join(",")
    };
    let mut content = names.join(",");
    for number in 0..60 {
        content.push('\n');
        content.push_str(&row(number));
    }
    let folder = file(content);
    let columns = price()
        .with_path(folder.path().join("table.csv"))
        .overview()
        .unwrap()
        .columns;
    // Each of the columns has 40 of 2,000,000.
    assert_eq!((columns[0].different, columns[0].or_more), (40, true));
    assert_eq!((columns[1].different, columns[1].or_more), (1, false));
}

/// A table of the golden file, and what it is known to hold.
#[derive(Deserialize)]
struct Golden {
    kind: String,
    settings: CsvSource,
    content: String,
    held: Option<Vec<[serde_json::Value; 4]>>,
    pandas: serde_json::Value,
}

#[derive(Deserialize)]
struct Goldens {
    tables: Vec<Golden>,
}

/// Whether a table holds these rows, as far as none of their cells is missing.
fn holds(table: &CsvTable, rows: &serde_json::Value) -> bool {
    let Some(rows) = rows.as_array() else {
        return false;
    };
    let is_whole =
        |row: &&serde_json::Value| row.as_array().unwrap().iter().all(|cell| !cell.is_null());
    let rows: Vec<_> = rows.iter().filter(is_whole).collect();
    let (inputs, targets) = numbers(table);
    rows.len() == targets.len()
        && rows
            .iter()
            .zip(inputs.chunks(3))
            .zip(&targets)
            .all(|((row, inputs), target)| {
                let same = |(own, other): (&f32, &serde_json::Value)| {
                    // A word elsewhere in the column makes texts of its numbers there.
                    let text = || other.as_str().and_then(|text| text.parse().ok());
                    let other = other.as_f64().or_else(text);
                    other.is_some_and(|other| {
                        f64::from(*own).to_bits() == f64::from(single(other)).to_bits()
                    })
                };
                let row = row.as_array().unwrap();
                let label = row[3]
                    .as_str()
                    .map_or_else(|| row[3].to_string(), str::to_owned);
                inputs.iter().zip(row).all(same)
                    && table
                        .class_names
                        .iter()
                        .position(|name| *name == label)
                        .is_some_and(|class| (f64::from(*target) - class as f64).abs() < 0.5)
            })
}

/// Dialects drawn by a seed, and tables that were damaged, beside what pandas reads: `tests/data/make_dialects.py`.
#[test]
fn no_dialect_is_read_otherwise_than_by_pandas_without_a_word() {
    let goldens: Goldens = serde_json::from_str(include_str!("data/dialects.json")).unwrap();
    assert!(goldens.tables.len() >= 100);
    let mut refused = 0;
    for golden in &goldens.tables {
        let told = format!(
            "{}: {:?} {:?}",
            golden.kind, golden.settings, golden.content
        );
        let read = load(&golden.content, golden.settings.clone());
        match (&read, &golden.held) {
            // Sound ones are read, unless they miss cells and nothing is said of those.
            (Ok(table), Some(held)) => assert!(holds(table, &serde_json::json!(held)), "{told}"),
            (Err(error), Some(held)) => {
                let misses = held.iter().flatten().any(serde_json::Value::is_null);
                assert!(
                    misses && error.to_string().contains("missing"),
                    "{error} {told}"
                );
            }
            (Ok(table), None) => assert!(holds(table, &golden.pandas), "{told}: {}", golden.pandas),
            (Err(_), None) => refused += 1,
        }
    }
    // What damages a table is hardly ever something that it may hold.
    assert!(refused >= 40, "{refused}");
}

#[test]
fn line_ends_may_be_mixed_and_a_tab_goes_with_decimal_commas() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("table.tsv");
    fs::write(&path, "\u{feff}a\tprice\r\n0,5\t\"1\n\"\r-2,5\t3\n\n4\t,5").unwrap();
    let source = price().with_decimal(',').unwrap().with_path(&path);
    let table = source.load().unwrap();
    assert_eq!(numbers(&table), (vec![0.5, -2.5, 4.0], vec![1.0, 3.0, 0.5]));
    fs::write(&path, "a\tprice\r1\t2\r\n\n\r3\tx\n").unwrap();
    let error = source.load().unwrap_err().to_string();
    assert!(error.contains("line 5, column `price`"), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_in_any_dialect_are_a_table_or_an_error(
        start in prop::sample::select(vec!["a,price\n", "a;price\n1;2\n", "sep=;\n", "a price\n", "", "\u{feff},a,price,\r"]),
        tail in prop::collection::vec(prop::sample::select(b"012,,;\"\"\n\r-.' \tNAx\xc3\xa0\0".to_vec()), 0..50),
        delimiter in prop::sample::select(vec![',', ';', ' ', '\t']),
        thousands in prop::sample::select(vec!['.', '\'', ' ']),
        decimal in prop::sample::select(vec!['.', ',']),
        missing in prop::sample::select(vec![CsvMissing::Refuse, CsvMissing::Drop]),
    ) {
        let folder = file([start.as_bytes(), &tail].concat());
        let described = |source: CsvSource| {
            let source = source.with_path(folder.path().join("table.csv")).with_missing(missing);
            let source = source.with_delimiter(delimiter).and_then(|source| source.with_decimal(decimal));
            source.and_then(|source| source.with_thousands(thousands)).unwrap()
        };
        for source in [price(), CsvSource::classes("", "price"), price().without_columns(["1", "4"])] {
            let source = described(source);
            let overview = source.overview();
            if let Ok(table) = source.load() {
                prop_assert_eq!(overview.unwrap().rows, table.data.len() + table.dropped_rows.len());
            }
            if let Ok(inputs) = source.load_inputs() {
                prop_assert!(inputs.shape()[0] > 0);
            }
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "samples are of single precision"
)]
fn single(value: f64) -> f32 {
    value as f32
}
