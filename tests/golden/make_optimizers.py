#!/usr/bin/env python3
"""Makes optimizers.json: the weights that ten steps of each optimizer leave, computed by PyTorch in float32.

Weights and gradients are of a small generator of its own, so that the file can be made again anywhere. Decoupled decay,
which PyTorch has for AdamW alone, is w.mul_(1 - lr * decay) before the step without decay; Lion is algorithm 2 of
arXiv:2302.06675, since PyTorch has none. Run: python3 tests/golden/make_optimizers.py > tests/golden/optimizers.json
"""
import json
import sys

import torch

COUNT = 37
STEPS = 10


def values(seed, count, scale):
    """Numbers in (-scale, scale) from a linear congruential generator (Numerical Recipes), as float32."""
    state = seed
    result = []
    for _ in range(count):
        state = (1664525 * state + 1013904223) % 2**32
        result.append((state / 2**31 - 1) * scale)
    return torch.tensor(result, dtype=torch.float32)


class Lion(torch.optim.Optimizer):
    def __init__(self, params, lr, betas=(0.9, 0.99), weight_decay=0.0):
        super().__init__(params, dict(lr=lr, betas=betas, weight_decay=weight_decay))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            beta1, beta2 = group["betas"]
            for p in group["params"]:
                state = self.state[p]
                if not state:
                    state["exp_avg"] = torch.zeros_like(p)
                mean = state["exp_avg"]
                p.mul_(1 - group["lr"] * group["weight_decay"])
                p.add_(torch.sign(mean * beta1 + p.grad * (1 - beta1)), alpha=-group["lr"])
                mean.mul_(beta2).add_(p.grad, alpha=1 - beta2)


CASES = [
    # our options, learning rate, PyTorch's optimizer
    ({"Type": "sgd"}, 0.1, lambda p: torch.optim.SGD(p, 0.1)),
    ({"Type": "sgd", "WeightDecay": 0.05}, 0.1, lambda p: torch.optim.SGD(p, 0.1, weight_decay=0.05)),
    ({"Type": "sgd", "WeightDecay": 0.05, "Decoupled": True}, 0.1, lambda p: torch.optim.SGD(p, 0.1)),
    ({"Type": "momentum"}, 0.1, lambda p: torch.optim.SGD(p, 0.1, momentum=0.9)),
    ({"Type": "momentum", "Momentum": 0.7, "WeightDecay": 0.05}, 0.1, lambda p: torch.optim.SGD(p, 0.1, momentum=0.7, weight_decay=0.05)),
    ({"Type": "nesterov"}, 0.1, lambda p: torch.optim.SGD(p, 0.1, momentum=0.9, nesterov=True)),
    ({"Type": "nesterov", "WeightDecay": 0.05}, 0.1, lambda p: torch.optim.SGD(p, 0.1, momentum=0.9, nesterov=True, weight_decay=0.05)),
    ({"Type": "nesterov", "WeightDecay": 0.05, "Decoupled": True}, 0.1, lambda p: torch.optim.SGD(p, 0.1, momentum=0.9, nesterov=True)),
    ({"Type": "rmsprop"}, 0.01, lambda p: torch.optim.RMSprop(p, 0.01)),
    ({"Type": "rmsprop", "Alpha": 0.9, "Epsilon": 0.001, "WeightDecay": 0.05}, 0.01,
     lambda p: torch.optim.RMSprop(p, 0.01, alpha=0.9, eps=0.001, weight_decay=0.05)),
    ({"Type": "rmsprop", "Momentum": 0.9}, 0.001, lambda p: torch.optim.RMSprop(p, 0.001, momentum=0.9)),
    ({"Type": "rmsprop", "Centered": True}, 0.01, lambda p: torch.optim.RMSprop(p, 0.01, centered=True)),
    ({"Type": "rmsprop", "Momentum": 0.7, "Centered": True, "Alpha": 0.9, "Epsilon": 0.001, "WeightDecay": 0.05}, 0.01,
     lambda p: torch.optim.RMSprop(p, 0.01, momentum=0.7, centered=True, alpha=0.9, eps=0.001, weight_decay=0.05)),
    ({"Type": "adam"}, 0.01, lambda p: torch.optim.Adam(p, 0.01)),
    ({"Type": "adam", "Beta1": 0.7, "Beta2": 0.9, "Epsilon": 0.001, "WeightDecay": 0.05}, 0.01,
     lambda p: torch.optim.Adam(p, 0.01, betas=(0.7, 0.9), eps=0.001, weight_decay=0.05)),
    ({"Type": "adamw"}, 0.01, lambda p: torch.optim.AdamW(p, 0.01)),
    ({"Type": "adamw", "WeightDecay": 0.5}, 0.01, lambda p: torch.optim.AdamW(p, 0.01, weight_decay=0.5)),
    ({"Type": "lion"}, 0.01, lambda p: Lion(p, 0.01)),
    ({"Type": "lion", "Beta1": 0.95, "Beta2": 0.98, "WeightDecay": 0.5}, 0.01, lambda p: Lion(p, 0.01, betas=(0.95, 0.98), weight_decay=0.5)),
]


def run(options, rate, create):
    weights = torch.nn.Parameter(values(1, COUNT, 0.5))
    optimizer = create([weights])
    decoupled = options.get("Decoupled", False)
    after = []
    for step in range(STEPS):
        weights.grad = values(100 + step, COUNT, 0.1)
        if decoupled:
            with torch.no_grad():
                weights.mul_(1 - rate * options["WeightDecay"])
        optimizer.step()
        after.append(weights.detach().clone())
    return {"Options": options, "LearningRate": rate, "After1": after[0].tolist(), "After10": after[-1].tolist()}


def main():
    golden = {
        "Made": f"PyTorch {torch.__version__}, float32",
        "Weights": values(1, COUNT, 0.5).tolist(),
        "Gradients": [values(100 + step, COUNT, 0.1).tolist() for step in range(STEPS)],
        "Cases": [run(*case) for case in CASES],
    }
    json.dump(golden, sys.stdout, separators=(",", ":"))
    print()


if __name__ == "__main__":
    main()
