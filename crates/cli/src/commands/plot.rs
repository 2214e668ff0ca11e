//! `firebrick plot`

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use firebrick::curves::{Curve, Panel, curves_size, run_panels};
use firebrick::training::{History, RunDirectory};

use crate::chart::{ChartCurve, chart, terminal_width};
use crate::destination::Destination;
use crate::output;
use crate::picture;
use crate::picture_size::PictureSize;
use crate::runs::{self, RunsFolder};

const EXAMPLES: &str = "\
EXAMPLES:
  firebrick plot mnist-1
  firebrick plot mnist-1 mnist-2 adam -o three.png
  firebrick plot mnist-1 --size 1200x700";

/// Draw the loss and every metric over the epochs, as a picture and in the terminal: one run, or several together.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct PlotArguments {
    /// Names or paths of the runs
    #[arg(required = true, value_name = "RUN")]
    runs: Vec<PathBuf>,

    /// Where to draw, as .svg or .png [default: curves.svg, in the run's directory for one run, in the
    /// current one for several]; `-` is standard output, as SVG
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Width and height in pixels [default: 800x500, more for more than four figures]
    #[arg(long, value_name = "WxH")]
    size: Option<PictureSize>,

    #[command(flatten)]
    folder: RunsFolder,
}

pub(crate) fn run(arguments: &PlotArguments) -> anyhow::Result<ExitCode> {
    let mut drawn = Vec::new();
    for path in &arguments.runs {
        let run = arguments.folder.open(path)?;
        let history = History::read_csv(&run.file(RunDirectory::HISTORY))?;
        drawn.push((run, history));
    }
    let names = legend_names(drawn.iter().map(|(run, _)| run));
    let (title, default_output) = match drawn.as_slice() {
        [(run, _)] => (names[0].clone(), run.file(RunDirectory::CURVES_SVG)),
        several => (
            format!("{} runs", several.len()),
            PathBuf::from(RunDirectory::CURVES_SVG),
        ),
    };
    let output = arguments.output.as_deref().unwrap_or(&default_output);
    let read = drawn.iter().flat_map(|(run, _)| runs::read_files(run));
    let output = Destination::new(output, "picture", read)?;
    let histories: Vec<(&str, &History)> = names
        .iter()
        .zip(&drawn)
        .map(|(name, (_, history))| (name.as_str(), history))
        .collect();
    let panels = run_panels(&histories);
    let size = arguments
        .size
        .unwrap_or(PictureSize(curves_size(panels.len())));
    picture::draw(&panels, &title, size, &output)?;
    if !output.is_standard_output() {
        output::print(&charts(&panels, drawn.len() == 1, terminal_width()))?;
    }
    output.report(&format!("drew {title} to"))?;
    Ok(ExitCode::SUCCESS)
}

/// The panels one below the other, as plain characters.
pub(crate) fn charts(panels: &[Panel], is_single: bool, width: usize) -> String {
    let mut text = String::new();
    for panel in panels {
        let (curves, legend) = if is_single {
            of_one_run(panel)
        } else {
            of_several_runs(panel)
        };
        let title = panel.title.escape_debug().to_string();
        let chart = chart(&title, &panel.x_label, &curves, width);
        let _ = writeln!(text, "{chart}{legend}\n");
    }
    text
}

/// The curves of both splits, and what they are drawn with.
fn of_one_run(panel: &Panel) -> (Vec<ChartCurve>, String) {
    let mark = |curve: &Curve| if curve.dashed { '.' } else { '*' };
    let legend: Vec<String> = panel
        .curves
        .iter()
        .map(|curve| format!("{} {}", mark(curve), curve.label))
        .collect();
    let curves = panel.curves.iter().map(|curve| ChartCurve {
        mark: mark(curve),
        points: points(curve),
    });
    (curves.collect(), legend.join("   "))
}

/// One curve a run, that of its validation if there is one, and the letters they are drawn with.
fn of_several_runs(panel: &Panel) -> (Vec<ChartCurve>, String) {
    let mut shown: Vec<&Curve> = Vec::new();
    for curve in &panel.curves {
        match shown.iter_mut().find(|other| other.label == curve.label) {
            Some(other) => *other = curve,
            None => shown.push(curve),
        }
    }
    let marks = || ('a'..='z').chain('A'..='Z').cycle();
    let legend: Vec<String> = shown
        .iter()
        .zip(marks())
        .map(|(curve, mark)| {
            let split = if curve.dashed {
                "training"
            } else {
                "validation"
            };
            format!("{mark} {}, {split}", curve.label.escape_debug())
        })
        .collect();
    let curves = shown.iter().zip(marks()).map(|(curve, mark)| ChartCurve {
        mark,
        points: points(curve),
    });
    (curves.collect(), legend.join("\n"))
}

/// The epochs of a curve with their values.
fn points(curve: &Curve) -> Vec<(u64, f64)> {
    let epochs = curve.epochs.iter().map(|epoch| {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "epochs are counted from 1, and a cast to integer saturates"
        )]
        let epoch = *epoch as u64;
        epoch
    });
    epochs.zip(curve.values.iter().copied()).collect()
}

/// The names of the runs; those of one name in different folders are told apart by their paths.
fn legend_names<'a>(runs: impl Iterator<Item = &'a RunDirectory> + Clone) -> Vec<String> {
    let names: Vec<String> = runs.clone().map(RunDirectory::name).collect();
    let is_unique = |name| names.iter().filter(|other| *other == name).count() == 1;
    runs.zip(&names)
        .map(|(run, name)| {
            if is_unique(name) {
                name.clone()
            } else {
                run.path().display().to_string()
            }
        })
        .collect()
}
