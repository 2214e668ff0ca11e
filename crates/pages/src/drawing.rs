//! Curves that stand in a page.

use std::path::Path;

use firebrick::curves::{Curve, Panel, Stroke, render_curves};

use crate::error::PagesError;

/// The size of a drawing that two stand side by side of on a page, and one on a phone.
const SIZE: (u32, u32) = (470, 320);
/// The height that a row of the legend of many runs takes.
const PER_LABEL: u32 = 8;
/// Of a curve with more points the lowest and the highest of each of so many stretches are drawn.
const STRETCHES: usize = 400;

/// A panel as an element of a page, in the colours of the page.
pub(crate) fn drawing(panel: &Panel) -> Result<String, PagesError> {
    let panel = Panel {
        curves: panel.curves.iter().map(thinned).collect(),
        ..panel.clone()
    };
    let mut labels: Vec<&str> = panel
        .curves
        .iter()
        .map(|curve| curve.label.as_str())
        .collect();
    labels.dedup();
    let labels = u32::try_from(labels.len()).unwrap_or(u32::MAX).min(60);
    let size = (SIZE.0, SIZE.1 + labels.saturating_sub(4) * PER_LABEL);
    let bytes = render_curves(&[panel], "", Path::new("drawing.svg"), size)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The panels as elements of a page; those that nothing can be drawn in are left out.
pub(crate) fn drawings(panels: &[Panel]) -> Result<Vec<String>, PagesError> {
    let panels = panels.iter().filter(|panel| !panel.curves.is_empty());
    panels.map(drawing).collect()
}

/// The same curve with fewer points, where it has so many that one cannot tell.
fn thinned(curve: &Curve) -> Curve {
    let points = curve.values.len();
    if points <= 2 * STRETCHES || curve.stroke == Stroke::Points || !curve.band.is_empty() {
        return curve.clone();
    }
    let stretch = points.div_ceil(STRETCHES);
    let mut kept = vec![0, points - 1];
    for start in (0..points).step_by(stretch) {
        let places = start..(start + stretch).min(points);
        let finite = || {
            places
                .clone()
                .filter(|place| curve.values[*place].is_finite())
        };
        let by_value =
            |one: &usize, other: &usize| curve.values[*one].total_cmp(&curve.values[*other]);
        kept.extend(finite().min_by(by_value));
        kept.extend(finite().max_by(by_value));
    }
    kept.sort_unstable();
    kept.dedup();
    Curve {
        epochs: kept.iter().map(|place| curve.epochs[*place]).collect(),
        values: kept.iter().map(|place| curve.values[*place]).collect(),
        ..curve.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve(values: Vec<f64>) -> Curve {
        Curve {
            label: "<script>alert(1)</script>".to_owned(),
            epochs: (1_i32..).map(f64::from).take(values.len()).collect(),
            values,
            ..Curve::default()
        }
    }

    #[test]
    fn a_curve_of_many_points_keeps_its_ends_and_its_peaks() {
        let mut values: Vec<f64> = (0..5000_u16).map(f64::from).collect();
        values[2500] = 1e6;
        values[2600] = f64::NAN;
        let thin = thinned(&curve(values));
        assert!(
            thin.values.len() <= 2 * STRETCHES + 2,
            "{}",
            thin.values.len()
        );
        assert_eq!(thin.values.first(), Some(&0.0));
        assert_eq!(thin.values.last(), Some(&4999.0));
        assert!(thin.values.contains(&1e6));
        assert!(thin.epochs.is_sorted());
        let few = curve(vec![1.0, 2.0]);
        assert_eq!(thinned(&few), few);
    }

    #[test]
    fn a_label_is_text_whatever_it_is() {
        let panel = Panel {
            title: "</svg><b>".to_owned(),
            curves: vec![curve(vec![1.0, 2.0])],
            ..Panel::default()
        };
        let svg = drawing(&panel).unwrap();
        assert!(svg.starts_with("<svg"));
        assert!(!svg.contains("<script") && !svg.contains("<b>"), "{svg}");
        assert_eq!(svg.matches("</svg>").count(), 1);
    }
}
