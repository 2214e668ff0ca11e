//! The ranges of pixels that trained networks expect.

/// How pixels are scaled, after Keras' modes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Preprocessing {
    /// From -1 to 1, Keras' `tf`.
    Symmetric,
    /// Blue, green and red around 0, Keras' `caffe`.
    Centered,
    /// Around 0 with a standard deviation of 1, Keras' `torch`.
    Normalized,
}

/// Means of `ImageNet`, blue first.
const CENTERS: [f32; 3] = [103.939, 116.779, 123.68];

/// Means of `ImageNet` from 0 to 1, red first.
const MEANS: [f32; 3] = [0.485, 0.456, 0.406];

const DEVIATIONS: [f32; 3] = [0.229, 0.224, 0.225];

/// Scales pixels of three channels in place.
pub(crate) fn scaled(pixels: &mut [f32], preprocessing: Preprocessing) {
    let (pixels, _) = pixels.as_chunks_mut::<3>();
    for pixel in pixels {
        if let Preprocessing::Centered = preprocessing {
            pixel.reverse();
        }
        for (channel, value) in pixel.iter_mut().enumerate() {
            *value = match preprocessing {
                Preprocessing::Symmetric => *value / 127.5 - 1.0,
                Preprocessing::Centered => *value - CENTERS[channel],
                Preprocessing::Normalized => {
                    (*value / 255.0 - MEANS[channel]) / DEVIATIONS[channel]
                }
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pixels_are_scaled_as_keras_does() {
        // keras.applications.imagenet_utils.preprocess_input of Keras 3.15.1, in each of its modes.
        for (preprocessing, expected) in [
            (
                Preprocessing::Symmetric,
                [-0.921_569, -0.215_686, 0.568_627],
            ),
            (Preprocessing::Centered, [96.061, -16.779, -113.68]),
            (
                Preprocessing::Normalized,
                [-1.946_656, -0.285_014, 1.681_394],
            ),
        ] {
            let mut pixel = [10.0, 100.0, 200.0];
            scaled(&mut pixel, preprocessing);
            for (value, expected) in pixel.iter().zip(expected) {
                assert!((value - expected).abs() < 1e-5, "{pixel:?}, {expected:?}");
            }
        }
    }
}
