#!/usr/bin/env python3
"""Runs an example natively and as a guest on its test input: both must print what a standard tool expects.

usage: run_example.py EXAMPLES_JSON NAME EMULATOR [EMULATOR_ARGUMENT...]

Exits with 77 if the two agree but the tool is missing.
"""

import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

SKIPPED = 77


def output_of(command, input_path):
    with open(input_path, "rb") as stdin:
        done = subprocess.run(command, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
    if done.returncode != 0 or done.stderr:
        sys.exit(f"{' '.join(command)} <{input_path}: exit code {done.returncode}\n{done.stderr.decode(errors='replace')}")
    return done.stdout


def main():
    manifest, name, *emulator = sys.argv[1:]
    example = next(e for e in json.loads(pathlib.Path(manifest).read_text()) if e["name"] == name)
    test_input = example["test_input"]

    native = output_of([example["native"]], test_input)
    guest = output_of([*emulator, example["elf"]], test_input)
    if native != guest:
        sys.exit(f"{name}: the guest's output differs from the native program's")

    if example["check_tool"] and not shutil.which(example["check_tool"]):
        print(f"{name}: guest and native program agree; not checked further, {example['check_tool']} is missing")
        sys.exit(SKIPPED)
    with tempfile.NamedTemporaryFile() as output:
        output.write(guest)
        output.flush()
        check = example["check"].replace("{input}", test_input).replace("{output}", output.name)
        done = subprocess.run(["bash", "-c", check], cwd=example["check_folder"])
    if done.returncode != 0:
        sys.exit(f"{name}: the output is not what this expects: {check}")


if __name__ == "__main__":
    main()
