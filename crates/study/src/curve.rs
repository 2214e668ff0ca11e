//! Curves of many trainings: error against the number of images, against capacity, and against the epochs.

mod axis;
mod figure;
mod job;
mod page;
mod pool;
mod progress;
mod result;
mod settings;
mod statistics;
mod summary;
mod training;

use std::fmt::Write as _;

use firebrick::burn::tensor::Device;
use firebrick::curves::{DEFAULT_CURVES_SIZE, draw_curves};
use firebrick::datasets::MnistDataset;
use firebrick::devices::DeviceName;
use firebrick::training::{Display, StopHandle};

use crate::data::StudyData;
use crate::directory::StudyDirectory;
use crate::ending::Ending;
use crate::error::StudyError;
use crate::file_names;
use job::Job;
use progress::Progress;
use result::JobResult;
use summary::Summary;

pub use axis::CurveAxis;
pub use settings::CurveSettings;

/// Decides which images are kept back.
const SPLIT_SEED: u64 = 0;

/// A curve of many trainings, ready to begin.
pub struct CurveStudy {
    settings: CurveSettings,
    data: StudyData,
    device: Device,
    /// The name of the device.
    device_name: DeviceName,
}

impl CurveStudy {
    /// The figures of every training.
    pub(crate) const TABLE: &'static str = file_names::CURVE_TABLE;
    /// The figure as a drawing.
    pub(crate) const FIGURE_SVG: &'static str = file_names::CURVE_SVG;
    /// The figure as a picture.
    pub(crate) const FIGURE_PNG: &'static str = file_names::CURVE_PNG;

    pub(crate) fn prepare(settings: CurveSettings) -> Result<Self, StudyError> {
        settings.validate()?;
        let data = StudyData::load(&settings.data, None, |train| split(train, &settings))?;
        let selected = settings.device.select()?;
        let study = Self {
            settings,
            data,
            device: selected.device,
            device_name: selected.name,
        };
        for value in study.settings.points() {
            study.network(value).validate()?;
        }
        Ok(study)
    }

    pub(crate) fn check(&self, display: Display, jobs: Option<usize>) -> Result<(), StudyError> {
        Progress::new(display)?;
        self.workers(jobs).map(drop)
    }

    pub(crate) fn run(
        &self,
        directory: &StudyDirectory,
        display: Display,
        jobs: Option<usize>,
        say: &mut dyn FnMut(&str),
    ) -> Result<Ending, StudyError> {
        let workers = self.workers(jobs)?;
        let mut progress = Progress::new(display)?;
        if !progress.is_quiet() {
            say(&self.introduction(workers));
        }
        let stop = StopHandle::new();
        let ctrl_c = stop.on_ctrl_c()?;
        let all = self.jobs();
        let results = pool::run(self, &all, directory, workers, &mut progress, &stop)?;
        drop(ctrl_c);
        let is_whole = results.len() == all.len();
        if let Some(summary) = Summary::new(&self.settings, &results) {
            self.show(&summary, &results, is_whole, directory)?;
            if !progress.is_quiet() {
                say(&format!("\n{summary}"));
            }
        }
        Ok(if is_whole {
            Ending::Completed
        } else {
            Ending::Interrupted
        })
    }

    /// How many networks are trained at once: as asked for, else one a core, or one on a GPU.
    fn workers(&self, jobs: Option<usize>) -> Result<usize, StudyError> {
        match jobs {
            Some(0) => Err(StudyError::setting("jobs", 0, "at least 1")),
            Some(jobs) => Ok(jobs),
            None => Ok(self.device_name.default_jobs()),
        }
    }

    /// All trainings, those of one point of the curve together.
    fn jobs(&self) -> Vec<Job> {
        let seeds = || (0..self.settings.seeds).map(|index| self.settings.seed + index);
        let values = self.settings.points();
        let jobs = values
            .into_iter()
            .flat_map(|value| seeds().map(move |seed| Job { value, seed }));
        jobs.collect()
    }

