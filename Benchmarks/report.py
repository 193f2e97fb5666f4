"""The results of benchmark.py as Markdown."""

import datetime
import os
import platform
from statistics import geometric_mean, median

BEGIN = "<!-- benchmark.py: begin -->"
END = "<!-- benchmark.py: end -->"
TITLES = {"squeeze": "Squeeze", "onnxruntime": "ONNX Runtime", "openvino": "OpenVINO", "ncnn": "ncnn"}


def machine():
    name = platform.processor() or platform.machine()
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            models = [line.split(":", 1)[1].strip() for line in file if line.startswith("model name")]
        name = models[0] if models else name
    except OSError:
        pass
    return {
        "processor": name,
        "architecture": platform.machine(),
        "processors": os.cpu_count(),
        "system": f"{platform.system()} {platform.release()}",
        "date": datetime.date.today().isoformat(),
        "load": os.getloadavg()[0],
    }


def ratio(row):
    """The best peer, its median over ours, and the range of that over the rounds; `None` without both."""
    times = row["times_ms"]
    others = {name: values for name, values in times.items() if name != "squeeze" and values}
    if not others or not times.get("squeeze"):
        return None
    best = min(others, key=lambda name: median(others[name]))
    rounds = [theirs / ours for theirs, ours in zip(others[best], times["squeeze"])]
    return best, median(others[best]) / median(times["squeeze"]), min(rounds), max(rounds)


def cell(values):
    if not values:
        return "–"
    digits = 2 if median(values) < 100 else 0
    text = lambda value: f"{value:.{digits}f}"
    return f"{text(median(values))} ({text(min(values))}–{text(max(values))})"


def line(row):
    """One row for a person who waits."""
    parts = [f"{name} {cell(values)}" for name, values in row["times_ms"].items()]
    found = ratio(row)
    if found:
        parts.append(f"ratio to {found[0]} {found[1]:.2f}")
    return ", ".join(parts)


def table(header, rows):
    alignment = ["---"] + ["---:"] * (len(header) - 1)
    lines = [header, alignment, *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines) + "\n"


def latency_table(rows, programs):
    """Times, ratios and the largest difference of outputs."""
    header = ["network"] + [f"{TITLES[name]} ms" for name in programs]
    header += ["best peer", "ratio", "range", "difference"]
    lines, ratios = [], []
    for row in rows:
        found = ratio(row)
        cells = [row["network"]] + [cell(row["times_ms"].get(name, [])) for name in programs]
        if found:
            ratios.append(found[1])
            cells += [TITLES[found[0]], f"{found[1]:.2f}", f"{found[2]:.2f}–{found[3]:.2f}"]
        else:
            cells += ["–", "–", "–"]
        gaps = row["differences"]
        worst = max(gaps, key=gaps.get, default=None)
        lines.append(cells + [f"{gaps[worst]:.1e} ({TITLES[worst]})" if gaps else "–"])
    text = table(header, lines)
    if len(ratios) > 1:
        text += f"\nGeometric mean of the ratios: **{geometric_mean(ratios):.2f}**, "
        text += f"{sum(r >= 1 for r in ratios)} of {len(ratios)} at least 1.\n"
    failures = {
        f"{TITLES[name]} on {row['network']}: {text}"
        for row in rows
        for name, text in row["failures"].items()
    }
    return text + "".join(f"\n- {failure}" for failure in sorted(failures)) + "\n"


def start_table(rows, programs):
    header = ["network"]
    for name in programs:
        header.append(f"{TITLES[name]} ms")
        if name != "squeeze":
            header.append("without Python")
    lines = []
    for row in rows:
        cells = [row["network"]]
        for name in programs:
            times = row["milliseconds"].get(name, [])
            columns = range(1 if name == "squeeze" else 2)
            cells += [f"{median(t[i] for t in times):.0f}" if times else "–" for i in columns]
        lines.append(cells)
    return table(header, lines)


def memory_table(rows, programs):
    header = ["network"]
    for name in programs:
        header.append(f"{TITLES[name]} MB")
        if name != "squeeze":
            header.append("without Python")
    lines = []
    for row in rows:
        cells = [row["network"]]
        for name in programs:
            peaks = row["bytes"].get(name, [])
            columns = range(1 if name == "squeeze" else 2)
            cells += [f"{median(p[i] for p in peaks) / 1e6:.0f}" if peaks else "–" for i in columns]
        lines.append(cells)
    return table(header, lines)


def markdown(result):
    """The whole section."""
    about, versions = result["machine"], result["versions"]
    programs = list(versions)
    named = ", ".join(f"{TITLES[name]} {version}" for name, version in versions.items())
    text = f"""{about['processor']}, {about['processors']} processors ({about['architecture']}, \
{about['system']}), instruction set {about.get('instruction_set', 'unknown')}; {about['date']}, \
load {about['load']:.1f} at the start, \
{about.get('load_end', about['load']):.1f} at the end (this program makes up to its number of threads). {named}. Batch 1, random weights and inputs, \
{result['rounds']} rounds of about {result['seconds_per_round']} s; programs take turns. A cell is the median of \
the rounds' medians with their range; ratio = best peer's median / ours, above 1 means that Squeeze is faster; \
its range is over the rounds. Difference: the largest |peer − ours| over the largest |ours|, of the peer where it is worst.
"""
    counts = [
        [
            entry["network"],
            "×".join(map(str, entry["input"])),
            f"{entry['parameters']:,}",
            f"{entry['macs'] / 1e6:,.0f}",
        ]
        for entry in result["networks"]
    ]
    text += "\n" + table(["network", "input", "parameters", "MMACs"], counts)
    kinds = sorted({(row["precision"], row["threads"]) for row in result["latency"]})
    for precision, threads in sorted(kinds, key=lambda kind: (kind[0] != "float32", kind)):
        rows = [
            row
            for row in result["latency"]
            if (row["precision"], row["threads"]) == (precision, threads)
        ]
        present = [name for name in programs if any(name in row["times_ms"] for row in rows)]
        plural = "thread" if threads == 1 else "threads"
        text += f"\n### Latency, {precision}, {threads} {plural}\n\n" + latency_table(rows, present)
    if result["start"]:
        text += (
            "\n### Cold start\n\nMedian milliseconds from process start to the first result from a file, one "
            "thread; for peers also without starting Python and importing.\n\n"
        )
        text += start_table(result["start"], programs)
        text += (
            "\n### Peak memory\n\nPeak resident megabytes of a process that loads and runs five times, one "
            "thread; for peers also what it is above the memory after imports.\n\n"
        )
        text += memory_table(result["start"], programs)
    return text


def replace_section(path, text):
    """Replaces what stands between the markers, or adds a section at the end."""
    with open(path, encoding="utf-8") as file:
        old = file.read()
    section = f"{BEGIN}\n\n{text}\n{END}"
    if BEGIN in old and END in old:
        head, rest = old.split(BEGIN, 1)
        new = head + section + rest.split(END, 1)[1]
    else:
        new = old.rstrip("\n") + f"\n\n## Beside other engines\n\n{section}\n"
    with open(path, "w", encoding="utf-8") as file:
        file.write(new)
