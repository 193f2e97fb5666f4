#!/usr/bin/env python3
"""Compares every network of the library with ONNX Runtime, at its published input.

usage: check_networks.py [SQUEEZE] [NETWORK ...]

SQUEEZE is the command, .build/release/squeeze by default; without networks all that `squeeze models`
lists are checked. Each is written as ONNX with seeded random parameters, run by both on the same
seeded random input, and every output has to lie within 1e-4 of its largest magnitude. Exit code 1
where one fails, 0 where ONNX Runtime is not installed, and then it says so.
"""

import json
import os
import subprocess
import sys
import tempfile

try:
    import numpy
    import onnxruntime
except ImportError as error:
    print(f"check_networks: skipped, {error.name} is not installed")
    sys.exit(0)

RELATIVE = 1e-4


def squeeze(command, *arguments):
    return subprocess.run(
        [command, *arguments], check=True, capture_output=True, text=True
    ).stdout


def check(command, network, folder):
    """The largest difference over the outputs, relative to the output's magnitude."""
    name = network["name"]
    path = os.path.join(folder, f"{name}.onnx")
    squeeze(command, "new", name, "--batch", "1", "-o", path)
    shape = [max(1, size) for size in network["input_shape"]]
    shape[0] = 1
    data = numpy.random.default_rng(1).uniform(-1, 1, shape).astype(numpy.float32)
    numpy.save(os.path.join(folder, "input.npy"), data)
    outputs = os.path.join(folder, name)
    squeeze(
        command, "run", path, "--tensor", os.path.join(folder, "input.npy"), "--output", outputs
    )
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    worst = 0.0
    for output, expected in zip(names, session.run(names, {session.get_inputs()[0].name: data})):
        actual = numpy.load(os.path.join(outputs, f"{output.replace('/', '-')}.npy"))
        if actual.shape != expected.shape:
            raise ValueError(f"{output}: shape {actual.shape}, expected {expected.shape}")
        if not (numpy.isfinite(actual).all() and expected.any()):
            raise ValueError(f"{output}: nothing to compare")
        largest = numpy.abs(expected).max()
        worst = max(worst, float(numpy.abs(actual - expected).max() / largest))
    os.remove(path)
    return worst


def main():
    command = sys.argv[1] if len(sys.argv) > 1 else ".build/release/squeeze"
    networks = json.loads(squeeze(command, "models", "--json"))
    chosen = [network for network in networks if network["name"] in (sys.argv[2:] or [network["name"]])]
    failed = 0
    print(f"ONNX Runtime {onnxruntime.__version__}, difference relative to the largest magnitude")
    for network in chosen:
        with tempfile.TemporaryDirectory() as folder:
            try:
                worst = check(command, network, folder)
                passes, text = worst <= RELATIVE, f"{worst:.1e}"
            except subprocess.CalledProcessError as error:
                passes, text = False, error.stderr.strip()[:200]
            except Exception as error:  # ONNX Runtime has a class of its own for every reason
                passes, text = False, str(error).splitlines()[0][:200]
        failed += not passes
        print(f"{network['name']:<28} {'passed' if passes else 'FAILED':<7} {text}", flush=True)
    print(f"{len(chosen) - failed} passed, {failed} failed")
    return 1 if failed or not chosen else 0


if __name__ == "__main__":
    sys.exit(main())
