"""Writes iris.csv from the copy inside scikit-learn, and says what logistic regression makes of it.

    pip install scikit-learn==1.9.1 && python make_iris.py
"""

import csv
import pathlib

import sklearn
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_score

NAMES = ["sepal_length", "sepal_width", "petal_length", "petal_width", "species"]

data = load_iris()
path = pathlib.Path(__file__).with_name("iris.csv")
with path.open("w", newline="") as file:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(NAMES)
    for features, species in zip(data.data, data.target):
        writer.writerow([f"{value:.1f}" for value in features] + [data.target_names[species]])

folds = StratifiedKFold(5, shuffle=True, random_state=42)
accuracies = cross_val_score(LogisticRegression(max_iter=1000), data.data, data.target, cv=folds)
print(f"scikit-learn {sklearn.__version__}, LogisticRegression, mean over five folds: accuracy {accuracies.mean():.3f}")
