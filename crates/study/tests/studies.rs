//! Studies of a few seconds, from settings to files.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use firebrick::datasets::DataSource;
use firebrick::devices::DeviceName;
use firebrick::training::Display;
use firebrick_study::{
    CurveAxis, CurveSettings, Ending, NetworksSettings, StudyDirectory, StudyError, StudySettings,
};

fn networks() -> StudySettings {
    StudySettings::Networks(NetworksSettings {
        data: DataSource::MnistSample,
        hidden: vec![20],
        epochs: 3,
        batch_size: 10,
        device: DeviceName::Flex,
        ..NetworksSettings::default()
    })
}

fn curve(by: CurveAxis) -> CurveSettings {
    let values = match by {
        CurveAxis::TrainSize => vec![200, 20, 60],
        CurveAxis::Width => vec![1, 8],
        CurveAxis::Depth => vec![0, 2],
        CurveAxis::Epochs => vec![],
    };
    CurveSettings {
        values,
        seeds: 2,
        data: DataSource::MnistSample,
        train_size: 100,
        validation_size: 300,
        hidden: vec![8],
        epochs: 6,
        min_steps: 0,
        batch_size: 20,
        device: DeviceName::Flex,
        ..CurveSettings::new(by)
    }
}

/// Runs a study in a new directory of this name; gives that and what was said.
fn run(settings: &StudySettings, folder: &Path, jobs: usize) -> (StudyDirectory, String) {
    let study = settings.clone().prepare().unwrap();
    let directory = StudyDirectory::create(folder, None, settings, false).unwrap();
    let mut said = String::new();
    let mut say = |line: &str| said.push_str(line);
    let ending = study
        .run(&directory, Display::Quiet, Some(jobs), &mut say)
        .unwrap();
    assert_eq!(ending, Ending::Completed);
    (directory, said)
}

fn read(directory: &StudyDirectory, name: &str) -> String {
    fs::read_to_string(directory.file(name)).unwrap()
}

/// A table without its column of seconds, the last.
fn numbers(table: &str) -> Vec<String> {
    let has_seconds = table.lines().next().unwrap().ends_with(",seconds");
    let without = |line: &str| match line.rsplit_once(',') {
        Some((numbers, _)) if has_seconds => numbers.to_owned(),
        _ => line.to_owned(),
    };
    table.lines().map(without).collect()
}

/// What is kept of every training, less how long it took.
fn kept(directory: &StudyDirectory) -> BTreeMap<String, serde_json::Value> {
    let folder = fs::read_dir(directory.file(StudyDirectory::RESULTS)).unwrap();
    let files = folder.map(|entry| {
        let entry = entry.unwrap();
        let mut value: serde_json::Value =
            serde_json::from_slice(&fs::read(entry.path()).unwrap()).unwrap();
        value.as_object_mut().unwrap().remove("seconds");
        (entry.file_name().into_string().unwrap(), value)
    });
    files.collect()
}

fn assert_is_a_whole_page(page: &str) {
    assert!(page.starts_with("<!DOCTYPE html>") && page.trim_end().ends_with("</html>"));
    assert!(page.contains("<svg"), "the figure stands in the page");
    let addresses =
        page.matches("http").count() - page.matches("http://www.w3.org/2000/svg").count();
    assert_eq!(addresses, 0, "the page needs no network");
    for word in ["NaN", "inf ", "{{", "{%"] {
        assert!(!page.contains(word), "{word}");
    }
}

