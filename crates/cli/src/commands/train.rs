//! `firebrick train`

mod check;
mod words;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::anyhow;
use firebrick::datasets::BatchSource;
use firebrick::devices::SelectedDevice;
use firebrick::models::AnyModel;
use firebrick::recipes::Settings;
use firebrick::sessions::{PlacedAction, read_actions};
use firebrick::training::{
    Compile, Display, Fit, Progress, RunDirectory, StopReason, TrainError, Trainer,
};

use self::check::Form;
use self::words::{kept_line, remains_line};
use crate::column_scales::ColumnScales;
use crate::commands::devices::select_device;
use crate::failure::OrUsage;
use crate::network::Network;
use crate::new_run::NewRun;
use crate::output;
use crate::resume::{self, Resumed};
use crate::run_name::RunName;
use crate::runs::RunsFolder;
use crate::samples::TrainingSamples;
use crate::table_flags::TableFlags;
use crate::train_settings::TrainSettings;
use crate::{found_rate, new_run, settings_file, starting_weights};

const EXAMPLES: &str = "\
EXAMPLES:
  firebrick train
  firebrick train --data mnist-sample --epochs 5 --ui lines
  firebrick train --hidden 256 --optimizer adam --run adam
  firebrick train --data assets/iris/iris.csv --target species --classes
  firebrick train --model examples/models/cnn.toml --epochs 3 --run cnn
  firebrick train --config runs/adam/config.toml --seed 7
  firebrick train --data assets/iris/iris.csv --target species --classes --check
  firebrick train --optimizer adam --find-rate
  firebrick train --optimizer adam --one-cycle 0.005 --epochs 5
  firebrick train --model examples/models/cnn.toml --weights cnn --freeze 'conv*'
  firebrick train --epochs 100 --early-stopping val_loss:5:restore --checkpoint best
  firebrick train --resume mnist-1
  firebrick train --config runs/adam/config.toml --replay runs/adam/events.jsonl

Flags win over the file of --config, that wins over the one of --model, both win over the defaults. \
The features of a table are normalized before the hidden layers, numbers to predict brought back to \
their scale behind them. Ctrl-C stops in order, as SIGTERM and SIGHUP do: what was learned is saved. \
A run that was stopped or killed goes on by --resume, and ends as if it had never been broken off: nothing else \
need be said, --epochs may be raised.

Keys of the dashboard: ? lists them; space pauses, < and > halve and double the rate, v validates, b goes back to \
the best weights; q asks whether to stop, f stops after this epoch. `firebrick watch RUN` shows it in another terminal too.";

/// Train a network and keep settings, history, curves and weights in a run directory.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(crate) struct TrainArguments {
    #[command(flatten)]
    settings: Settings,

    #[command(flatten)]
    table: TableFlags,

    /// Network and training from a TOML file: layers, then what to compile and how to fit, see examples/models; what
    /// it leaves open is as in Keras
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

    /// How to show the training: auto, dashboard, tui (Burn's dashboard), bar, keras-lines (as Keras at verbose=2), lines
    /// (one an epoch), quiet
    #[arg(long, value_name = "DISPLAY", default_value_t)]
    ui: Display,

    /// Name of the run [default: the data's name with the next free number]
    #[arg(long, value_name = "NAME")]
    run: Option<RunName>,

    /// Go on with a run that was stopped or killed, from its newest checkpoint
    #[arg(
        long,
        value_name = "RUN",
        conflicts_with_all = ["run", "overwrite", "config_file"]
    )]
    resume: Option<PathBuf>,

    #[command(flatten)]
    others: OtherRuns,

    /// Train nothing, but learn some batches with a copy at rates that rise from 1e-7 to 10, and print what the loss does and
    /// which rates suit; with FILE draw it too, as .svg or .png
    #[arg(
        long,
        value_name = "FILE",
        num_args = 0..=1,
        require_equals = true,
        help_heading = "Learning",
        conflicts_with_all = ["run", "resume", "overwrite", "ui"]
    )]
    #[expect(clippy::option_option, reason = "the flag may stand without a file")]
    find_rate: Option<Option<PathBuf>>,

    /// Train nothing, but look at everything that the training would begin with: range and balance of the data, whether it goes
    /// with the network, the loss at the start beside that of guessing, memory and time; leaves with 1 if it could not run
    #[arg(
        long,
        conflicts_with_all = ["run", "resume", "replay", "overwrite", "ui", "find_rate"]
    )]
    check: bool,

    /// Print what is found by --check as one JSON object
    #[arg(long, requires = "check")]
    json: bool,

    #[command(flatten)]
    runs: RunsFolder,

    /// Replace the run if it is already there
    #[arg(long, requires = "run")]
    overwrite: bool,

    /// Leave no page of the training, report.html, in the run directory
    #[arg(long)]
    no_report: bool,
}

