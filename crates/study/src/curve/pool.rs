//! Several trainings at once, the longest first, each on a single thread: what it computes doesn't depend on its
//! neighbours.

use std::cmp::Reverse;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::thread;

use firebrick::training::StopHandle;
use rayon::{ThreadPool, ThreadPoolBuilder};

use super::CurveStudy;
use super::job::Job;
use super::progress::Progress;
use super::result::JobResult;
use crate::directory::StudyDirectory;
use crate::error::StudyError;

/// What a worker tells.
pub(super) enum Event {
    /// An epoch of this cost is done.
    Epoch(u64),
    /// A training has ended, with nothing if it was stopped.
    Ended(Job, Box<Result<Option<JobResult>, StudyError>>),
}

/// Does the trainings that the directory doesn't have yet, and keeps each there as soon as it is finished; gives all
/// finished ones in the order of `jobs`.
pub(super) fn run(
    study: &CurveStudy,
    jobs: &[Job],
    directory: &StudyDirectory,
    workers: usize,
    progress: &mut Progress,
    stop: &StopHandle,
) -> Result<Vec<(Job, JobResult)>, StudyError> {
    let mut finished = Vec::new();
    let mut open = Vec::new();
    for job in jobs {
        match directory.result(&job.key())? {
            Some(result) => finished.push((*job, result)),
            None => open.push(*job),
        }
    }
    let cost = |job: &Job| {
        let (_, _, epochs) = study.settings.at(job.value);
        study.epoch_cost(job).saturating_mul(epochs as u64)
    };
    open.sort_by_key(|job| Reverse(cost(job)));
    let all = open.iter().map(cost).fold(0, u64::saturating_add);
    progress.begin(finished.len(), jobs.len(), all);

    let workers = workers.min(open.len());
    let pools = (0..workers).map(|_| single_thread(workers));
    let pools: Vec<ThreadPool> = pools.collect::<Result<_, StudyError>>()?;
    let queue = Mutex::new(open.into_iter());
    let (sender, receiver) = channel();
    let mut failure = None;
    thread::scope(|scope| {
        for pool in &pools {
            let (sender, queue) = (sender.clone(), &queue);
            scope.spawn(move || pool.install(|| work(study, queue, stop, &sender)));
        }
        drop(sender);
        for event in receiver {
            let (job, result) = match event {
                Event::Epoch(cost) => {
                    progress.advance(cost);
                    continue;
                }
                Event::Ended(job, result) => (job, *result),
            };
            let kept = result.and_then(|result| match result {
                Some(result) => directory.keep(&job.key(), &result).map(|()| Some(result)),
                None => Ok(None),
            });
            match kept {
                Ok(Some(result)) => {
                    progress.finished(study.settings.by, &job, &result);
                    finished.push((job, result));
                }
                Ok(None) => {}
                Err(error) => {
                    stop.stop("an error");
                    failure.get_or_insert(error);
                }
            }
        }
    });
    progress.end();
    if let Some(error) = failure {
        return Err(error);
    }
    finished.sort_by_key(|(job, _)| (job.value, job.seed));
    Ok(finished)
}

/// Takes one training after the other, until none is left or somebody says stop.
fn work(
    study: &CurveStudy,
    queue: &Mutex<impl Iterator<Item = Job>>,
    stop: &StopHandle,
    events: &Sender<Event>,
) {
    while !stop.is_stopped() {
        let job = queue.lock().unwrap_or_else(PoisonError::into_inner).next();
        let Some(job) = job else {
            return;
        };
        let result = study.train(&job, stop, events);
        if events.send(Event::Ended(job, Box::new(result))).is_err() {
            return;
        }
    }
}

/// Where Burn finds one thread to compute on.
fn single_thread(workers: usize) -> Result<ThreadPool, StudyError> {
    let pool = ThreadPoolBuilder::new().num_threads(1).build();
    pool.map_err(|error| StudyError::Workers {
        jobs: workers,
        reason: error.to_string(),
    })
}
