//! How the columns of a table are brought to a common scale before a network sees them, and what is said of those that cannot
//! be.

use anyhow::anyhow;
use firebrick::burn::tensor::Device;
use firebrick::datasets::{
    BatchSource, ColumnStatistics, CsvInputColumn, CsvInputKind, CsvSource, CsvTarget,
    SampleStatistics,
};
use firebrick::layers::Normalization;
use firebrick::models::Graph;

use crate::adapting::adapts_to_inputs;
use crate::failure::OrUsage;

/// What a `Normalization` divides by at least.
const LEAST: f64 = 1e-7;

/// What the columns of a table come to, of the rows that are learned from.
pub(crate) struct ColumnScales {
    statistics: SampleStatistics,
    /// The numbers of the inputs.
    inputs: Vec<CsvInputColumn>,
    /// Those that are numbers.
    targets: Vec<String>,
}

impl ColumnScales {
    /// # Errors
    /// Rows that cannot be read.
    pub(crate) fn of(
        source: &CsvSource,
        training: &dyn BatchSource,
        device: &Device,
    ) -> anyhow::Result<Self> {
        Ok(Self {
            statistics: SampleStatistics::of(training, device)?,
            inputs: source.input_columns(),
            targets: match source.target() {
                CsvTarget::Values(columns) => columns.clone(),
                CsvTarget::Classes { .. } => Vec::new(),
            },
        })
    }

    /// A layer that scales the features: as Keras' does, but a column that is constant in the rows that are learned from, or
    /// nearly so, by 1, because nothing is known of how much it varies. What stands for a category stays as it is.
    ///
    /// # Errors
    /// With a usage error a column whose variance single precision cannot hold.
    pub(crate) fn of_features(&self) -> anyhow::Result<Normalization> {
        self.of_inputs(None)
    }

    /// The same for some of the numbers of a row, by their places, or for all.
    ///
    /// # Errors
    /// As those of [`of_features`](Self::of_features).
    pub(crate) fn of_inputs(&self, places: Option<&[usize]>) -> anyhow::Result<Normalization> {
        let columns = self.chosen(places);
        let columns = columns.map(|(input, column)| Scaled {
            name: &input.name,
            column,
            is_number: input.kind == CsvInputKind::Number,
        });
        scaled(columns)
    }

    /// A layer that brings answers back to the scale of the targets.
    ///
    /// # Errors
    /// As those of [`of_features`](Self::of_features).
    pub(crate) fn of_targets(&self) -> anyhow::Result<Normalization> {
        let columns = self.targets.iter().zip(&self.statistics.targets);
        let columns = columns.map(|(name, column)| Scaled {
            name,
            column,
            is_number: true,
        });
        Ok(scaled(columns)?.inverted())
    }

    /// Whether something of the inputs is no number of the table, which is not to be scaled.
    pub(crate) fn has_categories(&self) -> bool {
        self.has_categories_in(None)
    }

    /// The same of some of the numbers of a row, by their places, or of all.
    pub(crate) fn has_categories_in(&self, places: Option<&[usize]>) -> bool {
        let mut inputs = self.chosen(places);
        inputs.any(|(input, _)| input.kind != CsvInputKind::Number)
    }

    /// The numbers of a row in these places, or all, with what they come to.
    fn chosen<'a>(
        &'a self,
        places: Option<&'a [usize]>,
    ) -> impl Iterator<Item = (&'a CsvInputColumn, &'a ColumnStatistics)> {
        let all = self.inputs.iter().zip(&self.statistics.inputs);
        let all: Vec<_> = all.collect();
        match places {
            None => all,
            Some(places) => places
                .iter()
                .filter_map(|&place| all.get(place).copied())
                .collect(),
        }
        .into_iter()
    }

    /// What a user should know of columns that say nothing, or too little for how they are scaled.
    pub(crate) fn notes(&self, scaling: Scaling) -> Vec<String> {
        let scaling = match scaling {
            Scaling::Keras if self.has_categories() => Scaling::Own,
            other => other,
        };
        let features = self.inputs.iter().zip(&self.statistics.inputs);
        let features = features.filter(|(input, _)| input.kind == CsvInputKind::Number);
        let targets = self.targets.iter().zip(&self.statistics.targets);
        let features =
            features.filter_map(|(input, column)| scaling.of_feature(&input.name, column));
        features
            .chain(targets.filter_map(|(name, column)| of_target(name, column)))
            .collect()
    }
}

