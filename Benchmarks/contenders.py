"""Squeeze and its peers as processes that benchmark.py can start, time and compare."""

import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))


class Failure(RuntimeError):
    """A program that cannot do what was asked, and why."""


class Peer:
    """A peer, each model in a process of its own."""

    def __init__(self, name, module):
        self.name, self.module = name, module
        self.version = module.version()

    def supports(self, precision):
        return precision in self.module.PRECISIONS

    def prepare(self, onnx_path, folder):
        try:
            return self.module.prepare(onnx_path, folder)
        except RuntimeError as error:
            raise Failure(str(error)) from error

    def worker(self, path, x, threads, precision):
        return Worker(self.name, path, x, threads, precision)

    def cold_start(self, path, x):
        """Milliseconds from process start to the first result: all, and without Python and imports."""
        worker = Worker(self.name, path, x, 1, "float32")
        worker.stop()
        return (worker.first - worker.started) * 1e3, (worker.first - worker.imported) * 1e3

    def peak_memory(self, path, x):
        """Peak bytes of a process that loads and runs 5 times: all, and above what the imports hold."""
        worker = Worker(self.name, path, x, 1, "float32")
        result = worker.ask("memory 4")
        worker.stop()
        return result["peak"], result["peak"] - result["before"]


class Worker:
    """A running worker.py."""

    def __init__(self, name, path, x, threads, precision):
        self.name = name
        self.errors = tempfile.TemporaryFile()
        command = [sys.executable, os.path.join(HERE, "worker.py"), name, path, x, str(threads)]
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            command + [precision],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors,
            text=True,
        )
        hello = self._read()
        self.imported, self.first = hello["imported"], hello["first"]

    def _read(self):
        line = self.process.stdout.readline()
        if not line:
            self.process.wait()
            self.errors.seek(0)
            text = self.errors.read().decode(errors="replace").strip().splitlines()
            code = self.process.returncode
            raise Failure(text[-1] if text else f"stopped without a word, exit code {code}")
        return json.loads(line)

    def ask(self, command):
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        return self._read()

    def time(self, runs):
        """The milliseconds of each run."""
        return self.ask(f"time {runs}")

    def save(self, path):
        self.ask(f"save {path}")

    def stop(self):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()
        self.errors.close()


class Squeeze:
    """The command of this package."""

    name = "squeeze"

    def __init__(self, path):
        self.path = path
        run = lambda *arguments: subprocess.run(
            [path, *arguments], check=True, capture_output=True, text=True
        ).stdout
        self.version = run("--version").strip()
        self.has_precisions = "--precision" in run("benchmark", "--help")

    def supports(self, precision):
        # An int8 file says so itself; bfloat16 is a choice of the command.
        return precision != "bfloat16" or self.has_precisions

    def prepare(self, onnx_path, folder):
        return onnx_path

    def worker(self, path, x, threads, precision):
        return SqueezeRuns(self, path, x, threads, precision)

    def call(self, *arguments):
        done = subprocess.run([self.path, *arguments], capture_output=True, text=True)
        if done.returncode != 0:
            lines = done.stderr.strip().splitlines()
            raise Failure(f"squeeze {arguments[0]}: {lines[-1] if lines else done.returncode}")
        return done.stdout

    def cold_start(self, path, x):
        start = time.monotonic()
        self.call("run", path, "--tensor", x, "--threads", "1")
        milliseconds = (time.monotonic() - start) * 1e3
        return milliseconds, milliseconds

    def peak_memory(self, path, x):
        # Linux hands a parent's peak on through exec; a shell between keeps this script's out of it.
        command = [self.path, "benchmark", path, "--threads", "1", "--iterations", "1", "--json"]
        done = subprocess.run(
            ["/bin/sh", "-c", '"$@"; exit $?', "sh", *command], capture_output=True, text=True
        )
        if done.returncode != 0:
            raise Failure(done.stderr.strip())
        peak = json.loads(done.stdout)["peak_memory_bytes"]
        return peak, peak


class SqueezeRuns:
    """`squeeze benchmark`, a process for every round; starting and warming up do not count."""

    def __init__(self, squeeze, path, x, threads, precision):
        self.squeeze, self.path, self.x = squeeze, path, x
        self.options = ["--threads", str(threads)]
        if precision == "bfloat16":
            self.options += ["--precision", precision]
        self.instruction_set = None

    def time(self, runs):
        """The median, once: the command keeps the others to itself."""
        text = self.squeeze.call(
            "benchmark", self.path, *self.options, "--iterations", str(runs), "--json"
        )
        result = json.loads(text)
        self.instruction_set = result["instruction_set"]
        return [result["median_ms"]]

    def save(self, path):
        import numpy

        with tempfile.TemporaryDirectory() as folder:
            arguments = ["--tensor", self.x, "--output", folder, *self.options]
            self.squeeze.call("run", self.path, *arguments)
            files = sorted(os.listdir(folder))
            numpy.save(path, numpy.load(os.path.join(folder, files[0])))

    def stop(self):
        pass


def peers(names):
    """The peers that are installed, and why others are not."""
    found, missing = [], []
    for name in names:
        if importlib.util.find_spec(name) is None:
            missing.append(f"{name} is not installed for {sys.executable}")
            continue
        found.append(Peer(name, importlib.import_module(f"peers.{name}_peer")))
    return found, missing
