//! From shapes to the bytes of a file.
//!
//! Plotters counts in whole pixels, so both formats are drawn [`SCALE`] times larger: a PNG is averaged down, which
//! smooths its lines, and an SVG says in its header how large it is to be shown. A very large PNG is drawn less finely.

use std::error::Error;

use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{RgbImage, imageops};
use plotters::backend::{BitMapBackend, DrawingBackend, SVGBackend};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color as _, FontTransform, RGBColor, ShapeStyle};

use crate::font;
use crate::palette::{Color, WHITE};
use crate::shape::{Anchor, Point, Shape, Text};

/// Pixels drawn for one that is shown, in each direction.
const SCALE: u32 = 3;

type RenderError = Box<dyn Error + Send + Sync>;

/// How a backend of Plotters takes its shapes.
#[derive(Clone, Copy)]
struct Traits {
    /// Its size of a font with ems of one pixel.
    font_size: f64,
    /// How far below the baseline its position of a text lies, in ems.
    text_shift: f64,
    /// Which side of the text it calls the position, for the shift to hold.
    text_side: VPos,
    /// Pixels drawn for one that is shown, in each direction.
    scale: u32,
    /// Whether it fills outlines pixel by pixel: those of a line leave holes at sharp corners, those of a polygon that
    /// one can see through have pixels that are painted twice.
    fills_lines: bool,
}

/// It writes `size / 1.24` as the font's size and, below the position, half the height of an x.
const SVG: Traits = Traits {
    scale: SCALE,
    font_size: 1.24,
    text_shift: 0.26,
    text_side: VPos::Bottom,
    fills_lines: false,
};

/// It takes lines' heights for sizes and puts the baseline half a line below the top.
const BITMAP: Traits = Traits {
    scale: SCALE,
    font_size: font::LINE_HEIGHT,
    text_shift: -font::LINE_HEIGHT / 2.0,
    text_side: VPos::Top,
    fills_lines: true,
};

/// The SVG document of `shapes`.
pub(crate) fn svg(shapes: &[Shape], size: (u32, u32)) -> Result<Vec<u8>, RenderError> {
    let scaled = (size.0 * SCALE, size.1 * SCALE);
    let mut document = String::new();
    paint(SVGBackend::with_string(&mut document, scaled), SVG, shapes)?;
    let drawn = format!("<svg width=\"{}\" height=\"{}\"", scaled.0, scaled.1);
    let shown = format!("<svg width=\"{}\" height=\"{}\"", size.0, size.1);
    Ok(document.replacen(&drawn, &shown, 1).into_bytes())
}

/// The most pixels of a PNG.
pub(crate) const MAX_PNG_PIXELS: u64 = 60_000_000;

/// The most pixels that are drawn for one.
const MAX_DRAWN_PIXELS: u64 = 80_000_000;

/// Whether a PNG may be so large.
pub(crate) fn fits_png(size: (u32, u32)) -> bool {
    num_pixels(size) <= MAX_PNG_PIXELS
}

fn num_pixels((width, height): (u32, u32)) -> u64 {
    u64::from(width) * u64::from(height)
}

/// How finely a PNG of this size is drawn.
fn scale_of_png(size: (u32, u32)) -> u32 {
    let fits = |scale: &u32| num_pixels(size) * u64::from(scale * scale) <= MAX_DRAWN_PIXELS;
    (2..=SCALE).rev().find(fits).unwrap_or(1)
}

/// The PNG of `shapes`.
pub(crate) fn png(shapes: &[Shape], size: (u32, u32)) -> Result<Vec<u8>, RenderError> {
    let scale = scale_of_png(size);
    let mut drawn = RgbImage::new(size.0 * scale, size.1 * scale);
    let scaled = drawn.dimensions();
    let traits = Traits { scale, ..BITMAP };
    paint(
        BitMapBackend::with_buffer(&mut drawn, scaled),
        traits,
        shapes,
    )?;
    // For a whole ratio, this is the plain mean of the pixels.
    let shown = imageops::thumbnail(&drawn, size.0, size.1);
    let mut bytes = Vec::new();
    let encoder =
        PngEncoder::new_with_quality(&mut bytes, CompressionType::Best, FilterType::NoFilter);
    shown.write_with_encoder(encoder)?;
    Ok(bytes)
}

/// How much of what lies behind a band its colour covers.
const BAND_OPACITY: f64 = 0.2;

