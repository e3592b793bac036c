#!/usr/bin/env python3
"""Measures a job on a cluster on this machine: what publishing costs the executor, how two workers compare with two
threads, and what a task takes; prints Markdown. --figures FILE keeps what bench/cluster_simulation.py needs.

How each figure is made is said in docs/cluster.md, "Reckoning".
"""
import argparse
import json
import os
import pathlib
import signal
import statistics
import subprocess
import sys
import tempfile
import time

from run import REPOSITORY, describe_environment, table

sys.path.insert(0, str(REPOSITORY / "tests" / "cluster"))
from nats_client import NatsClient, start_broker  # noqa: E402


def cpu_seconds(process):
    """That a process has used so far."""
    fields = pathlib.Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Cluster:
    """A broker on loopback with a store in files, and two workers with a thread each."""

    def __init__(self, options):
        self.options = options
        self.place = tempfile.TemporaryDirectory(prefix="reprise-bench-")
        self.broker, port = start_broker(self.place.name)
        self.url = f"nats://127.0.0.1:{port}"
        self.client = NatsClient(port)
        self.workers = [
            subprocess.Popen([options.build / "reprise", "worker", "--nats", self.url, "--threads", "1"],
                             stderr=subprocess.DEVNULL) for _ in range(2)
        ]

    def stop(self):
        self.client.close()
        for process in (*self.workers, self.broker):
            process.send_signal(signal.SIGCONT)
            process.terminate()
            process.wait()
        self.place.cleanup()

    def signal_workers(self, number):
        for worker in self.workers:
            worker.send_signal(number)
        time.sleep(0.6)  # what they have asked for has ended by then

    def start_job(self, stats, *more):
        command = [self.options.build / "reprise", "trace", self.options.program, "--input", self.options.input,
                   "--nats", self.url, "--stats", stats, *self.options.more, *more]
        self.job = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.name = self.job.stderr.readline().split()[-1]

    def wait_until_published(self):
        while json.loads(self.client.last("REPRISE_JOBS", f"reprise.job.{self.name}"))["state"] != "published":
            time.sleep(0.1)
            if self.job.poll() is not None:
                sys.exit(self.job.stderr.read())

    def finish_job(self):
        messages = self.job.communicate()[1]
        if self.job.returncode == 125:
            sys.exit(messages)

    def messages(self, stream, subject):
        """All messages of a job's tasks, by number."""
        found = {}
        for number in range(1 << 16):
            message = self.client.last(stream, subject.format(self.name, number))
            if message is None:
                return found
            found[number] = message
        return found


