#!/usr/bin/env python3
"""Says in a few lines what a run did, and whether qemu-riscv64 printed the same.

usage: summary.py PROGRAM INPUT FOLDER, where FOLDER holds stats.json, reprise.out and qemu.out
"""

import hashlib
import json
import pathlib
import sys


def main():
    program, input_file = sys.argv[1:3]
    folder = pathlib.Path(sys.argv[3])
    stats = json.loads((folder / "stats.json").read_text())
    output = (folder / "reprise.out").read_bytes()
    same = output == (folder / "qemu.out").read_bytes()
    compile_seconds = stats["compile_seconds"]
    lines = {
        "program": f"{program} (a static RISC-V ELF)",
        "input": f"{input_file}, {pathlib.Path(input_file).stat().st_size:,} bytes",
        "instructions": f"{stats['instructions']:,} in the program, in {stats['blocks']:,} blocks",
        "compiled": f"to {stats['x86_bytes']:,} bytes of x86-64 in {compile_seconds * 1000:.1f} ms",
        "steps": f"{stats['steps']:,} instructions executed",
        "time": f"{stats['execute_seconds']:.3f} s, {stats['steps_per_second'] / 1e6:,.0f} million steps a second",
        "memory": f"{stats['peak_rss_bytes'] / 2**20:.0f} MiB resident at most",
        "exit code": f"{stats['exit_code']}",
        "output": f"{len(output):,} bytes, sha256 {hashlib.sha256(output).hexdigest()[:16]}...",
        "checked": "qemu-riscv64 prints the same bytes" if same else "qemu-riscv64 prints SOMETHING ELSE",
    }
    print()
    for name, text in lines.items():
        print(f"{name + ':':<14} {text}")
    sys.exit(0 if same else 1)


if __name__ == "__main__":
    main()
