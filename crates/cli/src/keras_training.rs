//! Trainings in the files of Keras: how a run was compiled and what its optimizer remembers, both ways.

use std::path::Path;

use anyhow::Context;
use firebrick::formats::keras::{Compiled, KerasModel, OptimizerVariables};
use firebrick::metrics::Metric;
use firebrick::models::{AnyModel, Graph, Network};
use firebrick::recipes::{CompileSettings, KerasCompile, Reached};
use firebrick::training::{CheckpointError, OptimizerState, RunDirectory, describe_compiled};

use crate::output;
use crate::runs;
use crate::train_settings::TrainSettings;

/// How a run was compiled and what its optimizer remembers, as Keras has it; `None` where there is no word for it. What is left
/// out is told on standard error.
///
/// # Errors
/// A checkpoint that is broken or of another network.
pub(crate) fn of_run(run: &RunDirectory, model: &AnyModel) -> anyhow::Result<Option<Compiled>> {
    let (settings, one_cycle) = match compile_settings(run) {
        Ok(settings) => settings,
        Err(reason) => {
            output::note(&format!(
                "note: how the run was compiled is left out: {reason}; compile the model in Keras"
            ));
            return Ok(None);
        }
    };
    let network = model
        .clone()
        .into_network(&firebrick::burn::tensor::Device::default())?;
    let outputs = network.config().output_names();
    let state = state_of(run, model, &settings)?;
    let reached = state.as_ref().map(|state| Reached {
        learning_rate: state.learning_rate,
        is_rate_changed: state.is_rate_changed,
    });
    // At its end the rate is next to nothing, with which nobody goes on.
    let of_cycle = one_cycle.map(|learning_rate| Reached {
        learning_rate,
        is_rate_changed: false,
    });
    let reached = of_cycle.or(reached);
    let (config, left_out) = settings.to_keras(&outputs, reached);
    for left_out in left_out {
        output::note(&format!("note: {left_out}"));
    }
    let Some(config) = config else {
        return Ok(None);
    };
    for note in state.iter().flat_map(|state| &state.notes) {
        output::note(&format!("note: {note}"));
    }
    // An optimizer without numbers of its own has come somewhere, too.
    let has_all = |state: &OptimizerState| state.notes.is_empty() || !state.values.is_empty();
    let optimizer = state.filter(has_all).map(|state| OptimizerVariables {
        iterations: state.iterations,
        values: state.values,
    });
    Ok(Some(Compiled { config, optimizer }))
}

/// How a run was compiled, and the largest rate of its cycle if it had one; or why that is not known.
fn compile_settings(run: &RunDirectory) -> Result<(CompileSettings, Option<f64>), String> {
    let given = runs::config(run).map_err(|error| format!("{error:#}"))?;
    if given.lacks("optimizer") {
        return Err("its optimizer is not written down".to_owned());
    }
    let lacks_loss = given.lacks("loss") && given.loss.is_none();
    let lacking = ["schedule", "metrics", "weighted_metrics", "weight_groups"];
    for key in lacking.iter().filter(|key| given.lacks(key)) {
        output::note(&format!(
            "note: `{key}` is left out: the run could not write it down; set it in Keras"
        ));
    }
    let settings = TrainSettings::resolve(given).map_err(|error| format!("{error:#}"))?;
    let mut compile = settings.compile;
    if lacks_loss {
        compile.loss = None;
        output::note(
            "note: `loss` is left out: it is not written down; compile the model anew in Keras with one",
        );
    }
    let one_cycle = settings.fit.one_cycle;
    if let Some(rate) = one_cycle {
        output::note(&format!(
            "note: `one_cycle` is left out: Keras does not have it, its rate stays at {rate} there; give Keras a schedule of its \
             own, or set `model.optimizer.learning_rate`"
        ));
    }
    Ok((compile, one_cycle))
}

/// What the optimizer of a run remembers, if the run has a checkpoint, Keras the optimizer, and the network the weights that the
/// optimizer moved.
fn state_of(
    run: &RunDirectory,
    model: &AnyModel,
    settings: &CompileSettings,
) -> anyhow::Result<Option<OptimizerState>> {
    let left_out = |reason: &str| {
        output::note(&format!(
            "note: what the optimizer remembers is left out: {reason}; in Keras it begins anew"
        ));
        Ok(None)
    };
    if let AnyModel::Network(network) = model
        && is_lora(network)
    {
        return left_out(
            "products of low rank have learned, which Keras' file has as whole weights",
        );
    }
    match OptimizerState::read(run.path(), &settings.to_compile(), model) {
        Ok(state) => Ok(Some(state)),
        Err(CheckpointError::Missing { broken, .. }) if broken.is_empty() => {
            left_out("the run has no checkpoint")
        }
        Err(error) => Err(error).context("what the optimizer remembers cannot be read"),
    }
}