def local(options, name, *more):
    """Seconds of the process, and its statistics."""
    with tempfile.NamedTemporaryFile() as stats:
        start = time.perf_counter()
        subprocess.run([options.build / "reprise", name, *more, "--stats", stats.name], stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
        return time.perf_counter() - start, json.loads(pathlib.Path(stats.name).read_text())


def measure_round(options, cluster, traces):
    """One of each; workers have the program compiled."""
    run = (options.program, "--input", options.input, *options.more)
    engine = [option for option in options.more if option in ("--engine", "interpreted", "compiled")]
    alone = local(options, "trace", *run)[1]
    figures = {"executed": alone["execute_seconds"], "executor": alone["execute_cpu_seconds"]}
    for form, trace in traces.items():
        figures[f"replayed from a file, {form}"] = local(options, "replay", trace, "--program", options.program,
                                                         "--threads", "2", *engine)[0]
    stats = os.path.join(cluster.place.name, "stats.json")
    cluster.signal_workers(signal.SIGSTOP)
    before = cpu_seconds(cluster.broker)
    cluster.start_job(stats)
    cluster.wait_until_published()
    figures["broker, taking"] = cpu_seconds(cluster.broker) - before
    used = [cpu_seconds(process) for process in (*cluster.workers, cluster.broker, cluster.job)]
    start = time.perf_counter()
    for worker in cluster.workers:
        worker.send_signal(signal.SIGCONT)
    while os.waitid(os.P_PID, cluster.job.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        coordinator = cpu_seconds(cluster.job)
        time.sleep(0.002)
    figures["replayed by two workers"] = time.perf_counter() - start
    cluster.finish_job()
    now = [*(cpu_seconds(process) for process in (*cluster.workers, cluster.broker)), coordinator]
    one, two, broker, coordinator = (after - earlier for after, earlier in zip(now, used))
    figures |= {"workers": one + two, "broker, giving": broker, "coordinator": coordinator}
    published = json.loads(pathlib.Path(stats).read_text())
    figures["executed and published"] = published["execute_seconds"]
    figures["executor, publishing"] = published["execute_cpu_seconds"]
    return figures


def measure_tasks(options, cluster, figures):
    """What each task takes, from the messages of one more job, whose coordinator is stopped meanwhile."""
    cluster.signal_workers(signal.SIGSTOP)
    cluster.start_job(os.devnull)
    cluster.wait_until_published()
    publishing = cpu_seconds(cluster.job) - figures["executed"]
    cluster.job.send_signal(signal.SIGSTOP)
    records = [json.loads(record) for record in
               cluster.messages("REPRISE_JOBS", "reprise.job.{}.task.{}").values()]
    cluster.signal_workers(signal.SIGCONT)
    results = {}
    while len(results) < len(records):
        results = cluster.messages("REPRISE_RESULTS", "reprise.result.{}.{}")
    cluster.job.send_signal(signal.SIGCONT)
    cluster.finish_job()
    step = lambda record, name: int.from_bytes(bytes.fromhex(record[name][:16]), "little")  # noqa: E731
    steps = [step(record, "end") - step(record, "start") for record in records]
    sent = [record["pieces"][0] for record in records]
    heads = [json.loads(results[number].split(b"\n", 1)[0]) for number in range(len(records))]
    return {
        "execute_seconds_per_task": [figures["executed"] * of / sum(steps) for of in steps],
        "publish_seconds_per_task": [max(0, publishing) * of / sum(sent) for of in sent],
        "chunk_bytes_per_task": sent,
        "steps_per_task": steps,
        "work_seconds_per_task": [head["seconds"] for head in heads],
        "result_bytes_per_task": [head["bytes"] for head in heads],
        "coordinator_seconds_per_result": figures["coordinator"] / len(records),
        "broker_bytes_per_second": 2 * sum(sent) / (figures["broker, taking"] + figures["broker, giving"]),
        "log_bytes_per_task": [record["log_bytes"] for record in records],
    }


def print_times(figures):
    executed, workers = figures["executed"], figures["replayed by two workers"]
    rows = [
        ["execution, trace on, nothing published", f"{executed:.3f}", ""],
        ["execution while chunks are published", f"{figures['executed and published']:.3f}",
         f"{figures['executed and published'] / executed:.2f} of that"],
    ]
    rows.append(["processor time of the executing thread, nothing published", f"{figures['executor']:.3f}", ""])
    rows.append(["processor time of the executing thread while chunks are published",
                 f"{figures['executor, publishing']:.3f}",
                 f"{figures['executor, publishing'] / figures['executor']:.2f} of that"])
    for form in ("none", "zstd"):
        seconds = figures[f"replayed from a file, {form}"]
        rows.append([f"`replay --threads 2` of a trace file, compression {form}", f"{seconds:.3f}", ""])
        rows.append(["two workers with a thread each, all published", f"{workers:.3f}", f"{workers / seconds:.2f} of that"])
    print(table([["what", "seconds", "ratio"], *rows]))
    print()
    rows = [[name, f"{figures[name]:.2f}"] for name in ("workers", "coordinator", "broker, taking", "broker, giving")]
    print(table([["processor time of", "seconds"], *rows]))


def print_tasks(tasks):
    rows = []
    for name, unit, scale in (("steps_per_task", "million", 1e6), ("log_bytes_per_task", "MB", 1e6),
                              ("chunk_bytes_per_task", "MB", 1e6), ("execute_seconds_per_task", "ms", 1e-3),
                              ("publish_seconds_per_task", "ms", 1e-3), ("work_seconds_per_task", "ms", 1e-3),
                              ("result_bytes_per_task", "kB", 1e3)):
        values = sorted(value / scale for value in tasks[name])
        rows.append([name, unit, *(f"{value:.2f}" for value in (values[0], statistics.median(values), values[-1]))])
    print(table([["of a task", "unit", "least", "median", "most"], *rows]))
    print(f"\nA result costs the coordinator {tasks['coordinator_seconds_per_result'] * 1e3:.2f} ms. The broker moves "
          f"{tasks['broker_bytes_per_second'] / 1e9:.2f} GB a second of its processor's, in and out together.")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("input", type=pathlib.Path)
    parser.add_argument("--build", type=pathlib.Path, default=REPOSITORY / "build" / "release")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--figures", type=pathlib.Path, help="where the figures of tasks go, as JSON")
    options, options.more = parser.parse_known_args()  # the rest are options of `reprise trace`
    cluster = Cluster(options)
    try:
        run = (options.program, "--input", options.input, *options.more)
        traces = {form: os.path.join(cluster.place.name, form) for form in ("none", "zstd")}
        for form, trace in traces.items():
            local(options, "trace", *run, "-o", trace, "--compression", form)
        cluster.start_job(os.devnull)  # workers compile the program
        cluster.finish_job()
        rounds = [measure_round(options, cluster, traces) for _ in range(options.rounds)]
        figures = {name: statistics.median(one[name] for one in rounds) for name in rounds[0]}
        tasks = measure_tasks(options, cluster, figures)
    finally:
        cluster.stop()
    place = describe_environment(options.build)
    print(f"`{options.program.name}`, {options.rounds} rounds, medians; {place['cpu']}, {place['cores']} cores, commit "
          f"{place['commit']}.\n")
    print_times(figures)
    print()
    print_tasks(tasks)
    if options.figures:
        options.figures.write_text(json.dumps(tasks) + "\n")


if __name__ == "__main__":
    main()
