//! The plain shapes of which a picture consists, in pixels from its upper left corner.

use crate::palette::{Color, Marker, WHITE};

/// Right and down.
pub(crate) type Point = (f64, f64);

/// Which point of a text its position is; vertically it is always the baseline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

/// A text and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Text {
    pub(crate) content: String,
    pub(crate) at: Point,
    /// Height of an em.
    pub(crate) size: f64,
    pub(crate) anchor: Anchor,
    /// Read from bottom to top instead of from left to right.
    pub(crate) upward: bool,
    pub(crate) color: Color,
}

/// Something to draw; later shapes cover earlier ones.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Shape {
    Line {
        points: Vec<Point>,
        width: f64,
        color: Color,
    },
    Polygon {
        points: Vec<Point>,
        color: Color,
    },
    Circle {
        center: Point,
        radius: f64,
        color: Color,
    },
    /// What lies between two lines with points at the same distances from the left, through which one can see.
    Band {
        lower: Vec<Point>,
        upper: Vec<Point>,
        color: Color,
    },
    Text(Text),
}

impl Shape {
    /// The same farther right and down.
    pub(crate) fn moved(self, (right, down): Point) -> Self {
        let at = |(x, y): Point| (x + right, y + down);
        let all = |points: Vec<Point>| points.into_iter().map(at).collect();
        match self {
            Self::Line {
                points,
                width,
                color,
            } => Self::Line {
                points: all(points),
                width,
                color,
            },
            Self::Polygon { points, color } => Self::Polygon {
                points: all(points),
                color,
            },
            Self::Circle {
                center,
                radius,
                color,
            } => Self::Circle {
                center: at(center),
                radius,
                color,
            },
            Self::Band {
                lower,
                upper,
                color,
            } => Self::Band {
                lower: all(lower),
                upper: all(upper),
                color,
            },
            Self::Text(text) => Self::Text(Text {
                at: at(text.at),
                ..text
            }),
        }
    }
}

/// The corners of a plus sign.
const PLUS: [Point; 12] = [
    (-0.5, -1.65),
    (0.5, -1.65),
    (0.5, -0.5),
    (1.65, -0.5),
    (1.65, 0.5),
    (0.5, 0.5),
    (0.5, 1.65),
    (-0.5, 1.65),
    (-0.5, 0.5),
    (-1.65, 0.5),
    (-1.65, -0.5),
    (-0.5, -0.5),
];

/// The corners of a plus sign, turned by 45 degrees.
const CROSS: [Point; 12] = [
    (-1.52, -0.81),
    (-0.81, -1.52),
    (0.0, -0.71),
    (0.81, -1.52),
    (1.52, -0.81),
    (0.71, 0.0),
    (1.52, 0.81),
    (0.81, 1.52),
    (0.0, 0.71),
    (-0.81, 1.52),
    (-1.52, 0.81),
    (-0.71, 0.0),
];

impl Marker {
    /// The shapes of the marker at `center`; a hollow one is white inside.
    pub(crate) fn shapes(
        self,
        center: Point,
        radius: f64,
        color: Color,
        hollow: bool,
    ) -> Vec<Shape> {
        /// Width of the rim of a hollow marker, in radii.
        const RIM: f64 = 0.42;
        let mut shapes = vec![self.filled(center, radius, color)];
        if hollow {
            shapes.push(self.filled(center, radius * (1.0 - RIM), WHITE));
        }
        shapes
    }

    fn filled(self, center: Point, radius: f64, color: Color) -> Shape {
        // Corners in radii, of areas that look alike.
        let corners: &[Point] = match self {
            Self::Circle => {
                return Shape::Circle {
                    center,
                    radius,
                    color,
                };
            }
            Self::Square => &[(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)],
            Self::Triangle => &[(0.0, -1.3), (1.15, 0.75), (-1.15, 0.75)],
            Self::Diamond => &[(0.0, -1.35), (1.35, 0.0), (0.0, 1.35), (-1.35, 0.0)],
            Self::TriangleDown => &[(0.0, 1.3), (1.15, -0.75), (-1.15, -0.75)],
            Self::Plus => &PLUS,
            Self::Cross => &CROSS,
            Self::Bar => &[(-0.55, -1.5), (0.55, -1.5), (0.55, 1.5), (-0.55, 1.5)],
        };
        let points = corners
            .iter()
            .map(|(x, y)| (center.0 + x * radius, center.1 + y * radius))
            .collect();
        Shape::Polygon { points, color }
    }
}
