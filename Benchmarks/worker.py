#!/usr/bin/env python3
"""One peer with one model, told over a pipe what to do. benchmark.py starts it.

usage: worker.py PEER MODEL INPUT.npy THREADS PRECISION

After loading it writes a line of JSON with its version, when imports were done, when the first result
was there (CLOCK_MONOTONIC, seconds), and its peak memory. Then it reads lines:
  time N        runs N times and answers with a list of milliseconds
  save FILE     writes the output as FILE (NumPy)
  memory N      runs N times and answers with peak bytes, and bytes held before loading
An empty line or the end of input stops it.
"""

import importlib
import json
import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))


def memory(field):
    """Bytes by a field of /proc/self/status; 0 where there is none."""
    try:
        with open("/proc/self/status", encoding="ascii") as file:
            for line in file:
                if line.startswith(field):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0


def answer(value):
    print(json.dumps(value), flush=True)


def main():
    name, model, inputs, threads, precision = sys.argv[1:6]
    peer = importlib.import_module(f"peers.{name}_peer")
    import numpy

    imported, before = time.monotonic(), memory("VmRSS")
    x = numpy.load(inputs)
    session = peer.Session(model, int(threads), precision)
    output = session.run(x)
    answer({"imported": imported, "first": time.monotonic(), "version": peer.version()})
    for line in sys.stdin:
        command, _, argument = line.strip().partition(" ")
        if not command:
            break
        if command == "save":
            numpy.save(argument, output)
            answer({})
        elif command == "memory":
            for _ in range(int(argument)):
                session.run(x)
            answer({"peak": memory("VmHWM"), "before": before})
        elif command == "time":
            times = []
            for _ in range(int(argument)):
                start = time.perf_counter()
                session.run(x)
                times.append((time.perf_counter() - start) * 1e3)
            answer(times)
    os._exit(0)  # the libraries' destructors are no part of what is measured


if __name__ == "__main__":
    main()
