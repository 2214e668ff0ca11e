//! How the columns of a table are divided among the inputs and outputs of a network.

use std::sync::Arc;

use firebrick::burn::tensor::Tensor;
use firebrick::datasets::{BatchSource, ColumnGroup, CsvInputColumn, CsvSource, GroupedColumns};
use firebrick::models::{AnyModel, Model, Signal, Signals};

use crate::failure::OrUsage;

/// What goes into each input, and what is asked of each output; of a network of one input and one output everything.
#[derive(Clone, Debug, Default)]
pub(crate) struct ColumnGroups {
    /// None for all columns.
    pub(crate) inputs: Vec<ColumnGroup>,
    pub(crate) outputs: Vec<ColumnGroup>,
}

impl ColumnGroups {
    /// # Errors
    /// With a usage error an input without columns, or columns that the table does not have.
    pub(crate) fn of(
        source: &CsvSource,
        inputs: &[&str],
        outputs: &[&str],
    ) -> anyhow::Result<Self> {
        let has_inputs = inputs.len() > 1 || source.inputs().next().is_some();
        let has_outputs = outputs.len() > 1 || source.outputs().next().is_some();
        let inputs = if has_inputs {
            source.input_groups(inputs).or_usage()?
        } else {
            Vec::new()
        };
        let outputs = if has_outputs {
            source.output_groups(outputs).or_usage()?
        } else {
            Vec::new()
        };
        Ok(Self { inputs, outputs })
    }

    /// The same for a network that is there.
    ///
    /// # Errors
    /// As those of [`of`](Self::of).
    pub(crate) fn of_model(source: &CsvSource, model: &AnyModel) -> anyhow::Result<Self> {
        let (inputs, outputs) = (model.input_names(), model.output_names());
        let inputs: Vec<&str> = inputs.iter().map(String::as_str).collect();
        let outputs: Vec<&str> = outputs.iter().map(String::as_str).collect();
        Self::of(source, &inputs, &outputs)
    }

    /// The samples as the network takes them.
    pub(crate) fn applied_to(&self, samples: Arc<dyn BatchSource>) -> Arc<dyn BatchSource> {
        if self.inputs.is_empty() && self.outputs.is_empty() {
            return samples;
        }
        let grouped = GroupedColumns::new(samples).with_inputs(self.inputs.clone());
        Arc::new(grouped.with_outputs(self.outputs.clone()))
    }

    /// Rows of all columns as the network takes them.
    pub(crate) fn signals(&self, rows: Tensor<2>) -> Signals {
        if self.inputs.is_empty() {
            return Signals::from(Signal::from(rows));
        }
        let groups = self.inputs.iter();
        groups.map(|group| Signal::from(group.of(&rows))).collect()
    }

    /// What a user should know of columns that nothing becomes of.
    pub(crate) fn notes(&self, source: &CsvSource) -> Vec<String> {
        let columns = source.input_columns();
        let name = |column: &CsvInputColumn| column.feature.clone();
        let features: Vec<String> = columns.iter().map(name).collect();
        let unused = |groups: &[ColumnGroup], names: &[String]| {
            let is_used = |place: usize| groups.iter().any(|group| group.columns.contains(&place));
            let unused = names.iter().enumerate();
            let mut unused: Vec<String> = unused
                .filter(|(place, _)| !groups.is_empty() && !is_used(*place))
                .map(|(_, name)| format!("`{}`", name.escape_debug()))
                .collect();
            unused.dedup();
            unused
        };
        let told = [
            (unused(&self.inputs, &features), "go into no input"),
            (
                unused(&self.outputs, source.target().columns()),
                "are asked of no output",
            ),
        ];
        let told = told.into_iter().filter(|(names, _)| !names.is_empty());
        told.map(|(names, what)| {
            let names = names.join(", ");
            format!("note: of the table's columns {names} {what} of the network")
        })
        .collect()
    }
}
