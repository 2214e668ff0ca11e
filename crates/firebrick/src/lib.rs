//! A Keras-style deep-learning framework on Burn: describe a network, compile it, watch it learn
//! in the terminal, and use it from an app of your own.
//!
//! This crate is the facade: it re-exports the crates below it and has no logic of its own.
//! An app that only predicts depends on [`firebrick_model`] alone.
//!
//! ```
//! use firebrick::prelude::*;
//!
//! let device = DeviceName::Auto.select()?.device;
//! let model = MlpConfig::new(784, 10).with_hidden([128, 64]).init(42, &device)?;
//! println!("{model}");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

// The README's example is compiled and run as a doctest.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;

/// Burn itself, in the version this crate is built on.
pub use burn;

/// Neural networks one can describe, build, run and save.
pub mod models {
    pub use firebrick_model::{
        Activation, AnyModel, AtomicFile, Constraint, Draws, FanMode, Initializer, LayerKey,
        LayerSummary, Mlp, MlpConfig, Mode, Model, ModelError, ModelSize, Regularizer, SavedModel,
        ScalingDistribution, Sequential, SequentialLayer, SequentialModel, Summary, WeightValue,
        did_you_mean, folder_of, is_same_file, nearest_name, readable_bytes,
        remove_abandoned_files, save_model, save_weights, shortened, visible, write_whole,
    };
    pub use firebrick_model::{Seal, check_seal, seal};
    pub use firebrick_tensor::{AnyTensor, Axes, TensorError, catch_panic, machine_memory};
}

/// The layers of a [`Sequential`](models::Sequential), with Keras' names, arguments and defaults.
pub mod layers {
    pub use firebrick_model::layers::{
        Activation, AveragePooling1D, AveragePooling2D, BatchNormalization, Conv1D, Conv2D,
        Cropping2D, Dense, Dropout, ELU, Embedding, Flatten, GaussianNoise, GlobalAveragePooling1D,
        GlobalAveragePooling2D, GlobalMaxPooling1D, GlobalMaxPooling2D, Interpolation, Lambda,
        Layer, LayerNormalization, LayerProblem, LeakyReLU, Margins2D, MaxPooling1D, MaxPooling2D,
        NewLayer, Normalization, PReLU, Padding, Permute, ReLU, RepeatVector, Rescaling, Reshape,
        Size2D, Softmax, SpatialDropout2D, UpSampling2D, WeightSpec, ZeroPadding2D,
    };
}

/// Devices by name: CPU and GPU without touching code.
pub mod devices {
    pub use firebrick_tensor::{
        DeviceCheck, DeviceName, DeviceStatus, FoundDevice, SelectedDevice, check_device,
        device_statuses,
    };
}

/// Labelled examples, from a file to a batch of tensors.
pub mod datasets {
    pub use firebrick_data::{
        ArrayData, ArrayDataset, ArrayError, ArrayPart, Batch, BatchLoader, BatchSource, Change,
        ClassBalance, CoarseColumn, ColumnStatistics, CsvColumn, CsvContent, CsvError, CsvInputs,
        CsvMissing, CsvMissingError, CsvOverview, CsvProblem, CsvSource, CsvTable, CsvTarget,
        CsvTest, DataDescription, DataError, DataSource, DatasetSource, DigitBounds, DigitImage,
        Elements, Fetch, Fingerprint, FingerprintError, IdxImages, IdxLabels, LoadedData, Mnist,
        MnistBatcher, MnistDataset, MnistItem, Number, SampleStatistics, ShuffleState, Subset,
        Targets, ValidationSplit, absolute_path, fetch, load, mnist_sample, read_digit_image,
        read_digit_images, read_images, read_labels,
    };
}

/// Learning rates as functions of the step.
pub mod schedules {
    pub use firebrick_scheduler::{
        Constant, CosineDecay, CosineDecayRestarts, ExponentialDecay, InverseTimeDecay, OneCycle,
        PiecewiseConstantDecay, PolynomialDecay, Schedule, ScheduleAdapter, ScheduleError,
        ScheduleSpec, ScheduleUnit, TimeBased, Warmup,
    };
}

/// Compiling, fitting and evaluating any model.
pub mod training {
    pub use firebrick_recipe::{CompileSettings, ModelFile, ModelFileProblem, RecipeError};
    pub use firebrick_trainer::{
        ClassEvaluation, ClassKey, ClassReport, Compile, ConfusionCell, ConfusionCounts, CtrlC,
        DirectoryClaim, DirectoryContents, Display, EpochRecord, Evaluation, Fit, FitParams,
        FitSettings, Flag, GivenFit, History, LockHolder, Logs, LoopDisplay, LoopProgress,
        NonFiniteCause, Optimizer, Pass, RunDirectory, SamplePlace, Setting, SettingsTable, Signal,
        StopHandle, StopReason, TextError, TrainError, Trainer, Values, adapt, figure_text,
    };
}

