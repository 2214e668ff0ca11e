//! The lines of ruled and squared paper, taken out from under what is written on them.

use super::plane::{Plane, quantile};

/// Fewer parallel lines than this are strokes.
const LEAST_LINES: usize = 3;
/// A line is looked for in this many parts, each of which may lie a pixel beside it.
const PARTS: usize = 12;
/// In how many of them it has to be seen; strokes and shadows cover the others.
const SEEN_PARTS: usize = 9;
/// The steepest line, in rows a column: 14 degrees.
const STEEPEST: f32 = 0.25;
/// The least that a line keeps back of the light.
const FAINTEST: f32 = 0.015;
/// The line itself is looked at in every fourth column only: it is blurred along its run before.
const STEP: usize = 4;

/// A line that runs from the left to the right edge.
#[derive(Clone, Copy, Debug)]
struct Line {
    /// Its row in the middle of the picture.
    row: f32,
    /// Rows a column.
    slope: f32,
    /// How clearly it is seen.
    score: f32,
}

/// The lines that run through a whole picture, if there are at least three of them in one direction.
#[derive(Debug)]
pub(super) struct Rules {
    across: Vec<Line>,
    /// Those from the top to the bottom, in the transposed picture.
    down: Vec<Line>,
    reach: usize,
}

impl Rules {
    /// Looks for lines that are clearer than noise of this standard deviation.
    pub(super) fn of(ink: &Plane, noise: f32) -> Self {
        let reach = (ink.height.max(ink.width) / 90).max(3);
        let lines = |ink: &Plane| {
            let is_large = ink.width >= 4 * PARTS && ink.height >= 8 * reach;
            let mut lines = if is_large {
                lines_across(ink, reach, noise)
            } else {
                Vec::new()
            };
            if lines.len() < LEAST_LINES {
                lines.clear();
            }
            lines
        };
        Self {
            across: lines(ink),
            down: lines(&ink.transposed()),
            reach,
        }
    }

    /// The ink without that of the lines.
    pub(super) fn taken_from(&self, mut ink: Plane) -> Plane {
        for &line in &self.across {
            erase(&mut ink, line, self.reach);
        }
        if self.down.is_empty() {
            return ink;
        }
        let mut transposed = ink.transposed();
        for &line in &self.down {
            erase(&mut transposed, line, self.reach);
        }
        transposed.transposed()
    }
}

/// Lines no thicker than about `reach`, the clearest first.
fn lines_across(ink: &Plane, reach: usize, noise: f32) -> Vec<Line> {
    let (height, width) = (ink.height, ink.width);
    let ridges = ridges(ink, reach);
    let faintest = FAINTEST.max(noise * 0.5);
    let middle = width as f32 / 2.0;
    let mut candidates = Vec::new();
    let slopes = steepness_steps(width);
    for row in 0..height {
        let row = row as f32;
        let best = slopes
            .iter()
            .filter_map(|&slope| {
                let score = score(&ridges, faintest, |column| {
                    row_index(row + slope * (column as f32 + 0.5 - middle), height)
                })?;
                Some(Line { row, slope, score })
            })
            .max_by(|a, b| a.score.total_cmp(&b.score));
        candidates.extend(best);
    }
    candidates.sort_by(|a, b| b.score.total_cmp(&a.score));
    let mut lines: Vec<Line> = Vec::new();
    for candidate in candidates {
        // Two lines at one place of the picture are one.
        let is_new = lines.iter().all(|line| {
            [-0.5, 0.0, 0.5].iter().all(|share| {
                let across = width as f32 * share;
                let apart = candidate.row - line.row + (candidate.slope - line.slope) * across;
                apart.abs() > reach as f32
            })
        });
        if is_new {
            lines.push(candidate);
        }
    }
    lines
}

/// How clearly a line is seen on the whole, if it is in enough of its parts.
fn score(ridges: &Plane, faintest: f32, row_of: impl Fn(usize) -> Option<usize>) -> Option<f32> {
    let (mut seen, mut score) = (0, 0.0);
    for part in 0..PARTS {
        let columns = part * ridges.width / PARTS..(part + 1) * ridges.width / PARTS;
        let count = columns.len().div_ceil(STEP) as f32;
        let ink = columns
            .step_by(STEP)
            .filter_map(|column| Some(ridges.at(row_of(column)?, column)));
        let mean = ink.sum::<f32>() / count;
        seen += usize::from(mean > faintest);
        score += mean.min(0.2);
        if seen + PARTS - 1 - part < SEEN_PARTS {
            return None;
        }
    }
    Some(score)
}

