"""Writes heart.csv: 600 patients who never lived, drawn from a rule with chance in it.

The columns are those that such studies have; no number is of a person. Categories are words, some cells are empty, as in tables
that people fill in.

    python make_heart.py
"""

import csv
import math
import random
from pathlib import Path

PAINS = {"none": -1.4, "angina": 1.3, "atypical angina": 0.3, "other pain": -0.3}
THALLIUM = {"normal": -0.9, "fixed defect": 0.4, "reversible defect": 1.2}
CITIES = ["Oslo", "Łódź", "Genève", "Zürich", "Porto", "München", "Kraków", "Malmö"]


def patient(random):
    age = random.randint(29, 77)
    sex = random.choice(["female", "male", "male"])
    pain = random.choices(list(PAINS), [4, 3, 2, 2])[0]
    pressure = round(random.gauss(125 + 0.3 * (age - 50), 14))
    cholesterol = round(random.gauss(240, 45))
    sugar = random.random() < 0.15
    rate = round(random.gauss(200 - 0.9 * age, 16))
    thallium = random.choices(list(THALLIUM), [6, 1, 4])[0]
    # The risk rises with the distance from middle age, which a line cannot follow.
    risk = (
        -0.6 + PAINS[pain] + THALLIUM[thallium] + 0.8 * (sex == "male") + 0.02 * (pressure - 130)
        + 0.004 * (cholesterol - 240) + 0.5 * sugar - 0.015 * (rate - 150) + 0.0015 * (age - 50) ** 2
    )
    disease = random.random() < 1 / (1 + math.exp(-1.6 * risk))
    return [
        age, sex, pain, pressure, cholesterol, "True" if sugar else "False", rate, thallium,
        random.choice(CITIES), "yes" if disease else "no",
    ]


def main():
    generator = random.Random(42)
    columns = [
        "age", "sex", "chest_pain", "blood_pressure", "cholesterol", "high_blood_sugar", "max_heart_rate",
        "thallium_scan", "city", "disease",
    ]
    rows = [patient(generator) for _ in range(600)]
    for row in rows:
        # Cholesterol was not always measured, the scan not always made.
        if generator.random() < 0.06:
            row[columns.index("cholesterol")] = ""
        if generator.random() < 0.04:
            row[columns.index("thallium_scan")] = ""
    with Path(__file__).with_name("heart.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


if __name__ == "__main__":
    main()
