use std::path::Path;

use firebrick_model::layers::{Layer, Rescaling};
use firebrick_model::{Activation, Graph, LoadedWeights, Network, Node, Shape, named_input};

use crate::architecture::Architecture;
use crate::error::ApplicationError;
use crate::loading::Loading;
use crate::origin::Origin;
use crate::pooling::Pooling;
use crate::preprocessing::{Preprocessing, scaled};
use crate::resnet::Depth;
use crate::weight_name::{WeightName, weight_names};
use crate::{mobilenet_v2, mobilenet_v3, resnet};

/// The description of a well-known network for images, Keras' `keras.applications`.
///
/// Its [graph](Self::graph) has the layers and their names as the library has them that it is [of](Origin); what it is for
/// is that [trained weights](Self::load_weights) of that library are taken over by name.
///
/// ```
/// # mod firebrick { pub use firebrick_applications as applications; pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::applications::{Application, Architecture, Origin};
///
/// let application = Application::new(Architecture::MobileNetV2, Origin::Keras, [96, 96, 3]).with_alpha(0.35);
/// let graph = application.graph()?;
/// assert_eq!(graph.output_shapes()?, [[1000]]);
/// assert_eq!(graph.summary()?.num_params(), 1_691_208);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Source
/// <https://keras.io/api/applications/>, <https://docs.pytorch.org/vision/stable/models.html>
#[derive(Clone, Debug, PartialEq)]
pub struct Application {
    architecture: Architecture,
    origin: Origin,
    input_shape: Shape,
    alpha: f64,
    end: End,
    is_preprocessing: bool,
}

/// What leaves the network.
#[derive(Clone, Copy, Debug, PartialEq)]
enum End {
    Classes {
        classes: usize,
        activation: Activation,
    },
    Features(Option<Pooling>),
}

impl Application {
    /// The smallest height and width, Keras'.
    const MIN_SIZE: usize = 32;

    /// Classes of `ImageNet`.
    const CLASSES: usize = 1000;

    /// A network for images of this shape, `[height, width, channels]`, with a top for 1000 classes, which ends in a softmax
    /// where the library's does: Keras', not torchvision's.
    ///
    /// Trained weights are of 3 channels. Sizes other than those it was trained with do, and may be unknown (`None`).
    pub fn new(architecture: Architecture, origin: Origin, input_shape: impl Into<Shape>) -> Self {
        let activation = match origin {
            Origin::Keras => Activation::Softmax,
            Origin::Torchvision => Activation::Linear,
        };
        Self {
            architecture,
            origin,
            input_shape: input_shape.into(),
            alpha: 1.0,
            end: End::Classes {
                classes: Self::CLASSES,
                activation,
            },
            is_preprocessing: true,
        }
    }

    /// Makes the layers of a `MobileNet` so many times as wide, Keras' `alpha`, torchvision's `width_mult`.
    #[must_use = "returns the changed description"]
    pub fn with_alpha(mut self, alpha: f64) -> Self {
        self.alpha = alpha;
        self
    }

    /// Sets the number of classes, and the top's activation: a loss of probabilities wants [`Activation::Softmax`].
    #[must_use = "returns the changed description"]
    pub fn with_classes(mut self, classes: usize, activation: Activation) -> Self {
        self.end = End::Classes {
            classes,
            activation,
        };
        self
    }

    /// Ends in the last maps of features, Keras' `include_top=False`.
    #[must_use = "returns the changed description"]
    pub fn without_top(mut self) -> Self {
        self.end = End::Features(None);
        self
    }

    /// Ends in a number for each of the last maps of features, instead of in classes.
    #[must_use = "returns the changed description"]
    pub fn with_pooling(mut self, pooling: Pooling) -> Self {
        self.end = End::Features(Some(pooling));
        self
    }

