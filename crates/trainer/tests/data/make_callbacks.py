"""Keras' callbacks fed with fixed figures, for the tests of this crate.

    pip install keras jax
    KERAS_BACKEND=jax python make_callbacks.py

Writes callbacks.json beside this script. Where a callback is driven by a sequence, the only weight is set to the number
of the epoch before on_epoch_end, so that epoch_of_final_weights says which epoch was restored; the rate starts at 0.1.
Nothing is drawn at random.
"""

import contextlib
import io
import json
import os
import pathlib
import tempfile
import warnings

os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import numpy as np

C = keras.callbacks
NAN = float("nan")
cases = []


def shortest(value):
    """The shortest decimal that gives the same float32."""
    value = np.asarray(keras.ops.convert_to_numpy(value)).astype("float32")[()]
    if 1e-4 <= abs(value) < 1e7 or value == 0:
        return float(np.format_float_positional(value, unique=True, trim="0"))
    return float(np.format_float_scientific(value, unique=True))


def named(value):
    """NaN by its name."""
    return "NaN" if value is not None and value != value else value


def single_weight():
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, kernel_initializer="zeros")])
    model.compile(keras.optimizers.SGD(0.1), "mse", metrics=["mae"])
    model.train_on_batch(np.zeros((1, 1)), np.zeros((1, 1)))
    return model


def state_of(callback):
    state = {}
    for name in ("wait", "best", "best_epoch", "cooldown_counter"):
        if hasattr(callback, name):
            value = getattr(callback, name)
            if value is not None:
                value = named(float(value)) if name == "best" else int(value)
            state[name] = value
    return state


def drive(name, kind, config, sequence, key="val_loss", note=None):
    model = single_weight()
    callback = getattr(C, kind)(**config)
    callback.set_model(model)
    callback.set_params({"verbose": 0, "epochs": len(sequence), "steps": 1})
    model.stop_training = False
    out, trace, stopped = io.StringIO(), [], None
    with contextlib.redirect_stdout(out), warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        callback.on_train_begin()
        for epoch, value in enumerate(sequence):
            model.set_weights([np.array([[float(epoch)]]), np.array([0.0])])
            callback.on_epoch_begin(epoch)
            try:
                callback.on_epoch_end(epoch, {} if value is None else {key: value})
            except Exception as error:
                text = f"{type(error).__name__}: {str(error)[:200]}"
                trace.append({"epoch": epoch, "error": text})
                break
            state = {"epoch": epoch, "value": named(value), "stop_training": bool(model.stop_training)}
            state.update(state_of(callback))
            state["lr"] = shortest(model.optimizer.learning_rate.value)
            trace.append(state)
            if model.stop_training:
                stopped = epoch
                break
        callback.on_train_end({})
        texts = sorted({str(warning.message)[:220] for warning in caught})
    case = {
        "name": name,
        "callback": kind,
        "config": config,
        "monitor_key": key,
        "sequence": [named(value) for value in sequence],
        "trace": trace,
        "stopped_at_epoch": stopped,
        "epoch_of_final_weights": int(model.get_weights()[0][0, 0]),
        "stdout": out.getvalue(),
        "warnings": [text for text in texts if "__array__" not in text],
    }
    if note:
        case["note"] = note
    cases.append(case)


def early_stopping():
    def es(name, config, sequence, **others):
        drive(name, "EarlyStopping", config, sequence, **others)

    falls_and_rises = [1.0, 0.9, 0.95, 0.92, 0.91, 0.8, 0.7]
    es("es_patience0", {}, falls_and_rises,
       note="patience 0 and 1 behave the same: stop at the first non-improving epoch")
    es("es_patience1", {"patience": 1}, falls_and_rises)
    es("es_patience2", {"patience": 2, "verbose": 1}, falls_and_rises)
    es("es_patience3_restore", {"patience": 3, "restore_best_weights": True, "verbose": 1}, falls_and_rises)
    es("es_min_delta", {"patience": 2, "min_delta": 0.05}, [1.0, 0.97, 0.94, 0.93, 0.92, 0.91],
       note="improvement iff value + min_delta < best (strict); best is NOT updated by sub-delta gains")
    es("es_min_delta_exact", {"patience": 1, "min_delta": 0.25}, [1.0, 0.75, 0.5],
       note="exactly min_delta better is NOT an improvement (strict <)")
    es("es_start_from_epoch", {"patience": 1, "start_from_epoch": 3}, [1.0, 2.0, 3.0, 4.0, 5.0, 6.0],
       note="epochs < start ignored completely, best not recorded")
    es("es_start_restore", {"patience": 2, "start_from_epoch": 2, "restore_best_weights": True},
       [0.1, 0.2, 4.0, 5.0, 6.0, 7.0])
    es("es_baseline", {"patience": 2, "baseline": 0.5}, [1.0, 0.9, 0.8, 0.7, 0.6],
       note="wait only resets when the value beats baseline too")
    es("es_baseline_beaten", {"patience": 2, "baseline": 0.85}, [1.0, 0.8, 0.7, 0.75, 0.76, 0.77])
    es("es_baseline_restore", {"patience": 2, "baseline": 0.1, "restore_best_weights": True},
       [1.0, 0.9, 0.95, 0.97])
    es("es_max_mode", {"monitor": "val_acc", "mode": "max", "patience": 2}, [0.5, 0.6, 0.6, 0.59, 0.7],
       key="val_acc", note="equal value is not an improvement")
    es("es_auto_unknown_metric", {"monitor": "val_foo"}, [1.0, 2.0], key="val_foo",
       note="ValueError at the end of the FIRST epoch, not at construction")
    es("es_auto_mae", {"monitor": "val_mae", "patience": 1}, [1.0, 0.5, 0.6], key="val_mae",
       note="direction from the compiled metric")
    es("es_missing_key", {"monitor": "val_loss"}, [1.0, 2.0, 3.0], key="loss",
       note="only a warning each epoch; never stops")
    es("es_nan_middle", {"patience": 2, "restore_best_weights": True}, [1.0, NAN, NAN, NAN],
       note="NaN counts as no improvement")
    es("es_nan_first", {"patience": 2}, [NAN, 0.9, 0.8, 0.7],
       note="NaN at the first epoch becomes best; every later comparison is False => stops although improving")
    es("es_no_stop_restore", {"patience": 10, "restore_best_weights": True}, [1.0, 0.5, 0.9],
       note="best weights are restored at on_train_end even when training ran to the end")


