"""ncnn on the CPU: Winograd, sgemm and packed layouts on; 16-bit storage and arithmetic off.

pnnx converts the ONNX file with ncnn's own fusions; weights stay float32.
"""

import os
import shutil

import ncnn
import numpy

NAME = "ncnn"
PRECISIONS = ("float32",)


def version():
    return ncnn.__version__


def prepare(onnx_path, folder):
    """Converts an ONNX file and returns the path of the .param file; the .bin lies beside it."""
    import importlib.util
    import subprocess
    import tempfile

    name = os.path.splitext(os.path.basename(onnx_path))[0]
    target = os.path.join(folder, f"{name}.ncnn.param")
    if os.path.exists(target) and os.path.getmtime(target) > os.path.getmtime(onnx_path):
        return target
    package = importlib.util.find_spec("pnnx")
    if package is None:
        raise RuntimeError("pnnx, which converts ONNX for ncnn, is not installed")
    program = os.path.join(os.path.dirname(package.origin), "pnnx")
    os.chmod(program, 0o755)
    with tempfile.TemporaryDirectory() as scratch:
        copy = os.path.join(scratch, "model.onnx")
        os.symlink(os.path.abspath(onnx_path), copy)
        done = subprocess.run(
            [program, copy, "fp16=0"], cwd=scratch, capture_output=True, text=True
        )
        made = [os.path.join(scratch, f"model.ncnn.{end}") for end in ("bin", "param")]
        if done.returncode != 0 or not all(map(os.path.exists, made)):
            raise RuntimeError(f"pnnx cannot convert {name}: {done.stderr.strip()[-300:]}")
        shutil.move(made[0], target.removesuffix("param") + "bin")
        shutil.move(made[1], target)
    return target


class Session:
    def __init__(self, path, threads, precision):
        self.net = ncnn.Net()
        options = self.net.opt
        options.num_threads = threads
        options.use_winograd_convolution = True
        options.use_sgemm_convolution = True
        options.use_packing_layout = True
        for name in dir(options):
            if name.startswith(("use_fp16", "use_bf16")):
                setattr(options, name, False)
        options.use_vulkan_compute = False
        if self.net.load_param(path) or self.net.load_model(path.removesuffix("param") + "bin"):
            raise RuntimeError(f"ncnn cannot load {path}")
        self.input, self.output = self.net.input_names()[0], self.net.output_names()[0]

    def run(self, x):
        extractor = self.net.create_extractor()
        extractor.input(self.input, ncnn.Mat(x[0]))
        code, output = extractor.extract(self.output)
        if code:
            raise RuntimeError(f"ncnn: extract gave {code}")
        return numpy.array(output)[None]
