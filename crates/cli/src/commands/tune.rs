//! `firebrick tune`

mod begun;
mod conclusion;
mod judged_by;
mod progress;
mod resumed;
mod time_limit;
mod training;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::anyhow;
use firebrick::devices::DeviceName;
use firebrick::recipes::Settings;
use firebrick::training::{Display, Signal, StopHandle};
use firebrick_tune::{SearchSpace, Strategy, TuneDirectory, TuneError, TuneSettings, Tuner};

use crate::failure::{OrUsage, in_one_line, interrupted};
use crate::output;
use crate::run_name::RunName;
use crate::runs::RunsFolder;
use crate::table_flags::TableFlags;
use judged_by::JudgedBy;
use progress::Progress;
use time_limit::TimeLimit;

const EXAMPLES: &str = "\
EXAMPLES:
  firebrick tune --data assets/iris/iris.csv --target species --classes \\
    --search \"learning_rate=log:1e-4..1e-1, units=8|16|32\"
  firebrick tune --model examples/models/mlp.toml --strategy asha --epochs 9 \\
    --search \"learning_rate=log:1e-4..1e-1, units=32|64|128, dropout=0..0.5\"
  firebrick tune --model examples/models/cnn.toml --strategy grid \\
    --search \"batch_size=32|64, optimizer=adam|sgd\"
  firebrick tune --resume tune-1

WHAT CAN BE SEARCHED:
  a setting by the name of its flag    learning_rate=log:1e-4..1e-1, optimizer=adam|sgd, hidden=128,64|256
  arguments of layers of --model       units=32|64 (of all but the output), layers.dense_1.units=32|64, dropout=0..0.5
  arguments of the loss                loss.delta=0.5..2
Values are choices, a|b|c, or a range: 0..0.5, log:1e-4..1e-1 (by ratios), int:1..8, logint:16..512; /N behind a range makes \
it N values. A model file can have them too, in a table [search].

STRATEGIES:
  random     points drawn by the seed, each trained to the end
  grid       every point; ranges need /N
  halving    all for few epochs, the best third of them for three times as many, and so on
  asha       the same without waiting for the others: a trial goes on as soon as it is among the best third so far
  hyperband  halving several times, from many trials for few epochs to few for all

All trials are trained on the same samples and by the same seed. Each is a run of its own in the search's directory; Ctrl-C \
stops the search in order, and --resume goes on with it, also after it was killed, without training anything again.";

/// Search for settings by training: several networks at once, a run each, and a table and a page of what came of it.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct TuneArguments {
    /// What is searched: settings with their values; the flag may stand several times
    #[arg(long, value_name = "SETTING=VALUES,…", help_heading = "Search")]
    search: Vec<SearchSpace>,

    /// How it is decided what is trained: random, grid, halving, asha, hyperband [default: random]
    #[arg(long, value_name = "NAME", help_heading = "Search")]
    strategy: Option<Strategy>,

    /// How many trials there are, at most [default: 20; with grid all points, with hyperband what its epochs ask for]
    #[arg(
        long,
        value_name = "N",
        help_heading = "Search",
        allow_negative_numbers = true
    )]
    max_trials: Option<usize>,

    /// With halving, asha and hyperband: up to which epoch every trial is trained [default: 1]
    #[arg(
        long,
        value_name = "N",
        help_heading = "Search",
        allow_negative_numbers = true
    )]
    min_epochs: Option<usize>,

    /// With these: one of so many trials goes on, for so many times the epochs [default: 3]
    #[arg(
        long,
        value_name = "N",
        help_heading = "Search",
        allow_negative_numbers = true
    )]
    reduction_factor: Option<usize>,

    /// The figure that trials are judged by, after their last epoch; with :min or :max behind it which way it gets better
    /// [default: `val_loss`, without validation `loss`]
    #[arg(long, value_name = "METRIC", help_heading = "Search")]
    monitor: Option<JudgedBy>,

    /// Begin nothing more after this time, and stop what is trained then: 90s, 10m, 2h
    #[arg(long, value_name = "TIME", help_heading = "Search")]
    time: Option<TimeLimit>,

    /// How many trials are trained at once, each on one thread; it changes no number of a trial [default: as many as cores,
    /// one on a GPU]
    #[arg(
        long,
        value_name = "N",
        help_heading = "Search",
        allow_negative_numbers = true
    )]
    jobs: Option<usize>,

    /// Go on with a search that was stopped or killed
    #[arg(
        long,
        value_name = "SEARCH",
        conflicts_with_all = ["search", "strategy", "min_epochs", "reduction_factor", "monitor", "run", "model_file", "config_file"]
    )]
    resume: Option<PathBuf>,

    /// Print what came of it as JSON, and nothing else
    #[arg(long, conflicts_with = "ui")]
    json: bool,

    #[command(flatten)]
    settings: Settings,

    #[command(flatten)]
    table: TableFlags,

    /// Network and training from a TOML file, see examples/models; its table `search` says what is searched
    #[arg(
        long = "model",
        value_name = "FILE",
        help_heading = "Network",
        conflicts_with_all = ["hidden", "activation"]
    )]
    model_file: Option<PathBuf>,

    /// Settings from a TOML file, e.g. the config.toml of a run; relative paths in it begin in its folder
    #[arg(long = "config", value_name = "FILE")]
    config_file: Option<PathBuf>,

    /// How to show the search: auto, bar, lines (one a training), quiet
    #[arg(long, value_name = "DISPLAY", default_value_t)]
    ui: Display,

    /// Name of the search's directory [default: tune with the next free number]
    #[arg(long, value_name = "NAME")]
    run: Option<RunName>,

    #[command(flatten)]
    runs: RunsFolder,
}

