"""Calls of layers by Keras: several inputs and outputs, masks, terms of the loss and gradients, for the tests of this crate.

    pip install keras==3.15.1 jax==0.10.2
    KERAS_BACKEND=jax python make_layer_calls.py

Writes layer_calls.json beside this script: float32, channels last, weights and inputs drawn from a fixed seed for each case.
`gradients` are those of `sum(output * factors) + losses`, of the inputs and of the weights that training moves.
A case that is in the file already keeps its digits where the new ones differ by rounding alone.
"""

import json
import os
import pathlib
import zlib

os.environ.setdefault("KERAS_BACKEND", "jax")

import jax
import keras
import numpy as np

K = keras.layers
cases = []


def numbers(value):
    """Nested lists with every float32 in its shortest form."""
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    if isinstance(value, dict):
        return {key: numbers(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [numbers(item) for item in value]
    array = np.asarray(value)
    if array.dtype.kind in "iub":
        return array.tolist()
    if array.ndim:
        return [numbers(row) if array.ndim > 1 else shortest(row) for row in array]
    return shortest(array[()])


def shortest(value):
    value = np.float32(value)
    return float(str(value)) if np.isfinite(value) else str(float(value)).replace("nan", "NaN")


def path(layer, weight):
    return weight.path.split("/", 1)[-1]


def case(
    name,
    layer,
    shapes,
    config,
    call=None,
    masks=None,
    inputs=None,
    training=False,
    as_list=False,
    extra=None,
    keep=(),
):
    """One call. `call` are Keras' arguments of the call, `extra` further inputs that go by name."""
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    draw = lambda shape: rng.normal(size=shape).astype("float32").round(3)
    given = dict(zip(range(len(shapes)), inputs or []))
    values = [given.get(i, None) if i in given else draw(shape) for i, shape in enumerate(shapes)]
    call = dict(call or {})
    named = {key: np.asarray(value) for key, value in (extra or {}).items()}
    if not layer.built:
        layer(values, **call) if as_list else layer(*values, **call)
    kept = [w for w in layer.weights if "seed" not in w.path]
    for weight in kept:
        if weight.path.split("/")[-1] not in keep:
            drawn = draw(weight.shape) * 0.5
            positive = "variance" in weight.path or "stddev" in weight.path
            weight.assign((np.abs(drawn) + 0.5 if positive else drawn).astype("float32").round(3))
    before = [
        {"path": path(layer, w), "shape": list(w.shape), "value": numbers(w.value)} for w in kept
    ]
    arguments = dict(call)
    if training:
        arguments["training"] = True

    def run(trainable, floats):
        tensors = [keras.ops.convert_to_tensor(x) for x in floats]
        for tensor, mask in zip(tensors, masks or []):
            if mask is not None:
                keras.src.backend.set_keras_mask(tensor, keras.ops.convert_to_tensor(np.asarray(mask)))
        others = [w.value for w in layer.non_trainable_variables]
        first = (tensors,) if as_list else tensors
        variables = list(layer.trainable_variables) + list(layer.non_trainable_variables)
        mapping = list(zip(variables, list(trainable) + others))
        # Layer.stateless_call would pass over masks and terms of the loss.
        with keras.StatelessScope(state_mapping=mapping, collect_losses=True) as scope:
            output = layer(*first, **arguments, **named)
        losses = list(scope.losses)
        others = [scope.get_current_value(w) for w in layer.non_trainable_variables]
        outputs = list(output) if isinstance(output, (list, tuple)) else [output]
        return outputs, others, losses

    trainable = [w.value for w in layer.trainable_variables]
    outputs, others, losses = run(trainable, values)
    factors = [draw(output.shape) for output in outputs]

    def total(trainable, floats):
        outputs, _, losses = run(trainable, floats)
        products = [(output * factor).sum() for output, factor in zip(outputs, factors)]
        return sum(products) + sum(losses)

    are_floats = all(np.asarray(x).dtype.kind == "f" for x in values)
    if are_floats:
        of_weights, of_inputs = jax.grad(total, argnums=(0, 1))(trainable, values)
    else:
        of_weights, of_inputs = jax.grad(total)(trainable, values), None
    entry = {
        "name": name,
        "layer": json.loads(json.dumps(keras.saving.serialize_keras_object(layer)))["class_name"],
        "config": config,
        "inputs": numbers(values),
        "weights": before,
        "outputs": numbers(outputs),
        "output_shapes": [list(output.shape[1:]) for output in outputs],
        "factors": numbers(factors),
        "gradients": {
            "inputs": numbers(of_inputs),
            "weights": [
                {"path": path(layer, w), "value": numbers(g)}
                for w, g in zip(layer.trainable_variables, of_weights)
            ],
        },
    }
    if call:
        entry["call"] = call
    if named:
        entry["named_inputs"] = numbers(named)
    if masks:
        entry["masks"] = masks
    if training:
        entry["training"] = True
        after = [
            {"path": path(layer, w), "value": numbers(value)}
            for w, value in zip(layer.non_trainable_variables, others)
            if "seed" not in w.path
        ]
        if after:
            entry["weights_after"] = after
    if losses:
        entry["loss"] = shortest(sum(losses))
    cases.append(entry)


def L(name, cls, config, *shapes, **settings):
    case(name, getattr(K, cls)(**config), shapes, config, **settings)


STEPS = [[True, True, True, False], [True, False, True, True]]
PAIR = [[True, True, False], [True, False, False]]

# Normalizations.
L("batchnorm_axis1", "BatchNormalization", {"axis": 1}, (4, 3, 2))
L("batchnorm_axis1_train", "BatchNormalization", {"axis": 1, "momentum": 0.7}, (4, 3, 2), training=True)
L("batchnorm_axis2_4d_train", "BatchNormalization", {"axis": 2}, (2, 3, 2, 2), training=True)
L("batchnorm_masked", "BatchNormalization", {}, (2, 4, 3), masks=[STEPS])
L("batchnorm_masked_train", "BatchNormalization", {"momentum": 0.8}, (2, 4, 3), masks=[STEPS], training=True)
L("batchnorm_renorm_train", "BatchNormalization", {"renorm": True, "momentum": 0.9, "renorm_momentum": 0.8}, (4, 3), training=True)
L("batchnorm_renorm_clipped_train", "BatchNormalization", {"renorm": True, "renorm_clipping": {"rmin": 0.5, "rmax": 1.2, "dmax": 0.3}, "scale": False, "center": False}, (4, 2, 3), training=True)
L("layernorm_axis1", "LayerNormalization", {"axis": 1}, (2, 3, 4))
L("layernorm_axes_apart", "LayerNormalization", {"axis": [1, 3], "epsilon": 1e-5}, (2, 3, 2, 4))
L("layernorm_no_scale", "LayerNormalization", {"scale": False}, (2, 4))
L("layernorm_rms_scaling", "LayerNormalization", {"rms_scaling": True}, (2, 3, 4))
L("groupnorm_last", "GroupNormalization", {"groups": 2}, (2, 3, 4))
L("groupnorm_axis1", "GroupNormalization", {"groups": 2, "axis": 1}, (2, 4, 3))
L("groupnorm_middle", "GroupNormalization", {"groups": 3, "axis": -2, "epsilon": 1e-4}, (2, 2, 6, 2))
L("instancenorm", "GroupNormalization", {"groups": -1, "scale": False}, (2, 2, 2, 3))
L("rmsnorm_last", "RMSNormalization", {}, (2, 3, 4))
L("rmsnorm_axes", "RMSNormalization", {"axis": [1, 2], "epsilon": 1e-3}, (2, 3, 4))
L("unitnorm_last", "UnitNormalization", {}, (2, 3, 4))
L("unitnorm_axes", "UnitNormalization", {"axis": [1, 2]}, (2, 3, 4))


def spectral(name, inner, inner_config, shape, **settings):
    iterations = settings.pop("power_iterations", 1)
    layer = K.SpectralNormalization(getattr(K, inner)(**inner_config), power_iterations=iterations)
    config = {"layer": {"class_name": inner, "config": inner_config}, "power_iterations": iterations}
    case(name, layer, [shape], config, training=True, **settings)


spectral("spectral_dense", "Dense", {"units": 3}, (2, 4))
spectral("spectral_conv2d_3", "Conv2D", {"filters": 3, "kernel_size": 2}, (1, 3, 3, 2), power_iterations=3)

# Regularization.
L("activity_regularization", "ActivityRegularization", {"l1": 0.1, "l2": 0.2}, (2, 3, 2))
L(
    "dense_activity_regularizer",
    "Dense",
    {"units": 2, "activation": "sigmoid", "activity_regularizer": "l2"},
    (3, 4),
)
L("masking", "Masking", {"mask_value": 0.5}, (2, 3, 2), inputs=[
    np.asarray([[[0.5, 0.5], [0.5, 1.0], [2.0, 0.0]], [[0.5, 0.5], [0.0, 0.0], [0.5, 0.5]]], "float32")
])

# Activations.
L("softmax_axis1", "Softmax", {"axis": 1}, (2, 3, 2))
L("softmax_axes", "Softmax", {"axis": [1, 2]}, (2, 3, 2))
L("softmax_masked", "Softmax", {}, (2, 3), masks=[PAIR])
L("softmax_mask_input", "Softmax", {"axis": 1}, (2, 3, 2), extra={"mask": [[[1, 0], [0, 0], [1, 0]], [[1, 1], [1, 0], [1, 1]]]})
L("prelu_shared", "PReLU", {"shared_axes": [1]}, (2, 3, 2))
L("leaky_relu_layer", "LeakyReLU", {"negative_slope": 0.1}, (2, 3))
L("elu_layer", "ELU", {"alpha": 0.5}, (2, 3))
for inner, inner_config in [
    ("LeakyReLU", {"negative_slope": 0.1}),
    ("ELU", {"alpha": 0.5}),
    ("ReLU", {"max_value": 0.5, "negative_slope": 0.2, "threshold": 0.1}),
    ("Softmax", {}),
]:
    activation = getattr(K, inner)(**inner_config)
    config = {"units": 3, "activation": {"class_name": inner, "config": inner_config}}
    shape = (2, 2, 4)
    name = "dense_" + inner.lower() + ("" if inner_config else "_default")
    case(name, K.Dense(3, activation=activation), [shape], config)

# Attention.
q, v, k = (2, 3, 4), (2, 4, 5), (2, 4, 6)
M = {"num_heads": 2, "key_dim": 3}
L("mha_value", "MultiHeadAttention", M, q, v)
# With a value_dim of its own Keras on JAX fails unless it computes the scores by itself.
L("mha_key", "MultiHeadAttention", {**M, "value_dim": 2, "use_bias": False}, q, v, k, call={"return_attention_scores": True})
L("mha_output_shape", "MultiHeadAttention", {**M, "output_shape": [2, 3]}, q, v)
L("mha_scores", "MultiHeadAttention", M, q, v, call={"return_attention_scores": True})
L("mha_causal", "MultiHeadAttention", M, q, q, call={"use_causal_mask": True})
L("mha_causal_across", "MultiHeadAttention", M, q, v, call={"use_causal_mask": True})
L("mha_window", "MultiHeadAttention", {**M, "sliding_window": 2}, q, v)
L("mha_gate", "MultiHeadAttention", {**M, "use_gate": True}, q, v)
L("mha_masked", "MultiHeadAttention", M, q, v, k, masks=[PAIR, STEPS, [[True, True, True, True], [True, True, False, False]]])
L("mha_masked_scores", "MultiHeadAttention", M, q, v, masks=[PAIR, STEPS], call={"return_attention_scores": True})
L("mha_nothing_counts", "MultiHeadAttention", M, q, v, masks=[None, [[True, True, True, True], [False, False, False, False]]])
SEES = [[[1, 0, 1, 1], [0, 1, 0, 0], [1, 1, 1, 0]], [[1, 1, 1, 1], [0, 0, 1, 0], [0, 1, 1, 1]]]
L("mha_attention_mask", "MultiHeadAttention", M, q, v, extra={"attention_mask": SEES})
L("mha_attention_mask_heads", "MultiHeadAttention", M, q, v, extra={"attention_mask": np.stack([SEES, np.flip(SEES, 1)], 1)}, call={"use_causal_mask": True, "return_attention_scores": True})
L("mha_all_axes", "MultiHeadAttention", M, (2, 2, 3, 4), (2, 3, 2, 4))
L("mha_one_axis", "MultiHeadAttention", {**M, "attention_axes": [2]}, (2, 2, 3, 4), (2, 2, 2, 5), call={"return_attention_scores": True})
L("mha_first_axis", "MultiHeadAttention", {**M, "attention_axes": 1}, (2, 3, 2, 4), (2, 4, 2, 5), call={"return_attention_scores": True})
L("mha_activity_regularizer", "MultiHeadAttention", {**M, "activity_regularizer": "l2"}, q, v)
G = {"head_dim": 2, "num_query_heads": 4, "num_key_value_heads": 2}
L("gqa", "GroupQueryAttention", G, q, v)
L("gqa_key_gate", "GroupQueryAttention", {**G, "use_gate": True}, q, v, k)
L("gqa_causal_scores", "GroupQueryAttention", {**G, "num_key_value_heads": 1, "use_bias": False}, q, q, call={"use_causal_mask": True, "return_attention_scores": True})
L("gqa_masked", "GroupQueryAttention", {**G, "sliding_window": 3}, q, v, masks=[PAIR, STEPS])
d = (2, 4, 4)
L("attention_key", "Attention", {}, q, v, d, as_list=True)
L("attention_scale_scores", "Attention", {"use_scale": True}, q, d, as_list=True, call={"return_attention_scores": True})
L("attention_concat", "Attention", {"score_mode": "concat", "use_scale": True}, q, d, as_list=True)
L("attention_causal_masked", "Attention", {"score_mode": "concat"}, q, d, as_list=True, masks=[PAIR, STEPS], call={"use_causal_mask": True})
L("additive", "AdditiveAttention", {}, q, d, as_list=True)
L("additive_masked_scores", "AdditiveAttention", {"use_scale": False}, q, v, d, as_list=True, masks=[PAIR, STEPS, None], call={"return_attention_scores": True})

# Projections.
L("einsum_heads", "EinsumDense", {"equation": "abc,cde->abde", "output_shape": [None, 2, 3], "bias_axes": "de"}, (2, 3, 4))
L("einsum_left", "EinsumDense", {"equation": "...x,xy->...y", "output_shape": 3, "bias_axes": "y", "activation": "tanh"}, (2, 2, 3, 4))
L("einsum_right", "EinsumDense", {"equation": "ab...,bc->ac...", "output_shape": 3, "bias_axes": "c"}, (2, 4, 3, 2))
L("einsum_batched_kernel", "EinsumDense", {"equation": "abc,bcd->abd", "output_shape": [3, 2], "bias_axes": "bd"}, (2, 3, 4))
L("einsum_contract_two", "EinsumDense", {"equation": "abcd,cde->abe", "output_shape": [None, 5]}, (2, 3, 2, 4))
R = {"input_dim": 5, "output_dim": 3}
L("reversible_embedding", "ReversibleEmbedding", R, (2, 3), inputs=[np.asarray([[0, 2, 4], [1, 1, 3]])])


def reverse(name, config):
    layer = K.ReversibleEmbedding(**config)
    layer.build()
    case(name, layer, [(2, 2, 3)], config, call={"reverse": True})


reverse("reversible_embedding_reverse", R)
reverse("reversible_embedding_untied", {**R, "tie_weights": False, "logit_soft_cap": 0.5})


def alike(one, other):
    """Whether two values differ by rounding alone."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(alike(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(alike, one, other))
    if isinstance(one, float) and isinstance(other, float):
        return abs(one - other) <= 1e-6 + 1e-5 * abs(other)
    return one == other


target = pathlib.Path(__file__).with_name("layer_calls.json")
known = {}
if target.exists():
    known = {old["name"]: old for old in json.loads(target.read_text())["cases"]}
cases = [known[c["name"]] if alike(known.get(c["name"]), c) else c for c in cases]
head = {"keras": keras.__version__, "jax": jax.__version__, "seed": "crc32 of the name"}
lines = ",\n".join(json.dumps(entry, separators=(",", ":")) for entry in cases)
target.write_text('{"meta":' + json.dumps(head) + ',"cases":[\n' + lines + "\n]}\n")
print(len(cases), "cases")
