use ndarray::{Array2, ArrayRef2};

use crate::element::Element;

/// The function `f` after each hidden layer, `a = f(z)`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Activation {
    /// `f(z) = 1 / (1 + exp(-z))`, `f'(z) = a (1 - a)`
    #[default]
    Sigmoid,
    /// `f(z) = max(z, 0)`, `f'(z) = 1` for `z > 0`, else 0: also at 0, where there is no derivative.
    Relu,
}

impl Activation {
    /// `a = f(z)`, in place.
    pub(crate) fn forward<T: Element>(self, z: &mut Array2<T>) {
        let (zero, one) = (T::zero(), T::one());
        match self {
            Self::Sigmoid => z.mapv_inplace(|z| one / (one + (-z).exp())),
            // Unlike `max`, this leaves NaN alone: a broken input must not vanish.
            Self::Relu => z.mapv_inplace(|z| if z < zero { zero } else { z }),
        }
    }

    /// Turns `∂loss/∂a` into `∂loss/∂z = ∂loss/∂a · f'(z)`, in place. Of both functions, `a` alone tells `f'(z)`.
    pub(crate) fn backward<T: Element>(self, a: &ArrayRef2<T>, delta: &mut Array2<T>) {
        let (zero, one) = (T::zero(), T::one());
        match self {
            Self::Sigmoid => delta.zip_mut_with(a, |delta, &a| *delta *= a * (one - a)),
            Self::Relu => delta.zip_mut_with(a, |delta, &a| {
                if a <= zero {
                    *delta = zero;
                }
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn the_functions_have_their_known_values() {
        let mut z = array![[0.0, 3_f64.ln(), -1e4, 1e4]];
        Activation::Sigmoid.forward(&mut z);
        assert!(
            (&z - &array![[0.5, 0.75, 0.0, 1.0]])
                .iter()
                .all(|d| d.abs() < 1e-15),
            "{z}"
        );

        let mut z = array![[-2.0, 0.0, 3.0]];
        Activation::Relu.forward(&mut z);
        assert_eq!(z, array![[0.0, 0.0, 3.0]]);
    }

    #[test]
    fn relu_has_the_derivative_zero_at_zero() {
        let mut delta = array![[5.0, 5.0, 5.0]];
        Activation::Relu.backward(&array![[0.0, 1e-30, 2.0]], &mut delta);
        assert_eq!(delta, array![[0.0, 5.0, 5.0]]);
    }

    #[test]
    fn a_value_that_is_no_number_stays_none() {
        for activation in [Activation::Sigmoid, Activation::Relu] {
            let mut z = array![[f32::NAN]];
            activation.forward(&mut z);
            assert!(z[[0, 0]].is_nan(), "{activation:?}");
        }
    }
}
