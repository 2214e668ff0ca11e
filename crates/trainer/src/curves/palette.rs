//! Colours and markers that stay apart for colour-blind readers and in black and white.

/// Red, green and blue.
pub(super) type Color = (u8, u8, u8);

pub(super) const WHITE: Color = (255, 255, 255);
pub(super) const TEXT: Color = (34, 34, 34);
pub(super) const FRAME: Color = (120, 120, 120);
pub(super) const GRID: Color = (228, 228, 228);

/// The colours of Okabe and Ito that stand out on white, in the order in which runs receive them.
///
/// # Source
/// Okabe and Ito, "Color Universal Design", 2008.
const COLORS: [Color; 7] = [
    (0, 114, 178),
    (213, 94, 0),
    (0, 158, 115),
    (204, 121, 167),
    (230, 159, 0),
    (86, 180, 233),
    (0, 0, 0),
];

/// The sign at the points of a curve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Marker {
    Circle,
    Square,
    Triangle,
    Diamond,
    TriangleDown,
}

/// Fewer than the colours and prime to them, so that 35 runs differ in one or the other.
const MARKERS: [Marker; 5] = [
    Marker::Circle,
    Marker::Square,
    Marker::Triangle,
    Marker::Diamond,
    Marker::TriangleDown,
];

/// The colour of the label with this index.
pub(super) fn color(label: usize) -> Color {
    COLORS[label % COLORS.len()]
}

/// The marker of the label with this index.
pub(super) fn marker(label: usize) -> Marker {
    MARKERS[label % MARKERS.len()]
}
