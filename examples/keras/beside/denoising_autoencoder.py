from common import digits, keras, np, report

train, _, test, _ = digits()
rng = np.random.default_rng(42)


def noisy(clean):
    return np.clip(clean + rng.normal(0, 0.4, clean.shape), 0, 1).astype("float32")


def conv(filters):
    return keras.layers.Conv2D(filters, 3, padding="same", activation="relu")


model = keras.Sequential([
    keras.Input([28, 28, 1]),
    conv(16), keras.layers.MaxPooling2D(2), conv(16), keras.layers.MaxPooling2D(2),
    conv(16), keras.layers.UpSampling2D(2), conv(16), keras.layers.UpSampling2D(2),
    keras.layers.Conv2D(1, 3, padding="same", activation="sigmoid"),
])
model.compile(keras.optimizers.Adam(0.003), "binary_crossentropy", metrics=["mse"])
model.fit(noisy(train), train, batch_size=64, epochs=8, verbose=0)
noise = noisy(test)
after = model.evaluate(noise, test, verbose=0)[1]
report(f"mean squared error of the test images: {np.mean((noise - test) ** 2):.4f} with noise, {after:.4f} after")
