//! What becomes of categories, of numbers in ranges and of missing cells, as a user meets it.

#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

use std::fs;
use std::path::PathBuf;

use firebrick_data::burn::tensor::Device;
use firebrick_data::{
    ArrayDataset, BatchSource, Binned, CsvFill, CsvMissing, CsvSource, CsvTest, DataDescription,
    Hashed, Index, OneHot,
};
use tempfile::TempDir;

/// A table in a folder of its own.
struct TableFile(TempDir);

impl TableFile {
    fn new(content: impl AsRef<[u8]>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("table.csv"), content).unwrap();
        Self(folder)
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("table.csv")
    }
}

fn inputs(data: &ArrayDataset) -> Vec<Vec<f32>> {
    let rows: Vec<usize> = (0..data.len()).collect();
    let batch = data.gather(&rows, &Device::flex()).unwrap();
    let width = batch.inputs().dims()[1];
    let numbers: Vec<f32> = batch.inputs().into_data().iter::<f32>().collect();
    numbers.chunks(width).map(<[f32]>::to_vec).collect()
}

const CARS: &str = "color,doors,price\nred,4,10\n\"blue, dark\",2,12\nred,4,9\ngrün,2,20\n\"blue, dark\",4,11\nred,2,10\n";

#[test]
fn categories_become_ones_and_zeros_the_most_frequent_first() {
    let file = TableFile::new(CARS);
    let source = CsvSource::values(file.path(), ["price"]).with_categorical(["color"]);
    let table = source.load().unwrap();
    assert_eq!(
        table.input_names(),
        [
            "color=?",
            "color=red",
            "color=blue, dark",
            "color=grün",
            "doors"
        ]
    );
    assert_eq!(table.feature_names, ["color", "doors"]);
    assert_eq!(
        inputs(&table.data)[..4],
        [
            [0.0, 1.0, 0.0, 0.0, 4.0],
            [0.0, 0.0, 1.0, 0.0, 2.0],
            [0.0, 1.0, 0.0, 0.0, 4.0],
            [0.0, 0.0, 0.0, 1.0, 2.0],
        ]
    );
}

#[test]
fn a_description_pinned_to_a_table_treats_new_rows_as_those_that_were_learned_from() {
    let file = TableFile::new(CARS);
    let new = TableFile::new("doors,color\n2,mauve\n4,grün\n2,red\n4,\n");
    let source = CsvSource::values(file.path(), ["price"])
        .with_categorical(["color"])
        .with_missing_in("color", CsvMissing::MostFrequent)
        .with_missing_in("doors", CsvMissing::Median);
    let table = source.load().unwrap();
    let pinned = source.pinned_to(&table);
    // By way of the run's file, and again.
    let written = toml::to_string(&pinned).unwrap();
    let read: CsvSource = toml::from_str(&written).unwrap();
    assert_eq!(read, pinned, "{written}");
    assert_eq!(pinned.pinned_to(&pinned.load().unwrap()), pinned);
    assert_eq!(pinned.fill_of("doors"), Some(&CsvFill::Number(3.0)));
    let answer = read.with_path(new.path()).load_inputs_with(None).unwrap();
    assert_eq!(answer.data.shape(), [4, 5]);
    let data = ArrayDataset::new(answer.data, [0.0, 0.0, 0.0, 0.0]).unwrap();
    assert_eq!(
        inputs(&data),
        [
            [1.0, 0.0, 0.0, 0.0, 2.0],
            [0.0, 0.0, 0.0, 1.0, 4.0],
            [0.0, 1.0, 0.0, 0.0, 2.0],
            [0.0, 1.0, 0.0, 0.0, 4.0],
        ]
    );
    let [unknown] = &answer.unknown_categories[..] else {
        panic!()
    };
    assert_eq!((unknown.column.as_str(), unknown.rows), ("color", 1));
    assert_eq!(unknown.examples, ["mauve"]);
    let [filled] = &answer.filled[..] else {
        panic!()
    };
    assert_eq!(filled.fill, Some(CsvFill::Category("red".to_owned())));
}

