"""scikit-learn's multi-layer perceptron, an epoch by `partial_fit`."""

import warnings

import numpy as np
from sklearn.neural_network import MLPClassifier, MLPRegressor

import data
from turns import answer


def network(workload):
    hidden = workload.layers[:-1]
    activation = {"sigmoid": "logistic"}.get(hidden[0][2], hidden[0][2])
    kind = MLPClassifier if workload.is_classes else MLPRegressor
    return kind(
        hidden_layer_sizes=[units for _, units, _ in hidden], activation=activation, solver="adam", alpha=0.0, epsilon=1e-7,
        batch_size=workload.batch_size, learning_rate_init=workload.rate(0), random_state=42,
    )  # fmt: skip


def begun(workload, inputs, targets):
    """A network that has its classes, a step behind it, and initial weights as the others."""
    model = network(workload)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if workload.is_classes:
            model.partial_fit(inputs[:1], targets[:1], classes=np.arange(workload.outputs))
        else:
            model.partial_fit(inputs[:1], targets[:1].ravel())
    draw = np.random.default_rng(42)
    for kernel, bias in zip(model.coefs_, model.intercepts_):
        limit = (6 / sum(kernel.shape)) ** 0.5
        # In place: its optimizer holds these arrays.
        kernel[...] = draw.uniform(-limit, limit, kernel.shape)
        bias[...] = 0
    return model


def train(workload, turns):
    inputs, targets, _, _ = data.load(workload)
    if not workload.is_classes:
        targets = targets.ravel()
    model = begun(workload, inputs, targets)
    turns.ready()
    while turns.begin():
        model.partial_fit(inputs, targets)
        # Of numbers it takes half of the squared error.
        turns.end(loss=float(model.loss_curve_[-1]) * (1 if workload.is_classes else 2))


def predict(workload, turns, rows):
    inputs, targets, _, _ = data.load(workload)
    model = begun(workload, inputs, targets)
    for kernel, bias, (new_kernel, new_bias) in zip(model.coefs_, model.intercepts_, data.load_weights()):
        kernel[...] = new_kernel
        bias[...] = new_bias
    inputs = inputs[:rows]
    turns.ready()
    answer(turns, lambda: model.predict_proba(inputs), lambda: model.predict_proba(inputs)[0])
