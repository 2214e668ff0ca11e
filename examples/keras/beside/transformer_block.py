from common import keras, np, report

WORDS, LENGTH, WIDTH, VERDICTS = 200, 40, 32, 7


def reviews(count, seed):
    """Words and labels, and how often counting praise against blame is right."""
    rng = np.random.default_rng(seed)
    words = rng.integers(20, WORDS, [count, LENGTH])
    verdicts = np.zeros([count, LENGTH])
    for review, verdict in zip(words, verdicts):
        for place in rng.choice(LENGTH, VERDICTS, replace=False):
            blame = rng.integers(2)
            review[place] = rng.integers(10) + 10 * blame
            verdict[place] = 1 - 2 * blame
    is_praise = verdicts @ np.arange(1, LENGTH + 1) ** 2 > 0
    return words, is_praise.astype("int32"), np.mean(is_praise == (verdicts.sum(axis=1) > 0))


class PositionEmbedding(keras.layers.Layer):
    def build(self, shape):
        self.embeddings = self.add_weight(shape=shape[1:], initializer="uniform")

    def call(self, x):
        return x + self.embeddings


def block(x):
    attended = keras.layers.MultiHeadAttention(2, WIDTH)(x, x)
    x = keras.layers.LayerNormalization(epsilon=1e-6)(x + keras.layers.Dropout(0.1)(attended))
    y = keras.layers.Dense(WIDTH)(keras.layers.Dense(WIDTH, activation="relu")(x))
    return keras.layers.LayerNormalization(epsilon=1e-6)(x + keras.layers.Dropout(0.1)(y))


words = keras.Input([LENGTH])
x = block(PositionEmbedding()(keras.layers.Embedding(WORDS, WIDTH)(words)))
x = keras.layers.Dropout(0.1)(keras.layers.GlobalAveragePooling1D()(x))
x = keras.layers.Dropout(0.1)(keras.layers.Dense(20, activation="relu")(x))
model = keras.Model(words, keras.layers.Dense(2, activation="softmax")(x))
model.compile(keras.optimizers.Adam(0.001), "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(*reviews(4000, 1)[:2], batch_size=32, epochs=10, verbose=0)
words, labels, counted = reviews(1000, 2)
accuracy = model.evaluate(words, labels, verbose=0)[1]
report(f"{model.count_params()} weights; of the test reviews {counted:.1%} are right by counting, {accuracy:.1%} by the network")