/// What is taken of other runs.
#[derive(Debug, clap::Args)]
struct OtherRuns {
    /// Draw the curves of another run behind those of this one, on the dashboard; by name or path
    #[arg(long, value_name = "RUN", conflicts_with = "find_rate")]
    compare: Option<PathBuf>,

    /// Do at each step again what was done in another run: its events.jsonl; with that run's --config it comes to the same
    #[arg(long, value_name = "FILE", conflicts_with_all = ["resume", "find_rate"])]
    replay: Option<PathBuf>,
}

/// All that a training needs, checked.
pub(crate) struct Prepared {
    pub(crate) settings: TrainSettings,
    pub(crate) data: TrainingSamples,
    network: Network,
    pub(crate) device: SelectedDevice,
    /// What is to be done again.
    replay: Vec<PlacedAction>,
    /// Whether the training leaves a page.
    leaves_page: bool,
    /// A run to compare with.
    compared: Option<RunDirectory>,
}

pub(crate) fn run(arguments: TrainArguments) -> anyhow::Result<ExitCode> {
    // Whatever can be checked is checked before the run directory is made.
    let display = arguments.ui.resolve().or_usage()?;
    let form = Form::of(&arguments);
    let resumed = arguments.resume.as_deref();
    let resumed = resumed
        .map(|run| Resumed::open(&arguments.runs, run))
        .transpose()?;
    let file = match (&resumed, &arguments.config_file) {
        (Some(resumed), _) => resumed.given().clone(),
        (None, Some(path)) => settings_file::read(path)?,
        (None, None) => Settings::default(),
    };
    let model = arguments.model_file.as_deref();
    let mut flags = Settings {
        model: model.map(settings_file::read_model).transpose()?,
        ..arguments.settings
    };
    if let Some(resumed) = &resumed {
        flags = resumed.without_own_data(flags);
    }
    let mut given = flags.clone().over(file);
    given.data = arguments.table.applied_to(given.data().cloned())?;
    check_complete(&given)?;
    if resumed.is_none() {
        // Beside its state a run that goes on needs no weights to begin with.
        given.weights = starting_weights::find(&arguments.runs, &given)?;
    }
    let settings = TrainSettings::resolve(given)?;
    if let Some(name) = arguments.run.as_ref().filter(|_| arguments.overwrite) {
        let path = arguments.runs.path.join(name.as_str());
        new_run::check_replaced(&path, &settings.data)?;
    }
    let progress = match &resumed {
        Some(resumed) => {
            resumed.check(&flags, &arguments.table.given(), &settings)?;
            resumed.check_unfinished(settings.fit.epochs)?
        }
        None => None,
    };
    let mut prepared = Prepared::new(settings, resumed.as_ref())?;
    prepared.leaves_page = !arguments.no_report;
    prepared.look_at_others(&arguments.others, &arguments.runs, display)?;
    let compile = prepared.settings.compile.to_compile();
    let written = prepared.settings.written(prepared.device.name);
    let config = written.to_toml()?;
    prepared.check_memory(&compile)?;
    let model = prepared.init()?;
    let model = match &progress {
        Some(_) => model,
        None => prepared.with_weights(model)?,
    };

    if form.is_none() {
        prepared.tell(display)?;
    }
    let mut trainer = compile.model(model);
    if progress.is_none() {
        trainer = prepared.with_optimizer_state(trainer)?;
    }
    let fit = prepared.fit(display, None).or_usage()?;
    if let Some(form) = form {
        return prepared.check(&trainer, &fit, form);
    }
    prepared.check_fit(&trainer, &fit)?;

    if let Some(picture) = &arguments.find_rate {
        return found_rate::print(&trainer, &prepared.data.train, &fit, picture.as_deref());
    }
    if let Some(resumed) = &resumed {
        let run = resumed.claim(&prepared.settings, &config)?;
        return prepared.go_on(&mut trainer, display, (run, progress.as_ref()));
    }
    let new_run = NewRun::create(
        &arguments.runs.path,
        arguments.run.as_ref(),
        &new_run::data_name(&prepared.settings.data),
        arguments.overwrite,
    )
    .map_err(resume::way_out)?;
    let run = new_run.directory().clone();
    let introduction = prepared.introduction(&run, &trainer)?;
    let fitted = run
        .write(RunDirectory::CONFIG, config.as_bytes())
        .and_then(|()| {
            run.start_log();
            if display != Display::Quiet {
                // A reader that has gone shall not end the training.
                let _ = output::print(&(introduction + &prepared.check_line(&trainer, &fit)));
            }
            trainer.fit(&prepared.data.train, &prepared.fit(display, Some(&run))?)
        });
    if let Err(error) = fitted {
        let line = remains_line(run, new_run, &trainer);
        if display != Display::Quiet {
            let _ = output::print(&line);
        }
        return Err(error.into());
    }
    if is_thrown_away(&trainer) {
        drop(new_run);
        return words::thrown_away(run, &trainer, display);
    }
    prepared.conclude(&trainer, display, &run)
}

