//! Where a training is computed.

use serde::{Deserialize, Serialize};

/// Where a training is computed, and by what; a text that is not known is empty, a number 0.
///
/// ```
/// use firebrick_session::Environment;
///
/// let environment: Environment = serde_json::from_str(r#"{"version":"0.1.0","cores":2}"#)?;
/// assert_eq!((environment.cores, environment.processor.as_str()), (2, ""));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Environment {
    /// Of Firebrick.
    pub version: String,
    /// The backends that are compiled in.
    pub features: Vec<String>,
    /// What computes.
    pub device: String,
    /// The model of the machine's processor.
    pub processor: String,
    /// How many of its cores the process may use.
    pub cores: usize,
    /// How many threads compute where the processor does.
    pub threads: usize,
    /// Operating system and architecture.
    pub system: String,
}
