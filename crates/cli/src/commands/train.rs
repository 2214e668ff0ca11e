//! `firebrick train`

use std::path::PathBuf;
use std::process::ExitCode;

use firebrick::datasets::MnistDataset;
use firebrick::devices::SelectedDevice;
use firebrick::models::{Mlp, MlpConfig};
use firebrick::training::{
    Display, Evaluation, Fit, RunDirectory, StopReason, TrainError, Trainer,
};

use crate::commands::data::load_data;
use crate::commands::devices::select_device;
use crate::failure::INTERRUPTED;
use crate::failure::OrUsage;
use crate::new_run::NewRun;
use crate::output::{self, ClosedPipe};
use crate::run_name::RunName;
use crate::runs::{self, RunsFolder};
use crate::train_callbacks::with_callbacks;
use crate::train_config::TrainConfig;
use crate::train_settings::TrainSettings;
use crate::{config_file, new_run};

const EXAMPLES: &str = "\
EXAMPLES:
  firebrick train
  firebrick train --data mnist-sample --epochs 5 --ui lines
  firebrick train --hidden 256 --optimizer adam --run adam
  firebrick train --config runs/adam/config.toml --seed 7
  firebrick train --epochs 100 --early-stopping val_loss:5:restore --checkpoint best

Flags win over the file of --config, the file wins over the defaults. Ctrl-C stops in order: \
what was learned is saved.";

/// Train a network and keep settings, history, curves and weights in a run directory.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct TrainArguments {
    #[command(flatten)]
    settings: TrainConfig,

    /// Settings from a TOML file, e.g. the config.toml of a run
    #[arg(long = "config", value_name = "FILE")]
    config_file: Option<PathBuf>,

    /// How to show the training: auto, tui (dashboard), bar, keras-lines (as Keras at verbose=2), lines
    /// (one an epoch), quiet
    #[arg(long, value_name = "DISPLAY", default_value_t)]
    ui: Display,

    /// Name of the run [default: the data's name with the next free number]
    #[arg(long, value_name = "NAME")]
    run: Option<RunName>,

    #[command(flatten)]
    runs: RunsFolder,

    /// Replace the run if it is already there
    #[arg(long, requires = "run")]
    overwrite: bool,
}

/// All that a training needs, checked.
struct Prepared {
    settings: TrainSettings,
    origin: String,
    train: MnistDataset,
    validation: Option<MnistDataset>,
    test: MnistDataset,
    network: MlpConfig,
    device: SelectedDevice,
}

pub(crate) fn run(arguments: TrainArguments) -> anyhow::Result<ExitCode> {
    // Whatever can be checked is checked before the run directory is made.
    let display = arguments.ui.resolve().or_usage()?;
    let file = match &arguments.config_file {
        Some(path) => config_file::read(path)?,
        None => TrainConfig::default(),
    };
    let settings = TrainSettings::resolve(arguments.settings.or(file))?;
    let prepared = Prepared::new(settings)?;
    let compile = prepared.settings.compile()?;
    let config = prepared.settings.to_config(prepared.device.name);
    let config = config_file::write(&config)?;
    let model = prepared
        .network
        .init(prepared.settings.seed, &prepared.device.device)?;

    if let Some(warning) = prepared.settings.rate_warning()?
        && display != Display::Quiet
    {
        output::note(&format!("warning: {warning}"));
    }

    let mut trainer = compile.model(model);
    let checked = trainer.check(&prepared.train, &prepared.fit(display, None)?);
    match checked {
        Err(error @ TrainError::UnknownMonitor { .. }) => return Err(error).or_usage(),
        checked => checked?,
    }

    let new_run = NewRun::create(
        &arguments.runs.path,
        arguments.run.as_ref(),
        &new_run::data_name(&prepared.settings.data),
        arguments.overwrite,
    )?;
    let run = new_run.directory().clone();
    let fitted = run
        .write(RunDirectory::CONFIG, config.as_bytes())
        .and_then(|()| {
            run.start_log();
            if display != Display::Quiet {
                // A reader that has gone shall not end the training.
                let _ = output::print(&prepared.introduction(&run));
            }
            trainer.fit(&prepared.train, &prepared.fit(display, Some(&run))?)
        });
    if let Err(error) = fitted {
        if new_run.is_kept(trainer.history()) && display != Display::Quiet {
            let _ = output::print(&kept_line(&run));
        }
        return Err(error.into());
    }
    prepared.conclude(&trainer, display, &run)
}

