//! Training on labels that say which samples belong together.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use burn::tensor::{Device, Tensor};
use firebrick_data::{ArrayDataset, BatchSource, mnist_sample};
use firebrick_model::layers::Dense;
use firebrick_model::{MlpConfig, Network, Sequential};
use firebrick_trainer::losses::{
    Circle, DistanceMetric, SupervisedContrastive, TripletHard, TripletSemiHard,
};
use firebrick_trainer::{Compile, Display, Fit, Loss, Metric, Optimizer, Trainer};

/// Twelve points in three clouds whose labels are no indices, in two columns.
fn clouds() -> ArrayDataset {
    let inputs: Vec<f32> = (0..24)
        .map(|i| ((i * 7) % 5) as f32 * 0.1 + (i / 8) as f32)
        .collect();
    let labels: Vec<f32> = (0..12).map(|i| [40.0, -7.0, 500.0][i / 4]).collect();
    ArrayDataset::new((inputs, [12, 2]), labels).unwrap()
}

fn trainer(loss: impl Into<Loss>) -> Trainer<Network> {
    let network = Sequential::new([2]).add(Dense::new(2));
    let model = network.build(3, &Device::flex()).unwrap();
    let compile = Compile::new(Optimizer::adam(), loss).with_learning_rate(0.05);
    compile.model(model)
}

fn fit() -> Fit {
    Fit::new(30)
        .with_batch_size(12)
        .with_display(Display::Quiet)
}

#[test]
fn every_loss_of_labels_falls_whatever_the_labels_are() {
    let losses: [(Loss, f64); 4] = [
        (TripletHard::new().into(), 0.6),
        (
            TripletSemiHard::new()
                .with_distance_metric(DistanceMetric::SquaredL2)
                .into(),
            0.6,
        ),
        (
            SupervisedContrastive::new()
                .with_temperature(0.5)
                .unwrap()
                .into(),
            0.7,
        ),
        (Circle::new().with_gamma(1.0).unwrap().into(), 0.95),
    ];
    for (loss, share) in losses {
        let history = trainer(loss.clone()).fit(&clouds(), &fit()).unwrap();
        let losses = &history["loss"];
        assert!(losses[29] < share * losses[0], "{loss}: {losses:?}");
    }
}

/// How often the nearest of other embeddings has the same label.
fn share_near_their_like(embeddings: Tensor<2>, labels: &[i64]) -> f64 {
    let rows: Vec<Vec<f32>> = embeddings
        .iter_dim(0)
        .map(|row| row.into_data().iter().collect())
        .collect();
    let distance =
        |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f32>();
    let nearest = |own: usize| {
        let others = (0..rows.len()).filter(|&other| other != own);
        let near = |&a: &usize, &b: &usize| {
            distance(&rows[own], &rows[a]).total_cmp(&distance(&rows[own], &rows[b]))
        };
        others.min_by(near).unwrap()
    };
    let right = (0..rows.len()).filter(|&own| labels[nearest(own)] == labels[own]);
    right.count() as f64 / rows.len() as f64
}

#[test]
fn digits_come_near_their_like() {
    let device = Device::flex();
    let data = mnist_sample().unwrap();
    let rows: Vec<usize> = (0..data.test.num_samples()).collect();
    let test = data.test.gather(&rows, &device).unwrap();
    let labels: Vec<i64> = test.targets().into_data().iter().collect();
    let model = MlpConfig::new(784, 4)
        .with_hidden([64])
        .init(1, &device)
        .unwrap();
    let compile = Compile::new(Optimizer::adam(), TripletSemiHard::new()).with_learning_rate(0.003);
    let mut trainer = compile.model(model);
    let mut share = |fit: Option<Fit>| {
        if let Some(fit) = fit {
            trainer.fit(&data.train, &fit).unwrap();
        }
        let embeddings = trainer.predict(test.inputs()).unwrap();
        share_near_their_like(embeddings.into_rank().unwrap(), &labels)
    };
    let before = share(None);
    let after = share(Some(
        Fit::new(10)
            .with_batch_size(50)
            .with_display(Display::Quiet),
    ));
    assert!(before < 0.3 && after > 0.5, "{before}, {after}");
}

#[test]
fn what_labels_do_not_say_is_refused() {
    let accuracy =
        Compile::new(Optimizer::adam(), TripletHard::new()).with_metrics([Metric::accuracy()]);
    let model = || {
        Sequential::new([2])
            .add(Dense::new(2))
            .build(3, &Device::flex())
            .unwrap()
    };
    let error = accuracy.model(model()).fit(&clouds(), &fit()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the metric accuracy compares outputs with targets, the targets are labels of another kind; leave it out, or take one \
         of your own whose `target_form` is `Label`"
    );

    let weighted = fit().with_class_weight([(40, 2.0)]);
    let error = trainer(TripletHard::new())
        .fit(&clouds(), &weighted)
        .unwrap_err();
    let message = error.to_string();
    assert!(
        message.starts_with("class weights need one class a sample"),
        "{message}"
    );

    let halves = ArrayDataset::new([[0.0, 1.0], [1.0, 0.0]], [0.5, 1.0]).unwrap();
    let error = trainer(TripletHard::new())
        .fit(&halves, &fit())
        .unwrap_err();
    let message = error.to_string();
    assert!(
        message.contains("whole numbers") && message.contains("0.5"),
        "{message}"
    );

    let pairs = ArrayDataset::new([[0.0, 1.0], [1.0, 0.0]], [[0.0, 1.0], [1.0, 0.0]]).unwrap();
    let error = trainer(TripletHard::new()).fit(&pairs, &fit()).unwrap_err();
    let message = error.to_string();
    assert!(message.contains("takes a label a sample"), "{message}");
}

#[test]
fn classes_weigh_in_a_loss_of_labels_by_their_number() {
    let data = ArrayDataset::new(
        [[0.0, 0.0], [1.0, 0.0], [0.0, 2.0], [3.0, 1.0]],
        [0, 1, 0, 1],
    )
    .unwrap();
    let loss_of = |fit: Fit| trainer(TripletHard::new()).fit(&data, &fit).unwrap()["loss"][0];
    let one = || Fit::new(1).with_batch_size(4).with_display(Display::Quiet);
    let [plain, first, second] = [
        loss_of(one()),
        loss_of(one().with_class_weight([(0, 1.0), (1, 0.0)])),
        loss_of(one().with_class_weight([(0, 0.0), (1, 1.0)])),
    ];
    assert!(
        (plain - first - second).abs() < 1e-6,
        "{plain}, {first}, {second}"
    );
    assert!(first > 0.0 && second > 0.0, "{first}, {second}");
}

#[test]
fn a_loss_of_labels_takes_an_embedding_a_sample() {
    let device = Device::flex();
    let data = ArrayDataset::new((vec![0.0; 24], [3, 4, 2]), [0, 1, 0]).unwrap();
    let model = Sequential::new([4, 2])
        .add(Dense::new(2))
        .build(3, &device)
        .unwrap();
    let mut trainer = Compile::new(Optimizer::adam(), TripletHard::new()).model(model);
    let message = trainer.fit(&data, &fit()).unwrap_err().to_string();
    assert!(
        message.contains("takes an embedding a sample; flatten or pool"),
        "{message}"
    );
}
