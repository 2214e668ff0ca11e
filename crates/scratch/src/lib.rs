//! A multi-layer perceptron and its backpropagation, written out.
//!
//! It stands apart from the framework, and uses nothing of it, so that the two can check each other: no automatic
//! differentiation, no tensor library, only the matrix products of `ndarray`. The derivation of every formula, in the
//! names of this code, is `docs/backpropagation.md`; the heart is one file, `backpropagation.rs`.
//!
//! The network is the classifier of a first course: dense layers with a [sigmoid or `ReLU`](Activation) between them, a
//! softmax at the end, the mean squared error, gradient descent by mini-batches.
//!
//! ```
//! use std::ops::ControlFlow;
//!
//! use firebrick_scratch::{Activation, Fit, Network, Samples};
//! use ndarray::array;
//!
//! // Exclusive or: the class is 1 where exactly one input is.
//! let inputs = array![[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]];
//! let samples = Samples::new(&inputs, [0_u8, 1, 1, 0], 2)?;
//!
//! let mut network = Network::<f64>::new(&[2, 8, 2], Activation::Sigmoid, 42)?;
//! let fit = Fit { epochs: 500, batch_size: 1, learning_rate: 2.0, seed: 42 };
//! network.fit(&samples, None, &fit, |_| ControlFlow::Continue(()))?;
//! assert_eq!(network.evaluate(&samples)?.accuracy(), 1.0);
//! # Ok::<(), firebrick_scratch::ScratchError>(())
//! ```

mod activation;
mod backpropagation;
mod element;
mod epoch_order;
mod error;
mod evaluation;
mod figures;
mod fit;
mod glorot_uniform;
mod gradients;
mod layer;
mod network;
mod samples;
mod softmax;
mod training;

pub use activation::Activation;
pub use element::Element;
pub use epoch_order::epoch_order;
pub use error::{Place, ScratchError};
pub use figures::Figures;
pub use fit::{EpochFigures, Fit};
pub use gradients::{Gradients, LayerGradient};
pub use layer::Layer;
pub use network::Network;
pub use samples::Samples;
pub use training::Progress;
