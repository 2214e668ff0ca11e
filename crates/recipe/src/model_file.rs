//! Trainings described in a TOML file.

mod callback_list;
mod compile_settings;
mod data_set;
mod fit_section;
mod network;
mod output_settings;
mod section;
mod vocabulary_files;

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use firebrick_data::DataDescription;
use firebrick_model::Graph;
use firebrick_spec::as_text;
use firebrick_trainer::FitSettings;

use crate::error::RecipeError;
use crate::named_callback::NamedCallback;
use section::{Located, Section};

pub use compile_settings::CompileSettings;
pub use output_settings::OutputSettings;

/// A network and how it is to learn, as a file in TOML describes them; read, it has been checked.
///
/// The network comes first: `input_shape`, the shape of a sample without the batch axis, perhaps a
/// `name`, and a `[[layers]]` for each layer with its `class_name`, its arguments as Keras names them
/// and, where wanted, a `name` and `trainable = false`. A layer takes from the one before it, or from those that its
/// `inputs` name (`lstm:1` is the second output of one that gives several); a `[[layers]]` with `call = "embedding"` and a `name`
/// calls that layer again, with the same weights and the arguments that it says otherwise (`reverse = true`), and
/// `training = false` has a layer called as after training; `outputs` names what leaves the network,
/// and a table `[inputs]` of names and shapes stands for `input_shape` where there are several. `[compile]` has `optimizer`, `learning_rate` or
/// `schedule`, `loss`, `metrics` and `weighted_metrics`, see [`CompileSettings`], and a table
/// `[compile.outputs.NAME]` for what single outputs have of their own ([`OutputSettings`]); `[fit]` has the
/// settings of [`FitSettings`]. Each `[[callbacks]]` has the `name` of a [`NamedCallback`] and its arguments as Keras names
/// them. What has arguments is a table instead of a name:
/// `{ name = "adam", beta_1 = 0.8 }` for an optimizer, a loss or a schedule, `{ metric = "auc", curve = "PR" }`
/// for a metric. `data` says what is learned from, see [`DataDescription`]: `data = "mnist"` before the
/// first table, or a table `[data]`. A table `[search]` says which settings `firebrick tune` searches; a training passes it over.
///
/// A `Normalization` without `mean` and `variance` waits for samples: [`adapt`](firebrick_trainer::adapt) gives it theirs, and a
/// `TextVectorization` or a lookup its `vocabulary`. That may also be a list, or the name of a file with a token on each line,
/// which becomes a list in the text. Text enters by `input_shape = [-1]`, as many bytes as there are.
///
/// The text itself is what is compared, written and read by serde, as one string.
///
/// ```
/// use firebrick::burn::tensor::Device;
/// use firebrick::recipes::ModelFile;
/// use firebrick::training::Display;
///
/// let file: ModelFile = r#"
///     input_shape = [28, 28, 1]
///
///     [[layers]]
///     class_name = "Flatten"
///
///     [[layers]]
///     class_name = "Dense"
///     units = 10
///     activation = "softmax"
///
///     [compile]
///     optimizer = { name = "adam", clipnorm = 1.0 }
///     learning_rate = 0.01
///     loss = "sparse_categorical_crossentropy"
///     metrics = ["accuracy"]
///
///     [fit]
///     epochs = 3
///     batch_size = 16
/// "#.parse()?;
/// let data = firebrick::datasets::mnist_sample()?;
/// let model = file.network().build(file.fit().seed, &Device::flex())?;
/// let fit = file.fit().to_fit().with_display(Display::Quiet);
/// let history = file.compile().to_compile().model(model).fit(&data.train, &fit)?;
/// assert_eq!(history["accuracy"].len(), 3);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct ModelFile {
    text: String,
    data: Option<DataDescription>,
    network: Graph,
    compile: CompileSettings,
    fit: FitSettings,
    callbacks: Vec<NamedCallback>,
}

