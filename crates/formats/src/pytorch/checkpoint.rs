//! Which tensors of a checkpoint are weights.

use crate::stored_tensor::StoredTensor;

/// What checkpoints call the state of a module, beside what else they keep.
const STATES: &[&str] = &["state_dict", "model_state_dict", "model_state"];

/// The same, if nothing else is there but what belongs to a training: modules within a module have such names, too.
const MODELS: &[&str] = &["model", "module", "net"];

/// How the names of those begin.
const OF_TRAINING: &[&str] = &[
    "optim",
    "lr_scheduler",
    "scheduler",
    "ema",
    "model_ema",
    "scaler",
    "amp",
    "loss",
    "callbacks",
    "loops",
    "epoch",
    "rng",
];

/// The weights of a module under their names in it, without the states of optimizers and the like.
pub(super) fn weights_alone(tensors: Vec<StoredTensor<'static>>) -> Vec<StoredTensor<'static>> {
    let is_in = |state: &str, name: &str| {
        let rest = name.strip_prefix(state);
        rest.is_some_and(|rest| rest.starts_with('.'))
    };
    let of_training = |name: &str| OF_TRAINING.iter().any(|start| name.starts_with(start));
    let mut states = STATES.iter().copied();
    let state = states.find(|state| tensors.iter().any(|tensor| is_in(state, &tensor.name)));
    let state = state.or_else(|| {
        let mut models = MODELS.iter().copied();
        models.find(|model| {
            let mut names = tensors.iter().map(|tensor| tensor.name.as_str());
            let are_known = names.all(|name| is_in(model, name) || of_training(name));
            are_known && tensors.iter().any(|tensor| is_in(model, &tensor.name))
        })
    });
    let Some(state) = state else {
        return tensors;
    };
    let within = tensors.into_iter().filter_map(|mut tensor| {
        if !is_in(state, &tensor.name) {
            return None;
        }
        tensor.name.drain(..=state.len());
        Some(tensor)
    });
    within.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weights(names: &[&str]) -> Vec<String> {
        let tensors = names.iter().map(|name| StoredTensor {
            name: (*name).to_owned(),
            shape: vec![1],
            dtype: ::safetensors::Dtype::F32,
            bytes: Box::new(|| Ok(vec![0; 4])),
        });
        let weights = weights_alone(tensors.collect());
        weights.into_iter().map(|tensor| tensor.name).collect()
    }

    #[test]
    fn states_are_found_in_checkpoints() {
        let lightning = [
            "state_dict.net.fc.weight",
            "optimizer_states.0.state.0.exp_avg",
        ];
        assert_eq!(weights(&lightning), ["net.fc.weight"]);
        let own_loop = ["model.fc.weight", "optimizer.state.0.exp_avg"];
        assert_eq!(weights(&own_loop), ["fc.weight"]);
        let whole = ["model.fc.weight", "head.weight"];
        assert_eq!(weights(&whole), whole);
        let inner = ["module.fc.weight", "head.weight"];
        assert_eq!(weights(&inner), inner);
        let parallel = ["module.fc.weight", "module.fc.bias"];
        assert_eq!(weights(&parallel), ["fc.weight", "fc.bias"]);
        let plain = ["fc.weight", "fc.bias"];
        assert_eq!(weights(&plain), plain);
    }
}
