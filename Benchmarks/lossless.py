#!/usr/bin/env python3
"""Squeeze's lossless coders beside NNCodec, on the weight indices of Deep Compression's SqueezeNet.

The indices of every layer are the ranks of its 256 sorted centroids, 0 meaning weight 0. NNCodec
(MPEG NNC, ISO/IEC 15938-17) codes them as int32 tensors, losslessly. Squeeze converts the real file,
centroids and biases included, by every coder; the file is verified, and loaded on one processor. Its
bytes for the indices are those beyond the same file with a plain byte for each index (coder `raw`).
Squeeze's coders know the centroids when they code the indices, for a file holds both; so, as a second
comparison, the ranks alone are coded as the weights of the same network, without the centroids but
with the graph. Every result is decoded and compared.

    python3 -m venv DIR && DIR/bin/pip install numpy
    DIR/bin/pip install --no-deps nncodec==2.1.3
    DIR/bin/python lossless.py --data FOLDER --squeeze ../.build/release/squeeze [--json FILE]

NNCodec's package imports training frameworks that coding does not use; where they are not installed,
this script puts empty modules in their place.
"""

import argparse
import importlib.abc
import importlib.machinery
import importlib.metadata
import importlib.util
import json
import pathlib
import statistics
import struct
import subprocess
import sys
import tempfile
import time
import types

import numpy as np

FIRES = [(96, 16, 64), (128, 16, 64), (128, 32, 128), (256, 32, 128),
         (256, 48, 192), (384, 48, 192), (384, 64, 256), (512, 64, 256)]
CODERS = ["automatic", "mixing", "context", "rans", "huffman", "raw"]


def layers():
    """Names and shapes of the 26 convolutions in the order of the file."""
    yield "conv1", (96, 3, 7, 7)
    for number, (inputs, squeeze, expand) in enumerate(FIRES, start=2):
        yield f"fire{number}/conv1x1_1", (squeeze, inputs, 1, 1)
        yield f"fire{number}/conv1x1_2", (expand, squeeze, 1, 1)
        yield f"fire{number}/conv3x3_2", (expand, squeeze, 3, 3)
    yield "conv_final", (1000, 512, 1, 1)