#[test]
fn three_networks_leave_table_figure_and_page() {
    let folder = tempfile::tempdir().unwrap();
    let (directory, said) = run(&networks(), folder.path(), 1);
    let table = read(&directory, "networks.csv");
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(
        lines[0],
        "network,epoch,loss,accuracy,val_loss,val_accuracy,seconds"
    );
    let rows: Vec<Vec<&str>> = lines[1..]
        .iter()
        .map(|line| line.split(',').collect())
        .collect();
    let order: Vec<String> = rows
        .iter()
        .map(|row| format!("{} {}", row[0], row[1]))
        .collect();
    let expected = ["scratch", "mlp", "sequential"]
        .map(|network| (1..=3).map(move |epoch| format!("{network} {epoch}")));
    assert_eq!(order, expected.into_iter().flatten().collect::<Vec<_>>());
    for last in [&rows[5], &rows[8]] {
        let accuracy: f64 = last[5].parse().unwrap();
        assert!(accuracy > 0.5, "it learns: {last:?}");
    }
    for title in ["from scratch: ", "Burn module: ", "Keras style: "] {
        assert!(said.contains(title), "{said}");
    }

    let page = read(&directory, StudyDirectory::REPORT);
    assert_is_a_whole_page(&page);
    for text in [
        "from scratch",
        "mean squared error",
        "Keras style",
        "15,910",
        "data:image/png;base64,",
    ] {
        assert!(page.contains(text), "{text}");
    }
    assert!(
        fs::read(directory.file("networks.png"))
            .unwrap()
            .starts_with(b"\x89PNG")
    );
}

#[test]
fn every_curve_leaves_table_figure_and_page() {
    for by in CurveAxis::NAMES {
        let settings = StudySettings::Curve(curve(by.parse().unwrap()));
        let folder = tempfile::tempdir().unwrap();
        let (directory, _) = run(&settings, folder.path(), 2);
        assert_eq!(
            directory.path().file_name().unwrap(),
            format!("{by}-1").as_str()
        );
        let table = read(&directory, "curve.csv");
        let lines: Vec<&str> = table.lines().collect();
        let (header, rows) = match by {
            "train-size" => ("train_size,seed,parameters,", 6),
            "width" => ("width,seed,parameters,", 4),
            "depth" => ("depth,seed,parameters,", 4),
            _ => ("seed,epoch,loss,error,val_loss,val_error", 12),
        };
        assert!(lines[0].starts_with(header), "{}", lines[0]);
        assert_eq!(lines.len() - 1, rows, "{by}");
        assert_is_a_whole_page(&read(&directory, StudyDirectory::REPORT));
        assert!(
            fs::read(directory.file("curve.png"))
                .unwrap()
                .starts_with(b"\x89PNG")
        );
    }
}

#[test]
fn points_are_drawn_in_their_order_and_few_images_are_learned_by_heart() {
    let settings = StudySettings::Curve(CurveSettings {
        epochs: 60,
        ..curve(CurveAxis::TrainSize)
    });
    let folder = tempfile::tempdir().unwrap();
    let (directory, _) = run(&settings, folder.path(), 1);
    let table = read(&directory, "curve.csv");
    let rows: Vec<Vec<f64>> = table
        .lines()
        .skip(1)
        .map(|line| {
            line.split(',')
                .map(|field| field.parse().unwrap())
                .collect()
        })
        .collect();
    let sizes: Vec<f64> = rows.iter().map(|row| row[0]).collect();
    assert_eq!(sizes, [20.0, 20.0, 60.0, 60.0, 200.0, 200.0]);
    let (train_error, val_error) = (4, 6);
    assert!(rows[0][val_error] - rows[0][train_error] > 0.2, "{table}");
    assert!(rows[0][val_error] > rows[5][val_error], "{table}");
}

#[test]
fn neighbours_change_no_number() {
    let settings = StudySettings::Curve(CurveSettings {
        seeds: 3,
        ..curve(CurveAxis::Width)
    });
    let folder = tempfile::tempdir().unwrap();
    let (alone, _) = run(&settings, folder.path(), 1);
    let (together, _) = run(&settings, folder.path(), 4);
    assert_eq!(kept(&alone), kept(&together));
    let tables = [&alone, &together].map(|directory| numbers(&read(directory, "curve.csv")));
    assert_eq!(tables[0], tables[1]);
}

