//! Pictures of curves, as files.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::fs;
use std::path::Path;

use firebrick::curves::{
    Curve, CurvesError, DEFAULT_CURVES_SIZE, Mark, Panel, Scale, Stroke, curves_size, draw_curves,
    render_curves,
};

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
        ..Curve::default()
    }
}

fn panel(title: &str, curves: Vec<Curve>) -> Panel {
    Panel {
        title: title.to_owned(),
        x_label: "epoch".to_owned(),
        y_label: title.to_lowercase(),
        curves,
        ..Panel::default()
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

/// A curve at `places` whose band reaches `spread` up and down.
fn banded(label: &str, places: &[f64], values: &[f64], spread: f64, dashed: bool) -> Curve {
    Curve {
        label: label.to_owned(),
        epochs: places.to_vec(),
        values: values.to_vec(),
        dashed,
        band: values
            .iter()
            .map(|value| (value - spread, value + spread))
            .collect(),
        ..Curve::default()
    }
}

/// Errors of networks of several widths, with the spread over seeds.
fn widths() -> Panel {
    let places: Vec<f64> = (0..9).map(|exponent| 2.0_f64.powi(exponent)).collect();
    let training = [0.52, 0.38, 0.24, 0.15, 0.09, 0.05, 0.02, 0.006, 0.001];
    let validation = [0.54, 0.41, 0.28, 0.21, 0.17, 0.15, 0.16, 0.18, 0.21];
    Panel {
        x_label: "units".to_owned(),
        x_scale: Scale::Logarithmic,
        from_zero: true,
        ..panel(
            "Error",
            vec![
                banded("training", &places, &training, 0.015, true),
                banded("validation", &places, &validation, 0.03, false),
            ],
        )
    }
}

fn mark(at: f64, label: &str) -> Mark {
    Mark {
        at,
        label: label.to_owned(),
    }
}

/// The training of one network, with the epochs at which it could have stopped.
fn stopped() -> Panel {
    Panel {
        marks: vec![
            mark(13.0, "lowest loss"),
            mark(18.0, "patience 5"),
            mark(33.0, "patience 20"),
            mark(59.0, "patience 50, which never came"),
        ],
        ..panel(
            "Loss",
            vec![
                curve("training", 60, (0.9, 0.03), true),
                curve("validation", 60, (0.85, 0.12), false),
            ],
        )
    }
}

/// What is drawn of a panel after its axes.
fn inside<'a>(text: &'a str, x_label: &str) -> &'a str {
    text.split(&format!("\n{x_label}\n")).nth(1).unwrap()
}

/// Where `part` stands in `text`.
fn position(text: &str, part: &str) -> usize {
    text.find(part)
        .unwrap_or_else(|| panic!("`{part}` is missing"))
}

#[test]
fn a_band_is_a_shade_of_the_curve_behind_all_curves() {
    let text = svg(&[widths()], "widths", "widths");
    let text = inside(&text, "units");
    let bands = [
        "<polygon opacity=\"0.2\" fill=\"#0072B2\"",
        "<polygon opacity=\"0.2\" fill=\"#D55E00\"",
    ];
    for band in bands {
        assert_eq!(text.matches(band).count(), 1, "{band}");
        assert!(
            position(text, band) < position(text, "stroke=\"#0072B2\""),
            "{band} is before the curves"
        );
    }
    // Two bounds at each of nine places.
    let points = text[position(text, bands[0])..].split("points=\"").nth(1);
    let points = points.and_then(|rest| rest.split('"').next()).unwrap();
    assert_eq!(points.split_whitespace().count(), 18, "{points}");

    let without = Panel {
        curves: vec![curve("training", 9, (0.5, 0.1), true)],
        ..widths()
    };
    assert!(!svg(&[without], "widths", "no_band").contains("opacity=\"0.2\""));
}

#[test]
fn one_sees_through_the_bands_of_a_png() {
    let picture = png(&[widths()], "widths", "widths", DEFAULT_CURVES_SIZE);
    // A fifth of the colour, four fifths of the white behind it.
    for shade in [[204, 227, 240], [247, 223, 204]] {
        assert!(count(&picture, shade) > 1000, "{shade:?}");
    }
    let grid_behind = [182, 205, 218];
    assert!(count(&picture, grid_behind) > 20);
}

