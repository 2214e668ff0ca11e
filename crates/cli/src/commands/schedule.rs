//! `firebrick schedule`

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::anyhow;
use firebrick::curves::{Curve, Panel};
use firebrick::schedules::{Schedule, ScheduleSpec, ScheduleUnit};

use crate::chart::{ChartCurve, chart, number, terminal_width};
use crate::destination::Destination;
use crate::failure::OrUsage;
use crate::output;
use crate::picture;
use crate::picture_size::PictureSize;

const EXAMPLES: &str = "\
EXAMPLES:
  firebrick schedule time-based:3 --steps 5
  firebrick schedule one-cycle:0.1:total_steps=500 --steps 500
  firebrick schedule time-based:9:unit=epoch \\
    --steps 900 --steps-per-epoch 100 -o rate.svg

A SPEC that is none lists all forms: firebrick schedule help";

/// More steps than this are drawn and searched at as many of them, evenly spread.
const MAX_POINTS: u64 = 4096;

/// Draw a learning rate over the steps, and say where it begins, ends and lies between.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ScheduleArguments {
    /// The schedule, as `train --schedule` takes it, such as one-cycle:0.1:total_steps=500
    #[arg(value_name = "SPEC")]
    schedule: ScheduleSpec,

    /// How many optimizer steps to look at
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..), allow_negative_numbers = true)]
    steps: u64,

    /// How many steps an epoch has, for a schedule that counts epochs
    #[arg(long, value_name = "M", value_parser = clap::value_parser!(u64).range(1..), allow_negative_numbers = true)]
    steps_per_epoch: Option<u64>,

    /// Where to draw a picture too, as .svg or .png; `-` is standard output, which has the picture instead, as SVG
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Width and height of the picture in pixels
    #[arg(long, value_name = "WxH", default_value_t, requires = "output")]
    size: PictureSize,
}

pub(crate) fn run(arguments: &ScheduleArguments) -> anyhow::Result<ExitCode> {
    let spec = &arguments.schedule;
    let steps_per_epoch = match (spec.unit(), arguments.steps_per_epoch) {
        (_, Some(steps)) => steps,
        (ScheduleUnit::Epoch, None) => Err(anyhow!(
            "schedule `{spec}` counts epochs, expected the length of one, received none; \
             add --steps-per-epoch with the number of steps"
        ))
        .or_usage()?,
        // The only other unit, for which the length of an epoch means nothing.
        _ => 1,
    };
    let points = sample(&*spec.build(steps_per_epoch).or_usage()?, arguments.steps);
    let curve = ChartCurve {
        mark: '*',
        points: points.clone(),
    };
    let chart = chart("learning rate", "step", &[curve], terminal_width());
    let mut text = format!("{spec}\n\n{chart}\n");
    text.push_str(&figures(&points, arguments.steps));
    if let Some(path) = &arguments.output {
        let output = Destination::new(path, "picture", [] as [&Path; 0])?;
        draw(&points, spec, arguments.size, &output)?;
        if output.is_standard_output() {
            return Ok(ExitCode::SUCCESS);
        }
        let _ = writeln!(text, "drew the rate to {}", path.display());
    }
    output::print(&text)?;
    Ok(ExitCode::SUCCESS)
}

/// The rates of the steps from 0 to `num_steps - 1`, or of some among which are the first and the last.
fn sample(schedule: &dyn Schedule, num_steps: u64) -> Vec<(u64, f64)> {
    let num_points = num_steps.min(MAX_POINTS);
    let step = |index: u64| {
        let spread = u128::from(index) * u128::from(num_steps - 1);
        let step = spread / u128::from(num_points - 1).max(1);
        // No more than the last step, which is a `u64`.
        u64::try_from(step).unwrap_or(u64::MAX)
    };
    (0..num_points)
        .map(step)
        .map(|step| (step, schedule.learning_rate(step)))
        .collect()
}

/// First, last, lowest and highest rate, the latter two with the first step that has them.
fn figures(points: &[(u64, f64)], num_steps: u64) -> String {
    let extreme = |better: fn(f64, f64) -> bool| {
        let first_of_them = |best: (u64, f64), point: &(u64, f64)| {
            if better(point.1, best.1) {
                *point
            } else {
                best
            }
        };
        let start = points.first().copied().unwrap_or_default();
        points.iter().fold(start, first_of_them)
    };
    let rows = [
        ("first", points.first().copied().unwrap_or_default()),
        ("last", points.last().copied().unwrap_or_default()),
        ("min", extreme(|rate, best| rate < best)),
        ("max", extreme(|rate, best| rate > best)),
    ];
    let mut text = String::new();
    for (name, (step, rate)) in rows {
        let rate = number(rate);
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{name:<5}  {rate:<9}  at step {step}");
    }
    if num_steps > MAX_POINTS {
        let _ = writeln!(text, "seen at {MAX_POINTS} of {num_steps} steps");
    }
    text
}

fn draw(
    points: &[(u64, f64)],
    spec: &ScheduleSpec,
    size: PictureSize,
    output: &Destination,
) -> anyhow::Result<()> {
    let panel = Panel {
        title: "Learning rate".to_owned(),
        x_label: "step".to_owned(),
        y_label: "learning rate".to_owned(),
        curves: vec![Curve {
            label: spec.name().to_owned(),
            epochs: points.iter().map(|point| point.0 as f64).collect(),
            values: points.iter().map(|point| point.1).collect(),
            ..Curve::default()
        }],
        ..Panel::default()
    };
    picture::draw(&[panel], &spec.to_string(), size, output)
}
