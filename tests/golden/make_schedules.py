#!/usr/bin/env python3
"""Makes schedules.json: the learning rates that PyTorch's schedulers give step by step, 40 steps in epochs of 5.

Run: python3 tests/golden/make_schedules.py > tests/golden/schedules.json
"""
import json
import sys
import warnings

import torch
from torch.optim import lr_scheduler as schedulers

warnings.filterwarnings("ignore")
PER_EPOCH = 5
STEPS = 40
RATE = 0.3
# Validation losses after each epoch, for the schedule that looks at them.
LOSSES = [1.0, 0.5, 0.49999, 0.6, 0.51, 0.4, 0.45, 0.41]

CASES = [
    # our options, PyTorch's scheduler, whether it moves by the step or by the epoch
    ({"Type": "constant"}, lambda o: schedulers.LambdaLR(o, lambda step: 1.0), "step"),
    ({"Type": "constant", "Warmup": 2}, lambda o: schedulers.LinearLR(o, start_factor=0.1, total_iters=9), "step"),
    ({"Type": "step", "Every": 3, "Factor": 0.5}, lambda o: schedulers.StepLR(o, 3, 0.5), "epoch"),
    ({"Type": "exponential", "Factor": 0.8}, lambda o: schedulers.LambdaLR(o, lambda step: 0.8 ** (step / PER_EPOCH)), "step"),
    ({"Type": "cosine"}, lambda o: schedulers.CosineAnnealingLR(o, STEPS), "step"),
    ({"Type": "cosine", "Final": 0.1}, lambda o: schedulers.CosineAnnealingLR(o, STEPS, eta_min=0.1 * RATE), "step"),
    ({"Type": "cosine", "Cycles": 4}, lambda o: schedulers.CosineAnnealingWarmRestarts(o, 10), "step"),
    ({"Type": "cosine", "Cycles": 2, "Stretch": 3}, lambda o: schedulers.CosineAnnealingWarmRestarts(o, 10, T_mult=3), "step"),
    ({"Type": "onecycle"}, lambda o: schedulers.OneCycleLR(o, RATE, STEPS), "step"),
    ({"Type": "onecycle", "Rise": 0.2, "Initial": 0.1, "Final": 0.001, "Linear": True},
     lambda o: schedulers.OneCycleLR(o, RATE, STEPS, pct_start=0.2, anneal_strategy="linear", div_factor=10, final_div_factor=100), "step"),
    ({"Type": "plateau", "Patience": 1, "Factor": 0.5}, lambda o: schedulers.ReduceLROnPlateau(o, factor=0.5, patience=1), "loss"),
]


def run(options, create, moves):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], RATE)
    scheduler = create(optimizer)
    rates = []
    for step in range(STEPS):
        rates.append(optimizer.param_groups[0]["lr"])
        ends_epoch = (step + 1) % PER_EPOCH == 0
        if moves == "step" or (moves == "epoch" and ends_epoch):
            scheduler.step()
        elif moves == "loss" and ends_epoch:
            scheduler.step(LOSSES[step // PER_EPOCH])
    return {"Options": options, "Rates": rates}


def main():
    golden = {
        "Made": f"PyTorch {torch.__version__}",
        "LearningRate": RATE,
        "StepsPerEpoch": PER_EPOCH,
        "Epochs": STEPS // PER_EPOCH,
        "Losses": LOSSES,
        "Cases": [run(*case) for case in CASES],
    }
    json.dump(golden, sys.stdout, separators=(",", ":"))
    print()


if __name__ == "__main__":
    main()
