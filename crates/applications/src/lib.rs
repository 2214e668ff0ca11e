//! Well-known networks, whose trained weights come from the files of others: Keras' `keras.applications`.
//!
//! It stands apart from `firebrick-model`, which knows layers and no network in particular, and from `firebrick-formats`,
//! which knows files and no network either.
//!
//! ```
//! # mod firebrick { pub use firebrick_applications as applications; pub use firebrick_model::{burn, layers, self as models}; }
//! use firebrick::applications::{Application, Architecture, Origin, Pooling};
//! use firebrick::burn::tensor::Device;
//! use firebrick::layers::{Dense, Layer};
//! use firebrick::models::{Activation, Graph, input};
//!
//! // A body as torchvision has it, and a head for ten classes.
//! let body = Application::new(Architecture::MobileNetV3Small, Origin::Torchvision, [64, 64, 3])
//!     .with_pooling(Pooling::Average);
//! let picture = input([64, 64, 3]);
//! let features = body.graph()?.named("body").on(&picture);
//! let answers = Dense::new(10).with_activation(Activation::Softmax).named("head").on(features);
//! let network = Graph::new([picture], [answers]);
//! # let _ = |network: Graph| -> Result<(), Box<dyn std::error::Error>> {
//! let mut network = network.build(42, &Device::flex())?;
//! println!("{}", body.load_weights(&mut network, "mobilenet_v3_small.safetensors")?);
//! let network = network.freeze_layer("body")?;
//! # Ok(()) };
//! # assert_eq!(network.output_shapes()?, [[10]]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod application;
mod architecture;
mod bert_config;
mod bert_encoder;
mod blocks;
mod channels;
mod error;
mod loading;
mod mobilenet_v2;
mod mobilenet_v3;
mod origin;
mod pooling;
mod preprocessing;
mod resnet;
mod weight_name;

pub use application::Application;
pub use architecture::Architecture;
pub use bert_encoder::BertEncoder;
pub use error::ApplicationError;
pub use origin::Origin;
pub use pooling::Pooling;
pub use weight_name::WeightName;
