from common import keras, np, report

SIDE = 32


def shapes(count, seed):
    rng = np.random.default_rng(seed)
    classes = np.zeros([count, SIDE, SIDE], "int32")
    down, right = np.mgrid[:SIDE, :SIDE]
    for picture in classes:
        for kind in [1, 2]:
            radius = rng.integers(4, 8)
            x, y = rng.integers(radius, SIDE - radius, 2)
            dx, dy = abs(right - x), abs(down - y)
            inside = dx**2 + dy**2 <= radius**2 if kind == 1 else np.maximum(dx, dy) <= radius * 3 // 4
            picture[inside] = kind
    pixels = np.minimum(classes, 1) * 0.6 + rng.random(classes.shape) * 0.4
    return pixels[..., None].astype("float32"), classes


def conv(filters, x):
    for _ in range(2):
        x = keras.layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
    return x


def up(x, skip):
    return keras.layers.Concatenate()([keras.layers.UpSampling2D(2)(x), skip])


image = keras.Input([SIDE, SIDE, 1])
high = conv(8, image)
middle = conv(16, keras.layers.MaxPooling2D(2)(high))
low = conv(32, keras.layers.MaxPooling2D(2)(middle))
x = conv(8, up(conv(16, up(low, middle)), high))
model = keras.Model(image, keras.layers.Conv2D(3, 1, activation="softmax")(x))
model.compile(keras.optimizers.Adam(0.003), "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(*shapes(600, 1), batch_size=16, epochs=8, verbose=0)
accuracy = model.evaluate(*shapes(200, 2), verbose=0)[1]
report(f"{accuracy:.1%} of the test pixels are right")
