"""Recurrent layers and their gradients by Keras, for the tests of this crate.

    pip install keras==3.15.1 jax==0.10.2
    KERAS_BACKEND=jax python make_recurrent.py

Writes recurrent.json beside this script: float32, channels last, inputs and weights drawn from a fixed seed. A case has
the layer as Keras serializes it, what enters it (the sequence, then initial states), a mask where there is one, its
weights in Keras' order, the outputs, and the gradients of the sum of all outputs times `factors` by the sequence and by
each weight. A stateful case has the outputs of several batches instead.
"""

import json
import os
import pathlib

os.environ.setdefault("KERAS_BACKEND", "jax")

import jax
import keras
import numpy as np

K = keras.layers
rng = np.random.default_rng(12)
cases = []


def draw(*shape):
    return rng.normal(size=shape).astype("float32").round(3)


def shortest(value):
    return float(str(np.float32(value)))


def numbers(value):
    array = np.asarray(value)
    return [shortest(item) for item in array.ravel()]


def tensor(value):
    return {"shape": list(np.shape(value)), "values": numbers(value)}


def fill(layer):
    """Gives every weight rounded values."""
    for weight in kept(layer):
        weight.assign((rng.normal(size=weight.shape) * 0.5).astype("float32").round(3))


def kept(layer):
    return [weight for weight in layer.weights if "seed" not in weight.path]


def described(layer):
    described = keras.saving.serialize_keras_object(layer)
    del described["build_config"]
    return described


def run(name, layer, x, mask=None, states=None):
    arguments = {}
    if mask is not None:
        arguments["mask"] = np.array(mask)
    if states is not None:
        arguments["initial_state"] = states
    layer(x, **arguments)
    fill(layer)
    trainable = [variable.value for variable in layer.trainable_variables]
    fixed = [variable.value for variable in layer.non_trainable_variables]

    def outputs(trainable, x):
        y, _ = layer.stateless_call(trainable, fixed, x, **arguments)
        return list(y) if isinstance(y, (list, tuple)) else [y]

    given = outputs(trainable, x)
    factors = [draw(*np.shape(output)) for output in given]

    def loss(trainable, x):
        pairs = zip(outputs(trainable, x), factors)
        return sum((output * factor).sum() for output, factor in pairs)

    by_weights, by_input = jax.grad(loss, argnums=(0, 1))(trainable, x)
    cases.append(
        {
            "name": name,
            "layer": described(layer),
            "inputs": [tensor(item) for item in [x, *(states or [])]],
            "mask": mask,
            "weights": [
                {"shape": list(weight.shape), "values": numbers(weight.value)}
                for weight in kept(layer)
            ],
            "outputs": [tensor(output) for output in given],
            "factors": [tensor(factor) for factor in factors],
            "input_gradient": tensor(by_input),
            "weight_gradients": [numbers(gradient) for gradient in by_weights],
        }
    )


def run_stateful(name, layer, batches):
    layer(batches[0])
    fill(layer)
    layer.reset_state()
    outputs = [tensor(layer(batch)) for batch in batches]
    cases.append(
        {
            "name": name,
            "layer": described(layer),
            "batches": [tensor(batch) for batch in batches],
            "weights": [
                {"shape": list(weight.shape), "values": numbers(weight.value)}
                for weight in kept(layer)
            ],
            "batch_outputs": outputs,
        }
    )


x = draw(2, 4, 3)
ends = [[True, True, False, False], [True, True, True, True]]
begins = [[False, True, True, False], [True, False, True, True]]

