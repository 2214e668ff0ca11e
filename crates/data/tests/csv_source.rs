//! Tables in CSV files.

#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

use std::fmt::Write as _;
use std::fs;

use burn::tensor::{Device, Tensor};
use firebrick_data::{
    BatchSource, CsvSource, CsvTable, CsvTarget, DataDescription, DataError, DataSource, Targets,
};
use proptest::prelude::*;
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

fn price() -> CsvSource {
    CsvSource::values("table.csv", ["price"])
}

fn species() -> CsvSource {
    CsvSource::classes("table.csv", "species")
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
fn all_columns_but_the_target_are_features() {
    let table = load("rooms,price,area\n3,1.5,70\n2,-2e-1,0\n", price()).unwrap();
    assert_eq!(table.feature_names, ["rooms", "area"]);
    assert_eq!(table.target_names, ["price"]);
    assert!(table.class_names.is_empty());
    assert_eq!(
        numbers(&table),
        (vec![3.0, 70.0, 2.0, 0.0], vec![1.5, -0.2])
    );
    assert_eq!(table.data.input_shape(), [2]);
    assert_eq!(table.data.targets(), Targets::Values { shape: vec![] });
}

#[test]
fn columns_can_be_chosen_ordered_and_ignored() {
    let content = "id,a,b,c,y,z\nx1,1,2,3,4,5\nx2,6,7,8,9,10\n";
    let chosen = CsvSource::values("", ["z", "y"]).with_features(["c", "a"]);
    let table = load(content, chosen).unwrap();
    assert_eq!(
        numbers(&table),
        (vec![3.0, 1.0, 8.0, 6.0], vec![5.0, 4.0, 10.0, 9.0])
    );
    assert_eq!(table.data.targets(), Targets::Values { shape: vec![2] });
    assert_eq!(table.target_names, ["z", "y"]);
    let ignoring = CsvSource::values("", ["z"]).without_columns(["id", "y"]);
    assert_eq!(
        load(content, ignoring).unwrap().feature_names,
        ["a", "b", "c"]
    );
}

#[test]
fn classes_are_numbered_in_sorted_order() {
    let content = "length,species\n1,virginica\n2,setosa\n3,virginica\n4,Rosa\n";
    let table = load(content, species()).unwrap();
    assert_eq!(table.class_names, ["Rosa", "setosa", "virginica"]);
    assert_eq!(table.class_name(1), Some("setosa"));
    assert_eq!(table.class_name(3), None);
    assert_eq!(numbers(&table).1, [2.0, 1.0, 2.0, 0.0]);
    assert_eq!(table.data.targets(), Targets::Classes { num_classes: 3 });

    let table = load("length,species\n1,10\n2,-1\n3,9\n4,10\n", species()).unwrap();
    assert_eq!(table.class_names, ["-1", "9", "10"]);
    assert_eq!(numbers(&table).1, [2.0, 0.0, 1.0, 2.0]);
}

#[test]
fn another_table_takes_the_classes_of_the_first() {
    let names = ["b", "a", "c"];
    let known = species().with_class_names(names).unwrap();
    let table = load("length,species\n1,c\n2,a\n", known.clone()).unwrap();
    assert_eq!(numbers(&table).1, [2.0, 1.0]);
    assert_eq!(table.data.targets(), Targets::Classes { num_classes: 3 });
    assert_eq!(table.class_names, names);
    assert_eq!(
        message("length,species\n1,c\n2,C\n", known),
        "`table.csv`, line 3, column `species`: expected one of the classes `b`, `a`, `c`, received `C`, did you mean `c`?"
    );
    assert_eq!(
        price().with_class_names(names).unwrap_err().to_string(),
        "`class_names` needs a target of classes (`CsvSource::classes`, in a file `classes = true`); leave it out, or add that"
    );
    let error = species().with_class_names(["a", "b", "a"]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "`class_names` needs different names, at least one; leave it out, or add that"
    );
}

#[test]
fn quotes_blanks_line_ends_and_byte_order_marks_do_not_matter() {
    let expected = (vec![1.0, 2.0, 3.0, 4.0], vec![5.0, 6.0]);
    for content in [
        "a,b,price\n1,2,5\n3,4,6",
        "\u{feff}a,b,price\r\n1,2,5\r\n3,4,6\r\n",
        "a,b,price\r1,2,5\r3,4,6\r",
        "\n a , b ,\"price\"\n\n\"1\", 2 ,5\n\n\n3,\"4\",\" 6\"\n\n",
    ] {
        assert_eq!(
            numbers(&load(content, price()).unwrap()),
            expected,
            "{content:?}"
        );
    }
    for (delimiter, content) in [
        (';', "a;b;price\n1;2;5\n3;4;6\n"),
        ('\t', "a\tb\tprice\n1\t2\t5\n3\t4\t6\n"),
    ] {
        let source = price().with_delimiter(delimiter).unwrap();
        assert_eq!(
            numbers(&load(content, source).unwrap()),
            expected,
            "{content:?}"
        );
    }
    let table = load("\"a, \"\"x\"\"\",species\n1,\"of\nlines\"\n", species()).unwrap();
    assert_eq!(table.feature_names, ["a, \"x\""]);
    assert_eq!(table.class_names, ["of\nlines"]);
}

#[test]
fn a_wrong_field_is_found_by_line_and_column() {
    for (content, expected) in [
        (
            "a,price\n1,2\n,3\n",
            "`table.csv`, line 3, column `a`: expected a number, received an empty field; fill it in, remove the row or \
             ignore the column",
        ),
        (
            "a,price\r\n\r\n1,2\r\n\r\n3,dear\r\n",
            "`table.csv`, line 5, column `price`: expected a number, received `dear`; correct it, write categories as \
             numbers, or ignore the column",
        ),
        (
            "a,price\n1,2\n\n\n1,NaN\n",
            "`table.csv`, line 5, column `price`: expected a finite number of single precision, received `NaN`; fill it in, \
             remove the row or ignore the column",
        ),
        (
            "a,price\n-1e50,2\n",
            "`table.csv`, line 2, column `a`: expected a finite number of single precision, received `-1e50`; fill it in, \
             remove the row or ignore the column",
        ),
        (
            "a,price\n1,2\n3,4,5\n",
            "`table.csv`, line 3: expected 2 fields as the header has, received 3; check delimiters and quotes in this line",
        ),
        (
            "a,price\n\"1\",2\n3\n",
            "`table.csv`, line 3: expected 2 fields as the header has, received 1; check delimiters and quotes in this line",
        ),
        (
            "\u{feff}a,price\r1,2\r\r3,1'000\r",
            "`table.csv`, line 4, column `price`: expected a number, received `1\\'000`; correct it, write categories as \
             numbers, or ignore the column",
        ),
    ] {
        assert_eq!(message(content, price()), expected);
    }
    assert_eq!(
        message("a,species\n1,x\n2, \n", species()),
        "`table.csv`, line 3, column `species`: expected the name of a class, received an empty field; fill it in, remove \
         the row or ignore the column"
    );
}

#[test]
fn a_field_that_swallows_the_file_is_shown_shortened() {
    let content = format!("a,price\n1,\"2\n{}", "3,4\n".repeat(100));
    assert_eq!(
        message(content, price()),
        "`table.csv`, line 2, column `price`: expected a number, received `2\\n3,4\\n3,4\\n3,4\\n3,4\\n3,4\\n3,4\\n3,4\\n3,4\\n3,4\
         \\n3,…`; correct it, write categories as numbers, or ignore the column"
    );
}

#[test]
fn columns_have_different_names_that_are_there() {
    for (content, source, expected) in [
        (
            "a,b,a,price\n",
            price(),
            "`table.csv`, line 1: expected columns of different names, received `a` as column 1 and column 3; rename one \
             of them",
        ),
        (
            "\n,a,price\n",
            price(),
            "`table.csv`, line 2, column 1: expected the name of a column, received none; name it, or leave it out (pandas: \
             `to_csv(.., index=False)`)",
        ),
        (
            "a,Price\n1,2\n",
            price(),
            "`table.csv`: expected a column `price`, received only `a`, `Price`, did you mean `Price`?",
        ),
        (
            "a;price\n1;2\n",
            price(),
            "`table.csv`: expected a column `price`, received only `a;price`; is the delimiter `;`?",
        ),
        (
            "a,price\n1,2\n",
            price().without_columns(["b"]),
            "`table.csv`: expected a column `b`, received only `a`, `price`, did you mean `a`?",
        ),
        (
            "a,price\n1,2\n",
            price().with_features(["a", "price"]),
            "`table.csv`: expected one part for the column `price`, received it as a target and as a feature; take it out \
             of one of them",
        ),
        (
            "a,price\n1,2\n",
            price().without_columns(["a"]),
            "`table.csv`: expected at least one feature column beside targets and ignored ones, received the columns `a`, \
             `price`",
        ),
        (
            "a,price\n1,2\n",
            CsvSource::values("", Vec::<String>::new()),
            "`table.csv`: expected at least one target column, received none; name the column to predict",
        ),
    ] {
        assert_eq!(message(content, source), expected);
    }
}

#[test]
fn files_without_rows_or_text_are_errors() {
    assert_eq!(
        message("a,price\n\n", price()),
        "`table.csv`: expected at least one row below the header, received none; check what was exported"
    );
    for empty in ["", "\n\n", "\u{feff}"] {
        assert_eq!(
            message(empty, price()),
            "`table.csv`: expected a line with the names of the columns, received an empty file; check that it is the file \
             you meant"
        );
    }
    assert_eq!(
        message(b"a,price\r\n1,2\r\nM\xfcller,3\r\n", price()),
        "`table.csv`, line 3: expected UTF-8, received the byte 0xfc; save the file as UTF-8"
    );
    let error = CsvSource::values("no/such.csv", ["y"]).load().unwrap_err();
    assert!(matches!(error, DataError::Read { .. }), "{error}");
}

#[test]
fn a_delimiter_can_be_told_from_fields() {
    for delimiter in ['"', '\n', '\r', '.', '-', '7', 'e', 'ä', '…'] {
        let error = price().with_delimiter(delimiter).unwrap_err().to_string();
        assert!(
            error.starts_with("expected a delimiter of one ASCII character"),
            "{error}"
        );
    }
}

/// Reads `data = ..` of a file of settings.
fn described(text: &str) -> Result<DataDescription, toml::de::Error> {
    #[derive(serde::Deserialize)]
    struct Settings {
        data: DataDescription,
    }
    toml::from_str(text).map(|Settings { data }| data)
}

#[test]
fn descriptions_are_written_and_read_as_settings() {
    let full = CsvSource::classes("iris.csv", "species")
        .with_features(["x", "y"])
        .without_columns(["id"])
        .with_class_names(["a", "b"])
        .unwrap()
        .with_delimiter(';')
        .unwrap();
    let several = CsvSource::values("boxes.csv", ["width", "height"]);
    for (description, text) in [
        (
            DataDescription::Images(DataSource::MnistSample),
            "data = \"mnist-sample\"\n",
        ),
        (
            DataDescription::Csv(price()),
            "[data]\ncsv = \"table.csv\"\ntarget = \"price\"\n",
        ),
        (
            DataDescription::Csv(several),
            "[data]\ncsv = \"boxes.csv\"\ntarget = [\"width\", \"height\"]\n",
        ),
        (
            DataDescription::Csv(full),
            "[data]\ncsv = \"iris.csv\"\ntarget = \"species\"\nclasses = true\nclass_names = [\"a\", \"b\"]\n\
             features = [\"x\", \"y\"]\nignored = [\"id\"]\ndelimiter = \";\"\n",
        ),
    ] {
        let written = toml::to_string(&std::collections::BTreeMap::from([("data", &description)]));
        assert_eq!(written.unwrap(), text);
        assert_eq!(described(text).unwrap(), description);
    }
    let CsvTarget::Values(one) = price().target().clone() else {
        panic!("the price is a number");
    };
    assert_eq!(one, ["price"]);
}

#[test]
fn wrong_settings_say_what_was_expected() {
    for (text, expected) in [
        (
            "data = 3",
            "expected a data set: a name or folder, \"mnist\", or a table, { csv = \"FILE\", target = \"COLUMN\" }",
        ),
        ("data = { csv = \"x.csv\" }", "missing field `target`"),
        (
            "data = { csv = \"x.csv\", target = \"y\", feature = [\"a\"] }",
            "unknown field `feature`, expected one of `csv`, `target`, `classes`",
        ),
        (
            "data = { csv = \"x.csv\", target = 3 }",
            "expected the name of a column, or a list of names",
        ),
        (
            "data = { csv = \"x.csv\", target = [\"a\", \"b\"], classes = true }",
            "`classes` needs a single target column; leave it out, or add that",
        ),
        (
            "data = { csv = \"x.csv\", target = \"a\", class_names = [\"b\"] }",
            "`class_names` needs a target of classes",
        ),
        (
            "data = { csv = \"x.csv\", target = \"a\", delimiter = \"1\" }",
            "expected a delimiter of one ASCII character",
        ),
    ] {
        let error = described(text).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn a_described_table_is_loaded_as_any_data_set_is() {
    let folder = file("a,species\n1,x\n2,y\n3,x\n");
    let source = species().with_path(folder.path().join("table.csv"));
    let loaded = DataDescription::Csv(source).load().unwrap();
    assert_eq!(loaded.train.num_samples(), 3);
    assert_eq!(loaded.class_names, ["x", "y"]);
    assert!(loaded.test.is_none());
    assert!(loaded.origin.contains("table.csv"), "{}", loaded.origin);
    let images = DataDescription::Images(DataSource::MnistSample)
        .load()
        .unwrap();
    assert_eq!(images.test.unwrap().num_samples(), 500);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn numbers_come_back_as_they_were_written(
        rows in prop::collection::vec(prop::array::uniform3(-1e30_f32..1e30), 1..20),
        line_end in prop::sample::select(vec!["\n", "\r\n", "\r"]),
        quote in prop::sample::select(vec!["", "\""]),
    ) {
        let mut content = format!("a,b,price{line_end}");
        for [a, b, price] in &rows {
            write!(content, "{quote}{a}{quote},{b:e},{price}{line_end}").unwrap();
        }
        let table = load(content, price()).unwrap();
        let inputs: Vec<f32> = rows.iter().flat_map(|row| [row[0], row[1]]).collect();
        let targets: Vec<f32> = rows.iter().map(|row| row[2]).collect();
        prop_assert_eq!(numbers(&table), (inputs, targets));
    }

    #[test]
    fn any_bytes_are_an_error_or_a_table_and_never_a_panic(
        tail in prop::collection::vec(prop::sample::select(b"0123,,\"\n\r;-e. x\xc3\xfc".to_vec()), 0..60),
    ) {
        let content = [&b"a,price\n1,2\n"[..], &tail].concat();
        if let Ok(table) = load(&content, price()) {
            prop_assert!(!table.data.is_empty());
        }
        let _ = load(&content, CsvSource::classes("", "price"));
        let _ = load(&tail, price());
    }
}
