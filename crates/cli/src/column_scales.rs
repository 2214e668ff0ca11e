//! How the columns of a table are brought to a common scale before a network sees them, and what is said of those that cannot
//! be.

use anyhow::anyhow;
use firebrick::burn::tensor::Device;
use firebrick::datasets::{BatchSource, ColumnStatistics, CsvSource, CsvTarget, SampleStatistics};
use firebrick::layers::Normalization;
use firebrick::models::{Graph, GraphLayer};

use crate::failure::OrUsage;

/// What a `Normalization` divides by at least.
const LEAST: f64 = 1e-7;

/// What the columns of a table come to, of the rows that are learned from.
pub(crate) struct ColumnScales {
    statistics: SampleStatistics,
    features: Vec<String>,
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
            features: source.features().unwrap_or_default().to_vec(),
            targets: match source.target() {
                CsvTarget::Values(columns) => columns.clone(),
                CsvTarget::Classes { .. } => Vec::new(),
            },
        })
    }

    /// A layer that scales the features: as Keras' does, but a column that is constant in the rows that are learned from, or
    /// nearly so, by 1, because nothing is known of how much it varies.
    ///
    /// # Errors
    /// With a usage error a column whose variance single precision cannot hold.
    pub(crate) fn of_features(&self) -> anyhow::Result<Normalization> {
        scaled(&self.features, &self.statistics.inputs)
    }

    /// A layer that brings answers back to the scale of the targets.
    ///
    /// # Errors
    /// As those of [`of_features`](Self::of_features).
    pub(crate) fn of_targets(&self) -> anyhow::Result<Normalization> {
        Ok(scaled(&self.targets, &self.statistics.targets)?.inverted())
    }

    /// What a user should know of columns that say nothing, or too little for how they are scaled.
    pub(crate) fn notes(&self, scaling: Scaling) -> Vec<String> {
        let features = self.features.iter().zip(&self.statistics.inputs);
        let targets = self.targets.iter().zip(&self.statistics.targets);
        let features = features.filter_map(|(name, column)| scaling.of_feature(name, column));
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
    /// A layer of a model file, which does as Keras' does.
    Keras,
    /// Nothing that adapts to them.
    None,
}

impl Scaling {
    /// What a network of a model file does with its samples.
    pub(crate) fn of(network: &Graph) -> Self {
        let first = network.layers().first().map(GraphLayer::layer);
        match first.and_then(|layer| layer.downcast_ref::<Normalization>()) {
            Some(layer) if layer.variance().is_none() => Self::Keras,
            _ => Self::None,
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

/// A layer with these statistics.
fn scaled(names: &[String], columns: &[ColumnStatistics]) -> anyhow::Result<Normalization> {
    let is_too_large = |column: &ColumnStatistics| column.variance > f64::from(f32::MAX);
    if let Some(place) = columns.iter().position(is_too_large) {
        let name = names
            .get(place)
            .map_or_else(|| place.to_string(), Clone::clone);
        return Err(anyhow!(
            "column `{}`: expected numbers whose variance single precision can hold, below 3e38, received numbers that differ by \
             {:.1e} (standard deviation); divide them by {:.0e}",
            name.escape_debug(),
            columns[place].deviation(),
            columns[place].deviation()
        ))
        .or_usage();
    }
    let variance = |column: &ColumnStatistics| {
        if column.is_constant() || column.is_nearly_constant() {
            1.0
        } else {
            single(column.variance)
        }
    };
    let means: Vec<f32> = columns.iter().map(|column| single(column.mean)).collect();
    let variances: Vec<f32> = columns.iter().map(variance).collect();
    Ok(Normalization::new().with_statistics(means, variances))
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "networks compute in single precision"
)]
fn single(number: f64) -> f32 {
    number as f32
}
