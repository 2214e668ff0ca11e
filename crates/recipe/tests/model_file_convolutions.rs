//! Convolutions, poolings, margins and sizes in model files.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use firebrick_model::Shape;
use firebrick_recipe::ModelFile;

/// A network of one layer.
fn file(input_shape: &str, layer: &str) -> String {
    format!("input_shape = {input_shape}\n[[layers]]\nclass_name = {layer}\n")
}

fn output(input_shape: &str, layer: &str) -> Shape {
    let text = file(input_shape, layer);
    let file = ModelFile::parse(&*text, "net.toml").unwrap_or_else(|error| panic!("{error}"));
    file.network().output_shapes().unwrap().remove(0)
}

#[test]
#[allow(clippy::too_many_lines, reason = "a list of layers")]
fn every_layer_is_named_and_takes_its_arguments() {
    let (steps, image, volume) = ("[8, 4]", "[6, 8, 4]", "[4, 6, 8, 2]");
    for (input, layer, expected) in [
        (
            steps,
            "\"Conv1D\"\nfilters = 3\nkernel_size = [3]\npadding = \"causal\"",
            &[8, 3][..],
        ),
        (
            image,
            "\"conv2d\"\nfilters = 3\nkernel_size = [3, 1]\ndilation_rate = 2",
            &[2, 8, 3],
        ),
        (
            volume,
            "\"Conv3D\"\nfilters = 3\nkernel_size = 3\nstrides = [1, 2, 2]",
            &[2, 2, 3, 3],
        ),
        (
            steps,
            "\"Conv1DTranspose\"\nfilters = 3\nkernel_size = 3\nstrides = 2\npadding = \"same\"",
            &[16, 3],
        ),
        (
            image,
            "\"Conv2DTranspose\"\nfilters = 3\nkernel_size = 3\nstrides = 2\noutput_padding = [0, 1]\npadding = \"same\"",
            &[11, 16, 3],
        ),
        (
            volume,
            "\"conv3d_transpose\"\nfilters = 3\nkernel_size = 2\nactivation = \"relu\"",
            &[5, 7, 9, 3],
        ),
        (
            steps,
            "\"DepthwiseConv1D\"\nkernel_size = 3\ndepth_multiplier = 2",
            &[6, 8],
        ),
        (
            image,
            "\"DepthwiseConv2D\"\nkernel_size = 3\nstrides = 2\ndepthwise_initializer = \"he_normal\"\nuse_bias = false",
            &[2, 3, 4],
        ),
        (
            steps,
            "\"SeparableConv1D\"\nfilters = 5\nkernel_size = 2\npointwise_regularizer = \"l2\"",
            &[7, 5],
        ),
        (
            image,
            "\"SeparableConv2D\"\nfilters = 5\nkernel_size = 2\npadding = \"same\"",
            &[6, 8, 5],
        ),
        (volume, "\"MaxPooling3D\"", &[2, 3, 4, 2]),
        (
            volume,
            "\"AveragePooling3D\"\npool_size = [1, 2, 3]\npadding = \"same\"",
            &[4, 3, 3, 2],
        ),
        (volume, "\"GlobalMaxPooling3D\"", &[2]),
        (
            volume,
            "\"GlobalAveragePooling3D\"\nkeepdims = true",
            &[1, 1, 1, 2],
        ),
        (
            steps,
            "\"AdaptiveAveragePooling1D\"\noutput_size = 3",
            &[3, 4],
        ),
        (
            steps,
            "\"AdaptiveMaxPooling1D\"\noutput_size = [3]",
            &[3, 4],
        ),
        (
            image,
            "\"AdaptiveAveragePooling2D\"\noutput_size = [2, 3]",
            &[2, 3, 4],
        ),
        (
            image,
            "\"AdaptiveMaxPooling2D\"\noutput_size = 3",
            &[3, 3, 4],
        ),
        (
            volume,
            "\"AdaptiveAveragePooling3D\"\noutput_size = 2",
            &[2, 2, 2, 2],
        ),
        (
            volume,
            "\"AdaptiveMaxPooling3D\"\noutput_size = [1, 2, 3]",
            &[1, 2, 3, 2],
        ),
        (steps, "\"Cropping1D\"", &[6, 4]),
        (steps, "\"Cropping1D\"\ncropping = [0, 3]", &[5, 4]),
        (
            volume,
            "\"Cropping3D\"\ncropping = [0, 1, 2]",
            &[4, 4, 4, 2],
        ),
        (steps, "\"ZeroPadding1D\"\npadding = [1, 2]", &[11, 4]),
        (
            volume,
            "\"ZeroPadding3D\"\npadding = [[0, 1], [1, 0], [2, 2]]",
            &[5, 7, 12, 2],
        ),
        (steps, "\"UpSampling1D\"\nsize = 3", &[24, 4]),
        (
            image,
            "\"UpSampling2D\"\nsize = [1, 2]\ninterpolation = \"lanczos3\"",
            &[6, 16, 4],
        ),
        (
            volume,
            "\"UpSampling3D\"\nsize = [1, 2, 3]",
            &[4, 12, 24, 2],
        ),
    ] {
        assert_eq!(output(input, layer), *expected, "{layer}");
    }
}

