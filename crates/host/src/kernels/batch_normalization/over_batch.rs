use super::{BatchNormalization, single};
use crate::kernel::{Backward, Fill, Forward, Sums, WholeBatch};
use crate::vectorized::dispatch;

/// What a batch says of a channel.
#[derive(Clone, Copy)]
struct Channel {
    mean: f64,
    variance: f64,
    /// Of the gradients, and of those times `(x - mean)`.
    by: f64,
    by_distance: f64,
}

impl BatchNormalization {
    /// How many values each channel has.
    fn count(&self, batch: Sums<'_>) -> f64 {
        let places = self.len / self.channels.max(1);
        ((batch.rows * places) as f64).max(1.0)
    }

    /// Each channel by the sums of values and of their squares, of gradients and of gradients times values.
    fn by_channel<'a>(&self, batch: Sums<'a>) -> impl Iterator<Item = Channel> + use<'a> {
        let (count, channels) = (self.count(batch), self.channels);
        (0..channels).map(move |channel| {
            let mean = batch.forward[channel] / count;
            let squares = batch.forward[channels + channel] / count;
            let by = batch.backward.get(channel).copied().unwrap_or(0.0);
            let products = batch.backward.get(channels + channel);
            Channel {
                mean,
                // What is no number stays none.
                variance: match squares - mean * mean {
                    negative if negative < 0.0 => 0.0,
                    variance => variance,
                },
                by,
                by_distance: products.copied().unwrap_or(0.0) - mean * by,
            }
        })
    }
}

/// Adds the values of each channel of `x` to the first half of the sums, and their products with those of `y` to the second.
fn add_products(x: &[f32], y: &[f32], sums: &mut [f64]) {
    let channels = sums.len() / 2;
    let (sums, products) = sums.split_at_mut(channels);
    dispatch(
        #[inline(always)]
        || {
            for (x, y) in x.chunks_exact(channels).zip(y.chunks_exact(channels)) {
                let both = sums.iter_mut().zip(products.iter_mut());
                for ((sum, product), (x, y)) in both.zip(x.iter().zip(y)) {
                    let (x, y) = (f64::from(*x), f64::from(*y));
                    *sum += x;
                    *product += x * y;
                }
            }
        },
    );
}

impl WholeBatch for BatchNormalization {
    fn num_sums(&self) -> usize {
        2 * self.channels
    }

    fn add_up(&self, inputs: &[&[f32]], sums: &mut [f64]) {
        add_products(inputs[0], inputs[0], sums);
    }

    fn forward(&self, call: Forward<'_>, batch: Sums<'_>) {
        let channels = self.by_channel(batch);
        let (mean, steepness) = channels
            .map(|own| (single(own.mean), single(self.steepness(own.variance))))
            .unzip();
        let change = self.change(call.weights, mean, steepness);
        change.apply(call.inputs[0], call.output);
    }

    fn add_up_gradients(&self, call: &Backward<'_>, sums: &mut [f64]) {
        add_products(call.output_gradient, call.inputs[0], sums);
    }

    fn input_gradient(
        &self,
        call: &Backward<'_>,
        batch: Sums<'_>,
        gradient: &mut [f32],
        fill: Fill,
    ) {
        let count = self.count(batch);
        let steepness = |own: &Channel| self.steepness(own.variance);
        let channels: Vec<Channel> = self.by_channel(batch).collect();
        let factors = channels.iter().map(|own| single(steepness(own)));
        let means = channels.iter().map(|own| single(own.mean));
        let change = self.change(call.weights, means.collect(), factors.collect());
        // What is taken off each gradient: the mean of all, and what goes with the distance from the mean.
        let same: Vec<f32> = channels.iter().map(|own| single(own.by / count)).collect();
        let by_distance = |own: &Channel| single(own.by_distance * steepness(own).powi(2) / count);
        let by_distance: Vec<f32> = channels.iter().map(by_distance).collect();
        let channels = self.channels;
        dispatch(
            #[inline(always)]
            || {
                let inputs = call.inputs[0].chunks_exact(channels);
                let by = call.output_gradient.chunks_exact(channels);
                let gradients = gradient.chunks_exact_mut(channels);
                for (gradient, (x, by)) in gradients.zip(inputs.zip(by)) {
                    let numbers = change.mean.iter().zip(&change.factor);
                    let numbers = numbers.zip(same.iter().zip(&by_distance));
                    let values = x.iter().zip(by).zip(numbers);
                    let values = values.map(|((x, by), ((mean, factor), (same, by_distance)))| {
                        factor * (by - same - (x - mean) * by_distance)
                    });
                    fill.put(gradient, values);
                }
            },
        );
    }

    fn weight_gradient(
        &self,
        batch: Sums<'_>,
        weight: usize,
        start: usize,
        gradient: &mut [f32],
        fill: Fill,
    ) {
        let is_scale = self.is_scale(weight);
        let channels = self.by_channel(batch).skip(start);
        let values = channels.map(|own| {
            single(if is_scale {
                own.by_distance * self.steepness(own.variance)
            } else {
                own.by
            })
        });
        fill.put(gradient, values);
    }

    /// Mean and variance.
    fn statistics(&self, batch: Sums<'_>) -> Vec<Vec<f32>> {
        let channels = self.by_channel(batch);
        let (mean, variance) = channels
            .map(|own| (single(own.mean), single(own.variance)))
            .unzip();
        vec![mean, variance]
    }
}
