use firebrick_model::Node;
use firebrick_model::layers::{GlobalAveragePooling2D, GlobalMaxPooling2D, Layer};

/// What is made of the last maps of features, Keras' `pooling`.
///
/// ```
/// # mod firebrick { pub use firebrick_applications as applications; }
/// use firebrick::applications::{Application, Architecture, Origin, Pooling};
///
/// let body = Application::new(Architecture::ResNet18, Origin::Torchvision, [64, 64, 3]);
/// assert_eq!(body.clone().without_top().graph()?.output_shapes()?, [[2, 2, 512]]);
/// assert_eq!(body.with_pooling(Pooling::Max).graph()?.output_shapes()?, [[512]]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Pooling {
    /// The mean of each map, Keras' `avg`.
    Average,
    /// The largest of each map.
    Max,
}

impl Pooling {
    pub(crate) fn on(self, features: &Node) -> Node {
        match self {
            Self::Average => GlobalAveragePooling2D::new().named("avg_pool").on(features),
            Self::Max => GlobalMaxPooling2D::new().named("max_pool").on(features),
        }
    }
}