/// Whether somebody wants nothing of what was learned.
fn is_thrown_away(trainer: &Trainer<AnyModel>) -> bool {
    let reason = &trainer.history().stop_reason;
    matches!(reason, StopReason::Discarded { .. })
}

/// Makes sure that all that decides a training is said, where a program could not write everything down.
///
/// # Errors
/// With a usage error what is missing, all of it.
fn check_complete(given: &Settings) -> anyhow::Result<()> {
    let missing = given.missing();
    if missing.is_empty() {
        return Ok(());
    }
    Err(anyhow!(
        "the settings are those of a program that could not write everything down; say the rest by {}",
        missing.join(", ")
    ))
    .or_usage()
}

impl Prepared {
    pub(crate) fn new(
        mut settings: TrainSettings,
        resumed: Option<&Resumed>,
    ) -> anyhow::Result<Self> {
        let loaded = TrainingSamples::load(&settings);
        let mut data = match resumed {
            Some(resumed) => resumed.with_own_data(loaded)?,
            None => loaded?,
        };
        if let Some(resumed) = resumed {
            resumed.check_rows(&data.description)?;
        }
        settings.data = data.description.clone();
        settings.check_class_weight(&data.class_names)?;
        let device = select_device(settings.device);
        let device = match resumed {
            Some(resumed) => resumed.on_device(settings.device, device)?,
            None => device?,
        };
        data.notes
            .extend(resumed.and_then(|resumed| resumed.device_note(device.name)));
        let scales = settings.data.table();
        let scales = scales
            .map(|source| ColumnScales::of(source, &data.train, &device.device))
            .transpose()?;
        if let Some(scales) = &scales {
            data.notes.extend(scales.notes(settings.network.scaling()));
        }
        let table = settings.data.table();
        let groups = table.map(|source| settings.network.groups(source));
        let groups = groups.transpose()?.unwrap_or_default();
        let network = settings
            .network
            .network(scales.as_ref(), &data.train, &groups)?;
        let network = starting_weights::frozen(network, &settings.given)?;
        if let Some(source) = table {
            data.notes.extend(groups.notes(source));
        }
        data.group(&groups);
        Ok(Self {
            settings,
            data,
            network,
            device,
            replay: Vec::new(),
            compared: None,
            leaves_page: true,
        })
    }

    /// The model with initial weights.
    pub(crate) fn init(&self) -> anyhow::Result<AnyModel> {
        let seed = self.settings.fit.seed;
        self.network
            .init(seed, &self.data.train, &self.device.device)
    }