#[test]
fn sizes_that_are_not_known_are_minus_one() {
    assert_eq!(
        output("[-1, -1, 3]", "\"Conv2D\"\nfilters = 4\nkernel_size = 3"),
        Shape::from([None, None, Some(4)])
    );
    assert_eq!(output("[-1, -1, 3]", "\"GlobalAveragePooling2D\""), [3]);
}

#[test]
fn wrong_arguments_are_told_with_what_is_expected() {
    let problem = |input: &str, layer: &str| {
        let text = file(input, layer);
        let error = ModelFile::parse(&*text, "net.toml")
            .map(|_| ())
            .unwrap_err();
        error.to_string()
    };
    let (steps, image) = ("[8, 4]", "[6, 8, 4]");
    for (input, layer, words) in [
        (
            image,
            "\"Conv2DTranspose\"\nfilters = 3\nkernel_size = [3, 3, 3]",
            "argument `kernel_size`: expected a whole number, or a list of 2, received a list of 3",
        ),
        (
            image,
            "\"Conv2DTranspose\"\nfilters = 3\nkernel_size = \"three\"",
            "argument `kernel_size`: expected a whole number, or a list of one for each axis",
        ),
        (
            image,
            "\"Conv2DTranspose\"\nfilters = 3\nkernel_size = 3\nstrides = 2\noutput_padding = 2",
            "needs `output_padding` to be less than `strides`, which is [2, 2], along each axis, it is [2, 2]; change it",
        ),
        (
            steps,
            "\"Conv1DTranspose\"\nfilters = 3\nkernel_size = 3\nstrides = 2\ndilation_rate = 2",
            "needs `dilation_rate` to be 1 where `strides` are above 1 (they are [2]), it is [2]; change it",
        ),
        (
            steps,
            "\"Conv1DTranspose\"\nfilters = 3\nkernel_size = 3\npadding = \"causal\"",
            "needs `padding` to be `valid` or `same`, it is Causal; change it",
        ),
        (
            steps,
            "\"DepthwiseConv1D\"\nkernel_size = 9",
            "expects an input of at least 9 positions along each axis of its window; choose a smaller window",
        ),
        (
            steps,
            "\"DepthwiseConv1D\"\nkernel_size = 3\nkernel_initializer = \"zeros\"",
            "has no argument `kernel_initializer`, did you mean `bias_initializer`?; it takes kernel_size, strides, padding, \
             depth_multiplier, dilation_rate, activation, use_bias, depthwise_initializer, ",
        ),
        (
            steps,
            "\"SeparableConv1D\"\nfilters = 3\nkernel_size = 3\ndepth_multiplier = 0",
            "needs `depth_multiplier` to be at least 1, it is 0; change it",
        ),
        (
            steps,
            "\"MaxPooling3D\"",
            "expects an input of [depth, height, width, channels]; ",
        ),
        (
            image,
            "\"AdaptiveMaxPooling2D\"\noutput_size = 0",
            "needs `output_size` to be at least 1, it is 0; change it",
        ),
        (
            image,
            "\"Cropping2D\"\ncropping = [3, 0]",
            "needs `cropping` to be less than the sizes of [6, 8, 4], it is [[3, 3], [0, 0]]; change it",
        ),
        (
            steps,
            "\"ZeroPadding1D\"\npadding = [1, 2, 3]",
            "argument `padding`: expected a whole number, a list of 2, or of 1 pair(s), received a list of 3",
        ),
        (
            image,
            "\"UpSampling2D\"\ninterpolation = \"lanczos\"",
            "argument `interpolation`: ",
        ),
        (
            image,
            "\"SeparableConv2D\"\nfilters = 3\nkernel_size = 3\ndata_format = \"channels_first\"",
            "argument `data_format`: expected `channels_last`, received `channels_first`",
        ),
    ] {
        let problem = problem(input, layer);
        assert!(problem.contains(words), "{problem}");
    }
}
