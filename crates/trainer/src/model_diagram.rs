//! Pictures of networks.

use std::path::Path;

use firebrick_model::{Outline, OutlineNode, Shape, write_whole};
use firebrick_plot::{Arrow, Block, Diagram, DiagramError, Direction, render_diagram};

/// What a picture of a network shows, with the names of Keras' `plot_model`.
///
/// Unlike there, shapes, names and activations are shown unless one says otherwise: a picture of kinds alone says little.
///
/// ```
/// use firebrick::diagrams::{Direction, ModelDiagram};
/// use firebrick::layers::Dense;
/// use firebrick::models::Sequential;
///
/// let outline = Sequential::new([4]).add(Dense::new(3)).as_line().outline()?;
/// let style = ModelDiagram { rankdir: Direction::Right, ..ModelDiagram::default() };
/// let diagram = style.diagram(&outline);
/// assert_eq!(diagram.blocks[1].title, "dense");
/// assert_eq!(diagram.blocks[1].lines[1], ("output".to_owned(), "(None, 3)".to_owned()));
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "they are Keras' arguments, each for itself"
)]
pub struct ModelDiagram {
    /// The shapes that enter and leave.
    pub show_shapes: bool,
    /// The names of the layers.
    pub show_layer_names: bool,
    /// The activations of the layers.
    pub show_layer_activations: bool,
    /// Whether training moves a layer's weights.
    pub show_trainable: bool,
    /// What networks within the network consist of.
    pub expand_nested: bool,
    /// Where the arrows lead to.
    pub rankdir: Direction,
}

impl Default for ModelDiagram {
    fn default() -> Self {
        Self {
            show_shapes: true,
            show_layer_names: true,
            show_layer_activations: true,
            show_trainable: false,
            expand_nested: false,
            rankdir: Direction::Down,
        }
    }
}

impl ModelDiagram {
    /// The boxes and arrows of a network: one box for each input and each call of a layer.
    pub fn diagram(self, outline: &Outline) -> Diagram {
        let arrows = outline.nodes.iter().enumerate().flat_map(|(to, node)| {
            let from = node.takes_from.iter();
            from.map(move |&from| Arrow { from, to })
        });
        Diagram {
            blocks: outline.nodes.iter().map(|node| self.block(node)).collect(),
            arrows: arrows.collect(),
            direction: self.rankdir,
        }
    }

    fn block(self, node: &OutlineNode) -> Block {
        let activation = node
            .activation
            .as_ref()
            .filter(|_| self.show_layer_activations);
        let kind = match activation {
            Some(activation) => format!("{}, {activation}", node.class_name),
            None => node.class_name.clone(),
        };
        let (title, subtitle) = if self.show_layer_names {
            (node.name.clone(), kind)
        } else {
            (kind, String::new())
        };
        let mut lines = Vec::new();
        if let (call, calls @ 2..) = node.call {
            lines.push(("shared".to_owned(), format!("call {call} of {calls}")));
        }
        for argument in &node.arguments {
            lines.push(("call".to_owned(), argument.clone()));
        }
        if self.show_shapes {
            if !node.input_shapes.is_empty() {
                lines.push(("input".to_owned(), shapes(&node.input_shapes)));
            }
            lines.push(("output".to_owned(), shapes(&node.output_shapes)));
        }
        if self.show_trainable && node.num_params > 0 {
            let answer = if node.is_trainable { "yes" } else { "no" };
            lines.push(("trainable".to_owned(), answer.to_owned()));
        }
        let inside = node.inside.as_ref().filter(|_| self.expand_nested);
        Block {
            title,
            subtitle,
            lines,
            hue: hue(&node.class_name),
            inside: inside.map(|inside| self.diagram(inside)),
        }
    }
}

/// As Keras writes them, `(None, 28, 28, 1)`, with the open batch axis.
fn shapes(shapes: &[Shape]) -> String {
    let text = |shape: &Shape| {
        let axes = shape.axes().iter().map(|axis| match axis {
            Some(size) => size.to_string(),
            None => "None".to_owned(),
        });
        let axes: Vec<String> = std::iter::once("None".to_owned()).chain(axes).collect();
        format!("({})", axes.join(", "))
    };
    shapes.iter().map(text).collect::<Vec<_>>().join(", ")
}

/// The colour of a kind of layers.
fn hue(class_name: &str) -> Option<usize> {
    /// What the names of a kind have in them, the first that is found counts.
    const KINDS: &[(&str, usize)] = &[
        ("Normalization", 5),
        ("Attention", 3),
        ("LSTM", 2),
        ("GRU", 2),
        ("RNN", 2),
        ("Bidirectional", 2),
        ("Conv", 0),
        ("Dense", 4),
        ("Embedding", 4),
        ("Functional", 1),
        ("Sequential", 1),
    ];
    let mut kinds = KINDS.iter();
    let found = kinds.find(|(part, _)| class_name.contains(part));
    found.map(|(_, hue)| *hue)
}

/// Draws a network and writes the picture to `path`, whose extension chooses SVG or PNG. The file is whole or absent.
///
/// ```
/// use firebrick::diagrams::{ModelDiagram, plot_model};
/// use firebrick::layers::{Conv2D, Dense, GlobalAveragePooling2D};
/// use firebrick::models::Sequential;
///
/// let network = Sequential::new([28, 28, 1])
///     .add(Conv2D::new(8, 3))
///     .add(GlobalAveragePooling2D::new())
///     .add(Dense::new(10));
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("network.svg");
/// plot_model(&network.as_line().outline()?, &path, &ModelDiagram::default())?;
/// assert!(std::fs::read_to_string(&path)?.contains("conv2d"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// An extension that is neither `svg` nor `png`, a PNG that would be enormous, a file that cannot be written.
pub fn plot_model(
    outline: &Outline,
    path: &Path,
    style: &ModelDiagram,
) -> Result<(), DiagramError> {
    let bytes = render_diagram(&style.diagram(outline), path)?;
    write_whole(path, &bytes).map_err(|source| DiagramError::Write {
        path: path.to_owned(),
        source,
    })
}
