import csv

from common import ROOT, keras, np, report
from sklearn.model_selection import train_test_split

with (ROOT / "assets/heart/heart.csv").open(encoding="utf-8") as file:
    rows = list(csv.DictReader(file))
labels = np.array([row["disease"] == "yes" for row in rows], "float32")[:, None]


def encoded(train, rows):
    """Numbers of rows; vocabularies, boundaries and the median are those of `train`."""
    ages = np.quantile([float(row["age"]) for row in train], [1 / 3, 2 / 3])
    median = np.median([float(row["cholesterol"]) for row in train if row["cholesterol"]])
    columns = []
    for name in ["sex", "chest_pain", "thallium_scan"]:
        # Beside the categories one for those that are unknown, which Keras keeps too.
        known = sorted({row[name] for row in train} - {""})
        columns += [[row[name] == word for row in rows] for word in known]
    columns += [[row["thallium_scan"] == "" for row in rows]]
    columns += [np.digitize([float(row["age"]) for row in rows], ages) == place for place in range(3)]
    # Keras' layer for hashes needs TensorFlow; any hash does.
    columns += [[sum(row["city"].encode()) % 4 == place for row in rows] for place in range(4)]
    columns += [[float(row["cholesterol"] or median) for row in rows]]
    columns += [[row["high_blood_sugar"] == "True" for row in rows]]
    columns += [[float(row[name]) for row in rows] for name in ["blood_pressure", "max_heart_rate"]]
    return np.array(columns, "float32").T


def reached(train, test, train_labels, test_labels, hidden):
    x, test = encoded(train, train), encoded(train, test)
    normalization = keras.layers.Normalization()
    normalization.adapt(x)
    layers = [keras.layers.Dense(32, activation="relu"), keras.layers.Dropout(0.5)] if hidden else []
    layers = [keras.Input([x.shape[1]]), normalization, *layers, keras.layers.Dense(1, activation="sigmoid")]
    model = keras.Sequential(layers)
    model.compile(keras.optimizers.Adam(0.003), "binary_crossentropy", metrics=["accuracy", keras.metrics.AUC()])
    model.fit(x, train_labels, batch_size=32, epochs=40, verbose=0)
    return model.evaluate(test, test_labels, verbose=0)[1:]


# Five times a fifth of the rows to judge by.
for name, hidden in [("a line", False), ("a network", True)]:
    splits = [train_test_split(rows, labels, test_size=0.2, stratify=labels, random_state=seed) for seed in range(5)]
    accuracy, auc = np.array([reached(*split, hidden) for split in splits]).T
    report(f"{name}: accuracy {accuracy.mean():.3f} (from {accuracy.min():.3f} to {accuracy.max():.3f}), AUC {auc.mean():.3f}")
