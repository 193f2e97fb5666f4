"""The programs `benchmark.py` compares with, one module each.

A module has `NAME`, `PRECISIONS`, `version()`, `prepare(onnx, folder)`, which returns the file the peer
loads, and `Session(path, threads, precision)`, whose `run(x)` returns the first output as an array.
Nothing but the peer and NumPy is imported at the top, so that a cold start pays for no more.
"""
