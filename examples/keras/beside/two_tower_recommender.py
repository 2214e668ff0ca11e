from common import keras, np, report

USERS, FILMS, TASTES, NOISE, RECOMMENDED = 300, 200, 4, 0.3, 10

rng = np.random.default_rng(5)
TRUTH = rng.normal(0, 0.7, [USERS, TASTES]) @ rng.normal(0, 0.7, [TASTES, FILMS])
TRUTH += rng.normal(0, 0.3, [USERS, 1]) + rng.normal(0, 0.4, [1, FILMS])


def ratings(count, seed):
    rng = np.random.default_rng(seed)
    users, films = rng.integers(USERS, size=count), rng.integers(FILMS, size=count)
    rating = TRUTH[users, films] + rng.normal(0, NOISE, count)
    return [users[:, None], films[:, None]], rating[:, None].astype("float32")


def tower(x, rows, width):
    vectors = keras.layers.Embedding(rows, width, "he_normal", keras.regularizers.L2(1e-6))
    return keras.layers.Flatten()(vectors(x))


def worth(likings):
    best = np.argsort(-likings, axis=1)[:, :RECOMMENDED]
    return np.take_along_axis(TRUTH, best, axis=1).mean()


user, film = keras.Input([1], dtype="int32"), keras.Input([1], dtype="int32")
match = keras.layers.Dot(1)([tower(user, USERS, 8), tower(film, FILMS, 8)])
model = keras.Model([user, film], keras.layers.Add()([match, tower(user, USERS, 1), tower(film, FILMS, 1)]))
model.compile(keras.optimizers.Adam(0.005), "mean_squared_error", metrics=[keras.metrics.RootMeanSquaredError()])
model.fit(*ratings(20_000, 1), batch_size=64, epochs=15, verbose=0)
error = model.evaluate(*ratings(5_000, 2), verbose=0)[1]
pairs = np.divmod(np.arange(USERS * FILMS)[:, None], FILMS)
likings = model.predict(list(pairs), verbose=0, batch_size=1024).reshape(USERS, FILMS)
report(
    f"new ratings are missed by {error:.2f}, of which {NOISE} are chance; the {RECOMMENDED} films recommended to a user "
    f"are worth {worth(likings):.2f}; all {TRUTH.mean():.2f}, the best {worth(TRUTH):.2f}"
)
