//! The samples that a data set is made of, whatever kind of data set it is.

use std::sync::Arc;

use anyhow::anyhow;
use firebrick::datasets::{
    BatchSource, CoarseColumn, CsvError, CsvSource, DataDescription, DataError, DataSource,
    LoadedData, Mnist, load,
};
use firebrick::models::nearest_name;
use firebrick::training::figure_text;

use crate::column_groups::ColumnGroups;
use crate::failure::OrUsage;
use crate::split_notes::{ClassNames, KeptBack, of_changed_rows, of_target};
use crate::train_settings::TrainSettings;
use crate::treatment_notes;
use crate::unit::Unit;

/// What a training needs of a data set.
pub(crate) struct TrainingSamples {
    pub(crate) train: Arc<dyn BatchSource>,
    pub(crate) validation: Option<Arc<dyn BatchSource>>,
    /// Absent where the data set keeps no samples to judge by.
    pub(crate) test: Option<Arc<dyn BatchSource>>,
    /// The classes in the order of their indices, if there are any.
    pub(crate) class_names: Vec<String>,
    /// Where they come from, for people.
    pub(crate) origin: String,
    /// The data set with nothing left open.
    pub(crate) description: DataDescription,
    /// What a user should know of how the samples are divided.
    pub(crate) notes: Vec<String>,
}

/// What an evaluation needs of a data set.
pub(crate) struct TestSamples {
    pub(crate) samples: Arc<dyn BatchSource>,
    /// The classes in the order of their indices, if there are any.
    pub(crate) class_names: Vec<String>,
    /// The columns that are predicted of a table.
    pub(crate) target_names: Vec<String>,
    /// Where they come from, for people.
    pub(crate) origin: String,
    /// What a sample is.
    pub(crate) unit: Unit,
    /// What a user should know of how they were read.
    pub(crate) notes: Vec<String>,
}

impl TrainingSamples {
    /// Loads and splits the data that the settings ask for.
    ///
    /// # Errors
    /// Data that cannot be read; with a usage error a split that cannot be, or columns that the table does not have.
    pub(crate) fn load(settings: &TrainSettings) -> anyhow::Result<Self> {
        // Test rows are drawn anew, from whatever rows there are now.
        let asked = settings.data.clone().without_fingerprint();
        let mut data = match load_data(&asked) {
            Err(error) if is_about_columns(&error) => Err(error).or_usage(),
            data => data,
        }?;
        let (description, coarse) = with_offsets(settings, &data)?;
        if let Some(description) = description {
            data = load_data(&description)?;
        }
        let (train, validation) = settings.split(Arc::clone(&data.train))?;
        Ok(Self {
            notes: [coarse, notes(settings, &data, &train, validation.as_ref())].concat(),
            train,
            validation,
            test: data.test,
            class_names: data.class_names,
            origin: data.origin,
            description: data.description,
        })
    }
}

impl TrainingSamples {
    /// Divides the columns among the inputs and outputs of a network.
    pub(crate) fn group(&mut self, groups: &ColumnGroups) {
        self.train = groups.applied_to(Arc::clone(&self.train));
        for samples in [&mut self.validation, &mut self.test] {
            *samples = samples.take().map(|samples| groups.applied_to(samples));
        }
    }
}

/// The table with what its large numbers have in common subtracted, where nothing else is changed by that; and what there is
/// to say of it.
fn with_offsets(
    settings: &TrainSettings,
    data: &LoadedData,
) -> anyhow::Result<(Option<DataDescription>, Vec<String>)> {
    let Some(source) = data.description.table() else {
        return Ok((None, Vec::new()));
    };
    let mut changed = source.clone().with_fingerprint(None);
    let mut notes = Vec::new();
    for column in &data.coarse_columns {
        let CoarseColumn {
            name,
            offset,
            step,
            deviation,
            ..
        } = column;
        let shown = name.escape_debug();
        let can_shift = if source.target().columns().contains(name) {
            settings.can_shift_targets()
        } else {
            settings.can_shift_features()
        };
        let coarse = format!(
            "the numbers of `{shown}` differ by {} (standard deviation) around {offset}, where single precision has steps of {step}",
            figure_text(*deviation)
        );
        if can_shift {
            changed = changed.with_offset(name, *offset)?;
            notes.push(format!(
                "note: {coarse}; their distances from {offset} are taken instead"
            ));
        } else {
            notes.push(format!(
                "warning: {coarse}, so what they differ by is rounded; subtract {offset} from them"
            ));
        }
    }
    let is_changed = changed != source.clone().with_fingerprint(None);
    Ok((is_changed.then_some(DataDescription::Csv(changed)), notes))
}

