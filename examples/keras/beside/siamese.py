from common import keras, np, report
from mnist import mnist

ops = keras.ops


def pairs(images, labels, seed):
    """Each digit beside one of its class (0) and beside one of another class (1)."""
    rng = np.random.default_rng(seed)
    right = []
    for label in labels:
        for rows in [labels == label, labels != label]:
            right.append(rng.choice(np.flatnonzero(rows)))
    unlike = np.tile([0, 1], len(labels)).astype("float32")[:, None]
    return [images.repeat(2, axis=0), images[right]], unlike


def contrastive(unlike, distances):
    return ops.mean((1 - unlike) * distances**2 + unlike * ops.maximum(1 - distances, 0) ** 2, axis=-1)


embedding = keras.Sequential([
    keras.Input([28, 28, 1]),
    keras.layers.BatchNormalization(),
    keras.layers.Conv2D(4, 5, activation="tanh"), keras.layers.AveragePooling2D(2),
    keras.layers.Conv2D(16, 5, activation="tanh"), keras.layers.AveragePooling2D(2),
    keras.layers.Flatten(), keras.layers.BatchNormalization(), keras.layers.Dense(10, activation="tanh"),
])
left, right = keras.Input([28, 28, 1]), keras.Input([28, 28, 1])
between = embedding(left) - embedding(right)
distance = keras.layers.Lambda(
    lambda x: ops.sqrt(ops.maximum(ops.sum(x**2, axis=1, keepdims=True), 1e-7))
)(between)
model = keras.Model([left, right], distance)
model.compile("rmsprop", contrastive, metrics=["binary_accuracy"])
train, labels, test, test_labels = mnist(5_000, 1_000)
model.fit(*pairs(train, labels, 1), batch_size=32, epochs=6, verbose=0)
accuracy = model.evaluate(*pairs(test, test_labels, 2), verbose=0)[1]
report(f"{accuracy:.1%} of the pairs of test digits are told to be the same or not")
