use firebrick::training::Display;

use crate::curve::CurveStudy;
use crate::directory::StudyDirectory;
use crate::ending::Ending;
use crate::error::StudyError;
use crate::networks::NetworksStudy;

/// A study that can begin, or go on where it was stopped.
pub enum Study {
    /// Three networks side by side.
    Networks(NetworksStudy),
    /// A curve of many trainings.
    Curve(CurveStudy),
}

impl Study {
    /// Checks what [`run`](Self::run) is asked for.
    ///
    /// # Errors
    /// A display that cannot be, no jobs at all.
    pub fn check(&self, display: Display, jobs: Option<usize>) -> Result<(), StudyError> {
        match self {
            Self::Networks(_) => Ok(display.resolve().map(drop)?),
            Self::Curve(study) => study.check(display, jobs),
        }
    }

    /// Does what is not done yet and makes table, figure and page of it, in the directory; `say` is told, line by line,
    /// what comes out. The first Ctrl-C stops it in order.
    ///
    /// `jobs` is how many networks of a curve are trained at once, as many as the machine has cores if it is not
    /// given; it changes no number.
    ///
    /// # Errors
    /// A display that cannot be, a directory that another process writes into, a training that fails, files that cannot be written. What was finished before an error
    /// is kept.
    pub fn run(
        &self,
        directory: &StudyDirectory,
        display: Display,
        jobs: Option<usize>,
        say: &mut dyn FnMut(&str),
    ) -> Result<Ending, StudyError> {
        let directory = directory.claim()?;
        match self {
            Self::Networks(study) => study.run(&directory, display, say),
            Self::Curve(study) => study.run(&directory, display, jobs, say),
        }
    }
}
