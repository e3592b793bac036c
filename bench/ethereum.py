#!/usr/bin/env python3
"""Measures a program made for ZisK, such as one that checks an Ethereum block; prints Markdown.

PROGRAM and INPUT are given by path: none of them is part of this repository. How each figure is made
is said in docs/performance.md, "An Ethereum block".
"""

import argparse
import json
import os
import pathlib
import statistics
import struct
import subprocess
import tempfile
import time

from run import REPOSITORY, describe_environment, table

CONTENDERS = {  # by name: the command and its options
    "run": ["run"],
    "trace": ["trace"],
    "trace to /dev/null": ["trace", "-o", os.devnull],
}
CLOCKS = ("seconds", "fastest_seconds")  # the median of the rounds, the fastest of them
KINDS = ("precompiles", "memory operations", "hints", "others")


def run_once(options, command, output=subprocess.DEVNULL):
    """Seconds of the process, and its statistics."""
    with tempfile.NamedTemporaryFile(prefix="reprise-bench-") as stats:
        reprise, name, *more = options.build / "reprise", *command
        start = time.perf_counter()
        subprocess.run(
            [reprise, name, options.program, "--input", options.input, "--stats", stats.name, *more],
            check=True,
            stdout=output,
            stderr=subprocess.PIPE,
        )
        wall = time.perf_counter() - start
        return {"wall_seconds": wall, **json.loads(pathlib.Path(stats.name).read_text())}


