use std::sync::LazyLock;

use rand::Rng;
use rand_chacha::ChaCha8Rng;

use crate::deviates::ln;
use crate::single::single;

/// Normal numbers of mean 0 and this standard deviation, many at once, by the ziggurat: under the bell lie 256 layers of
/// the same area, a word of 32 bits chooses a layer and a place in it, which lies under the bell 99 times of 100.
///
/// The bits come from `generator`: a word for every number, then in the order of the numbers those for what the first word
/// leaves open. Everything else is made of `+ - · / √`, as in [`Deviates`](crate::deviates::Deviates) and for the same
/// reason.
///
/// # Source
/// Marsaglia and Tsang, "The Ziggurat Method for Generating Random Variables", Journal of Statistical Software 5, 2000
pub(crate) fn normal_numbers(generator: &mut ChaCha8Rng, count: usize, stddev: f64) -> Vec<f32> {
    let layers = &*LAYERS;
    let mut words = vec![0; 4 * count];
    generator.fill_bytes(&mut words);
    let words = words.as_chunks::<4>().0.iter();
    words
        .map(|&word| {
            let word = u32::from_le_bytes(word);
            let number = layers.number(word);
            number.unwrap_or_else(|open| layers.decided(open, generator))
        })
        .map(|number| single(stddev * number))
        .collect()
}

/// Where the tail begins, under the lowest layer's bell.
const TAIL: f64 = 3.654_152_885_361_009;

/// `exp(-TAIL² / 2)`.
const BELL_AT_TAIL: f64 = 0.001_260_285_930_498_598;

/// Of a layer; of the lowest one with the tail.
const AREA: f64 = 0.004_928_673_233_974_658;

/// How many layers there are.
const COUNT: usize = 256;

static LAYERS: LazyLock<Layers> = LazyLock::new(Layers::new);

/// The layers from the lowest and widest to the top.
struct Layers {
    /// How far each reaches to both sides; that of the lowest is as wide as its area with the tail is.
    edges: [f64; COUNT + 1],
    /// The bell at each edge.
    heights: [f64; COUNT + 1],
}

/// A place that the bell passes through the layer of, or the tail.
struct Open {
    layer: usize,
    place: f64,
}

impl Layers {
    fn new() -> Self {
        let (mut edges, mut heights) = ([0.0; COUNT + 1], [1.0; COUNT + 1]);
        (edges[0], heights[0]) = (AREA / BELL_AT_TAIL, 0.0);
        (edges[1], heights[1]) = (TAIL, BELL_AT_TAIL);
        for layer in 1..COUNT - 1 {
            let height = heights[layer] + AREA / edges[layer];
            heights[layer + 1] = height;
            edges[layer + 1] = (-2.0 * ln(height)).sqrt();
        }
        Self { edges, heights }
    }

    /// The number that a word stands for, if it alone decides.
    #[inline]
    fn number(&self, word: u32) -> Result<f64, Open> {
        let layer = (word & 0xff) as usize;
        // 24 bits with their sign, neither 0 nor at an edge.
        let share = (f64::from(word.cast_signed() >> 8) + 0.5) / f64::from(1 << 23);
        let place = share * self.edges[layer];
        if place.abs() < self.edges[layer + 1] {
            Ok(place)
        } else {
            Err(Open { layer, place })
        }
    }

    /// The number that comes of an open place.
    #[cold]
    fn decided(&self, mut open: Open, generator: &mut ChaCha8Rng) -> f64 {
        loop {
            let Open { layer, place } = open;
            if layer == 0 {
                return tail(generator).copysign(place);
            }
            let (low, high) = (self.heights[layer], self.heights[layer + 1]);
            let height = low + unit(generator) * (high - low);
            if ln(height) < -place * place / 2.0 {
                return place;
            }
            match self.number(generator.next_u32()) {
                Ok(place) => return place,
                Err(another) => open = another,
            }
        }
    }
}

/// Beyond [`TAIL`], as the bell falls there.
fn tail(generator: &mut ChaCha8Rng) -> f64 {
    loop {
        let beyond = -ln(unit(generator)) / TAIL;
        if -2.0 * ln(unit(generator)) > beyond * beyond {
            return TAIL + beyond;
        }
    }
}

