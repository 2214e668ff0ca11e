from common import keras, np, report

WORDS, LENGTH, NOT = 200, 40, 1


def reviews(count, seed):
    rng = np.random.default_rng(seed)
    words, labels = rng.integers(12, WORDS, [count, LENGTH]), np.zeros([count, 1], "float32")
    for review, label in zip(words, labels):
        place, is_turned = rng.integers(1, LENGTH), rng.random() < 0.5
        review[place] = rng.integers(2, 12)
        elsewhere = (place + rng.integers(1, LENGTH - 1)) % LENGTH
        review[place - 1 if is_turned else elsewhere] = NOT
        label[0] = not is_turned
    return words, labels


model = keras.Sequential([
    keras.Input([LENGTH]),
    keras.layers.Embedding(WORDS, 16), keras.layers.Dropout(0.2),
    keras.layers.Conv1D(32, 3, activation="relu"), keras.layers.GlobalMaxPooling1D(),
    keras.layers.Dense(32, activation="relu"), keras.layers.Dense(1, activation="sigmoid"),
])
model.compile(keras.optimizers.Adam(0.003), "binary_crossentropy", metrics=["accuracy"])
model.fit(*reviews(4000, 1), batch_size=32, epochs=10, verbose=0)
accuracy = model.evaluate(*reviews(1000, 2), verbose=0)[1]
report(f"{accuracy:.1%} of the test reviews are right")