/// What scales the features of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scaling {
    /// The layer that [`ColumnScales`] gives.
    Own,
    /// A layer of a model file, which does as Keras' does; where the samples have categories, it does as the own one.
    Keras,
    /// Nothing that adapts to them.
    None,
}

impl Scaling {
    /// What a network of a model file does with its samples.
    pub(crate) fn of(network: &Graph) -> Self {
        if adapts_to_inputs(network) {
            Self::Keras
        } else {
            Self::None
        }
    }

    fn of_feature(self, name: &str, column: &ColumnStatistics) -> Option<String> {
        let name = name.escape_debug();
        let deviation = column.deviation();
        let what = if column.is_constant() {
            format!(
                "`{name}` is {} in every row that is learned from",
                column.min
            )
        } else if column.is_nearly_constant() {
            format!(
                "`{name}` is {} in every row that is learned from, but for {deviation:.1e} (standard deviation)",
                column.mean
            )
        } else if deviation < LEAST && self != Self::None {
            return Some(format!(
                "note: the numbers of `{name}` differ by {deviation:.1e} (standard deviation), less than the {LEAST:.0e} that \
                 they are divided by at least, so they hardly count; multiply them by {:.0e}",
                1.0 / deviation
            ));
        } else {
            return None;
        };
        let how = match self {
            Self::Own => "it is scaled by 1, and nothing can be learned from it",
            Self::Keras => {
                "the layer Normalization divides it by hardly anything, as Keras' does, so any other number is far off"
            }
            Self::None => return None,
        };
        Some(format!(
            "note: {what}; {how}; leave it out with `--ignore {name}`"
        ))
    }
}

fn of_target(name: &str, column: &ColumnStatistics) -> Option<String> {
    let name = name.escape_debug();
    let deviation = column.deviation();
    if column.is_constant() {
        return Some(format!(
            "note: `{name}`, which is to be predicted, is {} in every row that is learned from; there is nothing to learn",
            column.min
        ));
    }
    (deviation < LEAST).then(|| {
        format!(
            "note: the numbers of `{name}`, which are to be predicted, differ by {deviation:.1e} (standard deviation), too little to \
             be learned; multiply them by {:.0e}",
            1.0 / deviation
        )
    })
}

/// A column that is to be scaled.
struct Scaled<'a> {
    name: &'a str,
    column: &'a ColumnStatistics,
    is_number: bool,
}

/// A layer with these statistics.
fn scaled<'a>(columns: impl Iterator<Item = Scaled<'a>>) -> anyhow::Result<Normalization> {
    let (mut means, mut variances) = (Vec::new(), Vec::new());
    for Scaled {
        name,
        column,
        is_number,
    } in columns
    {
        if column.variance > f64::from(f32::MAX) {
            return Err(anyhow!(
                "column `{}`: expected numbers whose variance single precision can hold, below 3e38, received numbers that differ by \
                 {:.1e} (standard deviation); divide them by {:.0e}",
                name.escape_debug(),
                column.deviation(),
                column.deviation()
            ))
            .or_usage();
        }
        let is_scaled = is_number && !column.is_constant() && !column.is_nearly_constant();
        means.push(if is_number { single(column.mean) } else { 0.0 });
        variances.push(if is_scaled {
            single(column.variance)
        } else {
            1.0
        });
    }
    Ok(Normalization::new().with_statistics(means, variances))
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "networks compute in single precision"
)]
fn single(number: f64) -> f32 {
    number as f32
}