#[test]
fn a_band_has_a_gap_where_a_bound_is_not_finite() {
    let mut panel = widths();
    panel.curves[0].band[4].1 = f64::NAN;
    panel.curves[1].band[0].0 = f64::NEG_INFINITY;
    let text = svg(std::slice::from_ref(&panel), "gaps", "gaps");
    let bands = |color: &str| {
        text.matches(&format!("<polygon opacity=\"0.2\" fill=\"{color}\""))
            .count()
    };
    assert_eq!((bands("#0072B2"), bands("#D55E00")), (2, 1));
    assert!(!text.contains("NaN") && !text.contains("inf"));
    png(&[panel], "gaps", "gaps", DEFAULT_CURVES_SIZE);
}

#[test]
fn the_axes_reach_the_bounds_of_bands_and_the_marks() {
    let mut panel = run(10).remove(1);
    panel.curves[1].band = vec![(0.0, 7.0); 10];
    panel.marks = vec![mark(30.0, "never reached"), mark(f64::NAN, "nowhere")];
    let text = svg(&[panel], "bounds", "bounds");
    for word in ["6", "30", "never reached"] {
        assert!(text.contains(&format!("\n{word}\n")), "`{word}` is missing");
    }
    assert!(!text.contains("nowhere"));
}

#[test]
fn a_logarithmic_axis_has_plain_numbers_at_equal_ratios() {
    let widths = svg(&[widths()], "widths", "widths");
    for power in ["1", "2", "4", "8", "16", "32", "64", "128", "256"] {
        assert!(widths.contains(&format!("\n{power}\n")), "{power}");
    }
    let sizes = [100.0, 500.0, 2000.0, 10_000.0, 50_000.0];
    let panel = Panel {
        x_label: "samples".to_owned(),
        x_scale: Scale::Logarithmic,
        ..panel(
            "Accuracy",
            vec![
                banded(
                    "training",
                    &sizes,
                    &[1.0, 1.0, 0.999, 0.998, 0.996],
                    0.0,
                    true,
                ),
                banded(
                    "validation",
                    &sizes,
                    &[0.71, 0.85, 0.92, 0.96, 0.981],
                    0.01,
                    false,
                ),
            ],
        )
    };
    let text = svg(std::slice::from_ref(&panel), "sizes", "sizes");
    for size in ["100", "200", "500", "1000", "5000", "10k", "50k"] {
        assert!(text.contains(&format!("\n{size}\n")), "{size}");
    }
    png(&[panel], "sizes", "sizes", DEFAULT_CURVES_SIZE);
}

#[test]
fn a_mark_is_a_broken_line_with_its_label_above_the_curves() {
    let text = svg(&[stopped()], "early stopping", "marks");
    let text = inside(&text, "epoch");
    for label in ["lowest loss", "patience 5", "patience 20"] {
        assert_eq!(text.matches(&format!("\n{label}\n")).count(), 1, "{label}");
        assert!(
            position(text, label) < position(text, "stroke=\"#0072B2\""),
            "{label} is before the curves"
        );
    }
    assert!(
        text.contains("patience 50, whi"),
        "the last one has room to the left"
    );
    let dashes = |text: &str| text.matches("stroke=\"#222222\"").count();
    let without = Panel {
        marks: vec![],
        ..stopped()
    };
    let text_without = svg(&[without], "early stopping", "no_marks");
    assert_eq!(dashes(&text_without), 0);
    assert!(dashes(text) > 4 * 20, "{}", dashes(text));
    png(&[stopped()], "early stopping", "marks", DEFAULT_CURVES_SIZE);
}

#[test]
fn a_vertical_axis_from_zero_has_a_strong_line_there() {
    let strong = |panel: &Panel, name: &str| {
        let text = svg(std::slice::from_ref(panel), "zero", name);
        (
            text.matches("stroke=\"#222222\"").count(),
            text.contains("\n0\n"),
        )
    };
    let mut panel = run(10).remove(0);
    assert_eq!(strong(&panel, "not_from_zero"), (0, false));
    panel.from_zero = true;
    assert_eq!(strong(&panel, "from_zero"), (1, true));
    for curve in &mut panel.curves {
        for value in &mut curve.values {
            *value -= 0.9;
        }
    }
    assert_eq!(strong(&panel, "through_zero"), (1, true));
}

