use std::fmt;

use firebrick_spec::{shortened, thousands};

use crate::shape::{Shape, axis_text};

/// A network layer by layer, printed as Keras prints it.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{layers, self as models}; }
/// use firebrick::layers::Dense;
/// use firebrick::models::Sequential;
///
/// let summary = Sequential::new([784]).add(Dense::new(10)).summary()?;
/// assert_eq!((summary.num_params(), summary.num_bytes()), (7_850, 31_400));
/// assert!(summary.to_string().contains("dense (Dense)"));
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    name: String,
    input_shapes: Vec<Shape>,
    layers: Vec<LayerSummary>,
    /// Whether it matters where each layer takes from.
    is_graph: bool,
    /// Whether a column says which layers training moves.
    says_trainable: bool,
}

/// One row of a [`Summary`].
///
/// ```
/// # mod firebrick { pub use firebrick_model::{layers, self as models}; }
/// use firebrick::layers::Dense;
/// use firebrick::models::Sequential;
///
/// let summary = Sequential::new([784]).add(Dense::new(10)).summary()?;
/// let dense = summary.layers().last().unwrap();
/// assert_eq!((dense.name.as_str(), dense.num_params), ("dense", 7_850));
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LayerSummary {
    /// Name within the network.
    pub name: String,
    /// What kind of layer it is.
    pub kind: String,
    /// Shape of its output, without the batch axis; of several the first.
    pub output_shape: Shape,
    /// Shapes of all further outputs.
    pub further_shapes: Vec<Shape>,
    /// What it takes from, as Keras writes it, e.g. `dense[0][0]`.
    pub connected_to: Vec<String>,
    /// The layers of a network within the network.
    pub layers: Vec<Self>,
    /// Number of its weights.
    pub num_params: usize,
    /// Number of those that training moves.
    pub num_trainable_params: usize,
    /// Whether training may move any of them: the layer was not frozen.
    pub is_trainable: bool,
    /// How many networks it lies within; those have its weights, too.
    pub(crate) depth: usize,
}

impl LayerSummary {
    /// A row without weights, of a layer that takes from nothing.
    pub(crate) fn new(
        name: impl Into<String>,
        kind: impl Into<String>,
        output_shape: Shape,
    ) -> Self {
        Self {
            name: name.into(),
            kind: kind.into(),
            output_shape,
            further_shapes: Vec::new(),
            connected_to: Vec::new(),
            layers: Vec::new(),
            num_params: 0,
            num_trainable_params: 0,
            is_trainable: true,
            depth: 0,
        }
    }

    /// Indented as Keras does, e.g. `dense (Dense)`.
    fn title(&self) -> String {
        let indent = match self.depth {
            0 => String::new(),
            depth => format!("{}└ ", "   ".repeat(depth)),
        };
        format!("{indent}{} ({})", shortened(&self.name), self.kind)
    }

    /// `(None, 28, 28)`; of several outputs all of them.
    fn shapes_text(&self) -> String {
        if self.further_shapes.is_empty() {
            return batched(&self.output_shape);
        }
        let shapes = std::iter::once(&self.output_shape).chain(&self.further_shapes);
        format!("[{}]", shapes.map(batched).collect::<Vec<_>>().join(", "))
    }
}

/// Bytes of a weight in single precision.
const BYTES_PER_PARAM: usize = size_of::<f32>();

/// Heads and widths of the columns, without their padding.
type Columns = &'static [(&'static str, usize)];

const COLUMNS: Columns = &[("Layer (type)", 36), ("Output Shape", 27), (PARAMS, 15)];

/// The same where a column says what each layer takes from.
const GRAPH_COLUMNS: Columns = &[
    ("Layer (type)", 25),
    ("Output Shape", 22),
    (PARAMS, 14),
    ("Connected to", 22),
];

/// The same where a column says which layers training moves.
const TRAINABLE_COLUMNS: Columns = &[
    ("Layer (type)", 35),
    ("Output Shape", 26),
    (PARAMS, 13),
    (TRAINABLE, 9),
];

/// The same with both.
const TRAINABLE_GRAPH_COLUMNS: Columns = &[
    ("Layer (type)", 22),
    ("Output Shape", 20),
    (PARAMS, 12),
    ("Connected to", 19),
    (TRAINABLE, 9),
];

const PARAMS: &str = "Param #";
const TRAINABLE: &str = "Trainable";

impl Summary {
    pub(crate) fn new(name: &str, input_shapes: Vec<Shape>, layers: Vec<LayerSummary>) -> Self {
        Self {
            name: name.to_owned(),
            input_shapes,
            layers,
            is_graph: false,
            says_trainable: false,
        }
    }

