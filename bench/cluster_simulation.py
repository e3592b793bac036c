#!/usr/bin/env python3
"""Simulates the cluster of docs/cluster.md at sizes that nobody has at hand; prints Markdown.

How long each step takes is drawn from measured figures, as bench/cluster.py writes them. What is modelled, and what
is not, is said in cluster_model.py.

    cluster_simulation.py --figures FILE                 tables: how many workers keep up, what stops them, slow
                                                         and lost workers
    cluster_simulation.py --figures FILE --workers 512   one size in detail

The same seed gives the same numbers. --work-factor multiplies the time of the work: 1 is a replay, a proof is
thousands of times more.
"""

import argparse
import dataclasses
import json
import math
import pathlib
import statistics

from cluster_model import LISTS, NUMBERS, Cluster, Simulation
from run import table

ABOVE_ZERO = ("execute_seconds_per_task", "steps_per_task", "work_seconds_per_task", "broker_bytes_per_second")
ROUND_TRIP = 0.0005  # seconds
TABLE_WORKERS = [4**i for i in range(7)]
REPLACE_AFTER = 60  # seconds, of lost workers in the tables
ALWAYS = 0.95  # of the time: the job's first and last moments are not counted
KEEPS_UP = 0.97  # of the throughput that no number of workers passes
TROUBLE_SEEDS = 5  # chance has much to say about lost workers


def read_figures(path, store):
    values = json.loads(path.read_text())
    for name in LISTS + NUMBERS:
        figures = values[name] if name in LISTS else [values[name]]
        if not all(0 <= figure < math.inf and (figure > 0 or name not in ABOVE_ZERO) for figure in figures):
            raise ValueError(f"{name} must be {'above 0' if name in ABOVE_ZERO else 'from 0 on'}")
    if len({len(values[name]) for name in LISTS}) > 1:
        raise ValueError("the lists have different lengths")
    if max(values["chunk_bytes_per_task"]) > store:
        raise ValueError("a task is larger than the store")
    return values


def simulate(figures, cluster, **changes):
    return Simulation(figures, dataclasses.replace(cluster, **changes)).run()


def limiting_part(report):
    """The busiest part. The store, if tasks wait for room in it and workers for tasks, unless that is so because
    another part is always busy."""
    if not report["is_finished"]:
        return "all workers lost"
    shares, starved = report["shares"], report["starved_share"]
    busiest = max(shares, key=shares.get)
    if shares[busiest] >= ALWAYS or starved < 0.5:
        return busiest
    return "store" if starved > shares[busiest] else f"{busiest}, store"


def workers_that_keep_up(reports):
    best = max(report["steps_per_second"] for report in reports)
    return next(r["cluster"].workers for r in reports if r["steps_per_second"] >= KEEPS_UP * best)


def mean(reports, name):
    return statistics.fmean(report[name] for report in reports)


def scaled(value, unit=""):
    for name, size in (("T", 1e12), ("G", 1e9), ("M", 1e6), ("k", 1e3)):
        if value >= size:
            return f"{value / size:.3g} {name}{unit}"
    return f"{value:.3g} {unit}".rstrip()


def seconds(value):
    return f"{value:,.1f} s" if value < 1e4 else f"{value:,.0f} s"


def percent(value):
    return f"{value * 100:.1f} %"


def means(figures):
    return [statistics.fmean(figures[name]) for name in LISTS]


def assumptions(figures, cluster, place):
    execute, size, steps, work, result, publish = means(figures)
    return (
        f"Simulated, with figures of {place}. A task has, in the mean, {scaled(steps, 'steps')} that are executed in "
        f"{execute * 1e3:.1f} ms and published in {publish * 1e3:.1f} ms and {scaled(size, 'B')}; its work takes "
        f"{work * 1e3:.1f} ms and makes {scaled(result, 'B')}, which the coordinator takes in "
        f"{figures['coordinator_seconds_per_result'] * 1e3:.2f} ms. The broker handles "
        f"{scaled(figures['broker_bytes_per_second'], 'B/s')}.\n"
        f"{cluster.tasks:,} tasks, {cluster.publishers} publishers. Links: {scaled(cluster.link * 8, 'bit/s')}; "
        f"the broker's: {scaled(cluster.broker_link * 8, 'bit/s')}; round trip "
        f"{cluster.round_trip * 1e3:g} ms. Workers fetch {cluster.ahead} task ahead. Seed {cluster.seed}."
    )