/// Uniform in `(0, 1)`, of 32 bits.
fn unit(generator: &mut ChaCha8Rng) -> f64 {
    (f64::from(generator.next_u32()) + 0.5) / 2.0_f64.powi(32)
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;

    fn drawn(seed: u64, count: usize) -> Vec<f64> {
        let mut generator = ChaCha8Rng::seed_from_u64(seed);
        let numbers = normal_numbers(&mut generator, count, 1.0).into_iter();
        numbers.map(f64::from).collect()
    }

    #[test]
    fn the_layers_close_at_the_top_of_the_bell() {
        let Layers { edges, heights } = Layers::new();
        let top = heights[COUNT - 1] + AREA / edges[COUNT - 1];
        assert!((top - 1.0).abs() < 1e-12, "{top}");
        assert!(edges.windows(2).all(|pair| pair[0] > pair[1]));
        for (edge, height) in edges.into_iter().zip(heights).skip(1) {
            assert!((height - (-edge * edge / 2.0).exp()).abs() < 1e-14);
        }
    }

    #[test]
    fn numbers_have_the_shape_of_the_bell() {
        const COUNT: usize = 1_000_000;
        let numbers = drawn(5, COUNT);
        let mean_of =
            |f: &dyn Fn(f64) -> f64| numbers.iter().map(|&x| f(x)).sum::<f64>() / COUNT as f64;
        // A moment and what it would be, five standard deviations of its mean apart at the most.
        for (name, measured, expected, variance) in [
            ("mean", mean_of(&|x| x), 0.0, 1.0),
            ("variance", mean_of(&|x| x.powi(2)), 1.0, 2.0),
            ("skewness", mean_of(&|x| x.powi(3)), 0.0, 15.0),
            ("kurtosis", mean_of(&|x| x.powi(4)), 3.0, 96.0),
            ("sixth moment", mean_of(&|x| x.powi(6)), 15.0, 10_170.0),
        ] {
            let allowed = 5.0 * (variance / COUNT as f64).sqrt();
            let error = (measured - expected).abs();
            assert!(error < allowed, "{name}: {measured} instead of {expected}");
        }
        // How many lie below a limit: in the layers, at their edge, in the tail.
        for (limit, expected) in [
            (-4.0, 3.167_124_183_311_992e-5),
            (-TAIL, 1.290_162_438_269_507e-4),
            (-2.0, 0.022_750_131_948_179_21),
            (-0.5, 0.308_537_538_725_986_9),
            (0.1, 0.539_827_837_277_028_9),
            (1.0, 0.841_344_746_068_542_9),
            (3.0, 0.998_650_101_968_369_9),
            (TAIL, 1.0 - 1.290_162_438_269_507e-4),
            (4.5, 0.999_996_602_326_875_2),
        ] {
            let measured = mean_of(&|x| f64::from(x < limit));
            let allowed = 5.0 * (expected * (1.0 - expected) / COUNT as f64).sqrt();
            let error = (measured - expected).abs();
            assert!(
                error < allowed,
                "Φ({limit}): {measured} instead of {expected}"
            );
        }
    }

    #[test]
    fn neighbouring_numbers_go_their_own_ways() {
        const COUNT: usize = 1 << 20;
        let numbers = drawn(6, COUNT + 3);
        for distance in 1..=3 {
            let pairs = numbers.iter().zip(&numbers[distance..]);
            for power in [1, 2] {
                // Of independent numbers the mean is 0 and the variance 1, or 2 for either square.
                let offset = f64::from(power - 1);
                let product =
                    |(x, y): (&f64, &f64)| (x.powi(power) - offset) * (y.powi(power) - offset);
                let together = pairs.clone().take(COUNT).map(product).sum::<f64>();
                let allowed = 5.0 * f64::from(power) * (COUNT as f64).sqrt();
                assert!(together.abs() < allowed, "{distance}, {power}: {together}");
            }
        }
    }
}
