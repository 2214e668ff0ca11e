"""Scores of regressions by scikit-learn and numpy in double precision, for the tests of this crate.

    pip install scikit-learn
    python make_regression_scores.py

Writes regression_scores.json beside this script: the result after each batch of all rows so far. The numbers
are those that single precision can hold, seed 11. A score that scikit-learn calls undefined is "NaN".
"""

import json
import pathlib
import warnings

import numpy as np
import sklearn
from sklearn.metrics import r2_score

warnings.simplefilter("ignore")
rng = np.random.default_rng(11)


def single(values):
    return np.asarray(values, "float32").astype("float64")


def numbers(values):
    if isinstance(values, list):
        return [numbers(value) for value in values]
    values = float(values)
    return "NaN" if np.isnan(values) else values


def pearson(y, q):
    """The mean over the rows."""
    return np.mean([np.corrcoef(a, b)[0, 1] for a, b in zip(y, q)])


def concordance(y, q):
    """The mean over the rows, with Keras' epsilon in the denominator."""
    covariance = np.mean((y - y.mean(1, keepdims=True)) * (q - q.mean(1, keepdims=True)), 1)
    norm = y.var(1) + q.var(1) + (y.mean(1) - q.mean(1)) ** 2 + 1e-7
    return np.mean(2 * covariance / norm)


cases = []


def add(name, metric, score, y, q, cuts, weights=None, config=None):
    y, q = single(y), single(q)
    weights = None if weights is None else single(weights)
    batches, results = [], []
    for begin, end in zip([0] + cuts, cuts + [len(y)]):
        batch = {"y_true": numbers(y[begin:end].tolist()), "y_pred": numbers(q[begin:end].tolist())}
        if weights is not None:
            batch["sample_weight"] = numbers(weights[begin:end].tolist())
        batches.append(batch)
        results.append(numbers(score(y[:end], q[:end], None if weights is None else weights[:end])))
    case = {"name": name, "metric": metric, "config": config or {}, "direction": "up"}
    cases.append(case | {"batches": batches, "result_after_each_batch": results})


def r2(multioutput="uniform_average"):
    def score(y, q, weights):
        scores = r2_score(y, q, sample_weight=weights, multioutput=multioutput)
        return scores.tolist() if multioutput == "raw_values" else scores

    return score


y = rng.normal(size=(24, 1))
q = y + 0.25 * rng.normal(size=(24, 1))
for exponent in [None, 0, 1, 2, 3, 4, 5, 6, 7]:
    offset = 0 if exponent is None else 10.0**exponent
    add(f"r2_offset_{offset:.0e}", "R2Score", r2(), y + offset, q + offset, [7, 8, 20])
# What single precision can hold of differences of 100 at 1e8 are steps of 8.
add("r2_offset_1e+08", "R2Score", r2(), 100 * y + 1e8, 100 * q + 1e8, [7, 8, 20])
add("r2_offset_-1e+08", "R2Score", r2(), 100 * y - 1e8, 100 * q - 1e8, [1, 2, 3])
add("r2_a_batch", "R2Score", r2(), y + 2000, q + 2000, [])
weights = rng.uniform(0, 3, 24)
weights[[0, 9]] = 0
add("r2_weights", "R2Score", r2(), y + 1e5, q + 1e5, [7, 8, 20], weights)
far = np.vstack([[[1e9]], y[1:] + 5])
add("r2_an_outlier_of_no_weight", "R2Score", r2(), far, q + 5, [7, 20], weights)
outlier = np.vstack([[[4000.0]], y[1:]])
add("r2_an_outlier", "R2Score", r2(), outlier, outlier + 0.5, [7, 20])
add("r2_huge", "R2Score", r2(), 1e25 * y, 1e25 * q, [7, 20])
add("r2_tiny", "R2Score", r2(), 1e-28 * y, 1e-28 * q, [7, 20])
add("r2_batches_far_apart", "R2Score", r2(), y + np.repeat([[0], [3e6]], 12, 0), q, [12])
three = np.hstack([y + 1e6, 20 * q, 0 * y + 3])
answers = np.hstack([q + 1e6, 19 * y, 0 * y + 3])
for aggregation, multioutput in [
    ("none", "raw_values"),
    ("uniform_average", "uniform_average"),
    ("variance_weighted_average", "variance_weighted"),
]:
    config = {"class_aggregation": aggregation}
    add(f"r2_{aggregation}", "R2Score", r2(multioutput), three, answers, [7, 8, 20], None, config)
add("r2_constant_missed", "R2Score", r2(), 0 * y + 1e6, q + 1e6, [3, 4])
add("r2_constant_hit", "R2Score", r2(), 0 * y + 0.1, 0 * y + 0.1, [3, 4])
add("r2_constant_at_first", "R2Score", r2(), np.vstack([0 * y[:12] + 7, y[12:] + 7]), q + 7, [3, 12])
add("r2_a_single_row", "R2Score", r2(), y[:1], q[:1], [])
add("r2_rows_of_one", "R2Score", r2(), y[:3] + 1e4, q[:3] + 1e4, [1, 2])

rows = rng.normal(size=(6, 5))
others = rows + 0.5 * rng.normal(size=(6, 5))
for offset in [0, 10, 1e3, 1e5, 1e6]:
    pair = (rows + offset, others + offset)
    add(f"pearson_offset_{offset:.0e}", "PearsonCorrelation", lambda y, q, _: pearson(y, q), *pair, [2, 5])
    add(f"concordance_offset_{offset:.0e}", "ConcordanceCorrelation", lambda y, q, _: concordance(y, q), *pair, [2, 5])
pair = (100 * rows + 1e8, 100 * others + 1e8)
add("pearson_offset_1e+08", "PearsonCorrelation", lambda y, q, _: pearson(y, q), *pair, [2, 5])
add("concordance_offset_1e+08", "ConcordanceCorrelation", lambda y, q, _: concordance(y, q), *pair, [2, 5])
for scale in [1e25, 1e-28]:
    pair = (scale * rows, scale * others)
    add(f"pearson_scale_{scale:.0e}", "PearsonCorrelation", lambda y, q, _: pearson(y, q), *pair, [2, 5])

meta = {
    "desc": "Scores of all rows so far, after each batch.",
    "scikit-learn": sklearn.__version__,
    "numpy": np.__version__,
    "seed": 11,
}
compact = {"separators": (",", ":")}
lines = ",\n".join(json.dumps(case, **compact) for case in cases)
text = f'{{"meta":{json.dumps(meta, **compact)},"cases":[\n{lines}\n]}}\n'
pathlib.Path(__file__).with_name("regression_scores.json").write_text(text)