/// What a user should know of how the samples are divided.
fn notes(
    settings: &TrainSettings,
    data: &LoadedData,
    train: &Arc<dyn BatchSource>,
    validation: Option<&Arc<dyn BatchSource>>,
) -> Vec<String> {
    let names = ClassNames(&data.class_names);
    let num_rows = |samples: &Arc<dyn BatchSource>| samples.num_samples();
    let num_samples = num_rows(&data.train) + data.test.as_ref().map_or(0, num_rows);
    let mut notes = treatment_notes::notes(&data.filled, &data.unknown_categories);
    let divided = of_target(&data.description, names, num_samples)
        .into_iter()
        .chain(of_changed_rows(&settings.data, &data.description));
    notes.extend(divided);
    if let (Some(test), Some(share)) = (&data.test, data.description.test_share()) {
        let test = KeptBack {
            samples: test,
            purpose: "test",
            share: Some(share),
        };
        notes.extend(test.notes(&data.train, names));
    }
    if let Some(validation) = validation {
        let validation = KeptBack {
            samples: validation,
            purpose: "validation",
            share: settings.stratified.then_some(settings.fit.validation_split),
        };
        notes.extend(validation.notes(train, names));
    }
    notes
}

impl TestSamples {
    /// The samples that a data set keeps to judge by.
    ///
    /// # Errors
    /// Data that cannot be read, or with a usage error that keeps none.
    pub(crate) fn of(description: &DataDescription) -> anyhow::Result<Self> {
        let data = load_data(description)?;
        let samples = data.test.ok_or_else(|| {
            anyhow!(
                "{} has no rows held back to judge by; name a table of such rows with `--data FILE.csv`, or train with \
                 `--test-split SHARE`",
                data.origin
            )
        });
        Ok(Self {
            samples: samples.or_usage()?,
            class_names: data.class_names,
            target_names: description.table().map_or_else(Vec::new, target_names),
            origin: data.origin,
            unit: Unit::of(description),
            // The training has said it, of all rows.
            notes: Vec::new(),
        })
    }

    /// All rows of a table.
    ///
    /// # Errors
    /// A table that cannot be read, or lacks columns.
    pub(crate) fn of_table(source: &CsvSource) -> anyhow::Result<Self> {
        let table = source.load()?;
        Ok(Self {
            notes: treatment_notes::notes(&table.filled, &table.unknown_categories),
            origin: table.origin(source.path()),
            samples: Arc::new(table.data),
            class_names: table.class_names,
            target_names: target_names(source),
            unit: Unit::Row,
        })
    }
}

/// What is predicted of a table: its columns, or what is left of them.
fn target_names(source: &CsvSource) -> Vec<String> {
    let name = |name: &String| match source.offset_of(name) {
        0.0 => name.clone(),
        offset => format!("{name} - {offset}"),
    };
    source.target().columns().iter().map(name).collect()
}

/// The images of a data set.
///
/// # Errors
/// A text that is neither a name nor a folder, with a usage error; files that cannot be read or hold nonsense.
pub(crate) fn load_images(source: &DataSource) -> anyhow::Result<Mnist> {
    check_place(source)?;
    Ok(load(source)?)
}

/// The samples of a data set of any kind.
fn load_data(description: &DataDescription) -> anyhow::Result<LoadedData> {
    if let Some(source) = description.images() {
        check_place(source)?;
    }
    Ok(description.load()?)
}

/// Makes sure that a text that is no name is a folder.
pub(crate) fn check_place(source: &DataSource) -> anyhow::Result<()> {
    let DataSource::Directory(directory) = source else {
        return Ok(());
    };
    if directory.is_dir() {
        return Ok(());
    }
    let text = directory.display().to_string();
    if directory.components().count() > 1 {
        let what = if directory.exists() {
            "is no folder"
        } else {
            "is not there"
        };
        return Err(anyhow!(
            "`{text}` {what}; expected a folder with the four files of a set, or a table in a file that ends in .csv or .tsv; \
             name where it is now with `--data`"
        ))
        .or_usage();
    }
    let guess = nearest_name(&text, &DataSource::NAMES)
        .map_or_else(String::new, |name| format!(", did you mean `{name}`?"));
    Err(anyhow!(
        "unknown data `{text}`{guess}; expected {}, a folder with the four files of a set, or a table in a file that ends in \
         .csv or .tsv",
        DataSource::NAMES.join(", ")
    ))
    .or_usage()
}

/// Whether a table was asked for columns that it does not have, or for none.
fn is_about_columns(error: &anyhow::Error) -> bool {
    let Some(DataError::Csv(error)) = error.downcast_ref() else {
        return false;
    };
    matches!(
        **error,
        CsvError::NoTarget { .. }
            | CsvError::UnknownColumn { .. }
            | CsvError::ColumnTwice { .. }
            | CsvError::NoFeatures { .. }
            | CsvError::NoFeature { .. }
            | CsvError::NoNumbers { .. }
            | CsvError::SameSeparators { .. }
            | CsvError::TestSplitEmpty { .. }
    )
}
