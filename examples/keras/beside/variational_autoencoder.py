from common import keras, report
from mnist import mnist

ops, PIXELS, AXES = keras.ops, 784, 2


class Sampling(keras.layers.Layer):
    def __init__(self):
        super().__init__()
        self.seed_generator = keras.random.SeedGenerator(42)

    def call(self, inputs, training=False):
        mean, log_var = inputs
        divergence = ops.sum(mean**2 + ops.exp(log_var) - log_var - 1, axis=1)
        self.add_loss(0.5 * ops.mean(divergence) / PIXELS)
        if not training:
            return mean
        return mean + ops.exp(0.5 * log_var) * keras.random.normal(ops.shape(mean), seed=self.seed_generator)


def conv(filters):
    return keras.layers.Conv2D(filters, 3, strides=2, padding="same", activation="relu")


def grow(filters, strides, activation):
    return keras.layers.Conv2DTranspose(filters, 3, strides=strides, padding="same", activation=activation)


image = keras.Input([28, 28, 1])
x = keras.layers.Flatten()(conv(32)(conv(16)(image)))
x = keras.layers.Dense(16, activation="relu")(x)
place = Sampling()([keras.layers.Dense(AXES)(x), keras.layers.Dense(AXES)(x)])
decoder = keras.Sequential([
    keras.Input([AXES]),
    keras.layers.Dense(7 * 7 * 32, activation="relu"), keras.layers.Reshape([7, 7, 32]),
    grow(32, 2, "relu"), grow(16, 2, "relu"), grow(1, 1, "sigmoid"),
])
model = keras.Model(image, decoder(place))
model.compile("adam", "binary_crossentropy")
train, _, test, _ = mnist(5_000, 1_000)
model.fit(train, train, batch_size=64, epochs=12, verbose=0)
report(f"loss of the test digits: {model.evaluate(test, test, verbose=0) * PIXELS:.1f} nats")
