"""Writes keras_json.json: whole networks as Keras writes them, and what they give.

    KERAS_BACKEND=jax python3 make_keras_json.py > keras_json.json     # keras 3.15, jax

Nothing is drawn: weights and inputs are set by the formulas of `weight` and `entering`, so that the file has their
shapes alone. A network's weights are in Keras' order.
"""

import json

import keras
import numpy as np
from keras import layers

NETWORKS = {}


def network(make):
    NETWORKS[make.__name__] = make
    return make


def weight(index, path, shape):
    """0.3 · sin(1.7 i + 0.9 w) for element i of weight w; a variance is 1 more."""
    values = 0.3 * np.sin(1.7 * np.arange(int(np.prod(shape))) + 0.9 * index)
    return (values + ("variance" in path)).astype("float32").reshape(shape)


def entering(index, shape, modulo):
    """sin(0.7 i + k) for element i of input k, or the whole number (7 i + 3 (i mod 3) + k) mod `modulo`."""
    places = np.arange(int(np.prod(shape)))
    if modulo:
        return ((7 * places + 3 * (places % 3) + index) % modulo).astype("int32").reshape(shape)
    return np.sin(0.7 * places + index).astype("float32").reshape(shape)


@network
def line():
    return keras.Sequential(
        [
            keras.Input((6,)),
            layers.Dense(8, activation="relu", kernel_initializer=keras.initializers.HeNormal(seed=3)),
            layers.Dropout(0.2, seed=1),
            layers.Dense(8, activation="tanh", use_bias=False, name="hidden"),
            layers.ActivityRegularization(l1=0.1),
            layers.Dense(3, activation="softmax"),
        ],
        name="line",
    )


@network
def rules():
    regularizers, constraints, initializers = keras.regularizers, keras.constraints, keras.initializers
    return keras.Sequential(
        [
            keras.Input((6,)),
            layers.Dense(4, kernel_regularizer="l1", bias_regularizer=regularizers.L2(0.02)),
            layers.Dense(4, kernel_regularizer=regularizers.L1L2(0.01, 0.03), kernel_constraint="max_norm"),
            layers.Dense(4, kernel_constraint=constraints.MaxNorm(3, axis=[0, 1]), bias_constraint="non_neg"),
            layers.Dense(4, kernel_constraint=constraints.UnitNorm(axis=1), activity_regularizer="l2"),
            layers.Dense(4, kernel_constraint=constraints.MinMaxNorm(0.1, 0.9, 0.5)),
            layers.Dense(4, kernel_initializer=initializers.RandomNormal(stddev=0.1)),
            layers.Dense(4, kernel_initializer=initializers.VarianceScaling(2.0, "fan_avg", "uniform", seed=4)),
            layers.Dense(4, kernel_initializer=initializers.Orthogonal(0.5), bias_initializer="ones"),
            layers.Dense(4, kernel_initializer=initializers.Constant(0.5)),
            layers.Dense(4, kernel_initializer=initializers.Identity(2.0)),
            layers.Dense(4, kernel_initializer=initializers.TruncatedNormal(0.1, 0.2)),
            layers.Dense(2, kernel_initializer=initializers.RandomUniform(-1, 1)),
        ]
    )


@network
def frozen():
    inner = keras.Sequential([keras.Input((5,)), layers.Dense(4), layers.BatchNormalization()], name="inner")
    inner.trainable = False
    x = keras.Input((6,))
    y = inner(layers.Dense(5, trainable=False)(x), training=False)
    return keras.Model(x, layers.Dense(2)(y))


@network
def pictures():
    return keras.Sequential(
        [
            keras.Input((12, 11, 4)),
            layers.ZeroPadding2D(((1, 0), (2, 1))),
            layers.Conv2D(4, 3, padding="same", strides=2, activation="relu"),
            layers.BatchNormalization(momentum=0.9, epsilon=0.01),
            layers.Conv2D(6, (3, 2), dilation_rate=2, groups=2),
            layers.MaxPooling2D(2, strides=1, padding="same"),
            layers.AveragePooling2D((1, 2)),
            layers.SpatialDropout2D(0.1),
            layers.Flatten(),
            layers.Dense(3),
        ]
    )


