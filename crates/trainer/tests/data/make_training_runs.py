"""Whole fits by Keras from given weights, for the tests of this crate.

    pip install keras jax
    KERAS_BACKEND=jax python make_training_runs.py

Writes training_runs.json beside this script: histories, evaluations before and after, weights and predictions of a
dense network 4-5-3 unless a case says otherwise, never shuffled. Seed 11, and 5 for the recurrent network.
"""

import json
import os
import pathlib

os.environ.setdefault("KERAS_BACKEND", "jax")

import keras
import numpy as np
from keras import layers, losses, optimizers, regularizers


def numbers(x):
    """Nested lists of the shortest decimals that give the same float32."""
    if isinstance(x, dict):
        return {key: numbers(value) for key, value in x.items()}
    if isinstance(x, (list, tuple)):
        return [numbers(item) for item in x]
    if isinstance(x, int):
        return x
    array = keras.ops.convert_to_numpy(x) if not isinstance(x, float) else np.asarray(x)
    array = np.asarray(array, dtype="float32")
    if array.ndim:
        return [numbers(row) for row in array]
    value = array[()]
    if value != 0 and not 1e-4 <= abs(value) < 1e7:
        return float(np.format_float_scientific(value, unique=True))
    return float(np.format_float_positional(value, unique=True, trim="0"))


rng = np.random.default_rng(11)
X = rng.normal(size=(12, 4)).astype("float32").round(3)
y_int = np.array([0, 1, 2, 0, 1, 2, 0, 1, 2, 2, 1, 0], "int32")
y_onehot = np.eye(3, dtype="float32")[y_int]
initial = [
    (rng.normal(size=shape) * 0.6).astype("float32").round(3)
    for shape in [(4, 5), (5,), (5, 3), (3,)]
]
cases = []


def dense(regularizer=None):
    model = keras.Sequential(
        [
            keras.Input((4,)),
            layers.Dense(5, activation="sigmoid", kernel_regularizer=regularizer, name="hidden"),
            layers.Dense(3, activation="softmax", name="out"),
        ]
    )
    model.set_weights(initial)
    return model


def described(optimizer):
    left_out = ("name", "loss_scale_factor", "ema_momentum")
    config = optimizer.get_config().items()
    return {k: v for k, v in config if v not in (None, False) and k not in left_out}


def written(argument):
    """An argument of fit as JSON has it."""
    if isinstance(argument, dict):
        return {str(key): value for key, value in argument.items()}
    if isinstance(argument, list):
        return [{"swap_on_epoch": callback.swap_on_epoch} for callback in argument]
    return numbers(argument) if isinstance(argument, np.ndarray) else argument


def case(
    name,
    loss,
    optimizer,
    epochs=20,
    batch_size=12,
    metrics=("accuracy",),
    y=y_onehot,
    model=None,
    weighted_metrics=None,
    description=None,
    **arguments,
):
    model = model or dense()
    metrics = list(metrics)
    model.compile(optimizer, loss, metrics=metrics, weighted_metrics=weighted_metrics)
    evaluate = lambda: numbers(model.evaluate(X, y, verbose=0, return_dict=True))
    before = evaluate()
    history = model.fit(
        X, y, batch_size=batch_size, epochs=epochs, shuffle=False, verbose=0, **arguments
    )
    cases.append(
        {
            "name": name,
            "loss": loss,
            "optimizer": description or described(model.optimizer),
            "epochs": epochs,
            "batch_size": batch_size,
            "metrics": metrics,
            "evaluate_before": before,
            "history_keys": list(history.history),
            "history": {key: numbers(values) for key, values in history.history.items()},
            "history_epoch": history.epoch,
            "history_params": history.params,
            "evaluate_after": evaluate(),
            "weights_after": [numbers(weight) for weight in model.get_weights()],
            "predict_after": numbers(model.predict(X, verbose=0)),
            "fit_kwargs": {key: written(value) for key, value in arguments.items()},
        }
    )


