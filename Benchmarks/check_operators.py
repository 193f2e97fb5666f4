#!/usr/bin/env python3
"""Compares every catalogue operator with ONNX Runtime.

usage: check_operators.py [FOLDER]

Without FOLDER the examples are written to a temporary one by the package's own test
`ONNXExamplesTests` (swift test). Every example's ONNX file is run on its inputs; real outputs have
to lie within 1e-4 of the largest magnitude, integers have to be equal, results of a quantization
within one step. Exit code 1 where an example fails, 0 where ONNX Runtime is not installed, and
then it says so.
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
    print(f"check_operators: skipped, {error.name} is not installed")
    sys.exit(0)

RELATIVE = 1e-4
# Operators whose result is a grid position: rounding may go either way.
ONE_STEP = ("QuantizeLinear", "QLinear")

TYPES = {"bool": numpy.bool_}


def tensor(folder, entry):
    is_real = "float" in entry["type"]
    stored = numpy.fromfile(os.path.join(folder, entry["file"]), "<f4" if is_real else "<i8")
    if not is_real:
        stored = stored.astype(TYPES.get(entry["type"], entry["type"]))
    return stored.reshape(entry["shape"])


def difference(name, expected, actual):
    """The difference as text, and whether it is allowed."""
    if actual.shape != expected.shape:
        return f"shape {list(actual.shape)}, expected {list(expected.shape)}", False
    if actual.size == 0:
        return "0", True
    if expected.dtype != numpy.float32:
        worst = int(numpy.abs(actual.astype("i8") - expected.astype("i8")).max())
        return str(worst), worst <= (1 if name.startswith(ONE_STEP) else 0)
    same = (expected == actual) | (numpy.isnan(expected) & numpy.isnan(actual))
    finite = expected[numpy.isfinite(expected)]
    largest = max(float(numpy.abs(finite).max()) if finite.size else 0.0, 1e-30)
    gap = numpy.where(same, 0, numpy.abs(expected.astype("f8") - actual.astype("f8")))
    worst = float("inf") if numpy.isnan(gap).any() else float(gap.max()) / largest
    return f"{worst:.1e}", worst <= RELATIVE


def check(folder, example):
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    try:
        session = onnxruntime.InferenceSession(
            os.path.join(folder, example["model"]), options, providers=["CPUExecutionProvider"]
        )
        inputs = {entry["name"]: tensor(folder, entry) for entry in example["inputs"]}
        outputs = session.run([entry["name"] for entry in example["outputs"]], inputs)
    except Exception as error:  # ONNX Runtime has a class of its own for every reason
        return str(error).splitlines()[0][:160], False
    texts, passes = [], True
    for entry, actual in zip(example["outputs"], outputs):
        text, good = difference(example["name"], tensor(folder, entry), actual)
        texts.append(text)
        passes = passes and good
    return ", ".join(texts), passes


def run(folder):
    with open(os.path.join(folder, "examples.json"), encoding="utf-8") as file:
        examples = json.load(file)
    failed = 0
    print(f"ONNX Runtime {onnxruntime.__version__}, difference relative to the largest magnitude")
    print(f"{'example':<32} {'result':<7} difference")
    for example in examples:
        text, passes = check(folder, example)
        failed += not passes
        print(f"{example['name']:<32} {'passed' if passes else 'FAILED':<7} {text}")
        if not passes:
            print(f"    {example['description'][:200]}")
    print(f"{len(examples) - failed} passed, {failed} failed")
    return 1 if failed or not examples else 0


def main():
    if len(sys.argv) > 1:
        return run(sys.argv[1])
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    with tempfile.TemporaryDirectory() as folder:
        # The flags of `make test`, so that its build serves here, too.
        build = ["swift", "build", "-c", "release", "--build-tests"]
        build += ["--explicit-target-dependency-import-check", "error"]
        subprocess.run(build, cwd=package, check=True, stdout=subprocess.DEVNULL)
        subprocess.run(
            ["swift", "test", "-c", "release", "--skip-build", "--filter", "ONNXExamplesTests"],
            cwd=package,
            env={**os.environ, "SQUEEZE_EXPORT_EXAMPLES": folder},
            check=True,
            stdout=subprocess.DEVNULL,
        )
        return run(folder)


if __name__ == "__main__":
    sys.exit(main())
