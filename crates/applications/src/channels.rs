//! How many channels a convolution has in a network that is wider or narrower than the paper's.

/// The nearest multiple of 8, at least 8, and at most a tenth below.
///
/// # Source
/// <https://github.com/tensorflow/models/blob/master/research/slim/nets/mobilenet/mobilenet.py>
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "channels are few and positive; Python's `int` cuts off, too"
)]
pub(crate) fn divisible(channels: f64) -> usize {
    let near = (((channels + 4.0) as usize) / 8 * 8).max(8);
    if (near as f64) < 0.9 * channels {
        near + 8
    } else {
        near
    }
}

/// So many times as wide, in multiples of 8.
pub(crate) fn widened(channels: usize, alpha: f64) -> usize {
    divisible(channels as f64 * alpha)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channels_are_multiples_of_eight_and_not_much_fewer() {
        for (channels, alpha, expected) in [
            (24, 1.0, 24),
            (24, 0.35, 8),
            (32, 0.35, 16),
            (1280, 1.4, 1792),
            (16, 0.1, 8),
            (88, 0.75, 64),
        ] {
            assert_eq!(widened(channels, alpha), expected, "{channels} · {alpha}");
        }
    }
}