def output_words(options):
    with tempfile.TemporaryFile() as output:
        run_once(options, ["run"], output)
        output.seek(0)
        data = output.read()
    return [f"{word:08x}" for (word,) in struct.iter_unpack("<I", data[: len(data) // 4 * 4])]


def check_words(words, expected):
    """Words that are not expected must be 0."""
    expected = expected.split()
    return words == expected + ["00000000"] * (len(words) - len(expected))


def tool(options, name, *arguments):
    command = [options.build / "bench" / name, options.program, options.input, *arguments]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def measure(options):
    environment = describe_environment(options.build)
    words = output_words(options)  # this also fills the page cache
    runs = {name: [] for name in CONTENDERS}
    for _ in range(options.rounds):
        for name, command in CONTENDERS.items():
            runs[name].append(run_once(options, command))
    replay = tool(options, "reprise-replay-alone", str(options.rounds))
    csr_times = tool(options, "reprise-csr-times", str(options.rounds))
    environment["load_after"] = os.getloadavg()[0]
    return {
        "environment": environment,
        "rounds": options.rounds,
        "words": words,
        "expected": options.words,
        "runs": runs,
        "replay": replay,
        "csr_times": csr_times,
    }


def median(runs, name):
    return statistics.median(run[name] for run in runs)


def milliseconds(seconds):
    return f"{seconds * 1e3:.1f}"


def run_table(report):
    plain, traced = report["runs"]["run"], report["runs"]["trace"]
    steps = plain[0]["steps"]
    rows = [["figure", "median", "best", ""]]

    def add(what, runs, name, unit=None):
        values = [run[name] for run in runs]
        best = min(values)
        note = f"{steps / statistics.median(values) / 1e9:.2f} G steps/s" if unit else ""
        rows.append([what, f"{milliseconds(statistics.median(values))} ms", f"{milliseconds(best)} ms", note])

    rows.append(["steps", f"{steps:,}", "", ""])
    log_bytes = traced[0]["log_bytes"]
    rows.append(["log", f"{log_bytes / steps:.2f} bytes a step", "", f"{log_bytes:,} bytes"])
    add("load", plain, "load_seconds")
    add("compile, untraced", plain, "compile_seconds")
    add("compile, traced", traced, "compile_seconds")
    add("run, untraced", plain, "execute_seconds", True)
    add("run, traced", traced, "execute_seconds", True)
    add("process `reprise run`", plain, "wall_seconds")
    add("process `reprise trace`", traced, "wall_seconds")
    add("process `reprise trace -o /dev/null`", report["runs"]["trace to /dev/null"], "wall_seconds")
    replay, traced_seconds = report["replay"], median(traced, "execute_seconds")
    for threads, name in (("one thread", "one_thread_seconds"), ("two threads", "two_threads_seconds")):
        seconds = replay[name]
        note = f"{seconds / traced_seconds:.2f} of the traced run"
        rows.append([f"replay, {threads}", f"{milliseconds(seconds)} ms", "", note])
    return table(rows)


def by_name(times):
    """Functions with the same name are one."""
    summed = {}
    for function in times["functions"]:
        nothing = {"kind": function["kind"], "calls": 0, **dict.fromkeys(CLOCKS, 0.0)}
        entry = summed.setdefault(function["name"], nothing)
        for figure in ("calls", *CLOCKS):
            entry[figure] += function[figure]
    return summed


def seconds_by_kind(times, clock):
    """Translated code is what is left of runs without a clock."""
    functions = by_name(times).values()
    seconds = {kind: sum(f[clock] for f in functions if f["kind"] == kind) for kind in KINDS}
    return {"translated code": times[clock] - sum(seconds.values()), **seconds, "**all**": times[clock]}


def where_table(times):
    """The log is what a traced run takes more."""
    heads = ("untraced ms", "traced ms", "log")
    rows = [["where", *(f"{head}, {clock}" for clock in ("median", "fastest") for head in heads)]]
    columns = []
    for clock in CLOCKS:
        untraced, traced = (seconds_by_kind(times[which], clock) for which in ("untraced", "traced"))
        columns += [untraced, traced, {kind: traced[kind] - untraced[kind] for kind in traced}]
    for kind in columns[0]:
        rows.append([kind, *(milliseconds(column[kind]) for column in columns)])
    return table(rows)


def functions_table(times):
    untraced, traced = by_name(times["untraced"]), by_name(times["traced"])
    head = ["ms", "ns a call", "fastest ns"]
    rows = [["function", "calls", *(f"{of} {what}" for of in ("untraced", "traced") for what in head)]]
    for name, function in sorted(untraced.items(), key=lambda item: -item[1]["seconds"]):
        row = [name, f"{function['calls']:,}"]
        for entry in (function, traced[name]):
            row.append(milliseconds(entry["seconds"]))
            row += [f"{entry[clock] / entry['calls'] * 1e9:.0f}" for clock in CLOCKS]
        rows.append(row)
    return table(rows)


def markdown(report):
    e, times = report["environment"], report["csr_times"]
    words = report["words"]
    shown = " ".join(words)
    while shown.endswith(" 00000000"):
        shown = shown.removesuffix(" 00000000")
    verdict = ""
    if report["expected"] is not None:
        verdict = ": as expected" if check_words(words, report["expected"]) else ": NOT as expected"
    reading = times["traced"]["seconds_of_a_reading"] * 1e9
    slowed = times["traced"]["seconds_with_clock"] / times["traced"]["seconds"]
    return "\n\n".join(
        [
            f"{e['cpu']}, {e['cores']} cores, Linux {e['kernel']}; load {e['load_before']:.1f} before, "
            f"{e['load_after']:.1f} after. Reprise {e['commit']}, {e['build_type']}. "
            f"Medians of {report['rounds']} rounds.",
            f"Output words, without zeros at the end: {shown}{verdict}.",
            run_table(report),
            where_table(times),
            functions_table(times),
            f"A reading of the clock takes {reading:.0f} ns, and a traced run with it {slowed:.2f} times the one "
            "without.",
        ]
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    path = pathlib.Path
    parser.add_argument("program", type=path)
    parser.add_argument("input", type=path)
    parser.add_argument("--build", type=path, default=REPOSITORY / "build/release", help="where reprise was built")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--words", metavar="'HEX HEX ...'", help="the first output words; the others must be 0")
    parser.add_argument("--json", type=path, metavar="FILE", help="also write everything, each run, as JSON")
    options = parser.parse_args()
    try:
        report = measure(options)
    except subprocess.CalledProcessError as error:
        text = error.stderr if isinstance(error.stderr, str) else error.stderr.decode(errors="replace")
        raise SystemExit(f"ethereum.py: {error}: {text.strip()}") from None
    print(markdown(report))
    if options.json:
        options.json.write_text(json.dumps(report, indent=2) + "\n")
    if options.words is not None and not check_words(report["words"], options.words):
        raise SystemExit("ethereum.py: the output differs from --words")


if __name__ == "__main__":
    main()
