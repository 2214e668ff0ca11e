"""Losses of pairs of samples, for the tests of this crate: written out in loops, in double precision.

    pip install numpy
    python make_pair_losses.py

Writes pair_losses.json beside this script, in the form of losses.json. Keras has none of these losses; the
definitions are those of the papers and of TensorFlow Addons, which the losses' documentation names. Gradients are
central differences. Nothing is drawn at random.
"""

import json
import math
import pathlib

import numpy as np


def length(vector):
    return math.sqrt(sum(x * x for x in vector))


def distance(metric, a, b):
    if metric == "angular":
        return 1.0 - np.dot(a, b) / (length(a) * length(b))
    d = length(a - b)
    return d if metric == "L2" else d * d


def distances(metric, embeddings):
    return [[distance(metric, a, b) if a is not b else 0.0 for b in embeddings] for a in embeddings]


def triplet_hard(labels, embeddings, margin=1.0, soft=False, distance_metric="L2"):
    d = distances(distance_metric, embeddings)
    values = []
    for a in range(len(labels)):
        positives = [d[a][p] for p in range(len(labels)) if p != a and labels[p] == labels[a]]
        negatives = [d[a][n] for n in range(len(labels)) if labels[n] != labels[a]]
        excess = max(positives, default=0.0) - min(negatives, default=max(d[a]))
        values.append(math.log1p(math.exp(excess)) if soft else max(excess + margin, 0.0))
    return values


def triplet_semi_hard(labels, embeddings, margin=1.0, distance_metric="L2"):
    d = distances(distance_metric, embeddings)
    total, pairs = 0.0, 0
    for a in range(len(labels)):
        negatives = [d[a][n] for n in range(len(labels)) if labels[n] != labels[a]]
        for p in range(len(labels)):
            if p == a or labels[p] != labels[a]:
                continue
            outside = [other for other in negatives if other > d[a][p]]
            chosen = min(outside) if outside else max(negatives, default=0.0)
            total += max(d[a][p] - chosen + margin, 0.0)
            pairs += 1
    return total / max(pairs, 1)


def supervised_contrastive(labels, embeddings, temperature=1.0, remove_diagonal=True):
    """Values, None for an embedding that does not count."""
    units = [e / length(e) for e in embeddings]
    values = []
    for i in range(len(labels)):
        others = [j for j in range(len(labels)) if j != i or not remove_diagonal]
        positives = [j for j in others if labels[j] == labels[i]]
        if not positives:
            values.append(None)
            continue
        logits = {j: np.dot(units[i], units[j]) / temperature for j in others}
        total = math.log(sum(math.exp(logit) for logit in logits.values()))
        values.append(-sum(logits[j] - total for j in positives) / len(positives))
    return values


def contrastive(targets, outputs, margin=1.0):
    return [
        np.mean([(1 - t) * d**2 + t * max(margin - d, 0.0) ** 2 for t, d in zip(row, answers)])
        for row, answers in zip(targets, outputs)
    ]


LOSSES = {
    "TripletHard": triplet_hard,
    "TripletSemiHard": triplet_semi_hard,
    "SupervisedContrastive": supervised_contrastive,
    "Contrastive": contrastive,
}


def mean(values):
    if isinstance(values, float):
        return values
    counted = [value for value in values if value is not None]
    return sum(counted) / len(counted) if counted else 0.0


def rounded(value):
    return [rounded(one) for one in value] if isinstance(value, (list, np.ndarray)) else float(f"{value:.9g}")


cases = []


def case(loss, config, targets, outputs, name):
    outputs = np.asarray(outputs, "float64")

    def of(outputs):
        return LOSSES[loss](targets, outputs, **config)

    values = of(outputs)
    gradient = np.zeros_like(outputs)
    step = 1e-6
    for place in np.ndindex(*outputs.shape):
        shift = np.zeros_like(outputs)
        shift[place] = step
        gradient[place] = (mean(of(outputs + shift)) - mean(of(outputs - shift))) / (2 * step)
    if not isinstance(values, float):
        values = [0.0 if value is None else value for value in values]
    total = values if isinstance(values, float) else sum(values)
    cases.append(
        {
            "name": name,
            "loss": loss,
            "config": config,
            "y_true": targets,
            "y_pred": rounded(outputs),
            "per_sample": rounded(values),
            "mean": rounded(mean(of(outputs))),
            "sum": rounded(total),
            "grad_mean_wrt_y_pred": rounded(gradient),
        }
    )


labels = [3, 3, 8, 8, 3, 8, 1]
embeddings = [
    [0.31, 1.23, -0.52],
    [0.94, 0.71, -0.17],
    [-0.63, 0.42, 0.83],
    [0.26, -0.34, 1.12],
    [-0.11, 0.85, 0.64],
    [1.43, -0.97, 0.29],
    [0.57, 0.49, 0.13],
]
for loss in ["TripletHard", "TripletSemiHard"]:
    for metric in ["L2", "squared-L2", "angular"]:
        case(loss, {"distance_metric": metric}, labels, embeddings, f"{loss}_{metric}")
    case(loss, {"margin": 0.2}, labels, embeddings, f"{loss}_margin")
    case(loss, {}, [1, 2, 3], embeddings[:3], f"{loss}_no_pair")
    case(loss, {}, [1, 1, 1], embeddings[:3], f"{loss}_one_label")
case("TripletHard", {"soft": True}, labels, embeddings, "TripletHard_soft")
for temperature in [1.0, 0.05]:
    for removed in [True, False]:
        config = {"temperature": temperature, "remove_diagonal": removed}
        name = f"SupervisedContrastive_{temperature}{'' if removed else '_diagonal'}"
        case("SupervisedContrastive", config, labels, embeddings, name)
case("SupervisedContrastive", {}, [1, 2, 3], embeddings[:3], "SupervisedContrastive_no_pair")
pairs = ([[0.0], [1.0], [1.0], [0.0]], [[0.3], [0.2], [1.7], [1.1]])
case("Contrastive", {}, *pairs, "Contrastive")
case("Contrastive", {"margin": 2.5}, *pairs, "Contrastive_margin")

meta = {"desc": "Losses of pairs of samples, double precision.", "numpy": np.__version__}
lines = ",\n".join(json.dumps(entry, separators=(",", ":")) for entry in cases)
head = json.dumps(meta, separators=(",", ":"))
path = pathlib.Path(__file__).with_name("pair_losses.json")
path.write_text(f'{{"meta":{head},"cases":[\n{lines}\n]}}\n')
print(f"pair_losses.json: {len(cases)} cases")
