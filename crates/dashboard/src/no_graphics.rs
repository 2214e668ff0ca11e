//! Where terminals are not asked what they take, pictures are drawn in half blocks.

use ratatui::Frame;

use crate::error::DashboardError;
use crate::panes::Shown;

/// There is none.
pub(crate) enum Graphics {}

impl Graphics {
    /// Finds none.
    #[expect(
        clippy::unnecessary_wraps,
        reason = "elsewhere it can fail, and be found"
    )]
    pub(crate) fn find() -> Result<Option<Self>, DashboardError> {
        Ok(None)
    }

    pub(crate) fn forget(&mut self) {
        match *self {}
    }

    pub(crate) fn draw(&mut self, _: &[Shown<'_>], _: &mut Frame<'_>) {
        match *self {}
    }
}
