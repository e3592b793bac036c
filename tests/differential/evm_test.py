#!/usr/bin/env python3
"""Both engines side by side on the largest guest there is, the EVM in Rust (guest/rust).

usage: evm_test.py LOCKSTEP PLACEMENT
"""
import pathlib
import subprocess
import sys

lockstep, placement = sys.argv[1:]
rust = pathlib.Path(__file__).resolve().parents[2] / "guest" / "rust"
elf = rust / "target" / "riscv64im-reprise-none-elf" / "release" / "evm"
if not elf.exists():
    print(f"skipped: there is no {elf}; build it with `guest/rust/build evm` (guest/rust/README.md)")
    sys.exit(77)
steps_between, limit = 1 << 20, 1 << 62
for case in ["test", "all"]:
    subprocess.run([lockstep, elf, rust / "examples" / "evm" / "inputs" / f"{case}.in",
                    str(steps_between), str(limit), placement], check=True)
