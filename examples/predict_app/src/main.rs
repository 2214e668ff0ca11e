//! An app that classifies digits with a saved model and knows nothing of training.
//!
//! ```sh
//! cargo run --release -p predict_app [MODEL]
//! ```
//!
//! Without `MODEL` it takes the one compiled in, `model.bpk`, which this command made:
//! `cargo run --release -p mnist_mlp mnist 32`.
//! It takes a moment, and an answer some millionths of a second. The model reaches 96.3 % of MNIST's test samples; the ten drawings were chosen so
//! that it reads them.
#![allow(
    clippy::print_stdout,
    reason = "an example talks to the person who runs it"
)]

use std::env;
use std::hint::black_box;
use std::time::{Duration, Instant};

use anyhow::ensure;
use firebrick_model::{DeviceName, Predictor, SavedModel};

/// The model this app ships with.
const BUILT_IN: &[u8] = include_bytes!("../model.bpk");

/// Each digit has a cell of 14 by 14 characters; a character stands for two by two pixels.
const DIGITS: &str = "\
......................................................................
......................................................................
.....+###............##..........+###+.........####+.............#....
....##++##...........##.........##+.##........##+.+#+.......#+..##....
....#+..+#+.........+#+.........+....#+............#+.......#+..#+....
...##....#+.........##...............#+...........##.......+#...#+....
...#+....##.........##..............+#..........###........##..+#.....
...#+....#+.........#+.............+#+...........++#+......#######....
...##....#+........+#.............+#+..............+#.......+++##.....
...+#+..+#.........##............+#+...............+#..........#+.....
....##++##.........##...........+##++++......+#+.+##...........#+.....
.....+##+..........#+...........######+.......+###+............#......
......................................................................
......................................................................
......................................................................
......................................................................
.....+####+..........+#+.......................+##+..........+###.....
.....##+++..........+#+........++++++++.......+#++#+........+#+.##....
.....#+............+#+.........########.......##..##........#+..+#....
....+#+............##................##.......+#++#+........#+..##....
....+###+.........+#+++.............+#+........+##+.........+#++##....
......++##........#####+............##.........####..........+###+....
.........#+.......##..+#+..........+#+........##..##...........+#.....
.........#+.......##...#+..........##.........#+..+#...........##.....
....#+.+##........+#++##...........##.........##++##..........+#+.....
....+###+..........+###............##..........+##+...........##......
......................................................................
......................................................................";
/// Characters of a cell, down and across.
const CELL: usize = 14;
/// Pixels of an image, down and across.
const SIDE: usize = 2 * CELL;

fn main() -> anyhow::Result<()> {
    let saved = if let Some(path) = env::args_os().nth(1) {
        SavedModel::read(path.as_ref())?
    } else {
        println!("No model given, so this is the one compiled into the example. To get your own:");
        println!("  firebrick train                     leaves runs/mnist-1/model.bpk");
        println!("  cargo run -p predict_app -- runs/mnist-1/model.bpk\n");
        SavedModel::from_bytes(BUILT_IN, "the built-in model")?
    };

    let selected = DeviceName::Auto.select()?;
    println!(
        "device: {} ({}), {}\n",
        selected.name, selected.adapter, selected.reason
    );
    let model = saved.into_model(&selected.device)?;
    println!("{}", model.summary());
    let predictor = Predictor::new(model)?;
    let num_features: usize = predictor.inputs().flat_map(|(_, shape)| shape).product();
    ensure!(
        num_features == SIDE * SIDE,
        "the model takes {num_features} features, expected one for images of {SIDE} x {SIDE}",
    );

    let images = images(DIGITS);
    for (digit, image) in images.iter().enumerate() {
        let best = top_3(&predictor.predict(image)?);
        println!("the drawn {digit}: {best}");
    }
    let seconds = time_of_an_answer(&predictor, &images[0])?.as_secs_f64();
    println!("\nan answer takes {:.1} µs", 1e6 * seconds);
    Ok(())
}

/// The drawings from left to right and from top to bottom, 0 the background, 1 full ink.
fn images(art: &str) -> Vec<Vec<f32>> {
    let rows: Vec<&[u8]> = art.lines().map(str::as_bytes).collect();
    let ink = |row: usize, column: usize| match rows[row][column] {
        b'#' => 1.0,
        b'+' => 0.5,
        _ => 0.0,
    };
    let across = rows[0].len() / CELL;
    (0..rows.len() / CELL * across)
        .map(|cell| {
            let (top, left) = (cell / across * CELL, cell % across * CELL);
            (0..SIDE * SIDE)
                .map(|pixel| ink(top + pixel / SIDE / 2, left + pixel % SIDE / 2))
                .collect()
        })
        .collect()
}

/// The three most probable classes, for people.
fn top_3(probabilities: &[f32]) -> String {
    let mut classes: Vec<(usize, &f32)> = probabilities.iter().enumerate().collect();
    classes.sort_by(|(_, a), (_, b)| b.total_cmp(a));
    let best = classes.iter().take(3);
    let best: Vec<String> = best
        .map(|(class, probability)| format!("{class} with {:.1} %", 100.0 * *probability))
        .collect();
    best.join(", ")
}

/// The least of many times, each of them for an image that comes alone, as in a server.
fn time_of_an_answer(predictor: &Predictor, image: &[f32]) -> anyhow::Result<Duration> {
    let mut answer = predictor.predict(image)?;
    let mut least = Duration::MAX;
    for _ in 0..1_000 {
        let begin = Instant::now();
        predictor.predict_into(black_box(image), &mut answer)?;
        least = least.min(begin.elapsed());
    }
    Ok(least)
}
