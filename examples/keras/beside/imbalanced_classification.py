from common import keras, np, report

FEATURES = 30


def payments(count, seed):
    features = np.random.default_rng(seed).normal(size=[count, FEATURES]).astype("float32")
    labels = (np.arange(count) % 200 == 7).astype("float32")
    features[labels == 1, :6] += np.array([1.3, -1.3] * 3, "float32")
    return features, labels[:, None]


x, y = payments(20_000, 1)
normalization = keras.layers.Normalization()
normalization.adapt(x)
model = keras.Sequential([
    keras.Input([FEATURES]),
    normalization,
    keras.layers.Dense(64, activation="relu"), keras.layers.Dropout(0.3),
    keras.layers.Dense(64, activation="relu"), keras.layers.Dropout(0.3),
    keras.layers.Dense(1, activation="sigmoid"),
])
metrics = [keras.metrics.Precision(), keras.metrics.Recall(), keras.metrics.AUC()]
model.compile(keras.optimizers.Adam(0.001), "binary_crossentropy", metrics=metrics)
frauds = y.sum()
weights = {0: len(y) / 2 / (len(y) - frauds), 1: len(y) / 2 / frauds}
model.fit(x, y, batch_size=512, epochs=10, class_weight=weights, verbose=0)
loss, precision, recall, auc = model.evaluate(*payments(10_000, 2), verbose=0)
report(f"loss {loss:.3f}, precision {precision:.3f}, recall {recall:.3f}, AUC {auc:.3f}")