@network
def residual():
    def block(x, filters, strides):
        y = layers.Conv2D(filters, 3, strides=strides, padding="same", use_bias=False)(x)
        y = layers.ReLU()(layers.BatchNormalization()(y))
        y = layers.BatchNormalization()(layers.Conv2D(filters, 3, padding="same", use_bias=False)(y))
        if strides != 1 or x.shape[-1] != filters:
            x = layers.Conv2D(filters, 1, strides=strides, name=f"shortcut_{filters}")(x)
        return layers.Activation("relu")(layers.Add()([x, y]))

    x = keras.Input((8, 8, 3), name="picture")
    y = block(block(x, 4, 1), 6, 2)
    return keras.Model(x, layers.Dense(4, activation="softmax")(layers.GlobalAveragePooling2D()(y)), name="resnet")


@network
def u_net():
    x = keras.Input((8, 8, 1))
    down = layers.Conv2D(3, 3, padding="same", activation="relu")(x)
    low = layers.Conv2D(4, 3, padding="same", activation="relu")(layers.MaxPooling2D()(down))
    lowest = layers.Conv2D(5, 3, padding="same", activation="gelu")(layers.MaxPooling2D()(low))
    up = layers.Concatenate()([layers.UpSampling2D(interpolation="bilinear")(lowest), low])
    up = layers.Conv2D(4, 3, padding="same", activation="relu")(up)
    up = layers.Concatenate()([layers.Conv2DTranspose(3, 2, strides=2)(up), down])
    return keras.Model(x, layers.Conv2D(1, 1, activation="sigmoid")(layers.Cropping2D(1)(up)))


@network
def towers():
    user, film = keras.Input((1,), dtype="int32", name="user"), keras.Input((4,), name="film")
    u = layers.Flatten()(layers.Embedding(7, 5, name="users")(user))
    u = layers.Dense(3, activation="elu")(u)
    f = layers.Dense(3, activation="silu")(film)
    return keras.Model([user, film], layers.Dot(1, normalize=True)([u, f]))


@network
def nested():
    a, b = keras.Input((4,), name="a"), keras.Input((4,), name="b")
    both = layers.Concatenate(name="both")([a, b])
    two = keras.Model([a, b], [layers.Dense(3, name="one")(both), layers.Dense(2, name="other")(both)], name="two")
    line = keras.Sequential([layers.Dense(4, activation="relu"), layers.Dense(4)], name="inner_line")
    x = keras.Input((5,))
    middle_in = keras.Input((4,))
    middle = keras.Model(middle_in, line(layers.Dense(4)(middle_in)), name="middle")
    y = layers.Dense(4)(x)
    one, other = two([middle(y), y])
    return keras.Model(x, [layers.Dense(2, name="answers")(one), other], name="outer")


@network
def shared():
    def encoder():
        x = keras.Input((4,))
        return keras.Model(x, layers.Dense(3, activation="tanh")(x), name="encoder")

    encode, halve = encoder(), layers.Dense(4, name="halve")
    left, right = keras.Input((4,)), keras.Input((4,))
    one, two = encode(halve(left)), encode(halve(halve(right)))
    return keras.Model([left, right], [layers.Subtract()([one, two]), encode(left)])


@network
def cells():
    x = keras.Input((5, 3))
    stacked = layers.StackedRNNCells(
        [layers.LSTMCell(4, dropout=0.1), layers.GRUCell(3, reset_after=False), layers.SimpleRNNCell(2)]
    )
    y = layers.RNN(stacked, return_sequences=True)(x)
    y = layers.RNN(layers.SimpleRNNCell(3, activation="relu"), go_backwards=True)(y)
    return keras.Model(x, layers.Dense(2)(y))


@network
def states():
    source, target = keras.Input((4, 3)), keras.Input((5, 3))
    _, h, c = layers.LSTM(4, return_state=True, unit_forget_bias=False)(source)
    y, g = layers.GRU(4, return_sequences=True, return_state=True)(target, initial_state=layers.Add()([h, c]))
    y = layers.LSTM(4, return_sequences=True, recurrent_activation="hard_sigmoid")(y, initial_state=[h, g])
    return keras.Model([source, target], layers.SimpleRNN(2)(y))


