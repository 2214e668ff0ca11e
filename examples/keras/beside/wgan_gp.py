import jax
from common import keras, np, report
from mnist import mnist

ops, layers, NOISE, BATCH = keras.ops, keras.layers, 64, 32


def leaky():
    return layers.LeakyReLU(negative_slope=0.2)


generator = keras.Sequential([
    keras.Input([NOISE]), layers.Dense(7 * 7 * 32, use_bias=False), layers.BatchNormalization(), leaky(),
    layers.Reshape([7, 7, 32]),
    layers.Conv2DTranspose(16, 4, 2, "same", use_bias=False), layers.BatchNormalization(), leaky(),
    layers.Conv2DTranspose(1, 4, 2, "same", activation="tanh"),
])
critic = keras.Sequential([
    keras.Input([28, 28, 1]), layers.Conv2D(16, 4, 2, "same", activation="silu"),
    layers.Conv2D(32, 4, 2, "same", activation="silu"), layers.Flatten(), layers.Dense(1),
])
judge = keras.Sequential([
    keras.Input([28, 28, 1]), layers.Conv2D(16, 3, activation="relu"), layers.MaxPooling2D(2), layers.Flatten(),
    layers.Dense(10, activation="softmax"),
])
for network in [generator, critic]:
    network.optimizer = keras.optimizers.Adam(5e-4, beta_1=0.5, beta_2=0.9)
    network.optimizer.build(network.trainable_variables)


def marks(weights, digits):
    return critic.stateless_call(weights, [], digits)[0]


def critic_loss(weights, real, fake, share):
    slopes = jax.grad(lambda x: marks(weights, x).sum())(fake + (real - fake) * share)
    lengths = ops.sqrt(ops.maximum(ops.sum(slopes**2, axis=(1, 2, 3)), 1e-24))
    return marks(weights, fake).mean() - marks(weights, real).mean() + 10 * ops.mean((lengths - 1) ** 2)


def generator_loss(weights, rest, critic_weights, noise):
    drawn, rest = generator.stateless_call(weights, rest, noise, training=True)
    return -marks(critic_weights, drawn).mean(), rest


@jax.jit
def step(state, real, key):
    (g, rest, g_state), (c, c_state) = state
    for key in jax.random.split(key, 3):
        noise, share = jax.random.normal(key, [len(real), NOISE]), jax.random.uniform(key, [len(real), 1, 1, 1])
        fake, rest = generator.stateless_call(g, rest, noise, training=True)
        c, c_state = critic.optimizer.stateless_apply(c_state, jax.grad(critic_loss)(c, real, fake, share), c)
    noise = jax.random.normal(jax.random.fold_in(key, 1), [len(real), NOISE])
    gradients, rest = jax.grad(generator_loss, has_aux=True)(g, rest, c, noise)
    g, g_state = generator.optimizer.stateless_apply(g_state, gradients, g)
    return (g, rest, g_state), (c, c_state)


def values(variables):
    return [variable.value for variable in variables]


train, labels, test, _ = mnist(3_000, 1_000)
judge.compile("adam", "sparse_categorical_crossentropy")
judge.fit(train, labels, batch_size=BATCH, epochs=3, verbose=0)
of_critic = values(critic.trainable_variables), values(critic.optimizer.variables)
weights, rest = values(generator.trainable_variables), values(generator.non_trainable_variables)
state = (weights, rest, values(generator.optimizer.variables)), of_critic
rng = np.random.default_rng(42)
for epoch in range(6):
    for number, rows in enumerate(np.array_split(rng.permutation(len(train)), range(BATCH, len(train), BATCH))):
        state = step(state, train[rows] * 2 - 1, jax.random.key(epoch * 1000 + number))
(weights, rest, _), _ = state
drawn = generator.stateless_call(weights, rest, rng.normal(size=[500, NOISE]).astype("float32"))[0]
real, drawn = (np.mean(judge.predict(x, verbose=0).max(axis=1) > 0.9) for x in [test, (np.array(drawn) + 1) / 2])
report(f"a classifier is sure of {real:.1%} of real test digits, of {drawn:.1%} of drawn ones")
