//! Three networks side by side: the same layers, the same initial weights, the same batches, and three ways to learn.

mod contender;
mod epoch_figures;
mod fitted;
mod from_scratch;
mod judgement;
mod page;
mod result;
mod settings;

use std::fmt::Write as _;

use firebrick::burn::tensor::Device;
use firebrick::curves::{Curve, DEFAULT_CURVES_SIZE, Panel, draw_curves};
use firebrick::datasets::ValidationSplit;
use firebrick::models::MlpConfig;
use firebrick::training::{Display, StopHandle};
use firebrick_scratch::{Activation, Network, ScratchError};

use crate::data::StudyData;
use crate::directory::StudyDirectory;
use crate::ending::Ending;
use crate::error::StudyError;
use crate::file_names;
use contender::Contender;
use result::NetworkResult;

pub use settings::NetworksSettings;

/// Three networks side by side, ready to be trained.
pub struct NetworksStudy {
    settings: NetworksSettings,
    data: StudyData,
    device: Device,
    /// Of the device, for people.
    device_name: String,
}

impl NetworksStudy {
    /// The figures of every network and epoch.
    pub(crate) const TABLE: &'static str = file_names::NETWORKS_TABLE;
    /// The figure as a drawing.
    pub(crate) const FIGURE_SVG: &'static str = file_names::NETWORKS_SVG;
    /// The figure as a picture.
    pub(crate) const FIGURE_PNG: &'static str = file_names::NETWORKS_PNG;

    pub(crate) fn prepare(settings: NetworksSettings) -> Result<Self, StudyError> {
        settings.validate()?;
        let split = ValidationSplit::Stratified {
            fraction: settings.validation_split,
            seed: settings.seed,
        };
        let data = StudyData::load(&settings.data, settings.train_limit, |train| {
            Ok(train.split(&split)?)
        })?;
        MlpConfig::new(data.num_features(), data.num_classes())
            .with_hidden(settings.hidden.clone())
            .validate()?;
        let selected = settings.device.select()?;
        Ok(Self {
            settings,
            data,
            device: selected.device,
            device_name: format!("{} ({})", selected.name, selected.adapter),
        })
    }

    pub(crate) fn run(
        &self,
        directory: &StudyDirectory,
        display: Display,
        say: &mut dyn FnMut(&str),
    ) -> Result<Ending, StudyError> {
        let display = display.resolve()?;
        say(&self.introduction());
        // Each training has a handle of its own besides, which its display may use up.
        let stop = StopHandle::new();
        let _ctrl_c = stop.on_ctrl_c()?;
        let mut results: Vec<NetworkResult> = Vec::new();
        for contender in Contender::ALL {
            if let Some(result) = directory.result(contender.name())? {
                say(&format!("\n{}: already done", contender.title()));
                results.push(result);
                continue;
            }
            say(&format!(
                "\n{}: {}",
                contender.title(),
                self.method(contender)
            ));
            let result = self.train(contender, display)?;
            say(&result.to_string());
            let is_whole = result.is_whole;
            if is_whole {
                directory.keep(contender.name(), &result)?;
            }
            results.push(result);
            self.show(&results, directory)?;
            if !is_whole || stop.is_stopped() {
                return Ok(Ending::Interrupted);
            }
        }
        self.show(&results, directory)?;
        Ok(Ending::Completed)
    }

    fn train(&self, contender: Contender, display: Display) -> Result<NetworkResult, StudyError> {
        let stop = StopHandle::new();
        match contender {
            Contender::Scratch => from_scratch::train(self, display, &stop),
            Contender::Mlp => fitted::mlp(self, display, &stop),
            Contender::Sequential => fitted::sequential(self, display, &stop),
        }
    }

    /// The widths of the layers, from the inputs to the classes.
    fn widths(&self) -> Vec<usize> {
        let (features, classes) = (self.data.num_features(), self.data.num_classes());
        let hidden = self.settings.hidden.iter().copied();
        [features]
            .into_iter()
            .chain(hidden)
            .chain([classes])
            .collect()
    }

    /// The network from scratch as it begins: the weights that all three begin with, which those of an
    /// [`Mlp`](firebrick::models::Mlp) of this seed are too.
    fn untrained(&self) -> Result<Network<f32>, ScratchError> {
        Network::new(&self.widths(), Activation::Sigmoid, self.settings.seed)
    }

