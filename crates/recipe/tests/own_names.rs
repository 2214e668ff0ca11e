//! Losses, metrics, optimizers and callbacks of a program's own, by the names that it gives them: in files, in a run's settings and back.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use burn::optim::SgdConfig;
use burn::optim::momentum::MomentumConfig;
use burn::tensor::{Device, Tensor};
use firebrick_data::ArrayDataset;
use firebrick_model::Sequential;
use firebrick_model::layers::Dense;
use firebrick_recipe::{ModelFile, Settings, register_callback};
use firebrick_trainer::callbacks::{Callback, Flow, HookResult, Training};
use firebrick_trainer::losses::{MeanSquaredError, Reduction, register_loss};
use firebrick_trainer::metrics::{Direction, register_metric};
use firebrick_trainer::{
    Compile, Display, Fit, Logs, Loss, LossFunction, Metric, MetricFunction, Optimizer,
    OptimizerFunction, Outputs, RunDirectory, register_optimizer,
};
use serde::{Deserialize, Serialize};

/// `scale · |output - target|³`
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
struct CubedError {
    scale: f64,
}

impl Default for CubedError {
    fn default() -> Self {
        Self { scale: 1.0 }
    }
}

impl LossFunction for CubedError {
    fn name(&self) -> &'static str {
        "cubed_error"
    }

    fn values(&self, targets: Tensor<2>, outputs: &Outputs) -> Tensor<1> {
        let cubes = (outputs.values() - targets).abs().powi_scalar(3) * self.scale;
        cubes.mean_dim(1).squeeze_dim(1)
    }
}

/// How many outputs miss their target by more than that.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct FarOff {
    by: f64,
}

impl MetricFunction for FarOff {
    fn name(&self) -> &'static str {
        "far_off"
    }

    fn direction(&self) -> Direction {
        Direction::Down
    }

    fn update(&self, targets: Tensor<2>, outputs: &Outputs, _: Option<Tensor<1>>) -> Tensor<1> {
        (outputs.values() - targets)
            .abs()
            .greater_elem(self.by)
            .float()
            .sum()
    }

    fn result(&self, sums: &[f64]) -> Vec<f64> {
        sums.to_vec()
    }
}

/// Burn's gradient descent with momentum.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct BurnMomentum {
    momentum: f64,
}

impl OptimizerFunction for BurnMomentum {
    type Update = burn::optim::Sgd;

    fn name(&self) -> &'static str {
        "burn_momentum"
    }

    fn update(&self) -> burn::optim::Sgd {
        let momentum = MomentumConfig::new()
            .with_momentum(self.momentum)
            .with_dampening(0.0);
        SgdConfig::new().with_momentum(Some(momentum)).build()
    }

    fn learning_rate(&self) -> f64 {
        0.05
    }
}

/// Stops after so many epochs.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StopsAfter {
    epochs: usize,
    #[serde(skip)]
    seen: usize,
}

impl Callback for StopsAfter {
    fn name(&self) -> &'static str {
        "StopsAfter"
    }

    fn on_epoch_end(&mut self, _: &mut Training<'_>, _: &Logs) -> HookResult {
        self.seen += 1;
        Ok(if self.seen >= self.epochs {
            Flow::Stop
        } else {
            Flow::Continue
        })
    }
}

fn register() {
    register_loss::<CubedError>("cubed_error").unwrap();
    register_metric::<FarOff>("far_off").unwrap();
    register_optimizer::<BurnMomentum>("burn_momentum").unwrap();
    register_callback::<StopsAfter>("stops_after").unwrap();
}

fn own_loss() -> Loss {
    Loss::custom(CubedError { scale: 0.5 })
}

const FILE: &str = r#"
input_shape = [1]

[[layers]]
class_name = "Dense"
units = 1

[compile]
loss = { name = "CubedError", scale = 0.5, reduction = "sum" }
metrics = [{ name = "far_off", by = 2 }]
optimizer = { name = "BurnMomentum", momentum = 0.5, clipnorm = 2 }

[[callbacks]]
name = "stops_after"
epochs = 2
"#;

#[test]
fn what_is_registered_is_named_in_a_model_file() {
    register();
    let file = ModelFile::parse(FILE, "net.toml").unwrap();
    assert_eq!(
        file.compile().loss,
        Some(own_loss().with_reduction(Reduction::Sum))
    );
    assert_eq!(file.compile().metrics, [Metric::custom(FarOff { by: 2.0 })]);
    let optimizer = Optimizer::custom(BurnMomentum { momentum: 0.5 });
    assert_eq!(
        file.compile().optimizer,
        optimizer.with_clipnorm(2.0).unwrap()
    );
    let rate = file.compile().optimizer.default_learning_rate();
    assert!((rate - 0.05).abs() < 1e-12, "{rate}");

    for (from, to, words) in [
        (
            "CubedError",
            "CubeError",
            "unknown loss `CubeError`, did you mean `cubed_error`?",
        ),
        (
            "scale = 0.5",
            "scal = 1",
            "the loss `cubed_error` has no argument `scal`, did you mean `scale`?",
        ),
        (
            ", by = 2",
            "",
            "the metric `far_off` needs `by`, which is missing",
        ),
        (
            "CubedError",
            "something_else",
            "one of a program's own has to be registered there by `register_loss`",
        ),
        (
            "\"far_off\"",
            "\"something_else\"",
            "one of a program's own has to be registered there by `register_metric`",
        ),
        (
            "\"BurnMomentum\"",
            "\"something_else\"",
            "one of a program's own has to be registered there by `register_optimizer`",
        ),
        (
            "momentum = 0.5",
            "momentun = 0.5",
            "the optimizer `burn_momentum` has no argument `momentun`, did you mean `momentum`?; it takes momentum, weight_decay",
        ),
        (
            "momentum = 0.5, ",
            "",
            "the optimizer `burn_momentum` needs `momentum`, which is missing",
        ),
        (
            "clipnorm = 2",
            "clipnorm = 0",
            "the optimizer `burn_momentum`, argument `clipnorm`: expected a number above 0, received 0",
        ),
        (
            "stops_after",
            "something_else",
            "one of a program's own has to be registered there by `register_callback`",
        ),
        (
            "epochs = 2",
            "epoch = 2",
            "has no argument `epoch`, did you mean `epochs`?",
        ),
        (
            "epochs = 2",
            "epochs = \"two\"",
            "line 15: `callbacks`: the callback `stops_after`, argument `epochs`: expected",
        ),
    ] {
        let error = ModelFile::parse(FILE.replace(from, to), "net.toml").unwrap_err();
        let message = error.to_string();
        assert!(message.contains(words), "{message}");
    }
}

