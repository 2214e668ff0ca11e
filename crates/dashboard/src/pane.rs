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