    /// The same with a column that says what each layer takes from.
    pub(crate) fn connected(mut self) -> Self {
        self.is_graph = true;
        self
    }

    /// The same with a column that says whether training moves a layer's weights, as Keras' `show_trainable`: `Y`, or `N` where
    /// it was frozen; `-` where there are none.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_model::{layers, self as models}; }
    /// use firebrick::layers::{Dense, Layer};
    /// use firebrick::models::Sequential;
    ///
    /// let network = Sequential::new([4]).add(Dense::new(3).frozen());
    /// let summary = network.summary()?.with_trainable();
    /// assert!(summary.to_string().contains("┃ Trainable ┃"));
    /// # Ok::<(), firebrick::models::ModelError>(())
    /// ```
    #[must_use = "returns the wider summary"]
    pub fn with_trainable(mut self) -> Self {
        self.says_trainable = true;
        self
    }

    /// The layers of networks within the network among the rows, as Keras' `expand_nested`.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_model::{layers, self as models}; }
    /// use firebrick::layers::Dense;
    /// use firebrick::models::Sequential;
    ///
    /// let inner = Sequential::new([4]).add(Dense::new(3)).named("inner");
    /// let summary = Sequential::new([4]).add(inner).summary()?.expanded();
    /// assert!(summary.to_string().contains("   └ dense (Dense)"));
    /// # Ok::<(), firebrick::models::ModelError>(())
    /// ```
    #[must_use = "returns the longer summary"]
    pub fn expanded(mut self) -> Self {
        fn expand(rows: Vec<LayerSummary>, depth: usize, all: &mut Vec<LayerSummary>) {
            for mut row in rows {
                let inner = std::mem::take(&mut row.layers);
                row.depth = depth;
                all.push(row);
                expand(inner, depth + 1, all);
            }
        }
        let mut all = Vec::new();
        expand(std::mem::take(&mut self.layers), 0, &mut all);
        self.layers = all;
        self
    }

    /// The rows, from the input on.
    pub fn layers(&self) -> &[LayerSummary] {
        &self.layers
    }

    /// Shapes of a sample at each input.
    pub fn input_shapes(&self) -> &[Shape] {
        &self.input_shapes
    }

    /// All weights of the network.
    pub fn num_params(&self) -> usize {
        self.own_layers().map(|layer| layer.num_params).sum()
    }

    /// The weights that training moves.
    pub fn num_trainable_params(&self) -> usize {
        self.own_layers()
            .map(|layer| layer.num_trainable_params)
            .sum()
    }

    /// Those that are not parts of others.
    fn own_layers(&self) -> impl Iterator<Item = &LayerSummary> {
        self.layers.iter().filter(|layer| layer.depth == 0)
    }

    /// Memory of all weights in single precision.
    pub fn num_bytes(&self) -> usize {
        self.num_params() * BYTES_PER_PARAM
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let columns = match (self.is_graph, self.says_trainable) {
            (false, false) => COLUMNS,
            (true, false) => GRAPH_COLUMNS,
            (false, true) => TRAINABLE_COLUMNS,
            (true, true) => TRAINABLE_GRAPH_COLUMNS,
        };
        let table = Table { columns };
        writeln!(f, "Model: \"{}\"", shortened(&self.name))?;
        writeln!(f, "{}", table.rule(['┏', '━', '┳', '┓']))?;
        let head: Vec<String> = columns.iter().map(|(head, _)| (*head).to_owned()).collect();
        write!(f, "{}", table.row('┃', &head))?;
        writeln!(f, "{}", table.rule(['┡', '━', '╇', '┩']))?;
        for (index, layer) in self.layers.iter().enumerate() {
            if index > 0 {
                writeln!(f, "{}", table.rule(['├', '─', '┼', '┤']))?;
            }
            let mut cells = vec![
                layer.title(),
                layer.shapes_text(),
                thousands(layer.num_params),
            ];
            if self.is_graph {
                cells.push(match layer.connected_to.as_slice() {
                    [] => "-".to_owned(),
                    sources => sources.join(", "),
                });
            }
            if self.says_trainable {
                let answer = match (layer.num_params, layer.is_trainable) {
                    (0, _) => "-",
                    (_, true) => "Y",
                    (_, false) => "N",
                };
                cells.push(answer.to_owned());
            }
            write!(f, "{}", table.row('│', &cells))?;
        }
        writeln!(f, "{}", table.rule(['└', '─', '┴', '┘']))?;
        let trainable = self.num_trainable_params();
        for (label, count) in [
            ("Total", self.num_params()),
            ("Trainable", trainable),
            ("Non-trainable", self.num_params() - trainable),
        ] {
            let bytes = readable_bytes(count as u64 * BYTES_PER_PARAM as u64);
            writeln!(f, " {label} params: {} ({bytes})", thousands(count))?;
        }
        Ok(())
    }
}

