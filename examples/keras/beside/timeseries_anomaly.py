from common import keras, np, report

STEPS, LENGTH = 48, 2000
BROKEN = range(LENGTH // 2, LENGTH // 2 + 60)


def windows(seed, broken):
    steps = np.arange(LENGTH)
    values = np.sin(steps / 96 * 2 * np.pi)
    values[broken] = np.abs(values[broken]) * 0.3 - 0.8
    values = values + np.random.default_rng(seed).normal(0, 0.1, LENGTH)
    return np.lib.stride_tricks.sliding_window_view(values, STEPS)[..., None].astype("float32")


def conv(filters):
    return keras.layers.Conv1D(filters, 7, padding="same", activation="relu")


model = keras.Sequential([
    keras.Input([STEPS, 1]),
    conv(16), keras.layers.MaxPooling1D(4), conv(8), keras.layers.MaxPooling1D(4),
    keras.layers.Flatten(), keras.layers.Dense(4), keras.layers.RepeatVector(STEPS // 4),
    conv(16), keras.layers.Flatten(), keras.layers.Dense(STEPS), keras.layers.Reshape([STEPS, 1]),
])
model.compile(keras.optimizers.Adam(0.002), "mean_squared_error")
usual, test = windows(1, []), windows(2, list(BROKEN))
model.fit(usual, usual, batch_size=64, epochs=10, verbose=0)
usual, found = (np.abs(model.predict(x, verbose=0) - x).mean(axis=(1, 2)) for x in [usual, test])
starts = np.arange(len(found))
odd = (starts < BROKEN.stop) & (starts + STEPS > BROKEN.start)
alarm = found > usual.max()
hit, alarms = (alarm & odd).sum(), (alarm & ~odd).sum()
report(f"{hit} of {odd.sum()} windows with the break are found, {alarms} of {(~odd).sum()} others are alarms")
