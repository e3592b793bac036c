#!/usr/bin/env python3
"""Measures the example guests: native, qemu-riscv64, and the engines of Reprise.

The contenders run in turn, program by program, and all of it again in each round, so that what else
the machine does meets all of them; every figure is a median over the rounds. What is measured and
how is written in docs/performance.md. Prints Markdown.
"""

import argparse
import dataclasses
import json
import math
import os
import pathlib
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time

REPOSITORY = pathlib.Path(__file__).resolve().parent.parent
START_PROGRAM = "hello"
START_RUNS = 20
COMPILE_RUNS = 10
LARGE = 300_000  # instructions from which a program counts as large
TIMEOUT = 300  # seconds after which a process counts as hanging
SHORT = 0.15  # seconds of native time below which the start of a process blurs a ratio


@dataclasses.dataclass
class Run:
    """One process: seconds from before its start to after its end, CPU seconds, what it wrote, and
    the statistics of `reprise run`."""

    wall: float
    cpu: float
    output: bytes
    stats: dict


@dataclasses.dataclass
class Example:
    name: str
    elf: str
    native: str
    input: str
    runs: dict = dataclasses.field(default_factory=dict)  # by contender: a list of Run
    counted: dict = dataclasses.field(default_factory=dict)  # statistics of the run that counts

    def seconds(self, contender, clock="wall"):
        return statistics.median(getattr(run, clock) for run in self.runs[contender])

    def stat(self, contender, name):
        return statistics.median(run.stats[name] for run in self.runs[contender])


class Runner:
    def __init__(self, reprise, interpreter_steps):
        self.reprise = str(reprise)
        self.interpreter_steps = interpreter_steps
        self.qemu = shutil.which("qemu-riscv64")
        self.contenders = ["native", *(["qemu"] if self.qemu else []), "compiled", "interpreted"]
        self.scratch = tempfile.TemporaryDirectory(prefix="reprise-bench-")
        self.stats_file = pathlib.Path(self.scratch.name) / "stats.json"

    def command(self, contender, example, options):
        if contender == "native":
            return [example.native]
        if contender == "qemu":
            return [self.qemu, example.elf]
        if contender == "interpreted":
            options = [*options, "--max-steps", str(self.interpreter_steps)]
        return [self.reprise, "run", example.elf, "--engine", contender, "--stats", self.stats_file, *options]

    def run(self, contender, example, options=(), keep_output=False):
        self.stats_file.unlink(missing_ok=True)
        with open(example.input, "rb") as source, tempfile.TemporaryFile() as messages, tempfile.TemporaryFile() as kept:
            start = time.perf_counter()
            process = subprocess.Popen(
                self.command(contender, example, options),
                stdin=source,
                stdout=kept if keep_output else subprocess.DEVNULL,
                stderr=messages,
            )
            watch = threading.Timer(TIMEOUT, process.kill)
            watch.start()
            _, status, usage = os.wait4(process.pid, 0)
            wall = time.perf_counter() - start
            watch.cancel()
            process.returncode = os.waitstatus_to_exitcode(status)
            stats = json.loads(self.stats_file.read_text()) if self.stats_file.exists() else {}
            if process.returncode != 0 and stats.get("stop") != "step_limit":
                messages.seek(0)
                text = messages.read().decode(errors="replace").strip()
                raise RuntimeError(f"{contender} ended with {process.returncode}: {text}")
            kept.seek(0)
            return Run(wall, usage.ru_utime + usage.ru_stime, kept.read(), stats)

    def check(self, example):
        """Before anything is timed: everything gives the same output. This also fills the page cache."""
        expected = self.run("native", example, keep_output=True).output
        for contender in self.contenders[1:]:
            if contender == "interpreted":
                continue  # limited, it has no whole output
            if self.run(contender, example, keep_output=True).output != expected:
                raise RuntimeError(f"the output of {contender} differs from that of native")
        example.counted = self.run("compiled", example, ["--count-blocks"]).stats


