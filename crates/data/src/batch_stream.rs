//! Batches that are made as they are asked for, of a number that need not be known.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use burn::data::dataset::DatasetError;
use firebrick_tensor::catch_panic;

use crate::batch::Batch;
use crate::fields::{InputField, TargetField};
use crate::stream_error::{StreamError, StreamProblem};
use crate::stream_fields::StreamFields;

/// The batches of one pass.
pub(crate) type PassBatches = Box<dyn Iterator<Item = Result<Batch, DatasetError>> + Send>;

type Begin = Box<dyn FnMut(u64) -> PassBatches + Send>;

/// Batches that a program makes as they are asked for: Keras' generator, its `PyDataset` and `tf.data`'s data sets.
///
/// A closure gives the batches of each pass over the data, of passes counted from 0. They may end or not: what has no end needs
/// `steps_per_epoch` ([`Fit`](https://docs.rs/firebrick)), and what ends without having said when has its length known after the
/// first epoch. What inputs and targets there are, of which shapes, is taken from the first batch; all others have to be alike,
/// but for their number of samples. Samples are neither shuffled nor split: that is the closure's own business, and so is the
/// size of its batches.
///
/// A training that was broken off goes on by asking for the same pass again and passing over the batches that it has learned,
/// which is right where the batches of a pass are a function of its number; an iterator whose `nth` is fast makes that fast.
/// [`without_replay`](Self::without_replay) is for others. A clone is the same stream.
///
/// ```
/// # mod firebrick { pub use firebrick_data::{burn, self as datasets}; }
/// use firebrick::burn::tensor::{Device, Tensor};
/// use firebrick::datasets::{Batch, BatchStream};
///
/// let device = Device::flex();
/// // Three batches of two samples, others in every pass.
/// let stream = BatchStream::new(move |pass| {
///     let device = device.clone();
///     (0..3).map(move |batch| {
///         let x = Tensor::<2>::ones([2, 4], &device) * (pass + batch) as f32;
///         Batch::new(x.clone(), x.sum_dim(1))
///     })
/// });
/// assert_eq!(stream.fields()?.inputs[0].shape, [4]);
/// # Ok::<(), firebrick::datasets::DataError>(())
/// ```
#[derive(Clone)]
pub struct BatchStream {
    shared: Arc<Mutex<Shared>>,
    num_batches: Option<usize>,
    declared: Option<StreamFields>,
    replays: bool,
}

struct Shared {
    begin: Begin,
    /// The pass that comes next.
    next_pass: u64,
    /// The first batch, and where its pass is as long as nobody has asked for it.
    first: Option<Batch>,
    begun: Option<(u64, PassBatches)>,
}

impl BatchStream {
    /// Batches by the number of the pass, counted from 0.
    pub fn new<F, I>(mut batches: F) -> Self
    where
        F: FnMut(u64) -> I + Send + 'static,
        I: IntoIterator<Item = Batch, IntoIter: Send + 'static>,
    {
        Self::of(Box::new(move |pass| {
            Box::new(batches(pass).into_iter().map(Ok))
        }))
    }

    /// The same where making a batch may fail.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_data::{burn, self as datasets}; }
    /// use firebrick::burn::tensor::{Device, Tensor};
    /// use firebrick::datasets::{Batch, BatchStream};
    ///
    /// let stream = BatchStream::fallible(|_| {
    ///     let device = Device::flex();
    ///     ["1.5", "2", "x"].map(move |text| {
    ///         let x = Tensor::<1>::from_floats([text.parse::<f32>()?], &device);
    ///         Ok::<_, std::num::ParseFloatError>(Batch::new(x.clone(), x))
    ///     })
    /// });
    /// # assert_eq!(stream.fields()?.targets.len(), 1);
    /// # Ok::<(), firebrick::datasets::DataError>(())
    /// ```
    pub fn fallible<F, I, E>(mut batches: F) -> Self
    where
        F: FnMut(u64) -> I + Send + 'static,
        I: IntoIterator<Item = Result<Batch, E>, IntoIter: Send + 'static>,
        E: std::error::Error + Send + Sync + 'static,
    {
        Self::of(Box::new(move |pass| {
            let batches = batches(pass).into_iter();
            Box::new(batches.map(|batch| batch.map_err(DatasetError::new)))
        }))
    }

    /// The batches of one iterator, which goes on from epoch to epoch and cannot begin anew: Keras' generator.
    ///
    /// It needs `steps_per_epoch`, unless there is one epoch.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_data::{burn, self as datasets}; }
    /// use firebrick::burn::tensor::{Device, Tensor};
    /// use firebrick::datasets::{Batch, BatchStream};
    ///
    /// let device = Device::flex();
    /// let numbers = (0_u8..).map(move |number| {
    ///     let x = Tensor::<1>::from_floats([f32::from(number)], &device);
    ///     Batch::new(x.clone(), x * 2.0)
    /// });
    /// let stream = BatchStream::from_iterator(numbers);
    /// # assert_eq!(stream.num_batches(), None);
    /// ```
    pub fn from_iterator<I>(batches: I) -> Self
    where
        I: IntoIterator<Item = Batch, IntoIter: Send + 'static>,
    {
        let mut batches = Some(batches.into_iter());
        Self::of(Box::new(move |_| match batches.take() {
            Some(batches) => Box::new(batches.map(Ok)),
            None => Box::new(std::iter::empty()),
        }))
    }

