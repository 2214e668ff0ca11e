use std::fmt;

use crate::names::{did_you_mean, nearest_name};
use crate::visible::shortened;

/// A name that none of a kind has. It brings the list of those that are known, so that an error which holds it need not
/// import what it lists.
///
/// ```
/// use firebrick_spec::UnknownName;
///
/// let unknown = UnknownName::new("loss", "mes", &["mse", "mae"]);
/// assert_eq!(unknown.nearest.as_deref(), Some("mse"));
/// assert_eq!(unknown.to_string(), "unknown loss `mes`, did you mean `mse`?; known losses: mse, mae");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnknownName {
    /// What has the name, e.g. `loss`.
    pub kind: &'static str,
    /// The name as given.
    pub name: String,
    /// The closest known name, if one is close.
    pub nearest: Option<String>,
    /// The names to be told of.
    pub known: Vec<String>,
    /// The function by which programs register what they have written themselves, if there is one.
    pub register: Option<&'static str>,
}

impl UnknownName {
    /// A name that is none of these.
    pub fn new(kind: &'static str, name: impl Into<String>, known: &[&str]) -> Self {
        let name = name.into();
        Self {
            kind,
            nearest: nearest_name(&name, known).map(str::to_owned),
            known: known.iter().map(|&name| name.to_owned()).collect(),
            name,
            register: None,
        }
    }

    /// The same of a kind of things of which programs may register their own, by this function.
    #[must_use = "returns the changed error"]
    pub fn with_register(mut self, function: &'static str) -> Self {
        self.register = Some(function);
        self
    }

    /// The same where more names are taken than are to be told of, as aliases are.
    #[must_use = "returns the changed error"]
    pub fn with_aliases(mut self, aliases: &[&str]) -> Self {
        self.nearest = nearest_name(&self.name, aliases).map(str::to_owned);
        self
    }
}

impl fmt::Display for UnknownName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            kind,
            name,
            nearest,
            known,
            register,
        } = self;
        let ending = if kind.ends_with('s') { "es" } else { "s" };
        write!(
            f,
            "unknown {kind} `{}`{}; known {kind}{ending}: {}",
            shortened(name),
            did_you_mean(nearest.as_deref()),
            known.join(", ")
        )?;
        match register {
            Some(function) => write!(
                f,
                "; one of a program's own has to be registered there by `{function}`"
            ),
            None => Ok(()),
        }
    }
}

impl std::error::Error for UnknownName {}
