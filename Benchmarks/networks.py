"""The networks of the benchmark, their files, and their quantized versions."""

import json
import logging
import os
import subprocess

# Name: what `squeeze new` is told beside it.
NETWORKS = {
    "squeezenet-v1.0": [],
    "squeezenet-v1.1": [],
    "mobilenet-v2": [],
    "shufflenet-v2-x1.0": [],
    "resnet-18": [],
    "densenet-121": [],
    "u-net": ["--base", "16", "--input", "1,256,256", "--classes", "1"],
    "alexnet": [],
    "vgg-16": [],
}
QUANTIZED = ("squeezenet-v1.0", "mobilenet-v2", "resnet-18")
BFLOAT16 = ("squeezenet-v1.0", "u-net")


def make(squeeze, name, folder):
    """Writes a network as ONNX unless it is there; returns its path and its shape.

    A name that ends in .onnx is a file that is there.
    """
    import onnx

    path = name if name.endswith(".onnx") else os.path.join(folder, f"{name}.onnx")
    if not os.path.exists(path):
        part = os.path.join(folder, f"part-{name}.onnx")
        command = [squeeze, "new", name, "--batch", "1", *NETWORKS[name], "-o", part]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        os.rename(part, path)
    graph = onnx.load(path, load_external_data=False).graph
    return path, [size.dim_value or 1 for size in graph.input[0].type.tensor_type.shape.dim]


def save_input(shape, path):
    """Writes a seeded random input in ±1 as a NumPy file."""
    import numpy

    x = numpy.random.default_rng(1).uniform(-1, 1, shape).astype(numpy.float32)
    numpy.save(path, x)


def quantize(path, shape, folder):
    """Writes the int8 version of a network by onnxruntime.quantization; returns its path.

    Static quantize/dequantize pairs: symmetric int8 weights per channel, affine uint8 activations per
    tensor, ranges by minimum and maximum over eight random inputs. Batch normalizations are folded by ONNX
    Runtime's basic optimizations before.
    """
    import numpy
    import onnxruntime
    from onnxruntime import quantization

    name = os.path.splitext(os.path.basename(path))[0]
    target = os.path.join(folder, f"{name}-int8.onnx")
    if os.path.exists(target) and os.path.getmtime(target) > os.path.getmtime(path):
        return target
    folded = os.path.join(folder, f"{name}-folded.onnx")
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.optimized_model_filepath = folded
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    input_name = session.get_inputs()[0].name

    class RandomInputs(quantization.CalibrationDataReader):
        def __init__(self):
            random = numpy.random.default_rng(2)
            self.inputs = iter(
                [random.uniform(-1, 1, shape).astype(numpy.float32) for _ in range(8)]
            )

        def get_next(self):
            x = next(self.inputs, None)
            return None if x is None else {input_name: x}

    logging.getLogger().setLevel(logging.ERROR)  # it asks for the folding that was just done
    quantization.quantize_static(
        folded,
        target,
        RandomInputs(),
        quant_format=quantization.QuantFormat.QDQ,
        op_types_to_quantize=[
            "Conv", "Gemm", "MatMul", "MaxPool", "GlobalAveragePool", "AveragePool", "Add", "Concat",
            "Relu", "Clip", "Flatten", "Reshape",
        ],
        per_channel=True,
        activation_type=quantization.QuantType.QUInt8,
        weight_type=quantization.QuantType.QInt8,
        calibrate_method=quantization.CalibrationMethod.MinMax,
    )
    os.remove(folded)
    return target


def describe(squeeze, path):
    """Parameters and MACs of a file as `squeeze inspect` counts them."""
    done = subprocess.run(
        [squeeze, "inspect", path, "--json"], check=True, capture_output=True, text=True
    )
    total = json.loads(done.stdout)["total"]
    return total["parameters"], total["macs"]