/// Slopes that move by three pixels from one edge to the other, of which one and a half are let pass, up to the steepest.
fn steepness_steps(width: usize) -> Vec<f32> {
    let step = 3.0 / width as f32;
    #[expect(clippy::cast_possible_truncation, reason = "a quarter of a width")]
    let steps = (STEEPEST / step) as i32;
    (-steps..=steps).map(|index| index as f32 * step).collect()
}

/// How much more ink there is than a little above and below, blurred along the row; a pixel above or below counts too.
fn ridges(ink: &Plane, reach: usize) -> Plane {
    let blurred = along_rows(ink, (ink.width / 60).max(2));
    let beside = |row: usize, column: usize| {
        let above = blurred.at(row.saturating_sub(reach), column);
        let below = blurred.at((row + reach).min(ink.height - 1), column);
        (blurred.at(row, column) - above.max(below)).clamp(-0.1, 0.3)
    };
    let values = (0..ink.height)
        .flat_map(|row| (0..ink.width).map(move |column| (row, column)))
        .map(|(row, column)| {
            let rows = row.saturating_sub(1)..(row + 2).min(ink.height);
            rows.map(|row| beside(row, column)).fold(-1.0, f32::max)
        })
        .collect();
    Plane::new(values, ink.height, ink.width)
}

fn along_rows(plane: &Plane, radius: usize) -> Plane {
    let rows = plane.values.chunks_exact(plane.width);
    let values = rows.flat_map(|row| {
        Plane::new(row.to_vec(), 1, plane.width)
            .averaged(radius)
            .values
    });
    Plane::new(values.collect(), plane.height, plane.width)
}

/// Takes away what the line has along its run: the median of each stretch of it, at every distance from its middle, and
/// not much more than the median of the whole, since strokes lie along stretches of it.
fn erase(ink: &mut Plane, line: Line, reach: usize) {
    let (height, width) = (ink.height, ink.width);
    let rows = followed(ink, line);
    let before = ink.clone();
    #[expect(clippy::cast_possible_wrap, reason = "a few pixels")]
    let reach = reach as isize;
    for away in -reach..=reach {
        let place = |column: usize| {
            rows[column]?
                .checked_add_signed(away)
                .filter(|&row| row < height)
        };
        let whole = (0..width).filter_map(|column| Some(before.at(place(column)?, column)));
        let most = 1.3 * quantile(whole.collect(), 0.5).max(0.0);
        for part in 0..PARTS {
            let stretch = |part: usize| part * width / PARTS;
            let around = stretch(part.saturating_sub(1))..stretch((part + 2).min(PARTS));
            let values = around.filter_map(|column| Some(before.at(place(column)?, column)));
            let usual = quantile(values.collect(), 0.5).clamp(0.0, most);
            for column in stretch(part)..stretch(part + 1) {
                if let Some(row) = place(column) {
                    let value = &mut ink.values[row * width + column];
                    *value = (*value - usual * 1.15).max(value.min(0.0));
                }
            }
        }
    }
}

/// The row of the line in every column, where each part of it is shifted to where the line is clearest.
fn followed(ink: &Plane, line: Line) -> Vec<Option<usize>> {
    let (height, width) = (ink.height, ink.width);
    let straight = |column: usize, shift: f32| {
        row_index(
            line.row + shift + line.slope * (column as f32 + 0.5 - width as f32 / 2.0),
            height,
        )
    };
    let mut rows = Vec::with_capacity(width);
    for part in 0..PARTS {
        let columns = part * width / PARTS..(part + 1) * width / PARTS;
        let clearness = |shift: f32| {
            let values = columns
                .clone()
                .filter_map(|column| Some(ink.at(straight(column, shift)?, column)));
            quantile(values.collect(), 0.4)
        };
        let mut best = (clearness(0.0), 0.0);
        for shift in [-1.0, 1.0, -2.0, 2.0] {
            let here = clearness(shift);
            if here > best.0 {
                best = (here, shift);
            }
        }
        rows.extend(columns.clone().map(|column| straight(column, best.1)));
    }
    rows
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "checked to lie in the picture"
)]
fn row_index(place: f32, height: usize) -> Option<usize> {
    let row = place.round();
    (row >= 0.0 && row < height as f32).then_some(row as usize)
}
