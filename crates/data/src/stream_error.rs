use burn::data::dataset::DatasetError;

/// What is wrong with a stream of batches, and where: at a batch of a pass.
///
/// ```
/// # mod firebrick { pub use firebrick_data as datasets; }
/// use firebrick::datasets::BatchStream;
///
/// let error = BatchStream::new(|_| []).fields().unwrap_err();
/// assert!(error.to_string().starts_with("batch 1 of pass 0 of the stream: there is none"));
/// ```
#[derive(Debug, thiserror::Error)]
#[error("batch {batch} of pass {pass} of the stream: {problem}")]
pub struct StreamError {
    /// Counted from 0.
    pass: u64,
    /// Counted from 1.
    batch: usize,
    #[source]
    problem: StreamProblem,
}

/// What is wrong with it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StreamProblem {
    #[error(
        "there is none; a pass needs one, and what is made of one iterator has one pass: give it `steps_per_epoch`, or a closure that begins anew"
    )]
    NoBatch,
    #[error(
        "there is none, expected {expected} batches in a pass; say with `with_num_batches` how many there are"
    )]
    TooFew { expected: usize },
    #[error(
        "the batches end before the place that the training had come to; give it the stream that it learned from"
    )]
    Short,
    #[error("it cannot be made: {0}")]
    Source(#[source] DatasetError),
    #[error("making it panicked: {0}")]
    Panicked(String),
    #[error("expected at least one sample, received none; leave the batch out")]
    NoSample,
    #[error(
        "expected {expected} {part}, received {received}; all batches of a stream have as many"
    )]
    Parts {
        part: &'static str,
        expected: usize,
        received: usize,
    },
    #[error(
        "expected {part} of shape {expected:?}, received {received:?}; all samples of a stream are alike"
    )]
    Shape {
        part: &'static str,
        expected: Vec<usize>,
        received: Vec<usize>,
    },
    #[error("{0}")]
    Refused(String),
}

impl StreamProblem {
    /// The problem at this batch, counted from 1, of a pass, counted from 0.
    pub(crate) fn at(self, pass: u64, batch: usize) -> StreamError {
        StreamError {
            pass,
            batch,
            problem: self,
        }
    }
}
