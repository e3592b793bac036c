#!/usr/bin/env python3
"""Proves that the chunks of a trace are independent: replays them in random order, each twice, each in
a process of its own, one at a time from one file, by both engines; all that is counted must add up to
what the replay of the whole trace says.

usage: stress.py REPRISE PROGRAM INPUT [--chunk-steps N] [--seed N] [--most N]
"""

import argparse
import collections
import json
import pathlib
import random
import subprocess
import sys
import tempfile

ADDED = ("steps", "log_bytes", "chunks", "branches_taken", "misaligned_accesses", "ecalls", "blocks_executed")


def stats_of(*command):
    """The statistics of a command that must not be refused."""
    with tempfile.NamedTemporaryFile() as stats:
        done = subprocess.run([*command, "--stats", stats.name], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE, text=True)
        if done.returncode == 125:
            sys.exit(f"stress: {' '.join(map(str, command))}: {done.stderr}")
        return json.loads(pathlib.Path(stats.name).read_text())


def counts_of(stats):
    counts = collections.Counter({name: stats[name] for name in ADDED})
    counts.update({f"kind {name}": number for name, number in stats["steps_by_kind"].items()})
    return counts


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("reprise")
    parser.add_argument("program")
    parser.add_argument("input")
    parser.add_argument("--chunk-steps", type=int, default=1 << 20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--most", type=int, help="replay only so many of the chunks, chosen at random")
    options = parser.parse_args()
    generator = random.Random(options.seed)

    with tempfile.TemporaryDirectory() as folder:
        trace = pathlib.Path(folder) / "trace"
        stats_of(options.reprise, "trace", options.program, "--input", options.input, "-o", trace, "--chunk-steps",
                 str(options.chunk_steps))
        replay = [options.reprise, "replay", trace, "--program", options.program]
        whole = stats_of(*replay)
        chunks = list(range(whole["chunks"]))
        if options.most and options.most < len(chunks):
            chunks = generator.sample(chunks, options.most)
        jobs = [(chunk, engine) for chunk in chunks for engine in ("compiled", "interpreted") for _ in range(2)]
        generator.shuffle(jobs)
        found = {}
        for chunk, engine in jobs:
            counts = counts_of(stats_of(*replay, "--chunk", str(chunk), "--engine", engine))
            if found.setdefault(chunk, counts) != counts:
                sys.exit(f"stress: chunk {chunk} counts differently at another time: {found[chunk]} and {counts}")
        total = sum(found.values(), collections.Counter())
        if len(chunks) == whole["chunks"] and +total != +counts_of(whole):
            sys.exit(f"stress: the chunks add up to {total}, the whole trace has {counts_of(whole)}")
        print(f"{len(jobs)} replays of {len(chunks)} of {whole['chunks']} chunks, each by itself: all as in the whole")


if __name__ == "__main__":
    main()
