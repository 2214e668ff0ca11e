//! Pictures of curves, as files.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::fs;
use std::path::Path;

use firebrick_trainer::{Curve, CurvesError, DEFAULT_CURVES_SIZE, Panel, draw_curves};

/// A curve that nears `end` as training goes on, with a little noise.
fn curve(label: &str, num_epochs: u32, (start, end): (f64, f64), dashed: bool) -> Curve {
    let epochs: Vec<f64> = (1..=num_epochs).map(f64::from).collect();
    let value = |epoch: &f64| {
        let noise = (epoch * 12.9898 + start * 78.233).sin() * 0.015;
        end + (start - end) * ((-epoch / 6.0).exp() + noise)
    };
    Curve {
        label: label.to_owned(),
        values: epochs.iter().map(value).collect(),
        epochs,
        dashed,
    }
}

fn panel(title: &str, curves: Vec<Curve>) -> Panel {
    Panel {
        title: title.to_owned(),
        x_label: "epoch".to_owned(),
        y_label: title.to_lowercase(),
        curves,
    }
}

/// One run: its splits are the labels.
fn run(num_epochs: u32) -> Vec<Panel> {
    vec![
        panel(
            "Accuracy",
            vec![
                curve("training", num_epochs, (0.7, 0.99), true),
                curve("validation", num_epochs, (0.72, 0.96), false),
            ],
        ),
        panel(
            "Loss",
            vec![
                curve("training", num_epochs, (0.9, 0.03), true),
                curve("validation", num_epochs, (0.85, 0.12), false),
            ],
        ),
    ]
}

/// Overlaid runs: their names are the labels, each for two splits.
fn runs(names: &[&str], num_epochs: u32) -> Vec<Panel> {
    let mut panels = vec![panel("Accuracy", vec![]), panel("Loss", vec![])];
    for (index, name) in names.iter().enumerate() {
        let worse = 0.04 * index as f64;
        for (dashed, gap) in [(true, 0.0), (false, 0.015)] {
            let accuracy = (0.5, 0.99 - worse - gap);
            let loss = (1.2, 0.05 + worse * 3.0 + gap * 2.0);
            panels[0]
                .curves
                .push(curve(name, num_epochs, accuracy, dashed));
            panels[1].curves.push(curve(name, num_epochs, loss, dashed));
        }
    }
    panels
}

const FIVE: [&str; 5] = [
    "mlp-64",
    "mlp-128",
    "mlp-256-dropout",
    "convolution",
    "adamw-time-based",
];

/// Draws into `CURVES_PICTURES` if it is set, to be looked at, or else into a temporary directory.
fn with_directory(test: impl FnOnce(&Path)) {
    match std::env::var_os("CURVES_PICTURES") {
        Some(directory) => test(Path::new(&directory)),
        None => test(tempfile::tempdir().unwrap().path()),
    }
}

fn svg(panels: &[Panel], title: &str, name: &str) -> String {
    let mut text = String::new();
    with_directory(|directory| {
        let path = directory.join(name).with_extension("svg");
        draw_curves(panels, title, &path, DEFAULT_CURVES_SIZE).unwrap();
        text = fs::read_to_string(path).unwrap();
    });
    text
}

fn png(panels: &[Panel], title: &str, name: &str, size: (u32, u32)) -> image::RgbImage {
    let mut picture = image::RgbImage::new(0, 0);
    with_directory(|directory| {
        let path = directory.join(name).with_extension("png");
        draw_curves(panels, title, &path, size).unwrap();
        picture = image::open(path).unwrap().into_rgb8();
    });
    picture
}

/// How many pixels have about this colour.
fn count(picture: &image::RgbImage, color: [u8; 3]) -> usize {
    let near = |pixel: &image::Rgb<u8>| pixel.0.iter().zip(color).all(|(a, b)| a.abs_diff(b) < 12);
    picture.pixels().filter(|pixel| near(pixel)).count()
}

const BLUE: [u8; 3] = [0, 114, 178];
const VERMILLION: [u8; 3] = [213, 94, 0];

#[test]
fn a_run_gives_a_png_of_the_size_with_its_curves() {
    let picture = png(&run(20), "mnist-mlp", "run", DEFAULT_CURVES_SIZE);
    assert_eq!(picture.dimensions(), DEFAULT_CURVES_SIZE);
    assert_eq!(picture.get_pixel(0, 0).0, [255, 255, 255]);
    for color in [BLUE, VERMILLION] {
        assert!(
            count(&picture, color) > 300,
            "{color:?}: {}",
            count(&picture, color)
        );
    }
}

