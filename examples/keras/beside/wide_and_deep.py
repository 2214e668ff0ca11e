from common import keras, np, report

EDUCATIONS, OCCUPATIONS = 8, 10
OF_PAIRS = np.random.default_rng(7).normal(0, 1.5, [EDUCATIONS, OCCUPATIONS])


def people(count, seed):
    rng = np.random.default_rng(seed)
    education, occupation = rng.integers(EDUCATIONS, size=count), rng.integers(OCCUPATIONS, size=count)
    age, hours = rng.uniform(-1, 1, [2, count])
    logit = OF_PAIRS[education, occupation] + 1.5 - 4 * age**2 + 1.5 * hours
    chance = 1 / (1 + np.exp(-logit))
    rich = (rng.random(count) < chance).astype("float32")
    # A place for the unknown comes first. Each pair has a bin of its own here.
    columns = [education + 1, occupation + 1, education * OCCUPATIONS + occupation]
    inputs = [column[:, None].astype("int32") for column in columns]
    return [*inputs, np.stack([age, hours], axis=1).astype("float32")], rich[:, None], np.maximum(chance, 1 - chance).mean()


def vector(x, words, width):
    return keras.layers.Flatten()(keras.layers.Embedding(words, width)(x))


def deep(features):
    x = keras.layers.Dense(32, activation="relu")(keras.layers.Dense(32, activation="relu")(features))
    return keras.layers.Dense(1)(x)


def cross(features):
    x = features
    for _ in range(2):
        x = features * keras.layers.Dense(10)(x) + x
    return keras.layers.Dense(1)(x)


train, labels, _ = people(6000, 1)
test, test_labels, best = people(4000, 2)
found = []
for name in ["wide", "deep", "wide and deep", "deep and cross"]:
    inputs = [keras.Input([1], dtype="int32") for _ in range(3)] + [keras.Input([2])]
    features = [vector(inputs[0], EDUCATIONS + 1, 4), vector(inputs[1], OCCUPATIONS + 1, 4), inputs[3]]
    features = keras.layers.Concatenate()(features)
    parts = {"wide": lambda: vector(inputs[2], 500, 1), "deep": lambda: deep(features), "cross": lambda: cross(features)}
    logits = [part() for key, part in parts.items() if key in name]
    logit = sum(logits[1:], logits[0])
    model = keras.Model(inputs, keras.layers.Activation("sigmoid")(logit))
    model.compile(keras.optimizers.Adam(0.005), "binary_crossentropy", metrics=["accuracy"])
    model.fit(train, labels, batch_size=64, epochs=15, verbose=0)
    found.append(f"{name} {model.evaluate(test, test_labels, verbose=0)[1]:.1%}")
report(f"{', '.join(found)}; by the rule {best:.1%}")