def reduce_lr_on_plateau():
    def rlr(name, config, sequence):
        drive(name, "ReduceLROnPlateau", config, sequence)

    rlr("rlr_default_patience2", {"patience": 2, "verbose": 1}, [1.0] * 6)
    rlr("rlr_factor_minlr", {"patience": 1, "factor": 0.5, "min_lr": 0.02}, [1.0] * 8)
    rlr("rlr_cooldown", {"patience": 1, "factor": 0.5, "cooldown": 2}, [1.0] * 9)
    rlr("rlr_min_delta", {"patience": 2, "min_delta": 0.1, "factor": 0.5}, [1.0, 0.95, 0.93, 0.8, 0.75, 0.72])
    rlr("rlr_nan", {"patience": 2, "factor": 0.5}, [1.0, NAN, NAN, NAN])
    rlr("rlr_patience0", {"patience": 0, "factor": 0.5}, [1.0, 0.9, 0.95])
    try:
        C.ReduceLROnPlateau(factor=1.0)
    except Exception as error:
        cases.append({"name": "rlr_factor_1", "error": f"{type(error).__name__}: {error}"})


def checkpoint(name, config, sequence, batches=None, key="val_loss"):
    folder = tempfile.mkdtemp()
    model = single_weight()
    callback = C.ModelCheckpoint(**{**config, "filepath": os.path.join(folder, config["filepath"])})
    callback.set_model(model)
    callback.set_params({})

    def times():
        return {file: os.path.getmtime(os.path.join(folder, file)) for file in os.listdir(folder)}

    out, events = io.StringIO(), []
    with contextlib.redirect_stdout(out), warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        callback.on_train_begin()
        for epoch, value in enumerate(sequence):
            callback.on_epoch_begin(epoch)
            for batch in range(batches or 0):
                before = times()
                callback.on_train_batch_end(batch, {"loss": 1.0})
                new = sorted(set(times()) - set(before))
                if new:
                    events.append({"epoch": epoch, "batch": batch, "files": new})
            before = times()
            callback.on_epoch_end(epoch, {"loss": 1.0} if value is None else {key: value})
            after = times()
            written = sorted(file for file in after if before.get(file) != after[file])
            events.append({"epoch": epoch, "value": value, "written": written})
    texts = {str(warning.message)[:200] for warning in caught}
    cases.append({
        "name": name,
        "callback": "ModelCheckpoint",
        "config": config,
        "sequence": sequence,
        "batches_per_epoch": batches,
        "events": events,
        "stdout": out.getvalue().replace(folder, "DIR"),
        "warnings": sorted(text for text in texts if "__array__" not in text),
    })


def model_checkpoint():
    best = {"filepath": "best.weights.h5", "save_weights_only": True, "save_best_only": True}
    checkpoint("mc_every_epoch",
               {"filepath": "m-{epoch:02d}-{val_loss:.2f}.weights.h5", "save_weights_only": True, "verbose": 1},
               [1.0, 0.5, 0.7])
    checkpoint("mc_best_only", {**best, "verbose": 1}, [1.0, 0.5, 0.7, 0.5, 0.4])
    checkpoint("mc_threshold", {**best, "initial_value_threshold": 0.6}, [1.0, 0.7, 0.5])
    checkpoint("mc_freq5_batches3",
               {"filepath": "m-{epoch}-{batch}.weights.h5", "save_weights_only": True, "save_freq": 5},
               [None] * 4, batches=3)
    checkpoint("mc_best_missing_monitor", {**best, "filepath": "b.weights.h5"}, [None, None])
    for config in (
        {"filepath": "a.h5", "save_weights_only": True},
        {"filepath": "a.ckpt"},
        {"filepath": "a.keras", "save_freq": "batch"},
    ):
        try:
            C.ModelCheckpoint(**config)
            text = "none"
        except Exception as error:
            text = f"{type(error).__name__}: {error}"
        cases.append({"name": "mc_invalid", "config": config, "error": text})


