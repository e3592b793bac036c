#!/usr/bin/env python3
"""Checks that each room (a folder under src/) includes only rooms above it in the order below.

usage: rooms_test.py [SRC]

A room includes headers as "room/header.h"; a new room needs a place in the order.
"""

import pathlib
import re
import sys

ROOMS = [
    "base",
    "isa",
    "program",
    "machine",
    "precompile",
    "hint",
    "platform",
    "compiler",
    "trace",
    "replay",
    "witness",
    "prover",
    "cluster",
    "report",
    "gdb",
    "api",
    "cli",
]
# Public headers, for those who embed Reprise; the room that implements them may include them. What
# is thrown is public, too, and every room throws it.
PUBLIC, PUBLIC_FROM = "reprise", "api"
PUBLIC_FOR_ALL = "reprise/error.h"

INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"([^"]+)"|<((?:' + "|".join(ROOMS) + r')/[^>]+)>)')


def problem_with(included, room):
    """Why a file of `room` must not include this, or None."""
    target, slash, _ = included.partition("/")
    if not slash or target in ("", ".", ".."):
        return 'includes are written "room/header.h"'
    if target == PUBLIC:
        allowed = included == PUBLIC_FOR_ALL or ROOMS.index(room) >= ROOMS.index(PUBLIC_FROM)
        return None if allowed else f"the public headers are for {PUBLIC_FROM} and what is below it"
    if target not in ROOMS:
        return f"{target} is no room; add it to the order in {pathlib.Path(__file__).name}"
    if ROOMS.index(target) > ROOMS.index(room):
        return f"{room} is above {target} and must not know it"
    return None


def check(src):
    files, problems = 0, []
    for folder in sorted(path for path in src.iterdir() if path.is_dir()):
        if folder.name not in ROOMS:
            problems.append(f"{folder}: no room of this name; give it a place in the order")
            continue
        for path in sorted(folder.rglob("*")):
            if path.suffix not in (".h", ".cpp", ".def"):
                continue
            files += 1
            for number, line in enumerate(path.read_text().splitlines(), 1):
                match = INCLUDE.match(line)
                included = match and (match[1] or match[2])
                problem = included and problem_with(included, folder.name)
                if problem:
                    problems.append(f'{path}:{number}: "{included}": {problem}')
    return files, problems


def main():
    src = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).parents[1] / "src"
    files, problems = check(src)
    print("\n".join(problems))
    if not files:
        sys.exit(f"no sources under {src}")
    if problems:
        sys.exit(f"{len(problems)} includes break the order of the rooms")
    print(f"{files} files keep the order of the rooms")


if __name__ == "__main__":
    main()
