#!/usr/bin/env python3
"""Writes layers.json: what PyTorch computes for layers and losses, forward and backward, in double precision.

Operands are random numbers of few digits, which floats hold exactly. Needs torch (Debian: python3-torch); the values are
kept in the repository, the package is not. GoldenTests in tests/ConvNN.Model.Tests compares.
"""
import json
import os

import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(20)
torch.set_default_dtype(torch.float64)
SAMPLES = 3


def draw(*shape):
    """Sixteenths from -2 to 2."""
    return torch.randint(-32, 33, shape).double() / 16


def numbers(tensor):
    return [float(f"{value:.10g}") for value in tensor.detach().flatten().tolist()]


def layer(name, shape, config, module, roundings, train=True):
    """A layer on its own: y for x, and the gradients of sum(dy * y)."""
    module.train(train)
    tensors = {key: draw(*value.shape) if value.shape else value for key, value in module.state_dict().items()}
    for key in tensors:
        if key.endswith("running_var"):
            tensors[key] = tensors[key].abs() + 0.5
    module.load_state_dict(tensors)
    x = (draw(SAMPLES, *shape) + 1 / 64).requires_grad_()
    y = module(x)
    dy = draw(*y.shape)
    y.backward(dy)
    trained = dict(module.named_parameters())
    floats = {key: value for key, value in tensors.items() if value.shape}
    return {
        "name": name, "shape": list(shape), "layers": config if isinstance(config, list) else [config], "training": train, "roundings": roundings,
        "tensors": {key: numbers(value) for key, value in floats.items()},
        "x": numbers(x), "dy": numbers(dy), "y": numbers(y), "dx": numbers(x.grad),
        "gradients": {key: numbers(value.grad) for key, value in trained.items()},
        "after": {key: numbers(value) for key, value in module.state_dict().items() if "running" in key},
    }


class Shortcut(nn.Module):
    """Some layers, then others with a shortcut around them, called by the names that our layers have; trunk and branch are parts of both."""

    def __init__(self, trunk, branch, projection=None, last=None):
        super().__init__()
        for key, module in {**trunk, **branch}.items():
            self.add_module(key, module)
        if projection is not None:
            self.residual1 = projection
        self.trunk, self.branch, self.last = list(trunk), list(branch), last

    def forward(self, x):
        for key in self.trunk:
            x = getattr(self, key)(x)
        y = x
        for key in self.branch:
            y = getattr(self, key)(y)
        y = y + (self.residual1(x) if hasattr(self, "residual1") else x)
        return self.last(y) if self.last else y


def conv(name, channels, filters, side, **options):
    kernel = options.pop("kernel")
    module = nn.Conv2d(channels, filters, kernel, **options)
    config = {"Type": "conv2d", "Filters": filters, "Kernel": kernel}
    config.update({key.capitalize(): value for key, value in options.items()})
    return layer(name, (channels, *side), config, module, roundings=channels * 9 + SAMPLES * side[0] * side[1])


def activation(name, module, **options):
    return layer(name, (2, 4, 5), {"Type": name, **options}, module, roundings=12)


def loss(name, config, softmax, function):
    """A loss of the logits of 4 samples, one by one."""
    z = (3 * draw(4, 5)).requires_grad_()
    labels = [0, 2, 4, 2]
    values = [function(z[n:n + 1], torch.tensor(labels[n:n + 1])) for n in range(4)]
    sum(values).backward()
    return {
        "name": name, "loss": config, "softmax": softmax, "outputs": numbers(z), "labels": labels, "roundings": 24,
        "values": [float(f"{value.item():.10g}") for value in values], "gradient": numbers(z.grad),
    }


def squared(outputs, labels):
    return F.mse_loss(outputs, F.one_hot(labels, 5).double())