/// The columns of the table.
struct Table {
    columns: Columns,
}

impl Table {
    fn rule(&self, [left, line, cross, right]: [char; 4]) -> String {
        let parts: Vec<String> = self
            .columns
            .iter()
            .map(|(_, width)| line.to_string().repeat(width + 2))
            .collect();
        format!("{left}{}{right}", parts.join(&cross.to_string()))
    }

    /// One line of the table, or more where a text is wider than its column.
    fn row(&self, bar: char, texts: &[String]) -> String {
        let columns: Vec<Vec<String>> = texts
            .iter()
            .zip(self.columns)
            .map(|(text, &(_, width))| wrapped(text, width))
            .collect();
        let height = columns.iter().map(Vec::len).max().unwrap_or_default();
        let mut lines = String::new();
        for line in 0..height {
            for (texts, &(head, width)) in columns.iter().zip(self.columns) {
                let text = texts.get(line).map_or("", String::as_str);
                // Numbers stand at the right.
                let cell = match head {
                    PARAMS => format!("{bar} {text:>width$} "),
                    TRAINABLE => format!("{bar} {text:^width$} "),
                    _ => format!("{bar} {text:width$} "),
                };
                lines.push_str(&cell);
            }
            lines.push(bar);
            lines.push('\n');
        }
        lines
    }
}

/// A text in lines of at most `width` characters, broken at spaces where there are some.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let indent = text.len() - text.trim_start_matches(' ').len();
    let mut lines: Vec<String> = vec![text[..indent].to_owned()];
    for word in text[indent..].split(' ') {
        let mut word: Vec<char> = word.chars().collect();
        loop {
            let line = lines.len() - 1;
            let used = lines[line].chars().count();
            let gap = usize::from(used > 0 && !lines[line].ends_with(' '));
            if used + gap + word.len() <= width {
                if gap == 1 {
                    lines[line].push(' ');
                }
                lines[line].extend(&word);
                break;
            }
            if used > 0 {
                lines.push(String::new());
            } else {
                lines[line].extend(word.drain(..width));
                lines.push(String::new());
            }
        }
    }
    lines
}

/// `(None, 28, 28)`: the batch axis is open.
fn batched(shape: &Shape) -> String {
    let axes = shape.axes().iter().map(|axis| axis_text(*axis));
    let axes: Vec<String> = std::iter::once("None".to_owned()).chain(axes).collect();
    format!("({})", axes.join(", "))
}

/// `407080` as `397.54 KB`, in powers of 1024 as Keras counts.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// assert_eq!(firebrick::models::readable_bytes(407_080), "397.54 KB");
/// ```
pub fn readable_bytes(bytes: u64) -> String {
    let units = ["B", "KB", "MB", "GB", "TB", "PB"];
    let mut amount = bytes as f64;
    let mut unit = 0;
    while amount >= 1024.0 && unit + 1 < units.len() {
        amount /= 1024.0;
        unit += 1;
    }
    format!("{amount:.2} {}", units[unit])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_wider_than_its_column_goes_on_in_the_next_line() {
        assert_eq!(wrapped("dense (Dense)", 36), ["dense (Dense)"]);
        let name = "batch_normalization (BatchNormalization)";
        assert_eq!(
            wrapped(name, 36),
            ["batch_normalization", "(BatchNormalization)"]
        );
        assert_eq!(wrapped("abcdefg hi", 3), ["abc", "def", "g", "hi"]);
    }

    #[test]
    fn a_name_that_a_terminal_would_obey_is_written_out() {
        let layer = LayerSummary::new("a\u{1b}[2J", "Dense", [1].into());
        let text = Summary::new("b\u{7}", vec![[1].into()], vec![layer]).to_string();
        assert!(text.starts_with("Model: \"b\\u{7}\"\n"), "{text}");
        assert!(text.contains("│ a\\u{1b}[2J (Dense) "), "{text}");
    }

    #[test]
    fn numbers_read_as_keras_writes_them() {
        assert_eq!(thousands(0), "0");
        assert_eq!(thousands(999), "999");
        assert_eq!(thousands(101_770), "101,770");
        assert_eq!(thousands(1_000_000), "1,000,000");
        assert_eq!(readable_bytes(0), "0.00 B");
        assert_eq!(readable_bytes(4 * 101_770), "397.54 KB");
        assert_eq!(readable_bytes(4 * 305_312), "1.16 MB");
    }
}