/// A search that is ready to be carried out.
struct Ready {
    directory: TuneDirectory,
    settings: TuneSettings,
    space: SearchSpace,
    /// What all trials have.
    base: Settings,
    device: DeviceName,
}

pub(crate) fn run(arguments: TuneArguments) -> anyhow::Result<ExitCode> {
    let display = if arguments.json {
        Display::Quiet
    } else {
        arguments.ui
    };
    let mut progress = Progress::new(display).or_usage()?;
    let (jobs, time, json) = (arguments.jobs, arguments.time, arguments.json);
    if jobs == Some(0) {
        return Err(anyhow!("`--jobs 0` trains nothing; expected at least 1")).or_usage();
    }
    let runs = arguments.runs.clone();
    let ready = match arguments.resume.clone() {
        Some(search) => resumed::open(&arguments, &search)?,
        None => begun::begin(arguments)?,
    };
    let stop = StopHandle::new();
    let jobs = jobs.unwrap_or_else(|| ready.device.default_jobs());
    let mut tuner = Tuner::new(ready.space.clone())
        .with_settings(ready.settings.clone())
        .with_jobs(jobs)
        .with_stop_handle(stop.clone())
        .in_directory(ready.directory.path());
    if let Some(TimeLimit(limit)) = time {
        tuner = tuner.with_time_limit(limit);
    }
    let ctrl_c = stop.on_ctrl_c()?;
    if display != Display::Quiet {
        let _ = output::print(&ready.introduction(jobs));
    }
    progress.begin(&ready.settings);
    let outcome = tuner.run_watched(
        |trial| training::train(trial, &ready, &runs).map_err(|error| in_one_line(&error)),
        &mut |moment| progress.tell(moment),
    );
    progress.end();
    drop(ctrl_c);
    let outcome = or_usage(outcome)?;
    conclusion::write_page(&outcome, &ready.directory)?;
    if json {
        output::print_data(&conclusion::json(&outcome, &ready.directory)?)?;
    } else if display != Display::Quiet {
        output::print(&conclusion::text(&outcome, &ready.directory))?;
    }
    if !outcome.is_whole() && Signal::last().is_some() {
        return Ok(interrupted());
    }
    if outcome.is_whole() && outcome.best().is_none() {
        return Err(anyhow!(
            "no trial has a figure `{}`: `{}` says what became of each; search elsewhere, as at lower learning rates",
            ready.settings.monitor,
            ready.directory.file(TuneDirectory::TRIALS).display()
        ));
    }
    Ok(ExitCode::SUCCESS)
}

impl Ready {
    /// What is about to happen.
    fn introduction(&self, jobs: usize) -> String {
        let TuneSettings {
            strategy,
            epochs,
            monitor,
            seed,
            ..
        } = &self.settings;
        format!(
            "search   {}\n\
             strategy {strategy}, up to {epochs} epochs, judged by {monitor}, seed {seed}\n\
             device   {}, {jobs} at once\n\
             search in {}\n",
            self.space,
            self.device,
            self.directory.path().display(),
        )
    }
}

fn or_usage<T>(result: Result<T, TuneError>) -> anyhow::Result<T> {
    match result {
        Err(error) if error.is_usage() => Err(error).or_usage(),
        result => Ok(result?),
    }
}
