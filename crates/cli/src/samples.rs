//! The samples that a data set is made of, whatever kind of data set it is.

use std::sync::Arc;

use anyhow::Context;
use firebrick::burn::tensor::Device;
use firebrick::datasets::{BatchSource, DataSource, Subset};

use crate::commands::data::load_data;
use crate::train_settings::TrainSettings;

/// Samples looked at together.
const TOGETHER: usize = 500;

/// What a training needs of a data set.
pub(crate) struct TrainingSamples {
    pub(crate) train: Subset,
    pub(crate) validation: Option<Subset>,
    pub(crate) test: TestSamples,
}

/// What an evaluation needs of a data set.
pub(crate) struct TestSamples {
    pub(crate) samples: Subset,
    /// Where they come from, for people.
    pub(crate) origin: String,
}

impl TrainingSamples {
    /// Loads and splits the data that the settings ask for.
    ///
    /// # Errors
    /// Data that cannot be read; with a usage error a split that cannot be.
    pub(crate) fn load(settings: &TrainSettings) -> anyhow::Result<Self> {
        let data = load_data(&settings.data)?;
        let (train, validation) = settings.split(&data.train)?;
        Ok(Self {
            train: all_of(train)?,
            validation: validation.map(all_of).transpose()?,
            test: TestSamples {
                samples: all_of(data.test)?,
                origin: data.origin,
            },
        })
    }
}

impl TestSamples {
    /// Loads the test samples of a data set.
    ///
    /// # Errors
    /// Data that cannot be read.
    pub(crate) fn load(source: &DataSource) -> anyhow::Result<Self> {
        let data = load_data(source)?;
        Ok(Self {
            samples: all_of(data.test)?,
            origin: data.origin,
        })
    }

    /// The class of every sample, in order, where the targets are classes.
    pub(crate) fn classes(&self, device: &Device) -> anyhow::Result<Vec<i64>> {
        let rows: Vec<usize> = (0..self.samples.num_samples()).collect();
        let mut classes = Vec::with_capacity(rows.len());
        for rows in rows.chunks(TOGETHER) {
            let batch = self.samples.gather(rows, device)?;
            let data = batch.classes().try_into_data_as::<i64>();
            classes.extend(data.context("reading the classes failed")?.iter::<i64>());
        }
        Ok(classes)
    }
}

fn all_of(source: impl BatchSource + 'static) -> anyhow::Result<Subset> {
    let rows = (0..source.num_samples()).collect();
    Ok(Subset::new(Arc::new(source), rows)?)
}