run("simple_rnn_masked", K.SimpleRNN(2, return_sequences=True), x, mask=ends)
run("simple_rnn_relu", K.SimpleRNN(3, activation="relu", use_bias=False, return_state=True), x, states=[draw(2, 3)])
run("lstm_last", K.LSTM(2), x)
run(
    "lstm_states",
    K.LSTM(2, return_sequences=True, return_state=True),
    x,
    mask=begins,
    states=[draw(2, 2), draw(2, 2)],
)
run("lstm_last_masked", K.LSTM(2, return_state=True), x, mask=ends)
run("lstm_backwards", K.LSTM(2, go_backwards=True, return_sequences=True), x, mask=begins)
run("lstm_zero_output", K.LSTM(2, return_sequences=True, zero_output_for_mask=True), x, mask=begins)
run(
    "lstm_activations",
    K.LSTM(2, activation="softsign", recurrent_activation="hard_sigmoid", unit_forget_bias=False, use_bias=False),
    x,
)
run("gru_masked", K.GRU(2, return_sequences=True, return_state=True), x, mask=begins, states=[draw(2, 2)])
run("gru_without_bias", K.GRU(2, use_bias=False), x)
run("gru_reset_before", K.GRU(2, reset_after=False, return_sequences=True, go_backwards=True), x, mask=ends)
run("gru_reset_before_without_bias", K.GRU(2, reset_after=False, use_bias=False), x)
run("rnn_of_gru_cell", K.RNN(K.GRUCell(2), return_sequences=True), x, mask=ends)
run("rnn_of_stacked_cells", K.RNN(K.StackedRNNCells([K.LSTMCell(2), K.GRUCell(3), K.LSTMCell(2)])), x, mask=begins)
run(
    "rnn_of_stacked_cells_in_sequence",
    K.RNN(K.StackedRNNCells([K.SimpleRNNCell(2), K.LSTMCell(3)]), return_sequences=True),
    x,
    mask=begins,
)
run("bidirectional_last", K.Bidirectional(K.LSTM(2)), x, mask=ends)
run("bidirectional_masked", K.Bidirectional(K.LSTM(2, return_sequences=True)), x, mask=begins)
for mode in ["sum", "ave", "mul", None]:
    run(f"bidirectional_{mode}", K.Bidirectional(K.GRU(2, return_sequences=True), merge_mode=mode), x, mask=ends)
run(
    "bidirectional_states",
    K.Bidirectional(K.LSTM(2, return_sequences=True, return_state=True)),
    x,
    states=[draw(2, 2) for _ in range(4)],
)
run(
    "bidirectional_of_two",
    K.Bidirectional(
        K.LSTM(2, return_sequences=True),
        backward_layer=K.SimpleRNN(2, return_sequences=True, go_backwards=True),
        merge_mode="sum",
    ),
    x,
)
run("bidirectional_rnn", K.Bidirectional(K.RNN(K.GRUCell(2), return_sequences=True)), x, mask=ends)
run("time_distributed_conv2d", K.TimeDistributed(K.Conv2D(2, 2)), draw(2, 3, 3, 3, 1))
run("time_distributed_dense", K.TimeDistributed(K.Dense(2, activation="softmax")), x, mask=ends)
run_stateful("lstm_stateful", K.LSTM(2, stateful=True), [draw(2, 3, 2) for _ in range(3)])
run_stateful("gru_stateful", K.GRU(2, stateful=True, return_sequences=True), [draw(2, 3, 2) for _ in range(2)])

film = draw(2, 3, 4, 4, 2)
run("conv_lstm2d", K.ConvLSTM2D(2, 3), film)
run("conv_lstm2d_same", K.ConvLSTM2D(2, (2, 3), padding="same", return_sequences=True, return_state=True), film)
run("conv_lstm2d_strides", K.ConvLSTM2D(1, 2, strides=2, go_backwards=True), film)
run("conv_lstm2d_dilated", K.ConvLSTM2D(1, 2, dilation_rate=2, use_bias=False), film)
run("conv_lstm1d", K.ConvLSTM1D(2, 3, return_sequences=True), draw(2, 3, 5, 2))
run("conv_lstm3d", K.ConvLSTM3D(1, 2, padding="same"), draw(1, 2, 2, 3, 2, 2))
run("bidirectional_conv_lstm2d", K.Bidirectional(K.ConvLSTM2D(1, 2, padding="same", return_sequences=True)), film)
run(
    "conv_lstm3d_strides",
    K.ConvLSTM3D(2, (1, 2, 2), strides=(1, 2, 1), return_sequences=True, return_state=True),
    draw(2, 2, 2, 3, 3, 1),
)

meta = {"keras": keras.__version__, "backend": keras.backend.backend(), "seed": 12}
path = pathlib.Path(__file__).with_name("recurrent.json")
lines = ",\n".join(json.dumps(case) for case in cases)
path.write_text('{"meta": %s, "cases": [\n%s\n]}\n' % (json.dumps(meta), lines))
