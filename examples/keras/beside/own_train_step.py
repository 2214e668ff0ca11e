import jax
from common import SEED, keras, np, report

ops, FEATURES = keras.ops, 32


class OwnStep(keras.Model):
    def errors(self, weights, rest, x, y):
        answers, rest = self.stateless_call(weights, rest, x, training=True)
        return ops.mean((answers - y) ** 2), rest

    def train_step(self, state, data):
        weights, rest, optimizer, metrics = state
        learn = jax.value_and_grad(self.errors, has_aux=True)
        (loss, rest), gradients = learn(weights, rest, *data[:2])
        weights, optimizer = self.optimizer.stateless_apply(optimizer, gradients, weights)
        return {"loss": loss}, (weights, rest, optimizer, metrics)


def waves(count, seed):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=[count, FEATURES]).astype("float32")
    y = np.sin(x.sum(axis=1, keepdims=True) / 4) + rng.normal(0, 0.1, [count, 1])
    return x, y.astype("float32")


for name, kind in [("own step", OwnStep), ("compiled", keras.Model)]:
    keras.utils.set_random_seed(SEED)
    features = keras.Input([FEATURES])
    answer = keras.layers.Dense(1)(keras.layers.Dense(32, activation="tanh")(features))
    model = kind(features, answer)
    model.compile(keras.optimizers.Adam(0.01), "mean_squared_error", metrics=["mae"])
    model.fit(*waves(2_000, 1), epochs=30, verbose=0)
    loss, mae = model.evaluate(*waves(1_000, 2), verbose=0)
    report(f"{name}: mean squared error of the test data {loss:.4f}, mean absolute error {mae:.4f}")
