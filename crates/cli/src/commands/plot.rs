//! `firebrick plot`

use std::path::PathBuf;
use std::process::ExitCode;

use firebrick::curves::run_panels;
use firebrick::training::{History, RunDirectory};

use crate::destination::Destination;
use crate::picture;
use crate::picture_size::PictureSize;
use crate::runs::{self, RunsFolder};

const EXAMPLES: &str = "\
EXAMPLES:
  firebrick plot mnist-1
  firebrick plot mnist-1 mnist-2 adam -o three.png
  firebrick plot mnist-1 --size 1200x700";

/// Draw accuracy and loss over the epochs: one run, or several in one picture.
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

    /// Width and height in pixels
    #[arg(long, value_name = "WxH", default_value_t)]
    size: PictureSize,

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
    picture::draw(&run_panels(&histories), &title, arguments.size, &output)?;
    output.report(&format!("drew {title} to"))?;
    Ok(ExitCode::SUCCESS)
}

/// The names of the runs; those of one name in different folders are told apart by their paths.
fn legend_names<'a>(runs: impl Iterator<Item = &'a RunDirectory> + Clone) -> Vec<String> {
    let names: Vec<String> = runs.clone().map(runs::name).collect();
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