    /// Takes what is asked for of other runs.
    ///
    /// # Errors
    /// With a usage error a comparison on a display that draws none; a run that is not there or cannot be read.
    fn look_at_others(
        &mut self,
        others: &OtherRuns,
        runs: &RunsFolder,
        display: Display,
    ) -> anyhow::Result<()> {
        if let Some(run) = &others.compare {
            if display != Display::Dashboard {
                return Err(anyhow!(
                    "--compare draws on the dashboard, and --ui is {display} here; `firebrick plot` draws the curves of several runs without it"
                ))
                .or_usage();
            }
            self.compared = Some(runs.open(run)?);
        }
        if let Some(events) = &others.replay {
            self.replay = read_actions(events)?;
        }
        Ok(())
    }

    /// The model with the weights that it is to begin with.
    pub(crate) fn with_weights(&mut self, model: AnyModel) -> anyhow::Result<AnyModel> {
        let (model, note) = starting_weights::load(model, &self.settings.given)?;
        self.data.notes.extend(note);
        Ok(model)
    }

    /// The training with what another one's optimizer remembers, if it begins with that.
    pub(crate) fn with_optimizer_state(
        &self,
        trainer: Trainer<AnyModel>,
    ) -> anyhow::Result<Trainer<AnyModel>> {
        starting_weights::with_optimizer_state(trainer, &self.settings.given)
    }

    /// Makes sure that there is room for the training, before anything of the network is.
    pub(crate) fn check_memory(&self, compile: &Compile) -> anyhow::Result<()> {
        let size = self.network.summary()?.size();
        let batch_size = self
            .settings
            .fit
            .batch_size
            .min(self.data.train.num_samples());
        Ok(compile.check_memory(&size, batch_size, &self.device.device)?)
    }

    /// Says what there is to say of the settings and the data.
    fn tell(&self, display: Display) -> anyhow::Result<()> {
        let warning = self.settings.rate_warning()?;
        if display == Display::Quiet {
            return Ok(());
        }
        if let Some(warning) = warning {
            output::note(&format!("warning: {warning}"));
        }
        self.data.notes.iter().for_each(|line| output::note(line));
        Ok(())
    }

    /// What is asked for, to be checked or, with a run, to be done.
    pub(crate) fn fit(
        &self,
        display: Display,
        run: Option<&RunDirectory>,
    ) -> Result<Fit, TrainError> {
        let mut fit = self
            .settings
            .to_fit()
            .with_class_names(self.data.class_names.iter().cloned())
            .with_display(display)
            .with_replay(self.replay.iter().copied())
            .stopped_by_ctrl_c();
        if let Some(compared) = &self.compared {
            fit = fit.with_compared_run(compared.path());
        }
        if let Some(run) = run {
            fit = fit.with_label(run.name()).with_run_directory(run.clone());
        }
        if let Some(validation) = &self.data.validation {
            fit = fit.with_validation(validation);
        }
        self.settings.with_callbacks(fit, run)
    }

    /// Does what is left of a run that was broken off.
    fn go_on(
        &self,
        trainer: &mut Trainer<AnyModel>,
        display: Display,
        (run, progress): (RunDirectory, Option<&Progress>),
    ) -> anyhow::Result<ExitCode> {
        run.start_log();
        if display != Display::Quiet {
            let place = progress.map_or("from the beginning".to_owned(), ToString::to_string);
            let introduction = self.introduction(&run, trainer)?;
            let _ = output::print(&format!("{introduction}goes on  {place}\n"));
        }
        let fit = self.fit(display, Some(&run))?;
        let fitted = match progress {
            Some(_) => trainer.resume(&self.data.train, &fit, run.path()),
            None => trainer.fit(&self.data.train, &fit),
        };
        if let Err(error) = fitted {
            if display != Display::Quiet {
                let _ = output::print(&kept_line(&run));
            }
            return Err(error.into());
        }
        drop(fit);
        if is_thrown_away(trainer) {
            return words::thrown_away(run, trainer, display);
        }
        self.conclude(trainer, display, &run)
    }
}