def sgd(rate=0.1, **arguments):
    return optimizers.SGD(rate, **arguments)


cce = "categorical_crossentropy"
case("mse_sgd0.1_fullbatch", "mean_squared_error", sgd())
case("cce_sgd0.1_fullbatch", cce, sgd())
case("scce_sgd0.1_fullbatch", "sparse_categorical_crossentropy", sgd(), y=y_int)
case("cce_adam_batch5", cce, optimizers.Adam(0.01), epochs=5, batch_size=5)
case("cce_momentum", cce, sgd(momentum=0.9), epochs=10)
case("cce_momentum_nesterov", cce, sgd(momentum=0.9, nesterov=True), epochs=10)
case("cce_l2", cce, sgd(), epochs=5, model=dense(regularizers.L2(0.01)))
case("cce_l1", cce, sgd(), epochs=5, model=dense(regularizers.L1(0.01)))
case("cce_validation_split_0.25", cce, sgd(), epochs=5, batch_size=4, validation_split=0.25)
case(
    "cce_class_weight",
    cce,
    sgd(),
    epochs=5,
    batch_size=4,
    class_weight={0: 1.0, 1: 2.0, 2: 0.5},
    weighted_metrics=["accuracy"],
)
sample_weight = np.linspace(0, 3, 12).astype("float32")
case("cce_sample_weight", cce, sgd(), epochs=5, batch_size=4, sample_weight=sample_weight)
case("cce_initial_epoch", cce, sgd(), epochs=5, initial_epoch=2)
# Three batches of data: the epochs see the batches (0, 1), (2), (0, 1), (2).
case("cce_steps_per_epoch", cce, sgd(), epochs=4, batch_size=4, steps_per_epoch=2)
case("cce_validation_freq2", cce, sgd(), epochs=5, validation_split=0.25, validation_freq=2)
case(
    "cce_exp_schedule",
    cce,
    sgd(optimizers.schedules.ExponentialDecay(0.5, 3, 0.5)),
    epochs=5,
    batch_size=4,
    description={"class": "SGD", "learning_rate": {"ExponentialDecay": [0.5, 3, 0.5]}},
)
# Each epoch ends with the data, after three of five batches.
case("cce_steps_per_epoch5", cce, sgd(), epochs=3, batch_size=4, steps_per_epoch=5)
# 15 batches, an update for every two of them: gradients wait from one epoch to the next and in the end.
decay = optimizers.schedules.ExponentialDecay(0.5, 3, 0.5)
case(
    "cce_accumulation2_ema",
    cce,
    sgd(decay, gradient_accumulation_steps=2, use_ema=True, ema_momentum=0.5),
    epochs=5,
    batch_size=4,
    description={
        "class": "SGD",
        "learning_rate": {"ExponentialDecay": [0.5, 3, 0.5]},
        "gradient_accumulation_steps": 2,
        "ema_momentum": 0.5,
    },
)
for swap_on_epoch in (False, True):
    adam = optimizers.Adam(
        0.05, use_ema=True, ema_momentum=0.9, ema_overwrite_frequency=5
    )
    case(
        "cce_swap_ema_on_epoch" if swap_on_epoch else "cce_swap_ema",
        cce,
        adam,
        epochs=5,
        batch_size=4,
        validation_split=0.25,
        callbacks=[keras.callbacks.SwapEMAWeights(swap_on_epoch=swap_on_epoch)],
        description=described(adam) | {"ema_momentum": 0.9},
    )
binary = keras.Sequential(
    [
        keras.Input((4,)),
        layers.Dense(5, activation="sigmoid"),
        layers.Dense(1, activation="sigmoid"),
    ]
)
binary.set_weights([initial[0], initial[1], initial[2][:, :1], initial[3][:1]])
case(
    "bce_binary",
    "binary_crossentropy",
    sgd(0.5),
    epochs=10,
    batch_size=6,
    y=(y_int > 0).astype("float32")[:, None],
    model=binary,
    metrics=("accuracy", "Precision", "Recall", "AUC"),
)

