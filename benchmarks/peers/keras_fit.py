"""Keras, by compile and fit with its defaults; KERAS_BACKEND says on what."""

import keras
from keras import layers

import data
from turns import answer


def network(workload):
    model = keras.Sequential([keras.Input(workload.input_shape)])
    for kind, *arguments in workload.layers[:-1]:
        model.add({
            "dense": lambda units, activation: layers.Dense(units, activation=activation),
            "conv": lambda filters: layers.Conv2D(filters, 3, activation="relu"),
            "pool": layers.MaxPooling2D,
            "flatten": layers.Flatten,
            "dropout": layers.Dropout,
            "lstm": layers.LSTM,
        }[kind](*arguments))  # fmt: skip
    model.add(layers.Dense(workload.outputs, activation="softmax" if workload.is_classes else "linear"))
    return model


class Finished(Exception):
    pass


class TakesTurns(keras.callbacks.Callback):
    def __init__(self, turns):
        super().__init__()
        self.turns = turns

    def on_epoch_begin(self, epoch, logs=None):
        if not self.turns.begin():
            raise Finished

    def on_epoch_end(self, epoch, logs=None):
        self.turns.end(**{name: float(logs[name]) for name in ("loss", "val_accuracy") if name in logs})


class SaysFirst(keras.callbacks.Callback):
    def __init__(self, turns):
        super().__init__()
        self.turns = turns

    def on_train_batch_end(self, batch, logs=None):
        self.turns.stepped()


def train(workload, turns, steps_per_execution=1):
    keras.utils.set_random_seed(42)
    inputs, targets, held_inputs, held_targets = data.load(workload)
    model = network(workload)
    if workload.rates:
        boundaries = list(range(len(workload.rates) - 1))
        rate = keras.optimizers.schedules.PiecewiseConstantDecay(boundaries, list(workload.rates))
        optimizer = keras.optimizers.SGD(rate)
    else:
        optimizer = keras.optimizers.Adam(workload.rate(0))
    loss = "sparse_categorical_crossentropy" if workload.is_classes else "mse"
    metrics = ["accuracy"] if workload.is_classes else None
    model.compile(optimizer, loss, metrics=metrics, steps_per_execution=steps_per_execution)
    callbacks = [TakesTurns(turns)]
    if len(held_inputs):
        callbacks.append(SaysFirst(turns))
    turns.ready(**threads())
    try:
        model.fit(inputs, targets, batch_size=workload.batch_size, epochs=1_000_000, verbose=0, callbacks=callbacks,
                  validation_data=(held_inputs, held_targets) if len(held_inputs) else None)  # fmt: skip
    except Finished:
        pass


def predict(workload, turns, rows):
    model = network(workload)
    model.set_weights([array for layer in data.load_weights() for array in layer])
    inputs = data.load(workload)[0][:rows]
    turns.ready(**threads())
    # For few rows Keras' guide recommends the call, for many `predict`.
    if rows == 1:
        def ask():
            return keras.ops.convert_to_numpy(model(inputs, training=False))
    else:
        def ask():
            return model.predict(inputs, batch_size=1024, verbose=0)
    answer(turns, ask, lambda: ask()[0])


def threads():
    if keras.backend.backend() != "torch":
        return {}
    import torch

    return {"threads": torch.get_num_threads()}