@network
def directions():
    x = keras.Input((5, 3))
    y = layers.Bidirectional(layers.LSTM(2, return_sequences=True))(x)
    z = layers.Bidirectional(
        layers.GRU(3, return_sequences=True),
        backward_layer=layers.LSTM(3, return_sequences=True, go_backwards=True),
        merge_mode="ave",
    )(y)
    sums = layers.Bidirectional(layers.SimpleRNN(2), merge_mode="sum")(z)
    forward, backward = layers.Bidirectional(layers.GRU(2), merge_mode=None)(z)
    return keras.Model(x, [sums, layers.Multiply()([forward, backward])])


@network
def films():
    x = keras.Input((4, 6, 6, 1))
    y = layers.TimeDistributed(layers.Conv2D(2, 3, activation="relu"))(x)
    y = layers.TimeDistributed(keras.Sequential([layers.Flatten(), layers.Dense(3)], name="each"))(y)
    y = layers.LSTM(3, return_sequences=True)(layers.Masking(mask_value=0.5)(y))
    return keras.Model(x, layers.TimeDistributed(layers.Dense(2))(y))


@network
def words():
    ids = keras.Input((6,), dtype="int32")
    x = layers.Embedding(9, 4, mask_zero=True)(ids)
    x = layers.SpatialDropout1D(0.1)(x)
    x = layers.Bidirectional(layers.LSTM(3, return_sequences=True))(x)
    x = layers.GRU(4, return_sequences=True, zero_output_for_mask=True)(layers.LayerNormalization()(x))
    return keras.Model(ids, layers.Dense(1, activation="sigmoid")(layers.GlobalAveragePooling1D()(x)))


@network
def words_in_a_line():
    return keras.Sequential(
        [
            keras.Input((None,), dtype="int32"),
            layers.Embedding(9, 4, mask_zero=True, embeddings_regularizer="l2"),
            layers.GRU(4, return_sequences=True),
            layers.LSTM(3, go_backwards=True),
            layers.Dense(2),
        ]
    )


@network
def two_texts():
    one, two = keras.Input((5,), dtype="int32"), keras.Input((5,), dtype="int32")
    embedding = layers.Embedding(9, 3, mask_zero=True)
    a, b = embedding(one), embedding(two)
    every = [
        layers.LSTM(2)(layers.Add()([a, b])),
        layers.GRU(2)(layers.Concatenate(axis=1)([a, b])),
        layers.GRU(2)(layers.Concatenate()([a, b])),
        layers.GRU(2)(layers.Multiply()([a, b])),
        layers.GRU(2)(layers.Maximum()([a, b])),
        # The mask of one alone is none.
        layers.GRU(2)(layers.Average()([a, layers.Embedding(9, 3)(two)])),
        layers.GRU(2)(layers.Minimum()([layers.Embedding(9, 3)(one), b])),
    ]
    return keras.Model([one, two], layers.Concatenate()(every))


@network
def attending():
    x, memory = keras.Input((4, 6)), keras.Input((5, 6))
    allowed = keras.Input((4, 5))
    y = layers.MultiHeadAttention(2, 3)(x, x, use_causal_mask=True)
    y, scores = layers.MultiHeadAttention(2, 3, value_dim=2, output_shape=5, dropout=0.1)(
        y, memory, attention_mask=allowed, return_attention_scores=True
    )
    z = layers.GroupQueryAttention(3, 4, 2, use_bias=False)(x, memory, key=memory)
    d = layers.Attention(use_scale=True)([x, memory], use_causal_mask=True)
    e = layers.AdditiveAttention()([x, memory, memory])
    joined = layers.Concatenate()([y, z, d, e])
    return keras.Model([x, memory, allowed], [layers.GlobalMaxPooling1D()(joined), scores])


@network
def transformer():
    ids = keras.Input((5,), dtype="int32", name="ids")
    x = layers.Embedding(9, 6)(ids)
    y = layers.MultiHeadAttention(2, 3, name="heads")(x, x)
    x = layers.LayerNormalization(epsilon=1e-6)(x + y)
    y = layers.Dense(6)(layers.Dense(8, activation="gelu")(x))
    x = layers.LayerNormalization()(layers.Add()([x, y]))
    return keras.Model(ids, layers.GlobalAveragePooling1D()(x))


