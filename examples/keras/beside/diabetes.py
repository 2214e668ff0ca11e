from common import ROOT, keras, np, report
from sklearn.model_selection import train_test_split

table = np.loadtxt(ROOT / "assets/diabetes/diabetes.csv", delimiter=",", skiprows=1, dtype="float32")
features, progression = table[:, :-1], table[:, -1:]


def reached(x, test, y, test_y, hidden):
    scale, back = keras.layers.Normalization(), keras.layers.Normalization(invert=True)
    scale.adapt(x)
    back.adapt(y)
    model = keras.Sequential([keras.Input([x.shape[1]]), scale])
    for units in hidden:
        model.add(keras.layers.Dense(units, activation="relu"))
        model.add(keras.layers.Dropout(0.2))
    model.add(keras.layers.Dense(1))
    model.add(back)
    model.compile(keras.optimizers.Adam(0.003), "mean_squared_error", metrics=["mae", "r2_score"])
    model.fit(x, y, batch_size=32, epochs=60, verbose=0)
    return model.evaluate(test, test_y, verbose=0)[1:]


for name, hidden in [("a line", []), ("a network", [32, 32])]:
    splits = [train_test_split(features, progression, test_size=0.2, random_state=seed) for seed in range(5)]
    error, share = np.mean([reached(*split, hidden) for split in splits], axis=0)
    report(f"{name}: mean absolute error {error:.1f}, R² {share:.3f}")