#[test]
fn what_is_finished_is_not_done_again() {
    for settings in [networks(), StudySettings::Curve(curve(CurveAxis::Epochs))] {
        let folder = tempfile::tempdir().unwrap();
        let (directory, _) = run(&settings, folder.path(), 2);
        let table = StudySettings::OUTPUTS
            .into_iter()
            .find(|name| directory.file(name).exists())
            .unwrap();
        let (first, results) = (numbers(&read(&directory, table)), kept(&directory));

        // As after a kill: a training is missing, and so are the files that are made at the end.
        let mut remaining: Vec<String> = results.keys().cloned().collect();
        let missing = remaining.remove(0);
        let folder_of_results = directory.file(StudyDirectory::RESULTS);
        let file = |name: &str| folder_of_results.join(name);
        fs::remove_file(file(&missing)).unwrap();
        fs::remove_file(directory.file(StudyDirectory::REPORT)).unwrap();
        let stamps = || {
            let stamp = |name: &String| fs::metadata(file(name)).unwrap().modified().unwrap();
            remaining.iter().map(stamp).collect::<Vec<_>>()
        };
        let before = stamps();

        let path = directory.path().to_owned();
        drop(directory);
        let (reopened, read_back) = StudyDirectory::open(&path).unwrap();
        assert_eq!(read_back, settings);
        let study = read_back.prepare().unwrap();
        let ending = study
            .run(&reopened, Display::Quiet, None, &mut |_| {})
            .unwrap();
        assert_eq!(ending, Ending::Completed);
        assert_eq!(numbers(&read(&reopened, table)), first);
        assert_eq!(kept(&reopened).len(), results.len());
        assert_eq!(stamps(), before, "finished trainings are left as they are");
        assert!(reopened.file(StudyDirectory::REPORT).exists());
    }
}

#[test]
fn a_damaged_result_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let settings = StudySettings::Curve(curve(CurveAxis::Width));
    let study = settings.clone().prepare().unwrap();
    let directory = StudyDirectory::create(folder.path(), Some("w"), &settings, false).unwrap();
    let results = directory.file(StudyDirectory::RESULTS);
    fs::create_dir(&results).unwrap();
    fs::write(results.join("8-seed-1.json"), "{").unwrap();
    let error = study
        .run(&directory, Display::Quiet, None, &mut |_| {})
        .unwrap_err();
    let text = error.to_string();
    assert!(matches!(error, StudyError::Malformed { .. }), "{text}");
    assert!(
        text.contains("8-seed-1.json") && text.contains("remove it"),
        "{text}"
    );
}