fn is_lora(network: &Network) -> bool {
    let names = |graph: &Graph| graph.weights().map(|weights| weights.len()).ok();
    names(network.config()) != names(network.clone().merge_lora().config())
}

/// What a file of Keras says of a training.
pub(crate) struct Found {
    pub(crate) compiled: Compiled,
    pub(crate) read: KerasCompile,
}

impl Found {
    /// How a model was compiled, if it was; what is left out is told on standard error.
    ///
    /// # Errors
    /// Settings and variables that are damaged.
    pub(crate) fn of(model: &KerasModel) -> anyhow::Result<Option<Self>> {
        let Some(compiled) = model.compiled()? else {
            return Ok(None);
        };
        let outputs = model.graph().output_names();
        let read = CompileSettings::from_keras(&compiled.config, &outputs).context(
            "how the model was compiled cannot be read; `--without-compile` leaves it out",
        )?;
        for left_out in &read.left_out {
            output::note(&format!("note: {left_out}"));
        }
        Ok(Some(Self { compiled, read }))
    }

    /// The `config.toml` of a run that was compiled so.
    ///
    /// # Errors
    /// A network that cannot be written down.
    pub(crate) fn config(&self, network: &Network, reason: &str) -> anyhow::Result<String> {
        let compile = self.read.settings.to_compile();
        describe_compiled(network, &compile, &self.read.unknown, reason)
            .context("the network cannot be written down")
    }

    /// Batches that the optimizer has come to, if it can go on.
    pub(crate) fn iterations(&self) -> Option<u64> {
        let is_known = !self.read.unknown.contains(&"optimizer");
        let variables = self.compiled.optimizer.as_ref().filter(|_| is_known)?;
        (variables.iterations > 0).then_some(variables.iterations)
    }

    /// Writes a checkpoint from which a training goes on with what the optimizer remembers, if it does.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub(crate) fn write_checkpoint(&self, folder: &Path, network: Network) -> anyhow::Result<()> {
        let (Some(iterations), Some(variables)) = (self.iterations(), &self.compiled.optimizer)
        else {
            return Ok(());
        };
        let settings = &self.read.settings;
        let own = || settings.optimizer.default_learning_rate();
        let constant = |schedule: &firebrick::schedules::ScheduleSpec| schedule.constant_rate();
        let rate = settings.schedule.as_ref().and_then(constant);
        let state = OptimizerState {
            iterations,
            learning_rate: rate.unwrap_or_else(own),
            values: variables.values.clone(),
            ..OptimizerState::default()
        };
        state.write(folder, &settings.to_compile(), &AnyModel::from(network))?;
        Ok(())
    }

    /// How the model was compiled, line by line.
    pub(crate) fn lines(&self) -> String {
        let settings = &self.read.settings;
        let has = |key: &str| !self.read.unknown.contains(&key);
        let mut lines = vec![];
        if has("optimizer") {
            let optimizer = settings.optimizer.to_spec();
            let optimizer =
                optimizer.map_or_else(|| settings.optimizer.to_string(), |spec| spec.to_string());
            lines.push(("optimizer", optimizer));
        }
        if has("schedule") {
            let own = settings.optimizer.default_learning_rate();
            let schedule = settings.schedule.as_ref();
            let rate = schedule.map_or_else(
                || own.to_string(),
                |rate| match rate.constant_rate() {
                    Some(rate) => rate.to_string(),
                    None => rate.to_string(),
                },
            );
            lines.push(("learning rate", rate));
        }
        let losses = settings.loss_text();
        lines.push((
            "loss",
            if losses.is_empty() {
                "none".to_owned()
            } else {
                losses
            },
        ));
        let weights = settings.outputs.iter();
        let weights = weights.filter(|(_, own)| own.loss_weight.to_bits() != 1.0_f64.to_bits());
        let weights: Vec<String> = weights
            .map(|(name, own)| format!("{} at {name}", own.loss_weight))
            .collect();
        if !weights.is_empty() {
            lines.push(("loss weights", weights.join(", ")));
        }
        let metrics: Vec<&str> = settings.all_metrics().map(Metric::name).collect();
        if !metrics.is_empty() {
            lines.push(("metrics", metrics.join(", ")));
        }
        let trained = match self.iterations() {
            Some(iterations) => {
                format!("{iterations} batches, what the optimizer remembers is there")
            }
            None => "what the optimizer remembers is not there".to_owned(),
        };
        lines.push(("trained", trained));
        let lines = lines.iter();
        let lines: Vec<String> = lines
            .map(|(what, value)| format!("{what:<14} {value}\n"))
            .collect();
        format!("compiled by Keras\n{}", lines.concat())
    }
}
