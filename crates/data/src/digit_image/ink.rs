//! Where in a picture there is ink: drawings on an even background, and photographs of paper.

use super::components::{Bounds, Component, components};
use super::grouping::digits;
use super::plane::{Plane, quantile};
use super::rules::Rules;

/// The least difference from the background that counts as ink, of 255.
pub(super) const MIN_CONTRAST: f32 = 16.0;
/// The background is even if four fifths of the border differ by no more than this.
const EVEN_BORDER: f32 = 10.0;
/// Shares of the full contrast of a drawing: below the first is noise, from the second on a pixel belongs to the digit.
const NOISE: f32 = 0.1;
const INK: f32 = 0.2;
/// A picture that is smaller, in pixels, has no paper whose light could be told from its ink.
const SMALLEST_PHOTOGRAPH: usize = 48;
/// Half the widths of strokes that are looked for, as shares of the shorter side.
const STROKE_RADII: [f32; 6] = [0.02, 0.035, 0.06, 0.1, 0.16, 0.25];
/// The least share of the light that ink keeps back.
const FAINTEST_INK: f32 = 0.07;
/// How far ink stands out from the grain of the paper, in standard deviations.
const OUTSTANDING: f32 = 5.0;
/// Shares of the ink in the strokes of a photograph: up to the first is paper, from the second on is full ink.
const PALEST: f32 = 0.2;
const DARK: f32 = 0.8;

/// The ink of a picture and the digits that it makes up.
#[derive(Debug)]
pub(super) struct Ink {
    /// Ink of each pixel, from 0 to 1.
    pub(super) plane: Plane,
    /// In reading order.
    pub(super) digits: Vec<Component>,
    /// Whether it is darker than what it is on.
    pub(super) is_dark: bool,
}

/// How far a picture differs from its background, which is the median of its border.
#[derive(Clone, Copy, Debug)]
pub(super) struct Contrast {
    background: f32,
    darker: f32,
    lighter: f32,
}

impl Contrast {
    pub(super) fn of(grey: &Plane) -> Self {
        let background = quantile(grey.border(), 0.5);
        Self {
            background,
            darker: background - grey.quantile(0.0),
            lighter: grey.quantile(1.0) - background,
        }
    }

    /// Whether the ink is darker than the background.
    pub(super) fn is_dark(self) -> bool {
        self.darker > self.lighter
    }

    /// From 0 to 255.
    pub(super) fn largest(self) -> f32 {
        self.darker.max(self.lighter)
    }
}

/// Looks for digits; none are found where nothing has the form of strokes.
pub(super) fn find_ink(grey: &Plane) -> Ink {
    let border = grey.border();
    let [low, high] = [0.1, 0.9].map(|share| quantile(border.clone(), share));
    let is_small = grey.height.min(grey.width) < SMALLEST_PHOTOGRAPH;
    if is_small || high - low <= EVEN_BORDER {
        return drawing(grey);
    }
    let photograph = photograph(grey);
    if photograph.digits.is_empty() && is_cut_close(grey, &border) {
        return drawing(grey);
    }
    photograph
}

/// Whether it is a drawing whose ink reaches the edges: two greys, one of which has most of the border.
fn is_cut_close(grey: &Plane, border: &[f32]) -> bool {
    const NEAR: f32 = 8.0;
    let contrast = Contrast::of(grey);
    let ink = if contrast.is_dark() {
        contrast.background - contrast.darker
    } else {
        contrast.background + contrast.lighter
    };
    let is_near = |value: f32, level: f32| (value - level).abs() <= NEAR;
    let share = |values: &[f32], levels: &[f32]| {
        let near = |value: &&f32| levels.iter().any(|&level| is_near(**value, level));
        values.iter().filter(near).count() as f64 / values.len() as f64
    };
    share(border, &[contrast.background]) >= 0.6
        && share(&grey.values, &[contrast.background, ink]) >= 0.85
}

/// Light or dark ink on one background.
fn drawing(grey: &Plane) -> Ink {
    let contrast = Contrast::of(grey);
    let is_dark = contrast.is_dark();
    let full = if is_dark {
        -contrast.darker
    } else {
        contrast.lighter
    };
    let plane = if contrast.largest() < MIN_CONTRAST {
        grey.mapped(|_| 0.0)
    } else {
        grey.mapped(|value| (value - contrast.background) / full)
    };
    let plane = Rules::of(&plane, 0.0).taken_from(plane);
    let plane = plane.mapped(|ink| if ink < NOISE { 0.0 } else { ink });
    let digits = digits(components(&plane, INK, 2.0 * INK));
    Ink {
        plane,
        digits,
        is_dark,
    }
}

