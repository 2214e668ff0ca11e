//! Weights of files, by name.

use std::path::Path;

use firebrick_applications::{Application, Architecture, Origin, Pooling};
use firebrick_formats::safetensors::{self, Names};
use firebrick_formats::{Format, keras};
use firebrick_model::burn::tensor::Device;
use firebrick_model::layers::{Dense, Layer};
use firebrick_model::{Activation, Graph, Model, Network, input};

use crate::formula;

/// A small one, with a top for 5 classes.
fn small(origin: Origin) -> Application {
    Application::new(Architecture::MobileNetV3Small, origin, [32, 32, 3])
        .with_alpha(0.1)
        .with_classes(5, Activation::Softmax)
}

/// Writes what the library would, by the code of `formats`, which knows layers and not these networks.
fn written(application: &Application, path: &Path) -> Network {
    let graph = application.graph().unwrap();
    let mut network = graph.build(1, &Device::flex()).unwrap();
    formula::fill(&mut network);
    match application.origin() {
        Origin::Keras => keras::save_weights(&network, path),
        _ => safetensors::save(&network, path, Names::PyTorch),
    }
    .unwrap();
    network
}

fn file_name(origin: Origin) -> &'static str {
    match origin {
        Origin::Keras => "small.weights.h5",
        _ => "small.safetensors",
    }
}

#[test]
fn names_in_files_are_those_that_the_description_tells() {
    let folder = tempfile::tempdir().unwrap();
    for origin in Origin::ALL {
        let path = folder.path().join(file_name(*origin));
        let network = written(&small(*origin), &path);
        let values = Format::of(&path).unwrap().read_weights(&path).unwrap();
        let names = small(*origin)
            .with_pooling(Pooling::Max)
            .weight_names()
            .unwrap();
        let mut in_file: Vec<&str> = names.iter().map(|name| name.in_file.as_str()).collect();
        in_file.sort_unstable();
        assert_eq!(
            in_file,
            values.keys().map(String::as_str).collect::<Vec<_>>()
        );
        for name in &names {
            let size = network.weight(&name.path).unwrap().values().len();
            assert_eq!(values[&name.in_file].values().len(), size, "{}", name.path);
        }
    }
}

#[test]
fn a_file_gives_a_network_its_weights() {
    let folder = tempfile::tempdir().unwrap();
    for origin in Origin::ALL {
        let path = folder.path().join(file_name(*origin));
        let saved = written(&small(*origin), &path);
        let graph = small(*origin).graph().unwrap();
        let mut network = graph.build(2, &Device::flex()).unwrap();
        let loaded = small(*origin).load_weights(&mut network, &path).unwrap();
        assert_eq!(network.get_weights().unwrap(), saved.get_weights().unwrap());
        let all = saved.get_weights().unwrap().len();
        assert_eq!(loaded.to_string(), format!("{all} of {all} weights"));
    }
}

#[test]
fn a_body_in_a_network_takes_its_part() {
    let folder = tempfile::tempdir().unwrap();
    for origin in Origin::ALL {
        let path = folder.path().join(file_name(*origin));
        let saved = written(&small(*origin), &path);
        let body = small(*origin).with_pooling(Pooling::Average);
        let picture = input([32, 32, 3]);
        let features = body.graph().unwrap().named("body").on(&picture);
        let answers = Dense::new(3).named("head").on(features);
        let network = Graph::new([picture], [answers]);
        let mut network = network.build(2, &Device::flex()).unwrap();
        let head = network.weight("head/kernel").unwrap();
        let loaded = body.load_weights(&mut network, &path).unwrap();
        assert_eq!(loaded.missing, ["head/kernel", "head/bias"]);
        assert_eq!(loaded.unused.len(), 4, "{loaded}");
        assert_eq!(network.weight("head/kernel").unwrap(), head);
        for path in &loaded.taken {
            let own = path.strip_prefix("body/").unwrap();
            assert_eq!(network.weight(path).unwrap(), saved.weight(own).unwrap());
        }
    }
}

