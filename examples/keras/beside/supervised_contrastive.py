from common import digits, keras, report

ops = keras.ops


def supervised_contrastive(labels, embeddings):
    """Khosla et al., 2020, equation 2, at a temperature of 0.1; Keras has no such loss."""
    embeddings = ops.normalize(embeddings, axis=-1)
    logits = ops.matmul(embeddings, ops.transpose(embeddings)) / 0.1
    labels = ops.reshape(labels, [-1, 1])
    others = 1 - ops.eye(ops.shape(logits)[0])
    logits = logits - 1e9 * (1 - others)
    positives = ops.cast(labels == ops.transpose(labels), "float32") * others
    shares = positives / ops.maximum(ops.sum(positives, axis=1, keepdims=True), 1)
    return -ops.sum(shares * ops.log_softmax(logits), axis=1)


train, labels, test, test_labels = (part.reshape(len(part), -1) for part in digits())
encoder = keras.Sequential([
    keras.Input([784]),
    keras.layers.Dense(128, activation="relu"), keras.layers.Dense(32), keras.layers.UnitNormalization(),
])
encoder.compile(keras.optimizers.Adam(0.002), supervised_contrastive)
encoder.fit(train, labels, batch_size=128, epochs=20, verbose=0)
encoder.trainable = False
model = keras.Sequential([keras.Input([784]), encoder, keras.layers.Dense(10, activation="softmax")])
model.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(train, labels, batch_size=128, epochs=20, verbose=0)
report(f"{model.evaluate(test, test_labels, verbose=0)[1]:.1%} of the test digits are right")