/// Ink on paper, or chalk on a board, in whatever light: strokes are what is narrow.
fn photograph(grey: &Plane) -> Ink {
    let is_dark = strokes_are_dark(grey);
    let light = if is_dark {
        grey.clone()
    } else {
        grey.mapped(|value| 255.0 - value)
    };
    let shorter = light.height.min(light.width) as f32;
    let light = light.averaged(1);
    let kept = STROKE_RADII.map(|share| {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "pixels"
        )]
        let radius = (shorter * share).ceil() as usize;
        Kept::by_strokes(&light, radius)
    });
    let [thinnest, ..] = &kept;
    let rules = Rules::of(&thinnest.plane, thinnest.noise);
    let found = kept.map(|kept| kept.without(&rules).strokes());
    let chosen = window_needed(&found);
    let (plane, digits) = found
        .into_iter()
        .nth(chosen)
        .unwrap_or_else(|| (light.mapped(|_| 0.0), Vec::new()));
    Ink {
        plane,
        digits,
        is_dark,
    }
}

/// Which window the strokes need. In narrower ones they are found in part, or as outlines; in wider ones the edges of
/// shadows come to them. So it is the first after which little is won, or a wider one that only fills the outlines.
fn window_needed(found: &[(Plane, Vec<Component>)]) -> usize {
    let masses: Vec<f32> = found
        .iter()
        .map(|(_, digits)| digits.iter().map(|digit| digit.mass).sum())
        .collect();
    let bounds: Vec<Option<Bounds>> = found
        .iter()
        .map(|(_, digits)| {
            digits
                .iter()
                .map(|digit| digit.bounds)
                .reduce(Bounds::around)
        })
        .collect();
    let most = masses.iter().copied().fold(0.0, f32::max);
    let is_enough = |&place: &usize| {
        let next = masses.get(place + 1).copied().unwrap_or(0.0);
        masses[place] > 0.1 * most && next <= 1.25 * masses[place]
    };
    let mut chosen = (0..masses.len()).find(is_enough).unwrap_or(0);
    for wider in chosen + 1..masses.len() {
        let is_same_place = match (bounds[chosen], bounds[wider]) {
            (Some(one), Some(other)) => one.is_nearly(other),
            _ => false,
        };
        if is_same_place && masses[wider] > 1.03 * masses[chosen] {
            chosen = wider;
        }
    }
    chosen
}

/// Whether what stands out from its neighbourhood is darker than that.
fn strokes_are_dark(grey: &Plane) -> bool {
    let around = grey.averaged(grey.height.min(grey.width) / 6);
    let outstanding = grey.with(&around, |value, around| value - around);
    let skew: f64 = outstanding
        .values
        .iter()
        .map(|&value| f64::from(value).powi(3))
        .sum();
    skew < 0.0
}

/// How much of the light each pixel keeps back, beside the paper around it.
struct Kept {
    plane: Plane,
    /// The standard deviation where there is no ink.
    noise: f32,
}

impl Kept {
    /// What strokes narrower than twice the radius keep back; wider ones, and the edges of shadows, nothing.
    fn by_strokes(light: &Plane, radius: usize) -> Self {
        // Light is multiplied: a shadow leaves the share that ink keeps back as it is.
        const DARKEST: f32 = 8.0;
        let paper = light.closed(radius).averaged(radius / 4);
        let kept = light.with(&paper, |value, paper| {
            1.0 - (value + DARKEST) / (paper + DARKEST)
        });
        let usual = kept.quantile(0.5);
        let plane = kept.mapped(|value| value - usual);
        let below = plane.values.iter().filter(|&&value| value < 0.0);
        let noise = 1.48 * quantile(below.map(|value| -value).collect(), 0.5);
        Self { plane, noise }
    }

    fn without(self, rules: &Rules) -> Self {
        Self {
            plane: rules.taken_from(self.plane),
            ..self
        }
    }

    /// The ink, 1 for that of the main stroke, and the digits.
    fn strokes(self) -> (Plane, Vec<Component>) {
        let kept = self.plane;
        let faintest = FAINTEST_INK.max(OUTSTANDING * self.noise);
        let level = |values: Vec<f32>| quantile(values, 0.8).max(faintest);
        let outstanding = kept.values.iter().filter(|&&value| value >= faintest);
        let first_level = level(outstanding.copied().collect());
        let weak = (0.4 * first_level).max(faintest);
        let Some(main) = main_stroke(&kept, weak, 0.7 * first_level) else {
            return (kept, Vec::new());
        };
        let full = level(
            main.pixels
                .iter()
                .map(|&pixel| kept.values[pixel])
                .collect(),
        );
        let plane =
            kept.mapped(|value| ((value / full - PALEST) / (DARK - PALEST)).clamp(0.0, 1.0));
        let mut parts = components(&plane, 0.4, 0.9);
        parts.retain(|part| !part.touches_edge(plane.height, plane.width));
        (plane, digits(parts))
    }
}

/// The component with most ink that does not reach the edge of the picture.
fn main_stroke(ink: &Plane, weak: f32, strong: f32) -> Option<Component> {
    components(ink, weak, strong)
        .into_iter()
        .filter(|part| !part.touches_edge(ink.height, ink.width))
        .max_by(|a, b| a.mass.total_cmp(&b.mass))
}
