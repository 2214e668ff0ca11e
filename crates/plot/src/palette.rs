//! Colours and markers that stay apart for colour-blind readers and in black and white.

/// Red, green and blue.
pub(crate) type Color = (u8, u8, u8);

pub(crate) const WHITE: Color = (255, 255, 255);
pub(crate) const TEXT: Color = (34, 34, 34);
pub(crate) const FRAME: Color = (120, 120, 120);
pub(crate) const GRID: Color = (228, 228, 228);

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
pub(crate) enum Marker {
    Circle,
    Square,
    Triangle,
    Diamond,
    TriangleDown,
    Plus,
    Cross,
    Bar,
}

/// In black and white they tell labels apart. Their number is prime to that of the colours, so that 56 labels differ in
/// one or the other.
const MARKERS: [Marker; 8] = [
    Marker::Circle,
    Marker::Square,
    Marker::Triangle,
    Marker::Diamond,
    Marker::TriangleDown,
    Marker::Plus,
    Marker::Cross,
    Marker::Bar,
];

/// The colour of the label with this index.
pub(crate) fn color(label: usize) -> Color {
    COLORS[label % COLORS.len()]
}

/// A colour with only this share of its strength, the rest white.
pub(crate) fn tint((red, green, blue): Color, share: f64) -> Color {
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a mean of two parts is between 0 and 255"
    )]
    let part = |part: u8| (255.0 - (255.0 - f64::from(part)) * share).round() as u8;
    (part(red), part(green), part(blue))
}

/// The marker of the label with this index.
pub(crate) fn marker(label: usize) -> Marker {
    MARKERS[label % MARKERS.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The luminance of a colour, from 0 to 1, which is what stays of it in black and white.
    ///
    /// # Source
    /// W3C, "Web Content Accessibility Guidelines 2.1", "relative luminance".
    fn luminance((red, green, blue): Color) -> f64 {
        let linear = |part: u8| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 {
                part / 12.92
            } else {
                ((part + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
    }

    #[test]
    fn every_colour_stands_out_on_white_in_black_and_white() {
        for color in COLORS {
            let contrast = 1.05 / (luminance(color) + 0.05);
            assert!(contrast > 2.0, "{color:?} has a contrast of {contrast:.2}");
        }
    }

    #[test]
    fn eight_labels_have_eight_markers() {
        for label in 0..8 {
            let same = (0..8).filter(|other| marker(*other) == marker(label));
            assert_eq!(same.collect::<Vec<_>>(), [label]);
        }
    }

    #[test]
    fn fifty_six_labels_differ_in_colour_or_marker() {
        let looks: Vec<_> = (0..56).map(|label| (color(label), marker(label))).collect();
        for (index, look) in looks.iter().enumerate() {
            assert!(!looks[..index].contains(look), "{index}: {look:?}");
        }
    }
}