def read_manifests(paths):
    """Examples, and what is skipped: a list of (name, why)."""
    examples, skipped = [], []
    for path in paths:
        entries = json.loads(pathlib.Path(path).read_text())
        for entry in entries:
            files = [entry["elf"], entry["native"], entry["bench_input"]]
            missing = [file for file in files if not os.path.exists(file)]
            if missing:
                skipped.append((entry["name"], f"not built: {', '.join(missing)}"))
            else:
                examples.append(Example(entry["name"], *files))
        built = {entry["name"] for entry in entries}
        for folder in {entry["check_folder"] for entry in entries if entry.get("check_folder")}:
            sources = (path.name for path in pathlib.Path(folder).iterdir() if path.is_dir())
            left_out = (name for name in sorted(sources) if name not in built and name != "common")
            skipped += [(name, "not in the build: its sources or tools are missing") for name in left_out]
    return examples, skipped


def geometric_mean(values):
    return math.exp(statistics.fmean(math.log(value) for value in values))


def result_of(example, has_qemu):
    """The figures of one program, all from medians over the rounds."""
    native = example.seconds("native")
    whole = example.seconds("compiled")
    execute = example.stat("compiled", "execute_seconds")
    compile_seconds = example.stat("compiled", "compile_seconds")
    instructions = example.counted["instructions"]
    result = {
        "program": example.name,
        "steps": example.counted["steps"],
        "native_seconds": native,
        "qemu_seconds": example.seconds("qemu") if has_qemu else None,
        "compiled_seconds": whole,
        "execute_seconds": execute,
        "compile_seconds": compile_seconds,
        "execute_to_native": execute / native,
        "compiled_to_native": whole / native,
        "qemu_to_compiled": example.seconds("qemu") / whole if has_qemu else None,
        "compiled_steps_per_second": example.counted["steps"] / execute,
        "interpreted_steps_per_second": example.stat("interpreted", "steps_per_second"),
        "interpreted_steps": example.stat("interpreted", "steps"),
        "x86_instructions_per_step": example.counted["x86_instructions_per_step"],
        "instructions": instructions,
        "instructions_compiled_per_second": instructions / compile_seconds,
        "x86_bytes": example.counted["x86_bytes"],
        "peak_rss_bytes": example.stat("compiled", "peak_rss_bytes"),
    }
    cpu = {name: example.seconds(name, "cpu") for name in example.runs}
    result["cpu_seconds"] = cpu
    result["cpu_compiled_to_native"] = cpu["compiled"] / cpu["native"]
    result["cpu_qemu_to_compiled"] = cpu["qemu"] / cpu["compiled"] if has_qemu else None
    result["rounds"] = {
        name: [{"wall_seconds": run.wall, "cpu_seconds": run.cpu, **pick(run.stats)} for run in runs]
        for name, runs in example.runs.items()
    }
    return result


def pick(stats):
    return {name: stats[name] for name in ("compile_seconds", "execute_seconds", "steps") if name in stats}


MEANS = (
    "execute_to_native",
    "compiled_to_native",
    "qemu_to_compiled",
    "compiled_steps_per_second",
    "interpreted_steps_per_second",
    "x86_instructions_per_step",
    "cpu_compiled_to_native",
    "cpu_qemu_to_compiled",
)


def measure_start(runner, hello):
    runs = [runner.run("compiled", hello) for _ in range(START_RUNS)]
    natives = [runner.run("native", hello) for _ in range(START_RUNS)]
    return {
        "seconds": statistics.median(run.wall for run in runs),
        "native_seconds": statistics.median(run.wall for run in natives),
        "peak_rss_bytes": max(run.stats["peak_rss_bytes"] for run in runs),
    }


def measure_compile(runner, example):
    runs = [runner.run("compiled", example, ["--max-steps", "0"]) for _ in range(COMPILE_RUNS)]
    seconds = statistics.median(run.stats["compile_seconds"] for run in runs)
    instructions = runs[0].stats["instructions"]
    return {
        "program": example.name,
        "instructions": instructions,
        "compile_seconds": seconds,
        "instructions_per_second": instructions / seconds,
        "x86_bytes": runs[0].stats["x86_bytes"],
    }


def first_line(*command):
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=REPOSITORY)
        return done.stdout.splitlines()[0]
    except (OSError, subprocess.CalledProcessError, IndexError):
        return None


