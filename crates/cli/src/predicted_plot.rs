//! A picture of what a network predicts against what is true.

use anyhow::anyhow;
use firebrick::curves::{Curve, Panel, Scale, Stroke, curves_size};

use crate::destination::Destination;
use crate::picture;
use crate::picture_size::PictureSize;

/// The most points of a panel; of more rows as many are drawn, evenly spread.
const MOST_POINTS: usize = 5000;
/// The most panels of a picture.
const MOST_PANELS: usize = 16;

/// Numbers to be predicted and what a network predicts, row by row.
pub(crate) struct Predicted {
    /// What the columns are called.
    pub(crate) columns: Vec<String>,
    /// `columns.len()` numbers a row.
    pub(crate) targets: Vec<f32>,
    /// As many.
    pub(crate) answers: Vec<f32>,
}

/// Draws a panel for each column: what is true from left to right, what is predicted from bottom to top.
///
/// # Errors
/// A file that cannot be written; with a usage error one that is no picture.
pub(crate) fn draw(
    predicted: &Predicted,
    title: &str,
    destination: &Destination,
) -> anyhow::Result<()> {
    let panels = panels(predicted);
    let size = PictureSize(curves_size(panels.len()));
    picture::draw(&panels, title, size, destination)
}

impl Predicted {
    /// # Errors
    /// Answers of another number than the targets.
    pub(crate) fn new(
        columns: Vec<String>,
        targets: Vec<f32>,
        answers: Vec<f32>,
    ) -> anyhow::Result<Self> {
        if targets.len() != answers.len() || !targets.len().is_multiple_of(columns.len().max(1)) {
            return Err(anyhow!(
                "the network answers with {} numbers, the data has {} to compare them with in {} columns",
                answers.len(),
                targets.len(),
                columns.len()
            ));
        }
        Ok(Self {
            columns,
            targets,
            answers,
        })
    }
}

/// A panel for each column.
pub(crate) fn panels(predicted: &Predicted) -> Vec<Panel> {
    let columns = predicted.columns.len();
    let pairs = || predicted.targets.iter().zip(&predicted.answers);
    let panel = |(index, name): (usize, &String)| {
        let points: Vec<(f64, f64)> = pairs()
            .skip(index)
            .step_by(columns)
            .map(|(target, answer)| (f64::from(*target), f64::from(*answer)))
            .collect();
        let ends = points
            .iter()
            .flat_map(|(target, answer)| [*target, *answer]);
        let ends = ends.filter(|value| value.is_finite());
        let low = ends.clone().fold(f64::INFINITY, f64::min);
        let high = ends.fold(f64::NEG_INFINITY, f64::max);
        let stride = points.len().div_ceil(MOST_POINTS).max(1);
        let (places, values): (Vec<f64>, Vec<f64>) = points.iter().step_by(stride).copied().unzip();
        let title = if stride == 1 {
            name.clone()
        } else {
            format!("{name}, {} of {} rows", places.len(), points.len())
        };
        Panel {
            title,
            x_label: "true".to_owned(),
            y_label: "predicted".to_owned(),
            curves: vec![
                Curve {
                    label: "rows".to_owned(),
                    epochs: places,
                    values,
                    stroke: Stroke::Points,
                    ..Curve::default()
                },
                Curve {
                    label: "predicted = true".to_owned(),
                    epochs: vec![low, high],
                    values: vec![low, high],
                    ..Curve::default()
                },
            ],
            x_scale: Scale::Numbers,
            ..Panel::default()
        }
    };
    let shown = predicted.columns.iter().enumerate().take(MOST_PANELS);
    shown.map(panel).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_has_a_panel_with_its_rows_and_the_line_where_both_are_the_same() {
        let columns = ["width", "height"].map(str::to_owned).to_vec();
        let targets = vec![1.0, 10.0, 2.0, 20.0, 4.0, 30.0];
        let answers = vec![1.5, 11.0, 2.5, 19.0, 3.0, 35.0];
        let predicted = Predicted::new(columns.clone(), targets.clone(), answers).unwrap();
        let panels = panels(&predicted);
        let [rows, line] = &panels[1].curves[..] else {
            panic!("expected two curves");
        };
        assert_eq!(panels[1].title, "height");
        assert_eq!(
            (&rows.epochs[..], &rows.values[..]),
            (&[10.0, 20.0, 30.0][..], &[11.0, 19.0, 35.0][..])
        );
        assert_eq!(line.epochs, [10.0, 35.0]);
        assert_eq!(line.values, line.epochs);
        assert!(Predicted::new(columns, targets, vec![1.0]).is_err());
    }

    #[test]
    fn of_many_rows_some_are_drawn_and_the_title_says_how_many() {
        let numbers: Vec<f32> = (0..12_000_u16).map(f32::from).collect();
        let predicted = Predicted::new(vec!["y".to_owned()], numbers.clone(), numbers).unwrap();
        let panels = panels(&predicted);
        assert_eq!(panels[0].title, "y, 4000 of 12000 rows");
        assert_eq!(panels[0].curves[0].values.len(), 4000);
        assert_eq!(panels[0].curves[1].values, [0.0, 11_999.0]);
    }
}
