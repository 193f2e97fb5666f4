#!/usr/bin/env python3
"""Squeeze beside PyTorch: samples per second of whole training steps.

The programs take turns, round by round: Squeeze, PyTorch contiguous, PyTorch channels-last. A step is
forward pass, loss, backward pass and SGD with momentum on data that is there at once. The ratio is that of
the medians, ours to the better of PyTorch's two.

examples:
  training.py                              six networks, 5 rounds
  training.py --networks LeNet-5 --rounds 3 --json out.json
  training.py --precision bfloat16         products in bfloat16 on processors with AMX, in PyTorch by autocast
"""

import argparse
import json
import math
import os
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))


def worker(name, layout, steps, threads, precision):
    """One turn of PyTorch: prints the seconds of every step."""
    import torch
    from torch.nn import functional as F

    import training_networks

    torch.set_num_threads(threads)
    torch.manual_seed(1)
    make, _, shape, batch = training_networks.NETWORKS[name]
    network, x = make(), torch.randn(batch, *shape)
    if layout == "channels-last" and len(shape) == 3:
        network, x = network.to(memory_format=torch.channels_last), x.to(memory_format=torch.channels_last)
    optimizer = torch.optim.SGD(network.parameters(), lr=1e-4, momentum=0.9)
    y = network(x)
    if y.shape[1] == 1:
        target, loss = torch.randint(0, 2, y.shape).float(), F.binary_cross_entropy_with_logits
    else:
        target, loss = torch.randint(0, y.shape[1], (batch,)), F.cross_entropy
    narrow = torch.autocast("cpu", dtype=torch.bfloat16, enabled=precision == "bfloat16")
    times = []
    for _ in range(steps + 3):
        start = time.perf_counter()
        optimizer.zero_grad()
        with narrow:
            y = network(x)
        loss(y.float(), target).backward()
        optimizer.step()
        times.append(time.perf_counter() - start)
    json.dump(
        {"seconds": times[3:], "parameters": sum(p.numel() for p in network.parameters())}, sys.stdout
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--networks", help="some of the names, separated by ;")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3, help="time of one turn, about")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--precision", choices=["float32", "bfloat16"], default="float32")
    parser.add_argument("--squeeze", default=os.path.join(HERE, "../.build/release/squeeze"))
    parser.add_argument("--json", metavar="OUT")
    parser.add_argument("--worker", nargs=5, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        name, layout, steps, threads, precision = options.worker
        return worker(name, layout, int(steps), int(threads), precision)
    import torch

    import training_networks

    names = options.networks.split(";") if options.networks else list(training_networks.NETWORKS)
    results = {}
    for name in names:
        _, own, shape, batch = training_networks.NETWORKS[name]

        def squeeze(steps):
            command = [options.squeeze, "benchmark-training", *own, "--batch", str(batch), "--json"]
            command += ["--threads", str(options.threads), "--steps", str(steps)]
            command += ["--precision", options.precision]
            return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)["median_ms"] / 1e3

        def peer(layout, steps):
            command = [sys.executable, __file__, "--worker", name, layout, str(steps), str(options.threads)]
            command.append(options.precision)
            out = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
            return statistics.median(out["seconds"])

        layouts = ["contiguous", "channels-last"] if len(shape) == 3 else ["contiguous"]
        turns = {"squeeze": squeeze} | {layout: lambda n, layout=layout: peer(layout, n) for layout in layouts}
        steps = {program: max(3, min(500, int(options.seconds / turn(3)))) for program, turn in turns.items()}
        times = {program: [] for program in turns}
        for _ in range(options.rounds):
            for program, turn in turns.items():
                times[program].append(turn(steps[program]))
        rates = {program: batch / statistics.median(values) for program, values in times.items()}
        best = max(rates[layout] for layout in layouts)
        ratios = [min(t) / s for s, *t in zip(*times.values())]
        results[name] = {
            "batch": batch,
            "samples_per_second": rates,
            "ratio": rates["squeeze"] / best,
            "ratios_of_rounds": sorted(ratios),
        }
        row = ", ".join(f"{program} {rate:.1f}" for program, rate in rates.items())
        print(f"{name}: {row} samples/s; ratio {rates['squeeze'] / best:.2f} ({min(ratios):.2f} to {max(ratios):.2f})", flush=True)
    mean = math.exp(statistics.mean(math.log(r["ratio"]) for r in results.values()))
    print(f"geometric mean {mean:.2f}; PyTorch {torch.__version__}, {options.threads} threads, {options.precision}, {options.rounds} rounds")
    if options.json:
        with open(options.json, "w") as file:
            json.dump({"results": results, "mean": mean, "torch": torch.__version__, "precision": options.precision}, file, indent=1)


if __name__ == "__main__":
    main()
