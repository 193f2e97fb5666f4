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
        with open(made[1], encoding="ascii") as file:
            text = file.read()
        with open(target, "w", encoding="ascii") as file:
            file.write(mended(text))
    return target


def mended(text):
    """A .param text with what pnnx loses or leaves slow in ONNX files.

    A split into equal parts comes without its sizes, on which ncnn crashes; and a channel shuffle comes as
    reshape, permute, reshape, for which ncnn has a layer of its own.
    """
    magic, _, *lines = [line for line in text.splitlines() if line]
    layers = [line.split() for line in lines]
    result = []
    for words in layers:
        kind, outputs = words[0], int(words[3])
        if kind == "Slice" and not any(word.startswith("-23300=") for word in words):
            words = words + [f"-23300={outputs}" + ",-233" * outputs, "1=0"]
        result.append(words)
        kinds = [layer[0] for layer in result[-3:]]
        if kinds == ["Reshape", "Permute", "Reshape"] and result[-2][6:] == ["0=2"]:
            groups = result[-3][-1].removeprefix("2=")
            first, last = result[-3], result[-1]
            if len(first) == 9 and len(last) == 9:
                shuffle = ["ShuffleChannel", last[1], "1", "1", first[4], last[5], f"0={groups}"]
                result[-3:] = [shuffle]
    blobs = sum(int(words[3]) for words in result)
    text = "\n".join(" ".join(words) for words in result)
    return f"{magic}\n{len(result)} {blobs}\n{text}\n"


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
