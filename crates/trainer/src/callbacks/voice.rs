use crate::callback::Training;

/// Where a callback says what it does: always in the log, on the screen if it was asked to.
#[derive(Clone, Copy, Debug, Default)]
pub(super) enum Voice {
    #[default]
    Log,
    Screen,
}

impl Voice {
    pub(super) fn say(self, training: &mut Training<'_>, text: &str) {
        match self {
            Self::Log => log::info!("{text}"),
            Self::Screen => training.say(text),
        }
    }
}