impl Prepared {
    fn new(settings: TrainSettings) -> anyhow::Result<Self> {
        let data = load_data(&settings.data)?;
        let (train, validation) = settings.split(&data.train)?;
        let network = settings.network(&data)?;
        let device = select_device(settings.device)?;
        Ok(Self {
            settings,
            origin: data.origin,
            train,
            validation,
            test: data.test,
            network,
            device,
        })
    }

    /// What is asked for, to be checked or, with a run, to be done.
    fn fit(&self, display: Display, run: Option<&RunDirectory>) -> Result<Fit, TrainError> {
        let mut fit = Fit::new(self.settings.epochs)
            .with_batch_size(self.settings.batch_size)
            .with_seed(self.settings.seed)
            .with_display(display)
            .stopped_by_ctrl_c();
        if let Some(run) = run {
            fit = fit
                .with_label(runs::name(run))
                .with_run_directory(run.clone());
        }
        if let Some(validation) = &self.validation {
            fit = fit.with_validation(validation);
        }
        with_callbacks(fit, &self.settings, run)
    }

    /// What is about to happen, before the display takes over.
    fn introduction(&self, run: &RunDirectory) -> String {
        let settings = &self.settings;
        let network = &self.network;
        let widths: Vec<String> = [network.num_features]
            .iter()
            .chain(&network.hidden)
            .chain([&network.num_classes])
            .map(ToString::to_string)
            .collect();
        let params = network.summary().unwrap_or_default().num_params();
        let activation = if network.hidden.is_empty() {
            String::new()
        } else {
            format!(", {}", network.activation)
        };
        format!(
            "data     {} training, {} validation, {} test images; {}\n\
             device   {} ({}), {}\n\
             network  {}{activation}, softmax; {params} parameters\n\
             learning {}, {}, {}, {} epochs, batches of {}, seed {}\n\
             run      {}\n",
            self.train.len(),
            self.validation.as_ref().map_or(0, MnistDataset::len),
            self.test.len(),
            self.origin,
            self.device.name,
            self.device.adapter,
            self.device.reason,
            widths.join(" → "),
            settings.loss,
            settings.optimizer.as_str(),
            settings.schedule,
            settings.epochs,
            settings.batch_size,
            settings.seed,
            run.path().display(),
        )
    }

    /// What has happened, after the display is gone.
    fn conclude(
        &self,
        trainer: &Trainer<Mlp>,
        display: Display,
        run: &RunDirectory,
    ) -> anyhow::Result<ExitCode> {
        let stop_reason = &trainer.history().stop_reason;
        let (ended, code) = match stop_reason {
            StopReason::Completed | StopReason::Callback { .. } => {
                (stop_reason.to_string(), ExitCode::SUCCESS)
            }
            _ => (
                format!("{stop_reason}; what was learned is saved"),
                ExitCode::from(INTERRUPTED),
            ),
        };
        if display == Display::Quiet {
            return Ok(code);
        }
        let evaluation = trainer.evaluate(&self.test)?;
        let text = format!(
            "ended    {ended}\n\
             test     {} on {} images\n{}",
            figures_line(&evaluation),
            evaluation.samples,
            kept_line(run)
        );
        match output::print(&text) {
            // The training counts, also where nobody reads how it ended.
            Err(error) if !error.is::<ClosedPipe>() => Err(error),
            _ => Ok(code),
        }
    }
}

/// `loss 0.3012, accuracy 0.9120`.
fn figures_line(evaluation: &Evaluation) -> String {
    let figures: Vec<String> = evaluation
        .figures
        .iter()
        .map(|(name, value)| format!("{name} {value:.4}"))
        .collect();
    figures.join(", ")
}

/// The files and folders that a run has.
fn kept_line(run: &RunDirectory) -> String {
    let there: Vec<&str> = RunDirectory::FILES
        .into_iter()
        .chain(RunDirectory::FOLDERS)
        .filter(|name| run.file(name).exists())
        .collect();
    format!("files    {}: {}\n", run.path().display(), there.join(", "))
}
