from common import keras, np, report
from mnist import mnist

train, _, test, _ = (part.reshape(len(part), -1) for part in mnist(20_000, 10_000))
model = keras.Sequential([
    keras.Input([784]), keras.layers.Dense(32, activation="relu"), keras.layers.Dense(784, activation="sigmoid"),
])
model.compile("adam", "binary_crossentropy", metrics=["mse"])
model.fit(train, train, batch_size=256, epochs=30, verbose=0)
mean = np.mean((test - train.mean(axis=0)) ** 2)
error = model.evaluate(test, test, verbose=0)[1]
report(f"mean squared error of the test digits: {mean:.4f} of the mean digit, {error:.4f} of what comes back")
