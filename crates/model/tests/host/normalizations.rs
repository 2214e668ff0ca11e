//! Layers that bring numbers to a mean and a spread, and those with weights of a kind of their own.

use burn::tensor::Device;
use firebrick_model::layers::{
    BatchNormalization, Dense, Embedding, Flatten, GroupNormalization, Layer, LayerNormalization,
    Normalization, PReLU, RMSNormalization, Rescaling, UnitNormalization,
};
use firebrick_model::{Graph, Initializer, Mode, Network, input};

use super::each_layer::{around, check_layer};
use super::{check, check_in};

#[test]
fn sets_of_a_sample_are_brought_to_the_same_spread() {
    check_layer(&[2, 6], LayerNormalization::new());
    check_layer(&[2, 6], LayerNormalization::new().without_center());
    check_layer(&[2, 6], LayerNormalization::new().without_scale());
    check_layer(&[2, 3, 4], LayerNormalization::new().with_axis([1, 3]));
    check_layer(&[2, 6], RMSNormalization::new());
    check_layer(&[2, 3, 4], RMSNormalization::new().with_axis(2));
    check_layer(&[2, 6], UnitNormalization::new());
    check_layer(&[2, 3, 4], UnitNormalization::new().with_axis([1, 2]));
    check_layer(&[3, 6], GroupNormalization::new().with_groups(2));
    check_layer(&[3, 2, 4], GroupNormalization::new().by_channel());
    check_layer(
        &[4, 3, 2],
        GroupNormalization::new()
            .with_groups(2)
            .with_axis(1)
            .without_scale(),
    );
}

#[test]
fn statistics_of_the_data_are_taken_off() {
    let of_channels = || Normalization::new().with_statistics([0.5, -2000.0], [0.3, 4.0]);
    check_layer(&[3, 2], of_channels());
    check_layer(&[3, 2], of_channels().inverted());
    check_layer(&[2, 3], of_channels().with_axis(1));
    check_layer(
        &[2, 3],
        Normalization::new()
            .without_axis()
            .with_statistics([0.5], [2.0]),
    );
}

#[test]
fn slopes_are_those_of_their_places() {
    let some = Initializer::RandomNormal {
        mean: 0.0,
        stddev: 0.5,
    };
    check_layer(&[3, 2, 4], PReLU::new().with_alpha_initializer(some));
    check_layer(
        &[3, 2, 4],
        PReLU::new()
            .with_alpha_initializer(some)
            .with_shared_axes([1, 2]),
    );
}

#[test]
fn rows_of_a_table_get_the_gradients_of_their_indices() {
    let start = input([4]);
    // From 0.5 to 4.5: fractions are cut off.
    let indices = Rescaling::new(2.0).with_offset(2.5).on(&start);
    let table = Embedding::new(6, 3).shared();
    let vectors = table.on(&indices);
    let others = table.on(Rescaling::new(-1.0).with_offset(5.0).on(&indices));
    let ends = [vectors, others].map(|end| Dense::new(2).on(Flatten::new().on(&end)));
    let network = Graph::new([start], ends).build(1, &Device::flex()).unwrap();
    for rows in [3, 70] {
        check(&network, rows, 1, "embeddings");
    }
}

/// One that has seen batches, so that its statistics are not those that it began with.
fn seasoned(shape: &[usize], layer: BatchNormalization) -> Network {
    let random = |stddev| Initializer::RandomNormal { mean: 1.0, stddev };
    around(
        shape,
        layer
            .with_moving_mean_initializer(random(0.5))
            .with_moving_variance_initializer(random(0.1)),
    )
}

#[test]
fn a_batch_is_brought_to_the_same_spread_and_the_statistics_follow() {
    let layer = BatchNormalization::new;
    for (shape, layer) in [
        (&[4][..], layer()),
        (&[5, 3], layer().with_momentum(0.5)),
        (&[3, 2, 4], layer().without_scale()),
        (&[3, 2, 4], layer().without_center().with_axis(1)),
        (&[2, 4], layer().without_center().without_scale()),
    ] {
        let network = seasoned(shape, layer);
        for rows in [3, 70, 200] {
            check(&network, rows, 1, &format!("{:?}", network.config()));
        }
    }
}

#[test]
fn without_training_a_batch_is_normalized_by_the_moving_statistics() {
    let network = seasoned(&[5, 3], BatchNormalization::new());
    for rows in [3, 70] {
        check_in(Mode::Inference, &network, (rows, 1), "in inference");
    }
    let frozen = network.freeze_layer("batch_normalization").unwrap();
    for rows in [3, 70] {
        check(&frozen, rows, 1, "frozen");
    }
}

#[test]
fn a_normalization_may_come_several_times() {
    let start = input([3]);
    let shared = BatchNormalization::new().shared();
    let first = shared.on(Dense::new(4).on(&start));
    let second = shared.on(Dense::new(4).on(&first));
    let beside = BatchNormalization::new().on(Dense::new(2).on(&first));
    let ends = [Dense::new(2).on(&second), beside];
    let network = Graph::new([start], ends).build(1, &Device::flex()).unwrap();
    for rows in [5, 100] {
        check(&network, rows, 1, "several normalizations");
    }
}
