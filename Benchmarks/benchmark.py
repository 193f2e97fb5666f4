#!/usr/bin/env python3
"""Squeeze beside ONNX Runtime, OpenVINO and ncnn: latency, cold start and memory, in one run.

Programs take turns, round by round, so that a slow minute of the machine hits all of them. Outputs are
compared with ours. The table goes to standard output; a full run also replaces the section between the
markers of Benchmarks/RESULTS.md. Peers that are not installed are named and left out.

examples:
  benchmark.py                                                 everything, about half an hour
  benchmark.py --networks squeezenet-v1.0,mobilenet-v2 --quick
  benchmark.py --threads 1 --parts latency --networks my.onnx --json out.json
"""

import argparse
import json
import os
import statistics
import sys
import time

import networks
import report
from contenders import Failure, Squeeze, peers

HERE = os.path.dirname(os.path.abspath(__file__))
PARTS = ("latency", "start", "int8", "bfloat16")


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    names = lambda text: [name for name in text.split(",") if name]
    parser.add_argument("--networks", type=names, default=list(networks.NETWORKS), help="names, or ONNX files")
    parser.add_argument("--peers", type=names, default=["onnxruntime", "openvino", "ncnn"])
    parser.add_argument("--threads", type=names, default=["1", "2"], help="numbers, such as 1,2")
    parser.add_argument("--parts", type=names, default=list(PARTS), help=",".join(PARTS))
    parser.add_argument("--rounds", type=int, help="turns of every program")
    parser.add_argument("--seconds", type=float, help="time of one turn, about")
    parser.add_argument("--quick", action="store_true", help="3 short rounds instead of 9")
    parser.add_argument("--squeeze", default=os.path.join(HERE, "../.build/release/squeeze"))
    parser.add_argument("--folder", help="where models are made and kept")
    parser.add_argument("--json", metavar="OUT", help="also write every time to a file")
    parser.add_argument("--results", help="the file whose section is replaced; - for none")
    options = parser.parse_args()
    for name in options.networks:
        if name not in networks.NETWORKS and not os.path.exists(name):
            parser.error(f"--networks: expected {', '.join(networks.NETWORKS)}, got {name}")
    for part in options.parts:
        if part not in PARTS:
            parser.error(f"--parts: expected {', '.join(PARTS)}, got {part}")
    is_full = not options.quick and options.networks == list(networks.NETWORKS)
    is_full = is_full and options.parts == list(PARTS)
    options.rounds = options.rounds or (3 if options.quick else 9)
    options.seconds = options.seconds or (0.15 if options.quick else 0.4)
    options.threads = [int(number) for number in options.threads]
    options.squeeze = os.path.abspath(options.squeeze)
    options.folder = options.folder or os.path.join(HERE, ".venv", "networks")
    options.results = options.results or (os.path.join(HERE, "RESULTS.md") if is_full else "-")
    if not os.path.exists(options.squeeze):
        parser.error(f"{options.squeeze} is not built: make build")
    return options


def note(text):
    print(text, file=sys.stderr, flush=True)


def interleave(contenders, paths, x, threads, precision, options):
    """Times all programs in turns.

    Returns, by program, the median milliseconds of every round and the output's difference from ours,
    relative to our largest magnitude; and why programs failed.
    """
    import numpy

    workers, failures, differences, runs = {}, {}, {}, {}
    for contender in contenders:
        try:
            path = paths[contender.name]
            if isinstance(path, Failure):
                raise path
            worker = contender.worker(path, x, threads, precision)
            saved = os.path.join(options.folder, f"output-{contender.name}.npy")
            worker.save(saved)
            estimate = statistics.median(worker.time(3))
            runs[contender.name] = min(1000, max(3, int(options.seconds * 1e3 / estimate)))
            workers[contender.name] = worker
            output = numpy.load(saved).ravel()
            if contender.name == "squeeze":
                ours = output
            elif "squeeze" in workers:
                gap = numpy.abs(output.astype("f8") - ours).max()
                differences[contender.name] = float(gap / numpy.abs(ours).max())
        except Failure as error:
            failures[contender.name] = str(error)
            note(f"  {contender.name}: {error}")
    times = {name: [] for name in workers}
    order = list(workers)
    for turn in range(options.rounds):
        for name in order[turn % len(order) :] + order[: turn % len(order)]:
            times[name].append(statistics.median(workers[name].time(runs[name])))
            time.sleep(0.03)  # a peer's threads may spin for a while after a run
    for worker in workers.values():
        worker.stop()
    return times, differences, failures, workers