#[test]
fn rows_to_answer_are_not_treated_by_what_they_hold_themselves() {
    let file = TableFile::new(CARS);
    for (source, lacking) in [
        (
            CsvSource::values(file.path(), ["price"]).with_categorical(["color"]),
            "a vocabulary",
        ),
        (
            CsvSource::values(file.path(), ["price"])
                .without_columns(["color"])
                .with_missing(CsvMissing::Mean),
            "a number to fill missing cells with",
        ),
    ] {
        let error = source.load_inputs().unwrap_err().to_string();
        assert!(
            error.contains(lacking) && error.contains("pinned_to"),
            "{error}"
        );
    }
    let hashed = CsvSource::values(file.path(), ["price"])
        .with_encoding("color", Hashed { num_bins: 3 })
        .unwrap();
    assert_eq!(hashed.load_inputs().unwrap().shape(), [6, 4]);
}

#[test]
fn test_rows_say_nothing_of_vocabularies_and_fills() {
    // Every row has a category and a number of its own, so that what was looked at can be told.
    let rows: String = (0..20).map(|row| format!("c{row},{row},{row}\n")).collect();
    let file = TableFile::new(format!("name,number,y\n{rows},,1\n"));
    let source = CsvSource::values(file.path(), ["y"])
        .with_categorical(["name"])
        .with_missing_in("name", CsvMissing::Zero)
        .with_missing_in("number", CsvMissing::Mean)
        .with_test(CsvTest::Split(0.25))
        .unwrap();
    let loaded = DataDescription::Csv(source).load().unwrap();
    let pinned = loaded.description.table().unwrap();
    let words = pinned.encoding_of("name").unwrap().vocabulary().unwrap();
    let (train, test) = (
        loaded.train.num_samples(),
        loaded.test.unwrap().num_samples(),
    );
    assert_eq!((train, test), (16, 5));
    let numbers: Vec<f64> = words
        .iter()
        .map(|word| word[1..].parse().unwrap())
        .collect();
    assert!(numbers.len() < 20, "those of test rows are not among them");
    let mean = numbers.iter().sum::<f64>() / numbers.len() as f64;
    let Some(CsvFill::Number(mended)) = pinned.fill_of("number") else {
        panic!()
    };
    assert!((mended - mean).abs() < 1e-12, "{mended} {mean}");
    assert_eq!(loaded.unknown_categories[0].rows, 20 - numbers.len());
    // The same rows are found again, whatever they are encoded as.
    assert!(loaded.description.load().is_ok());
}

#[test]
fn numbers_lie_in_bins_and_categories_have_places() {
    let file = TableFile::new(
        "age,size,zip,y\n17,s,1010,0\n18,m,2020,1\n40,s,1010,0\n65,l,3030,1\n90,s,,0\n",
    );
    let source = CsvSource::classes(file.path(), "y")
        .with_encoding(
            "age",
            "bins:bin_boundaries=18,65"
                .parse::<firebrick_data::ColumnEncoding>()
                .unwrap(),
        )
        .and_then(|source| source.with_encoding("size", Index::default()))
        .and_then(|source| source.with_encoding("zip", Hashed { num_bins: 2 }))
        .unwrap()
        .with_missing_in("zip", CsvMissing::Zero);
    let table = source.load().unwrap();
    assert_eq!(
        table.input_names(),
        [
            "age < 18",
            "18 <= age < 65",
            "age >= 65",
            "size",
            "zip in bin 0",
            "zip in bin 1"
        ]
    );
    let rows = inputs(&table.data);
    let ages: Vec<&[f32]> = rows.iter().map(|row| &row[..3]).collect();
    assert_eq!(ages[..2], [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]);
    assert_eq!(ages[3..], [[0.0, 0.0, 1.0], [0.0, 0.0, 1.0]]);
    let sizes: Vec<f32> = rows.iter().map(|row| row[3]).collect();
    assert_eq!(sizes, [1.0, 2.0, 1.0, 3.0, 1.0]);
    assert_eq!(rows[0][4..], rows[2][4..]);
    assert_eq!(
        rows[0][4..].iter().sum::<f32>().to_bits(),
        1.0_f32.to_bits()
    );
    assert_eq!(rows[4][4..], [0.0, 0.0], "missing, so in no bin");

    let halves = CsvSource::classes(file.path(), "y")
        .with_features(["age"])
        .with_encoding(
            "age",
            Binned {
                num_bins: Some(2),
                bin_boundaries: None,
            },
        )
        .unwrap();
    let table = halves.load().unwrap();
    assert_eq!(table.input_names().len(), 2);
    let pinned = halves.pinned_to(&table);
    assert_eq!(pinned.input_columns().len(), 2);
    assert_eq!(pinned.load_inputs().unwrap().shape(), [5, 2]);
}

