//! Contours and critical points as a picture, legible without colours: lines differ by their dashes, points by their
//! markers.

use std::ops::Range;

use anyhow::anyhow;
use image::codecs::png::PngEncoder;
use image::{RgbImage, imageops};
use plotters::coord::Shift;
use plotters::coord::types::RangedCoordf64;
use plotters::element::DashedPathElement;
use plotters::prelude::*;
use plotters::style::register_font;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::contours::Heights;
use crate::derivatives::Point;
use crate::search::{CriticalPoint, Kind};

/// Width and height in pixels as shown.
const SIZE: (u32, u32) = (640, 630);
/// Plotters counts in whole pixels, so all is drawn larger: a PNG is averaged down, an SVG says how large to show it.
const SCALE: u32 = 3;

/// The viewer's own sans-serif font in an SVG; in a PNG the letters of the curves' pictures.
const FONT: &str = "Roboto, sans-serif";
static ROBOTO: &[u8] = include_bytes!("../../../crates/plot/assets/Roboto-Regular-Latin1.ttf");

/// Blue and vermilion of Okabe and Ito's colours, which colour-blind readers tell apart.
const BELOW: RGBColor = RGBColor(0, 114, 178);
const ABOVE: RGBColor = RGBColor(213, 94, 0);
const GREY: RGBColor = RGBColor(90, 90, 90);

type Chart<'a, DB> = ChartContext<'a, DB, Cartesian2d<RangedCoordf64, RangedCoordf64>>;

/// Drawn pixels from the left and from above.
type Place = (i32, i32);

/// What is drawn.
pub(crate) struct Picture<'a> {
    pub(crate) title: &'a str,
    pub(crate) region: Range<f64>,
    pub(crate) heights: &'a Heights,
    pub(crate) levels: &'a [f64],
    pub(crate) points: &'a [CriticalPoint],
}

impl Picture<'_> {
    /// The SVG document.
    pub(crate) fn svg(&self) -> anyhow::Result<Vec<u8>> {
        let drawn = (SIZE.0 * SCALE, SIZE.1 * SCALE);
        let mut document = String::new();
        self.draw(&SVGBackend::with_string(&mut document, drawn).into_drawing_area())?;
        let header = |(width, height)| format!("<svg width=\"{width}\" height=\"{height}\"");
        Ok(document
            .replacen(&header(drawn), &header(SIZE), 1)
            .into_bytes())
    }

    /// The bytes of the PNG.
    pub(crate) fn png(&self) -> anyhow::Result<Vec<u8>> {
        let mut drawn = RgbImage::new(SIZE.0 * SCALE, SIZE.1 * SCALE);
        let size = drawn.dimensions();
        self.draw(&BitMapBackend::with_buffer(&mut drawn, size).into_drawing_area())?;
        let mut bytes = Vec::new();
        imageops::thumbnail(&drawn, SIZE.0, SIZE.1)
            .write_with_encoder(PngEncoder::new(&mut bytes))?;
        Ok(bytes)
    }

    fn draw<DB: DrawingBackend>(&self, area: &DrawingArea<DB, Shift>) -> anyhow::Result<()>
    where
        DB::ErrorType: 'static,
    {
        register_font(FONT, FontStyle::Normal, ROBOTO)
            .map_err(|_font| anyhow!("the built-in font cannot be read"))?;
        area.fill(&WHITE)?;
        let below_title = area
            .margin(pixels(10), 0, 0, 0)
            .titled(self.title, font(20))?;
        let mut chart = ChartBuilder::on(&below_title)
            .margin(pixels(12))
            .x_label_area_size(pixels(44))
            .y_label_area_size(pixels(52))
            .build_cartesian_2d(self.region.clone(), self.region.clone())?;
        chart
            .configure_mesh()
            .disable_mesh()
            .x_desc("x")
            .y_desc("y")
            .axis_style(GREY.stroke_width(SCALE))
            .set_all_tick_mark_size(pixels(5))
            .label_style(font(14))
            .axis_desc_style(font(17))
            .x_label_formatter(&|x| format!("{x:.0}"))
            .y_label_formatter(&|y| format!("{y:.0}"))
            .draw()?;
        self.draw_contours(&mut chart)?;
        self.draw_points(&mut chart)?;
        add_contours_to_key(&mut chart)?;
        chart
            .configure_series_labels()
            .position(SeriesLabelPosition::UpperRight)
            .margin(pixels(8))
            .legend_area_size(pixels(36))
            .label_font(font(14))
            .background_style(WHITE.filled())
            .border_style(GREY.stroke_width(SCALE))
            .draw()?;
        area.present()?;
        Ok(())
    }

    /// The lines, and above all of them their levels.
    fn draw_contours<DB: DrawingBackend>(&self, chart: &mut Chart<'_, DB>) -> anyhow::Result<()>
    where
        DB::ErrorType: 'static,
    {
        let mut labels = Vec::new();
        for level in self.levels {
            for line in self.heights.contours(*level) {
                labels.extend(label_place(&line).map(|at| (at, *level)));
                let line: Vec<(f64, f64)> = line.into_iter().map(|[x, y]| (x, y)).collect();
                let style = contour_style(*level);
                if *level < 0.0 {
                    let (dash, gap) = (pixels(6), pixels(4));
                    chart.draw_series(DashedLineSeries::new(line, dash, gap, style))?;
                } else {
                    chart.draw_series(LineSeries::new(line, style))?;
                }
            }
        }
        for (at, level) in labels {
            let text = format!("{level}");
            let (width, height) = chart
                .plotting_area()
                .estimate_text_size(&text, &centred(12))?;
            let (x, y) = (half(width) + pixels(2), half(height));
            let background = Rectangle::new([(-x, -y), (x, y)], WHITE.filled());
            let text = Text::new(text, (0, 0), centred(12));
            chart.draw_series([EmptyElement::at((at[0], at[1])) + background + text])?;
        }
        Ok(())
    }

    /// The points, and a sign of each kind in the key.
    fn draw_points<'a, DB: DrawingBackend + 'a>(
        &self,
        chart: &mut Chart<'a, DB>,
    ) -> anyhow::Result<()>
    where
        DB::ErrorType: 'static,
    {
        for kind in [Kind::Minimum, Kind::Maximum, Kind::Saddle, Kind::Degenerate] {
            let points = self.points.iter().filter(|found| found.kind == kind);
            // A white rim keeps a sign apart from the lines.
            let signs: Vec<_> = points
                .map(|found| {
                    EmptyElement::at((found.point[0], found.point[1]))
                        + sign(kind, (0, 0), 9, WHITE)
                        + sign(kind, (0, 0), 6, BLACK)
                })
                .collect();
            if !signs.is_empty() {
                chart
                    .draw_series(signs)?
                    .label(kind.to_string())
                    .legend(move |(x, y)| sign(kind, (x + pixels(14), y), 6, BLACK));
            }
        }
        Ok(())
    }
}

