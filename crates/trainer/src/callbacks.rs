//! Keras' callbacks, one a file.

mod swap_ema_weights;

pub use swap_ema_weights::SwapEmaWeights;
