//! Tables in CSV files.

#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

use std::fmt::Write as _;
use std::fs;

use burn::tensor::{Device, Tensor};
use firebrick_data::{
    BatchSource, CsvColumn, CsvContent, CsvError, CsvOverview, CsvSource, CsvTarget, CsvTest,
    DataDescription, DataError, DataSource, LoadedData, Subset, Targets, ValidationSplit,
};
use proptest::prelude::*;

use crate::table_file::{file, load, message, numbers, price};

fn species() -> CsvSource {
    CsvSource::classes("table.csv", "species")
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
            "`table.csv`, line 3, column `a`: expected a number, received an empty field; fill missing cells in, leave their rows out \
             with `missing = \"drop\"` (on the command line `--missing drop`), or let a rule fill them with `missing = \"mean\"` (on \
             the command line `--missing mean`)",
        ),
        (
            "a,price\r\n\r\n1,2\r\n\r\n3,dear\r\n",
            "`table.csv`, line 5, column `price`: expected a number, received `dear`; correct it, or where the target \
             names a class, say so with `classes = true` (on the command line `--classes`)",
        ),
        (
            "a,price\n1,2\ncheap,3\n",
            "`table.csv`, line 3, column `a`: expected a number, received `cheap`; correct it, or \
             leave out with `ignored = [\"a\"]` (on the command line `--ignore a`) what is no feature",
        ),
        (
            "a,price\n1,2\n\n\n1,NaN\n",
            "`table.csv`, line 5, column `price`: expected a number, received `NaN`, which stands for a missing cell; fill missing \
             cells in, or leave their rows out with `missing = \"drop\"` (on the command line `--missing drop`)",
        ),
        (
            "a,price\n-1e50,2\n",
            "`table.csv`, line 2, column `a`: expected a finite number of single precision, received `-1e50`; fill it in, \
             remove the row or ignore the column",
        ),
        (
            "a,price\n1,2\n3,4,5\n",
            "`table.csv`, line 3: expected 2 fields as the header has, received 3; check delimiters and quotes in this line; \
             a field with a comma needs quotes, numbers with a decimal comma those or another delimiter",
        ),
        (
            "a,price\n\"1\",2\n3\n",
            "`table.csv`, line 3: expected 2 fields as the header has, received 1; check delimiters and quotes in this line",
        ),
        (
            "\u{feff}a,price\r1,2\r\r3,1'000\r",
            "`table.csv`, line 4, column `price`: expected a number, received `1'000`; if `'` stands between thousands, say \
             so with `thousands = \"'\"` (on the command line `--thousands \"'\"`)",
        ),
    ] {
        assert_eq!(message(content, price()), expected);
    }
    assert_eq!(
        message("a,species\n1,x\n2, \n", species()),
        "`table.csv`, line 3, column `species`: expected the name of a class, received an empty field; fill missing cells \
         in, or leave their rows out with `missing = \"drop\"` (on the command line `--missing drop`)"
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
            "`table.csv`, line 2: expected a name for every column, received none for column 1; name it, or leave it out by \
             its place (`ignored = [\"1\"]`, on the command line `--ignore 1`)",
        ),
        (
            "a,Price\n1,2\n",
            price(),
            "`table.csv`: expected a column `price`, received only `a`, `Price`, did you mean `Price`?",
        ),
        (
            "a;price\n1;2\n",
            price(),
            "`table.csv`: expected a column `price`, received only `a;price`; is the delimiter `;` (`delimiter = \";\"`, on the \
             command line `--delimiter ';'`)?",
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
            "`table.csv`: expected a target, received none; name the column to predict (on the command line `--target \
             COLUMN`), one of `a`, `price`",
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
        .and_then(|source| source.with_test(CsvTest::Split(0.25)))
        .unwrap();
    let elsewhere = price().with_test(CsvTest::File("new.csv".into())).unwrap();
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
             features = [\"x\", \"y\"]\nignored = [\"id\"]\ndelimiter = \";\"\ntest_split = 0.25\n",
        ),
        (
            DataDescription::Csv(elsewhere),
            "[data]\ncsv = \"table.csv\"\ntarget = \"price\"\ntest_csv = \"new.csv\"\n",
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
        (
            "data = { csv = \"x.csv\", target = \"a\", test_split = 1.0 }",
            "`test_split`: expected a share of the rows from 0 up to, but not including, 1, received 1; 0.2 keeps a fifth",
        ),
        (
            "data = { csv = \"x.csv\", target = \"a\", test_split = 0.5, test_csv = \"b.csv\" }",
            "`test_split` needs all rows in one file, no `test_csv`; leave it out",
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

/// What is loaded of a file `table.csv` of this content in a folder of its own.
fn loaded(content: &str, source: CsvSource) -> Result<LoadedData, DataError> {
    let folder = file(content);
    let source = source.with_path(folder.path().join("table.csv"));
    DataDescription::Csv(source).load()
}

/// The features of all samples, flat.
fn features(source: &dyn BatchSource) -> Vec<f32> {
    let rows: Vec<usize> = (0..source.num_samples()).collect();
    let batch = source.gather(&rows, &Device::flex()).unwrap();
    batch.inputs().into_data().iter::<f32>().collect()
}

#[test]
fn test_rows_are_held_back_of_every_class_and_always_the_same() {
    let mut content = "a,species\n".to_owned();
    for row in 0..20 {
        writeln!(content, "{row},{}", if row < 12 { "x" } else { "y" }).unwrap();
    }
    let held_back = |share| species().with_test(CsvTest::Split(share)).unwrap();
    let data = loaded(&content, held_back(0.25)).unwrap();
    let test = data.test.unwrap();
    let classes = |source: &dyn BatchSource| source.class_indices().unwrap();
    assert_eq!(classes(test.as_ref()), [0, 0, 0, 1, 1]);
    assert_eq!(data.train.num_samples(), 15);
    let mut all = [features(data.train.as_ref()), features(test.as_ref())].concat();
    all.sort_by(f32::total_cmp);
    assert_eq!(all, (0..20_u8).map(f32::from).collect::<Vec<_>>());
    let again = loaded(&content, held_back(0.25)).unwrap();
    assert_eq!(
        features(again.test.unwrap().as_ref()),
        features(test.as_ref())
    );

    for (share, rows) in [(0.0, 20), (0.5, 10)] {
        let data = loaded(&content, held_back(share)).unwrap();
        assert_eq!(data.train.num_samples(), rows);
        assert_eq!(data.test.is_some(), share > 0.0);
    }
    let told = loaded("a,species\n1,x\n2,y\n", held_back(0.2)).unwrap_err();
    let told = told.to_string();
    assert!(
        told.contains(
            "table.csv`: expected rows to learn from and rows to judge by, received 2 rows and a `test_split` of 0.2; choose \
             another share, or 0 for no test rows"
        ),
        "{told}"
    );
}

#[test]
fn test_rows_are_not_drawn_from_other_rows_than_before() {
    let rows = |order: &[usize]| {
        let rows: Vec<String> = order
            .iter()
            .map(|row| format!("{row},{}", row * row))
            .collect();
        format!("a,price\n{}\n", rows.join("\n"))
    };
    let order: Vec<usize> = (0..20).collect();
    let source = price().with_test(CsvTest::Split(0.25)).unwrap();
    let first = loaded(&rows(&order), source.clone()).unwrap();
    let DataDescription::Csv(pinned) = first.description else {
        panic!("it was a table");
    };
    assert_eq!(
        pinned.fingerprint().unwrap().to_string().split('-').next(),
        Some("20")
    );
    let again = loaded(&rows(&order), pinned.clone()).unwrap();
    assert_eq!(
        features(again.train.as_ref()),
        features(first.train.as_ref())
    );

    let reversed: Vec<usize> = order.into_iter().rev().collect();
    let error = loaded(&rows(&reversed), pinned.clone())
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("received the same rows in another order; which of them"),
        "{error}"
    );
    let error = loaded(&rows(&reversed[1..]), pinned.clone())
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("received 19 rows, no longer 20; which of them"),
        "{error}"
    );
    // Without rows to draw, nothing can be mixed up.
    let all = pinned.with_test(CsvTest::Split(0.0)).unwrap();
    assert!(loaded(&rows(&reversed), all).is_ok());
    assert!(loaded(&rows(&reversed), source).is_ok());
}

#[test]
fn test_rows_of_numbers_are_drawn_from_the_whole_table() {
    let mut content = "a,price\n".to_owned();
    for row in 0..40 {
        writeln!(content, "{row},{row}").unwrap();
    }
    let source = price().with_test(CsvTest::Split(0.25)).unwrap();
    let test = features(loaded(&content, source).unwrap().test.unwrap().as_ref());
    assert_eq!(test.len(), 10);
    assert!(test.is_sorted());
    assert!(test[0] < 20.0 && test[9] > 20.0, "{test:?}");
}

#[test]
fn test_rows_of_another_file_have_the_columns_and_classes_of_the_first() {
    let folder = file("a,species,b\n1,y,2\n3,x,4\n");
    let write = |content: &str| fs::write(folder.path().join("test.tsv"), content).unwrap();
    let source = species()
        .with_path(folder.path().join("table.csv"))
        .with_test(CsvTest::File(folder.path().join("test.tsv")))
        .unwrap();
    let description = DataDescription::Csv(source);
    write("species\tb\tmore\ta\ny\t20\tthan\t10\n");
    let test = description.load().unwrap().test.unwrap();
    assert_eq!(features(test.as_ref()), [10.0, 20.0]);
    assert_eq!(test.class_indices().unwrap(), [1]);
    assert_eq!(test.targets(), Targets::Classes { num_classes: 2 });
    write("species\tb\ta\nz\t20\t10\n");
    let error = description.load().unwrap_err().to_string();
    assert!(
        error.contains("test.tsv`, line 2, column `species`: expected one of the classes `x`, `y`, received `z`"),
        "{error}"
    );
}

#[test]
fn a_pinned_description_means_the_same_for_another_file() {
    let content = "id,b,a,species\n1,2,3,y\n4,5,6,x\n";
    let folder = file(content);
    let source = species()
        .with_path(folder.path().join("table.csv"))
        .without_columns(["id"]);
    let data = DataDescription::Csv(source.clone()).load().unwrap();
    let pinned = source
        .without_columns(Vec::<String>::new())
        .with_features(["b", "a"])
        .with_class_names(["x", "y"])
        .unwrap();
    assert_eq!(data.description, DataDescription::Csv(pinned.clone()));
    assert_eq!(
        data.description.load().unwrap().description,
        data.description
    );
    let other = load("a,species,b\n7,y,8\n", pinned).unwrap();
    assert_eq!(numbers(&other), (vec![8.0, 7.0], vec![1.0]));
    let images = DataDescription::Images(DataSource::MnistSample);
    assert_eq!(images.load().unwrap().description, images);
}

#[test]
fn features_are_read_where_nobody_knows_the_targets() {
    let inputs = |content: &str, source: CsvSource| {
        let folder = file(content);
        let source = source.with_path(folder.path().join("table.csv"));
        let inputs = source.load_inputs()?;
        let shape = inputs.shape().to_vec();
        let tensor: Tensor<2> = inputs.into_tensor(&Device::flex())?;
        let numbers: Vec<f32> = tensor.into_data().iter::<f32>().collect();
        Ok::<_, DataError>((shape, numbers))
    };
    let expected = (vec![2, 2], vec![1.0, 2.0, 3.0, 4.0]);
    let all = species().without_columns(["id"]);
    let pinned = species().with_features(["a", "b"]);
    for content in [
        "a,b\n1,2\n3,4\n",
        "a,b,species\n1,2,\n3,4,?\n",
        "id,a,species,b\n,1,x,2\n,3,y,4\n",
    ] {
        assert_eq!(inputs(content, all.clone()).unwrap(), expected, "{content}");
        assert_eq!(
            inputs(content, pinned.clone()).unwrap(),
            expected,
            "{content}"
        );
    }
    assert_eq!(
        inputs("b,c,a\n2,x,1\n4,y,3\n", pinned.clone()).unwrap(),
        expected
    );
    for (content, expected) in [
        (
            "a,species\n1,x\n",
            "table.csv`: expected a column `b`, received only `a`, `species`, did you mean `a`?",
        ),
        (
            "a,b\n1,2\n3,x\n",
            "table.csv`, line 3, column `b`: expected a number, received `x`; correct it",
        ),
        ("a,b\n", "expected at least one row below the header"),
    ] {
        let error = inputs(content, pinned.clone()).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn a_text_is_a_table_by_its_ending() {
    let description = |text: &str| text.parse::<DataDescription>().unwrap();
    for table in ["iris.csv", "data/IRIS.CSV", "iris.tsv"] {
        let DataDescription::Csv(source) = description(table) else {
            panic!("{table} is a table");
        };
        assert!(source.target().columns().is_empty());
        assert_eq!(description(table).to_string(), table);
        assert_eq!(
            described(&format!("data = \"{table}\"")).unwrap(),
            description(table)
        );
    }
    for images in ["mnist", "mnist-sample", "folder", "folder.csv/images"] {
        assert!(
            matches!(description(images), DataDescription::Images(_)),
            "{images}"
        );
    }
    let error = CsvSource::values("no.csv", Vec::<String>::new()).load();
    assert!(matches!(error, Err(DataError::Read { .. })));
    let error = load("a,b\n1,2\n", CsvSource::values("", Vec::<String>::new()));
    assert!(matches!(
        error,
        Err(DataError::Csv(error)) if matches!(*error, CsvError::NoTarget { .. })
    ));
}

#[test]
fn an_overview_tells_what_the_columns_hold() {
    let folder = file("a,species,none\n1,x,\n,y,\n4,x,\n-2e0,7,\n");
    let path = folder.path().join("table.csv");
    let overview = |source: CsvSource| source.with_path(&path).overview();
    let found = overview(price()).unwrap();
    let column = |name: &str, different, empty, content| CsvColumn {
        name: name.to_owned(),
        different,
        or_more: false,
        empty,
        missing: empty,
        content,
    };
    let numbers = CsvContent::Numbers {
        min: -2.0,
        mean: 1.0,
        max: 4.0,
    };
    let words = CsvContent::Words {
        examples: ["7", "x", "y"].map(str::to_owned).to_vec(),
    };
    assert_eq!(
        found,
        CsvOverview {
            rows: 4,
            columns: vec![
                column("a", 3, 1, numbers),
                column("species", 3, 0, words),
                column("none", 0, 4, CsvContent::Empty),
            ],
            suspicion: None,
        }
    );
    let semicolons = overview(price().with_delimiter(';').unwrap()).unwrap();
    assert_eq!(semicolons.columns.len(), 1);
    fs::write(&path, "a,b\n1,2\n3\n").unwrap();
    let error = overview(price()).unwrap_err().to_string();
    assert!(error.contains("line 3: expected 2 fields"), "{error}");
}

#[test]
fn paths_can_be_changed_together() {
    let source = price().with_test(CsvTest::File("new.csv".into())).unwrap();
    let there = |path: &std::path::Path| std::path::Path::new("there").join(path);
    let moved = DataDescription::Csv(source).map_paths(there);
    let expected = CsvSource::values("there/table.csv", ["price"])
        .with_test(CsvTest::File("there/new.csv".into()))
        .unwrap();
    assert_eq!(moved, DataDescription::Csv(expected));
    let folder = |path: &str| DataDescription::Images(DataSource::Directory(path.into()));
    assert_eq!(folder("x").map_paths(there), folder("there/x"));
    assert_eq!(
        DataDescription::default().map_paths(there),
        DataDescription::default()
    );
}

#[test]
fn a_part_of_any_source_knows_its_classes() {
    let data = loaded("a,species\n1,x\n2,y\n3,x\n4,y\n", species()).unwrap();
    let first = Subset::first(data.train.clone(), 3).unwrap();
    assert_eq!(first.class_indices().unwrap(), [0, 1, 0]);
    assert!(Subset::first(data.train.clone(), 0).is_err());
    assert!(Subset::first(data.train.clone(), 5).is_err());
    let halves = ValidationSplit::Stratified {
        fraction: 0.5,
        seed: 1,
    };
    let (one, other) = Subset::split(&data.train, &halves).unwrap();
    for half in [one, other] {
        let mut classes = half.class_indices().unwrap();
        classes.sort_unstable();
        assert_eq!(classes, [0, 1]);
    }
    let numbers = loaded("a,price\n1,2\n3,4\n", price()).unwrap();
    assert_eq!(numbers.train.class_indices(), None);
    let error = Subset::split(&numbers.train, &halves).err().unwrap();
    assert_eq!(
        error.to_string(),
        "stratified split: expected examples of known classes, received one number a sample; keep any rows back instead"
    );
    let any = ValidationSplit::Random {
        fraction: 0.5,
        seed: 1,
    };
    assert_eq!(
        Subset::split(&numbers.train, &any).unwrap().1.num_samples(),
        1
    );
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