golden = {
    "made_with": f"torch {torch.__version__}",
    "samples": SAMPLES,
    "layers": [
        conv("conv2d", 2, 3, (6, 7), kernel=3),
        conv("conv2d, stride", 2, 3, (7, 9), kernel=3, stride=2),
        conv("conv2d, padding", 3, 2, (5, 5), kernel=3, padding=1, bias=False),
        conv("conv2d, dilation", 2, 3, (8, 9), kernel=3, dilation=2),
        conv("conv2d, groups", 4, 6, (5, 6), kernel=2, groups=2),
        conv("conv2d, depthwise, stride, padding", 5, 5, (7, 8), kernel=3, groups=5, stride=2, padding=1),
        conv("conv2d, all", 4, 4, (9, 8), kernel=3, groups=2, stride=2, padding=2, dilation=2),
        layer("maxpool2d", (2, 6, 7), {"Type": "maxpool2d", "Window": 2}, nn.MaxPool2d(2), 2),
        layer("maxpool2d, overlapping", (2, 7, 7), {"Type": "maxpool2d", "Window": 3, "Stride": 2}, nn.MaxPool2d(3, 2), 12),
        layer("averagepool2d", (2, 6, 7), {"Type": "averagepool2d", "Window": 3, "Stride": 1}, nn.AvgPool2d(3, 1), 24),
        layer("globalaveragepool", (3, 5, 7), {"Type": "globalaveragepool"}, nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten()), 40),
        layer("dense", (19,), {"Type": "dense", "Units": 7}, nn.Linear(19, 7), 32),
        layer("dense, no bias", (8,), {"Type": "dense", "Units": 40, "Bias": False}, nn.Linear(8, 40, bias=False), 48),
        layer("batchnorm2d", (3, 4, 5), {"Type": "batchnorm2d"}, nn.BatchNorm2d(3), 96),
        layer("batchnorm2d, evaluation", (3, 4, 5), {"Type": "batchnorm2d", "Epsilon": 0.01}, nn.BatchNorm2d(3, eps=0.01), 96, train=False),
        activation("relu", nn.ReLU()),
        activation("leakyrelu", nn.LeakyReLU(0.2), Slope=0.2),
        activation("elu", nn.ELU(1.5), Alpha=1.5),
        activation("gelu", nn.GELU()),
        activation("silu", nn.SiLU()),
        activation("tanh", nn.Tanh()),
        activation("sigmoid", nn.Sigmoid()),
    ],
    "losses": [
        loss("cross-entropy", {"Type": "cross-entropy"}, True, F.cross_entropy),
        loss("cross-entropy, smoothed", {"Type": "cross-entropy", "LabelSmoothing": 0.1}, True,
             lambda z, labels: F.cross_entropy(z, labels, label_smoothing=0.1)),
        loss("mean-squared-error", {"Type": "mean-squared-error"}, False, squared),
        loss("mean-squared-error of a softmax", {"Type": "mean-squared-error"}, True, lambda z, labels: squared(z.softmax(1), labels)),
    ],
}

# Later than the others, whose random numbers are as they were.
golden["layers"] += [
    layer("residual", (2, 5, 6), [
        {"Type": "conv2d", "Filters": 3, "Kernel": 3, "Padding": 1},
        {"Type": "conv2d", "Filters": 3, "Kernel": 3, "Padding": 1, "Activation": "relu"},
        {"Type": "conv2d", "Filters": 3, "Kernel": 3, "Padding": 1},
        {"Type": "residual", "Layers": 2, "Activation": "relu"},
    ], Shortcut(
        {"conv1": nn.Conv2d(2, 3, 3, padding=1)},
        {"conv2": nn.Conv2d(3, 3, 3, padding=1), "relu": nn.ReLU(), "conv3": nn.Conv2d(3, 3, 3, padding=1)},
        last=nn.ReLU()), 400),
    layer("residual, projection, batchnorm2d", (2, 7, 6), [
        {"Type": "conv2d", "Filters": 3, "Kernel": 1},
        {"Type": "conv2d", "Filters": 4, "Kernel": 3, "Padding": 1, "Stride": 2, "Bias": False},
        {"Type": "batchnorm2d"},
        {"Type": "tanh"},
        {"Type": "conv2d", "Filters": 4, "Kernel": 3, "Padding": 1, "Bias": False},
        {"Type": "batchnorm2d"},
        {"Type": "residual", "Layers": 5, "Activation": "relu"},
    ], Shortcut(
        {"conv1": nn.Conv2d(2, 3, 1)},
        {"conv2": nn.Conv2d(3, 4, 3, stride=2, padding=1, bias=False), "norm1": nn.BatchNorm2d(4), "tanh": nn.Tanh(),
         "conv3": nn.Conv2d(4, 4, 3, padding=1, bias=False), "norm2": nn.BatchNorm2d(4)},
        projection=nn.Conv2d(3, 4, 1, stride=2, bias=False), last=nn.ReLU()), 600),
    layer("residual of vectors", (9,), [
        {"Type": "dense", "Units": 6},
        {"Type": "dense", "Units": 6, "Activation": "silu"},
        {"Type": "residual", "Layers": 1},
    ], Shortcut({"dense1": nn.Linear(9, 6)}, {"dense2": nn.Linear(6, 6), "silu": nn.SiLU()}), 60),
]

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "layers.json"), "w", encoding="utf-8") as file:
    text = json.dumps(golden, separators=(",", ":"))
    file.write(text.replace('{"name"', '\n{"name"') + "\n")