#[test]
fn an_svg_says_everything_that_stands_in_it() {
    let text = svg(&run(20), "mnist-mlp", "run");
    assert!(text.starts_with("<svg width=\"800\" height=\"500\" viewBox=\"0 0 2400 1500\""));
    assert!(text.trim_end().ends_with("</svg>"));
    for word in [
        "mnist-mlp",
        "Accuracy",
        "Loss",
        "accuracy",
        "loss",
        "epoch",
        "training",
        "validation",
        "20",
    ] {
        assert!(text.contains(&format!("\n{word}\n")), "`{word}` is missing");
    }
}

#[test]
fn the_horizontal_axis_says_what_it_counts() {
    let mut panels = run(20);
    panels[1].x_label = "step".to_owned();
    let text = svg(&panels, "mnist-mlp", "axes");
    for word in ["epoch", "step"] {
        assert_eq!(text.matches(&format!("\n{word}\n")).count(), 1, "{word}");
    }
}

#[test]
fn a_single_epoch_is_a_visible_marker() {
    let picture = png(&run(1), "one epoch", "single", DEFAULT_CURVES_SIZE);
    let plots = image::imageops::crop_imm(&picture, 0, 50, 800, 370).to_image();
    for color in [BLUE, VERMILLION] {
        assert!(
            count(&plots, color) > 25,
            "{color:?}: {}",
            count(&plots, color)
        );
    }
}

#[test]
fn values_that_are_not_finite_are_skipped() {
    let mut panels = run(20);
    for panel in &mut panels {
        panel.curves[0].values[4] = f64::NAN;
        panel.curves[0].values[5] = f64::INFINITY;
        panel.curves[1].values[15..].fill(f64::NAN);
    }
    let text = svg(&panels, "diverged", "diverged");
    assert!(!text.contains("NaN") && !text.contains("inf"));
    let picture = png(&panels, "diverged", "diverged", DEFAULT_CURVES_SIZE);
    assert!(count(&picture, BLUE) > 300, "{}", count(&picture, BLUE));
}

#[test]
fn a_panel_without_finite_values_says_so() {
    let mut panels = run(3);
    for curve in &mut panels[1].curves {
        curve.values.fill(f64::NAN);
    }
    let text = svg(&panels, "no loss", "blank");
    assert_eq!(text.matches("no finite values").count(), 1);
    png(&panels, "no loss", "blank", DEFAULT_CURVES_SIZE);
}

#[test]
fn overlaid_runs_share_a_legend_that_explains_dashes() {
    let panels = runs(&FIVE, 30);
    let text = svg(&panels, "five runs", "runs");
    for word in FIVE.iter().chain(&["training", "validation"]) {
        assert_eq!(text.matches(&format!("\n{word}\n")).count(), 1, "{word}");
    }
    let picture = png(&panels, "five runs", "runs", DEFAULT_CURVES_SIZE);
    for color in [
        BLUE,
        VERMILLION,
        [0, 158, 115],
        [204, 121, 167],
        [230, 159, 0],
    ] {
        assert!(count(&picture, color) > 300, "{color:?}");
    }
}

#[test]
fn one_label_for_both_splits_is_told_apart() {
    let text = svg(&runs(&["mlp"], 8), "one label", "one_label");
    for word in ["mlp, training", "mlp, validation"] {
        assert!(text.contains(&format!("\n{word}\n")), "{word}");
    }
}

#[test]
fn long_names_are_shortened_and_markup_is_escaped() {
    let long = format!("<b>&\u{1b}{}-seed-7", "very-".repeat(60));
    let names = [long.as_str(), "short"];
    let text = svg(&runs(&names, 12), &long, "long");
    assert!(text.contains("&lt;b&gt;&amp; very"), "markup is escaped");
    assert!(text.contains("…") && text.contains("seed-7") && !text.contains(&"very-".repeat(60)));
    png(&runs(&names, 12), &long, "long", DEFAULT_CURVES_SIZE);
}

#[test]
fn a_legend_that_is_too_long_counts_what_it_leaves_out() {
    let names: Vec<String> = (0..60)
        .map(|index| format!("sweep-run-number-{index}"))
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let text = svg(&runs(&names, 10), "sweep", "sweep");
    assert!(text.contains("sweep-run-number-0\n"));
    assert!(!text.contains("sweep-run-number-59\n"));
    assert!(text.contains(" more\n"));
    png(&runs(&names, 10), "sweep", "sweep", DEFAULT_CURVES_SIZE);
}