#[test]
fn a_study_fits_on_one_picture() {
    let depth = Panel {
        x_label: "hidden layers".to_owned(),
        curves: vec![
            banded(
                "training",
                &[0.0, 1.0, 2.0, 3.0],
                &[0.08, 0.02, 0.01, 0.012],
                0.005,
                true,
            ),
            banded(
                "validation",
                &[0.0, 1.0, 2.0, 3.0],
                &[0.09, 0.05, 0.045, 0.06],
                0.01,
                false,
            ),
        ],
        ..widths()
    };
    let depth = Panel {
        x_scale: Scale::Linear,
        ..depth
    };
    let panels = [widths(), depth, stopped(), run(20).remove(0)];
    let picture = png(&panels, "a study", "study", (1200, 800));
    assert_eq!(picture.dimensions(), (1200, 800));
    let text = svg(&panels, "a study", "study");
    // Only two of the four panels have bands, and one has marks.
    assert_eq!(text.matches("<polygon opacity=\"0.2\"").count(), 4);
    for word in [
        "units",
        "hidden layers",
        "patience 20",
        "training",
        "validation",
    ] {
        assert_eq!(text.matches(&format!("\n{word}\n")).count(), 1, "{word}");
    }
}

#[test]
fn bands_and_places_that_do_not_fit_are_errors() {
    let message = |panel: Panel| {
        draw_curves(
            &[panel],
            "run",
            Path::new("curves.svg"),
            DEFAULT_CURVES_SIZE,
        )
        .unwrap_err()
        .to_string()
    };
    let mut short = widths();
    short.curves[1].band.pop();
    let mut from_nothing = widths();
    from_nothing.curves[1].epochs[0] = 0.0;
    let mut marked = widths();
    marked.marks = vec![mark(16.0, "chosen"), mark(-1.0, "best")];
    assert_eq!(
        [message(short), message(from_nothing), message(marked)],
        [
            "the band of curve `validation` in panel `Error` expects bounds at each of 9 epochs, received 8; \
             give a lowest and a highest value for each epoch, or none at all",
            "panel `Error` has a logarithmic horizontal axis, on which curve `validation` expects places above 0, \
             received 0; leave it out or make the axis linear",
            "panel `Error` has a logarithmic horizontal axis, on which mark `best` expects places above 0, \
             received -1; leave it out or make the axis linear",
        ]
    );
}

#[test]
fn points_are_marked_one_by_one_and_not_joined() {
    let scattered = |stroke| Panel {
        title: "Predicted".to_owned(),
        x_scale: Scale::Numbers,
        curves: vec![Curve {
            label: "rows".to_owned(),
            epochs: (0..30).map(|row| f64::from(row) / 100.0).collect(),
            values: (0..30).map(|row| f64::from(row * 7 % 30)).collect(),
            stroke,
            ..Curve::default()
        }],
        ..Panel::default()
    };
    let text = svg(&[scattered(Stroke::Points)], "scatter", "scatter");
    let joined = svg(&[scattered(Stroke::Line)], "joined", "joined");
    // One in the legend.
    assert_eq!(text.matches("<circle").count(), 30 + 1);
    assert!(joined.matches("<circle").count() < 20);
    let lines = |text: &str| text.matches("<polyline").count();
    assert!(lines(&text) < lines(&joined));
    assert!(text.contains("\n0.05\n"), "ticks between whole numbers");
}

#[test]
fn up_to_four_panels_have_a_picture_of_the_usual_size() {
    for panels in 1..=4 {
        assert_eq!(curves_size(panels), DEFAULT_CURVES_SIZE);
    }
    for panels in [5, 6, 9, 10, 20, 100, 196] {
        let (width, height) = curves_size(panels);
        let panels = vec![run(2).remove(0); panels];
        // What is too small or too large is an error.
        render_curves(&panels, "many", Path::new("many.svg"), (width, height)).unwrap();
    }
}