    fn introduction(&self, workers: usize) -> String {
        let (settings, data) = (&self.settings, &self.data);
        let images = match settings.by {
            CurveAxis::TrainSize => {
                format!("up to {}", settings.points().iter().max().unwrap_or(&0))
            }
            _ => settings.train_size.to_string(),
        };
        format!(
            "data     {images} training, {} validation, {} test images; {}\n\
             network  {}\n\
             learning adam at {}, {}, batches of {}\n\
             runs     {} points, {} seeds, {workers} at once on {}",
            data.validation.len(),
            data.test.len(),
            data.origin,
            settings.network_in_words(),
            settings.learning_rate,
            settings.length_in_words(),
            settings.batch_size,
            settings.points().len(),
            settings.seeds,
            self.device_name,
        )
    }

    /// Makes table, figure and page of what there is.
    fn show(
        &self,
        summary: &Summary,
        results: &[(Job, JobResult)],
        is_whole: bool,
        directory: &StudyDirectory,
    ) -> Result<(), StudyError> {
        directory.write(Self::TABLE, table(&self.settings, results).as_bytes())?;
        let panels = figure::panels(&self.settings, summary);
        for file in [Self::FIGURE_SVG, Self::FIGURE_PNG] {
            draw_curves(&panels, "", &directory.file(file), DEFAULT_CURVES_SIZE)?;
        }
        let page = page::render(self, summary, is_whole, directory)?;
        directory.write(StudyDirectory::REPORT, page.as_bytes())
    }
}

/// Keeps images of the training set back for validation, the same for all trainings and studies.
fn split(
    train: &MnistDataset,
    settings: &CurveSettings,
) -> Result<(MnistDataset, MnistDataset), StudyError> {
    let available = train.len();
    let kept = settings.validation_size;
    if kept >= available {
        let expected = format!("less than the {available} training images there are");
        return Err(StudyError::setting("validation_size", kept, expected));
    }
    let left = available - kept;
    let (setting, largest) = match settings.by {
        CurveAxis::TrainSize => ("values", settings.points().into_iter().max().unwrap_or(0)),
        _ => ("train_size", settings.train_size),
    };
    if largest > left {
        let expected = format!(
            "at most {left}, which is what the {kept} validation images leave of {available} training images"
        );
        return Err(StudyError::setting(setting, largest, expected));
    }
    // In an order of its own, because the images of a set may come in another than chance's.
    Ok(train.shuffled(SPLIT_SEED).split_at(left)?)
}

/// One line a training; where curves go by epochs, one line a training and epoch.
fn table(settings: &CurveSettings, results: &[(Job, JobResult)]) -> String {
    let mut lines = String::new();
    if settings.by == CurveAxis::Epochs {
        lines.push_str("seed,epoch,loss,error,val_loss,val_error\n");
        for (job, result) in results {
            for point in &result.epochs {
                let (train, validation) = (&point.train, &point.validation);
                let _ = writeln!(
                    lines,
                    "{},{},{},{:.6},{},{:.6}",
                    job.seed,
                    point.epoch,
                    train.loss,
                    train.error,
                    validation.loss,
                    validation.error
                );
            }
        }
        return lines;
    }
    let _ = writeln!(
        lines,
        "{},seed,parameters,loss,error,val_loss,val_error,test_loss,test_error,seconds",
        settings.by.column()
    );
    for (job, result) in results {
        let (train, validation, test) =
            (&result.end.train, &result.end.validation, &result.end.test);
        let _ = writeln!(
            lines,
            "{},{},{},{},{:.6},{},{:.6},{},{:.6},{:.3}",
            job.value,
            job.seed,
            result.num_params,
            train.loss,
            train.error,
            validation.loss,
            validation.error,
            test.loss,
            test.error,
            result.seconds
        );
    }
    lines
}
