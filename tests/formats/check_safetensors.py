#!/usr/bin/env python3
"""Reads a model.safetensors of ConvNN with code that is not ConvNN's.

With the standard library: the header is as the format has it, the tensors cover the data, and the data have the SHA-256
that the metadata name. With torch, if it is there: the tensors fill an nn.Module of the same network, strictly, and its
logits of the embedded sample's test images are those of ConvNN within 1e-5.

usage: check_safetensors.py RUN/model.safetensors      (the repository has been built: dotnet build)
"""
import gzip
import hashlib
import itertools
import json
import os
import struct
import subprocess
import sys
import tempfile

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
SAMPLE = os.path.join(ROOT, "src", "ConvNN.Data", "Sample", "t10k-images-idx3-ubyte.gz")
IDX_HEADER = 16
TOLERANCE = 1e-5
ROUNDING = 1e-6    # of a logit, where they are so large that float32 has no digits for TOLERANCE


def read(path):
    """The metadata and the tensors, each a shape and a tuple of floats."""
    with open(path, "rb") as file:
        content = file.read()
    (length,) = struct.unpack_from("<Q", content)
    header, data = json.loads(content[8 : 8 + length].decode("utf-8")), content[8 + length :]
    assert length % 8 == 0, "the data are not aligned to 8 bytes"
    metadata = header.pop("__metadata__")
    assert list(header) == sorted(header), "the tensors are not sorted by name"
    tensors, end = {}, 0
    for name, tensor in header.items():
        assert sorted(tensor) == ["data_offsets", "dtype", "shape"] and tensor["dtype"] == "F32", (name, tensor)
        count = 1
        for dimension in tensor["shape"]:
            count *= dimension
        begin, stop = tensor["data_offsets"]
        assert (begin, stop) == (end, end + 4 * count), (name, tensor, "expected to begin at", end)
        tensors[name] = (tensor["shape"], struct.unpack_from(f"<{count}f", data, begin))
        end = stop
    assert end == len(data), (end, len(data))
    found = hashlib.sha256(data).hexdigest()
    assert found == metadata["convnn.weights_sha256"], (found, metadata["convnn.weights_sha256"])
    return metadata, tensors


def numbered(kind):
    """The names of layers that were given none, in order."""
    stem = {"conv2d": "conv", "maxpool2d": "pool"}.get(kind, kind)
    return (f"{stem}{number}" for number in itertools.count(1))


def build(torch, network):
    """The network as an nn.Module whose submodules have the layers' names; without the softmax at the end."""
    nn = torch.nn
    modules, taken = nn.Sequential(), {layer["Name"] for layer in network["Layers"] if layer.get("Name")}
    channels, height, width = network["Input"]
    flat = None
    for layer in network["Layers"]:
        kind = layer["Type"]
        name = layer.get("Name") or next(free for free in numbered(kind) if free not in taken)
        taken.add(name)

        def pair(key, otherwise=None):
            value = layer.get(key)
            value = otherwise if value is None else value
            return tuple(value) if isinstance(value, (list, tuple)) else (value, value)

        if kind == "conv2d":
            kernel, stride, padding = pair("Kernel"), pair("Stride"), pair("Padding")
            modules.add_module(name, nn.Conv2d(channels, layer["Filters"], kernel, stride, padding, bias=layer["Bias"]))
            channels = layer["Filters"]
            height, width = [(s + 2 * p - k) // t + 1 for s, p, k, t in zip((height, width), padding, kernel, stride)]
        elif kind == "maxpool2d":
            window = pair("Window")
            stride = pair("Stride", window)
            modules.add_module(name, nn.MaxPool2d(window, stride))
            height, width = [(s - k) // t + 1 for s, k, t in zip((height, width), window, stride)]
        elif kind == "flatten":
            modules.add_module(name, nn.Flatten())
            flat = channels * height * width
        elif kind == "dense":
            modules.add_module(name, nn.Linear(flat, layer["Units"], bias=layer["Bias"]))
            flat = layer["Units"]
        elif kind == "relu":
            modules.add_module(name, nn.ReLU())
        elif kind != "dropout":
            raise SystemExit(f"layer {name} is a {kind}, which this script does not know")
        if layer.get("Activation") == "relu":
            modules.add_module(name + "_relu", nn.ReLU())
    return modules.eval()


def logits_of_torch(torch, metadata, tensors, pixels):
    module = build(torch, json.loads(metadata["convnn.network"]))
    module.load_state_dict({name: torch.tensor(values).reshape(shape) for name, (shape, values) in tensors.items()}, strict=True)
    shape = json.loads(metadata["convnn.network"])["Input"]
    images = torch.frombuffer(bytearray(pixels), dtype=torch.uint8).to(torch.float32).div(255).reshape(-1, *shape)
    with torch.no_grad():
        return module(images)


def logits_of_convnn(model, pixels, folder):
    images = os.path.join(folder, "images")
    with open(images, "wb") as file:
        file.write(pixels)
    environment = dict(os.environ, CONVNN_PEER_MODEL=os.path.abspath(model), CONVNN_PEER_IMAGES=images)
    command = ["dotnet", "test", "tests/ConvNN.Formats.Tests", "--no-restore", "--filter", "FullyQualifiedName~PeerLogits"]
    done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    assert done.returncode == 0, done.stdout
    with open(images + ".logits", "rb") as file:
        return file.read()


def main(model):
    metadata, tensors = read(model)
    total = sum(len(values) for _, values in tensors.values())
    print(f"safetensors: {len(tensors)} tensors, {total} values, SHA-256 as in the metadata (standard library)")
    try:
        import torch
    except ImportError:
        print("SKIPPED: torch is not here, so the logits were not compared (Debian: python3-torch)")
        return
    with gzip.open(SAMPLE) as file:
        pixels = file.read()[IDX_HEADER:]
    theirs = logits_of_torch(torch, metadata, tensors, pixels)
    with tempfile.TemporaryDirectory() as folder:
        ours = torch.frombuffer(bytearray(logits_of_convnn(model, pixels, folder)), dtype=torch.float32).reshape(theirs.shape)
    difference = (ours - theirs).abs().max().item()
    same = (ours.argmax(1) == theirs.argmax(1)).sum().item()
    print(f"torch {torch.__version__}: {len(ours)} images, largest difference of a logit {difference:.2e} (logits up to {theirs.abs().max().item():.1f}), {same} of the same class")
    bound = max(TOLERANCE, ROUNDING * theirs.abs().max().item())
    assert difference <= bound, f"{difference} is above {bound}"


if __name__ == "__main__":
    main(sys.argv[1])