    fn of(begin: Begin) -> Self {
        Self {
            shared: Arc::new(Mutex::new(Shared {
                begin,
                next_pass: 0,
                first: None,
                begun: None,
            })),
            num_batches: None,
            declared: None,
            replays: true,
        }
    }

    /// Says how many batches a pass has; further ones are left, fewer are an error.
    #[must_use = "returns the changed stream"]
    pub fn with_num_batches(mut self, num_batches: usize) -> Self {
        self.num_batches = Some(num_batches);
        self
    }

    /// Says which inputs and targets the batches have, in this order: their names, and which targets are classes, of which the
    /// first batch says nothing.
    #[must_use = "returns the changed stream"]
    pub fn with_fields(
        mut self,
        inputs: impl IntoIterator<Item = InputField>,
        targets: impl IntoIterator<Item = TargetField>,
    ) -> Self {
        self.declared = Some(StreamFields {
            inputs: inputs.into_iter().collect(),
            targets: targets.into_iter().collect(),
        });
        self
    }

    /// Says that the batches of a pass are no function of its number, as those of a queue are not: a training that was broken off
    /// goes on with what comes next, and says so.
    #[must_use = "returns the changed stream"]
    pub fn without_replay(mut self) -> Self {
        self.replays = false;
        self
    }

    /// How many batches a pass has, if it was said.
    pub fn num_batches(&self) -> Option<usize> {
        self.num_batches
    }

    /// Whether the same pass has the same batches when it is asked for again.
    pub fn replays(&self) -> bool {
        self.replays
    }

    /// The inputs and targets of the batches; of the first batch, unless they were [declared](Self::with_fields).
    ///
    /// # Errors
    /// A stream without a batch, a first batch that cannot be made or is not as was declared.
    pub fn fields(&self) -> Result<StreamFields, StreamError> {
        let first = self.first()?;
        match &self.declared {
            None => StreamFields::of(&first),
            Some(declared) => declared.check(&first).map(|()| declared.clone()),
        }
        .map_err(|problem| problem.at(0, 1))
    }

    /// The first batch, which stays the first one of its pass.
    ///
    /// # Errors
    /// A stream without a batch, a first batch that cannot be made.
    pub fn first(&self) -> Result<Batch, StreamError> {
        let mut shared = self.shared();
        if let Some(first) = &shared.first {
            return Ok(first.clone());
        }
        let pass = shared.next_pass;
        let mut batches = shared.begin(pass)?;
        let first = match catch_panic(|| batches.next()) {
            Ok(Some(Ok(first))) => first,
            Ok(Some(Err(source))) => return Err(StreamProblem::Source(source).at(pass, 1)),
            Ok(None) => return Err(StreamProblem::NoBatch.at(pass, 1)),
            Err(message) => return Err(StreamProblem::Panicked(message).at(pass, 1)),
        };
        shared.first = Some(first.clone());
        shared.begun = Some((
            pass,
            Box::new(std::iter::once(Ok(first.clone())).chain(batches)),
        ));
        Ok(first)
    }

    /// The number of the pass that a training begins next, counted from 0.
    pub fn next_pass(&self) -> u64 {
        self.shared().next_pass
    }

    /// Has the next pass be this one.
    pub fn set_next_pass(&self, pass: u64) {
        self.shared().next_pass = pass;
    }

    /// The next pass, and its number.
    pub(crate) fn take_pass(&self) -> (u64, Result<PassBatches, StreamError>) {
        let mut shared = self.shared();
        let pass = shared.next_pass;
        shared.next_pass += 1;
        (pass, shared.begin(pass))
    }

    /// The pass of this number, whichever is next.
    pub(crate) fn pass(&self, pass: u64) -> Result<PassBatches, StreamError> {
        self.shared().begin(pass)
    }

    /// Nothing is left half done where a closure panics.
    fn shared(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shared {
    fn begin(&mut self, pass: u64) -> Result<PassBatches, StreamError> {
        match self.begun.take() {
            Some((begun, batches)) if begun == pass => Ok(batches),
            _ => {
                let begun = catch_panic(|| (self.begin)(pass));
                begun.map_err(|message| StreamProblem::Panicked(message).at(pass, 1))
            }
        }
    }
}

impl fmt::Debug for BatchStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BatchStream")
            .field("num_batches", &self.num_batches)
            .field("declared", &self.declared)
            .field("replays", &self.replays)
            .finish_non_exhaustive()
    }
}
