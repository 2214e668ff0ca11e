"""Writes diabetes.csv from the copy inside scikit-learn, and says what linear regression makes of it.

    pip install scikit-learn==1.9.1 && python make_diabetes.py
"""

import csv
import pathlib

import sklearn
from sklearn.datasets import load_diabetes
from sklearn.linear_model import LinearRegression
from sklearn.metrics import mean_absolute_error, mean_squared_error, r2_score

NAMES = {
    "bp": "blood_pressure",
    "s1": "total_cholesterol",
    "s2": "low_density_lipoproteins",
    "s3": "high_density_lipoproteins",
    "s4": "cholesterol_ratio",
    "s5": "log_triglycerides",
    "s6": "blood_sugar",
}
TEST_SHARE = 0.2

data = load_diabetes(scaled=False)
names = [NAMES.get(name, name) for name in data.feature_names] + ["progression"]
path = pathlib.Path(__file__).with_name("diabetes.csv")
with path.open("w", newline="") as file:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(names)
    for features, target in zip(data.data, data.target):
        writer.writerow([f"{value:.10g}" for value in [*features, target]])

cut = int(len(data.target) * (1 - TEST_SHARE))
model = LinearRegression().fit(data.data[:cut], data.target[:cut])
answers, truth = model.predict(data.data[cut:]), data.target[cut:]
print(f"scikit-learn {sklearn.__version__}, LinearRegression on the first {cut} rows, judged on the other {len(truth)}:")
print(f"mean_squared_error {mean_squared_error(truth, answers):.1f}")
print(f"mean_absolute_error {mean_absolute_error(truth, answers):.2f}")
print(f"r2_score {r2_score(truth, answers):.4f}")