def capacity_table(figures, cluster, factors):
    """What each part carries if nothing else limits, by the means, and how many executors that is."""
    execute, size, steps, work, result, publish = means(figures)
    seconds_of_a_task = {
        "executor": execute,
        f"{cluster.publishers} publishers": publish / cluster.publishers,
        "network (executor)": size / cluster.link,
        "network (broker, each way)": (size + result) / cluster.broker_link,
        "broker, in and out": 2 * (size + result) / figures["broker_bytes_per_second"],
        "coordinator": figures["coordinator_seconds_per_result"],
        **{f"one worker, work factor {factor:g}": work * factor for factor in factors},
    }
    rows = [["part", "steps/s", "executors", "of these for one executor"]]
    for name, one in seconds_of_a_task.items():
        if one > 0:
            rows.append([name, scaled(steps / one), f"{execute / one:.2g}", f"{one / execute:,.2f}"])
    return table(rows)


def outcome(report):
    working, tail = percent(report["shares"]["workers"]), seconds(report["tail_seconds"])
    return [scaled(report["steps_per_second"]), limiting_part(report), working, tail]


def scaling_table(unlimited, limited):
    """Each size with a store of any size, and with one that is limited."""
    store = scaled(limited[0]["cluster"].store, "B")
    rows = [["workers", "steps/s", "limited by", "working", "tail", "most in store"]]
    rows[0] += [f"{store} store: steps/s", "limited by", "working", "tail"]
    for any_size, one_size in zip(unlimited, limited):
        most = scaled(any_size["most_stored_bytes"], "B")
        rows.append([f"{any_size['cluster'].workers:,}", *outcome(any_size), most, *outcome(one_size)])
    return table(rows)


def trouble_table(cases):
    """Means of the jobs of each case, and the worst of them where it says "at most"."""
    heads = ["case", "total", "of an untroubled run", "tail", "tail, at most", "working", "lost", "joined"]
    rows = [[*heads, "handed out again", "hand-outs of one task, at most", "done twice"]]
    base = mean(cases["no trouble"], "total_seconds")
    for name, jobs in cases.items():
        total, have_ended = mean(jobs, "total_seconds"), all(job["is_finished"] for job in jobs)
        row = [name, *([seconds(total), f"{total / base:.2f}"] if have_ended else ["never ended", ""])]
        row += [seconds(mean(jobs, "tail_seconds")), seconds(max(job["tail_seconds"] for job in jobs))]
        row.append(percent(mean([job["shares"] for job in jobs], "workers")))
        row += [f"{mean(jobs, what):,.1f}" for what in ("workers_lost", "workers_joined", "handed_out_again")]
        row.append(str(max(job["most_hand_outs_of_a_task"] for job in jobs)))
        rows.append([*row, f"{mean(jobs, 'done_twice'):,.1f}"])
    return table(rows)


def detail_table(reports):
    def row(what, show):
        return [what, *map(show, reports)]

    rows = [
        row("work factor", lambda r: f"{r['cluster'].work_factor:g}"),
        row("total time", lambda r: seconds(r["total_seconds"])),
        row("throughput", lambda r: scaled(r["steps_per_second"], "steps/s")),
        row("limited by", limiting_part),
        row("executor: waiting for the store", lambda r: seconds(r["waited_for_store_seconds"])),
        row("tail: from the end of execution to the last result", lambda r: seconds(r["tail_seconds"])),
        row("tasks in the queue, at most", lambda r: f"{r['most_in_queue']:,}"),
        row("store used, at most", lambda r: scaled(r["most_stored_bytes"], "B")),
        row("results, kept until the end", lambda r: scaled(r["result_bytes_kept"], "B")),
    ]
    parts = reports[0]["shares"]
    return table(rows + [row(f"busy: {part}", lambda r, part=part: percent(r["shares"][part])) for part in parts])