def describe_environment(build):
    cpu = next(
        (line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "unknown"
    )
    cache = build / "CMakeCache.txt"
    types = [line for line in cache.read_text().splitlines() if line.startswith("CMAKE_BUILD_TYPE:")] if cache.exists() else []
    return {
        "cpu": cpu,
        "cores": len(os.sched_getaffinity(0)),
        "kernel": platform.release(),
        "build_type": types[0].split("=", 1)[1] if types else None,
        "commit": first_line("git", "describe", "--always", "--dirty"),
        "qemu": first_line("qemu-riscv64", "--version"),
        "load_before": os.getloadavg()[0],
    }


# --- Markdown --------------------------------------------------------------------------------------


def number(value, form):
    return "-" if value is None else format(value, form)


def table(rows):
    return "\n".join("| " + " | ".join(row) + " |" for row in [rows[0], ["---"] + ["---:"] * (len(rows[0]) - 1), *rows[1:]])


def results_table(results, means):
    head = ["program", "M steps", "native s", "qemu s", "compiled s", "of it execution s", "execution / native"]
    head += ["compiled / native", "qemu / compiled", "compiled G steps/s", "interpreter M steps/s"]
    head += ["x86 per RISC-V", "compile ms", "compile M instr./s"]
    rows = [head]
    for r in results:
        row = [r["program"], number(r["steps"] / 1e6, ".0f"), number(r["native_seconds"], ".3f")]
        row += [number(r[name], ".3f") for name in ("qemu_seconds", "compiled_seconds", "execute_seconds")]
        row += ratios(r)
        row += [number(r["compile_seconds"] * 1e3, ".1f"), number(r["instructions_compiled_per_second"] / 1e6, ".1f")]
        rows.append(row)
    rows.append(["**geometric mean**", "", "", "", "", "", *ratios(means), "", ""])
    return table(rows)


def ratios(figures):
    row = [number(figures[name], ".2f") for name in ("execute_to_native", "compiled_to_native", "qemu_to_compiled")]
    row.append(number(figures["compiled_steps_per_second"] / 1e9, ".2f"))
    row.append(number(figures["interpreted_steps_per_second"] / 1e6, ".0f"))
    return [*row, number(figures["x86_instructions_per_step"], ".2f")]


def goals_table(report):
    means, results = report["geometric_means"], report["programs"]
    rows = [["figure", "asked for", "measured", "reached"]]

    def goal(what, limit, measured, reached):
        rows.append([what, limit, measured, "yes" if reached else "**no**"])

    value = means["execute_to_native"]
    goal("compiled, execution / native", "<= 1.6, aim 1.4", f"{value:.2f}", value <= 1.6)
    if means["qemu_to_compiled"]:
        value = means["qemu_to_compiled"]
        goal("qemu / compiled, whole processes", ">= 1.7", f"{value:.2f}", value >= 1.7)
        slow = min(results, key=lambda r: r["qemu_to_compiled"])
        value = slow["qemu_to_compiled"]
        goal("the same, of the slowest program", ">= 1", f"{value:.2f} ({slow['program']})", value >= 1)
    value = means["x86_instructions_per_step"]
    goal("x86 instructions per RISC-V instruction", "<= 1.9", f"{value:.2f}", value <= 1.9)
    value = means["interpreted_steps_per_second"] / 1e6
    goal("interpreter, M instructions/s", ">= 150", f"{value:.0f}", value >= 150)
    if large := report["compile"]:
        speed, size = large["instructions_per_second"] / 1e6, large["instructions"]
        what = f"compiling {large['program']} ({size:,} instructions), M instructions/s"
        goal(what, f">= 3.5 on >= {LARGE:,}", f"{speed:.1f}", speed >= 3.5 and size >= LARGE)
    if start := report["start"]:
        value = start["seconds"] * 1e3
        goal("start-up on hello world, ms", "< 15", f"{value:.1f}", value < 15)
        value = start["peak_rss_bytes"] / 2**20
        goal("the same, MiB resident", "< 40", f"{value:.1f}", value < 40)
    return table(rows)


def markdown(report):
    e, options = report["environment"], report["options"]
    parts = [
        f"{e['cpu']}, {e['cores']} cores, Linux {e['kernel']}; load {e['load_before']:.1f} before, "
        f"{e['load_after']:.1f} after. Reprise {e['commit']}, {e['build_type']}; {e['qemu'] or 'no qemu-riscv64'}.",
        f"Medians of {options['rounds']} rounds. The interpreter ran the first {options['interpreter_steps'] / 1e6:.0f} M "
        "steps of each program (all, if there are fewer).",
        results_table(report["programs"], report["geometric_means"]),
    ]
    means = report["geometric_means"]
    cpu = f"The same by CPU time of the processes: compiled / native {means['cpu_compiled_to_native']:.2f}"
    if means["cpu_qemu_to_compiled"]:
        cpu += f", qemu / compiled {means['cpu_qemu_to_compiled']:.2f}"
    parts += [cpu + " (geometric means).", goals_table(report)]
    if start := report["start"]:
        parts.append(
            f"Start-up: median of {START_RUNS}; the native hello world takes {start['native_seconds'] * 1e3:.1f} ms. "
            f"Compiling: median of {COMPILE_RUNS}."
        )
    if short := [r["program"] for r in report["programs"] if r["native_seconds"] < SHORT]:
        parts.append(f"Native below {SHORT} s, so that the start of processes counts: {', '.join(short)}.")
    parts += [f"Skipped: {name}: {why}" for name, why in report["skipped"]]
    return "\n\n".join(parts)


# --- The command -----------------------------------------------------------------------------------


def progress(text):
    print(text, file=sys.stderr, flush=True)


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=pathlib.Path, default=REPOSITORY / "build/release", help="where reprise was built")
    parser.add_argument(
        "--examples",
        action="append",
        type=pathlib.Path,
        metavar="FILE",
        help="a manifest of guests, may be repeated (default: guest/examples.json in the build)",
    )
    parser.add_argument("--only", nargs="+", metavar="NAME", help="only these programs")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--interpreter-steps", type=int, default=100_000_000, metavar="N")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE", help="also write everything, each run, as JSON")
    return parser.parse_args()


