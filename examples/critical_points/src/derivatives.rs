//! Values, gradients and second derivatives of a function of two variables, at many points at once.

use anyhow::ensure;
use firebrick::burn::tensor::{DType, Device, Tensor};

/// `f(x, y)`, element by element: it turns two vectors into one of the same length.
pub(crate) type Function = dyn Fn(Tensor<1>, Tensor<1>) -> Tensor<1>;

/// `[x, y]`
pub(crate) type Point = [f64; 2];

/// A function with what it is computed on.
pub(crate) struct Derivatives<'a> {
    function: &'a Function,
    device: Device,
}

impl<'a> Derivatives<'a> {
    /// All is computed in double precision, on the CPU, which has it on every machine: differences of numbers
    /// that agree to many digits are taken.
    pub(crate) fn new(function: &'a Function) -> Self {
        Self {
            function,
            device: Device::flex().autodiff(),
        }
    }

    pub(crate) fn values(&self, points: &[Point]) -> anyhow::Result<Vec<f64>> {
        let [x, y] = self.coordinates(points);
        Ok(self.apply(x, y)?.try_into_vec_as()?)
    }

    /// `[∂f/∂x, ∂f/∂y]`, by automatic differentiation.
    ///
    /// No value depends on the coordinates of another point, so the gradient of their sum holds the gradients of all.
    pub(crate) fn gradients(&self, points: &[Point]) -> anyhow::Result<Vec<[f64; 2]>> {
        let [x, y] = self.coordinates(points).map(Tensor::require_grad);
        let sum = self.apply(x.clone(), y.clone())?.sum();
        if !sum.is_tracked() {
            return Ok(vec![[0.0; 2]; points.len()]); // a constant
        }
        let gradients = sum.backward();
        let along = |coordinate: Tensor<1>| match coordinate.grad(&gradients) {
            Some(gradient) => gradient.try_into_vec_as::<f64>(),
            None => Ok(vec![0.0; points.len()]), // the function does not have this variable
        };
        let (x, y) = (along(x)?, along(y)?);
        Ok(x.into_iter().zip(y).map(|(x, y)| [x, y]).collect())
    }

    /// The second derivatives, by central differences of the gradients at a distance of `h`; Burn differentiates once.
    pub(crate) fn hessians(&self, points: &[Point], h: f64) -> anyhow::Result<Vec<Hessian>> {
        let shifts = [[h, 0.0], [-h, 0.0], [0.0, h], [0.0, -h]];
        let shifted: Vec<Point> = shifts
            .iter()
            .flat_map(|shift| points.iter().map(|[x, y]| [x + shift[0], y + shift[1]]))
            .collect();
        let gradients = self.gradients(&shifted)?;
        let difference = |index, shift, axis: usize| {
            let [plus, minus]: [[f64; 2]; 2] =
                [shift, shift + 1].map(|shift| gradients[shift * points.len() + index]);
            (plus[axis] - minus[axis]) / (2.0 * h)
        };
        let hessian = |index| Hessian {
            xx: difference(index, 0, 0),
            xy: f64::midpoint(difference(index, 0, 1), difference(index, 2, 0)),
            yy: difference(index, 2, 1),
        };
        Ok((0..points.len()).map(hessian).collect())
    }

    fn coordinates(&self, points: &[Point]) -> [Tensor<1>; 2] {
        [0, 1].map(|axis| {
            let numbers: Vec<f64> = points.iter().map(|point| point[axis]).collect();
            Tensor::from_data(numbers.as_slice(), (&self.device, DType::F64))
        })
    }

    fn apply(&self, x: Tensor<1>, y: Tensor<1>) -> anyhow::Result<Tensor<1>> {
        let expected = x.dims();
        let values = (self.function)(x, y);
        ensure!(
            values.dims() == expected,
            "the function expects to give one value a point, shape {expected:?}, received {:?}; compute element by element",
            values.dims()
        );
        Ok(values)
    }
}

/// The symmetric matrix of the second derivatives.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Hessian {
    pub(crate) xx: f64,
    pub(crate) xy: f64,
    pub(crate) yy: f64,
}

