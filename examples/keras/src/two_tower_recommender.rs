//! Recommending films: a vector for each user and one for each film, so that their dot product says how much one likes the other.
//!
//! The ratings are made here, 20,000 of 60,000 that 300 users could give 200 films: both have four tastes, a user is more or less
//! kind, a film more or less good, and a bit is chance; 0 is the middle of the scale. Keras' example has the `MovieLens` ratings.
//! Because the truth is known, it can be said what the ten films are worth that each user is recommended.
//!
//! New ratings are missed by 0.35, of which 0.3 are chance, as by Keras; the ten films are worth 2.12, where all are worth 0 and the best
//! ten 2.15 (Keras' 1.97 of 2.00).
//!
//! # Source
//! Keras' example "Collaborative Filtering for Movie Recommendations"

use firebrick::burn::tensor::Int;
use firebrick::datasets::ArrayData;
use firebrick::layers::{Add, Dot, Embedding, Flatten};
use firebrick::metrics::RootMeanSquaredError;
use firebrick::models::{Draws, Initializer, Node, Regularizer, Signal, named_input};
use firebrick::prelude::*;
use firebrick::training::Pass;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::Scale;

const USERS: usize = 300;
const FILMS: usize = 200;
const TASTES: usize = 4;
/// How much of a rating is chance.
const NOISE: f32 = 0.3;
const RECOMMENDED: usize = 10;

/// What every user thinks of every film.
fn truth(device: &Device) -> Vec<f32> {
    let draw = |what: &str, shape: [usize; 2], width| {
        Draws::new(5, 0).at(what).normal(shape, width, device)
    };
    let tastes = draw("users", [USERS, TASTES], 0.7);
    let offers = draw("films", [FILMS, TASTES], 0.7);
    let (kind, good) = (draw("kind", [USERS, 1], 0.3), draw("good", [1, FILMS], 0.4));
    let likes = tastes.matmul(offers.transpose()) + kind + good;
    likes.into_data().iter().collect()
}

/// Ratings that some users gave some films.
fn ratings(
    truth: &[f32],
    count: usize,
    seed: u64,
    device: &Device,
) -> anyhow::Result<ArrayDataset> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let noise = Draws::new(seed, 0).normal([count], NOISE.into(), device);
    let (mut users, mut films, mut ratings) = (Vec::new(), Vec::new(), Vec::new());
    for chance in noise.into_data().iter::<f32>() {
        let (user, film) = (rng.random_range(0..USERS), rng.random_range(0..FILMS));
        ratings.push([truth[user * FILMS + film] + chance]);
        users.push([user]);
        films.push([film]);
    }
    let inputs = [
        ArrayData::named("user", users)?,
        ArrayData::named("film", films)?,
    ];
    Ok(ArrayDataset::of_named(
        inputs,
        [ArrayData::named("rating", ratings)?],
    )?)
}

fn network() -> Graph {
    let [user, film] = ["user", "film"].map(|name| named_input(name, [1]));
    let tower = |x: &Node, rows, width| {
        let vectors = Embedding::new(rows, width)
            .with_embeddings_initializer(Initializer::HeNormal)
            .with_embeddings_regularizer(Regularizer::L2 { l2: 1e-6 });
        Flatten::new().on(vectors.on(x))
    };
    let match_of_both = Dot::new(1).on([tower(&user, USERS, 8), tower(&film, FILMS, 8)]);
    // How kind a user is, how good a film is; one number of each.
    let rating = Add::new().named("rating");
    let rating = rating.on([
        match_of_both,
        tower(&user, USERS, 1),
        tower(&film, FILMS, 1),
    ]);
    Graph::new([user, film], rating)
}

/// The mean truth of the films that each user likes best by these likings.
fn worth(likings: &[f32], truth: &[f32]) -> f32 {
    let of_user = |(likings, truth): (&[f32], &[f32])| {
        let mut films: Vec<usize> = (0..FILMS).collect();
        films.sort_by(|&a, &b| likings[b].total_cmp(&likings[a]));
        films[..RECOMMENDED]
            .iter()
            .map(|&film| truth[film])
            .sum::<f32>()
    };
    let sum: f32 = likings
        .chunks(FILMS)
        .zip(truth.chunks(FILMS))
        .map(of_user)
        .sum();
    sum / (USERS * RECOMMENDED) as f32
}

pub(crate) fn run(scale: Scale) -> anyhow::Result<()> {
    let device = DeviceName::Flex.select()?.device;
    let truth = truth(&device);
    let train = ratings(&truth, scale.samples(20_000), 1, &device)?;
    let test = ratings(&truth, scale.samples(5_000), 2, &device)?;
    let mut trainer = Compile::new(Optimizer::adam(), MeanSquaredError::new())
        .with_learning_rate(0.005)
        .with_metrics([RootMeanSquaredError::new()])
        .model(network().build(42, &device)?);
    let fit = Fit::new(scale.epochs(15))
        .with_batch_size(64)
        .with_display(Display::Quiet);
    trainer.fit(&train, &fit)?;
    let error = trainer.evaluate(&test)?.get("root_mean_squared_error");
    println!(
        "   new ratings are missed by {:.2}, of which {NOISE} are chance",
        error.unwrap_or(f64::NAN)
    );

    let pairs =
        Tensor::<1, Int>::arange(0..i64::try_from(USERS * FILMS)?, &device).reshape([-1, 1]);
    let films = i64::try_from(FILMS)?;
    let both = [pairs.clone() / films, pairs % films].map(Signal::from);
    let likings = trainer.predict_all(both, &Pass::new())?;
    let likings = likings.into_one()?.into_values().into_vec()?;
    let all = truth.iter().sum::<f32>() / truth.len() as f32;
    println!(
        "   the {RECOMMENDED} films recommended to a user are worth {:.2}; all {all:.2}, the best {:.2}",
        worth(&likings, &truth),
        worth(&truth, &truth)
    );
    Ok(())
}
