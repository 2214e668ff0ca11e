//! Parts of a picture that hang together.

use super::plane::Plane;

/// Rows and columns from the first to before the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bounds {
    pub(super) top: usize,
    pub(super) left: usize,
    pub(super) bottom: usize,
    pub(super) right: usize,
}

impl Bounds {
    pub(super) fn height(&self) -> usize {
        self.bottom - self.top
    }

    pub(super) fn width(&self) -> usize {
        self.right - self.left
    }

    /// Whether no side of one lies further from that of the other than a tenth of their size.
    pub(super) fn is_nearly(self, other: Self) -> bool {
        let size = self
            .height()
            .max(self.width())
            .max(other.height().max(other.width()));
        [
            (self.top, other.top),
            (self.left, other.left),
            (self.bottom, other.bottom),
            (self.right, other.right),
        ]
        .into_iter()
        .all(|(one, another)| 10 * one.abs_diff(another) <= size)
    }

    /// The smallest that holds both.
    pub(super) fn around(self, other: Self) -> Self {
        Self {
            top: self.top.min(other.top),
            left: self.left.min(other.left),
            bottom: self.bottom.max(other.bottom),
            right: self.right.max(other.right),
        }
    }
}

/// Pixels of ink that touch each other, at a side or at a corner.
#[derive(Clone, Debug)]
pub(super) struct Component {
    /// Positions of its pixels, row by row.
    pub(super) pixels: Vec<usize>,
    pub(super) bounds: Bounds,
    /// The sum of its ink.
    pub(super) mass: f32,
}

impl Component {
    /// Whether it reaches the edge of a picture of this size.
    pub(super) fn touches_edge(&self, height: usize, width: usize) -> bool {
        let Bounds {
            top,
            left,
            bottom,
            right,
        } = self.bounds;
        top == 0 || left == 0 || bottom == height || right == width
    }

    /// Takes the pixels of another one too.
    pub(super) fn join(&mut self, other: Self) {
        self.pixels.extend(other.pixels);
        self.bounds = self.bounds.around(other.bounds);
        self.mass += other.mass;
    }
}

/// The connected parts of all pixels with at least `weak` ink that hold a pixel of at least `strong` ink.
pub(super) fn components(ink: &Plane, weak: f32, strong: f32) -> Vec<Component> {
    let mut is_open: Vec<bool> = ink.values.iter().map(|&value| value >= weak).collect();
    let mut found = Vec::new();
    let mut stack = Vec::new();
    for start in 0..is_open.len() {
        if !is_open[start] || ink.values[start] < strong {
            continue;
        }
        is_open[start] = false;
        stack.push(start);
        let (row, column) = (start / ink.width, start % ink.width);
        let mut component = Component {
            pixels: Vec::new(),
            bounds: Bounds {
                top: row,
                left: column,
                bottom: row + 1,
                right: column + 1,
            },
            mass: 0.0,
        };
        while let Some(position) = stack.pop() {
            let (row, column) = (position / ink.width, position % ink.width);
            let here = Bounds {
                top: row,
                left: column,
                bottom: row + 1,
                right: column + 1,
            };
            component.pixels.push(position);
            component.bounds = component.bounds.around(here);
            component.mass += ink.values[position];
            for row in row.saturating_sub(1)..(row + 2).min(ink.height) {
                for column in column.saturating_sub(1)..(column + 2).min(ink.width) {
                    let neighbour = row * ink.width + column;
                    if std::mem::take(&mut is_open[neighbour]) {
                        stack.push(neighbour);
                    }
                }
            }
        }
        found.push(component);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_touches_at_a_corner_is_one_and_weak_ink_alone_is_none() {
        let ink = Plane::new(
            vec![
                0.9, 0.0, 0.0, 0.4, //
                0.0, 0.4, 0.0, 0.4, //
                0.0, 0.0, 0.0, 0.0, //
                0.7, 0.7, 0.0, 0.0,
            ],
            4,
            4,
        );
        let found = components(&ink, 0.3, 0.6);
        let bounds: Vec<[usize; 4]> = found
            .iter()
            .map(|part| {
                [
                    part.bounds.top,
                    part.bounds.left,
                    part.bounds.bottom,
                    part.bounds.right,
                ]
            })
            .collect();
        assert_eq!(bounds, [[0, 0, 2, 2], [3, 0, 4, 2]]);
        assert!(
            found
                .iter()
                .all(|part| part.touches_edge(4, 4) && part.pixels.len() == 2)
        );
    }
}
