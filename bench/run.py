#!/usr/bin/env python3
"""Measures the example guests: native, qemu-riscv64, and the engines of Reprise.

The contenders run in turn, program by program, and all of it again in each round, so that what else
the machine does meets all of them. What is measured and how is written in docs/performance.md.
Prints Markdown.
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
LARGE = 250_000  # instructions from which a program counts as large: the EVM is
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
    counted_traced: dict = dataclasses.field(default_factory=dict)  # the same, traced
    replay: dict = dataclasses.field(default_factory=dict)  # what reprise-replay-alone says

    def seconds(self, contender, clock):
        """One figure a round: `clock` is "wall", "cpu" or the name of a statistic."""
        return [run.stats[clock] if clock in run.stats else getattr(run, clock) for run in self.runs[contender]]


TRACED = {  # with the trace on: what is run instead of `reprise run`
    "traced": ["trace"],
    "streamed": ["trace", "--replay"],
    "profiled": ["profile", "-o", os.devnull],
}
# Traces kept there. dd goes before: where the host of a virtual machine has taken memory back, it comes then.
RAM_DISK = ["to_null", "dd", "to_ram_disk"]


class Runner:
    def __init__(self, build, interpreter_steps, ram_disk):
        self.reprise = str(build / "reprise")
        self.replay_alone = str(build / "bench/reprise-replay-alone")
        self.interpreter_steps = interpreter_steps
        self.qemu = shutil.which("qemu-riscv64")
        self.contenders = ["native", *(["qemu"] if self.qemu else []), "compiled", "interpreted", *TRACED]
        self.ram_disk_contenders = RAM_DISK if ram_disk else []
        self.scratch = tempfile.TemporaryDirectory(prefix="reprise-bench-")
        self.stats_file = pathlib.Path(self.scratch.name) / "stats.json"
        self.ram_disk = tempfile.TemporaryDirectory(prefix="reprise-bench-", dir=ram_disk)
        self.ram_disk_file = pathlib.Path(self.ram_disk.name) / "trace"

    def command(self, contender, example, options):
        if contender == "native":
            return [example.native]
        if contender == "qemu":
            return [self.qemu, example.elf]
        if contender == "interpreted":
            options = [*options, "--max-steps", str(self.interpreter_steps)]
        if contender in TRACED:
            command, *more = TRACED[contender]
            return [self.reprise, command, example.elf, *more, "--stats", self.stats_file, *options]
        if contender == "dd":
            mebibytes = str(example.counted_traced["log_bytes"] >> 20)
            return ["dd", "if=/dev/zero", f"of={self.ram_disk_file}", "bs=1M", f"count={mebibytes}"]
        if contender in RAM_DISK:
            file = self.ram_disk_file if contender == "to_ram_disk" else os.devnull
            return [self.reprise, "trace", example.elf, "-o", file, *options]
        return [self.reprise, "run", example.elf, "--engine", contender, "--stats", self.stats_file, *options]

    def run(self, contender, example, options=(), keep_output=False):
        self.stats_file.unlink(missing_ok=True)
        self.ram_disk_file.unlink(missing_ok=True)
        temporary = tempfile.TemporaryFile
        with open(example.input, "rb") as source, temporary() as messages, temporary() as kept:
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
                raise RuntimeError(f"{example.name}: {contender} ended with {process.returncode}: {text}")
            kept.seek(0)
            return Run(wall, usage.ru_utime + usage.ru_stime, kept.read(), stats)

    def check(self, example):
        """Before anything is timed: everything gives the same output. This also fills the page cache."""
        expected = self.run("native", example, keep_output=True).output
        for contender in self.contenders[1:]:
            if contender == "interpreted":
                continue  # limited in steps: no whole output
            if self.run(contender, example, keep_output=True).output != expected:
                raise RuntimeError(f"{example.name}: the output of {contender} differs from that of native")
        example.counted = self.run("compiled", example, ["--count-blocks"]).stats
        example.counted_traced = self.run("traced", example, ["--count-blocks"]).stats

    def measure_replay(self, example, rounds):
        command = [self.replay_alone, example.elf, example.input, str(rounds)]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=TIMEOUT)
        example.replay = json.loads(done.stdout)


def read_manifest(path, kind):
    """Examples with their input for "bench" or "test"; and what is skipped, a list of (name, why)."""
    entries = json.loads(path.read_text())
    examples = [
        Example(entry["name"], entry["elf"], entry["native"], entry[f"{kind}_input"]) for entry in entries
    ]
    names = {entry["name"] for entry in entries} | {"common"}  # beside the examples: what they share
    folders = {pathlib.Path(entry["check_folder"]) for entry in entries}
    sources = {file.name for folder in folders for file in folder.iterdir() if file.is_dir()}
    why = "left out of the build, which lacks its sources or tools"
    return examples, [(name, why) for name in sorted(sources - names)]


def drop_missing(examples, skipped):
    there = []
    for example in examples:
        missing = [file for file in (example.elf, example.native, example.input) if not os.path.exists(file)]
        if missing:
            skipped.append((example.name, f"not there: {', '.join(missing)}"))
        else:
            there.append(example)
    return there


def geometric_mean(values):
    return math.exp(statistics.fmean(math.log(value) for value in values))


RATIOS = {  # what is divided by what
    "traced_to_native": (("traced", "execute_seconds"), ("native", "wall")),
    "traced_to_execution": (("traced", "execute_seconds"), ("compiled", "execute_seconds")),
    "streamed_to_execution": (("streamed", "replay_seconds"), ("compiled", "execute_seconds")),
    "profiled_to_execution": (("profiled", "replay_seconds"), ("compiled", "execute_seconds")),
    "profiled_to_compiled": (("profiled", "wall"), ("compiled", "wall")),
    "ram_disk_to_null": (("to_ram_disk", "wall"), ("to_null", "wall")),
    "execution_to_native": (("compiled", "execute_seconds"), ("native", "wall")),
    "compiled_to_native": (("compiled", "wall"), ("native", "wall")),
    "qemu_to_compiled": (("qemu", "wall"), ("compiled", "wall")),
    "cpu_compiled_to_native": (("compiled", "cpu"), ("native", "cpu")),
    "cpu_qemu_to_compiled": (("qemu", "cpu"), ("compiled", "cpu")),
}


def ratios_of(example):
    """Each ratio is taken within a round, where both ran within seconds of each other; of these
    the median. "fastest" compares the fastest round of each instead."""
    ratios = {}
    for name, (above, below) in RATIOS.items():
        if above[0] in example.runs:
            pairs = list(zip(example.seconds(*above), example.seconds(*below)))
            ratios[name] = statistics.median(a / b for a, b in pairs)
            ratios[f"fastest_{name}"] = min(a for a, _ in pairs) / min(b for _, b in pairs)
    return ratios


def result_of(example):
    """The figures of one program."""

    def median(contender, clock):
        return statistics.median(example.seconds(contender, clock)) if contender in example.runs else None

    steps, instructions = example.counted["steps"], example.counted["instructions"]
    return {
        "program": example.name,
        "steps": steps,
        "instructions": instructions,
        "x86_bytes": example.counted["x86_bytes"],
        "x86_instructions_per_step": example.counted["x86_instructions_per_step"],
        "native_seconds": median("native", "wall"),
        "qemu_seconds": median("qemu", "wall"),
        "compiled_seconds": median("compiled", "wall"),
        "execute_seconds": median("compiled", "execute_seconds"),
        "compile_seconds": median("compiled", "compile_seconds"),
        "peak_rss_bytes": median("compiled", "peak_rss_bytes"),
        "compiled_steps_per_second": steps / median("compiled", "execute_seconds"),
        "interpreted_steps_per_second": median("interpreted", "steps_per_second"),
        "instructions_compiled_per_second": instructions / median("compiled", "compile_seconds"),
        **ratios_of(example),
        **traced_result_of(example, median("traced", "execute_seconds")),
        **{f"{contender}_seconds": median(contender, "wall") for contender in RAM_DISK},
        "rounds": {
            name: [{"wall_seconds": run.wall, "cpu_seconds": run.cpu, **pick(run.stats)} for run in runs]
            for name, runs in example.runs.items()
        },
    }


def traced_result_of(example, traced_seconds):
    stats, replay = example.counted_traced, example.replay
    return {
        "traced_seconds": traced_seconds,
        "traced_x86_instructions_per_step": stats["x86_instructions_per_step"],
        "log_bytes": stats["log_bytes"],
        "log_bytes_per_step": stats["log_bytes"] / stats["steps"],
        "replay_1_seconds": replay["one_thread_seconds"],
        "replay_2_seconds": replay["two_threads_seconds"],
        "replay_1_to_traced": replay["one_thread_seconds"] / traced_seconds,
        "replay_speedup": replay["one_thread_seconds"] / replay["two_threads_seconds"],
    }


def pick(stats):
    names = ("compile_seconds", "execute_seconds", "replay_seconds", "steps")
    return {name: stats[name] for name in names if name in stats}


MEANS = (
    "compiled_steps_per_second",
    "interpreted_steps_per_second",
    "x86_instructions_per_step",
    "traced_x86_instructions_per_step",
    "log_bytes_per_step",
    "replay_1_to_traced",
    "replay_speedup",
)


def geometric_means(results):
    names = [*MEANS, *RATIOS, *(f"fastest_{name}" for name in RATIOS)]
    return {name: geometric_mean([r[name] for r in results]) for name in names if name in results[0]}


def measure_start(runner, hello):
    runs = [runner.run("compiled", hello) for _ in range(START_RUNS)]
    natives = [runner.run("native", hello) for _ in range(START_RUNS)]
    return {
        "seconds": statistics.median(run.wall for run in runs),
        "fastest_seconds": min(run.wall for run in runs),
        "native_seconds": statistics.median(run.wall for run in natives),
        "peak_rss_bytes": max(run.stats["peak_rss_bytes"] for run in runs),
    }


def measure_compile(runner, example):
    runs = [runner.run("compiled", example, ["--max-steps", "0"]) for _ in range(COMPILE_RUNS)]
    seconds = [run.stats["compile_seconds"] for run in runs]
    instructions = runs[0].stats["instructions"]
    return {
        "program": example.name,
        "instructions": instructions,
        "instructions_per_second": instructions / statistics.median(seconds),
        "fastest_instructions_per_second": instructions / min(seconds),
        "x86_bytes": runs[0].stats["x86_bytes"],
    }


def first_line(*command):
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=REPOSITORY)
        return done.stdout.splitlines()[0]
    except (OSError, subprocess.CalledProcessError, IndexError):
        return None


def value_after(name, file, separator):
    """Of the first line that starts with `name`: what follows the separator."""
    lines = file.read_text().splitlines() if file.exists() else []
    return next((line.split(separator, 1)[1].strip() for line in lines if line.startswith(name)), "unknown")


def describe_environment(build):
    return {
        "cpu": value_after("model name", pathlib.Path("/proc/cpuinfo"), ":"),
        "cores": len(os.sched_getaffinity(0)),
        "kernel": platform.release(),
        "build_type": value_after("CMAKE_BUILD_TYPE:", build / "CMakeCache.txt", "="),
        "commit": first_line("git", "describe", "--always", "--dirty"),
        "qemu": first_line("qemu-riscv64", "--version"),
        "load_before": os.getloadavg()[0],
    }


# --- Markdown --------------------------------------------------------------------------------------


def number(value, form):
    return "-" if value is None else format(value, form)


def table(rows):
    line = ["---", *["---:"] * (len(rows[0]) - 1)]
    return "\n".join("| " + " | ".join(row) + " |" for row in [rows[0], line, *rows[1:]])


def results_table(results, means):
    head = ["program", "M steps", "native s", "qemu s", "compiled s", "of it execution s", *SHOWN.values()]
    head += ["compiled G steps/s", "interpreter M steps/s", "x86 per RISC-V", "compile ms", "compile M instr./s"]
    rows = [head]
    for r in results:
        row = [r["program"], number(r["steps"] / 1e6, ".0f"), number(r["native_seconds"], ".3f")]
        row += [number(r[name], ".3f") for name in ("qemu_seconds", "compiled_seconds", "execute_seconds")]
        row += ratios(r)
        row.append(number(r["compile_seconds"] * 1e3, ".1f"))
        row.append(number(r["instructions_compiled_per_second"] / 1e6, ".1f"))
        rows.append(row)
    rows.append(["**geometric mean**", "", "", "", "", "", *ratios(means), "", ""])
    return table(rows)


def ratios(figures):
    row = [number(figures.get(name), ".2f") for name in SHOWN]
    row.append(number(figures["compiled_steps_per_second"] / 1e9, ".2f"))
    row.append(number(figures["interpreted_steps_per_second"] / 1e6, ".0f"))
    return [*row, number(figures["x86_instructions_per_step"], ".2f")]


TRACED_SHOWN = {
    "traced_seconds": ("traced s", ".3f"),
    "traced_to_native": ("traced / native", ".2f"),
    "traced_to_execution": ("traced / untraced", ".2f"),
    "traced_x86_instructions_per_step": ("x86 per RISC-V", ".2f"),
    "log_bytes_per_step": ("log bytes a step", ".2f"),
    "streamed_to_execution": ("replayed alongside / untraced", ".2f"),
    "replay_1_seconds": ("replay alone, 1 thread s", ".3f"),
    "replay_1_to_traced": ("of traced", ".2f"),
    "replay_2_seconds": ("2 threads s", ".3f"),
    "replay_speedup": ("1 / 2 threads", ".2f"),
    "profiled_to_execution": ("profile / untraced", ".2f"),
    "profiled_to_compiled": ("profile / run, processes", ".2f"),
}


def traced_table(results, means):
    rows = [["program", *(title for title, _ in TRACED_SHOWN.values())]]
    for r in [*results, {"program": "**geometric mean**", **means}]:
        rows.append([r["program"], *(number(r[name], form) if name in r else "" for name, (_, form) in TRACED_SHOWN.items())])
    return table(rows)


RAM_DISK_SHOWN = {
    "ram_disk_to_null": "RAM disk / /dev/null",
    "fastest_ram_disk_to_null": "of the fastest",
}


def ram_disk_table(results, means):
    rows = [["program", "trace MB", "to /dev/null s", "dd of as much s", "to a RAM disk s", *RAM_DISK_SHOWN.values()]]
    for r in results:
        seconds = (number(r[f"{name}_seconds"], ".3f") for name in RAM_DISK)
        rows.append([r["program"], number(r["log_bytes"] / 1e6, ".0f"), *seconds])
        rows[-1] += [number(r[name], ".2f") for name in RAM_DISK_SHOWN]
    rows.append(["**geometric mean**", "", "", "", "", *(number(means[name], ".2f") for name in RAM_DISK_SHOWN)])
    return table(rows)


SHOWN = {
    "execution_to_native": "execution / native",
    "compiled_to_native": "compiled / native",
    "qemu_to_compiled": "qemu / compiled",
}


def means_table(means):
    rows = [["geometric means", "median wall time", "fastest wall time", "median CPU time"]]
    for name, title in SHOWN.items():
        figures = (means.get(key) for key in (name, f"fastest_{name}", f"cpu_{name}"))
        rows.append([title, *(number(figure, ".2f") for figure in figures)])
    return table(rows)


def goals_table(report):
    means, results = report["geometric_means"], report["programs"]
    rows = [["figure", "asked for", "measured", "reached"]]

    def goal(what, limit, measured, reached):
        rows.append([what, limit, measured, "yes" if reached else "**no**"])

    value = means["execution_to_native"]
    goal("compiled, execution / native", "<= 1.6, aim 1.4", f"{value:.2f}", value <= 1.6)
    if "qemu_to_compiled" in means:
        value = means["qemu_to_compiled"]
        goal("qemu / compiled, whole processes", ">= 1.7", f"{value:.2f}", value >= 1.7)
        slow = min(results, key=lambda r: r["qemu_to_compiled"])
        value = slow["qemu_to_compiled"]
        goal("the same, of the slowest program", ">= 1", f"{value:.2f} ({slow['program']})", value >= 1)
    value = means["x86_instructions_per_step"]
    goal("x86 instructions per RISC-V instruction", "<= 1.9", f"{value:.2f}", value <= 1.9)
    value = means["interpreted_steps_per_second"] / 1e6
    goal("interpreter, M instructions/s", ">= 150", f"{value:.0f}", value >= 150)
    for name, what, limit in (
        ("traced_to_native", "traced to a consumer that drops chunks, execution / native", 1.8),
        ("traced_to_execution", "the same / untraced", 1.2),
        ("traced_x86_instructions_per_step", "x86 instructions per RISC-V instruction, traced", 2.2),
        ("replay_1_to_traced", "compiled replay on one thread / traced", 1),
        ("log_bytes_per_step", "log, bytes a step", 1.8),
        ("profiled_to_execution", "exact profile / plain execution, on two cores", 1.5),
        ("ram_disk_to_null", "tracing to a file on a RAM disk / to /dev/null", 1.3),
    ):
        if name in means:
            goal(what, f"<= {limit}", f"{means[name]:.2f}", means[name] <= limit)
    value = means["replay_speedup"]
    goal("compiled replay, two threads / one", ">= 1.9", f"{value:.2f}", value >= 1.9)
    large = report["compile"]
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
        f"Medians of {options['rounds']} rounds. The interpreter ran the first "
        f"{options['interpreter_steps'] / 1e6:.0f} M steps of each program (all, if there are fewer).",
        results_table(report["programs"], report["geometric_means"]),
    ]
    parts.append(means_table(report["geometric_means"]))
    parts.append(traced_table(report["programs"], report["geometric_means"]))
    if "ram_disk_to_null" in report["geometric_means"]:
        parts.append(ram_disk_table(report["programs"], report["geometric_means"]))
    if not options["quick"]:
        parts.append(goals_table(report))
    if start := report["start"]:
        parts.append(
            f"Start-up: median of {START_RUNS} (fastest {start['fastest_seconds'] * 1e3:.1f} ms); the native hello "
            f"world takes {start['native_seconds'] * 1e3:.1f} ms."
        )
    speed = report["compile"]["fastest_instructions_per_second"] / 1e6
    parts.append(f"Compiling: median of {COMPILE_RUNS} (fastest {speed:.1f} M instructions/s).")
    if short := [r["program"] for r in report["programs"] if r["native_seconds"] < SHORT]:
        parts.append(f"Native below {SHORT} s, so that the start of processes counts: {', '.join(short)}.")
    reasons = {why: [] for _, why in report["skipped"]}
    for name, why in report["skipped"]:
        reasons[why].append(name)
    parts += [f"Skipped, {why}: {', '.join(names)}." for why, names in reasons.items()]
    return "\n\n".join(parts)


# --- The command -----------------------------------------------------------------------------------


def progress(text):
    print(text, file=sys.stderr, flush=True)


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    path = pathlib.Path
    parser.add_argument("--build", type=path, default=REPOSITORY / "build/release", help="where reprise was built")
    parser.add_argument(
        "--examples",
        type=path,
        metavar="FILE",
        help="the manifest of the guests (default: guest/examples.json in the build)",
    )
    parser.add_argument(
        "--example",
        action="append",
        default=[],
        nargs=4,
        metavar=("NAME", "ELF", "NATIVE", "INPUT"),
        help="one more guest, may be repeated",
    )
    parser.add_argument(
        "--ram-disk", metavar="FOLDER", help="on a RAM disk with room for 4 GB: also measure traces written there"
    )
    parser.add_argument("--only", nargs="+", metavar="NAME", help="only these programs")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="one round on the small inputs: do all parts work?")
    parser.add_argument("--interpreter-steps", type=int, default=100_000_000, metavar="N")
    parser.add_argument("--json", type=path, metavar="FILE", help="also write everything, each run, as JSON")
    options = parser.parse_args()
    if options.quick:
        options.rounds = 1
    return options


def measure_ram_disk(runner, examples, rounds):
    """Last, and a program's runs one after the other: files of gigabytes disturb what comes after them, and the
    memory that one of them has let go of is at hand for the next."""
    for example in examples if runner.ram_disk_contenders else []:
        progress(f"to a RAM disk: {example.name}")
        for _ in range(rounds):
            for contender in runner.ram_disk_contenders:
                example.runs[contender].append(runner.run(contender, example))


def measure(options):
    runner = Runner(options.build, options.interpreter_steps, options.ram_disk)
    manifest = options.examples or options.build / "guest/examples.json"
    examples, skipped = read_manifest(manifest, "test" if options.quick else "bench")
    examples = drop_missing(examples + [Example(*files) for files in options.example], skipped)
    hello = next((example for example in examples if example.name == START_PROGRAM), None)
    examples = [example for example in examples if example is not hello]
    if options.only:
        skipped += [(example.name, "not asked for") for example in examples if example.name not in options.only]
        examples = [example for example in examples if example.name in options.only]
    if not examples:
        raise SystemExit("run.py: there is no program to measure")
    if not runner.qemu:
        skipped.append(("qemu-riscv64", "not installed (Debian: apt-get install qemu-user)"))
    if not hello:
        skipped.append(("start-up", f"there is no example {START_PROGRAM}"))

    environment = describe_environment(options.build)
    for example in examples:
        progress(f"checking {example.name}")
        runner.check(example)
        example.runs = {contender: [] for contender in [*runner.contenders, *runner.ram_disk_contenders]}
    start = measure_start(runner, hello) if hello else None
    largest = max(examples, key=lambda example: example.counted["instructions"])
    compiling = measure_compile(runner, largest)
    for number_of_round in range(options.rounds):
        for example in examples:
            progress(f"round {number_of_round + 1} of {options.rounds}: {example.name}")
            for contender in runner.contenders:
                example.runs[contender].append(runner.run(contender, example))
    for example in examples:
        progress(f"replaying {example.name}")
        runner.measure_replay(example, options.rounds)
    measure_ram_disk(runner, examples, options.rounds)
    environment["load_after"] = os.getloadavg()[0]

    results = [result_of(example) for example in examples]
    return {
        "environment": environment,
        "options": {name: getattr(options, name) for name in ("rounds", "interpreter_steps", "quick")},
        "programs": results,
        "geometric_means": geometric_means(results),
        "start": start,
        "compile": compiling,
        "skipped": skipped,
    }


def main():
    options = parse_arguments()
    try:
        report = measure(options)
    except RuntimeError as error:
        raise SystemExit(f"run.py: {error}") from None
    print(markdown(report))
    if options.json:
        options.json.write_text(json.dumps(report, indent=2) + "\n")


if __name__ == "__main__":
    main()
