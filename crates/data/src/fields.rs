use crate::targets::Targets;

/// Whether numbers are whole, and exact however large they are.
///
/// ```
/// # mod firebrick { pub use firebrick_data as datasets; }
/// use firebrick::datasets::{ArrayDataset, BatchSource, NumberKind};
///
/// let kind = |data: ArrayDataset| data.all_inputs()[0].kind;
/// assert_eq!(kind(ArrayDataset::new([[3, 16_777_217]], [0.5])?), NumberKind::Integers);
/// assert_eq!(kind(ArrayDataset::new([[3.0, 7.5]], [0.5])?), NumberKind::Floats);
/// # Ok::<(), firebrick::datasets::DataError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NumberKind {
    /// Numbers of single precision.
    Floats,
    /// Whole numbers, e.g. the indices that an embedding looks up.
    Integers,
}

/// What samples have for one input of a network.
///
/// ```
/// # mod firebrick { pub use firebrick_data as datasets; }
/// use firebrick::datasets::{InputField, NumberKind};
///
/// let users = InputField::new([1]).of_integers().named("user");
/// assert_eq!((users.name.as_deref(), users.kind), (Some("user"), NumberKind::Integers));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputField {
    /// The name of the input; none where there is only one, or where they are taken in order.
    pub name: Option<String>,
    /// The shape of a sample, channels last.
    pub shape: Vec<usize>,
    /// What the numbers are.
    pub kind: NumberKind,
}

impl InputField {
    /// Floats of this shape a sample, without a name.
    pub fn new(shape: impl Into<Vec<usize>>) -> Self {
        Self {
            name: None,
            shape: shape.into(),
            kind: NumberKind::Floats,
        }
    }

    /// Sets the name of the input.
    #[must_use = "returns the changed field"]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Says that the numbers are whole.
    #[must_use = "returns the changed field"]
    pub fn of_integers(mut self) -> Self {
        self.kind = NumberKind::Integers;
        self
    }

    /// Numbers a sample.
    pub fn num_columns(&self) -> usize {
        self.shape.iter().product()
    }
}

/// What is asked for every sample of one output of a network.
///
/// ```
/// # mod firebrick { pub use firebrick_data as datasets; }
/// use firebrick::datasets::{TargetField, Targets};
///
/// let boxes = TargetField::new(Targets::Values { shape: vec![4] }).named("box");
/// assert_eq!(boxes.targets.num_columns(), 4);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetField {
    /// The name of the output; none where there is only one, or where they are taken in order.
    pub name: Option<String>,
    /// What is asked.
    pub targets: Targets,
}

impl TargetField {
    /// These targets, without a name.
    pub fn new(targets: Targets) -> Self {
        Self {
            name: None,
            targets,
        }
    }

    /// Sets the name of the output.
    #[must_use = "returns the changed field"]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }
}
