#!/usr/bin/env python3
"""Latency of `squeeze benchmark` beside ONNX Runtime: one process each in turn, medians and ratios.

usage: latency.py MODEL.onnx [--squeeze .build/release/squeeze] [--threads 1] [--rounds 12] [--iterations 40]
Prints a Markdown table. A ratio above 1 means that Squeeze is faster.
"""
import argparse, json, os, platform, statistics, subprocess, sys

PEER = r"""
import json, sys, time
import numpy as np, onnxruntime as ort
model, threads, iterations = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
options = ort.SessionOptions()
options.intra_op_num_threads = threads
options.inter_op_num_threads = 1
options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_ALL
session = ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])
random = np.random.default_rng(1)
feeds = {}
for i in session.get_inputs():
    shape = [d if isinstance(d, int) else 1 for d in i.shape]
    feeds[i.name] = random.uniform(-1, 1, shape).astype(np.float32)
times = []
for n in range(5 + iterations):
    start = time.perf_counter()
    session.run(None, feeds)
    if n >= 5: times.append(time.perf_counter() - start)
times.sort()
print(json.dumps({"median_ms": times[len(times) // 2] * 1e3, "version": ort.__version__}))
"""


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("model")
    a.add_argument("--squeeze", default=".build/release/squeeze")
    a.add_argument("--threads", type=int, default=1)
    a.add_argument("--rounds", type=int, default=12)
    a.add_argument("--iterations", type=int, default=40)
    a = a.parse_args()
    try:
        import onnxruntime  # noqa: F401
    except ImportError:
        print("latency.py: skipped, onnxruntime is not installed for this Python", file=sys.stderr)
        return 0
    ours, peer, version = [], [], ""
    for _ in range(a.rounds):
        run = lambda *c: json.loads(subprocess.run(c, check=True, capture_output=True, text=True).stdout)
        ours.append(run(a.squeeze, "benchmark", a.model, "--threads", str(a.threads), "--iterations", str(a.iterations), "--json"))
        theirs = run(sys.executable, "-c", PEER, a.model, str(a.threads), str(a.iterations))
        peer.append(theirs["median_ms"])
        version = theirs["version"]
    mine = [o["median_ms"] for o in ours]
    ratios = [p / m for p, m in zip(peer, mine)]
    cell = lambda v: f"{statistics.median(v):.2f} ({min(v):.2f}–{max(v):.2f})"
    print(f"machine {platform.machine()}, {os.cpu_count()} cores, instruction set {ours[0]['instruction_set']}; "
          f"onnxruntime {version}; {a.rounds} rounds of {a.iterations} runs, processes in turn; medians with range\n")
    print("| model | threads | Squeeze ms | ONNX Runtime ms | ratio | load ms |")
    print("|---|---:|---:|---:|---:|---:|")
    print(f"| {os.path.basename(a.model)} | {a.threads} | {cell(mine)} | {cell(peer)} | {cell(ratios)} | {cell([o['load_ms'] for o in ours])} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
