#!/usr/bin/env python3
"""Explains ZisK 0.18's count of steps of a program by ours, to the step; prints Markdown.

Our run is counted by what ZisK makes of each instruction (build: reprise-zisk-steps). What ZisK does
before the program's first instruction and after its last is worked out from the ELF. The rules are in
docs/zisk.md.
"""

import argparse
import json
import math
import pathlib
import struct
import subprocess

from run import REPOSITORY, table

SHT_PROGBITS, SHT_NOBITS = 1, 8
SHF_WRITE, SHF_ALLOC, SHF_EXECINSTR = 1, 2, 4

LIBRARY_WORDS = 2 + 124  # of data in the library for floating point that v0.18.0 puts beside each program
START = 1 + 5
AFTER_RETURN = 3 + 32 * 5 + 1 + 1 + 1
AFTER_ECALL = AFTER_RETURN + 1


def data_sections(elf):
    """What the BIOS initialises: (address, size, whether it is writable), by address."""
    (table_at,) = struct.unpack_from("<Q", elf, 0x28)
    entry_size, count = struct.unpack_from("<HH", elf, 0x3A)
    sections = []
    for at in range(table_at, table_at + count * entry_size, entry_size):
        _, kind, flags, address, _, size = struct.unpack_from("<IIQQQQ", elf, at)
        if kind not in (SHT_PROGBITS, SHT_NOBITS) or not flags & SHF_ALLOC or flags & SHF_EXECINSTR:
            continue
        size = (size + 3) // 4 * 4 if kind == SHT_NOBITS else size // 4 * 4
        if address and size:
            sections.append((address, size, bool(flags & SHF_WRITE)))
    return sorted(sections)


def words_to_initialise(elf):
    """In words of 8 bytes; constants that touch are one piece."""
    total, piece, end = 0, 0, None  # bytes of constants that touch, and where they end
    for address, size, writable in data_sections(elf):
        if writable:
            total += math.ceil(size / 8)
            continue
        if address != end:
            total += math.ceil(piece / 8)
            piece = 0
        piece, end = piece + size, address + size
    return total + math.ceil(piece / 8)


def reckon(program, counted):
    """Lines of (what, how many, ZisK's steps of them, ours)."""
    words = LIBRARY_WORDS + words_to_initialise(program.read_bytes())
    end = AFTER_ECALL if counted["ended_by_ecall"] else AFTER_RETURN
    lines = [
        ("BIOS, start", 1, START, 0),
        ("BIOS, words of data", words, words, 0),
        ("BIOS, end", 1, end, 0),
    ]
    for form in counted["forms"]:
        n = form["instructions"]
        lines.append((form["name"], n, n * form["zisk_steps"], n))
    return lines


def markdown(lines, expected):
    total, ours = (sum(line[i] for line in lines) for i in (2, 3))
    rows = [["what", "how many", "steps of ZisK's", "of ours", "difference"]]
    for what, count, zisk, here in sorted(lines, key=lambda line: (line[3] - line[2], line[0])):
        rows.append([what, *(f"{n:,}" for n in (count, zisk, here, zisk - here))])
    rows.append(["**all**", "", *(f"{n:,}" for n in (total, ours, total - ours))])
    text = table(rows)
    if expected is not None:
        text += f"\n\nZisK counts {expected:,}: {expected - total:,} are left to explain."
    return text


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    path = pathlib.Path
    parser.add_argument("program", type=path)
    parser.add_argument("input", type=path)
    parser.add_argument("--build", type=path, default=REPOSITORY / "build/release", help="where reprise was built")
    parser.add_argument("--expect", type=int, metavar="N", help="steps by ZisK's count; exits with 1 if they differ")
    options = parser.parse_args()
    command = [options.build / "bench/reprise-zisk-steps", options.program, options.input]
    counted = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    lines = reckon(options.program, counted)
    print(markdown(lines, options.expect))
    if sum(line[3] for line in lines) != counted["steps"]:
        raise SystemExit("zisk_steps.py: the forms do not add up to the run")
    if options.expect is not None and sum(line[2] for line in lines) != options.expect:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