@network
def normalizations():
    x = keras.Input((4, 4, 6))
    y = layers.Normalization(mean=[0.1, 0.2, 0.3, 0.4, 0.5, 0.6], variance=[1.0, 2.0, 3.0, 4.0, 5.0, 6.0])(x)
    spread = np.arange(1, 25).reshape(4, 6) / 8
    y = layers.Normalization(axis=(1, 3), mean=spread, variance=spread)(y)
    y = layers.Rescaling(2.0, offset=-0.5)(y)
    y = layers.BatchNormalization(center=False)(y)
    y = layers.BatchNormalization(axis=1, scale=False)(y)
    y = layers.LayerNormalization(axis=[1, 2], epsilon=0.01)(y)
    y = layers.GroupNormalization(3)(y)
    y = layers.RMSNormalization(epsilon=0.001)(y)
    y = layers.UnitNormalization(axis=-1)(y)
    return keras.Model(x, layers.Normalization(mean=0.5, variance=4.0, invert=True, axis=None)(y))


@network
def sequences():
    return keras.Sequential(
        [
            keras.Input((12, 4)),
            layers.Conv1D(4, 3, padding="causal", dilation_rate=2, activation="relu"),
            layers.SeparableConv1D(6, 3, depth_multiplier=2, padding="same", depthwise_regularizer="l2"),
            layers.DepthwiseConv1D(3, depth_multiplier=2),
            layers.AveragePooling1D(3, strides=1, padding="same"),
            layers.Conv1DTranspose(4, 3, strides=2, padding="same"),
            layers.MaxPooling1D(2),
            layers.UpSampling1D(2),
            layers.ZeroPadding1D((1, 2)),
            layers.Cropping1D((2, 1)),
            layers.AdaptiveMaxPooling1D(5),
            layers.AdaptiveAveragePooling1D(3),
            layers.GlobalMaxPooling1D(keepdims=True),
            layers.GlobalAveragePooling1D(keepdims=True),
        ]
    )


@network
def planes():
    return keras.Sequential(
        [
            keras.Input((9, 8, 3)),
            layers.DepthwiseConv2D((2, 3), depth_multiplier=2, padding="same", activation="relu"),
            layers.SeparableConv2D(4, 3, strides=2, pointwise_constraint="unit_norm"),
            layers.Conv2DTranspose(3, 3, strides=2, padding="same", output_padding=0),
            layers.UpSampling2D((2, 1)),
            layers.AdaptiveMaxPooling2D((3, 4)),
            layers.AdaptiveAveragePooling2D((3, 2)),
            layers.GlobalMaxPooling2D(),
        ]
    )


@network
def volumes():
    return keras.Sequential(
        [
            keras.Input((6, 5, 6, 2)),
            layers.ZeroPadding3D(1),
            layers.Conv3D(3, 3, strides=(1, 2, 1), activation="relu"),
            layers.MaxPooling3D((2, 1, 2)),
            layers.Conv3DTranspose(2, 2, strides=2, padding="same"),
            layers.AveragePooling3D(2, strides=1),
            layers.UpSampling3D((1, 2, 1)),
            layers.Cropping3D(((1, 0), (0, 1), (1, 1))),
            layers.SpatialDropout3D(0.1),
            layers.AdaptiveMaxPooling3D(3),
            layers.AdaptiveAveragePooling3D(2),
            layers.GlobalAveragePooling3D(),
        ]
    )


@network
def einsums():
    x = keras.Input((4, 6))
    y = layers.EinsumDense("abc,cde->abde", (None, 2, 3), bias_axes="de", activation=layers.LeakyReLU(0.1))(x)
    return keras.Model(x, layers.EinsumDense("abde,def->abf", (None, 5))(y))


# All but `glu`, which halves its input, and `sparsemax`, of which Keras 3.15 adds up sums that its formula has once.
NAMES = """celu elu exponential gelu hard_shrink hard_sigmoid hard_silu hard_tanh leaky_relu linear log_sigmoid log_softmax
mish relu relu6 selu sigmoid silu softmax soft_shrink softplus softsign sparse_plus sparse_sigmoid squareplus tanh
tanh_shrink""".split()


@network
def activations():
    x = keras.Input((4,))
    y = [layers.Activation(name)(x) for name in NAMES]
    bent = layers.Dense(4, activation=layers.ReLU(max_value=0.5, negative_slope=0.1, threshold=0.2))(x)
    y += [layers.Dense(4, activation=name)(bent) for name in ("swish", layers.ELU(alpha=0.5), layers.LeakyReLU(0.3))]
    y += [layers.ReLU(6.0)(x), layers.ELU(0.7)(x), layers.LeakyReLU(0.2)(x), layers.Softmax()(x)]
    y = layers.Reshape((2, 2))(layers.Average()(y))
    y = layers.Softmax(axis=1)(layers.PReLU(shared_axes=[1])(layers.PReLU()(y)))
    return keras.Model(x, [y, layers.Activation("glu")(x)])


