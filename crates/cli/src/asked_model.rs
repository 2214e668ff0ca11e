//! A trained network that is asked: that of a run, or a model file that somebody has without its run.

use std::path::{Path, PathBuf};

use anyhow::Context;
use firebrick::burn::tensor::Device;
use firebrick::datasets::DataDescription;
use firebrick::models::{AnyModel, ModelCard, SavedModel};
use firebrick::recipes::Settings;
use firebrick::training::RunDirectory;

use crate::foreign_file::is_model;
use crate::runs::{self, RunsFolder};

/// A trained network, with what its run or else its file tells of it.
pub(crate) struct AskedModel {
    /// What it is called for short.
    pub(crate) name: String,
    /// The folder of the run, or the model file.
    pub(crate) path: PathBuf,
    /// What is read to know it.
    pub(crate) read: Vec<PathBuf>,
    /// The settings of its training, as far as they are known.
    pub(crate) config: Settings,
    /// Names of its classes, where it has any.
    pub(crate) labels: Vec<String>,
    file: PathBuf,
    saved: SavedModel,
}

impl AskedModel {
    /// The network of a run, or else of a model file.
    ///
    /// # Errors
    /// As those of [`RunsFolder::open`]; files that cannot be read, a card of a form that is not known.
    pub(crate) fn open(runs: &RunsFolder, named: &Path) -> anyhow::Result<Self> {
        match runs.open(named) {
            Ok(run) => Self::of_run(&run),
            Err(error) => match runs.places(named).into_iter().find(|path| is_model(path)) {
                Some(file) => Self::of_file(&file),
                None => Err(error),
            },
        }
    }

    fn of_run(run: &RunDirectory) -> anyhow::Result<Self> {
        let config = runs::config(run)?;
        let file = run.file(RunDirectory::MODEL);
        let saved = SavedModel::read(&file)?;
        Self {
            name: run.name(),
            path: run.path().to_owned(),
            read: runs::read_files(run),
            config,
            labels: Vec::new(),
            file,
            saved,
        }
        .told_by_card()
    }

    fn of_file(file: &Path) -> anyhow::Result<Self> {
        let saved = SavedModel::read(file)?;
        let name = file.file_stem().unwrap_or(file.as_os_str());
        Self {
            name: name.to_string_lossy().into_owned(),
            path: file.to_owned(),
            read: vec![file.to_owned()],
            config: runs::unknown_config(),
            labels: Vec::new(),
            file: file.to_owned(),
            saved,
        }
        .told_by_card()
    }

    /// What it was trained on, where the settings do not say it, and what its classes are called.
    fn told_by_card(mut self) -> anyhow::Result<Self> {
        let ModelCard { labels, data, .. } = self.saved.card()?;
        let of_card = || {
            let data = data.map(serde_json::from_value::<DataDescription>);
            data.transpose().with_context(|| {
                format!(
                    "the model file `{}` tells what it was trained on in a form that is not known, a newer version may read it",
                    self.file.display()
                )
            })
        };
        let data = match self.config.data() {
            Some(data) => Some(data.clone()),
            None => of_card()?,
        };
        let data = data.map(|data| data.with_class_names(&labels));
        self.config.data = data.transpose()?;
        self.labels = labels;
        Ok(self)
    }

    /// `run NAME` or `model file FILE`, for errors.
    pub(crate) fn called(&self) -> String {
        let kind = if self.path == self.file {
            "model file"
        } else {
            "run"
        };
        format!("{kind} `{}`", self.path.display())
    }

    /// What it was trained on and what its classes are called, as a model file tells it.
    pub(crate) fn card(&self) -> anyhow::Result<ModelCard> {
        let data = self.config.data().map(serde_json::to_value);
        Ok(ModelCard {
            labels: self.labels.clone(),
            data: data.transpose()?,
            ..ModelCard::default()
        })
    }

    /// The network, with what it learned.
    ///
    /// # Errors
    /// Weights of a network that only a program can build.
    pub(crate) fn into_network(self, device: &Device) -> anyhow::Result<AnyModel> {
        runs::network_of(self.saved, &self.file, device)
    }
}