HOOKS = [f"on_{part}_{end}" for part in ("train", "test", "predict", "epoch") for end in ("begin", "end")]
HOOKS += [f"on_{part}_batch_{end}" for part in ("train", "test", "predict") for end in ("begin", "end")]


class Recorder(C.Callback):
    """Notes every hook with its index and the names of its logs."""

    def __init__(self):
        super().__init__()
        self.seen = []
        for name in HOOKS:
            setattr(self, name, self.noting(name))

    def noting(self, name):
        def hook(*arguments, logs=None):
            if arguments and (arguments[-1] is None or isinstance(arguments[-1], dict)):
                logs = arguments[-1]
            indices = [argument for argument in arguments if isinstance(argument, int)]
            self.seen.append([name, *indices, sorted(logs) if logs else None])

        return hook


def hook_order():
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse", metrics=["mae"])
    x = np.zeros((4, 1), "float32")

    def seen(run, **arguments):
        recorder = Recorder()
        run(batch_size=2, verbose=0, callbacks=[recorder], **arguments)
        return recorder.seen

    cases.append({
        "name": "hook_order",
        "fit(2 epochs, 2 batches, 1 val batch)": seen(
            model.fit, x=x, y=x, epochs=2, validation_data=(x[:2], x[:2])),
        "evaluate(2 batches)": seen(model.evaluate, x=x, y=x),
        "predict(2 batches)": seen(model.predict, x=x),
        "note": "[hook, index, sorted keys of logs]",
    })


def csv_logger():
    for name, arguments in (
        ("csv_noval", {}),
        ("csv_val_freq2", {"validation_split": 0.5, "validation_freq": 2}),
        ("csv_val", {"validation_split": 0.5}),
    ):
        path = os.path.join(tempfile.mkdtemp(), "log.csv")
        model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, kernel_initializer="zeros")])
        model.compile(keras.optimizers.SGD(0.1), "mse", metrics=["mae"])
        x = np.ones((4, 1), "float32")
        model.fit(x, 2 * x, batch_size=2, epochs=4, shuffle=False, verbose=0,
                  callbacks=[C.CSVLogger(path)], **arguments)
        with open(path, newline="") as file:
            cases.append({"name": name, "callback": "CSVLogger", "file": file.read()})


class Losses(C.Callback):
    def __init__(self):
        super().__init__()
        self.seen = []

    def on_train_batch_end(self, batch, logs=None):
        self.seen.append((batch, str(float(logs["loss"]))))


def not_a_number():
    x = np.ones((8, 1), "float32")
    x[4] = np.nan

    def fit(callbacks, epochs):
        model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, kernel_initializer="ones")])
        model.compile(keras.optimizers.SGD(0.1), "mse")
        out = io.StringIO()
        with contextlib.redirect_stdout(out), warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            history = model.fit(x, x, batch_size=2, epochs=epochs, shuffle=False, verbose=0, callbacks=callbacks)
        figures = {name: [str(float(value)) for value in values] for name, values in history.history.items()}
        return model, figures, out.getvalue(), [str(warning.message) for warning in caught]

    losses = Losses()
    model, figures, out, _ = fit([C.TerminateOnNaN(), losses], 3)
    cases.append({
        "name": "terminate_on_nan",
        "stdout": out,
        "batches_seen": losses.seen,
        "history": figures,
        "weights_after": str(model.get_weights()),
        "note": "stops after the NaN batch; weights are already NaN",
    })
    _, figures, out, texts = fit([], 2)
    cases.append({
        "name": "nan_without_callback",
        "history": figures,
        "stdout": out,
        "warnings": texts,
        "note": "fit finishes silently with NaN",
    })


for part in (early_stopping, reduce_lr_on_plateau, model_checkpoint, hook_order, csv_logger, not_a_number):
    part()

head = json.dumps({
    "meta": {
        "desc": "Callback state machines driven with fixed metric sequences (initial SGD lr 0.1). In drive-cases the "
        "model weight is set to the epoch index before on_epoch_end, so epoch_of_final_weights says which epoch "
        "was restored.",
        "keras": keras.__version__,
        "backend": keras.backend.backend(),
        "floatx": keras.backend.floatx(),
        "epsilon": keras.backend.epsilon(),
        "image_data_format": keras.backend.image_data_format(),
        "suggested_tol": {"rtol": 1e-4, "atol": 1e-5},
    }
}, separators=(",", ":"))
body = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
path = pathlib.Path(__file__).parent / "callbacks.json"
path.write_text(f'{head[:-1]},"cases":[\n{body}\n]}}\n')
print(f"{path.name}: {len(cases)} cases")