@network
def merges():
    a, b = keras.Input((3, 4)), keras.Input((3, 4))
    every = [
        kind()([a, b])
        for kind in (layers.Add, layers.Average, layers.Maximum, layers.Minimum, layers.Multiply, layers.Subtract)
    ]
    product = layers.Dot(axes=(2, 2))([a, b])
    return keras.Model([a, b], [layers.Concatenate(axis=1)(every), product])


@network
def shapes():
    x = keras.Input((6,))
    y = layers.Permute((2, 1))(layers.Reshape((-1, 3))(x))
    y = layers.Identity()(layers.Flatten()(y))
    return keras.Model(x, layers.RepeatVector(2)(y))


@network
def noises():
    x = keras.Input((3, 4))
    y = layers.GaussianNoise(0.1, seed=2)(layers.GaussianDropout(0.1)(x))
    y = layers.AlphaDropout(0.1, noise_shape=(None, 1, 4))(y)
    return keras.Model(x, layers.Dropout(0.1, noise_shape=(None, 1, None))(y, training=True))


@network
def moving_pictures():
    x = keras.Input((3, 5, 5, 2))
    y = layers.ConvLSTM2D(2, 3, padding="same", return_sequences=True)(x)
    y = layers.TimeDistributed(layers.Reshape((5, 10)))(y)
    return keras.Model(x, layers.ConvLSTM1D(2, 3, strides=2, recurrent_dropout=0.1)(y))


@network
def operators():
    a, b = keras.Input((4,), name="a"), keras.Input((4,), name="b")
    y = a + b * 2.0 - a / 4
    y = 1.0 - keras.ops.maximum(y, -b)
    y = keras.ops.sigmoid(y * a) + 1
    return keras.Model([a, b], keras.ops.concatenate([y, keras.ops.relu(b)], axis=-1))


@network
def by_name():
    inputs = {"width": keras.Input((2,), name="width"), "age": keras.Input((3,), name="age")}
    both = layers.Concatenate()([inputs["width"], inputs["age"]])
    return keras.Model(inputs, {"price": layers.Dense(1, name="price")(both), "rooms": layers.Dense(2, name="rooms")(both)})


@network
def keeping_state():
    return keras.Sequential(
        [
            keras.Input(batch_shape=(2, 3, 2)),
            layers.GRU(3, stateful=True, return_sequences=True),
            layers.Bidirectional(layers.LSTM(2, stateful=True)),
        ]
    )


@network
def tied():
    ids = keras.Input((4,), dtype="int32")
    embedding = layers.ReversibleEmbedding(7, 3, tie_weights=False, logit_soft_cap=5.0)
    return keras.Model(ids, layers.Dense(3)(embedding(ids)))


# The numbers that inputs of whole numbers are below.
MODULO = 7


def written(make):
    keras.utils.clear_session()
    model = make()
    weights = [weight(index, w.path, w.shape) for index, w in enumerate(model.weights)]
    model.set_weights(weights)
    inputs = [
        {
            "shape": [x.shape[0] or 2] + [axis or 5 for axis in x.shape[1:]],
            "modulo": MODULO if x.dtype == "int32" else None,
        }
        for x in model.inputs
    ]
    values = [entering(index, x["shape"], x["modulo"]) for index, x in enumerate(inputs)]
    structure = keras.tree.pack_sequence_as(model._inputs_struct, values) if len(values) > 1 else values[0]
    outputs = keras.tree.flatten(model(structure, training=False))
    return {
        "name": make.__name__,
        "json": json.loads(model.to_json()),
        "inputs": inputs,
        "weights": [list(w.shape) for w in weights],
        "is_trainable": [bool(w.trainable) for w in model.weights],
        "outputs": [{"shape": list(y.shape), "values": [float(f"{v:.8g}") for v in np.ravel(y)]} for y in outputs],
    }


def main():
    lines = [json.dumps(written(make), separators=(",", ":")) for make in NETWORKS.values()]
    body = ",\n".join(lines)
    print(f'{{"keras": "{keras.__version__}", "networks": [\n{body}\n]}}')


if __name__ == "__main__":
    main()
