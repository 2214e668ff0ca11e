//! What is printed against what Keras prints, byte by byte; see `tests/data/make_text_formats.py`.
//!
//! `FIREBRICK_GOLDEN` may name another folder with a `text_formats.json` of the same form; where the clock of a text
//! is not known, the times in it are left out.

use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

use super::Moment;
use super::bar::{BarText, Medium};
use super::keras_lines::KerasLines;
use super::pass_lines::PassText;
use super::progress_bar::ProgressBar;
use super::progress_line::{Paint, Progress, Stage, figures_text, summary_line};
use crate::display::Display;
use crate::history::EpochRecord;
use crate::logs::Logs;

const WIDE: Medium = Medium::Terminal {
    width: usize::MAX,
    paint: Paint::Escapes,
};

#[derive(Deserialize)]
struct Golden {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    progbar: Option<Updates>,
    #[serde(default)]
    chunks: Vec<String>,
    text: Option<String>,
    seconds_between_looks: Option<f64>,
}

#[derive(Deserialize)]
struct Updates {
    target: Option<usize>,
    verbose: u8,
    #[serde(rename = "seconds_between_updates")]
    interval: f64,
    #[serde(rename = "updates")]
    steps: Vec<Update>,
}

/// Batches done, figures, and whether it is the last one.
type Update = (usize, Vec<(String, Value)>, bool);

/// The bytes of every update; `None` without a number of batches, which a data set always has.
fn chunks(updates: &Updates) -> Option<Vec<String>> {
    let total = updates.target?;
    let mut bar = ProgressBar::default();
    let mut first_step = None;
    let mut chunks = Vec::new();
    for (time, (done, figures, is_last)) in (1..).zip(&updates.steps) {
        let figures: Logs = figures
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_f64().unwrap_or(f64::NAN)))
            .collect();
        let progress = Progress {
            done: *done,
            total: Some(total),
            elapsed: Duration::from_secs_f64(updates.interval * f64::from(time)),
            first_step,
            stage: if *is_last {
                Stage::Done
            } else {
                Stage::Running
            },
        };
        chunks.push(match updates.verbose {
            1 => bar
                .update(
                    usize::MAX,
                    Paint::Escapes,
                    &progress,
                    &figures_text(&figures),
                )
                .unwrap_or_default(),
            _ => summary_line(&progress, &figures) + "\n",
        });
        if *done == 1 {
            first_step = Some(progress.elapsed);
        }
    }
    Some(chunks)
}

/// A drawn line in words: batches done, batches, figures.
fn read(line: &str) -> (usize, usize, Logs) {
    let plain = ["\x08", "\x1b[0m", "\x1b[1m", "\x1b[32m", "\x1b[37m"]
        .iter()
        .fold(line.to_owned(), |line, escape| line.replace(escape, ""));
    let counter = plain.split_whitespace().next().unwrap();
    let (done, total) = counter.split_once('/').unwrap();
    let figures = plain.split(" - ").filter_map(|part| {
        let (name, value) = part.split_once(": ")?;
        Some((name.to_owned(), value.trim().parse::<f64>().unwrap()))
    });
    (
        done.parse().unwrap(),
        total.parse().unwrap(),
        figures.collect(),
    )
}

/// The same batches and figures, printed again; a look at the clock comes every so many seconds.
fn reprinted(text: &str, display: Display, seconds: f64) -> String {
    let epochs = text.matches("Epoch ").count().max(1);
    let mut bar = BarText::new(epochs);
    let mut lines = KerasLines::new(epochs);
    let mut printed = String::new();
    let drawn = text.lines().filter(|line| !line.starts_with("Epoch "));
    for (epoch, line) in (1..).zip(drawn) {
        let updates = line.split('\r').filter(|part| part.contains('/'));
        let updates: Vec<_> = updates.map(read).collect();
        let mut first_step = None;
        for (time, (done, total, figures)) in (1..).zip(&updates) {
            let elapsed = Duration::from_secs_f64(seconds * f64::from(time));
            let is_last = usize::try_from(time).unwrap() == updates.len();
            if is_last {
                let record = EpochRecord {
                    epoch,
                    learning_rate: 0.01,
                    figures: figures.clone(),
                    seconds: elapsed.as_secs_f64(),
                };
                printed += &if display == Display::Bar {
                    bar.epoch_end(WIDE, &record, *total)
                } else {
                    lines.epoch_end_text(&record, *total)
                };
            } else {
                if *done == 1 {
                    first_step = Some(elapsed);
                }
                let moment = Moment {
                    epoch,
                    batches_done: *done,
                    batches: Some(*total),
                    elapsed,
                    first_step,
                    figures: figures.clone(),
                };
                printed += &bar.progress(WIDE, &moment);
            }
        }
    }
    printed
}