    /// Leaves out the scaling of pixels that Keras' `MobileNetV3` begins with, Keras' `include_preprocessing=False`; the others
    /// have none. See [`preprocess_input`](Self::preprocess_input).
    #[must_use = "returns the changed description"]
    pub fn without_preprocessing(mut self) -> Self {
        self.is_preprocessing = false;
        self
    }

    /// Which network it is.
    pub fn architecture(&self) -> Architecture {
        self.architecture
    }

    /// Whose it is.
    pub fn origin(&self) -> Origin {
        self.origin
    }

    /// The network, to be built, to be a layer of another one, or to be cut.
    ///
    /// Its input is called `image`.
    ///
    /// # Errors
    /// A network that Keras does not have, a width that there is not, images that are too small.
    pub fn graph(&self) -> Result<Graph, ApplicationError> {
        self.check()?;
        let image = named_input("image", self.input_shape.clone());
        let features = self.features(&image);
        let end = match self.end {
            End::Features(None) => features,
            End::Features(Some(pooling)) => pooling.on(&features),
            End::Classes {
                classes,
                activation,
            } => self.top(&features, classes, activation),
        };
        Ok(Graph::new([image], [end]).named(self.architecture.name()))
    }

    fn features(&self, image: &Node) -> Node {
        let (alpha, origin) = (self.alpha, self.origin);
        match self.architecture {
            Architecture::ResNet18 => resnet::features(image, Depth::Eighteen, origin),
            Architecture::ResNet50 => resnet::features(image, Depth::Fifty, origin),
            Architecture::MobileNetV2 => mobilenet_v2::features(image, alpha, origin),
            Architecture::MobileNetV3Small if self.scales_itself() => {
                let scaling = Rescaling::new(1.0 / 127.5).with_offset(-1.0);
                mobilenet_v3::features(&scaling.named("rescaling").on(image), alpha, origin)
            }
            Architecture::MobileNetV3Small => mobilenet_v3::features(image, alpha, origin),
        }
    }

    fn top(&self, features: &Node, classes: usize, activation: Activation) -> Node {
        let origin = self.origin;
        match self.architecture {
            Architecture::ResNet18 | Architecture::ResNet50 => {
                resnet::top(features, classes, activation, origin)
            }
            Architecture::MobileNetV2 => mobilenet_v2::top(features, classes, activation, origin),
            Architecture::MobileNetV3Small => {
                mobilenet_v3::top(features, classes, self.alpha, activation, origin)
            }
        }
    }

    /// Whether the network itself begins with what brings pixels into its range.
    fn scales_itself(&self) -> bool {
        self.is_preprocessing
            && self.origin == Origin::Keras
            && self.architecture == Architecture::MobileNetV3Small
    }

    fn check(&self) -> Result<(), ApplicationError> {
        let architecture = self.architecture;
        if self.origin == Origin::Keras && architecture == Architecture::ResNet18 {
            return Err(ApplicationError::NotOfKeras { architecture });
        }
        let expected = if architecture.takes_alpha() {
            "above 0 and at most 10"
        } else {
            "1, because it has no other widths"
        };
        let is_there = if architecture.takes_alpha() {
            self.alpha > 0.0 && self.alpha <= 10.0
        } else {
            (self.alpha - 1.0).abs() < f64::EPSILON
        };
        if !is_there {
            return Err(ApplicationError::Alpha {
                architecture,
                expected,
                received: self.alpha,
            });
        }
        let is_image = match self.input_shape.axes() {
            [height, width, Some(1..)] => [height, width]
                .iter()
                .all(|size| size.is_none_or(|size| size >= Self::MIN_SIZE)),
            _ => false,
        };
        if !is_image {
            return Err(ApplicationError::InputShape {
                architecture,
                received: self.input_shape.to_string(),
            });
        }
        match self.end {
            End::Classes { classes: 0, .. } => Err(ApplicationError::Classes { architecture }),
            _ => Ok(()),
        }
    }

