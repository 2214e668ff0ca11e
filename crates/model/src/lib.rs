//! Neural networks one can describe, build, run and save.
//!
//! This crate stands apart from training on purpose: an app that only predicts depends on it
//! alone and gets neither a training loop nor a terminal dashboard nor a command line.
//!
//! ```
//! use firebrick_model::{Activation, DeviceName, MlpConfig};
//!
//! let device = DeviceName::Flex.select()?.device;
//! let model = MlpConfig::new(784, 10)
//!     .with_hidden([128, 64])
//!     .with_activation(Activation::Sigmoid)
//!     .init(42, &device)?;
//! assert_eq!(model.summary().num_params(), 109_386);
//! # Ok::<(), firebrick_model::ModelError>(())
//! ```

mod activation;
mod any_model;
mod atomic_file;
mod constraint;
mod deviates;
mod draws;
mod error;
mod graph;
mod host_forward;
mod host_inference;
mod host_pass;
mod initializer;
mod layer;
mod layer_problem;
pub mod layers;
mod limits;
mod mlp;
mod mlp_config;
mod mode;
mod model;
mod model_card;
mod model_size;
mod network;
mod predictor;
mod regularizer;
mod saved_model;
mod seal;
mod shape;
mod signal;
mod single;
mod summary;
mod text_form;
mod weight_paths;
mod ziggurat;

/// Burn itself, in the version this crate is built on.
pub use burn;
/// Kernels over plain memory, for layers of one's own that have a [`HostForm`](layers::HostForm).
pub use firebrick_host as host;

// What an app that predicts needs of tensors and devices.
pub use firebrick_tensor::{
    AnyTensor, Axes, DeviceCheck, DeviceName, DeviceStatus, FoundDevice, SelectedDevice,
    TensorError, catch_panic, check_device, device_statuses, machine_memory,
};

pub use activation::Activation;
pub use any_model::AnyModel;
pub use atomic_file::{AtomicFile, folder_of, is_same_file, remove_abandoned_files, write_whole};
pub use constraint::Constraint;
pub use draws::Draws;
pub use error::{Arrival, ModelError};
pub use firebrick_spec::{did_you_mean, nearest_name, shortened, visible};
pub use graph::{
    Graph, GraphInput, GraphLayer, LayerKey, Lora, NamedLayer, Outline, OutlineNode, Sequential,
};
pub use host_inference::HostInference;
pub use host_pass::{GradientSink, HostOutput, HostPass};
pub use initializer::{FanMode, Initializer, ScalingDistribution, SeededInitializer};
pub use layer::{Call, IntoNodes, NoHostForm, Node, input, named_input, text_input};
pub use mlp::Mlp;
pub use mlp_config::MlpConfig;
pub use mode::Mode;
pub use model::{Answers, DeadUnits, Model};
pub use model_card::ModelCard;
pub use model_size::ModelSize;
pub use network::{Network, WeightValue};
pub use predictor::{Predictor, load};
pub use regularizer::{OrthogonalMode, Regularizer};
pub use saved_model::{
    LoadWeights, LoadedWeights, SavedModel, WeightMismatch, save_card, save_model, save_weights,
};
pub use seal::{Seal, check_seal, seal};
pub use shape::Shape;
pub use signal::{Signal, Signals};
pub use summary::{LayerSummary, Summary, readable_bytes};
pub use weight_paths::WeightPath;
