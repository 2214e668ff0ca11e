from common import keras, report
from mnist import mnist

train, labels, test, test_labels = mnist(10_000, 10_000)
model = keras.Sequential([
    keras.Input([28, 28, 1]),
    keras.layers.Conv2D(32, 3, activation="relu"), keras.layers.MaxPooling2D(2),
    keras.layers.Conv2D(64, 3, activation="relu"), keras.layers.MaxPooling2D(2),
    keras.layers.Flatten(), keras.layers.Dropout(0.5), keras.layers.Dense(10, activation="softmax"),
])
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(train, labels, batch_size=128, epochs=3, verbose=0)
report(f"{model.evaluate(test, test_labels, verbose=0)[1]:.1%} of the test digits are right")
