//! What a training says before it begins and when it is over.

use std::process::ExitCode;

use firebrick::datasets::BatchSource;
use firebrick::models::AnyModel;
use firebrick::training::{
    Display, Evaluation, RunDirectory, Signal, StopReason, Trainer, figure_text,
};

use super::Prepared;
use crate::failure::{in_one_line, interrupted};
use crate::new_run::{self, NewRun, Remains};
use crate::output::{self, ClosedPipe};
use crate::run_page;
use crate::unit::Unit;

impl Prepared {
    /// What is about to happen, before the display takes over.
    pub(super) fn introduction(
        &self,
        run: &RunDirectory,
        trainer: &Trainer<AnyModel>,
    ) -> anyhow::Result<String> {
        Ok(format!(
            "{}run      {}\n",
            self.head(trainer)?,
            run.path().display()
        ))
    }

    /// Data, device, network and what is to be learned.
    pub(super) fn head(&self, trainer: &Trainer<AnyModel>) -> anyhow::Result<String> {
        let (settings, data) = (&self.settings, &self.data);
        let step = settings.fit.step;
        Ok(format!(
            "data     {} training, {} validation, {} test {}; {}\n\
             device   {} ({}), {}\n\
             network  {}\n\
             step     {}\n\
             learning {}, {}, {}, {} epochs, batches of {}, seed {}\n",
            data.train.num_samples(),
            data.validation.as_ref().map_or(0, BatchSource::num_samples),
            data.test.as_ref().map_or(0, BatchSource::num_samples),
            Unit::of(&data.description).many(),
            data.origin,
            self.device.name,
            self.device.adapter,
            self.device.reason,
            self.network.line()?,
            step.explain(trainer.model(), &self.device.device),
            settings.compile.loss_text(),
            settings.compile.optimizer,
            settings.rates()?,
            settings.fit.epochs,
            settings.fit.batch_size,
            settings.fit.seed,
        ))
    }

    /// What has happened, after the display is gone.
    pub(super) fn conclude(
        &self,
        trainer: &Trainer<AnyModel>,
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
                interrupted(),
            ),
        };
        if self.leaves_page {
            let written = run_page::write(run, self.network.summary().ok());
            if let Err(error) = written {
                output::note(&format!(
                    "warning: the run has no page: {}",
                    in_one_line(&error)
                ));
            }
        }
        if display == Display::Quiet {
            return Ok(code);
        }
        let judged = match &self.data.test {
            Some(test) => {
                let evaluation = trainer.evaluate_with(test, &self.settings.to_pass())?;
                format!(
                    "{} on {} {}",
                    figures_line(&evaluation),
                    evaluation.samples,
                    Unit::of(&self.settings.data).many()
                )
            }
            None => "none; hold rows back with `--test-split SHARE`, or name a table of them with `--test FILE.csv`"
                .to_owned(),
        };
        let text = format!(
            "ended    {ended}\n\
             test     {judged}\n{}",
            kept_line(run)
        );
        let is_gone = Signal::last() == Some(Signal::HangUp);
        match output::print(&text) {
            // The training counts, also where nobody reads how it ended.
            Err(error) if !error.is::<ClosedPipe>() && !is_gone => Err(error),
            _ => Ok(code),
        }
    }
}

/// Removes a run that somebody wants nothing of, and says so.
pub(super) fn thrown_away(
    run: RunDirectory,
    trainer: &Trainer<AnyModel>,
    display: Display,
) -> anyhow::Result<ExitCode> {
    let path = run.path().to_owned();
    let files = match new_run::throw_away(run)? {
        Remains::Former => "as they were before this run",
        _ => "removed",
    };
    if display != Display::Quiet {
        let text = format!(
            "ended    {}\nfiles    {}: {files}\n",
            trainer.history().stop_reason,
            path.display()
        );
        let _ = output::print(&text);
    }
    Ok(interrupted())
}

/// What is left of a run whose training failed.
pub(super) fn remains_line(
    run: RunDirectory,
    new_run: NewRun,
    trainer: &Trainer<AnyModel>,
) -> String {
    let (path, kept) = (run.path().to_owned(), kept_line(&run));
    drop(run);
    match new_run.failed(trainer.history()) {
        Remains::Learned => kept,
        Remains::Former => format!(
            "files    {}: as they were, the new run has come to nothing\n",
            path.display()
        ),
        Remains::Nothing => String::new(),
    }
}

/// `loss 0.3012, accuracy 0.9120`.
fn figures_line(evaluation: &Evaluation) -> String {
    let figures: Vec<String> = evaluation
        .figures
        .iter()
        .map(|(name, value)| format!("{name} {}", figure_text(value)))
        .collect();
    figures.join(", ")
}

/// The files and folders that a run has.
pub(super) fn kept_line(run: &RunDirectory) -> String {
    let there: Vec<&str> = RunDirectory::FILES
        .into_iter()
        .chain(RunDirectory::FOLDERS)
        .filter(|name| run.file(name).exists())
        .collect();
    format!("files    {}: {}\n", run.path().display(), there.join(", "))
}
