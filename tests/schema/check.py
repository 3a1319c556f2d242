#!/usr/bin/env python3
"""Checks appsettings.schema.json with a validator that this project has not written.

The schema must be a valid one, take every configuration file that is shipped (and those named as arguments), and refuse
each of the wrong ones below at the place that is wrong. Needs the package jsonschema (Debian: python3-jsonschema).
"""
import glob
import json
import os
import re
import sys

from jsonschema import Draft7Validator

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")


def load(path):
    """JSON with // comments and trailing commas, as the program reads it; strings are left as they are."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    string = r'("(?:\\.|[^"\\])*")'
    text = re.sub(string + r"|//[^\n]*", lambda match: match.group(1) or "", text)
    return json.loads(re.sub(string + r"|,(?=\s*[}\]])", lambda match: match.group(1) or "", text))


def layer(**options):
    return {"Model": {"Layers": [options]}}


CONV = {"Type": "conv2d", "Filters": 8, "Kernel": 3}

RIGHT = [
    {},
    {"$schema": "./appsettings.schema.json", "Name": "a.b-c_1"},
    {"Data": {"Directory": None, "Limit": None}},
    {"Pipeline": {"Workers": 8, "Leaves": "auto", "Kernels": "vector256", "StallTimeout": 0.5}},
    {"Training": {"Optimizer": "adam"}},
    {"Training": {"Loss": "mean-squared-error"}},
    {"Training": {"Loss": {"LabelSmoothing": 0.1}}},
    layer(**CONV, Dilation=[1, 2], Groups=2, Initializer="orthogonal"),
    {"Training": {"Optimizer": {"WeightDecay": 0.1}}},
    {"Training": {"Optimizer": {"Type": "adam", "Beta1": 0.7, "Decoupled": True}}},
    {"Logging": {"LogLevel": {"Default": "Warning"}}},
    layer(**CONV),
    layer(**CONV, Stride=[1, 2], Padding=0, Bias=False, Activation=None),
    layer(Type="maxpool2d", Window=[2, 3], Stride=None),
    layer(**CONV, Activation="gelu"),
    layer(Type="averagepool2d", Window=2),
    layer(Type="globalaveragepool"),
    layer(Type="dropout2d", Rate=0.5),
    layer(Type="leakyrelu", Slope=0.2),
    layer(Type="elu", Alpha=1),
    layer(Type="softmax"),
    layer(Type="ReLU"),
    layer(**CONV, Activation="ReLU"),
    {"Training": {"Optimizer": "AdamW"}},
    {"Training": {"Optimizer": {"Type": "Adam", "Beta1": 0.7}}},
    {"Pipeline": {"Workers": "Auto", "Kernels": "VECTOR256"}},
    {"Logging": {"LogLevel": {"Default": "warning"}}},
    layer(Type="dense", Name="top", Units=10, Activation="softmax", Dropout=0.5),
]

# A wrong configuration, and where it is wrong.
LAYER = "Model.Layers.0"
WRONG = [
    ([], ""),
    ({"Trainig": {}}, ""),
    ({"Training": {"Epocs": 3}}, "Training"),
    ({"Training": {"Epochs": 0}}, "Training.Epochs"),
    ({"Training": {"Epochs": 1.5}}, "Training.Epochs"),
    ({"Training": {"Epochs": "3"}}, "Training.Epochs"),
    ({"Training": {"BatchSize": 65537}}, "Training.BatchSize"),
    ({"Training": {"LearningRate": 0}}, "Training.LearningRate"),
    ({"Training": {"Seed": -1}}, "Training.Seed"),
    ({"Training": {"Optimizer": "adm"}}, "Training.Optimizer"),
    ({"Training": {"Optimizer": {"Type": "adm"}}}, "Training.Optimizer"),
    ({"Training": {"Optimizer": {"Beta1": 0.7}}}, "Training.Optimizer"),
    ({"Training": {"Optimizer": {"Type": "lion", "Decoupled": True}}}, "Training.Optimizer"),
    ({"Training": {"Loss": "mse"}}, "Training.Loss"),
    ({"Training": {"Loss": {"LabelSmoothing": 1}}}, "Training.Loss"),
    ({"Pipeline": {"Workers": 0}}, "Pipeline.Workers"),
    ({"Pipeline": {"Workers": 1025}}, "Pipeline.Workers"),
    ({"Pipeline": {"Workers": "many"}}, "Pipeline.Workers"),
    ({"Pipeline": {"Kernels": "fast"}}, "Pipeline.Kernels"),
    ({"Data": {"Limit": 0}}, "Data.Limit"),
    ({"Data": {"Directory": ""}}, "Data.Directory"),
    ({"Output": {"Directory": 5}}, "Output.Directory"),
    ({"Name": "../evil"}, "Name"),
    ({"Name": "-rf"}, "Name"),
    ({"Model": {"Layers": []}}, "Model.Layers"),
    ({"Model": {"Layers": {"conv1": CONV}}}, "Model.Layers"),
    (layer(), LAYER),
    (layer(Type="conv3d", Filters=8, Kernel=3), LAYER + ".Type"),
    (layer(Filters=8, Kernel=3), LAYER),
    (layer(Type="conv2d", Filters=8), LAYER),
    (layer(**CONV, Units=3), LAYER),
    (layer(Type="conv2d", Filters=8, Kernel=[3]), LAYER + ".Kernel"),
    (layer(Type="conv2d", Filters=8, Kernel=[3, 3, 3]), LAYER + ".Kernel"),
    (layer(Type="conv2d", Filters=8, Kernel=0), LAYER + ".Kernel"),
    (layer(**CONV, Activation="tan"), LAYER + ".Activation"),
    (layer(**CONV, Bias="no"), LAYER + ".Bias"),
    (layer(**CONV, Name="a b"), LAYER + ".Name"),
    (layer(Type="dropout", Rate=1), LAYER + ".Rate"),
    (layer(Type="dropout", Rate=-0.1), LAYER + ".Rate"),
    (layer(Type="flatten", Rate=0.5), LAYER),
]


def main(files):
    with open(os.path.join(ROOT, "appsettings.schema.json"), encoding="utf-8") as file:
        schema = json.load(file)
    Draft7Validator.check_schema(schema)
    validator = Draft7Validator(schema)
    failures = []

    shipped = [os.path.join(ROOT, "appsettings.json"), *sorted(glob.glob(os.path.join(ROOT, "config", "*.json")))]
    for path in [*shipped, *files]:
        for error in validator.iter_errors(load(path)):
            failures.append(f"{os.path.relpath(path)}: {'.'.join(map(str, error.absolute_path))}: {error.message}")

    for right in RIGHT:
        for error in validator.iter_errors(right):
            failures.append(f"refused though right: {json.dumps(right)}: {error.message}")

    for wrong, place in WRONG:
        places = [".".join(map(str, error.absolute_path)) for error in validator.iter_errors(wrong)]
        if places != [place]:
            failures.append(f"{json.dumps(wrong)}: errors at {places}, expected one at '{place}'")

    for failure in failures:
        print(failure)
    print(f"schema: {len(shipped) + len(files)} files and {len(RIGHT)} right and {len(WRONG)} wrong configurations checked, {len(failures)} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
