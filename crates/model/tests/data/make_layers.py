"""Forward passes of layers by Keras, for the tests of this crate.

    pip install keras==3.15.1 jax==0.10.2
    KERAS_BACKEND=jax python make_layers.py

Writes layers.json beside this script: float32, channels last, weights drawn from a fixed seed.
A weight's path is relative to its layer. A case that is in the file already keeps its digits where the new ones
differ by rounding alone, as they do from one processor or version of XLA to the next, so that only what changed
changes. New cases come last, since all draw from one generator.
"""

import json
import os
import pathlib

os.environ.setdefault("KERAS_BACKEND", "jax")

import keras
import numpy as np

K = keras.layers
rng = np.random.default_rng(7)
cases = []


def draw(*shape):
    return rng.normal(size=shape).astype("float32").round(3)


def numbers(value):
    """Nested lists with every float32 in its shortest form."""
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, dict):
        return {key: numbers(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [numbers(item) for item in value]
    array = keras.ops.convert_to_numpy(value)
    if array.dtype.kind in "iub":
        return array.tolist()
    if array.ndim:
        return [numbers(row) if array.ndim > 1 else shortest(row) for row in array]
    return shortest(array[()])


def shortest(value):
    value = np.float32(value)
    return float(str(value)) if np.isfinite(value) else str(float(value)).replace("nan", "NaN")


def kept(layer):
    """The weights, without the states of random generators."""
    return [weight for weight in layer.weights if "seed" not in weight.path]


def path(weight):
    return weight.path.split("/", 1)[-1]


def fill(layer):
    """Gives every weight rounded values, normalizations and moving variances excepted."""
    for weight in kept(layer):
        is_norm = "moving_variance" in weight.path or "normalization" in layer.name
        if weight.dtype == "float32" and not is_norm:
            weight.assign((rng.normal(size=weight.shape) * 0.5).astype("float32").round(3))


def run(name, layer, x, note=None, cfg=None, training=None, call_kw=None, steps=1):
    inputs = x if isinstance(x, list) else [x]
    arguments = dict(call_kw or {})
    if training is not None:
        arguments["training"] = training
    try:
        layer.build([i.shape for i in x] if isinstance(x, list) else x.shape)
    except Exception:
        pass
    if not layer.built:
        layer(x, **({} if training is None else {"training": False}))
    fill(layer)
    before = [
        {"path": path(w), "shape": list(w.shape), "value": numbers(w.value)} for w in kept(layer)
    ]
    outputs = [layer(x, **arguments) for _ in range(steps)]
    first = outputs[0]
    several = isinstance(first, (list, tuple))
    case = {
        "name": name,
        "layer": type(layer).__name__,
        "config": cfg or {},
        "input": numbers(x),
        "input_dtype": str(inputs[0].dtype),
        "weights": before,
        "output": numbers(list(first)) if several else numbers(first),
        "output_shape": list((outputs[-1][0] if several else first).shape),
    }
    if training is not None:
        case["training"] = training
    if call_kw:
        case["call"] = {k: numbers(v) if hasattr(v, "shape") else v for k, v in call_kw.items()}
    after = [{"path": path(w), "value": numbers(w.value)} for w in kept(layer)]
    if any(a["value"] != b["value"] for a, b in zip(after, before)):
        case["weights_after"] = after
        case["steps"] = steps
        case["outputs_each_step"] = [numbers(output) for output in outputs]
    if note:
        case["note"] = note
    cases.append(case)


def L(name, cls, cfg, x, **settings):
    run(name, getattr(K, cls)(**cfg), x, cfg=cfg, **settings)

x2 = draw(3, 4)
L('dense', 'Dense', {'units': 3}, x2, note='y = x @ kernel + bias, kernel shape (in,out)')
for a in ['relu', 'sigmoid', 'softmax', 'tanh']:
    L('dense_' + a, 'Dense', {'units': 3, 'activation': a}, x2)
L('dense_nobias', 'Dense', {'units': 2, 'use_bias': False}, x2)
L('dense_3d', 'Dense', {'units': 2}, draw(2, 3, 4), note='rank 3: applied on the last axis')
img = draw(2, 5, 5, 2)
L(
    'conv2d_valid',
    'Conv2D',
    {'filters': 3, 'kernel_size': 3},
    img,
    note='channels_last; kernel (kh,kw,in,out); cross-correlation',
)
L(
    'conv2d_same_s2',
    'Conv2D',
    {'filters': 2, 'kernel_size': 3, 'strides': 2, 'padding': 'same', 'activation': 'relu'},
    img,
    note='SAME: total pad = max((ceil(n/s)-1)*s+k-n,0), extra pixel at the END',
)
img6 = draw(1, 6, 6, 2)
L(
    'conv2d_same_s2_even',
    'Conv2D',
    {'filters': 1, 'kernel_size': 3, 'strides': 2, 'padding': 'same'},
    img6,
    note='asymmetric SAME padding (0 before, 1 after) differs from PyTorch padding=1',
)
L(
    'conv2d_dilated',
    'Conv2D',
    {'filters': 1, 'kernel_size': 2, 'dilation_rate': 2, 'padding': 'same'},
    img6,
)
L('conv2d_groups', 'Conv2D', {'filters': 2, 'kernel_size': 2, 'groups': 2}, img6)
L('conv1d_causal', 'Conv1D', {'filters': 2, 'kernel_size': 3, 'padding': 'causal'}, draw(1, 5, 2))
L(
    'conv1d_same',
    'Conv1D',
    {'filters': 2, 'kernel_size': 4, 'padding': 'same', 'strides': 2},
    draw(1, 6, 2),
)
L('conv3d', 'Conv3D', {'filters': 1, 'kernel_size': 2}, draw(1, 3, 3, 3, 1))
L(
    'depthwise_conv2d',
    'DepthwiseConv2D',
    {'kernel_size': 3, 'depth_multiplier': 2},
    draw(1, 4, 4, 2),
)
L(
    'separable_conv2d',
    'SeparableConv2D',
    {'filters': 3, 'kernel_size': 3, 'padding': 'same'},
    draw(1, 4, 4, 2),
)
L(
    'conv2d_transpose_valid',
    'Conv2DTranspose',
    {'filters': 2, 'kernel_size': 3, 'strides': 2},
    draw(1, 3, 3, 1),
    note='kernel shape (kh,kw,out,in)',
)
L(
    'conv2d_transpose_same',
    'Conv2DTranspose',
    {'filters': 1, 'kernel_size': 3, 'strides': 2, 'padding': 'same'},
    draw(1, 3, 3, 2),
)
p = draw(1, 5, 5, 2)
L('maxpool2d', 'MaxPooling2D', {}, p, note='pool 2, strides default to pool size, valid -> 5->2')
L('maxpool2d_same', 'MaxPooling2D', {'pool_size': 2, 'padding': 'same'}, p)
L('maxpool2d_3s2', 'MaxPooling2D', {'pool_size': 3, 'strides': 2, 'padding': 'same'}, p)
L(
    'avgpool2d_same',
    'AveragePooling2D',
    {'pool_size': 2, 'padding': 'same'},
    p,
    note='padded cells are NOT counted in the mean',
)
L('maxpool1d', 'MaxPooling1D', {}, draw(1, 5, 2))
L('gap2d', 'GlobalAveragePooling2D', {}, p)
L('gmp2d_keepdims', 'GlobalMaxPooling2D', {'keepdims': True}, p)
L('gap1d', 'GlobalAveragePooling1D', {}, draw(2, 3, 2))
L(
    'gap1d_masked',
    'GlobalAveragePooling1D',
    {},
    draw(2, 3, 2),
    call_kw={'mask': np.array([[True, True, False], [True, False, False]])},
)
b = draw(4, 3) * 2 + 1
L(
    'batchnorm_infer',
    'BatchNormalization',
    {},
    b,
    training=False,
    note='(x-0)/sqrt(1+1e-3) with initial moving stats',
)
L(
    'batchnorm_train_x3',
    'BatchNormalization',
    {},
    b,
    training=True,
    steps=3,
    note='biased (population) variance both for normalising and for the moving variance; moving = 0.99*moving+0.01*batch',
)
L(
    'batchnorm_train_mom0.5_4d',
    'BatchNormalization',
    {'momentum': 0.5, 'epsilon': 1e-05},
    draw(2, 2, 2, 2),
    training=True,
    steps=2,
)
ln = draw(2, 4)
L('layernorm', 'LayerNormalization', {}, ln, note='eps 1e-3')
L('layernorm_axes', 'LayerNormalization', {'axis': [1, 2]}, draw(2, 2, 3))
L('groupnorm', 'GroupNormalization', {'groups': 2}, draw(2, 3, 4))
L('rmsnorm', 'RMSNormalization', {}, ln)
L('unitnorm', 'UnitNormalization', {}, ln)
L('embedding', 'Embedding', {'input_dim': 5, 'output_dim': 3}, np.array([[0, 2], [4, 1]], 'int32'))
s = draw(2, 4, 3)
L('simple_rnn', 'SimpleRNN', {'units': 2}, s)
L('lstm_last', 'LSTM', {'units': 2}, s, note='gate order in kernel columns: i,f,c,o')
L('lstm_seq', 'LSTM', {'units': 2, 'return_sequences': True}, s)
L('lstm_state', 'LSTM', {'units': 2, 'return_state': True}, s, note='outputs [y, h, c]')
L(
    'lstm_backwards',
    'LSTM',
    {'units': 2, 'go_backwards': True, 'return_sequences': True},
    s,
    note='output sequence is in reversed time order',
)
L(
    'lstm_masked',
    'LSTM',
    {'units': 2, 'return_sequences': True},
    s,
    call_kw={'mask': np.array([[True, True, False, False], [True, True, True, True]])},
    note='masked step: state carried over, output repeats previous output',
)
L(
    'gru_last',
    'GRU',
    {'units': 2},
    s,
    note='reset_after=True: gate order z,r,h; bias shape (2,3*units)',
)
L('gru_seq', 'GRU', {'units': 2, 'return_sequences': True}, s)
L('gru_reset_before', 'GRU', {'units': 2, 'reset_after': False}, s, note='bias shape (3*units,)')
run(
    'bidirectional_lstm',
    K.Bidirectional(K.LSTM(2, return_sequences=True)),
    s,
    cfg={'layer': 'LSTM(2,return_sequences=True)', 'merge_mode': 'concat'},
)
run('time_distributed_dense', K.TimeDistributed(K.Dense(2)), s, cfg={'layer': 'Dense(2)'})
q = draw(1, 3, 4)
v = draw(1, 2, 4)
m = K.MultiHeadAttention(num_heads=2, key_dim=2)
m(q, v)
for w in m.weights:
    if 'seed' not in w.path:
        w.assign((rng.normal(size=w.shape) * 0.5).astype('float32').round(3))
o, sc = m(q, v, return_attention_scores=True)
oc = m(q, q, use_causal_mask=True)
cases.append(
    {'name': 'mha', 'layer': 'MultiHeadAttention', 'config': {'num_heads': 2, 'key_dim': 2}, 'query': numbers(q), 'value': numbers(v), 'weights': [{'path': w.path, 'shape': list(w.shape), 'value': numbers(w.value)} for w in m.weights if 'seed' not in w.path], 'output': numbers(o), 'attention_scores': numbers(sc), 'output_self_causal': numbers(oc), 'note': 'call(query,value), key=value; scale 1/sqrt(key_dim)'},
)
run('attention_dot', K.Attention(), [q, v], cfg={})
f = np.arange(12, dtype='float32').reshape(1, 2, 3, 2)
L(
    'flatten',
    'Flatten',
    {},
    f,
    note='channels_last row-major order; 1-D per-sample input (N,) -> (N,1)',
)
L('reshape_-1', 'Reshape', {'target_shape': [3, -1]}, f)
L('permute', 'Permute', {'dims': [2, 1, 3]}, f)
L('repeat_vector', 'RepeatVector', {'n': 2}, x2)
L('zeropad2d', 'ZeroPadding2D', {'padding': [[1, 0], [0, 2]]}, f)
L('crop2d', 'Cropping2D', {'cropping': [[1, 0], [0, 1]]}, f)
L('upsample2d', 'UpSampling2D', {}, f)
L('upsample2d_bilinear', 'UpSampling2D', {'interpolation': 'bilinear'}, f)
L('rescaling', 'Rescaling', {'scale': 1 / 255.0, 'offset': -0.5}, f)
L('softmax', 'Softmax', {}, x2)
L('leaky_relu', 'LeakyReLU', {}, x2, note='negative_slope 0.3')
L('elu', 'ELU', {}, x2)
L('relu_max', 'ReLU', {'max_value': 0.8, 'threshold': 0.1, 'negative_slope': 0.2}, x2)
L('prelu', 'PReLU', {}, x2)
L('dropout_infer', 'Dropout', {'rate': 0.5}, x2, training=False)
for c, ax in [('Add', {}), ('Subtract', {}), ('Multiply', {}), ('Average', {}), ('Maximum', {}), ('Minimum', {}), ('Concatenate', {}), ('Dot', {'axes': 1})]:
    run('merge_' + c.lower(), getattr(K, c)(**ax), [draw(2, 3), draw(2, 3)], cfg=ax)
n = K.Normalization()
nd = draw(6, 3) * 3 + 2
n.adapt(nd)
cases.append(
    {'name': 'normalization_adapt', 'layer': 'Normalization', 'config': {}, 'adapt_data': numbers(nd), 'mean': numbers(n.mean), 'variance': numbers(n.variance), 'input': numbers(nd[:2]), 'output': numbers(n(nd[:2])), 'note': '(x-mean)/max(sqrt(var),1e-7), population variance'},
)
L(
    'discretization',
    'Discretization',
    {'bin_boundaries': [0.0, 1.0, 2.0]},
    np.array([[-1.0, 0.0, 0.5], [1.0, 1.5, 9.0]], 'float32'),
    note='bins (-inf,0),[0,1),[1,2),[2,inf)',
)
for mode in ['one_hot', 'multi_hot', 'count']:
    L(
        'category_encoding_' + mode,
        'CategoryEncoding',
        {'num_tokens': 4, 'output_mode': mode},
        np.array([[0, 1, 1], [3, 2, 0]], 'int32') if mode != 'one_hot' else np.array([0, 3, 1], 'int32'),
    )
acts = {}
ax = np.array([-3.0, -1.5, -1.0, -0.5, -0.0, 0.0, 0.3, 0.5, 1.0, 2.5, 7.0], 'float32')
for a in sorted(['relu', 'relu6', 'sigmoid', 'hard_sigmoid', 'tanh', 'hard_tanh', 'softplus', 'softsign', 'elu', 'selu', 'celu', 'gelu', 'silu', 'swish', 'mish', 'exponential', 'linear', 'leaky_relu', 'log_sigmoid', 'hard_swish', 'hard_silu', 'tanh_shrink', 'soft_shrink', 'hard_shrink', 'squareplus', 'sparse_plus', 'threshold', 'glu', 'log_softmax', 'softmax', 'sparsemax', 'sparse_sigmoid']):
    fn = keras.activations.get(a)
    try:
        if a == 'threshold':
            y = fn(ax, 0.5, -1.0)
        elif a in ('glu',):
            y = fn(ax[:10])
        elif a in ('softmax', 'log_softmax', 'sparsemax'):
            y = fn(ax[None])[0]
        else:
            y = fn(ax)
        acts[a] = numbers(y)
    except Exception as e:
        acts[a] = 'ERR ' + str(e)[:80]
acts['gelu_approximate'] = numbers(keras.activations.gelu(ax, approximate=True))

golden = {
    "meta": {
        "desc": "Layer forward passes with fixed weights (channels_last, float32). weights[].path is relative to the layer.",
        "keras": keras.__version__,
        "backend": keras.backend.backend(),
        "floatx": keras.backend.floatx(),
        "epsilon": keras.backend.epsilon(),
        "image_data_format": keras.backend.image_data_format(),
        "suggested_tol": {"rtol": 1e-4, "atol": 1e-5},
    },
    "activations": {
        "input": numbers(ax),
        "note": "glu uses input[:10]; threshold(x,0.5,-1)",
        "values": acts,
    },
}


def is_alike(one, other):
    """Whether two values are the same but for what rounding changes."""
    if isinstance(one, float) and isinstance(other, float):
        return abs(one - other) <= 1e-6 + 1e-5 * abs(other)
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(is_alike(one[key], other[key]) for key in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(is_alike, one, other))
    return one == other


def settled(golden, cases):
    """The new values, with those of the file where they are alike."""
    golden, cases = json.loads(json.dumps([golden, cases]))
    if not file.exists():
        return golden, cases
    earlier = json.loads(file.read_text())
    values = earlier["activations"]["values"]
    new = golden["activations"]["values"]
    for name in new:
        if name in values and is_alike(new[name], values[name]):
            new[name] = values[name]
    by_name = {case["name"]: case for case in earlier["cases"]}
    known = [by_name.get(case["name"]) for case in cases]
    return golden, [old if old and is_alike(case, old) else case for case, old in zip(cases, known)]


file = pathlib.Path(__file__).with_name("layers.json")
golden, cases = settled(golden, cases)
# One case a line.
head = json.dumps(golden, separators=(",", ":"))[:-1]
lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
file.write_text(f'{head},"cases":[\n{lines}\n]}}\n')
