//! What flows from layer to layer.

use firebrick_model::Shape;

/// Where the channels of a value are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    /// At the end, as in Keras.
    ChannelsLast,
    /// After the batch, as the convolutions of ONNX want them.
    ChannelsFirst,
}

/// The output of an operator, or an input of the network.
#[derive(Clone, Debug)]
pub(super) struct Value {
    pub(super) name: String,
    /// Of a sample with its channels last, wherever they are.
    pub(super) shape: Shape,
    pub(super) layout: Layout,
    /// Whether it holds whole numbers instead of floats.
    pub(super) is_int: bool,
    /// Which steps count, as truth values `[N, steps]`.
    pub(super) mask: Option<String>,
}

impl Value {
    /// Floats with their channels last.
    pub(super) fn new(name: String, shape: Shape) -> Self {
        Self {
            name,
            shape,
            layout: Layout::ChannelsLast,
            is_int: false,
            mask: None,
        }
    }

    /// Floats with their channels after the batch.
    pub(super) fn channels_first(name: String, shape: Shape) -> Self {
        Self {
            layout: Layout::ChannelsFirst,
            ..Self::new(name, shape)
        }
    }

    /// The same place in the flow with other values.
    pub(super) fn with_name(&self, name: String) -> Self {
        Self {
            name,
            ..self.clone()
        }
    }

    /// Where the first axis between batch and channels is.
    pub(super) fn first_place(&self) -> usize {
        match self.layout {
            Layout::ChannelsLast => 1,
            Layout::ChannelsFirst => 2,
        }
    }

    /// Where the channels are.
    pub(super) fn channel_axis(&self) -> i64 {
        match self.layout {
            Layout::ChannelsLast => -1,
            Layout::ChannelsFirst => 1,
        }
    }

    /// The sizes of the axes between batch and channels.
    pub(super) fn places(&self) -> &[Option<usize>] {
        let axes = self.shape.axes();
        &axes[..axes.len().saturating_sub(1)]
    }
}
