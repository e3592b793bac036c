#!/usr/bin/env python3
"""Says in a few lines what a traced run did, and whether qemu-riscv64 printed the same.

usage: summary.py PROGRAM INPUT FOLDER, where FOLDER holds what tools/quickstart puts there
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
    profile = json.loads((folder / "profile.json").read_text())
    same = output == (folder / "qemu.out").read_bytes() == (folder / "profiled.out").read_bytes()
    compile_seconds = stats["compile_seconds"]

    def speed(seconds):
        return f"{seconds:.3f} s, {stats['steps'] / seconds / 1e6:,.0f} million steps a second"

    lines = {
        "program": f"{program} (a static RISC-V ELF)",
        "input": f"{input_file}, {pathlib.Path(input_file).stat().st_size:,} bytes",
        "compiled": f"{stats['instructions']:,} instructions to {stats['x86_bytes']:,} bytes of x86-64 in "
        f"{compile_seconds * 1000:.1f} ms",
        "executed": f"{stats['steps']:,} steps with the trace on: {speed(stats['execute_seconds'])}",
        "trace": f"{stats['chunks']:,} chunks, {stats['log_bytes'] / stats['steps']:.2f} bytes a step",
        "replayed": f"all chunks on {stats['threads']} threads, checked: {speed(stats['replay_seconds'])} from the first step",
        "memory": f"{stats['peak_rss_bytes'] / 2**20:.0f} MiB resident at most",
        "output": f"{len(output):,} bytes, sha256 {hashlib.sha256(output).hexdigest()[:16]}..., exit code {stats['exit_code']}",
        "checked": "qemu-riscv64 prints the same bytes" if same else "qemu-riscv64 prints SOMETHING ELSE",
        "profiled": f"every step counted by call stack: {speed(profile['replay_seconds'])}",
        "flame graph": f"{folder / 'flame-graph.html'}: open it in a browser",
    }
    print()
    for name, text in lines.items():
        print(f"{name + ':':<14} {text}")
    sys.exit(0 if same else 1)


if __name__ == "__main__":
    main()