fn add_contours_to_key<'a, DB: DrawingBackend + 'a>(chart: &mut Chart<'a, DB>) -> anyhow::Result<()>
where
    DB::ErrorType: 'static,
{
    for (label, level) in [("f > 0", 1.0), ("f = 0", 0.0), ("f < 0", -1.0)] {
        let key = chart.draw_series(std::iter::empty::<PathElement<(f64, f64)>>())?;
        key.label(label).legend(move |(x, y)| {
            let ends = [(x, y), (x + pixels(28), y)];
            let style = contour_style(level);
            if level < 0.0 {
                DashedPathElement::new(ends, pixels(6), pixels(4), style).into_dyn()
            } else {
                PathElement::new(ends, style).into_dyn()
            }
        });
    }
    Ok(())
}

fn contour_style(level: f64) -> ShapeStyle {
    if level < 0.0 {
        BELOW.stroke_width(SCALE * 3 / 2)
    } else if level > 0.0 {
        ABOVE.stroke_width(SCALE * 3 / 2)
    } else {
        BLACK.stroke_width(SCALE * 5 / 2)
    }
}

/// The middle of a line that is long enough to be labelled.
fn label_place(line: &[Point]) -> Option<Point> {
    (line.len() > 80).then(|| line[line.len() / 2])
}

fn font(size: u32) -> FontDesc<'static> {
    (FONT, pixels(size)).into_font()
}

fn centred(size: u32) -> TextStyle<'static> {
    let middle = Pos::new(HPos::Center, VPos::Center);
    font(size).color(&BLACK).pos(middle)
}

fn half(length: u32) -> i32 {
    (length / 2).cast_signed()
}

/// Drawn pixels for shown ones.
fn pixels(shown: u32) -> i32 {
    (shown * SCALE).cast_signed()
}

/// The sign of a kind, which has a shape of its own.
fn sign(kind: Kind, at: Place, size: u32, color: RGBColor) -> Polygon<Place> {
    // Corners of areas that look alike.
    let corners: Vec<(f64, f64)> = match kind {
        Kind::Minimum => (0..36)
            .map(|corner| f64::from(corner * 10).to_radians().sin_cos())
            .collect(),
        Kind::Maximum => vec![(0.0, -1.3), (1.15, 0.75), (-1.15, 0.75)],
        Kind::Saddle => {
            let arm = [(0.0, -0.35), (0.95, -1.3), (1.3, -0.95)];
            let quarter = |(x, y): (f64, f64)| (-y, x);
            (0..4)
                .flat_map(|turns| arm.map(|corner| (0..turns).fold(corner, |at, _| quarter(at))))
                .collect()
        }
        Kind::Degenerate => vec![(0.0, -1.35), (1.35, 0.0), (0.0, 1.35), (-1.35, 0.0)],
    };
    #[allow(
        clippy::cast_possible_truncation,
        reason = "a sign is a few pixels large"
    )]
    let place = |(x, y): (f64, f64)| {
        let [x, y] = [x, y].map(|share| (share * f64::from(pixels(size))).round() as i32);
        (at.0 + x, at.1 + y)
    };
    Polygon::new(
        corners.into_iter().map(place).collect::<Vec<_>>(),
        color.filled(),
    )
}