#[test]
fn other_numbers_of_panels_and_other_sizes_fit() {
    let mut panels = run(200);
    panels.push(panel(
        "Learning rate",
        vec![curve("learning rate", 200, (1e-3, 1e-6), false)],
    ));
    let picture = png(&panels, "", "three", (1200, 900));
    assert_eq!(picture.dimensions(), (1200, 900));
    let picture = png(&run(7)[..1], "small", "small", (240, 260));
    assert_eq!(picture.dimensions(), (240, 260));
}

#[test]
fn jagged_curves_keep_their_corners() {
    let mut panels = run(100);
    for curve in panels.iter_mut().flat_map(|panel| &mut panel.curves) {
        for (index, value) in curve.values.iter_mut().enumerate() {
            *value += if index % 2 == 0 { 0.08 } else { -0.08 };
        }
    }
    let picture = png(&panels, "jagged", "jagged", DEFAULT_CURVES_SIZE);
    assert!(count(&picture, VERMILLION) > 2000);
}

#[test]
fn the_same_input_gives_the_same_bytes_and_replaces_the_file() {
    let directory = tempfile::tempdir().unwrap();
    for name in ["curves.svg", "curves.PNG"] {
        let path = directory.path().join(name);
        fs::write(&path, "an older picture").unwrap();
        draw_curves(&run(5), "run", &path, DEFAULT_CURVES_SIZE).unwrap();
        let first = fs::read(&path).unwrap();
        draw_curves(&run(5), "run", &path, DEFAULT_CURVES_SIZE).unwrap();
        assert_eq!(first, fs::read(&path).unwrap());
    }
    assert_eq!(
        fs::read_dir(directory.path()).unwrap().count(),
        2,
        "no temporary file is left"
    );
}

#[test]
#[cfg(unix)]
fn a_picture_is_as_readable_as_any_other_file() {
    use std::os::unix::fs::PermissionsExt;
    let directory = tempfile::tempdir().unwrap();
    let mode = |name: &str| {
        let file = fs::metadata(directory.path().join(name)).unwrap();
        file.permissions().mode()
    };
    fs::write(directory.path().join("plain"), "").unwrap();
    draw_curves(
        &run(2),
        "run",
        &directory.path().join("curves.svg"),
        DEFAULT_CURVES_SIZE,
    )
    .unwrap();
    assert_eq!(mode("curves.svg"), mode("plain"));
}

#[test]
fn errors_say_what_is_wrong_and_write_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let message = |panels: &[Panel], name: &str, size| {
        draw_curves(panels, "run", Path::new(name), size)
            .unwrap_err()
            .to_string()
    };
    let size = DEFAULT_CURVES_SIZE;
    let mut uneven = run(3);
    uneven[1].curves[0].epochs.pop();
    assert_eq!(
        [
            message(&run(3), "curves.jpg", size),
            message(&run(3), "curves", size),
            message(&[], "curves.svg", size),
            message(&[panel("Loss", vec![])], "curves.svg", size),
            message(&run(0), "curves.svg", size),
            message(&uneven, "curves.svg", size),
            message(&run(3), "curves.svg", (100, 500)),
            message(&run(3), "curves.png", (800, 100_000)),
        ],
        [
            "picture `curves.jpg` expects the extension .svg or .png, received .jpg; rename it",
            "picture `curves` expects the extension .svg or .png, received none; rename it",
            "a picture of curves expects at least 1 panel, received 0; give the history of a run",
            "panel `Loss` expects a curve with at least 1 value, received none; \
             train for 1 epoch or leave the panel out",
            "panel `Accuracy` expects a curve with at least 1 value, received none; \
             train for 1 epoch or leave the panel out",
            "curve `training` in panel `Loss` expects as many epochs as values, \
             received 2 epochs and 3 values; give one epoch for each value",
            "a picture of 2 panel(s) expects a size from 440×260 to 3000×3000 pixels, \
             received 100×500; choose a size in between",
            "a picture of 2 panel(s) expects a size from 440×260 to 3000×3000 pixels, \
             received 800×100000; choose a size in between",
        ]
    );

    let missing = directory.path().join("missing").join("curves.png");
    let error = draw_curves(&run(3), "run", &missing, size).unwrap_err();
    let CurvesError::Write { path, source } = &error else {
        panic!("{error:?}");
    };
    assert_eq!(path, &missing);
    assert_eq!(source.kind(), std::io::ErrorKind::NotFound);
    assert!(
        error
            .to_string()
            .starts_with(&format!("could not write `{}`: ", missing.display()))
    );
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
}
