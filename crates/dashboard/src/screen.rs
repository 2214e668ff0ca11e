//! What somebody looks at, and what the keys change about it.

mod asking;
mod pointing;
mod pressing;

use crate::pane::{Focus, Pane};
use crate::theme::Theme;
use crate::view::View;

pub(crate) use asking::{Mode, Prompt, Question};
pub(crate) use pressing::Reply;

/// What curves go over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Axis {
    #[default]
    Steps,
    Epochs,
}

/// Whether curves are drawn of numbers or of their logarithms.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Scale {
    #[default]
    Linear,
    Log,
}

/// Whose screen it is.
///
/// ```
/// use firebrick_dashboard::{Role, Screen, Theme};
///
/// // `q` leaves, and the training goes on.
/// let screen = Screen::new(Theme::default()).with_role(Role::Watching);
/// # let _ = screen;
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Role {
    /// That of the training: leaving it ends the training.
    #[default]
    Training,
    /// That of somebody who watches a training that goes on without them.
    Watching,
}

/// What somebody looks at: a pane, a figure, a part of it; all that a key changes before it is an action.
///
/// ```
/// use firebrick_dashboard::{Pane, Screen, Theme};
///
/// let screen = Screen::new(Theme::default()).with_pane(Pane::Layers);
/// assert_eq!(screen.pane(), Pane::Layers);
/// ```
#[derive(Clone, Debug)]
pub struct Screen {
    pub(crate) theme: Theme,
    pub(crate) role: Role,
    pub(crate) pane: Pane,
    /// Whether the pane has all of the screen.
    pub(crate) is_whole: bool,
    pub(crate) figure: usize,
    pub(crate) axis: Axis,
    pub(crate) scale: Scale,
    pub(crate) smoothing: usize,
    /// How often the curves are halved.
    pub(crate) zoom: u32,
    /// How far they are moved to the left, in quarters of what is seen.
    pub(crate) shift: u32,
    pub(crate) layer: usize,
    /// Which number of a layer is drawn.
    pub(crate) measure: usize,
    /// The first sample that is shown.
    pub(crate) sample: usize,
    /// Whether the confusion matrix is shown where there is room for one thing.
    pub(crate) is_confusion: bool,
    /// Lines from the newest one up.
    pub(crate) line: usize,
    pub(crate) search: String,
    pub(crate) mode: Mode,
    /// What is to be said at the foot until the next key.
    pub(crate) message: Option<String>,
    /// Another run.
    pub(crate) behind: Option<View>,
}

impl Screen {
    /// The weights of what came before, by which curves are smoothed.
    pub(crate) const SMOOTHINGS: [f64; 4] = [0.0, 0.6, 0.9, 0.98];

    /// At the beginning.
    pub fn new(theme: Theme) -> Self {
        Self {
            theme,
            role: Role::Training,
            pane: Pane::Curves,
            is_whole: false,
            figure: 0,
            axis: Axis::Steps,
            scale: Scale::Linear,
            smoothing: 0,
            zoom: 0,
            shift: 0,
            layer: 0,
            measure: 0,
            sample: 0,
            is_confusion: false,
            line: 0,
            search: String::new(),
            mode: Mode::Normal,
            message: None,
            behind: None,
        }
    }

    /// Whose it is.
    #[must_use = "returns the changed screen"]
    pub fn with_role(mut self, role: Role) -> Self {
        self.role = role;
        self
    }

    /// Looks at another pane.
    #[must_use = "returns the changed screen"]
    pub fn with_pane(mut self, pane: Pane) -> Self {
        self.pane = pane;
        self
    }

    /// Has the curves of another run behind those of this one. Epochs lie upon epochs, whatever the number of their steps.
    #[must_use = "returns the changed screen"]
    pub fn with_behind(mut self, run: View) -> Self {
        self.behind = Some(run);
        self
    }

    /// The pane that is looked at.
    pub fn pane(&self) -> Pane {
        self.pane
    }

    pub(crate) fn focus(&self) -> Focus {
        Focus {
            pane: self.pane,
            is_whole: self.is_whole,
        }
    }

    pub(crate) fn smoothing_weight(&self) -> f64 {
        Self::SMOOTHINGS[self.smoothing % Self::SMOOTHINGS.len()]
    }

    /// What is seen of the curves, of all from `first` to `last`.
    pub(crate) fn window(&self, first: f64, last: f64) -> (f64, f64) {
        let width = (last - first) / 2_f64.powi(self.zoom.try_into().unwrap_or(0));
        let end = (last - f64::from(self.shift) * width / 4.0).max(first + width);
        (end - width, end)
    }
}
