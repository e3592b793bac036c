#!/usr/bin/env python3
"""Shows the compiled code that ran most: the guest's instructions beside the x86 made of them, and what kinds of
x86 instructions a step costs.

usage: hot_code.py PROGRAM INPUT [--top N] [--build DIR]

Needs objdump (package binutils).
"""

import argparse
import bisect
import collections
import json
import pathlib
import re
import subprocess
import tempfile

REPOSITORY = pathlib.Path(__file__).resolve().parent.parent

# The first pattern that fits an x86 instruction names its kind.
KINDS = [
    ("address check", r"or +r14,"),
    ("budget", r"(sub|add|test) +r15"),
    ("jump table", r"lea +rcx,\[rip|jmp +rax|add +rax,rcx|shr +rdx,1$|cmp +rdx,0x|mov +eax,DWORD PTR \[rcx\+rdx\*4"),
    ("jmp", r"jmp "),
    ("jl, jae", r"(jl|jae) "),
    ("branch", r"j\w+ "),
    ("compare", r"(cmp|test) "),
    ("sign extension", r"movsxd +r\w+,e|movsxd +r\w+,r"),
    ("to Context", r"\w+ +\w+ PTR \[rsp[^,]*,"),
    ("from Context", r"\w+ +\w+,(\w+ PTR )?\[rsp|\w+ .*\[rsp"),
    ("guest load", r"mov\w* +\w+,\w+ PTR "),
    ("guest store", r"mov +\w+ PTR "),
    ("copy", r"mov +[re]?\w+,r\w+$|mov +e\w+,e\w+$|mov +\w+,[re]\w+$"),
    ("constant", r"mov +\w+,-?0x|xor +(\w+),\1$"),
    ("lea", r"lea "),
]


def disassemble(code):
    """Offset and text of each x86 instruction."""
    done = subprocess.run(
        ["objdump", "-D", "-b", "binary", "-m", "i386:x86-64", "-M", "intel", "--no-show-raw-insn", code],
        capture_output=True, text=True, check=True,
    )
    lines = re.findall(r"^ *([0-9a-f]+):\t(.*)$", done.stdout, re.MULTILINE)
    return [(int(offset, 16), re.sub(r"\s+#.*|\s+$", "", text)) for offset, text in lines]


def kind_of(text):
    return next((kind for kind, pattern in KINDS if re.match(pattern, text)), "arithmetic")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("input")
    parser.add_argument("--top", type=int, default=10, help="how many stretches to show (10)")
    parser.add_argument("--build", type=pathlib.Path, default=REPOSITORY / "build/release")
    arguments = parser.parse_args()
    with tempfile.NamedTemporaryFile() as code, open(arguments.input, "rb") as source:
        tool = arguments.build / "bench/reprise-hot-code"
        done = subprocess.run([tool, arguments.program, code.name], stdin=source, capture_output=True, check=True)
        instructions = disassemble(code.name)
    result = json.loads(done.stdout)
    offsets = [offset for offset, _ in instructions]
    starts = [block["code_offset"] for block in result["blocks"]]

    def texts(begin, end):
        return [text for _, text in instructions[bisect.bisect_left(offsets, begin) : bisect.bisect_left(offsets, end)]]

    kinds = collections.Counter()
    for begin, end, _, entries in result["counted"]:
        for text in texts(begin, end):
            kinds[kind_of(text)] += entries
    steps = result["steps"]
    print(f"{steps} steps, {sum(kinds.values()) / steps:.3f} x86 instructions a step:")
    for kind, count in kinds.most_common():
        print(f"  {count / steps:.3f} {kind}")

    hottest = sorted(result["counted"], key=lambda code: -code[2] * code[3])[: arguments.top]
    for begin, end, count, entries in hottest:
        number = bisect.bisect_right(starts, begin) - 1
        block = result["blocks"][number]
        is_stub = begin > starts[-1] + 65536
        print(f"\n--- {entries} times, {count} x86, {count * entries / steps:.3f} a step: {block['symbol']}")
        left = [] if is_stub else block["instructions"]
        right = texts(begin, end)
        for row in range(max(len(left), len(right))):
            guest = left[row] if row < len(left) else ""
            print(f"{guest:36} | {right[row] if row < len(right) else ''}")


if __name__ == "__main__":
    main()
