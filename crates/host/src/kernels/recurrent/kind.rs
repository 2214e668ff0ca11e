use super::cell::Cell;
use super::gru::Gru;
use super::gru_reset_before::GruResetBefore;
use super::lstm::Lstm;
use super::simple::StateFunction;

/// Which cell it is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    Lstm,
    Gru,
    GruResetBefore,
    Simple(StateFunction),
}

impl Kind {
    pub(super) fn cell(&self) -> &dyn Cell {
        match self {
            Self::Lstm => &Lstm,
            Self::Gru => &Gru,
            Self::GruResetBefore => &GruResetBefore,
            Self::Simple(function) => function,
        }
    }
}
