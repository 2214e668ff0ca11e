//! Weights that a training begins with, and layers that it leaves as they are.

use std::path::Path;

use anyhow::anyhow;
use firebrick::models::{AnyModel, LoadWeights, SavedModel, folder_of};
use firebrick::recipes::Settings;
use firebrick::training::{RunDirectory, Trainer};

use crate::failure::OrUsage;
use crate::network::Network;
use crate::runs::RunsFolder;

/// The model file that a training is to begin with, if it is to begin with one: that of the run of this name, or the file.
///
/// # Errors
/// A run that is not there; with a usage error something to pass over where nothing is taken.
pub(crate) fn find(runs: &RunsFolder, given: &Settings) -> anyhow::Result<Option<String>> {
    let Some(named) = &given.weights else {
        let about = [
            ("--skip-mismatch", given.skip_mismatch),
            ("--optimizer-state", given.optimizer_state),
        ];
        if let Some((flag, _)) = about.into_iter().find(|(_, is_on)| *is_on == Some(true)) {
            return Err(anyhow!(
                "`{flag}` is about the weights of `--weights RUN|FILE`, which is not given"
            ))
            .or_usage();
        }
        return Ok(None);
    };
    let path = Path::new(named);
    if path.is_file() {
        return Ok(Some(named.clone()));
    }
    let model = runs.open(path)?.file(RunDirectory::MODEL);
    match model.to_str() {
        Some(model) => Ok(Some(model.to_owned())),
        None => Err(anyhow!(
            "the path `{}` is no text in Unicode, which a file of settings could hold; rename the folder",
            model.display()
        )),
    }
}

/// The model with those weights, and what there is to say of them.
///
/// # Errors
/// A file that cannot be read, or whose weights do not fit.
pub(crate) fn load(
    model: AnyModel,
    given: &Settings,
) -> anyhow::Result<(AnyModel, Option<String>)> {
    let Some(path) = &given.weights else {
        return Ok((model, None));
    };
    let how = if given.skip_mismatch == Some(true) {
        LoadWeights::new().skip_mismatch()
    } else {
        LoadWeights::new()
    };
    let (model, loaded) = SavedModel::read(Path::new(path))?.load_weights(model, how)?;
    let note = format!("note: begins with {loaded}, of `{path}`");
    Ok((model, Some(note)))
}

/// The training with what the optimizer of the run remembers whose weights it begins with, if that is asked for, and a note of it.
///
/// # Errors
/// A run without a checkpoint, or with one of another network or optimizer.
pub(crate) fn with_optimizer_state(
    trainer: Trainer<AnyModel>,
    given: &Settings,
) -> anyhow::Result<Trainer<AnyModel>> {
    match &given.weights {
        Some(weights) if given.optimizer_state == Some(true) => {
            let run = folder_of(Path::new(weights));
            Ok(trainer.with_optimizer_state(run)?)
        }
        _ => Ok(trainer),
    }
}

/// The network with its layers like these frozen.
///
/// # Errors
/// With a usage error a pattern that no layer is like, or a network whose layers have no names.
pub(crate) fn frozen(network: Network, given: &Settings) -> anyhow::Result<Network> {
    let Some(patterns) = &given.freeze else {
        return Ok(network);
    };
    match network {
        Network::Layers(network) => {
            let mut patterns = patterns.split(',').map(str::trim);
            let frozen = patterns.try_fold(network, firebrick::models::Graph::freeze_layers);
            Ok(Network::Layers(frozen.or_usage()?))
        }
        Network::Mlp(_) => Err(anyhow!(
            "`--freeze` goes by the names of layers, which a network of `--hidden` does not have; describe it in a file for \
             `--model`"
        ))
        .or_usage(),
    }
}
