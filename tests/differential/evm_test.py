#!/usr/bin/env python3
"""Both engines side by side on the largest guest there is, the EVM in Rust (guest/rust), and all it can do.

usage: evm_test.py LOCKSTEP ELF PLACEMENT
"""
import pathlib
import subprocess
import sys

lockstep, elf, placement = sys.argv[1:]
if not pathlib.Path(elf).exists():
    print(f"skipped: there is no {elf}; guest/rust/README.md says what it needs")
    sys.exit(77)
inputs = pathlib.Path(__file__).resolve().parents[2] / "guest/rust/examples/evm/inputs"
steps_between, limit = 1 << 20, 1 << 62
subprocess.run([lockstep, elf, inputs / "all.in", str(steps_between), str(limit), placement], check=True)
