use crate::layer_problem::LayerProblem;
use crate::single::single;
use firebrick_tensor::AnyTensor;

/// Mean and variance (that of the population) of groups of numbers that come in batches, in double precision.
///
/// # Source
/// Chan et al., "Updating Formulae and a Pairwise Algorithm for Computing Sample Variances", 1979
#[derive(Clone, Debug, Default)]
pub(crate) struct Moments {
    /// Values of each group so far.
    count: f64,
    mean: Vec<f64>,
    /// Sums of the squared distances from the mean.
    squares: Vec<f64>,
}

impl Moments {
    /// Adds samples; each index of the axes, among which the batch axis is not, is a group of its own.
    pub(crate) fn add(&mut self, samples: AnyTensor, axes: &[usize]) -> Result<(), LayerProblem> {
        let shape = samples.shape();
        let values = samples.into_vec().map_err(LayerProblem::device)?;
        if values.is_empty() || values.iter().any(|value| !value.is_finite()) {
            return Err(unsuitable());
        }
        let groups = groups_of_a_sample(&shape, axes);
        let num_groups: usize = axes.iter().map(|&axis| shape[axis]).product();
        if self.count > 0.0 && self.mean.len() != num_groups {
            return Err(LayerProblem::input(
                "samples of the same shape in all batches",
                "adapt to samples of one shape",
            ));
        }
        let count = (values.len() / num_groups) as f64;
        let sums = |term: &dyn Fn(f64, usize) -> f64| {
            let mut sums = vec![0.0; num_groups];
            for sample in values.chunks(groups.len()) {
                for (&value, &group) in sample.iter().zip(&groups) {
                    sums[group] += term(f64::from(value), group);
                }
            }
            sums
        };
        let mean: Vec<f64> = sums(&|value, _| value)
            .into_iter()
            .map(|sum| sum / count)
            .collect();
        let squares = sums(&|value, group| (value - mean[group]).powi(2));

        self.mean.resize(num_groups, 0.0);
        self.squares.resize(num_groups, 0.0);
        let all = self.count + count;
        for group in 0..num_groups {
            let distance = mean[group] - self.mean[group];
            self.mean[group] += distance * (count / all);
            self.squares[group] +=
                squares[group] + distance * distance * (self.count * count / all);
        }
        self.count = all;
        Ok(())
    }

    /// Mean and variance of each group; an error if there was no sample, or a variance too large for single precision.
    pub(crate) fn finish(self) -> Result<(Vec<f32>, Vec<f32>), LayerProblem> {
        if self.mean.is_empty() {
            return Err(unsuitable());
        }
        let variance = |squares: &f64| single(squares / self.count);
        let variances: Vec<f32> = self.squares.iter().map(variance).collect();
        if let Some(group) = variances.iter().position(|variance| !variance.is_finite()) {
            return Err(LayerProblem::input(
                format!(
                    "numbers whose variance single precision can hold, below 3e38; those of feature {group} (counted from 0) differ \
                     by {:.1e} (standard deviation)",
                    (self.squares[group] / self.count).sqrt()
                ),
                "divide the numbers of this feature by their standard deviation",
            ));
        }
        Ok((self.mean.into_iter().map(single).collect(), variances))
    }
}

fn unsuitable() -> LayerProblem {
    LayerProblem::input(
        "one or more samples of finite numbers to adapt to",
        "remove the samples with values that are missing",
    )
}

/// For each element of a sample, to which group it belongs.
fn groups_of_a_sample(shape: &[usize], axes: &[usize]) -> Vec<usize> {
    let group = |element: usize| {
        axes.iter().fold(0, |group, &axis| {
            let stride: usize = shape[axis + 1..].iter().product();
            group * shape[axis] + element / stride % shape[axis]
        })
    };
    (0..shape[1..].iter().product()).map(group).collect()
}

#[cfg(test)]
mod tests {
    use burn::tensor::{Device, Tensor};

    use super::*;

    #[test]
    fn batches_of_any_size_give_the_moments_of_all() {
        let device = Device::flex();
        let values: Vec<f32> = (0..60_u8).map(|i| 1e4 + f32::from(i % 7).sin()).collect();
        let samples = Tensor::<1>::from_floats(&values[..], &device).reshape([10, 2, 3]);
        for axes in [&[][..], &[1], &[2], &[1, 2]] {
            let mut whole = Moments::default();
            whole.add(samples.clone().into(), axes).unwrap();
            let mut parts = Moments::default();
            for rows in [0..1, 1..7, 7..10] {
                let batch = AnyTensor::from(samples.clone()).samples(rows);
                parts.add(batch, axes).unwrap();
            }
            for (one, other) in [(&whole.mean, &parts.mean), (&whole.squares, &parts.squares)] {
                let is_close = |(one, other): (&f64, &f64)| (one - other).abs() < 1e-9;
                assert!(one.iter().zip(other).all(is_close), "{one:?} {other:?}");
            }
            let mean = values.iter().copied().map(f64::from).sum::<f64>() / 60.0;
            let own = parts.mean.iter().sum::<f64>() / parts.mean.len() as f64;
            assert!((own - mean).abs() < 1e-9);
        }
    }

    #[test]
    fn a_variance_that_single_precision_cannot_hold_names_its_feature() {
        let samples = Tensor::<2>::from_floats([[1.0, 1e25], [2.0, 3e25]], &Device::flex());
        let mut moments = Moments::default();
        moments.add(samples.into(), &[1]).unwrap();
        let problem = format!("{:?}", moments.finish().unwrap_err());
        assert!(
            problem.contains("feature 1 (counted from 0) differ by 1.0e25"),
            "{problem}"
        );
    }
}
