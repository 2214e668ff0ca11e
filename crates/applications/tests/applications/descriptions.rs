//! What a description refuses, and what comes of it.

use firebrick_applications::{Application, Architecture, BertEncoder, Origin, Pooling};
use firebrick_model::{Activation, Shape};

fn mobilenet(origin: Origin) -> Application {
    Application::new(Architecture::MobileNetV2, origin, [32, 32, 3])
}

fn error(application: &Application) -> String {
    application.graph().unwrap_err().to_string()
}

#[test]
fn what_cannot_be_says_what_can() {
    for (application, text) in [
        (
            Application::new(Architecture::ResNet18, Origin::Keras, [32, 32, 3]),
            "Keras has no resnet18, expected one of torchvision's; choose `Origin::Torchvision`, or resnet50",
        ),
        (
            mobilenet(Origin::Keras).with_alpha(0.0),
            "mobilenet_v2: alpha should be above 0 and at most 10, received 0",
        ),
        (
            mobilenet(Origin::Keras).with_alpha(f64::NAN),
            "mobilenet_v2: alpha should be above 0 and at most 10, received NaN",
        ),
        (
            Application::new(Architecture::ResNet50, Origin::Keras, [32, 32, 3]).with_alpha(0.5),
            "resnet50: alpha should be 1, because it has no other widths, received 0.5",
        ),
        (
            Application::new(Architecture::ResNet50, Origin::Keras, [28, 28, 1]),
            "resnet50 takes images [height, width, channels] of at least 32 by 32, received [28, 28, 1]; enlarge them",
        ),
        (
            Application::new(Architecture::ResNet50, Origin::Keras, [784]),
            "resnet50 takes images [height, width, channels] of at least 32 by 32, received [784]; enlarge them",
        ),
        (
            mobilenet(Origin::Torchvision).with_classes(0, Activation::Linear),
            "mobilenet_v2 should have at least 1 class, received 0; leave the top away by `without_top`",
        ),
    ] {
        assert_eq!(error(&application), text);
    }
}

#[test]
fn an_encoder_that_cannot_be_says_what_can() {
    let config = |text: &str| BertEncoder::from_config(text, 8).unwrap_err().to_string();
    assert_eq!(
        config(r#"{"hidden_size": 30, "num_attention_heads": 4}"#),
        "encoder: hidden_size should be a multiple of the 4 heads, received 30"
    );
    assert_eq!(
        config(r#"{"num_hidden_layers": 1000000000}"#),
        "encoder: num_hidden_layers should be from 1 to 1000, received 1000000000"
    );
    assert_eq!(
        config(r#"{"position_embedding_type": "relative_key"}"#),
        "encoder: position_embedding_type should be absolute, received relative_key"
    );
    assert!(config(r#"{"hidden_act": "gelo"}"#).contains("did you mean `gelu`?"));
    assert!(config("{").starts_with("`config.json` of a BertModel cannot be read: "));
    let long = BertEncoder::new(513).graph().unwrap_err().to_string();
    assert_eq!(
        long,
        "encoder: sequence_length should be from 1 to 512, the max_position_embeddings, received 513"
    );
}

#[test]
fn all_networks_have_as_many_weights_as_the_libraries_say() {
    // `count_params()` of Keras, the sum of `numel()` of the parameters of torchvision, and of its moving statistics.
    for (architecture, origin, expected) in [
        (Architecture::ResNet50, Origin::Keras, 25_636_712),
        (Architecture::MobileNetV2, Origin::Keras, 3_538_984),
        (Architecture::MobileNetV3Small, Origin::Keras, 2_554_968),
        (
            Architecture::ResNet18,
            Origin::Torchvision,
            11_689_512 + 9_600,
        ),
        (
            Architecture::ResNet50,
            Origin::Torchvision,
            25_557_032 + 53_120,
        ),
        (
            Architecture::MobileNetV2,
            Origin::Torchvision,
            3_504_872 + 34_112,
        ),
        (
            Architecture::MobileNetV3Small,
            Origin::Torchvision,
            2_542_856 + 12_112,
        ),
    ] {
        let graph = Application::new(architecture, origin, [224, 224, 3])
            .graph()
            .unwrap();
        let params = graph.summary().unwrap().num_params();
        assert_eq!(params, expected, "{architecture} of {origin}");
    }
}

#[test]
fn odd_and_unknown_sizes_give_the_shapes_of_the_libraries() {
    for origin in Origin::ALL {
        for architecture in Architecture::ALL {
            let application = |shape: Shape| Application::new(*architecture, *origin, shape);
            if application([33, 47, 3].into()).graph().is_err() {
                assert_eq!(
                    (*architecture, *origin),
                    (Architecture::ResNet18, Origin::Keras)
                );
                continue;
            }
            let features = application([33, 47, 3].into())
                .without_top()
                .graph()
                .unwrap();
            let channels = match architecture {
                Architecture::ResNet18 => 512,
                Architecture::ResNet50 => 2048,
                Architecture::MobileNetV2 => 1280,
                _ => 576,
            };
            assert_eq!(features.output_shapes().unwrap(), [[2, 2, channels]]);
            let unknown = application([None, None, Some(3)].into()).with_pooling(Pooling::Average);
            let shapes = unknown.graph().unwrap().output_shapes().unwrap();
            assert_eq!(shapes, [[channels]]);
        }
    }
}
