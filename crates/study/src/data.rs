//! The images of a study, in three parts that never change while it lasts.

use std::sync::Arc;

use firebrick::datasets::{BatchSource, DataSource, Mnist, MnistDataset, Subset, load};

use crate::error::StudyError;

/// What a study learns from, chooses by and is judged by.
#[derive(Debug)]
pub(crate) struct StudyData {
    pub(crate) train: MnistDataset,
    pub(crate) validation: MnistDataset,
    pub(crate) test: MnistDataset,
    /// Where they come from, for people.
    pub(crate) origin: String,
}

impl StudyData {
    /// The data set, or only its first training images; `split` keeps some of those back for validation.
    pub(crate) fn load(
        source: &DataSource,
        train_limit: Option<usize>,
        split: impl FnOnce(&MnistDataset) -> Result<(MnistDataset, MnistDataset), StudyError>,
    ) -> Result<Self, StudyError> {
        let Mnist {
            train,
            test,
            origin,
        } = load(source)?;
        let train = match train_limit {
            Some(limit) if limit == 0 || limit > train.len() => {
                let expected = format!("from 1 to the {} training images there are", train.len());
                return Err(StudyError::setting("train_limit", limit, expected));
            }
            Some(limit) => train.first(limit)?,
            None => train,
        };
        let (train, validation) = split(&train)?;
        Ok(Self {
            train,
            validation,
            test,
            origin,
        })
    }

    pub(crate) fn num_features(&self) -> usize {
        self.train.num_features()
    }

    pub(crate) fn num_classes(&self) -> usize {
        self.train.num_classes()
    }
}

/// These rows of a set.
pub(crate) fn subset(data: &MnistDataset, rows: Vec<usize>) -> Result<Subset, StudyError> {
    let source: Arc<dyn BatchSource> = Arc::new(data.clone());
    Ok(Subset::new(source, rows)?)
}