#[test]
fn what_is_registered_is_named_on_compile_and_kept_with_a_run() {
    register();
    let folder = tempfile::tempdir().unwrap();
    let run = RunDirectory::create(&folder.path().join("run")).unwrap();
    let fit = |run: RunDirectory| {
        Fit::new(2)
            .with_display(Display::Quiet)
            .with_run_directory(run)
    };
    let data = ArrayDataset::new([[0.0], [1.0], [2.0], [3.0]], [1.0, 3.0, 5.0, 7.0]).unwrap();
    let network = Sequential::new([1]).add(Dense::new(1));
    let model = |seed| network.clone().build(seed, &Device::flex()).unwrap();
    let metric = || Metric::custom(FarOff { by: 2.0 });
    let compile = Compile::new(Optimizer::adam(), own_loss()).with_metrics([metric()]);
    let history = compile
        .model(model(1))
        .fit(&data, &fit(run.clone()))
        .unwrap();
    let named = Compile::by_name("adam", "cubed_error:scale=0.5", ["far_off:by=2"]).unwrap();
    let again = RunDirectory::create(&folder.path().join("again")).unwrap();
    let same = named
        .model(model(1))
        .fit(&data, &fit(again.clone()))
        .unwrap();
    for figure in ["loss", "far_off"] {
        assert_eq!(history[figure], same[figure], "{figure}");
    }

    for run in [run, again] {
        let settings = Settings::read(&run.file(RunDirectory::CONFIG)).unwrap();
        let file = settings.model.unwrap();
        assert_eq!(file.compile().loss, Some(own_loss()));
        assert_eq!(file.compile().metrics, [metric()]);
    }
}

#[test]
fn an_optimizer_and_a_callback_of_a_file_train_as_those_of_the_program() {
    register();
    let data = ArrayDataset::new([[0.0], [1.0], [2.0], [3.0]], [1.0, 3.0, 5.0, 7.0]).unwrap();
    let network = Sequential::new([1]).add(Dense::new(1));
    let file = ModelFile::parse(FILE, "net.toml").unwrap();
    let weights = [vec![0.5], vec![0.0]];
    let fit = Fit::new(5).with_batch_size(2).with_display(Display::Quiet);
    let trained = |optimizer: Optimizer, fit: &Fit| {
        let model = network.build_with_weights(weights.clone(), &Device::flex());
        let compile = Compile::new(optimizer, Loss::from(MeanSquaredError::new()));
        let mut trainer = compile
            .with_learning_rate(0.05)
            .exclude_from_weight_decay(["*/bias"])
            .model(model.unwrap());
        trainer.fit(&data, fit).unwrap()["loss"].to_vec()
    };
    let stopped = file.callbacks()[0].added_to(fit.clone(), None).unwrap();
    let own = trained(file.compile().optimizer.clone(), &stopped);
    let whole = trained(file.compile().optimizer.clone(), &fit);
    assert_eq!((own.len(), whole.len()), (2, 5));
    assert_eq!(own, whole[..2]);
    let plain = || Optimizer::custom(BurnMomentum { momentum: 0.0 });
    let decayed = |optimizer: Optimizer| optimizer.with_weight_decay(0.1).unwrap();
    for (ours, keras) in [
        (plain(), Optimizer::sgd()),
        (decayed(plain()), decayed(Optimizer::sgd())),
    ] {
        let (ours, keras) = (trained(ours, &fit), trained(keras, &fit));
        for (own, expected) in ours.iter().zip(&keras) {
            assert!((own - expected).abs() < 1e-5, "{ours:?} {keras:?}");
        }
    }
}

#[test]
fn a_name_that_is_taken_is_refused() {
    register();
    for (error, words) in [
        (
            register_loss::<CubedError>("mse"),
            "cannot be registered as `mse`: a loss of this name is built in",
        ),
        (
            register_loss::<CubedError>("cubes"),
            "is registered as `cubed_error`",
        ),
        (
            register_metric::<FarOff>("Accuracy"),
            "a metric of this name is built in",
        ),
        (
            register_optimizer::<BurnMomentum>("adam"),
            "an optimizer of this name is built in",
        ),
        (
            register_callback::<StopsAfter>("EarlyStopping"),
            "a callback of this name is built in",
        ),
    ] {
        let message = error.unwrap_err().to_string();
        assert!(message.contains(words), "{message}");
    }
}
