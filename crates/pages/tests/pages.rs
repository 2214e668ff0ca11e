//! The pages of runs of all kinds, as a browser gets them.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::fmt::Write as _;
use std::path::Path;

use firebrick::training::RunDirectory;
use firebrick_pages::{
    Calibration, Comparison, Judgement, RunRecord, RunReport, RunState, read_runs, run_table,
    runs_page,
};
use firebrick_session::{
    Begin, Confusion, Environment, EpochEnd, Event, EventFile, LayerNumbers, Sample, SampleValue,
    SampleView, Speaker, What,
};

const EVIL: &str = "<script>alert(1)</script>";

/// A run with these files, which nobody trains in any more.
fn run(folder: &Path, name: &str, files: &[(&str, &str)]) -> RunDirectory {
    let path = folder.join(name);
    let run = RunDirectory::create(&path).unwrap();
    for (file, contents) in files {
        run.write(file, contents.as_bytes()).unwrap();
    }
    drop(run);
    RunDirectory::open(&path).unwrap()
}

fn page(run: &RunDirectory) -> String {
    let page = RunReport::new(RunRecord::read(run)).render().unwrap();
    check(&page);
    page
}

/// A page asks for nothing from elsewhere, has no script in it, and closes what it opens.
fn check(page: &str) {
    assert!(page.starts_with("<!DOCTYPE html>"), "{page}");
    let addresses = page
        .split(" src=\"")
        .skip(1)
        .chain(page.split(" href=\"").skip(1));
    for address in addresses {
        let address = address.split('"').next().unwrap();
        assert!(address.starts_with("data:"), "{address}");
    }
    for forbidden in [
        "<script",
        "@import",
        "url(",
        "<iframe",
        "<link rel=\"style",
        " onload=",
        " onerror=",
        "javascript:",
    ] {
        assert!(!page.contains(forbidden), "{forbidden}");
    }
    // The only other address is the name of the SVG format.
    for (at, _) in page.match_indices("://") {
        let before = &page[at.saturating_sub(12)..at];
        assert!(before.ends_with("xmlns=\"http"), "{before}");
    }
    for tag in [
        "html", "body", "main", "header", "footer", "table", "tbody", "tr", "td", "ul", "li",
        "div", "figure", "svg", "p",
    ] {
        let opened =
            page.matches(&format!("<{tag}>")).count() + page.matches(&format!("<{tag} ")).count();
        let closed = page.matches(&format!("</{tag}>")).count();
        assert_eq!(opened, closed, "<{tag}>");
    }
}

fn history(epochs: usize, columns: &str) -> String {
    let mut text = format!("epoch,learning_rate,{columns},seconds\n");
    let figures = columns.split(',').count();
    for epoch in 1..=epochs {
        let values: Vec<String> = (0..figures)
            .map(|figure| (1.0 / (epoch + figure) as f64).to_string())
            .collect();
        let rate = 0.1 / epoch as f64;
        let _ = writeln!(text, "{epoch},{rate},{},0.5", values.join(","));
    }
    text
}

fn event(step: u64, epoch: usize, what: What) -> Event {
    Event {
        step,
        epoch,
        seconds: 2.0,
        what,
    }
}

/// The events of a run with all that can be told.
fn tell(run: &RunDirectory, view: SampleView) {
    let mut file = EventFile::create(&run.file(EventFile::NAME)).unwrap();
    let begin = Begin {
        epochs: 3,
        steps_per_epoch: Some(10),
        class_names: vec!["cat".to_owned(), EVIL.to_owned()],
        schedule: vec![(0, 0.1), (30, 0.01)],
        rising: vec!["accuracy".to_owned()],
        time: 1_700_000_000,
        environment: Some(Environment {
            device: format!("flex {EVIL}"),
            cores: 7,
            ..Environment::default()
        }),
        ..Begin::default()
    };
    let layer = LayerNumbers {
        path: EVIL.to_owned(),
        weights: 2.0,
        update: 0.002,
        gradients: None,
        dead: Some(0.25),
    };
    let sample = Sample {
        row: 17,
        loss: 4.5,
        truth: EVIL.to_owned(),
        answer: "cat".to_owned(),
        certainty: Some(0.99),
        view,
    };
    let end = EpochEnd {
        figures: [("loss", 0.5), ("accuracy", 0.75), ("val_loss", f64::NAN)]
            .into_iter()
            .collect(),
        learning_rate: 0.05,
        took: 2.0,
    };
    let counts = vec![vec![5, 1], vec![2, 7]];
    for what in [
        What::Begin(Box::new(begin)),
        What::EpochEnd(end),
        What::Words {
            from: Speaker::Hint,
            text: EVIL.to_owned(),
        },
        What::Layers {
            layers: vec![layer],
        },
        What::Samples {
            worst: vec![sample],
        },
        What::Confusion(Confusion { counts }),
        What::End {
            reason: "stopped by EarlyStopping in epoch 1".to_owned(),
            is_complete: true,
        },
    ] {
        file.write(&event(10, 1, what)).unwrap();
    }
}

