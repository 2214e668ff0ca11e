use std::str::FromStr;

use firebrick_spec::UnknownName;

/// A part of the dashboard with a subject of its own.
///
/// ```
/// use firebrick_dashboard::Pane;
///
/// let names = Pane::ALL.map(Pane::name);
/// assert_eq!(names, ["Curves", "Rate", "Layers", "Samples", "Words"]);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pane {
    /// Figures over steps and epochs.
    #[default]
    Curves,
    /// The learning rate.
    Rate,
    /// How the layers do.
    Layers,
    /// What the network is wrong about.
    Samples,
    /// What is said.
    Words,
}

/// By its name, in whatever letters.
///
/// ```
/// use firebrick_dashboard::Pane;
///
/// assert_eq!("words".parse(), Ok(Pane::Words));
/// let error = "curve".parse::<Pane>().unwrap_err().to_string();
/// assert_eq!(error, "unknown pane `curve`, did you mean `curves`?; known panes: curves, rate, layers, samples, words");
/// ```
impl FromStr for Pane {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        let names = Self::ALL.map(|pane| pane.name().to_lowercase());
        let mut found = Self::ALL.into_iter().zip(&names);
        let found = found.find(|(_, name)| name.eq_ignore_ascii_case(text));
        found.map(|(pane, _)| pane).ok_or_else(|| {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            UnknownName::new("pane", text, &names)
        })
    }
}

/// The pane that keys are for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Focus {
    pub(crate) pane: Pane,
    /// Whether it has all of the screen.
    pub(crate) is_whole: bool,
}

impl Pane {
    /// In the order of their numbers, from 1.
    pub const ALL: [Self; 5] = [
        Self::Curves,
        Self::Rate,
        Self::Layers,
        Self::Samples,
        Self::Words,
    ];

    /// Its title.
    pub fn name(self) -> &'static str {
        match self {
            Self::Curves => "Curves",
            Self::Rate => "Rate",
            Self::Layers => "Layers",
            Self::Samples => "Samples",
            Self::Words => "Words",
        }
    }

    /// The one so many after it, around the end.
    pub(crate) fn next(self, by: usize) -> Self {
        let own = Self::ALL.iter().position(|pane| *pane == self);
        Self::ALL[(own.unwrap_or(0) + by) % Self::ALL.len()]
    }
}
