/// Why there is no digit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InkError {
    /// A side that no drawing has.
    #[error(
        "a drawing has 1 to {limit} pixels along each side, received {height} x {width}; scale it first"
    )]
    Size {
        /// The most.
        limit: usize,
        /// The number of rows.
        height: usize,
        /// The number of columns.
        width: usize,
    },
    /// Another number of pixels than the sides say.
    #[error("expected {height} x {width} = {} pixels, received {received}; give them row by row, one number each", height.saturating_mul(*width))]
    Pixels {
        /// The number of rows.
        height: usize,
        /// The number of columns.
        width: usize,
        /// How many there were.
        received: usize,
    },
    /// A drawing without ink.
    #[error(
        "no ink: of {pixels} pixels none reaches {least} of 255; draw light ink on a dark background, 255 on 0"
    )]
    Blank {
        /// How many there are.
        pixels: usize,
        /// What counts as ink.
        least: u8,
    },
}
