//! What the networks say, with weights that a formula gives.

use firebrick_applications::{Application, Architecture, Origin};
use firebrick_model::Activation;
use firebrick_model::burn::tensor::{Device, Tensor, TensorData};
use serde::Deserialize;

use crate::formula;

#[derive(Deserialize)]
struct Goldens {
    size: usize,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    architecture: String,
    origin: String,
    alpha: f64,
    output: Vec<f32>,
}

fn check(architecture: Architecture, origin: Origin) {
    let goldens: Goldens = serde_json::from_str(include_str!("../data/applications.json")).unwrap();
    let cases = goldens.cases.iter().filter(|case| {
        case.architecture.parse::<Architecture>().unwrap() == architecture
            && case.origin.parse::<Origin>().unwrap() == origin
    });
    let mut checked = 0;
    for case in cases {
        let shape = [goldens.size, goldens.size, 3];
        let application = Application::new(architecture, origin, shape)
            .with_alpha(case.alpha)
            .with_classes(case.output.len(), Activation::Linear);
        let device = Device::flex();
        let mut network = application.graph().unwrap().build(1, &device).unwrap();
        formula::fill(&mut network);
        #[expect(
            clippy::cast_possible_truncation,
            reason = "inputs are of single precision"
        )]
        let pixels: Vec<f32> = formula::uniform("image", shape.iter().product())
            .map(|u| (u * 4.0) as f32)
            .collect();
        let image = TensorData::new(pixels, [1, goldens.size, goldens.size, 3]);
        let image = Tensor::<4>::from_data(image, &device);
        let output = network.predict(image).unwrap().into_vec().unwrap();
        let largest = case
            .output
            .iter()
            .fold(0.0_f32, |most, value| most.max(value.abs()));
        for (own, theirs) in output.iter().zip(&case.output) {
            let is_near = (own - theirs).abs() <= 1e-4 * largest;
            assert!(
                is_near,
                "alpha {}: {output:?}, expected {:?}",
                case.alpha, case.output
            );
        }
        assert_eq!(output.len(), case.output.len());
        checked += 1;
    }
    assert!(
        checked > 0,
        "there are no numbers of {origin} for {architecture}"
    );
}

#[test]
fn resnet50_says_what_it_says_in_keras() {
    check(Architecture::ResNet50, Origin::Keras);
}

#[test]
fn mobilenet_v2_says_what_it_says_in_keras() {
    check(Architecture::MobileNetV2, Origin::Keras);
}

#[test]
fn mobilenet_v3_small_says_what_it_says_in_keras() {
    check(Architecture::MobileNetV3Small, Origin::Keras);
}

#[test]
fn resnet18_says_what_it_says_in_torchvision() {
    check(Architecture::ResNet18, Origin::Torchvision);
}

#[test]
fn resnet50_says_what_it_says_in_torchvision() {
    check(Architecture::ResNet50, Origin::Torchvision);
}

#[test]
fn mobilenet_v2_says_what_it_says_in_torchvision() {
    check(Architecture::MobileNetV2, Origin::Torchvision);
}

#[test]
fn mobilenet_v3_small_says_what_it_says_in_torchvision() {
    check(Architecture::MobileNetV3Small, Origin::Torchvision);
}
