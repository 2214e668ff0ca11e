//! What a training tells of its layers and samples, and that nothing of it changes what is learned.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use std::sync::{Arc, Mutex};

use firebrick::burn::tensor::Device;
use firebrick::datasets::{ArrayDataset, mnist_sample};
use firebrick::layers::Dense;
use firebrick::models::{Activation, Network, Sequential};
use firebrick::training::{Compile, Display, Fit, History, RunDirectory, StepKind, Trainer};
use firebrick_session::{Confusion, Event, LayerNumbers, Sample, SampleView, Watcher, What};

/// Keeps what it is told.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<Event>>>);

impl Watcher for Kept {
    fn tell(&mut self, event: &Event) {
        self.0.lock().unwrap().push(event.clone());
    }
}

impl Kept {
    fn events(&self) -> Vec<Event> {
        self.0.lock().unwrap().clone()
    }

    fn layers(&self) -> Vec<Vec<LayerNumbers>> {
        let layers = |event: Event| match event.what {
            What::Layers { layers } => Some(layers),
            _ => None,
        };
        self.events().into_iter().filter_map(layers).collect()
    }

    /// Of the last validation.
    fn worst(&self) -> Vec<Sample> {
        let worst = |event: Event| match event.what {
            What::Samples { worst } => Some(worst),
            _ => None,
        };
        self.events()
            .into_iter()
            .filter_map(worst)
            .next_back()
            .unwrap()
    }

    fn confusion(&self) -> Option<Confusion> {
        let confusion = |event: Event| match event.what {
            What::Confusion(confusion) => Some(confusion),
            _ => None,
        };
        self.events().into_iter().filter_map(confusion).next_back()
    }
}

fn digits() -> Trainer<Network> {
    let network = Sequential::new([784])
        .add(Dense::new(16).with_activation(Activation::Relu))
        .add(Dense::new(10).with_activation(Activation::Softmax));
    let model = network.build(1, &Device::flex()).unwrap();
    let loss = "sparse_categorical_crossentropy";
    let compile = Compile::by_name("adam", loss, ["accuracy"]).unwrap();
    compile.model(model)
}

fn fit() -> Fit {
    Fit::new(2)
        .with_batch_size(50)
        .with_validation_split(0.2)
        .with_display(Display::Quiet)
}

fn watched(trainer: &mut Trainer<Network>, fit: Fit) -> (Kept, History) {
    let kept = Kept::default();
    let data = mnist_sample().unwrap().train;
    let history = trainer.fit(&data, &fit.with_watcher(kept.clone())).unwrap();
    (kept, history)
}

#[test]
fn layers_samples_and_a_confusion_are_told_of_digits() {
    let mut trainer = digits();
    let (kept, history) = watched(&mut trainer, fit());
    let looks = kept.layers();
    let layers = looks.last().unwrap();
    let paths: Vec<&str> = layers.iter().map(|layer| layer.path.as_str()).collect();
    assert_eq!(paths, ["dense", "dense_1"]);
    for layer in layers {
        assert!(layer.weights > 0.0 && layer.update > 0.0, "{layer:?}");
        assert!(layer.gradients.is_some_and(|norm| norm > 0.0), "{layer:?}");
        assert!(layer.update < layer.weights, "{layer:?}");
    }
    // A softmax has no dead units, a relu may.
    assert!(
        layers[0].dead.is_some_and(|share| share < 1.0),
        "{layers:?}"
    );
    assert_eq!(layers[1].dead, None);

    let worst = kept.worst();
    assert_eq!(worst.len(), 12);
    assert!(worst.is_sorted_by(|one, other| one.loss >= other.loss));
    let first = &worst[0];
    assert_ne!(first.truth, first.answer);
    assert!(first.certainty.is_some_and(|certainty| certainty > 0.1));
    let SampleView::Picture {
        width,
        height,
        channels,
        pixels,
    } = &first.view
    else {
        panic!("a picture");
    };
    assert_eq!((*width, *height, *channels, pixels.len()), (28, 28, 1, 784));

    let counts = kept.confusion().unwrap().counts;
    let samples: u64 = counts.iter().flatten().sum();
    let right: u64 = (0..10).map(|class| counts[class][class]).sum();
    let accuracy = history["val_accuracy"][1];
    assert!((right as f64 / samples as f64 - accuracy).abs() < 1e-6);
}

#[test]
fn the_worst_samples_are_those_that_an_evaluation_finds() {
    let inputs: Vec<[f32; 2]> = (0..10_u8).map(|row| [f32::from(row), 1.0]).collect();
    let targets: Vec<f32> = (0..10_u8)
        .map(|row| if row == 8 { 50.0 } else { f32::from(row) })
        .collect();
    let data = ArrayDataset::new(inputs, targets).unwrap();
    let network = Sequential::new([2]).add(Dense::new(1).without_bias());
    // y = x, and it does not learn.
    let model = network
        .build_with_weights([vec![1.0, 0.0]], &Device::flex())
        .unwrap();
    let compile = Compile::by_name("sgd", "mse", [])
        .unwrap()
        .with_learning_rate(1e-12);
    let kept = Kept::default();
    let fit = Fit::new(1)
        .with_validation_split(0.5)
        .with_display(Display::Quiet)
        .with_watcher(kept.clone());
    compile.model(model).fit(&data, &fit).unwrap();
    let worst = kept.worst();
    let first = &worst[0];
    assert_eq!(
        (first.row, first.truth.as_str(), first.answer.as_str()),
        (8, "50.0000", "8.0000")
    );
    assert!((first.loss - 42.0 * 42.0).abs() < 1e-3);
    assert_eq!((worst.len(), first.certainty), (5, None));
    let SampleView::Row { values } = &first.view else {
        panic!("a row");
    };
    assert_eq!(
        (values[0].column.as_str(), values[0].value.as_str()),
        ("0", "8.0000")
    );
    assert!(kept.confusion().is_none());
}

#[test]
fn watching_changes_nothing_of_what_is_learned() {
    for kind in [StepKind::Autodiff, StepKind::Auto] {
        let data = mnist_sample().unwrap().train;
        let fit = fit().with_step(kind);
        let mut alone = digits();
        let history = alone.fit(&data, &fit).unwrap();
        let mut seen = digits();
        let (kept, other) = watched(&mut seen, fit);
        assert!(!kept.layers().is_empty());
        for figure in ["loss", "val_loss", "val_accuracy"] {
            let bits = |history: &History| -> Vec<u64> {
                history[figure]
                    .iter()
                    .map(|value| value.to_bits())
                    .collect()
            };
            assert_eq!(bits(&history), bits(&other), "{figure}");
        }
        assert_eq!(
            alone.model().get_weights().unwrap(),
            seen.model().get_weights().unwrap()
        );
    }
}

#[test]
fn a_run_that_is_kept_has_them_in_its_events() {
    let folder = tempfile::tempdir().unwrap();
    let run = RunDirectory::create_numbered(folder.path(), "digits").unwrap();
    let path = run.file(RunDirectory::EVENTS);
    let data = mnist_sample().unwrap().train;
    digits().fit(&data, &fit().with_run_directory(run)).unwrap();
    let text = std::fs::read_to_string(path).unwrap();
    for event in ["layers", "samples", "confusion"] {
        assert!(text.contains(&format!(r#""event":"{event}""#)), "{event}");
    }
    for line in text.lines() {
        assert!(serde_json::from_str::<Event>(line).is_ok(), "{line}");
    }
}