#[test]
fn missing_cells_are_filled_by_the_rule_of_their_column() {
    let file = TableFile::new("a,b,c,y\n1,,x,1\n,2,,2\n4,2,y,3\n4,8,y,4\n");
    let loaded = |source: CsvSource| inputs(&source.load().unwrap().data);
    let source = CsvSource::values(file.path(), ["y"]).with_categorical(["c"]);
    assert_eq!(
        loaded(source.clone().with_missing(CsvMissing::Indicator)),
        [
            [1.0, 0.0, 4.0, 1.0, 0.0, 0.0, 1.0, 0.0],
            [3.0, 1.0, 2.0, 0.0, 0.0, 0.0, 0.0, 1.0],
            [4.0, 0.0, 2.0, 0.0, 0.0, 1.0, 0.0, 0.0],
            [4.0, 0.0, 8.0, 0.0, 0.0, 1.0, 0.0, 0.0],
        ]
    );
    assert_eq!(
        loaded(
            source
                .clone()
                .with_missing(CsvMissing::Mean)
                .with_missing_in("b", CsvMissing::Zero)
                .with_missing_in("c", CsvMissing::MostFrequent)
        )[..2],
        [[1.0, 0.0, 0.0, 0.0, 1.0], [3.0, 2.0, 0.0, 1.0, 0.0]]
    );
    // Rows are left out where a single column says so.
    let table = source
        .clone()
        .with_missing(CsvMissing::MostFrequent)
        .with_missing_in("b", CsvMissing::Drop)
        .load()
        .unwrap();
    assert_eq!(table.dropped_rows, [0]);
    assert_eq!(inputs(&table.data)[0], [4.0, 2.0, 0.0, 1.0]);
    // An indicator for all is one for those that miss a cell, in the rows that are learned from.
    let whole = TableFile::new("a,b,y\n1,2,1\n,2,2\n");
    let source = CsvSource::values(whole.path(), ["y"]).with_missing(CsvMissing::Indicator);
    let table = source.load().unwrap();
    assert_eq!(table.input_names(), ["a", "a is missing", "b"]);
    let pinned = source.pinned_to(&table);
    assert_eq!(pinned.missing_of("b"), CsvMissing::Mean);
    let new = TableFile::new("a,b\n,\n");
    let answer = pinned.with_path(new.path()).load_inputs().unwrap();
    let data = ArrayDataset::new(answer, [0.0]).unwrap();
    assert_eq!(inputs(&data), [[1.0, 1.0, 2.0]]);
}

