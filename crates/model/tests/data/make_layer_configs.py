"""Writes layer_configs.json: layers as Keras serializes them, with all that it writes into a config.

    KERAS_BACKEND=jax python3 make_layer_configs.py > layer_configs.json     # keras 3.15, jax
"""

import json
import sys

import keras
from keras import layers

LAYERS = [
    layers.Activation("relu"),
    layers.AveragePooling1D(3, strides=1, padding="same"),
    layers.AveragePooling2D((2, 3)),
    layers.BatchNormalization(momentum=0.9),
    layers.Conv1D(4, 3, padding="same", activation="tanh", kernel_regularizer="l2"),
    layers.Conv2D(4, (3, 2), strides=2, padding="same", kernel_constraint=keras.constraints.MaxNorm(3)),
    layers.Cropping2D(((1, 2), (3, 4))),
    layers.Dense(5, activation="softmax", name="top", kernel_initializer=keras.initializers.HeNormal(seed=3)),
    layers.Dropout(0.25, seed=1),
    layers.ELU(alpha=0.5),
    layers.Embedding(8, 3, mask_zero=True),
    layers.Flatten(),
    layers.GaussianNoise(0.1),
    layers.GlobalAveragePooling1D(),
    layers.GlobalAveragePooling2D(keepdims=True),
    layers.GlobalMaxPooling1D(),
    layers.GlobalMaxPooling2D(),
    layers.LayerNormalization(),
    layers.LeakyReLU(negative_slope=0.1),
    layers.MaxPooling1D(2),
    layers.MaxPooling2D(2, padding="same"),
    layers.PReLU(shared_axes=None),
    layers.Permute((2, 1)),
    layers.ReLU(max_value=6.0),
    layers.RepeatVector(3),
    layers.Rescaling(1 / 255),
    layers.Reshape((4, 2)),
    layers.Softmax(),
    layers.SpatialDropout2D(0.5),
    layers.UpSampling2D(2),
    layers.ZeroPadding2D(1),
    layers.Add(),
    layers.Average(),
    layers.Concatenate(axis=1),
    layers.Dot(axes=(1, 2), normalize=True),
    layers.Maximum(),
    layers.Minimum(),
    layers.Multiply(),
    layers.Subtract(),
    layers.ActivityRegularization(l1=0.1, l2=0.2),
    layers.AdditiveAttention(dropout=0.1),
    layers.AlphaDropout(0.1, noise_shape=(None, 1)),
    layers.Attention(use_scale=True, score_mode="concat", seed=2),
    layers.EinsumDense("abc,cd->abd", (None, 3), bias_axes="d"),
    layers.GaussianDropout(0.1),
    layers.GroupNormalization(groups=2),
    layers.GroupQueryAttention(2, 4, 2),
    layers.Identity(),
    layers.Masking(mask_value=-1.0),
    layers.MultiHeadAttention(2, 3, attention_axes=(1,)),
    layers.RMSNormalization(epsilon=0.001),
    layers.ReversibleEmbedding(8, 3, logit_soft_cap=30.0),
    layers.SpatialDropout1D(0.5),
    layers.SpatialDropout3D(0.5),
    layers.SpectralNormalization(layers.Dense(3, activation=layers.LeakyReLU(0.1), name="inner"), power_iterations=2),
    layers.UnitNormalization(axis=1),
    layers.Dense(2, activity_regularizer="l2", name="sparse"),
    layers.Normalization(mean=[1.0, 2.0], variance=[4.0, 9.0]),
    layers.Dense(2, trainable=False),
]
REFUSED = {
    "dtype": [layers.Dense(2, dtype="float16"), layers.Flatten(dtype="mixed_float16")],
    "data_format": [layers.Conv2D(2, 3, data_format="channels_first")],
    "activity_regularizer": [layers.Flatten(activity_regularizer="l2")],
}

written = {
    "keras": keras.__version__,
    "layers": [layers.serialize(layer) for layer in LAYERS],
    "refused": {field: [layers.serialize(layer) for layer in refused] for field, refused in REFUSED.items()},
}
json.dump(written, sys.stdout, indent=1)
print()