def main():
    options = arguments()
    os.makedirs(options.folder, exist_ok=True)
    found, missing = peers(options.peers)
    for text in missing:
        note(f"left out: {text}")
    squeeze = Squeeze(options.squeeze)
    contenders = [squeeze, *found]
    result = {
        "machine": report.machine(),
        "versions": {contender.name: contender.version for contender in contenders},
        "rounds": options.rounds,
        "seconds_per_round": options.seconds,
        "missing": missing,
        "networks": [],
        "latency": [],
        "start": [],
    }

    def latency(name, path, x, threads, precision):
        programs = [contender for contender in contenders if contender.supports(precision)]
        for contender in contenders:
            if contender not in programs and contender is squeeze:
                note(f"{name} {precision}: left out, this squeeze has no --precision")
                return
        note(f"{name} {precision}, {threads} threads")
        paths = {}
        for contender in programs:
            try:
                paths[contender.name] = contender.prepare(path, options.folder)
            except Failure as error:
                paths[contender.name] = error
        times, differences, failures, workers = interleave(
            programs, paths, x, threads, precision, options
        )
        row = {
            "network": name,
            "precision": precision,
            "threads": threads,
            "times_ms": times,
            "differences": differences,
            "failures": failures,
        }
        if "squeeze" in workers:
            result["machine"]["instruction_set"] = workers["squeeze"].instruction_set
        note("  " + report.line(row))
        result["latency"].append(row)

    def start(name, path, x):
        note(f"{name} cold start and memory")
        row = {"network": name, "milliseconds": {}, "bytes": {}}
        rounds = 3 if options.quick else 7
        for turn in range(rounds):
            for contender in contenders:
                try:
                    file = contender.prepare(path, options.folder)
                    times = contender.cold_start(file, x)
                    row["milliseconds"].setdefault(contender.name, []).append(times)
                    if turn < 3:
                        peak = contender.peak_memory(file, x)
                        row["bytes"].setdefault(contender.name, []).append(peak)
                except Failure as error:
                    note(f"  {contender.name}: {error}")
        result["start"].append(row)

    for given in options.networks:
        path, shape = networks.make(options.squeeze, given, options.folder)
        name = os.path.basename(path).removesuffix(".onnx")
        x = os.path.join(options.folder, f"{name}-input.npy")
        networks.save_input(shape, x)
        parameters, macs = networks.describe(options.squeeze, path)
        entry = {"network": name, "input": shape, "parameters": parameters, "macs": macs}
        result["networks"].append(entry)
        for threads in options.threads:
            if "latency" in options.parts:
                latency(name, path, x, threads, "float32")
        if "start" in options.parts:
            start(name, path, x)
        if "int8" in options.parts and name in networks.QUANTIZED:
            try:
                quantized = networks.quantize(path, shape, options.folder)
                latency(name, quantized, x, 1, "int8")
            except ImportError as error:
                note(f"{name} int8: left out, {error.name} is not installed")
        if "bfloat16" in options.parts and name in networks.BFLOAT16:
            latency(name, path, x, 1, "bfloat16")
        result["machine"]["load_end"] = os.getloadavg()[0]
        if options.json:  # after every network, so that a stopped run leaves what it had
            with open(options.json, "w", encoding="utf-8") as file:
                json.dump(result, file, indent=1)

    text = report.markdown(result)
    print(text)
    if options.results != "-":
        report.replace_section(options.results, text)
        note(f"wrote {options.results}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