impl Hessian {
    /// Its eigenvalues, the smaller first.
    pub(crate) fn eigenvalues(&self) -> [f64; 2] {
        let middle = f64::midpoint(self.xx, self.yy);
        let radius = f64::midpoint(self.xx, -self.yy).hypot(self.xy);
        let far = middle + radius.copysign(middle);
        if far == 0.0 {
            return [0.0, 0.0];
        }
        // Their product is the determinant; `middle` and `radius` may be alike in all their digits.
        let near = (self.xx * self.yy - self.xy * self.xy) / far;
        [near.min(far), near.max(far)]
    }

    /// Its unit eigenvectors, in the order of the eigenvalues.
    pub(crate) fn eigenvectors(&self) -> [[f64; 2]; 2] {
        let angle = (2.0 * self.xy).atan2(self.xx - self.yy) / 2.0;
        let (sin, cos) = angle.sin_cos();
        [[-sin, cos], [cos, sin]]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `x² y + 3 y²`
    fn cubic(x: Tensor<1>, y: Tensor<1>) -> Tensor<1> {
        x.square() * y.clone() + y.square() * 3.0
    }

    #[test]
    fn values_and_derivatives_are_those_of_the_formulas() {
        let derivatives = Derivatives::new(&cubic);
        let points = [[1.0, 2.0], [-3.0, 0.5]];
        assert_eq!(derivatives.values(&points).unwrap(), [14.0, 5.25]);
        assert_eq!(
            derivatives.gradients(&points).unwrap(),
            [[4.0, 13.0], [-3.0, 12.0]]
        );
        let expected = [[4.0, 2.0, 6.0], [1.0, -6.0, 6.0]];
        for (hessian, expected) in derivatives
            .hessians(&points, 1e-5)
            .unwrap()
            .iter()
            .zip(expected)
        {
            for (computed, expected) in [hessian.xx, hessian.xy, hessian.yy].iter().zip(expected) {
                assert!((computed - expected).abs() < 1e-8, "{hessian:?}");
            }
        }
    }

    #[test]
    fn numbers_are_of_double_precision() {
        let derivatives = Derivatives::new(&|x, _| x * 0.1);
        assert_eq!(derivatives.values(&[[0.3, 0.0]]).unwrap(), [0.3 * 0.1]);
    }

    #[test]
    fn a_variable_that_is_not_there_has_no_slope() {
        let points = [[1.0, 2.0]];
        let gradients = |function: &Function| Derivatives::new(function).gradients(&points);
        assert_eq!(gradients(&|x, _| x.square()).unwrap(), [[2.0, 0.0]]);
        assert_eq!(
            gradients(&|x, _| x.zeros_like().detach()).unwrap(),
            [[0.0, 0.0]]
        );
    }

    #[test]
    fn a_function_that_is_not_element_by_element_is_an_error() {
        let sum = |x: Tensor<1>, y: Tensor<1>| (x + y).sum();
        let error = Derivatives::new(&sum).values(&[[1.0, 2.0], [3.0, 4.0]]);
        let error = error.unwrap_err().to_string();
        assert!(error.contains("[2]") && error.contains("[1]"), "{error}");
    }

    #[test]
    fn an_eigenvalue_beside_a_huge_one_keeps_its_digits() {
        let (xx, xy, yy) = (1e-12, 0.0, 1e12);
        let [smaller, larger] = Hessian { xx, xy, yy }.eigenvalues();
        assert!((smaller / 1e-12 - 1.0).abs() < 1e-12, "{smaller}");
        assert!((larger / 1e12 - 1.0).abs() < 1e-12, "{larger}");
    }

    #[test]
    fn eigenvectors_belong_to_their_eigenvalues() {
        for (xx, xy, yy) in [
            (4.0, 2.0, 4.0),
            (0.0, -6.0, 0.0),
            (0.0, 6.0, 12.0),
            (3.0, 0.0, -1.0),
        ] {
            let hessian = Hessian { xx, xy, yy };
            let [smaller, larger] = hessian.eigenvalues();
            assert!(smaller <= larger);
            for (value, [x, y]) in hessian.eigenvalues().iter().zip(hessian.eigenvectors()) {
                assert!((xx * x + xy * y - value * x).abs() < 1e-12, "{hessian:?}");
                assert!((xy * x + yy * y - value * y).abs() < 1e-12, "{hessian:?}");
            }
        }
    }
}
