use std::path::PathBuf;

/// What can go wrong between the state of a training and the file that keeps it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CheckpointError {
    /// A text that is no interval.
    #[error(
        "`{received}` says no interval between checkpoints; expected a number above 0 and its unit, as in `500steps`, `30s`, `5min`, \
         `1h` or `1epoch`"
    )]
    Interval {
        /// The text as given.
        received: String,
    },

    /// A checkpoint that cannot be read or written.
    #[error("cannot {action} the checkpoint `{}`: {source}", path.display())]
    File {
        /// The file or the folder.
        path: PathBuf,
        /// What was tried.
        action: &'static str,
        /// What the system said.
        source: std::io::Error,
    },

    /// A checkpoint that is not what was written.
    #[error("the checkpoint `{}` is broken: {reason}; go on from an earlier one, or train anew", path.display())]
    Broken {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },

    /// A checkpoint of a later version.
    #[error(
        "the checkpoint `{}` has the format {found} of Firebrick {version}, this is Firebrick {own}, which reads formats up to \
         {known}; go on with Firebrick {version} or a later one", path.display()
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its format.
        found: u64,
        /// The latest format that this version reads.
        known: u64,
        /// The version that wrote it.
        version: String,
        /// This version.
        own: &'static str,
    },

    /// No checkpoint to go on from.
    #[error(
        "no checkpoint to go on from in `{}`{}; a training leaves some with `Fit::with_checkpoints`", path.display(),
        broken_text(broken)
    )]
    Missing {
        /// The folder.
        path: PathBuf,
        /// What was wrong with those that are there.
        broken: Vec<String>,
    },

    /// Something in the state of a training that is not there, or of another kind.
    #[error(
        "the state of the training has {received} for `{entry}`, expected {expected}; it was written by something else"
    )]
    Entry {
        /// The name of what is kept.
        entry: String,
        /// What it should be.
        expected: &'static str,
        /// What it is.
        received: &'static str,
    },

    /// A part of a training whose state cannot be kept or taken over.
    #[error("the state of `{part}` cannot be {action}: {reason}")]
    Part {
        /// The part.
        part: String,
        /// What was tried.
        action: &'static str,
        /// What went wrong.
        reason: String,
    },

    /// A step of one's own that says nothing of its state.
    #[error(
        "the step keeps no state to go on from; write its `state`, `restore`, `weights_state` and `weights_from`, or leave the checkpoints out"
    )]
    NoState,

    /// A training that is not the one that was broken off.
    #[error("the training in `{}` cannot go on: {what} was {before}, now it is {now}; {hint}", path.display())]
    Contradiction {
        /// The checkpoint.
        path: PathBuf,
        /// What differs.
        what: &'static str,
        /// What it was.
        before: String,
        /// What it is.
        now: String,
        /// What to do.
        hint: &'static str,
    },

    /// Checkpoints without a place.
    #[error(
        "no folder for the checkpoints; give the fit a run directory, or `Checkpoints::in_folder`"
    )]
    NoFolder,
}

fn broken_text(broken: &[String]) -> String {
    match broken {
        [] => String::new(),
        some => format!(": {}", some.join(", and ")),
    }
}