/// The same for an evaluation or a prediction.
fn pass_reprinted(text: &str, display: Display, seconds: f64) -> String {
    let updates = text.split('\r').filter(|part| part.contains('/'));
    let updates: Vec<_> = updates.map(read).collect();
    let (last, batches) = updates.split_last().unwrap();
    let mut pass = PassText::new(display, Some(last.1));
    let mut printed = String::new();
    let mut elapsed = Duration::ZERO;
    for (_, _, figures) in batches {
        elapsed += Duration::from_secs_f64(seconds);
        pass.batch_done(elapsed);
        printed += &pass.running(WIDE, figures).unwrap();
    }
    // Without a progress line nobody looks at the clock before.
    for _ in batches.len()..last.1 {
        pass.batch_done(elapsed);
    }
    elapsed += Duration::from_secs_f64(seconds);
    printed + &pass.end(WIDE, elapsed, &last.2).unwrap()
}

/// The text without its times and what depends on their lengths.
fn timeless(text: &str) -> String {
    let masked = |word: &str| {
        let is_time = |text: &str| {
            text.strip_suffix('s')
                .is_some_and(|digits| digits.parse::<f64>().is_ok())
        };
        let plain = word.replace("\x1b[1m", "").replace("\x1b[0m", "");
        match word.strip_suffix("/step").or(word.strip_suffix("/step\n")) {
            Some(_) => "_/step".to_owned(),
            None if is_time(&plain) => "_".to_owned(),
            None => word.to_owned(),
        }
    };
    let lines = text
        .replace('\x08', "")
        .replace("/step\n", "/step \n")
        .replace("/step\r", "/step \r");
    let words: Vec<String> = lines
        .split(' ')
        .filter(|word| !word.is_empty())
        .map(masked)
        .collect();
    words.join(" ")
}

/// Whether the case is one of what is built.
fn check(case: &Case) -> bool {
    let name = case.name.as_str();
    if let Some(updates) = &case.progbar {
        let chunks = chunks(updates);
        if let Some(chunks) = &chunks {
            assert_eq!(chunks, &case.chunks, "{name}");
        }
        return chunks.is_some();
    }
    let text = case.text.as_deref().unwrap();
    if text.contains("Unknown") {
        return false;
    }
    let display = if name.contains("verbose1") {
        Display::Bar
    } else {
        Display::KerasLines
    };
    let seconds = case.seconds_between_looks.unwrap_or(0.25);
    let printed = if name.starts_with("fit") {
        reprinted(text, display, seconds)
    } else {
        pass_reprinted(text, display, seconds)
    };
    match case.seconds_between_looks {
        Some(_) => assert_eq!(printed, text, "{name}"),
        None => assert_eq!(timeless(&printed), timeless(text), "{name}"),
    }
    true
}

#[test]
fn progress_is_printed_as_keras_prints_it() {
    let own = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    let elsewhere = std::env::var_os("FIREBRICK_GOLDEN").map(PathBuf::from);
    let path = elsewhere.clone().unwrap_or(own).join("text_formats.json");
    let text = std::fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("cannot read {}: {error}", path.display()));
    let golden: Golden = serde_json::from_str(&text).unwrap();
    let is_progress = |case: &&Case| !case.name.starts_with("summary");
    let (checked, absent): (Vec<&Case>, Vec<&Case>) = golden
        .cases
        .iter()
        .filter(is_progress)
        .partition(|case| check(case));
    let absent: Vec<&str> = absent.iter().map(|case| case.name.as_str()).collect();
    println!(
        "{} cases checked, {} not built: {absent:?}",
        checked.len(),
        absent.len()
    );
    assert!(
        checked.len() >= 13,
        "only {} cases were checked",
        checked.len()
    );
    if elsewhere.is_none() {
        assert!(absent.is_empty(), "{absent:?}");
    }
}

#[test]
fn a_file_gets_the_last_line_of_an_epoch_without_colours() {
    let mut text = BarText::new(2);
    let moment = Moment {
        epoch: 1,
        batches_done: 1,
        batches: Some(3),
        elapsed: Duration::from_millis(250),
        first_step: Some(Duration::from_millis(250)),
        figures: [("loss", 1.5)].into_iter().collect(),
    };
    let record = EpochRecord {
        epoch: 1,
        learning_rate: 0.01,
        figures: [("loss", 1.25), ("val_loss", 1.0)].into_iter().collect(),
        seconds: 1.25,
    };
    let printed = text.progress(Medium::File, &moment) + &text.epoch_end(Medium::File, &record, 3);
    assert_eq!(
        printed,
        "Epoch 1/2\n3/3 ━━━━━━━━━━━━━━━━━━━━ 1s 500ms/step - loss: 1.2500 - val_loss: 1.0000\n"
    );
}