impl ModelFile {
    const KEYS: &[&str] = &[
        network::NAME,
        network::INPUT_SHAPE,
        network::INPUTS,
        network::OUTPUTS,
        network::LAYERS,
        data_set::DATA,
        Self::COMPILE,
        Self::FIT,
        callback_list::CALLBACKS,
        Self::SEARCH,
    ];
    const COMPILE: &str = "compile";
    const FIT: &str = "fit";
    /// What `firebrick tune` searches; a training passes it over.
    const SEARCH: &str = "search";

    /// Reads a file.
    ///
    /// # Errors
    /// A file that cannot be read, and those of [`parse`](Self::parse).
    pub fn read(path: &Path) -> Result<Self, RecipeError> {
        let text = std::fs::read_to_string(path).map_err(|source| RecipeError::File {
            path: path.to_owned(),
            source,
        })?;
        Self::parse(text, path)
    }

    /// Reads a description that is already in memory; errors call it `name`, and relative paths in it begin in the
    /// folder of `name`.
    ///
    /// # Errors
    /// A text that is no TOML; an unknown key, layer, argument, optimizer, loss or metric, with the
    /// nearest known one; a value that cannot be; layers that do not fit one another. The error names
    /// the line.
    pub fn parse(text: impl Into<String>, name: impl Into<PathBuf>) -> Result<Self, RecipeError> {
        let (text, path) = (text.into(), name.into());
        let folder = path.parent().unwrap_or(Path::new(""));
        let failed = |Located { problem, at }: Located, text: &str| RecipeError::ModelFile {
            line: at.map(|at| line_of(text, at)),
            path: path.clone(),
            problem,
        };
        let inlined = vocabulary_files::inlined(&text, folder);
        let text = inlined
            .map_err(|found| failed(found, &text))?
            .unwrap_or(text);
        Self::check(&text, folder).map_err(|found| failed(found, &text))
    }

    /// What is to be learned from, if the file says so.
    pub fn data(&self) -> Option<&DataDescription> {
        self.data.as_ref()
    }

    /// The network, whose layers fit one another.
    pub fn network(&self) -> &Graph {
        &self.network
    }

    /// How it is to learn.
    pub fn compile(&self) -> &CompileSettings {
        &self.compile
    }

    /// How it is to be fitted.
    pub fn fit(&self) -> &FitSettings {
        &self.fit
    }

    /// What is to watch the fit.
    pub fn callbacks(&self) -> &[NamedCallback] {
        &self.callbacks
    }

    /// The text that was read.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    fn check(text: &str, folder: &Path) -> Result<Self, Located> {
        let mut file = Section::parse(text)?;
        file.check_keys(Self::KEYS)?;
        let network = network::read(&mut file)?;
        let data = file.take_value(data_set::DATA);
        let data = data.map(data_set::read).transpose()?;
        let compile = match file.take_section(Self::COMPILE)? {
            Some(section) => CompileSettings::read(section, &network.output_names())?,
            None => CompileSettings::default(),
        };
        let fit = match file.take_section(Self::FIT)? {
            Some(section) => fit_section::read(section)?,
            None => FitSettings::default(),
        };
        let callbacks = file.take_value(callback_list::CALLBACKS);
        let callbacks = callbacks.map(callback_list::read).transpose()?;
        Ok(Self {
            callbacks: callbacks.unwrap_or_default(),
            data: data.map(|data| data.map_paths(|path| folder.join(path))),
            network,
            compile,
            fit,
            text: text.to_owned(),
        })
    }
}

/// The line of a byte of the text, counted from 1.
fn line_of(text: &str, at: usize) -> usize {
    let before = text.as_bytes().iter().take(at);
    before.filter(|&&byte| byte == b'\n').count() + 1
}

impl fmt::Display for ModelFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for ModelFile {
    type Err = RecipeError;

    fn from_str(text: &str) -> Result<Self, RecipeError> {
        Self::parse(text, "model")
    }
}

as_text!(ModelFile);
