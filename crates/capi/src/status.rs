//! How a call went.

/// How a call went; `firebrick_last_error` says more.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "a call may have failed"]
pub enum FirebrickStatus {
    /// It did what it says.
    Ok = 0,
    /// A pointer is null that may not be.
    NullPointer = 1,
    /// A path that is not UTF-8, memory that is not aligned, too long or given twice, an index that is not there.
    InvalidArgument = 2,
    /// Another number of values, of inputs or of outputs than the network has.
    WrongLength = 3,
    /// The file cannot be read.
    CannotRead = 4,
    /// The file is damaged or no model, or there is no device that it runs on.
    InvalidModel = 5,
    /// The network has no result for these values.
    CannotPredict = 6,
    /// A fault of the library itself.
    Panic = 7,
}