#[test]
fn a_slip_of_the_pen_does_not_make_a_column_one_of_categories() {
    let rows: String = (0..30)
        .map(|row| format!("{row},{},{row}\n", ["a", "b"][row % 2]))
        .collect();
    let file = TableFile::new(format!("number,letter,y\n{rows}1o,a,3\n"));
    let source = CsvSource::values(file.path(), ["y"]).with_all_categorical();
    let error = source.load().unwrap_err().to_string();
    assert!(
        error.contains("line 32, column `number`: expected a number, received `1o`"),
        "{error}"
    );
    assert!(!error.contains("categorical"), "{error}");
    // What is mostly words is offered as categories, and an id is not.
    let plain = CsvSource::values(file.path(), ["y"]).without_columns(["number"]);
    let error = plain.load().unwrap_err().to_string();
    assert!(
        error.contains("`categorical = [\"letter\"]` (on the command line `--categorical letter`)"),
        "{error}"
    );
    let ids: String = (0..30).map(|row| format!("id{row},{row}\n")).collect();
    let ids = TableFile::new(format!("id,y\n{ids}"));
    for source in [
        CsvSource::values(ids.path(), ["y"]).with_all_categorical(),
        CsvSource::values(ids.path(), ["y"]),
    ] {
        let error = source.load().unwrap_err().to_string();
        assert!(
            error.contains("received `id0`") && !error.contains("categorical"),
            "{error}"
        );
    }
    let letters = source.clone().without_columns(["number"]).load().unwrap();
    assert_eq!(letters.input_names(), ["letter=?", "letter=a", "letter=b"]);
}

#[test]
fn yes_and_no_are_words_true_and_false_are_numbers() {
    let file = TableFile::new("smokes,sex,y\nyes,True,1\nno,False,2\nyes,True,3\n");
    let all = CsvSource::values(file.path(), ["y"]).with_all_categorical();
    let table = all.load().unwrap();
    assert_eq!(
        table.input_names(),
        ["smokes=?", "smokes=yes", "smokes=no", "sex"]
    );
    assert_eq!(inputs(&table.data)[0], [0.0, 1.0, 0.0, 1.0]);
    let named = CsvSource::values(file.path(), ["y"]).with_categorical(["smokes", "sex"]);
    assert_eq!(
        named.load().unwrap().input_names()[3..],
        ["sex=?", "sex=True", "sex=False"]
    );
}

#[test]
fn ten_thousand_categories_are_hashed_or_cut() {
    let rows: String = (0..10_000)
        .map(|row| format!("user {row},{}\n", row % 7))
        .collect();
    let file = TableFile::new(format!("user,y\nuser 1,0\n{rows}"));
    let source = |encoding: &str| {
        CsvSource::values(file.path(), ["y"])
            .with_encoding(
                "user",
                encoding.parse::<firebrick_data::ColumnEncoding>().unwrap(),
            )
            .unwrap()
    };
    let table = source("hash:32").load().unwrap();
    assert_eq!(table.data.input_shape(), [32]);
    let table = source("one-hot:max_tokens=10").load().unwrap();
    assert_eq!(table.data.input_shape(), [10]);
    assert_eq!(table.input_names()[1], "user=user 1");
    assert_eq!(table.unknown_categories[0].different, 10_000 - 9);
    let table = source("index").load().unwrap();
    assert_eq!(table.data.input_shape(), [1]);
    let pinned = source("index").pinned_to(&table);
    let written = toml::to_string(&pinned).unwrap();
    assert_eq!(toml::from_str::<CsvSource>(&written).unwrap(), pinned);
}