#[test]
fn a_run_that_has_told_all_has_it_on_its_page() {
    let folder = tempfile::tempdir().unwrap();
    let run = run(
        folder.path(),
        EVIL.replace('/', "").as_str(),
        &[("config.toml", "data = \"mnist\"\nepochs = 3\nhidden = [64]")],
    );
    tell(
        &run,
        SampleView::Picture {
            width: 2,
            height: 2,
            channels: 1,
            pixels: vec![0, 90, 180, 255],
        },
    );
    let page = page(&run);
    for text in [
        "class=\"state finished\">finished",
        "stopped by EarlyStopping in epoch 1",
        "best accuracy",
        "What happened",
        "<td>hint</td>",
        "<th scope=\"row\" title=\"cat\">cat</th>",
        "<td>cat</td><td>0.7143</td><td>0.8333</td>",
        "data:image/png;base64,",
        "99.0 %",
        "How they did last",
        "<td>1.0e-3</td>",
        "firebrick train --config ",
    ] {
        assert!(page.contains(text), "{text}");
    }
}

#[test]
fn rows_of_a_table_are_shown_by_their_columns() {
    let folder = tempfile::tempdir().unwrap();
    let run = run(folder.path(), "rows", &[]);
    let value = SampleValue {
        column: EVIL.to_owned(),
        value: EVIL.to_owned(),
    };
    tell(
        &run,
        SampleView::Row {
            values: vec![value],
        },
    );
    let page = page(&run);
    assert!(page.contains("row 17, loss 4.5000, 99.0 % sure"));
    assert!(page.contains("The run does not say its settings."));
}

#[test]
fn whatever_a_run_is_it_has_a_page() {
    let folder = tempfile::tempdir().unwrap();
    let many: String = history(700, "loss,accuracy,val_loss,val_accuracy");
    let outputs = history(
        3,
        "loss,digits_loss,digits_accuracy,parity_loss,parity_accuracy",
    );
    let nan = "epoch,learning_rate,loss,seconds\n1,0.1,NaN,1\n2,0.1,inf,1\n";
    for (name, files, state, word) in [
        ("empty", vec![], RunState::Stopped, "No epoch is over yet."),
        (
            "many",
            vec![("config.toml", "epochs = 700"), ("history.csv", &many)],
            RunState::Finished,
            "700/700",
        ),
        (
            "outputs",
            vec![("history.csv", &outputs)],
            RunState::Stopped,
            "best digits_accuracy",
        ),
        (
            "nan",
            vec![("history.csv", nan)],
            RunState::Stopped,
            "no finite values",
        ),
        (
            "config",
            vec![("config.toml", "epochs = ")],
            RunState::Broken,
            "`config.toml` cannot be read",
        ),
        (
            "history",
            vec![("history.csv", "a,b\n1,2\n")],
            RunState::Broken,
            "history.csv",
        ),
        (
            "unknown",
            vec![("config.toml", "unknown = [\"loss\", \"data\"]")],
            RunState::Stopped,
            "loss, data",
        ),
    ] {
        let files: Vec<(&str, &str)> = files
            .iter()
            .map(|(file, text): &(&str, &str)| (*file, *text))
            .collect();
        let run = run(folder.path(), name, &files);
        assert_eq!(RunRecord::read(&run).state(), state, "{name}");
        let page = page(&run);
        assert!(page.contains(word), "{name}: {word}");
        assert!(page.len() < 400_000, "{name}: {}", page.len());
    }
    let runs = read_runs(folder.path()).unwrap();
    assert_eq!(runs.len(), 7);
}

#[test]
fn a_run_at_work_says_how_far_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let run = RunDirectory::create(&folder.path().join("work")).unwrap();
    run.write("config.toml", b"epochs = 4").unwrap();
    run.write("history.csv", history(1, "loss").as_bytes())
        .unwrap();
    let page = page(&run);
    assert!(page.contains("class=\"state running\">running"));
    assert!(
        page.contains("epoch 1 of 4") && page.contains("width: 25.0%"),
        "{page}"
    );
}

#[test]
fn a_run_that_has_told_its_end_is_over_though_its_process_holds_it() {
    let folder = tempfile::tempdir().unwrap();
    let run = RunDirectory::create(&folder.path().join("work")).unwrap();
    assert_eq!(RunRecord::read(&run).state(), RunState::Running);
    let mut file = EventFile::create(&run.file(EventFile::NAME)).unwrap();
    let (reason, is_complete) = ("all epochs done".to_owned(), true);
    file.write(&event(
        10,
        1,
        What::End {
            reason,
            is_complete,
        },
    ))
    .unwrap();
    assert_eq!(RunRecord::read(&run).state(), RunState::Finished);
}

#[test]
fn a_run_whose_process_was_killed_is_broken_and_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let run = run(folder.path(), "killed", &[("config.toml", "epochs = 1")]);
    std::fs::write(run.file(".lock"), "").unwrap();
    let page = page(&run);
    assert!(page.contains("class=\"state broken\">broken"));
    assert!(
        page.contains("`firebrick train --resume killed` goes on"),
        "{page}"
    );
}

