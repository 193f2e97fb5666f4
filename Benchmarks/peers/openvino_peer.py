"""OpenVINO's CPU plugin with its latency hint and a stated precision.

int8 is a property of the file (quantize/dequantize pairs); what is left in floats stays float32.
"""

import openvino

NAME = "openvino"
PRECISIONS = ("float32", "bfloat16", "int8")


def version():
    return openvino.__version__.split("-")[0]


def prepare(onnx_path, folder):
    return onnx_path


class Session:
    def __init__(self, path, threads, precision):
        core = openvino.Core()
        options = {
            "PERFORMANCE_HINT": "LATENCY",
            "NUM_STREAMS": "1",
            "INFERENCE_NUM_THREADS": threads,
            "INFERENCE_PRECISION_HINT": "bf16" if precision == "bfloat16" else "f32",
        }
        self.request = core.compile_model(path, "CPU", options).create_infer_request()

    def run(self, x):
        results = self.request.infer([x], share_inputs=True, share_outputs=True)
        return results[0]
