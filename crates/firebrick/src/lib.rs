//! A Keras-style deep-learning framework on Burn: describe a network, compile it, watch it learn
//! in the terminal, and use it from an app of your own.
//!
//! This crate is the facade: it re-exports the crates below it and has no logic of its own.
//! An app that only predicts depends on [`firebrick_model`] alone.
//!
//! ```
//! use firebrick::prelude::*;
//!
//! let device = DeviceName::Auto.select()?.device;
//! let model = MlpConfig::new(784, 10).with_hidden([128, 64]).init(42, &device)?;
//! println!("{model}");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

// The README and the chapters of the book: each of their blocks of Rust is compiled and run as a doctest. That none is
// forgotten, `scripts/check_book.py` makes sure of.
#[cfg(doctest)]
mod book {
    macro_rules! chapters {
        ($($name:ident: $path:literal,)+) => {
            $(
                #[doc = include_str!($path)]
                struct $name;
            )+
        };
    }

    chapters! {
        Readme: "../../../README.md",
        GettingStarted: "../../../docs/getting-started.md",
        FromKeras: "../../../docs/keras.md",
        Layers: "../../../docs/layers.md",
        Graphs: "../../../docs/graphs.md",
        Transfer: "../../../docs/transfer.md",
        Applications: "../../../docs/applications.md",
        Data: "../../../docs/data.md",
        Training: "../../../docs/training.md",
        Control: "../../../docs/control.md",
        Resume: "../../../docs/resume.md",
        Saving: "../../../docs/saving.md",
        Apps: "../../../docs/apps.md",
        Speed: "../../../docs/speed.md",
        Extending: "../../../docs/extending.md",
    }
}

/// Burn itself, in the version this crate is built on.
pub use burn;

#[doc(inline)]
pub use firebrick_applications as applications;
#[cfg(feature = "tui")]
#[doc(inline)]
pub use firebrick_dashboard as dashboards;
#[doc(inline)]
pub use firebrick_formats as formats;
#[doc(inline)]
pub use firebrick_model::layers;
#[doc(inline)]
pub use firebrick_recipe as recipes;
#[doc(inline)]
pub use firebrick_session as sessions;
#[doc(inline)]
pub use firebrick_spec as specs;
#[doc(inline)]
pub use firebrick_tensor::devices;
#[doc(inline)]
pub use firebrick_trainer::{callbacks, losses, metrics};
#[doc(inline)]
pub use firebrick_vocabulary as vocabulary;

// Like `pub use CRATE as NAME`, but for the `burn` in there, of which rustdoc would make a copy of all pages, a gigabyte in all.
macro_rules! modules {
    ($($(#[$doc:meta])* $name:ident: $from:ident,)+) => {
        $(
            $(#[$doc])*
            #[expect(hidden_glob_reexports, reason = "that is what it is for")]
            pub mod $name {
                #[doc(inline)]
                pub use $from::*;
                mod burn {}
            }
        )+
    };
}

modules! {
    /// Data sets and what reads, divides and prepares them.
    datasets: firebrick_data,
    /// Networks: how they are described, built, asked and saved.
    models: firebrick_model,
    /// Learning rates that change while a network learns.
    schedules: firebrick_scheduler,
    /// Compile, fit, evaluate and predict.
    training: firebrick_trainer,
}

/// Pictures of histories.
pub mod curves {
    pub use firebrick_plot::{
        Curve, CurvesError, DEFAULT_CURVES_SIZE, Mark, Panel, Scale, Stroke, curves_size,
        render_curves,
    };
    pub use firebrick_trainer::{draw_curves, run_panels};
}

/// Pictures of networks, or of other boxes and arrows.
pub mod diagrams {
    pub use firebrick_plot::{Arrow, Block, Diagram, DiagramError, Direction, render_diagram};
    pub use firebrick_trainer::{ModelDiagram, plot_model};
}

/// What most programs use: one import for a network of Keras' layers, and for one of your own as well, because the
/// derive of Burn's [`Module`](burn::module::Module) needs `burn` in scope beside the trait.
///
/// ```
/// use firebrick::prelude::*;
///
/// /// Two layers whose outputs are added.
/// #[derive(Module, Debug)]
/// struct TwoPaths {
///     left: burn::nn::Linear,
///     right: burn::nn::Linear,
/// }
///
/// impl Model for TwoPaths {
///     fn forward(&self, inputs: AnyTensor) -> Result<AnyTensor, ModelError> {
///         let x: Tensor<2> = inputs.into_rank()?;
///         Ok((self.left.forward(x.clone()) + self.right.forward(x).tanh()).into())
///     }
/// }
///
/// let device = DeviceName::Flex.select()?.device;
/// let linear = burn::nn::LinearConfig::new(2, 1);
/// let model = TwoPaths { left: linear.init(&device), right: linear.init(&device) };
/// let data = ArrayDataset::new([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0.0, 1.0, 1.0, 2.0])?;
/// let mut trainer = Compile::new(Optimizer::adam(), MeanSquaredError::new()).with_learning_rate(0.1).model(model);
/// trainer.fit(&data, &Fit::new(200).with_display(Display::Quiet))?;
/// let sum = trainer.predict(Tensor::<2>::from_floats([[1.0, 1.0]], &device))?.into_vec()?;
/// assert!((sum[0] - 2.0).abs() < 0.1, "{sum:?}");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub mod prelude {
    pub use burn::{
        self,
        module::Module,
        tensor::{Device, Tensor},
    };

    pub use crate::datasets::{
        ArrayDataset, CsvSource, DataSource, ValidationSplit, load, mnist_sample,
    };
    pub use crate::devices::DeviceName;
    pub use crate::layers::Layer;
    pub use crate::losses::{Loss, MeanSquaredError, SparseCategoricalCrossentropy};
    pub use crate::metrics::Metric;
    pub use crate::models::{
        Activation, AnyModel, AnyTensor, Graph, Mlp, MlpConfig, Model, ModelError, Network,
        SavedModel, Sequential, input, save_model,
    };
    pub use crate::schedules::{Constant, ScheduleSpec, TimeBased};
    pub use crate::training::{Compile, Display, Fit, History, Optimizer, Trainer};
}
