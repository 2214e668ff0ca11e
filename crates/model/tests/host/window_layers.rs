//! Layers with windows.

use firebrick_model::Activation;
use firebrick_model::layers::{
    Conv1D, Conv1DTranspose, Conv2D, Conv2DTranspose, DepthwiseConv1D, DepthwiseConv2D,
    GlobalAveragePooling1D, GlobalAveragePooling2D, GlobalAveragePooling3D, GlobalMaxPooling1D,
    GlobalMaxPooling2D, GlobalMaxPooling3D, Padding, SeparableConv1D, SeparableConv2D,
};

use super::each_layer::check_layer;

#[test]
fn groups_of_channels_are_seen_by_their_filters() {
    check_layer(&[5, 4], Conv1D::new(6, 2).with_groups(2));
    check_layer(
        &[5, 4, 4],
        Conv2D::new(4, 3).with_groups(4).with_padding(Padding::Same),
    );
    check_layer(
        &[5, 4, 2],
        Conv2D::new(4, [2, 3]).with_groups(2).without_bias(),
    );
}

#[test]
fn windows_may_have_gaps_and_strides() {
    check_layer(
        &[7, 2],
        Conv1D::new(3, 3)
            .with_dilation_rate(2)
            .with_padding(Padding::Causal),
    );
    check_layer(
        &[7, 6, 2],
        Conv2D::new(3, [2, 3]).with_dilation_rate([3, 2]),
    );
    check_layer(
        &[7, 6, 2],
        Conv2D::new(3, 2)
            .with_strides([2, 3])
            .with_padding(Padding::Same),
    );
}

#[test]
fn every_channel_has_windows_of_its_own() {
    let relu = Activation::Tanh;
    check_layer(&[5, 3], DepthwiseConv1D::new(2).with_depth_multiplier(2));
    check_layer(
        &[5, 4, 3],
        DepthwiseConv2D::new(3)
            .with_padding(Padding::Same)
            .with_activation(relu),
    );
    check_layer(
        &[5, 4, 3],
        DepthwiseConv2D::new([2, 3]).with_strides(2).without_bias(),
    );
    check_layer(&[5, 3], SeparableConv1D::new(4, 2).with_activation(relu));
    check_layer(
        &[5, 4, 2],
        SeparableConv2D::new(3, 3)
            .with_depth_multiplier(2)
            .without_bias(),
    );
}

#[test]
fn what_goes_back_through_a_convolution_goes_forward() {
    let same = Padding::Same;
    check_layer(&[5, 3], Conv1DTranspose::new(2, 3));
    check_layer(&[5, 3], Conv1DTranspose::new(2, 2).with_strides(3));
    check_layer(
        &[3, 4, 2],
        Conv2DTranspose::new(3, 3)
            .with_strides(2)
            .with_padding(same),
    );
    check_layer(
        &[3, 4, 2],
        Conv2DTranspose::new(3, [2, 3])
            .with_dilation_rate(2)
            .without_bias(),
    );
    let padded = Conv2DTranspose::new(2, 4)
        .with_strides(3)
        .with_padding(same);
    check_layer(&[3, 4, 2], padded.with_output_padding(2));
}

#[test]
fn one_number_a_channel_is_left() {
    check_layer(&[5, 3], GlobalAveragePooling1D::new());
    check_layer(&[5, 2, 3], GlobalAveragePooling2D::new().keep_dims());
    check_layer(&[2, 2, 2, 3], GlobalAveragePooling3D::new());
    check_layer(&[5, 3], GlobalMaxPooling1D::new().keep_dims());
    check_layer(&[5, 2, 3], GlobalMaxPooling2D::new());
    check_layer(&[2, 2, 2, 3], GlobalMaxPooling3D::new());
}