#[test]
fn a_judgement_adds_its_figures_and_the_calibration() {
    let folder = tempfile::tempdir().unwrap();
    let run = run(
        folder.path(),
        "judged",
        &[("history.csv", &history(2, "loss"))],
    );
    let judgement = Judgement {
        on: "100 images for validation".to_owned(),
        figures: vec![("accuracy".to_owned(), 0.875)],
        calibration: Some(Calibration::new([(1.0, true), (1.0, false)])),
        ..Judgement::default()
    };
    let page = RunReport::new(RunRecord::read(&run))
        .with_judgement(judgement)
        .render()
        .unwrap();
    check(&page);
    for text in [
        "Judged on 100 images for validation.",
        "0.8750",
        "Expected calibration error 0.5000",
        "\nshare that is right\n",
    ] {
        assert!(page.contains(text), "{text}");
    }
}

#[test]
fn runs_side_by_side_say_what_differs_and_which_is_best() {
    let folder = tempfile::tempdir().unwrap();
    let adam = run(
        folder.path(),
        "adam",
        &[
            ("config.toml", "optimizer = \"adam\"\nepochs = 2\nema = 0.9"),
            (
                "history.csv",
                "epoch,learning_rate,loss,accuracy,seconds\n1,0.1,0.9,0.5,2\n2,0.1,0.4,0.8,2\n",
            ),
        ],
    );
    let sgd = run(
        folder.path(),
        "sgd",
        &[
            ("config.toml", "optimizer = \"sgd\"\nepochs = 2"),
            (
                "history.csv",
                "epoch,learning_rate,loss,accuracy,seconds\n1,0.1,0.8,0.9,2\n",
            ),
        ],
    );
    let comparison = Comparison::new(vec![RunRecord::read(&adam), RunRecord::read(&sgd)]);
    let expected = "\
best of each figure (epoch), * no other is better
          adam         sgd
state     finished     stopped
loss      0.4000 (2)*  0.8000 (1)
accuracy  0.8000 (2)   0.9000 (1)*
epochs    2            1
time      4.0 s        2.0 s

settings that differ
           adam  sgd
optimizer  adam  sgd
ema        0.9   –
";
    assert_eq!(comparison.text(), expected);
    let page = comparison.render(None).unwrap();
    check(&page);
    assert!(page.contains("<td class=\"best\">0.9000 (1)</td>"));
    let alone = Comparison::new(vec![RunRecord::read(&adam), RunRecord::read(&adam)]);
    assert!(alone.text().contains("no setting differs"));
    assert!(alone.names()[0].ends_with("/adam"), "{:?}", alone.names());
}

#[test]
fn the_table_has_a_line_a_run_and_fits_into_the_terminal() {
    let folder = tempfile::tempdir().unwrap();
    run(
        folder.path(),
        "wide",
        &[
            (
                "config.toml",
                "data = \"mnist-sample\"\nhidden = [1024, 512, 256, 128, 64]\nepochs = 2",
            ),
            (
                "history.csv",
                "epoch,learning_rate,loss,val_loss,val_accuracy,seconds\n1,0.1,0.9,0.7,0.5,40\n2,0.1,0.4,0.8,0.75,50\n",
            ),
        ],
    );
    run(folder.path(), "new", &[]);
    let mut runs = read_runs(folder.path()).unwrap();
    runs.sort_by(|one, other| other.name.cmp(&one.name));
    for run in &mut runs {
        run.began = Some(1000);
    }
    let expected = "\
run   state     epochs  data          network                          best loss            best metric              time        begun
wide  finished  2/2     mnist-sample  Dense 1024 → 512 → 256 → 128 → 64  val_loss 0.7000 (1)  val_accuracy 0.7500 (2)  1 min 30 s  2 h ago
new   stopped   0       -             -                                -                    -                        0 ms        2 h ago
";
    let squeezed = |text: &str| {
        text.lines()
            .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
            .collect::<Vec<_>>()
    };
    assert_eq!(squeezed(&run_table(&runs, 8200, None)), squeezed(expected));
    let narrow = run_table(&runs, 8200, Some(120));
    for line in narrow.lines() {
        assert!(line.chars().count() <= 120, "{line}");
    }
    assert!(narrow.contains("Dense 1024"), "{narrow}");
}

#[test]
fn the_page_of_all_runs_names_them_safely() {
    let folder = tempfile::tempdir().unwrap();
    run(folder.path(), "<b>&\"x", &[]);
    let runs = read_runs(folder.path()).unwrap();
    let page = runs_page(&runs, EVIL, "/board.js", 0).unwrap();
    assert!(page.contains("href=\"/runs/%3Cb%3E%26%22x\""), "{page}");
    assert!(
        !page.contains("<b>") && !page.contains("alert(1)</script>"),
        "{page}"
    );
    let none = read_runs(&folder.path().join("nowhere")).unwrap();
    assert!(none.is_empty());
}
