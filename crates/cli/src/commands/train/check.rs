//! `firebrick train --check`: what there is to say of a training before it begins.

use std::process::ExitCode;

use firebrick::models::AnyModel;
use firebrick::training::{Examination, Finding, Fit, Severity, Trainer};

use super::{Prepared, TrainArguments};
use crate::failure::{self, OrUsage};
use crate::output;

/// What notes say of columns that the examination sees by itself.
const SEEN_ANYHOW: [&str; 2] = [
    "in every row that is learned from",
    "what is kept back has classes that there is hardly anything to learn from",
];

impl Prepared {
    /// Looks at everything and trains nothing; the exit code says whether the training could run.
    ///
    /// # Errors
    /// Standard output that cannot be written to.
    pub(super) fn check(
        &self,
        trainer: &Trainer<AnyModel>,
        fit: &Fit,
        form: Form,
    ) -> anyhow::Result<ExitCode> {
        let examination = trainer.examine(&self.data.train, fit);
        let notes = self.data.notes.iter().map(String::as_str);
        let examination = examination.with_findings(notes.filter_map(of_note));
        match form {
            Form::Json => {
                let object = serde_json::to_string_pretty(&examination)?;
                output::print_data(&format!("{object}\n"))?;
            }
            Form::Table => output::print(&format!("{}{examination}", self.head(trainer)?))?,
        }
        Ok(code(&examination))
    }

    /// Makes sure that the training can begin.
    ///
    /// # Errors
    /// What keeps it from that; with a usage error where it is in the settings.
    pub(super) fn check_fit(&self, trainer: &Trainer<AnyModel>, fit: &Fit) -> anyhow::Result<()> {
        match trainer.check(&self.data.train, fit) {
            Err(error) if failure::is_about_settings(&error) => Err(error).or_usage(),
            checked => Ok(checked?),
        }
    }

    /// A line of it, before a training.
    pub(super) fn check_line(&self, trainer: &Trainer<AnyModel>, fit: &Fit) -> String {
        let examination = trainer.examine_briefly(&self.data.train, fit);
        format!("check    {}\n", examination.line())
    }
}

/// How it is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Table,
    Json,
}

impl Form {
    /// That which is asked for; `None` where nothing is to be printed.
    pub(super) fn of(arguments: &TrainArguments) -> Option<Self> {
        match (arguments.check, arguments.json) {
            (false, _) => None,
            (true, false) => Some(Self::Table),
            (true, true) => Some(Self::Json),
        }
    }
}

fn code(examination: &Examination) -> ExitCode {
    if examination.can_train() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// What was noted when the data was read.
fn of_note(note: &str) -> Option<Finding> {
    if SEEN_ANYHOW.iter().any(|seen| note.contains(seen)) {
        return None;
    }
    let (severity, text) = match note.split_once(": ") {
        Some(("warning", text)) => (Severity::Warning, text),
        Some(("note", text)) => (Severity::Note, text),
        _ => (Severity::Note, note),
    };
    Some(Finding::new(severity, "data", text, ""))
}