/// What training makes small.
pub mod losses {
    pub use firebrick_trainer::losses::{
        BinaryCrossentropy, BinaryFocalCrossentropy, CategoricalCrossentropy,
        CategoricalFocalCrossentropy, CategoricalHinge, CosineSimilarity, Dice, Hinge, Huber,
        KLDivergence, LogCosh, MeanAbsoluteError, MeanAbsolutePercentageError, MeanSquaredError,
        MeanSquaredLogarithmicError, Poisson, Reduction, SparseCategoricalCrossentropy,
        SquaredHinge, Tversky,
    };
    pub use firebrick_trainer::{
        Loss, LossFunction, OutputForm, Outputs, TargetDomain, TargetForm,
    };
}

/// What is measured beside the loss.
pub mod metrics {
    pub use firebrick_trainer::metrics::{
        AUC, AUCCurve, AUCSummationMethod, Accuracy, Average, BinaryAccuracy, BinaryCrossentropy,
        BinaryIoU, CategoricalAccuracy, CategoricalCrossentropy, CategoricalHinge,
        ClassAggregation, ConcordanceCorrelation, ConfusionMatrix, ConfusionTable,
        CosineSimilarity, Direction, F1Score, FBetaScore, FalseNegatives, FalsePositives, Hinge,
        IoU, KLDivergence, LogCoshError, Mean, MeanAbsoluteError, MeanAbsolutePercentageError,
        MeanIoU, MeanSquaredError, MeanSquaredLogarithmicError, OneHotIoU, OneHotMeanIoU,
        PearsonCorrelation, Poisson, Precision, PrecisionAtRecall, R2Score, Recall,
        RecallAtPrecision, RootMeanSquaredError, SensitivityAtSpecificity,
        SparseCategoricalAccuracy, SparseCategoricalCrossentropy, SparseTopKCategoricalAccuracy,
        SpecificityAtSensitivity, SquaredHinge, Sum, TopKCategoricalAccuracy, TrueNegatives,
        TruePositives,
    };
    pub use firebrick_trainer::{Metric, MetricFunction};
}

/// What watches a training and may act on it.
pub mod callbacks {
    pub use firebrick_trainer::callbacks::{
        CsvLogger, EarlyStopping, JsonlLogger, LambdaCallback, LearningRateScheduler,
        ModelCheckpoint, MonitorMode, ProgressBar, ReduceLrOnPlateau, SaveFreq, SwapEmaWeights,
        TensorBoard, TerminateOnNan, UpdateFreq,
    };
    pub use firebrick_trainer::{Callback, Flow, HookResult, Training, Weights};
}

/// Pictures of histories.
pub mod curves {
    pub use firebrick_plot::{
        Curve, CurvesError, DEFAULT_CURVES_SIZE, Mark, Panel, Scale, Stroke, curves_size,
        render_curves,
    };
    pub use firebrick_trainer::{draw_curves, run_panels};
}

/// What most programs use: one import for a network of Keras' layers, and for one of your own as well, because the
/// derive of Burn's [`Module`](burn::module::Module) needs `burn` in scope beside the trait.
///
/// ```
/// use firebrick::prelude::*;
///
/// /// Two layers whose outputs are added.
/// #[derive(Module, Debug)]
/// struct TwoPaths {
///     left: burn::nn::Linear,
///     right: burn::nn::Linear,
/// }
///
/// impl Model for TwoPaths {
///     fn forward(&self, inputs: AnyTensor) -> Result<AnyTensor, ModelError> {
///         let x: Tensor<2> = inputs.into_rank()?;
///         Ok((self.left.forward(x.clone()) + self.right.forward(x).tanh()).into())
///     }
/// }
///
/// let device = DeviceName::Flex.select()?.device;
/// let linear = burn::nn::LinearConfig::new(2, 1);
/// let model = TwoPaths { left: linear.init(&device), right: linear.init(&device) };
/// let data = ArrayDataset::new([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0.0, 1.0, 1.0, 2.0])?;
/// let mut trainer = Compile::new(Optimizer::adam(), MeanSquaredError::new()).with_learning_rate(0.1).model(model);
/// trainer.fit(&data, &Fit::new(200).with_display(Display::Quiet))?;
/// let sum = trainer.predict(Tensor::<2>::from_floats([[1.0, 1.0]], &device))?.into_vec()?;
/// assert!((sum[0] - 2.0).abs() < 0.1, "{sum:?}");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub mod prelude {
    pub use burn::{
        self,
        module::Module,
        tensor::{Device, Tensor},
    };

    pub use crate::datasets::{
        ArrayDataset, CsvSource, DataSource, ValidationSplit, load, mnist_sample,
    };
    pub use crate::devices::DeviceName;
    pub use crate::losses::{Loss, MeanSquaredError, SparseCategoricalCrossentropy};
    pub use crate::metrics::Metric;
    pub use crate::models::{
        Activation, AnyModel, AnyTensor, Mlp, MlpConfig, Model, ModelError, SavedModel, Sequential,
        SequentialModel, save_model,
    };
    pub use crate::schedules::{Constant, ScheduleSpec, TimeBased};
    pub use crate::training::{Compile, Display, Fit, History, Optimizer, Trainer};
}
