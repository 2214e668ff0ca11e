/// How a study ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// All of it is done.
    Completed,
    /// Somebody stopped it; what was finished is kept, and the study can be continued.
    Interrupted,
}
