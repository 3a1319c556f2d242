#!/usr/bin/env python3
"""Runs an exported model with code that is not ConvNN's, on the test images of a dataset.

`convnn export` writes the ONNX file; python3-onnx, if it is there, checks it with full shape inference; ONNX Runtime for
Node (npm: onnxruntime-node, installed without scripts into a folder that NODE_PATH names) computes the probabilities of all
images, which must be those of `convnn predict` within 1e-5, with the same class. What is not there is skipped, and said.

usage: check_onnx.py RUN IMAGES      (a run or model, an IDX file of images; the repository has been built: dotnet build)
"""
import json
import os
import subprocess
import sys
import tempfile

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
TOLERANCE = 1e-5


def convnn(*arguments):
    command = ["dotnet", "run", "--project", ROOT, "--no-restore", "--", *arguments]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def check(path):
    """The checker of the format's own library."""
    for python in (sys.executable, "/usr/bin/python3"):
        if subprocess.run([python, "-c", "import onnx"], stderr=subprocess.DEVNULL, check=False).returncode == 0:
            code = (
                "import onnx, sys; m = onnx.load(sys.argv[1]); onnx.checker.check_model(m, full_check=True); "
                "i, o = m.graph.input[0], m.graph.output[0]; d = lambda v: [x.dim_param or x.dim_value for x in v.type.tensor_type.shape.dim]; "
                "print(f'onnx {onnx.__version__}: valid, opset {m.opset_import[0].version}, {i.name} {d(i)} to {o.name} {d(o)}')"
            )
            print(subprocess.run([python, "-c", code, path], stdout=subprocess.PIPE, text=True, check=True).stdout.strip())
            return
    print("SKIPPED: onnx is not here, so the file was not checked by its library (Debian: python3-onnx)")


def theirs(path, images, folder):
    """The probabilities by ONNX Runtime, or None where it is not."""
    found = os.path.join(folder, "probabilities.json")
    script = os.path.join(ROOT, "tests", "formats", "run_onnx.js")
    try:
        done = subprocess.run(["node", script, path, images, found], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    except FileNotFoundError:
        return None, "node is not here"
    if done.returncode != 0:
        missing = "Cannot find module 'onnxruntime-node'"
        assert missing in done.stderr, done.stderr
        return None, missing
    with open(found, encoding="utf-8") as file:
        return json.load(file), done.stdout.strip()


def main(model, images):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "model.onnx")
        print(convnn("export", "--model", model, "--onnx", path).strip())
        check(path)
        probabilities, said = theirs(path, images, folder)
        if probabilities is None:
            print(f"SKIPPED: {said}; the probabilities were not compared (npm: onnxruntime-node)")
            return
    ours = json.loads(convnn("predict", images, "--model", model, "--json"))
    assert len(ours) == len(probabilities), (len(ours), len(probabilities))
    largest, same = 0.0, 0
    for mine, other in zip(ours, probabilities):
        largest = max(largest, max(abs(a - b) for a, b in zip(mine["probabilities"], other)))
        same += mine["class"] == max(range(len(other)), key=other.__getitem__)
    print(f"{said}: {len(ours)} images, largest difference of a probability {largest:.2e}, {same} of the same class")
    assert largest <= TOLERANCE and same == len(ours)


if __name__ == "__main__":
    main(*sys.argv[1:])