#[test]
#[allow(clippy::too_many_lines, reason = "a table of mistakes")]
fn what_cannot_be_said_of_a_column_is_an_error() {
    let file = TableFile::new("a,b,y,z\n1,x,1,\n2,y,,\n");
    let source = || CsvSource::values(file.path(), ["y"]).without_columns(["z"]);
    for (source, message) in [
        (
            source().with_categorical(["y"]),
            "expected the encoding `one-hot` for a feature, received it for `y`, which is to be predicted",
        ),
        (
            source().with_categorical(["z"]),
            "received it for `z`, which is left out",
        ),
        (
            source().with_categorical(["c"]),
            "expected a column `c`, received only `a`, `b`, `y`, `z`",
        ),
        (
            source().with_missing_in("q", CsvMissing::Drop),
            "expected a column `q`",
        ),
        (
            source().with_missing_in("y", CsvMissing::Mean),
            "expected `mean` for missing cells for a feature, received it for `y`",
        ),
        (
            source()
                .with_categorical(["b"])
                .with_missing_in("b", CsvMissing::Median),
            "column `b`: expected `refuse`, `drop`, `most-frequent`, `zero` or `indicator` for missing cells among categories, received `median`",
        ),
        (
            CsvSource::values(file.path(), ["a"])
                .with_features(["z"])
                .with_missing(CsvMissing::Mean),
            "column `z`: expected at least one cell in the rows that are learned from",
        ),
        (
            CsvSource::values(file.path(), ["a"])
                .with_features(["z"])
                .with_categorical(["z"])
                .with_missing(CsvMissing::Zero),
            "column `z`: expected at least one cell in the rows that are learned from",
        ),
        // A mean is for features.
        (
            source()
                .with_categorical(["b"])
                .with_missing(CsvMissing::Mean),
            "line 3, column `y`: expected a number, received an empty field",
        ),
        (
            CsvSource::values(file.path(), ["a"]).with_features(["y"]),
            "let a rule fill them with `missing = \"mean\"` (on the command line `--missing mean`)",
        ),
    ] {
        let error = source.load().unwrap_err().to_string();
        assert!(error.contains(message), "{error}");
    }
    for (bad, message) in [
        (
            source().with_encoding("a", Hashed { num_bins: 0 }),
            "column `a`: the encoding `hash`: `num_bins` is at least 1",
        ),
        (
            source().with_encoding(
                "a",
                OneHot {
                    max_tokens: Some(1),
                    vocabulary: None,
                },
            ),
            "`max_tokens` is at least 2",
        ),
        (
            source().with_encoding(
                "a",
                Index {
                    max_tokens: None,
                    vocabulary: Some(vec!["x".into(), "x".into()]),
                },
            ),
            "expected different tokens, received `x`",
        ),
    ] {
        let error = bad.unwrap_err().to_string();
        assert!(error.contains(message), "{error}");
    }
    for (text, message) in [
        (
            "csv = \"a.csv\"\ntarget = \"y\"\ncategorical = \"some\"",
            "expected \"all\", or a list",
        ),
        (
            "csv = \"a.csv\"\ntarget = \"y\"\ncategorical = [\"a\"]\nencodings = { a = \"hash:3\" }",
            "column `a`: expected one encoding",
        ),
        (
            "csv = \"a.csv\"\ntarget = \"y\"\nencodings = { a = \"hsh:3\" }",
            "did you mean `hash`?",
        ),
        (
            "csv = \"a.csv\"\ntarget = \"y\"\nmissing_in = { a = \"men\" }",
            "did you mean `mean`?",
        ),
    ] {
        let error = toml::from_str::<CsvSource>(text).unwrap_err().to_string();
        assert!(error.contains(message), "{error}");
    }
}

#[test]
fn an_offset_moves_bins_and_fills_with_the_numbers() {
    let file = TableFile::new("t,y\n1700000001,1\n1700000002,2\n,3\n1700000004,4\n1700000005,5\n");
    let source = CsvSource::values(file.path(), ["y"]).with_missing(CsvMissing::Mean);
    let table = source.load().unwrap();
    assert_eq!(
        table.coarse_columns[0].offset.to_bits(),
        1_700_000_003.0_f64.to_bits()
    );
    let moved = source.pinned_to(&table).with_offset("t", 1.7e9).unwrap();
    let table = moved.load().unwrap();
    let numbers: Vec<f32> = inputs(&table.data).concat();
    assert_eq!(numbers, [1.0, 2.0, 3.0, 4.0, 5.0]);
    let binned = CsvSource::values(file.path(), ["y"])
        .with_missing(CsvMissing::Mean)
        .with_encoding(
            "t",
            Binned {
                num_bins: Some(2),
                bin_boundaries: None,
            },
        )
        .unwrap();
    let pinned = binned.pinned_to(&binned.load().unwrap());
    let moved = pinned.with_offset("t", 1.7e9).unwrap().load().unwrap();
    let low: Vec<f32> = inputs(&moved.data).iter().map(|row| row[0]).collect();
    assert_eq!(low, [1.0, 1.0, 0.0, 0.0, 0.0], "{:?}", moved.input_names());
}
