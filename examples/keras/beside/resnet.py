from common import digits, keras, report


def block(filters, x):
    y = keras.layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
    y = keras.layers.ReLU()(keras.layers.BatchNormalization()(y))
    y = keras.layers.Conv2D(filters, 3, padding="same", use_bias=False)(y)
    y = keras.layers.BatchNormalization()(y)
    return keras.layers.ReLU()(x + y)


image = keras.Input([28, 28, 1])
x = keras.layers.MaxPooling2D(2)(keras.layers.Conv2D(16, 3, activation="relu")(image))
x = block(16, block(16, x))
x = keras.layers.GlobalAveragePooling2D()(keras.layers.MaxPooling2D(2)(x))
model = keras.Model(image, keras.layers.Dense(10, activation="softmax")(x))
model.compile(keras.optimizers.Adam(0.003), "sparse_categorical_crossentropy", metrics=["accuracy"])
train, labels, test, test_labels = digits()
model.fit(train, labels, batch_size=32, epochs=12, verbose=0)
report(f"{model.evaluate(test, test_labels, verbose=0)[1]:.1%} of the test digits are right")
