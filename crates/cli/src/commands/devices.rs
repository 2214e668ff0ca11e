//! `firebrick devices`

use std::fmt::Write as _;
use std::process::ExitCode;

use firebrick::devices::{
    DeviceCheck, DeviceName, DeviceStatus, FoundDevice, SelectedDevice, check_device,
    device_statuses,
};
use firebrick::models::TensorError;
use serde::Serialize;

use crate::failure::OrUsage;
use crate::output;

const EXAMPLES: &str = "\
EXAMPLES:
  firebrick devices
  firebrick devices --check
  firebrick devices --check --json | jq '.devices[] | select(.name == \"wgpu\")'";

/// List the devices to compute on: what is compiled in, what answers, what `auto` takes and why.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct DevicesArguments {
    /// Run a small forward and backward pass on every device that answers and compare the numbers with
    /// plain arithmetic
    #[arg(long)]
    check: bool,

    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// What `--json` prints of a backend.
#[derive(Serialize)]
struct Backend {
    name: String,
    feature: &'static str,
    is_compiled: bool,
    /// Why nothing answered, if so.
    problem: Option<String>,
    answers: Vec<Answer>,
}

/// What `--json` prints of a device that answered.
#[derive(Serialize)]
struct Answer {
    adapter: String,
    is_software: bool,
    /// With `--check`: whether its numbers are right.
    #[serde(skip_serializing_if = "Option::is_none")]
    is_correct: Option<bool>,
    /// With `--check`: what was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    check: Option<String>,
}

/// The device of that name, ready to compute.
///
/// # Errors
/// One that is not compiled in, with a usage error; one that is not there or computes wrong numbers.
pub(crate) fn select_device(name: DeviceName) -> anyhow::Result<SelectedDevice> {
    match name.select() {
        Err(error @ TensorError::DeviceNotCompiled { .. }) => Err(error).or_usage(),
        selected => Ok(selected?),
    }
}

pub(crate) fn run(arguments: &DevicesArguments) -> anyhow::Result<ExitCode> {
    let statuses = device_statuses();
    if arguments.json {
        return print_json(statuses, arguments.check);
    }
    let mut text = String::new();
    for status in &statuses {
        let _ = writeln!(text, "{:<8} {}", status.name, description(status));
    }
    match DeviceName::Auto.select() {
        Ok(taken) => {
            let _ = writeln!(
                text,
                "auto     takes {} ({}): {}",
                taken.name, taken.adapter, taken.reason
            );
        }
        Err(error) => {
            let _ = writeln!(text, "auto     {error}");
        }
    }
    output::print(&text)?;
    let mut all_correct = true;
    if arguments.check {
        for status in &statuses {
            for found in status.probe.iter().flatten() {
                let check = check_device(&found.device);
                all_correct &= check.is_correct();
                output::print(&format!(
                    "check    {} ({}): {}, {check}\n",
                    status.name,
                    found.adapter,
                    if check.is_correct() {
                        "correct"
                    } else {
                        "WRONG"
                    },
                ))?;
            }
        }
    }
    Ok(exit_code(all_correct))
}

fn exit_code(all_correct: bool) -> ExitCode {
    if all_correct {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn print_json(statuses: Vec<DeviceStatus>, with_check: bool) -> anyhow::Result<ExitCode> {
    let mut all_correct = true;
    let mut answer = |found: FoundDevice| {
        let check = with_check.then(|| check_device(&found.device));
        let is_correct = check.as_ref().map(DeviceCheck::is_correct);
        all_correct &= is_correct.unwrap_or(true);
        Answer {
            adapter: found.adapter,
            is_software: found.is_software,
            is_correct,
            check: check.map(|check| check.to_string()),
        }
    };
    let mut backends = Vec::new();
    for status in statuses {
        let (answers, problem) = match status.probe {
            Ok(found) => (found.into_iter().map(&mut answer).collect(), None),
            Err(problem) => (Vec::new(), Some(problem)),
        };
        backends.push(Backend {
            name: status.name.to_string(),
            feature: status.feature,
            is_compiled: status.is_compiled,
            problem,
            answers,
        });
    }
    let auto = DeviceName::Auto.select().ok().map(|taken| taken.name);
    let object = serde_json::json!({ "devices": backends, "auto": auto });
    output::print_data(&format!("{object}\n"))?;
    Ok(exit_code(all_correct))
}

fn description(status: &DeviceStatus) -> String {
    match &status.probe {
        Ok(found) => {
            let adapters: Vec<String> = found.iter().map(adapter).collect();
            adapters.join("; ")
        }
        Err(_) if !status.is_compiled => {
            format!(
                "not compiled in; build with `--features {}`",
                status.feature
            )
        }
        Err(reason) => format!("compiled in, does not answer: {reason}"),
    }
}

fn adapter(found: &FoundDevice) -> String {
    let software = if found.is_software { " (software)" } else { "" };
    format!("{}{software}", found.adapter)
}