#[test]
fn a_network_with_a_body_is_saved_and_read_again() {
    let folder = tempfile::tempdir().unwrap();
    for origin in Origin::ALL {
        let body = small(*origin).with_pooling(Pooling::Max).graph().unwrap();
        let picture = input([32, 32, 3]);
        let answers = Dense::new(3).on(body.named("body").on(&picture));
        let network = Graph::new([picture], [answers]);
        let mut network = network.build(2, &Device::flex()).unwrap();
        formula::fill(&mut network);
        let path = folder.path().join("model.bpk");
        firebrick_model::save_model(&network, &path).unwrap();
        let saved = firebrick_model::SavedModel::read(&path).unwrap();
        let own = saved.into_network(&Device::flex()).unwrap();
        let path = folder.path().join("model.keras");
        keras::save(&network, &path).unwrap();
        let of_keras = keras::load(&path, &Device::flex()).unwrap();
        for read in [own, of_keras] {
            assert_eq!(read.get_weights().unwrap(), network.get_weights().unwrap());
            assert!(
                read.weight_paths()
                    .iter()
                    .any(|weight| weight.path.starts_with("body/"))
            );
        }
    }
}

#[test]
fn a_part_takes_what_it_has() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("small.safetensors");
    let application = small(Origin::Torchvision);
    let saved = written(&application, &path);
    let graph = application
        .graph()
        .unwrap()
        .with_outputs(["features.3.add"])
        .unwrap();
    let mut part = graph.build(2, &Device::flex()).unwrap();
    let loaded = application.load_weights(&mut part, &path).unwrap();
    let weight = "features.3.block.0.0/kernel";
    assert_eq!(part.weight(weight).unwrap(), saved.weight(weight).unwrap());
    assert!(
        loaded
            .unused
            .contains(&"features.4.block.0.0.weight".to_owned())
    );
}

#[test]
fn a_file_of_another_network_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("small.safetensors");
    written(&small(Origin::Torchvision), &path);
    let error = |application: &Application, path: &Path| {
        let mut network = application
            .graph()
            .unwrap()
            .build(2, &Device::flex())
            .unwrap();
        let before = network.get_weights().unwrap();
        let error = application.load_weights(&mut network, path).unwrap_err();
        assert_eq!(network.get_weights().unwrap(), before);
        error.to_string()
    };
    let wider = small(Origin::Torchvision).with_alpha(0.5);
    let text = error(&wider, &path);
    assert!(
        text.contains("weight `features.2.block.0.0/kernel`"),
        "{text}"
    );
    assert!(text.contains("should have the shape"), "{text}");
    let other_top = small(Origin::Torchvision).with_classes(7, Activation::Softmax);
    let text = error(&other_top, &path);
    assert!(
        text.contains("weight `classifier.3/kernel` should have the shape [104, 7], at `classifier.3.weight` there is [5, 104]"),
        "{text}"
    );
    let v2 = Application::new(Architecture::MobileNetV2, Origin::Torchvision, [32, 32, 3])
        .with_alpha(0.1);
    assert!(error(&v2, &path).contains("`features.1.conv.0.0/kernel` is missing"));
    let text = error(&small(Origin::Keras), &path);
    assert!(
        text.ends_with(
            "should end in .weights.h5, .keras or .h5, which is what weights of Keras lie in"
        ),
        "{text}"
    );
    let text = error(&small(Origin::Keras), &folder.path().join("none.h5"));
    assert!(text.contains("cannot read it"), "{text}");
}

#[test]
fn a_network_without_the_body_or_with_two_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("small.safetensors");
    let application = small(Origin::Torchvision);
    written(&application, &path);
    let graph = application.graph().unwrap();
    let picture = input([32, 32, 3]);
    let one = graph.clone().named("one").on(&picture);
    let other = graph.named("other").on(&picture);
    let both = Graph::new([picture], [one, other]);
    let mut both = both.build(1, &Device::flex()).unwrap();
    let error = application.load_weights(&mut both, &path).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("has `features.0.0/kernel` 2 times"),
        "{error}"
    );
    let mut none = firebrick_model::Sequential::new([4])
        .add(Dense::new(3))
        .build(1, &Device::flex())
        .unwrap();
    let error = application.load_weights(&mut none, &path).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("has no weight `features.0.0/kernel`"),
        "{error}"
    );
}
