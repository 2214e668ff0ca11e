//! Critical points of a function of two variables: the gradient by automatic differentiation, the second derivatives
//! by differences of gradients, Newton's method from a grid of starting points, the kinds by the eigenvalues of the
//! Hessian. The formulas are in `docs/theory.md`.
//!
//! ```sh
//! cargo run --release -p critical_points [DIRECTORY]
//! ```
//!
//! It takes a tenth of a second. It prints the points of f(x, y) = x²y + xy² − 6xy, three saddles and a minimum, and writes
//! `critical_points.svg` and `critical_points.png`, its contours with the points, into `DIRECTORY`, the current one if
//! there is none.
#![allow(
    clippy::print_stdout,
    reason = "an example talks to the person who runs it"
)]

mod contours;
mod derivatives;
mod picture;
mod search;
mod table;

use std::env;
use std::ops::Range;
use std::path::PathBuf;

use anyhow::Context;
use firebrick::burn::tensor::Tensor;
use firebrick::models::write_whole;

use crate::contours::Heights;
use crate::picture::Picture;
use crate::search::critical_points;
use crate::table::table;

/// Where both coordinates are looked at.
const REGION: Range<f64> = -2.0..8.0;
/// Of the contours; all three saddles lie on the one of 0.
const LEVELS: [f64; 13] = [
    -100.0, -50.0, -20.0, -7.0, -5.0, -2.0, 0.0, 5.0, 20.0, 50.0, 100.0, 200.0, 400.0,
];

/// `f(x, y) = x² y + x y² - 6 x y`
fn f(x: Tensor<1>, y: Tensor<1>) -> Tensor<1> {
    let xy = x.clone() * y.clone();
    xy.clone() * x + xy.clone() * y - xy * 6.0
}

fn main() -> anyhow::Result<()> {
    let directory: PathBuf = env::args_os().nth(1).unwrap_or_else(|| ".".into()).into();
    let points = critical_points(&f, REGION)?;
    print!("{}", table(&points));

    let picture = Picture {
        title: "Critical points of f(x, y) = x²y + xy² – 6xy",
        region: REGION,
        heights: &Heights::new(&f, &REGION, 200)?,
        levels: &LEVELS,
        points: &points,
    };
    for (name, bytes) in [
        ("critical_points.svg", picture.svg()?),
        ("critical_points.png", picture.png()?),
    ] {
        let path = directory.join(name);
        write_whole(&path, &bytes).with_context(|| {
            format!(
                "`{}` was not written; give a directory that exists",
                path.display()
            )
        })?;
        println!("{}", path.display());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::Kind;

    #[test]
    fn the_points_are_those_that_algebra_gives() {
        let root = 72_f64.sqrt();
        let expected = [
            ([0.0, 0.0], 0.0, [-6.0, 6.0], Kind::Saddle),
            ([0.0, 6.0], 0.0, [6.0 - root, 6.0 + root], Kind::Saddle),
            ([2.0, 2.0], -8.0, [2.0, 6.0], Kind::Minimum),
            ([6.0, 0.0], 0.0, [6.0 - root, 6.0 + root], Kind::Saddle),
        ];
        let found = critical_points(&f, REGION).unwrap();
        assert_eq!(found.len(), expected.len(), "{found:?}");
        for (found, (point, value, eigenvalues, kind)) in found.iter().zip(expected) {
            let near = |computed: f64, exact: f64, tolerance| (computed - exact).abs() < tolerance;
            assert!(
                (0..2).all(|axis| near(found.point[axis], point[axis], 1e-12)),
                "{found:?}"
            );
            assert!(near(found.value, value, 1e-12), "{found:?}");
            assert!(
                (0..2).all(|order| near(found.eigenvalues[order], eigenvalues[order], 1e-8)),
                "{found:?}"
            );
            assert_eq!(found.kind, kind);
        }
    }

    #[test]
    fn the_picture_has_a_marker_a_point_and_labelled_axes() {
        let points = critical_points(&f, REGION).unwrap();
        let picture = Picture {
            title: "title",
            region: REGION,
            heights: &Heights::new(&f, &REGION, 50).unwrap(),
            levels: &[-5.0, 0.0, 5.0],
            points: &points,
        };
        let svg = String::from_utf8(picture.svg().unwrap()).unwrap();
        for text in ["title", "x", "y", "minimum", "saddle", "f &lt; 0"] {
            assert!(svg.contains(&format!(">\n{text}\n</text>")), "{text}");
        }
        assert!(!svg.contains("maximum") && !svg.contains("degenerate"));
        // Each point is a sign on its rim; the legend has one of each kind.
        assert_eq!(svg.matches("<polygon").count(), 2 * points.len() + 2);
        let png = image::load_from_memory(&picture.png().unwrap()).unwrap();
        assert_eq!((png.width(), png.height()), (640, 630));
    }
}
