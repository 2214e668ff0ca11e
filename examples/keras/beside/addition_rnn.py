from common import keras, np, report

CHARACTERS, QUESTION, ANSWER = "0123456789+ ", 5, 3


def sums(count, seed):
    rng = np.random.default_rng(seed)
    questions = np.zeros([count, QUESTION, len(CHARACTERS)], "float32")
    answers = np.zeros([count, ANSWER], "int32")
    for row in range(count):
        a, b = (rng.integers(10 if rng.random() < 0.3 else 100) for _ in range(2))
        for place, character in enumerate(f"{a}+{b}".ljust(QUESTION)[::-1]):
            questions[row, place, CHARACTERS.index(character)] = 1
        answers[row] = [CHARACTERS.index(character) for character in str(a + b).ljust(ANSWER)]
    return questions, answers


model = keras.Sequential([
    keras.Input([QUESTION, len(CHARACTERS)]),
    keras.layers.LSTM(96),
    keras.layers.RepeatVector(ANSWER),
    keras.layers.LSTM(96, return_sequences=True),
    keras.layers.TimeDistributed(keras.layers.Dense(len(CHARACTERS), activation="softmax")),
])
model.compile(keras.optimizers.Adam(0.004), "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(*sums(5000, 1), batch_size=64, epochs=30, verbose=0)
accuracy = model.evaluate(*sums(1000, 2), verbose=0)[1]
report(f"{accuracy:.1%} of the characters of new sums are right")
