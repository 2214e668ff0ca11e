//! Summaries, held against those that Keras prints.

use firebrick_model::layers::{BatchNormalization, Conv2D, Dense, Flatten, Layer, MaxPooling2D};
use firebrick_model::{Sequential, Summary};

use super::{golden_graph, keras_summary};

/// The texts of all cells, however wide the columns are and without the head, of which Keras cuts the last one.
fn cells(summary: &str) -> Vec<Vec<String>> {
    let mut rows = vec![Vec::new()];
    for line in summary.lines().skip_while(|line| !line.starts_with('┡')) {
        let cells = line.split('│').map(str::trim);
        if line.starts_with('├') {
            rows.push(Vec::new());
        } else if line.starts_with('│') {
            let row = rows.last_mut().unwrap();
            for (column, cell) in cells.enumerate() {
                if row.len() == column {
                    row.push(String::new());
                }
                let text = format!("{} {cell}", row[column]);
                text.trim().clone_into(&mut row[column]);
            }
        }
    }
    rows
}

/// The summary is the one that Keras prints.
pub(super) fn assert_summary(summary: &Summary, name: &str) {
    let ours = summary.to_string();
    assert_eq!(cells(&ours), cells(&keras_summary(name)), "{ours}");
    assert!(
        ours.lines().all(|line| line.chars().count() <= 98),
        "{ours}"
    );
}

#[test]
fn a_column_says_what_training_moves() {
    let graph = golden_graph().freeze_layer("dense").unwrap();
    assert_summary(
        &graph.summary().unwrap().with_trainable(),
        "functional_trainable",
    );
    let line = Sequential::new([28, 28, 1])
        .add(Conv2D::new(32, 3).frozen())
        .add(BatchNormalization::new())
        .add(MaxPooling2D::new(2))
        .add(Flatten::new())
        .add(Dense::new(10));
    assert_summary(
        &line.summary().unwrap().with_trainable(),
        "cnn_frozen_trainable",
    );
}