    fn introduction(&self) -> String {
        let (settings, data) = (&self.settings, &self.data);
        let widths: Vec<String> = self.widths().iter().map(ToString::to_string).collect();
        format!(
            "data     {} training, {} validation, {} test images; {}\n\
             network  {}, sigmoid inside, softmax at the end\n\
             device   {}; the network from scratch on the CPU\n\
             learning {} epochs, batches of {}, seed {}",
            data.train.len(),
            data.validation.len(),
            data.test.len(),
            data.origin,
            widths.join(" → "),
            self.device_name,
            settings.epochs,
            settings.batch_size,
            settings.seed,
        )
    }

    /// How a network learns.
    fn method(&self, contender: Contender) -> String {
        let settings = &self.settings;
        match contender {
            Contender::Scratch => format!(
                "mean squared error, gradient descent at {}",
                settings.scratch_learning_rate
            ),
            Contender::Mlp => format!("cross-entropy, sgd at {}", settings.mlp_learning_rate),
            Contender::Sequential => {
                format!("cross-entropy, sgd at time-based:{}", settings.time_based)
            }
        }
    }

    /// Makes table, figure and page of what there is.
    fn show(
        &self,
        results: &[NetworkResult],
        directory: &StudyDirectory,
    ) -> Result<(), StudyError> {
        directory.write(Self::TABLE, table(results).as_bytes())?;
        let panels = [panel(results)];
        for file in [Self::FIGURE_SVG, Self::FIGURE_PNG] {
            draw_curves(&panels, "", &directory.file(file), DEFAULT_CURVES_SIZE)?;
        }
        let page = page::render(self, results, directory)?;
        directory.write(StudyDirectory::REPORT, page.as_bytes())
    }
}

/// One line a network and epoch.
fn table(results: &[NetworkResult]) -> String {
    let mut text = "network,epoch,loss,accuracy,val_loss,val_accuracy,seconds\n".to_owned();
    for result in results {
        for figures in &result.epochs {
            let _ = writeln!(
                text,
                "{},{},{},{},{},{},{:.3}",
                result.network.name(),
                figures.epoch,
                figures.loss,
                figures.accuracy,
                figures.val_loss,
                figures.val_accuracy,
                figures.seconds
            );
        }
    }
    text
}

/// Accuracy by epoch: training dashed, validation solid.
fn panel(results: &[NetworkResult]) -> Panel {
    let curve = |result: &NetworkResult, dashed: bool| Curve {
        label: result.network.title().to_owned(),
        epochs: result
            .epochs
            .iter()
            .map(|figures| figures.epoch as f64)
            .collect(),
        values: result
            .epochs
            .iter()
            .map(|figures| {
                if dashed {
                    figures.accuracy
                } else {
                    figures.val_accuracy
                }
            })
            .collect(),
        dashed,
        ..Curve::default()
    };
    Panel {
        title: "Accuracy on training and validation images".to_owned(),
        x_label: "epoch".to_owned(),
        y_label: "accuracy".to_owned(),
        curves: results
            .iter()
            .flat_map(|result| [curve(result, true), curve(result, false)])
            .collect(),
        ..Panel::default()
    }
}

#[cfg(test)]
mod tests {
    use firebrick::burn::tensor::Tensor;
    use firebrick::datasets::DataSource;
    use firebrick::devices::DeviceName;
    use ndarray::Array2;

    use super::*;

    #[test]
    fn all_three_begin_with_the_same_weights() {
        let study = NetworksStudy::prepare(NetworksSettings {
            data: DataSource::MnistSample,
            hidden: vec![9, 5],
            device: DeviceName::Flex,
            ..NetworksSettings::default()
        })
        .unwrap();
        let pixels = study.data.test.image(0);
        let x = Array2::from_shape_fn((1, pixels.len()), |(_, pixel)| f32::from(pixels[pixel]));
        let scratch = study.untrained().unwrap().forward(&x).unwrap();
        let inputs =
            || Tensor::<1>::from_floats(x.as_slice().unwrap(), &study.device).unsqueeze::<2>();
        let mlp = fitted::untrained_mlp(&study).unwrap();
        let sequential = fitted::untrained_sequential(&study).unwrap();
        for answers in [mlp.predict(inputs()), sequential.predict(inputs())] {
            let answers = answers.unwrap().into_vec().unwrap();
            assert_eq!(answers.len(), 10);
            for (answer, expected) in answers.iter().zip(&scratch) {
                assert!((answer - expected).abs() < 1e-6, "{answers:?} {scratch}");
            }
        }
    }
}