    /// What each weight is called in files of the library, the top's included, in the order of the network.
    ///
    /// For Keras these are the places in a `.weights.h5` or `.keras`; in the older `.h5` weights are called as here.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_applications as applications; }
    /// use firebrick::applications::{Application, Architecture, Origin};
    ///
    /// let names = |origin| Application::new(Architecture::ResNet50, origin, [64, 64, 3]).weight_names();
    /// let first = &names(Origin::Torchvision)?[0];
    /// assert_eq!((first.in_file.as_str(), first.path.as_str()), ("conv1.weight", "conv1/kernel"));
    /// let first = &names(Origin::Keras)?[0];
    /// assert_eq!((first.in_file.as_str(), first.path.as_str()), ("layers/conv2d/vars/0", "conv1_conv/kernel"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`graph`](Self::graph).
    pub fn weight_names(&self) -> Result<Vec<WeightName>, ApplicationError> {
        let graph = self.with_top().graph()?;
        Ok(weight_names(&graph, self.origin)?)
    }

    /// The same with a top, if it has none.
    fn with_top(&self) -> Self {
        match self.end {
            End::Classes { .. } => self.clone(),
            End::Features(_) => self.clone().with_classes(Self::CLASSES, Activation::Linear),
        }
    }

    /// Takes over the weights of a file of the library, into a network that was built of the [graph](Self::graph), that has it
    /// as a layer, or that was cut out of it.
    ///
    /// Of torchvision it is a `.safetensors` of the `state_dict`, of Keras a `.weights.h5`, a `.keras`, or an older `.h5` such
    /// as those that `keras.applications` fetches. Weights of the file that belong to the network of this name and that the
    /// given one does not have, as those of another top, are told of as [`unused`](LoadedWeights::unused). At an error all
    /// weights stay as they are.
    ///
    /// ```no_run
    /// # mod firebrick { pub use firebrick_applications as applications; pub use firebrick_model::{burn, self as models}; }
    /// use firebrick::applications::{Application, Architecture, Origin, Pooling};
    /// use firebrick::burn::tensor::Device;
    ///
    /// let body = Application::new(Architecture::ResNet18, Origin::Torchvision, [224, 224, 3]).with_pooling(Pooling::Average);
    /// let mut network = body.graph()?.build(42, &Device::flex())?;
    /// let loaded = body.load_weights(&mut network, "resnet18.safetensors")?;
    /// println!("{loaded}"); // 100 of 100 weights; left over in the file: fc.weight, fc.bias
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// A file that cannot be read, is damaged or of another network; a network that does not have this one.
    pub fn load_weights(
        &self,
        network: &mut Network,
        path: impl AsRef<Path>,
    ) -> Result<LoadedWeights, ApplicationError> {
        let graph = self.with_top().graph()?;
        Loading::new(&graph, path.as_ref(), self.origin)?.into_network(network)
    }

    /// Brings pixels, red, green and blue from 0 to 255, into the range that trained weights expect, Keras'
    /// `preprocess_input` of the network, torchvision's `Normalize` after `ToTensor`. Keras' `ResNet50` takes them as blue, green
    /// and red, which is the order that they have afterwards.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_applications as applications; }
    /// use firebrick::applications::{Application, Architecture, Origin};
    ///
    /// let mut pixels = [0.0, 127.5, 255.0];
    /// Application::new(Architecture::MobileNetV2, Origin::Keras, [96, 96, 3]).preprocess_input(&mut pixels);
    /// assert_eq!(pixels, [-1.0, 0.0, 1.0]);
    /// ```
    pub fn preprocess_input(&self, pixels: &mut [f32]) {
        let preprocessing = match (self.origin, self.architecture) {
            (Origin::Torchvision, _) => Preprocessing::Normalized,
            (Origin::Keras, Architecture::ResNet18 | Architecture::ResNet50) => {
                Preprocessing::Centered
            }
            (Origin::Keras, _) if self.scales_itself() => return,
            (Origin::Keras, _) => Preprocessing::Symmetric,
        };
        scaled(pixels, preprocessing);
    }
}