/// Draws `shapes` on white.
fn paint<B: DrawingBackend>(
    mut backend: B,
    traits: Traits,
    shapes: &[Shape],
) -> Result<(), RenderError>
where
    B::ErrorType: 'static,
{
    let (width, height) = backend.get_size();
    let corner = (i32::try_from(width)?, i32::try_from(height)?);
    backend.draw_rect((0, 0), corner, &traits.style(WHITE, 1.0), true)?;
    for shape in shapes {
        match shape {
            Shape::Line {
                points,
                width,
                color,
            } => paint_line(&mut backend, traits, points, &traits.style(*color, *width))?,
            Shape::Polygon { points, color } => {
                let points = points.iter().map(|point| traits.pixel(*point));
                backend.fill_polygon(points.collect::<Vec<_>>(), &traits.style(*color, 1.0))?;
            }
            Shape::Circle {
                center,
                radius,
                color,
            } => {
                let radius = traits.scaled(*radius).unsigned_abs();
                let style = traits.style(*color, 1.0);
                backend.draw_circle(traits.pixel(*center), radius, &style, true)?;
            }
            Shape::Band {
                lower,
                upper,
                color,
            } => paint_band(&mut backend, traits, (lower, upper), *color)?,
            Shape::Text(text) => paint_text(&mut backend, traits, text)?,
        }
    }
    backend.present()?;
    Ok(())
}

fn paint_line<B: DrawingBackend>(
    backend: &mut B,
    traits: Traits,
    points: &[Point],
    style: &ShapeStyle,
) -> Result<(), RenderError>
where
    B::ErrorType: 'static,
{
    let mut points: Vec<_> = points.iter().map(|point| traits.pixel(*point)).collect();
    points.dedup();
    if points.len() < 2 {
        return Ok(());
    }
    if traits.fills_lines {
        for pair in points.windows(2) {
            backend.draw_path(pair.to_vec(), style)?;
        }
        let inner = &points[1..points.len() - 1];
        for corner in inner {
            backend.draw_circle(*corner, style.stroke_width / 2, style, true)?;
        }
    } else {
        backend.draw_path(points, style)?;
    }
    Ok(())
}

fn paint_band<B: DrawingBackend>(
    backend: &mut B,
    traits: Traits,
    (lower, upper): (&[Point], &[Point]),
    (red, green, blue): Color,
) -> Result<(), RenderError>
where
    B::ErrorType: 'static,
{
    let style = RGBColor(red, green, blue).mix(BAND_OPACITY).filled();
    if traits.fills_lines {
        // Every column once.
        for (lower, upper) in lower.windows(2).zip(upper.windows(2)) {
            let (from, to) = (traits.pixel(lower[0]).0, traits.pixel(lower[1]).0);
            for x in from..to {
                let part = f64::from(x - from) / f64::from(to - from);
                let y = |edge: &[Point]| traits.scaled(edge[0].1 + (edge[1].1 - edge[0].1) * part);
                backend.draw_line((x, y(upper)), (x, y(lower)), &style)?;
            }
        }
    } else {
        let outline = lower.iter().chain(upper.iter().rev());
        backend.fill_polygon(outline.map(|point| traits.pixel(*point)), &style)?;
    }
    Ok(())
}

fn paint_text<B: DrawingBackend>(
    backend: &mut B,
    traits: Traits,
    text: &Text,
) -> Result<(), RenderError>
where
    B::ErrorType: 'static,
{
    let font = font::font(text.size * f64::from(traits.scale) * traits.font_size)?;
    let shift = text.size * traits.text_shift;
    let (font, at) = if text.upward {
        let font = font.transform(FontTransform::Rotate270);
        (font, (text.at.0 + shift, text.at.1))
    } else {
        (font, (text.at.0, text.at.1 + shift))
    };
    let side = match text.anchor {
        Anchor::Start => HPos::Left,
        Anchor::Middle => HPos::Center,
        Anchor::End => HPos::Right,
    };
    let (red, green, blue) = text.color;
    let style = font
        .color(&RGBColor(red, green, blue))
        .pos(Pos::new(side, traits.text_side));
    backend.draw_text(&text.content, &style, traits.pixel(at))?;
    Ok(())
}

impl Traits {
    fn style(self, (red, green, blue): Color, width: f64) -> ShapeStyle {
        RGBColor(red, green, blue)
            .filled()
            .stroke_width(self.scaled(width).unsigned_abs())
    }

    fn pixel(self, (x, y): Point) -> (i32, i32) {
        (self.scaled(x), self.scaled(y))
    }

    #[allow(
        clippy::cast_possible_truncation,
        reason = "a picture is at most some ten thousand pixels wide, and the cast saturates"
    )]
    fn scaled(self, length: f64) -> i32 {
        (length * f64::from(self.scale)).round() as i32
    }
}
