from common import keras, np, report

PAST, AHEAD, LENGTH = 60, 12, 4000


def weather(length, seed):
    rng = np.random.default_rng(seed)
    front = trend = 0.0
    rows = np.zeros([length, 3], "float32")
    for hour in range(length):
        noise = rng.normal(size=2)
        trend += 0.02 * noise[0] - 0.05 * front - 0.01 * trend
        front += 0.1 * trend
        day = np.sin(hour / 24 * 2 * np.pi)
        rows[hour] = [0.6 * day + front + 0.05 * noise[1], trend * 3, abs(trend * 3) + 0.1 * noise[1]]
    return rows


def windows(rows):
    starts = np.arange(len(rows) - PAST - AHEAD)
    past = rows[starts[:, None] + np.arange(0, PAST, 2)]
    ahead, now = rows[starts + PAST + AHEAD - 1, :1], rows[starts + PAST - 1, :1]
    return past, ahead, np.mean((now - ahead) ** 2)


model = keras.Sequential([keras.Input([PAST // 2, 3]), keras.layers.LSTM(32), keras.layers.Dense(1)])
model.compile(keras.optimizers.Adam(0.002), "mean_squared_error")
past, ahead, _ = windows(weather(LENGTH, 1))
model.fit(past, ahead, batch_size=64, epochs=8, verbose=0)
past, ahead, unchanged = windows(weather(LENGTH // 2, 2))
learned = model.evaluate(past, ahead, verbose=0)
report(f"mean squared error: {unchanged:.3f} if nothing changed, {learned:.3f} forecast")
