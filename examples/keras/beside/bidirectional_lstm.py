from common import keras, np, report

LENGTH = 24


def sequences(count, seed):
    rng = np.random.default_rng(seed)
    words, labels = np.zeros([count, LENGTH], "int32"), np.zeros([count, 1], "float32")
    for row in range(count):
        length = rng.integers(12, LENGTH + 1)
        sequence = rng.integers(5, 50, length)
        first, last = rng.integers(length // 2), rng.integers(length // 2, length)
        sequence[first] = rng.integers(1, 5)
        sequence[last] = sequence[first] if rng.random() < 0.5 else rng.integers(1, 5)
        labels[row] = sequence[first] == sequence[last]
        words[row, :length] = sequence
    return words, labels


model = keras.Sequential([
    keras.Input([LENGTH]),
    keras.layers.Embedding(50, 16, mask_zero=True),
    keras.layers.Bidirectional(keras.layers.LSTM(24, return_sequences=True)),
    keras.layers.Bidirectional(keras.layers.LSTM(24)),
    keras.layers.Dense(1, activation="sigmoid"),
])
model.compile(keras.optimizers.Adam(0.005), "binary_crossentropy", metrics=["accuracy"])
model.fit(*sequences(3000, 1), batch_size=64, epochs=15, verbose=0)
accuracy = model.evaluate(*sequences(1000, 2), verbose=0)[1]
report(f"{accuracy:.1%} of the test sequences are right")
