"""ONNX Runtime's CPU provider with every graph optimization."""

import numpy
import onnxruntime

NAME = "onnxruntime"
PRECISIONS = ("float32", "int8")


def version():
    return onnxruntime.__version__


def prepare(onnx_path, folder):
    return onnx_path


class Session:
    def __init__(self, path, threads, precision):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
        options.log_severity_level = 3
        self.session = onnxruntime.InferenceSession(
            path, options, providers=["CPUExecutionProvider"]
        )
        self.input = self.session.get_inputs()[0].name
        self.outputs = [self.session.get_outputs()[0].name]

    def run(self, x):
        return self.session.run(self.outputs, {self.input: numpy.ascontiguousarray(x)})[0]