def trouble(figures, cluster):
    """Jobs with slow workers, and with lost ones: by name, a report for each seed."""

    def simulate_seeds(**changes):
        seeds = range(cluster.seed, cluster.seed + TROUBLE_SEEDS)
        return [simulate(figures, cluster, seed=seed, **changes) for seed in seeds]

    cases = {"no trouble": simulate_seeds()}
    for share in (0.01, 0.1):
        cases[f"{share * 100:g} % slow, {cluster.slow_factor:g} times"] = simulate_seeds(slow_share=share)
    for share in (0.1, 0.5):
        # So many are lost within the time of an untroubled run; more, if it takes longer.
        mean_life = -mean(cases["no trouble"], "total_seconds") / math.log(1 - share)
        name = f"{share * 100:g} % lost"
        cases[name] = simulate_seeds(mean_life=mean_life)
        cases[f"{name}, replaced"] = simulate_seeds(mean_life=mean_life, replace_after=REPLACE_AFTER)
    return cases


def print_tables(figures, cluster, factors):
    print(f"\n## What each part carries\n\n{capacity_table(figures, cluster, factors)}")
    keep_up = []
    for factor in factors:
        unlimited, limited = (
            [simulate(figures, cluster, work_factor=factor, workers=n, store=store) for n in TABLE_WORKERS]
            for store in (math.inf, cluster.store)
        )
        keep_up.append(workers_that_keep_up(unlimited))
        print(f"\n## Work factor {factor:g}\n\n{scaling_table(unlimited, limited)}", flush=True)
    middle = len(factors) // 2
    size = dataclasses.replace(cluster, work_factor=factors[middle], workers=keep_up[middle], store=math.inf)
    print(f"\n## Slow and lost workers: {size.workers:,} workers, work factor {size.work_factor:g}\n")
    print(f"A store of any size; means of {TROUBLE_SEEDS} seeds; workers are replaced after {REPLACE_AFTER} s.\n")
    print(trouble_table(trouble(figures, size)))


def positive(text):
    value = float(text)
    if not 0 < value < math.inf:
        raise ValueError
    return value


def count(text):
    if int(text) < 1:
        raise ValueError
    return int(text)


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add = parser.add_argument
    add("--figures", type=pathlib.Path, metavar="FILE", required=True, help="measured ones, as JSON")
    add("--tasks", type=count, default=10_000, help="of the job (default: 10000)")
    add("--workers", type=count, help="this number of workers in detail, instead of tables")
    factors = "the work takes so many times as long as measured (default: 1 100 10000)"
    add("--work-factor", type=positive, nargs="+", default=[1.0, 100.0, 10_000.0], metavar="F", help=factors)
    link = "of the executor, the workers and the broker, in each direction (default: 10e9)"
    add("--link", type=positive, default=10e9, metavar="BITS_PER_SECOND", help=link)
    add("--broker-link", type=positive, metavar="BITS_PER_SECOND", help="of the broker, if it has another one")
    add("--store", type=positive, default=2 << 30, metavar="BYTES", help="of the broker, for chunks (default: 2 GiB)")
    lost = "a silent worker's task is handed out again (default: 30)"
    add("--answer-within", type=positive, default=30.0, metavar="SECONDS", help=lost)
    add("--seed", type=int, default=1)
    return parser.parse_args()


def main():
    options = parse_options()
    try:
        figures = read_figures(options.figures, options.store)
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise SystemExit(f"cluster_simulation.py: {options.figures}: {type(error).__name__}: {error}") from None
    same = {name: getattr(options, name) for name in ("tasks", "seed", "store", "answer_within")}
    same |= {"link": options.link / 8, "broker_link": (options.broker_link or options.link) / 8}
    cluster = Cluster(workers=options.workers or 1, round_trip=ROUND_TRIP, **same)
    print(assumptions(figures, cluster, options.figures))
    if options.workers is None:
        print_tables(figures, cluster, options.work_factor)
        return
    reports = [simulate(figures, cluster, work_factor=factor) for factor in options.work_factor]
    print(f"\n## {cluster.workers:,} workers, store: {scaled(cluster.store, 'B')}\n\n{detail_table(reports)}")


if __name__ == "__main__":
    main()
