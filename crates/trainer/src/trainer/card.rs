use std::path::{Path, PathBuf};

use firebrick_data::DataDescription;
use firebrick_model::ModelCard;

use crate::fit::Fit;
use crate::history::History;

/// What the run's model file tells of the training, for those who have the file alone.
pub(super) fn card_of(fit: &Fit, data: Option<DataDescription>, history: &History) -> ModelCard {
    // Where files lay on this machine is nobody's business.
    let data = data.map(|data| data.map_paths(name_of));
    let last = history.last();
    let figures = last.into_iter().flat_map(|record| record.figures.iter());
    ModelCard {
        labels: fit.class_names.clone(),
        data: data.and_then(|data| serde_json::to_value(data).ok()),
        figures: figures
            .filter(|(_, value)| value.is_finite())
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
        ..ModelCard::default()
    }
}

fn name_of(path: &Path) -> PathBuf {
    path.file_name().map(PathBuf::from).unwrap_or_default()
}