model = dense()
model.compile(sgd(), cce, metrics=["accuracy"])
on_batch = [numbers([float(v) for v in model.train_on_batch(X, y_onehot)]) for _ in range(3)]
tested = numbers([float(v) for v in model.test_on_batch(X, y_onehot)])
cases.append({"name": "train_on_batch_3", "values": on_batch, "test_on_batch": tested})

pictures = rng.normal(size=(8, 6, 6, 1)).astype("float32").round(2)
classes = np.array([0, 1, 0, 1, 1, 0, 1, 0], "int32")
cnn = keras.Sequential(
    [
        keras.Input((6, 6, 1)),
        layers.Conv2D(2, 3, activation="relu"),
        layers.BatchNormalization(),
        layers.MaxPooling2D(2),
        layers.Flatten(),
        layers.Dense(2),
    ]
)
weights = [(rng.normal(size=w.shape) * 0.5).astype("float32").round(3) for w in cnn.get_weights()]
weights[2:6] = [np.ones(2), np.zeros(2), np.zeros(2), np.ones(2)]
cnn.set_weights(weights)
loss = losses.SparseCategoricalCrossentropy(from_logits=True)
cnn.compile(optimizers.Adam(0.01), loss, metrics=["accuracy"])
history = cnn.fit(
    pictures,
    classes,
    batch_size=4,
    epochs=5,
    shuffle=False,
    verbose=0,
    validation_data=(pictures, classes),
)
cases.append(
    {
        "name": "cnn_bn_adam",
        "model": "Input(6,6,1)-Conv2D(2,3,relu)-BatchNorm-MaxPool2-Flatten-Dense(2)",
        "batch_size": 4,
        "X": numbers(pictures),
        "y": classes.tolist(),
        "weights_before": [numbers(weight) for weight in weights],
        "history": {key: numbers(values) for key, values in history.history.items()},
        "weights_after": [numbers(weight) for weight in cnn.get_weights()],
        "predict_after": numbers(cnn.predict(pictures, verbose=0)),
    }
)

words = rng.integers(1, 10, size=(8, 5)).astype("int32")
words[2, 3:] = 0
words[5, 2:] = 0
for is_masked in (False, True):
    lstm = keras.Sequential(
        [
            keras.Input((5,), dtype="int32"),
            layers.Embedding(10, 4, mask_zero=is_masked),
            layers.LSTM(3),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    # Every weight from the same seed.
    weights = [
        (np.random.default_rng(5).normal(size=w.shape) * 0.4).astype("float32").round(3)
        for w in lstm.get_weights()
    ]
    lstm.set_weights(weights)
    lstm.compile(optimizers.RMSprop(0.01), "binary_crossentropy")
    targets = classes.astype("float32")[:, None]
    history = lstm.fit(words, targets, batch_size=4, epochs=5, shuffle=False, verbose=0)
    cases.append(
        {
            "name": f"text_lstm_mask_zero={is_masked}",
            "model": "Embedding(10,4)-LSTM(3)-Dense(1,sigmoid)",
            "batch_size": 4,
            "X": words.tolist(),
            "y": classes.tolist(),
            "weights_before": [numbers(weight) for weight in weights],
            "history": {key: numbers(values) for key, values in history.history.items()},
            "predict_after": numbers(lstm.predict(words, verbose=0)),
        }
    )

golden = {
    "meta": {"keras": keras.__version__, "backend": keras.backend.backend(), "seed": 11},
    "X": numbers(X),
    "y_int": y_int.tolist(),
    "y_onehot": numbers(y_onehot),
    "initial_weights": [numbers(weight) for weight in initial],
}
head = json.dumps(golden, separators=(",", ":"))[:-1]
body = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
path = pathlib.Path(__file__).with_name("training_runs.json")
path.write_text(f'{head},"cases":[\n{body}\n]}}\n')
