use std::ops::{Add, Div, Mul, Sub};

use burn::tensor::Tensor;

/// What an update rule computes with: one number on the host, or a tensor on any device.
pub(crate) trait Quantity:
    Clone + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> + Div<Output = Self>
{
    /// `self · factor`
    fn scale(self, factor: f64) -> Self;

    /// `self + summand`
    fn plus(self, summand: f64) -> Self;

    /// The square root.
    fn root(self) -> Self;

    /// Without the sign.
    fn magnitude(self) -> Self;

    /// -1, 0 or 1.
    fn sign(self) -> Self;

    /// The larger of two.
    fn larger(self, other: Self) -> Self;

    /// `self · self`
    #[inline(always)]
    fn squared(self) -> Self {
        self.clone() * self
    }

    /// Goes towards `target` by this share of the way: `self + (target - self) · share`.
    #[inline(always)]
    fn towards(self, target: Self, share: f64) -> Self {
        self.clone() + (target - self).scale(share)
    }
}

impl Quantity for f32 {
    #[inline(always)]
    #[allow(
        clippy::cast_possible_truncation,
        reason = "weights are computed with in their own precision"
    )]
    fn scale(self, factor: f64) -> Self {
        self * factor as Self
    }

    #[inline(always)]
    #[allow(
        clippy::cast_possible_truncation,
        reason = "weights are computed with in their own precision"
    )]
    fn plus(self, summand: f64) -> Self {
        self + summand as Self
    }

    #[inline(always)]
    fn root(self) -> Self {
        self.sqrt()
    }

    #[inline(always)]
    fn magnitude(self) -> Self {
        self.abs()
    }

    #[inline(always)]
    fn sign(self) -> Self {
        // Not `signum`, for which 0 has a sign.
        Self::from(u8::from(self > 0.0)) - Self::from(u8::from(self < 0.0))
    }

    #[inline(always)]
    fn larger(self, other: Self) -> Self {
        // What is not a number stays visible, unlike in `f32::max`.
        if other > self || other.is_nan() {
            other
        } else {
            self
        }
    }
}

impl<const D: usize> Quantity for Tensor<D> {
    fn scale(self, factor: f64) -> Self {
        self.mul_scalar(factor)
    }

    fn plus(self, summand: f64) -> Self {
        self.add_scalar(summand)
    }

    fn root(self) -> Self {
        self.sqrt()
    }

    fn magnitude(self) -> Self {
        self.abs()
    }

    fn sign(self) -> Self {
        self.sign()
    }

    fn larger(self, other: Self) -> Self {
        self.max_pair(other)
    }
}