def read_ranks(path):
    """The rank of every weight's centroid, 0 for weight 0, by layer."""
    data = path.read_bytes()
    shapes = list(layers())
    counts = struct.unpack_from(f"<{len(shapes)}I", data)
    position = 4 * len(shapes)
    ranks = {}
    for (name, shape), count in zip(shapes, counts):
        centroids = np.frombuffer(data, "<f4", 256, position)
        position += 1024 + 4 * shape[0]
        codes = np.frombuffer(data, np.uint8, count, position)
        position += count
        pairs = np.frombuffer(data, np.uint8, (count - 1) // 2 + 1, position)
        position += len(pairs)
        gaps = np.stack([pairs & 15, pairs >> 4], axis=1).reshape(-1)[:count]
        places = np.cumsum(gaps.astype(np.int64) + 1) - 1
        order = np.argsort(centroids, kind="stable")
        rank = np.empty(256, np.int32)
        rank[order] = np.arange(256)
        flat = np.zeros(np.prod(shape), np.int32)
        flat[places] = rank[codes] - rank[0]
        ranks[name] = flat.reshape(shape)
    assert position == len(data), "bytes are left over"
    return ranks


# NNCodec


class Anything(type):
    """A class whose attributes, calls and subclasses are classes and objects of the same sort."""

    def __getattr__(cls, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Empty


class Empty(metaclass=Anything):
    def __init__(self, *arguments, **options):
        pass

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Empty

    def __call__(self, *arguments, **options):
        return self


class EmptyModules(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Stands in for packages that NNCodec imports and coding does not use."""

    NAMES = {"torch", "torchvision", "pandas", "h5py", "tensorflow", "wandb", "flwr", "PIL",
             "transformers", "sklearn", "timm", "matplotlib", "tqdm", "scipy", "datasets",
             "torchmetrics", "cv2", "ptflops", "peft", "ray", "omegaconf", "hydra"}

    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in self.NAMES:
            return importlib.machinery.ModuleSpec(name, self, is_package=True)
        return None

    def create_module(self, spec):
        module = types.ModuleType(spec.name)
        module.__path__ = []
        module.__getattr__ = lambda name: getattr(Empty, name)
        return module

    def exec_module(self, module):
        pass


def nncodec(ranks, folder, rounds):
    """Bytes and seconds of NNCodec on the ranks, the best of its lossless settings."""
    sys.meta_path.append(EmptyModules())
    from nncodec import nnc

    results = []
    for options in ({}, {"use_dq": False}, {"use_dq": False, "row_skipping": True},
                    {"use_dq": False, "scan_order": 1}):
        tensors = {name: rank.copy() for name, rank in ranks.items()}
        path = str(folder / "ranks.nnc")
        try:
            stream = nnc.compress(tensors, bitstream_path=path, return_bitstream=True,
                                  param_opt=True, **options)
            seconds = []
            for _ in range(rounds):
                start = time.perf_counter()
                decoded = nnc.decompress(stream)
                seconds.append(time.perf_counter() - start)
        except (Exception, SystemExit) as error:
            results.append({"options": options, "error": f"{type(error).__name__}: {error}"})
            continue
        same = all(np.array_equal(np.asarray(decoded[name]).reshape(rank.shape), rank)
                   for name, rank in ranks.items())
        results.append({"options": options, "bytes": len(stream), "lossless": same,
                        "decode_ms": 1000 * statistics.median(seconds)})
    return results


# Squeeze


def write_safetensors(tensors, path):
    header, position = {}, 0
    for name, tensor in tensors.items():
        header[name] = {"dtype": "F32", "shape": list(tensor.shape),
                        "data_offsets": [position, position + tensor.nbytes]}
        position += tensor.nbytes
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for tensor in tensors.values():
            file.write(tensor.tobytes())


def read_safetensors(path):
    data = path.read_bytes()
    length, = struct.unpack_from("<Q", data)
    header = json.loads(data[8:8 + length])
    tensors = {}
    for name, entry in header.items():
        if name != "__metadata__":
            begin, end = (8 + length + offset for offset in entry["data_offsets"])
            tensors[name] = np.frombuffer(data[begin:end], "<f4").reshape(entry["shape"])
    return tensors


def run(*command):
    return subprocess.run([str(part) for part in command], check=True, capture_output=True,
                          text=True).stdout


def squeeze_ranks(squeeze, structure, ranks, folder):
    """Bytes of a whole file whose weights are the ranks, and whether they come back."""
    tensors = {}
    for name, rank in ranks.items():
        tensors[f"{name}.weight"] = rank.astype(np.float32)
        tensors[f"{name}.bias"] = np.zeros(rank.shape[0], np.float32)
    weights, file, back = (folder / name for name in ("r.safetensors", "r.sqz", "b.safetensors"))
    write_safetensors(tensors, weights)
    sizes = {}
    for coder in CODERS:
        run(squeeze, "convert", weights, file, "--structure", structure, "--coder", coder)
        run(squeeze, "convert", file, back)
        decoded = read_safetensors(back)
        same = all(np.array_equal(decoded[name], tensor) for name, tensor in tensors.items())
        sizes[coder] = {"bytes": file.stat().st_size, "lossless": same}
    return sizes


def squeeze_file(squeeze, structure, net, folder, rounds):
    """Bytes and loading of the real file by every coder."""
    results = {}
    files = {coder: folder / f"{coder}.sqz" for coder in CODERS}
    for coder, file in files.items():
        run(squeeze, "convert", net, file, "--structure", structure, "--coder", coder)
        run(squeeze, "verify", file, structure)
        results[coder] = {"bytes": file.stat().st_size, "load_ms": []}
    for _ in range(rounds):
        for coder, file in files.items():
            report = json.loads(run("taskset", "-c", "0", squeeze, "benchmark", file, "--threads", 1,
                                    "--iterations", 1, "--json"))
            results[coder]["load_ms"].append(report["load_ms"])
    return results


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=pathlib.Path, required=True,
                        help="the folder with compressed_SqueezeNet.net and squeezenet_v1.0.onnx")
    parser.add_argument("--squeeze", type=pathlib.Path, default="../.build/release/squeeze")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=pathlib.Path, help="where to write all figures")
    options = parser.parse_args()
    net = options.data / "compressed_SqueezeNet.net"
    structure = options.data / "squeezenet_v1.0.onnx"
    ranks = read_ranks(net)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        peer = nncodec(ranks, folder, options.rounds)
        ours = squeeze_ranks(options.squeeze, structure, ranks, folder)
        whole = squeeze_file(options.squeeze, structure, net, folder, options.rounds)

    version = importlib.metadata.version("nncodec")
    print(f"{sum(rank.size for rank in ranks.values()):,} indices, "
          f"{sum(int((rank != 0).sum()) for rank in ranks.values()):,} other than zero\n")
    count = sum(rank.size for rank in ranks.values())
    beside = whole["raw"]["bytes"] - count
    print("| indices only | bytes | lossless | decoding, ms |\n|---|---:|---|---:|")
    for result in peer:
        settings = ", ".join(f"{key} {value}" for key, value in result["options"].items())
        if "error" in result:
            print(f"| NNCodec {version}, {settings or 'defaults'} | {result['error']} | | |")
        else:
            print(f"| NNCodec {version}, {settings or 'defaults'} | {result['bytes']:,} | "
                  f"{result['lossless']} | {result['decode_ms']:.0f} |")
    for coder, result in whole.items():
        result["index_bytes"] = result["bytes"] - beside
        print(f"| Squeeze {coder}, centroids known | {result['index_bytes']:,} | True | |")
    for coder, result in ours.items():
        print(f"| Squeeze {coder}, ranks alone, graph included | {result['bytes']:,} | "
              f"{result['lossless']} | |")
    lossless = [result["bytes"] for result in peer if result.get("lossless")]
    if lossless:
        best = min(lossless)
        for coder in CODERS[:3]:
            known = 100 * (1 - whole[coder]["index_bytes"] / best)
            alone = 100 * (1 - ours[coder]["bytes"] / best)
            print(f"\nSqueeze {coder}, indices against the best of NNCodec: {known:.2f} % smaller, "
                  f"ranks alone {alone:.2f} %.")
    print("\n| the whole file | bytes | loading on one processor, ms: median (range) |\n"
          "|---|---:|---:|")
    print(f"| .net | {net.stat().st_size:,} | |")
    for coder, result in whole.items():
        times = result["load_ms"]
        print(f"| .sqz {coder} | {result['bytes']:,} | {statistics.median(times):.0f} "
              f"({min(times):.0f}–{max(times):.0f}) |")
    if options.json:
        report = {"nncodec": version, "peer": peer, "squeeze": ours, "file": whole}
        options.json.write_text(json.dumps(report, indent=2) + "\n")


if __name__ == "__main__":
    main()