#[test]
fn a_directory_is_taken_once_and_replaced_when_that_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let settings = StudySettings::Curve(curve(CurveAxis::Width));
    let create = |overwrite| {
        StudyDirectory::create(folder.path(), Some("w"), &settings, overwrite).map_err(Box::new)
    };
    let directory = create(false).unwrap();
    fs::create_dir(directory.file(StudyDirectory::RESULTS)).unwrap();
    let result = directory
        .file(StudyDirectory::RESULTS)
        .join("1-seed-1.json");
    let note = directory.file("note.txt");
    for file in [&result, &note, &directory.file("networks.csv")] {
        fs::write(file, "mine").unwrap();
    }
    let error = create(false).unwrap_err();
    assert!(matches!(*error, StudyError::StudyExists { .. }), "{error}");
    assert!(
        error.to_string().contains("firebrick study continue"),
        "{error}"
    );

    // As long as somebody may write into it, it is not replaced.
    let error = create(true).unwrap_err().to_string();
    assert!(error.contains("is being written into by"), "{error}");
    drop(directory);

    let directory = create(true).unwrap();
    assert!(!result.exists() && !directory.file("networks.csv").exists());
    assert!(note.exists() && directory.file(StudyDirectory::SETTINGS).exists());
    // Nothing came of it.
    drop(directory);
    assert_eq!(fs::read_to_string(&result).unwrap(), "mine");
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn wrong_settings_of_a_curve_are_told_before_anything_is_made() {
    type Change = fn(&mut CurveSettings);
    use CurveAxis::{Depth, Epochs, TrainSize, Width};
    let cases: [(CurveAxis, Change, &str); 21] = [
        (
            Depth,
            |own| own.values = vec![1, 99_999_999_999],
            "values is 99999999999, expected at most 1000 hidden layers",
        ),
        (
            Depth,
            |own| own.seeds = 99_999_999_999,
            "seeds is 99999999999, expected at most 100000",
        ),
        (
            Width,
            |own| own.seeds = 60_000,
            "points of 60000 trainings each, expected at most 100000 trainings in all",
        ),
        (
            Width,
            |own| own.hidden = vec![1; 1_000_000],
            "hidden is a list of 1000000 layers, expected at most 1000 layers",
        ),
        (
            Epochs,
            |own| own.epochs = usize::MAX,
            "epochs is 18446744073709551615, expected at most 1000000",
        ),
        (
            TrainSize,
            |own| own.min_steps = usize::MAX,
            "min_steps is 18446744073709551615, expected at most 1000000",
        ),
        (
            Width,
            |own| own.seeds = 0,
            "seeds is 0, expected at least 1",
        ),
        (
            Width,
            |own| own.values = vec![5],
            "values is 5, expected at least two different values of units per hidden layer",
        ),
        (
            Depth,
            |own| own.values = vec![3, 3],
            "one point is no curve",
        ),
        (
            Width,
            |own| own.values = vec![0, 4],
            "values is 0, 4, expected values of at least 1",
        ),
        (
            TrainSize,
            |own| own.values = vec![10, 900],
            "values is 900, expected at most 700, which is what the 300 validation images leave of 1000 training images",
        ),
        (
            Epochs,
            |own| own.train_size = 701,
            "train_size is 701, expected at most 700",
        ),
        (
            Epochs,
            |own| own.train_size = 0,
            "train_size is 0, expected at least 1",
        ),
        (
            Width,
            |own| own.validation_size = 1000,
            "validation_size is 1000, expected less than the 1000 training images there are",
        ),
        (
            Epochs,
            |own| own.values = vec![1, 2],
            "values is 1, 2, expected none",
        ),
        (
            Epochs,
            |own| own.epochs = 1,
            "epochs is 1, expected at least 2",
        ),
        (
            Width,
            |own| own.epochs = 0,
            "epochs is 0, expected at least 1",
        ),
        (
            Depth,
            |own| own.hidden.clear(),
            "hidden is none, expected at least one layer",
        ),
        (
            Depth,
            |own| own.learning_rate = f64::NAN,
            "learning_rate is NaN, expected a number above 0",
        ),
        (
            Depth,
            |own| own.seed = u64::MAX,
            "seed is 18446744073709551615, expected at most",
        ),
        (
            Width,
            |own| own.values = vec![1, usize::MAX],
            "brings the network to more than",
        ),
    ];
    for (by, change, expected) in cases {
        let mut settings = curve(by);
        change(&mut settings);
        let error = StudySettings::Curve(settings).prepare().err().unwrap();
        assert!(error.to_string().contains(expected), "{expected}: {error}");
    }
}

#[test]
fn wrong_settings_of_networks_are_told_before_anything_is_made() {
    type Change = fn(&mut NetworksSettings);
    let cases: [(Change, &str); 11] = [
        (
            |own| own.epochs = usize::MAX,
            "epochs is 18446744073709551615, expected at most 1000000",
        ),
        (
            |own| own.hidden = vec![1; 1_000_000],
            "hidden is a list of 1000000 layers, expected at most 1000 layers",
        ),
        (
            |own| own.hidden = vec![1_000_000, 1_000_000],
            "brings the network to more than",
        ),
        (|own| own.epochs = 0, "epochs is 0, expected at least 1"),
        (
            |own| own.train_limit = Some(1001),
            "train_limit is 1001, expected from 1 to the 1000",
        ),
        (
            |own| own.train_limit = Some(0),
            "train_limit is 0, expected from 1",
        ),
        (
            |own| own.validation_split = 1.0,
            "validation_split is 1, expected a share above 0 and below 1",
        ),
        (
            |own| own.hidden = vec![3, 0],
            "hidden is a layer of 0 units",
        ),
        (
            |own| own.time_based = 0,
            "time_based is 0, expected a whole number of at least 1",
        ),
        (
            |own| own.scratch_learning_rate = -1.0,
            "scratch_learning_rate is -1, expected a number above 0",
        ),
        (
            |own| own.mlp_learning_rate = f64::INFINITY,
            "mlp_learning_rate is inf",
        ),
    ];
    for (change, expected) in cases {
        let mut settings = NetworksSettings {
            data: DataSource::MnistSample,
            device: DeviceName::Flex,
            ..NetworksSettings::default()
        };
        change(&mut settings);
        let error = StudySettings::Networks(settings).prepare().err().unwrap();
        assert!(error.to_string().contains(expected), "{expected}: {error}");
    }
}