def measure(options):
    runner = Runner(options.build / "reprise", options.interpreter_steps)
    examples, skipped = read_manifests(options.examples or [options.build / "guest/examples.json"])
    hello = next((example for example in examples if example.name == START_PROGRAM), None)
    examples = [example for example in examples if example is not hello]
    if options.only:
        skipped += [(example.name, "not asked for") for example in examples if example.name not in options.only]
        examples = [example for example in examples if example.name in options.only]
    if not examples:
        raise SystemExit("run.py: there is no program to measure")
    if not runner.qemu:
        skipped.append(("qemu", "qemu-riscv64 is not installed (Debian: apt-get install qemu-user)"))
    if not hello:
        skipped.append((START_PROGRAM, "start-up is not measured"))

    environment = describe_environment(options.build)
    for example in examples:
        progress(f"checking {example.name}")
        try:
            runner.check(example)
        except RuntimeError as error:
            raise SystemExit(f"run.py: {example.name}: {error}") from None
        example.runs = {contender: [] for contender in runner.contenders}
    start = measure_start(runner, hello) if hello else None
    largest = max(examples, key=lambda example: example.counted["instructions"])
    compiling = measure_compile(runner, largest)
    for number_of_round in range(options.rounds):
        for example in examples:
            progress(f"round {number_of_round + 1} of {options.rounds}: {example.name}")
            for contender in runner.contenders:
                example.runs[contender].append(runner.run(contender, example))
    environment["load_after"] = os.getloadavg()[0]

    results = [result_of(example, bool(runner.qemu)) for example in examples]
    means = {
        name: None if results[0][name] is None else geometric_mean([r[name] for r in results]) for name in MEANS
    }
    return {
        "environment": environment,
        "options": {"rounds": options.rounds, "interpreter_steps": options.interpreter_steps},
        "programs": results,
        "geometric_means": means,
        "start": start,
        "compile": compiling,
        "skipped": skipped,
    }


def main():
    options = parse_arguments()
    report = measure(options)
    print(markdown(report))
    if options.json:
        options.json.write_text(json.dumps(report, indent=2) + "\n")


if __name__ == "__main__":
    main()
