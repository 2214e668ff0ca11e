//! The two networks that Firebrick trains.

use firebrick::burn::module::Module;
use firebrick::layers::Dense;
use firebrick::losses::SparseCategoricalCrossentropy;
use firebrick::metrics::Metric;
use firebrick::models::{Activation, Mlp, MlpConfig, Model, Network, Sequential, WeightValue};
use firebrick::schedules::TimeBased;
use firebrick::training::{Compile, Display, Fit, Optimizer, StopHandle, StopReason, TrainError};

use super::NetworksStudy;
use super::contender::Contender;
use super::judgement::Judgement;
use super::result::NetworkResult;
use crate::error::StudyError;

/// A plain Burn module with cross-entropy.
pub(super) fn mlp(
    study: &NetworksStudy,
    display: Display,
    stop: &StopHandle,
) -> Result<NetworkResult, StudyError> {
    let model = untrained_mlp(study)?;
    let compile = compile().with_learning_rate(study.settings.mlp_learning_rate);
    fit(study, Contender::Mlp, compile, model, (display, stop))
}

/// Layer by layer as in Keras, with cross-entropy and a time-based learning rate.
pub(super) fn sequential(
    study: &NetworksStudy,
    display: Display,
    stop: &StopHandle,
) -> Result<NetworkResult, StudyError> {
    let model = untrained_sequential(study)?;
    let compile = compile().with_schedule(TimeBased::new(study.settings.time_based)?);
    fit(
        study,
        Contender::Sequential,
        compile,
        model,
        (display, stop),
    )
}

pub(super) fn untrained_mlp(study: &NetworksStudy) -> Result<Mlp, StudyError> {
    let (settings, data) = (&study.settings, &study.data);
    let network = MlpConfig::new(data.num_features(), data.num_classes())
        .with_hidden(settings.hidden.clone())
        .with_activation(Activation::Sigmoid);
    Ok(network.init(settings.seed, &study.device)?)
}

/// The Keras-style network with the initial weights of the study.
pub(super) fn untrained_sequential(study: &NetworksStudy) -> Result<Network, StudyError> {
    let (settings, data) = (&study.settings, &study.data);
    let hidden = settings.hidden.iter();
    let network = hidden.fold(Sequential::new([data.num_features()]), |network, &units| {
        network.add(Dense::new(units).with_activation(Activation::Sigmoid))
    });
    let network = network.add(Dense::new(data.num_classes()).with_activation(Activation::Softmax));
    let mut model = network.build(settings.seed, &study.device)?;
    let mut weights = Vec::new();
    for layer in study.untrained()?.layers() {
        let kernel: Vec<f32> = layer.weights.iter().copied().collect();
        weights.push(WeightValue::new(layer.weights.shape(), kernel)?);
        weights.push(WeightValue::new([layer.bias.len()], layer.bias.to_vec())?);
    }
    model.set_weights(weights)?;
    Ok(model)
}

fn compile() -> Compile {
    Compile::new(Optimizer::sgd(), SparseCategoricalCrossentropy::new())
        .with_metrics([Metric::accuracy()])
}

fn fit<M: Model>(
    study: &NetworksStudy,
    network: Contender,
    compile: Compile,
    model: M,
    (display, stop): (Display, &StopHandle),
) -> Result<NetworkResult, StudyError> {
    let (settings, data) = (&study.settings, &study.data);
    let num_params = Module::num_params(&model);
    let mut trainer = compile.model(model);
    let fit = Fit::new(settings.epochs)
        .with_batch_size(settings.batch_size)
        .with_seed(settings.seed)
        .with_validation(&data.validation)
        .with_display(display)
        .with_label(network.title())
        .with_stop_handle(stop.clone())
        .stopped_by_ctrl_c();
    let history = trainer.fit(&data.train, &fit)?;
    let answers = trainer.predict_data(&data.test)?.into_rank::<2>()?;
    let answers = answers
        .try_into_data_as::<f32>()
        .map_err(|error| TrainError::Device {
            epoch: 0,
            message: error.to_string(),
        })?;
    let probabilities: Vec<f32> = answers.iter().collect();
    Ok(NetworkResult {
        network,
        num_params,
        epochs: history.epochs().iter().map(Into::into).collect(),
        is_whole: history.stop_reason == StopReason::Completed,
        test: Judgement::new(&probabilities, &data.test),
    })
}
