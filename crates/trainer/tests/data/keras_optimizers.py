"""Writes keras_optimizers.json: what keras.optimizers.serialize says of optimizers, beside their texts and rates.

pip install keras==3.15.1 jax; KERAS_BACKEND=jax python keras_optimizers.py
Nothing is random in it, hence no seed.
"""

import json
import pathlib

import keras

optimizers = keras.optimizers
schedules = keras.optimizers.schedules
cases = [
    ("sgd", "constant:0.01", optimizers.SGD()),
    (
        "sgd:momentum=0.9:nesterov",
        "cosine-decay:0.1:decay_steps=100",
        optimizers.SGD(schedules.CosineDecay(0.1, 100), momentum=0.9, nesterov=True, name="mine"),
    ),
    ("adam", "constant:0.001", optimizers.Adam()),
    (
        "adam:beta_1=0.8:beta_2=0.99:epsilon=1e-5:amsgrad:weight_decay=0.01:clipnorm=1",
        "exponential-decay:0.1:decay_steps=1000:decay_rate=0.9:staircase",
        optimizers.Adam(
            schedules.ExponentialDecay(0.1, 1000, 0.9, staircase=True),
            beta_1=0.8,
            beta_2=0.99,
            epsilon=1e-5,
            amsgrad=True,
            weight_decay=0.01,
            clipnorm=1.0,
        ),
    ),
    ("adamw", "constant:0.001", optimizers.AdamW()),
    (
        "adamw:weight_decay=0.1:global_clipnorm=2",
        "constant:0.5",
        optimizers.AdamW(0.5, weight_decay=0.1, global_clipnorm=2.0),
    ),
    ("rmsprop", "constant:0.001", optimizers.RMSprop()),
    (
        "rmsprop:rho=0.8:momentum=0.5:centered:clipvalue=0.5",
        "constant:0.001",
        optimizers.RMSprop(rho=0.8, momentum=0.5, centered=True, clipvalue=0.5),
    ),
    ("adagrad", "constant:0.001", optimizers.Adagrad()),
    (
        "adagrad:initial_accumulator_value=0.5:gradient_accumulation_steps=4",
        "constant:0.001",
        optimizers.Adagrad(initial_accumulator_value=0.5, gradient_accumulation_steps=4),
    ),
    ("adadelta", "constant:0.001", optimizers.Adadelta()),
    ("adadelta:rho=0.9:epsilon=1e-6", "constant:1", optimizers.Adadelta(1.0, rho=0.9, epsilon=1e-6)),
    ("adamax", "constant:0.001", optimizers.Adamax()),
    ("nadam", "constant:0.001", optimizers.Nadam()),
    ("nadam:ema_momentum=0.99", "constant:0.001", optimizers.Nadam(use_ema=True)),
    ("lion", "constant:0.001", optimizers.Lion()),
    (
        "lion:beta_2=0.95:ema_momentum=0.9:ema_overwrite_frequency=10",
        "constant:0.001",
        optimizers.Lion(beta_2=0.95, use_ema=True, ema_momentum=0.9, ema_overwrite_frequency=10),
    ),
    ("lamb:beta_2=0.99", "constant:0.001", optimizers.Lamb(beta_2=0.99)),
    ("adafactor", "constant:0.001", optimizers.Adafactor()),
    (
        "adafactor:beta_2_decay=-0.5:epsilon_1=1e-20:epsilon_2=0.01:clip_threshold=2:relative_step=false",
        "constant:0.001",
        optimizers.Adafactor(
            beta_2_decay=-0.5, epsilon_1=1e-20, epsilon_2=0.01, clip_threshold=2.0, relative_step=False
        ),
    ),
    ("ftrl", "constant:0.001", optimizers.Ftrl()),
    (
        "ftrl:learning_rate_power=-0.8:initial_accumulator_value=0.5:l1_regularization_strength=0.3:"
        "l2_regularization_strength=0.1:l2_shrinkage_regularization_strength=0.05:beta=0.2",
        "constant:0.5",
        optimizers.Ftrl(
            0.5,
            learning_rate_power=-0.8,
            initial_accumulator_value=0.5,
            l1_regularization_strength=0.3,
            l2_regularization_strength=0.1,
            l2_shrinkage_regularization_strength=0.05,
            beta=0.2,
        ),
    ),
    ("schedule_free_adamw", "constant:0.0025", optimizers.ScheduleFreeAdamW()),
    ("schedule_free_adamw:warmup_steps=10", "constant:0.1", optimizers.ScheduleFreeAdamW(0.1, warmup_steps=10)),
    ("muon", "constant:0.001", optimizers.Muon()),
    (
        "muon:momentum=0.5:nesterov=false:ns_steps=3:muon_a=3:muon_b=-4:muon_c=2:rms_rate=0:adam_lr_ratio=0.1:"
        "adam_beta_1=0.8:adam_beta_2=0.9:adam_weight_decay=0.2:epsilon=1e-3:weight_decay=0.1",
        "constant:0.001",
        optimizers.Muon(
            momentum=0.5,
            nesterov=False,
            ns_steps=3,
            muon_a=3.0,
            muon_b=-4.0,
            muon_c=2.0,
            rms_rate=None,
            adam_lr_ratio=0.1,
            adam_beta_1=0.8,
            adam_beta_2=0.9,
            adam_weight_decay=0.2,
            epsilon=1e-3,
            weight_decay=0.1,
        ),
    ),
]
golden = {
    "made_by": f"keras {keras.__version__}",
    "cases": [
        {"text": text, "rate": rate, "keras": optimizers.serialize(optimizer)} for text, rate, optimizer in cases
    ],
    "refused": optimizers.serialize(optimizers.Adam(loss_scale_factor=2.0)),
}
path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps(golden, indent=1) + "\n")
