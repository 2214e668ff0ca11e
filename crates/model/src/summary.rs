use std::fmt;

use firebrick_spec::shortened;

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
    input_shape: Vec<usize>,
    layers: Vec<LayerSummary>,
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
    /// Shape of its output, without the batch axis.
    pub output_shape: Vec<usize>,
    /// Number of its weights.
    pub num_params: usize,
    /// Number of those that training moves.
    pub num_trainable_params: usize,
}

/// Bytes of a weight in single precision.
const BYTES_PER_PARAM: usize = size_of::<f32>();

/// Widths of the columns, without their padding.
const COLUMNS: [usize; 3] = [36, 27, 15];

impl Summary {
    pub(crate) fn new(name: &str, input_shape: Vec<usize>, layers: Vec<LayerSummary>) -> Self {
        Self {
            name: name.to_owned(),
            input_shape,
            layers,
        }
    }

    /// The rows, from the input on.
    pub fn layers(&self) -> &[LayerSummary] {
        &self.layers
    }

    /// Shape of a sample.
    pub fn input_shape(&self) -> &[usize] {
        &self.input_shape
    }

    /// All weights of the network.
    pub fn num_params(&self) -> usize {
        self.layers.iter().map(|layer| layer.num_params).sum()
    }

    /// The weights that training moves.
    pub fn num_trainable_params(&self) -> usize {
        self.layers
            .iter()
            .map(|layer| layer.num_trainable_params)
            .sum()
    }

    /// Memory of all weights in single precision.
    pub fn num_bytes(&self) -> usize {
        self.num_params() * BYTES_PER_PARAM
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Model: \"{}\"", shortened(&self.name))?;
        writeln!(f, "{}", rule(['┏', '━', '┳', '┓']))?;
        write!(
            f,
            "{}",
            row('┃', ["Layer (type)", "Output Shape", "Param #"])
        )?;
        writeln!(f, "{}", rule(['┡', '━', '╇', '┩']))?;
        for (index, layer) in self.layers.iter().enumerate() {
            if index > 0 {
                writeln!(f, "{}", rule(['├', '─', '┼', '┤']))?;
            }
            let name = format!("{} ({})", shortened(&layer.name), layer.kind);
            let shape = batched(&layer.output_shape);
            write!(
                f,
                "{}",
                row('│', [&name, &shape, &grouped(layer.num_params)])
            )?;
        }
        writeln!(f, "{}", rule(['└', '─', '┴', '┘']))?;
        let trainable = self.num_trainable_params();
        for (label, count) in [
            ("Total", self.num_params()),
            ("Trainable", trainable),
            ("Non-trainable", self.num_params() - trainable),
        ] {
            let bytes = readable_bytes(count as u64 * BYTES_PER_PARAM as u64);
            writeln!(f, " {label} params: {} ({bytes})", grouped(count))?;
        }
        Ok(())
    }
}

fn rule([left, line, cross, right]: [char; 4]) -> String {
    let parts: Vec<String> = COLUMNS
        .iter()
        .map(|width| line.to_string().repeat(width + 2))
        .collect();
    format!("{left}{}{right}", parts.join(&cross.to_string()))
}

/// One line of the table, or more where a text is wider than its column.
fn row(bar: char, texts: [&str; 3]) -> String {
    let mut cells = [0, 1, 2].map(|column| wrapped(texts[column], COLUMNS[column]).into_iter());
    let [a, b, c] = COLUMNS;
    let mut lines = String::new();
    loop {
        let [name, shape, params] = cells.each_mut().map(Iterator::next);
        if name.is_none() && shape.is_none() && params.is_none() {
            return lines;
        }
        let [name, shape, params] = [name, shape, params].map(Option::unwrap_or_default);
        let line = format!("{bar} {name:a$} {bar} {shape:b$} {bar} {params:>c$} {bar}\n");
        lines.push_str(&line);
    }
}

/// A text in lines of at most `width` characters, broken at spaces where there are some.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = vec![String::new()];
    for word in text.split(' ') {
        let mut word: Vec<char> = word.chars().collect();
        loop {
            let line = lines.len() - 1;
            let used = lines[line].chars().count();
            let gap = usize::from(used > 0);
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
fn batched(shape: &[usize]) -> String {
    let axes: Vec<String> = shape.iter().map(ToString::to_string).collect();
    format!("(None, {})", axes.join(", "))
}

/// `100480` as `100,480`.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
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
        let layer = LayerSummary {
            name: "a\u{1b}[2J".to_owned(),
            kind: "Dense".to_owned(),
            output_shape: vec![1],
            num_params: 0,
            num_trainable_params: 0,
        };
        let text = Summary::new("b\u{7}", vec![1], vec![layer]).to_string();
        assert!(text.starts_with("Model: \"b\\u{7}\"\n"), "{text}");
        assert!(text.contains("│ a\\u{1b}[2J (Dense) "), "{text}");
    }

    #[test]
    fn numbers_read_as_keras_writes_them() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(101_770), "101,770");
        assert_eq!(grouped(1_000_000), "1,000,000");
        assert_eq!(readable_bytes(0), "0.00 B");
        assert_eq!(readable_bytes(4 * 101_770), "397.54 KB");
        assert_eq!(readable_bytes(4 * 305_312), "1.16 MB");
    }
}
