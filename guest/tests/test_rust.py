#!/usr/bin/env python3
"""Tests of guests in Rust: what they may do, what they do wrong, and inputs that they do not expect.

Environment: REPRISE and QEMU, the emulators; RUST_GUESTS, a folder with std.elf and bare.elf (guest/rust/tests);
EXAMPLES, the folder of the example guests; NATIVE, that of the same programs for the host.

Each run is made by both engines, traced and replayed, and in qemu: all must agree.
"""

import hashlib
import os
import pathlib
import signal
import subprocess
import sys
import unittest

REPRISE = os.environ["REPRISE"]
QEMU = os.environ["QEMU"]
GUESTS = pathlib.Path(os.environ["RUST_GUESTS"])
EXAMPLES = pathlib.Path(os.environ["EXAMPLES"])
NATIVE = pathlib.Path(os.environ["NATIVE"])
EVM_INPUTS = pathlib.Path(__file__).resolve().parents[1] / "rust/examples/evm/inputs"

REPRISE_WAYS = [
    [REPRISE, "run", "--engine", "compiled"],
    [REPRISE, "run", "--engine", "interpreted"],
    [REPRISE, "trace", "--replay", "--chunk-steps", "10007"],
]
PANICKED, FAULTED = 101, 126
STACK = 8 << 20
TOO_MUCH = 1 << 40  # bytes: more than guest memory, and more than qemu can find


def run(command, stdin):
    return subprocess.run([*map(str, command)], input=stdin, capture_output=True, timeout=120)


class Rust(unittest.TestCase):
    def run_guest(self, elf, stdin, expect=0):
        """Exits with `expect` in all ways, with the same outputs; returns them."""
        runs = [run([*way, elf], stdin) for way in (*REPRISE_WAYS, [QEMU])]
        for done in runs:
            self.assertEqual(done.returncode, expect, (done.args, done.stdout[-500:], done.stderr[-500:]))
            self.assertEqual((done.stdout, done.stderr), (runs[0].stdout, runs[0].stderr), done.args)
        return runs[0].stdout, runs[0].stderr

    def run_faulting(self, elf, stdin, message, qemu_signal):
        """Faults in all ways, with a message and a backtrace that holds main; returns what it wrote to file 2 itself."""
        alone = run([QEMU, elf], stdin)
        self.assertEqual(alone.returncode, -qemu_signal, alone.stderr)
        for way in REPRISE_WAYS:
            done = run([*way, elf], stdin)
            self.assertEqual(done.returncode, FAULTED, (done.args, done.stderr))
            own, _, report = done.stderr.partition(b"reprise: guest fault: ")
            self.assertRegex(report, message)
            self.assertIn(b"  #1 ", report)
            self.assertTrue(alone.stderr.startswith(own), (own, alone.stderr))
        return own

    def test_std(self):
        elf = GUESTS / "std.elf"
        out, err = self.run_guest(elf, b"print text")
        self.assertEqual((out, err), (b"to standard output: text\n\0\xff\n", b"to standard error: text\n"))
        out, _ = self.run_guest(elf, b"map")
        self.assertEqual(sorted(eval(out).items()), [(i, i * i) for i in range(20)])
        self.assertEqual(self.run_guest(elf, b"environment")[0], b"[] Err(NotPresent) Err(Unsupported)\n")
        self.assertEqual(self.run_guest(elf, b"free")[0], b"reused\n")
        self.assertEqual(self.run_guest(elf, b"memory 100000000")[0], b"100000000\n")

    def test_std_exits(self):
        elf = GUESTS / "std.elf"
        self.assertEqual(self.run_guest(elf, b"exit 42", 42), (b"flushed by exit", b""))
        self.assertEqual(self.run_guest(elf, b"code 7", 7), (b"", b""))
        self.assertEqual(self.run_guest(elf, b"error of main", 1), (b"", b'Error: "of main"\n'))

    def test_panics(self):
        for name, folder in (("std.elf", "std"), ("bare.elf", "bare")):
            _, err = self.run_guest(GUESTS / name, b"panic now", PANICKED)
            self.assertRegex(err, rf"panicked at tests/{folder}/src/main.rs:\d+:\d+:\nasked to: now\n".encode())
        self.assertEqual(self.run_guest(GUESTS / "bare.elf", b"exit 42", 42), (b"", b""))
        for what, message in ((b"thread", b"operation not supported"), (b"clock", b"time not implemented")):
            self.assertIn(message, self.run_guest(GUESTS / "std.elf", what, PANICKED)[1])

    def test_abort(self):
        self.assertEqual(self.run_faulting(GUESTS / "std.elf", b"abort", rb"main\+0x", signal.SIGILL), b"")

    def test_stack(self):
        for name in ("std.elf", "bare.elf"):
            elf = GUESTS / name
            self.run_guest(elf, b"stack %d" % (STACK // 2000))
            self.run_faulting(elf, b"stack %d" % (STACK // 800), rb"cannot store to .*\n(.*\n)*.*deep\+0x", signal.SIGSEGV)

    def test_out_of_memory(self):
        message = b"memory allocation of %d bytes failed\n" % TOO_MUCH
        _, err = self.run_guest(GUESTS / "bare.elf", b"memory %d" % TOO_MUCH, PANICKED)
        self.assertIn(message, err)
        own = self.run_faulting(GUESTS / "std.elf", b"memory %d" % TOO_MUCH, rb"rust_oom", signal.SIGILL)
        self.assertEqual(own, message)

    def test_memory_functions(self):
        self.assertEqual(self.run_guest(GUESTS / "bare.elf", b"copies")[0], b"ok\n")

    def test_accelerators(self):
        """With the machine's precompiles; in qemu software, since Linux has none."""
        text = b"text" * 40
        out, err = self.run_guest(GUESTS / "bare.elf", b"accelerators " + text)
        self.assertEqual(err, b"")
        lines = out.decode().splitlines()
        listed = lambda data: "[" + ", ".join(f"{byte:02x}" for byte in data) + "]"
        number = lambda data: int.from_bytes(data, "big")
        twice = (
            0x030644E72E131A029B85045B68181585D97816A916871CA8D3C208C16D87CFD3 << 256
            | 0x15ED738C0E0A7C92E7845F96B2AE9C0A68A6A449E3538FC7FF3EBF7A5A18A2C4
        )
        self.assertEqual(lines[0], listed(hashlib.sha256(text).digest()))
        self.assertEqual(lines[1], listed(hashlib.new("ripemd160", text).digest()))
        self.assertTrue(lines[2].startswith("[c5, d2, 46, 01, 86, f7, 23, 3c, "))
        power = pow(number(b"base"), number(b"exponent"), number(text))
        self.assertEqual(lines[3], listed(power.to_bytes(len(text), "big")))
        self.assertEqual(lines[4], listed(twice.to_bytes(64, "big")))
        self.assertEqual(lines[5:], ["None Some(true)", "false"])

    def test_inputs(self):
        """Empty, binary and large inputs of the test programs."""
        for name in ("std.elf", "bare.elf"):
            self.assertEqual(self.run_guest(GUESTS / name, b"")[0], b'unknown: ""\n')
            self.assertEqual(self.run_guest(GUESTS / name, b"count " + b"x" * 5_000_000)[0], b"5000000 bytes\n")
        self.assertIn(b"unknown", self.run_guest(GUESTS / "std.elf", bytes(range(256)))[0])
        self.assertIn(b"the input is text", self.run_guest(GUESTS / "bare.elf", b"\xff", PANICKED)[1])

    def test_example_inputs(self):
        """Empty, binary and large inputs of the examples: what the program for the host says."""
        order = b'{"customer": "%d", "items": []}\n'
        for name in ("rust-hash", "rust-json", "evm"):
            elf = EXAMPLES / f"{name}.elf"
            if not elf.exists():
                continue
            for stdin in (b"", b"\n", bytes(range(256)), b"\0" * 3_000_000, b"{" * 1_000_000, order * 3 % (1, 2, 1)):
                native = run([NATIVE / name], stdin)
                out, err = self.run_guest(elf, stdin, native.returncode)
                self.assertEqual(out, native.stdout)
                if native.returncode != PANICKED:  # there, the host's message names its thread
                    self.assertEqual(err, native.stderr)

    def test_evm(self):
        """All workloads and precompiles, against what is known of them."""
        elf = EXAMPLES / "evm.elf"
        if not elf.exists():
            self.skipTest("the EVM is not built")
        out, _ = self.run_guest(elf, (EVM_INPUTS / "all.in").read_bytes())
        self.assertEqual(out, (EVM_INPUTS / "all.out").read_bytes())


if __name__ == "__main__":
    program = unittest.main(exit=False)
    if program.result.skipped and program.result.wasSuccessful():
        sys.exit(77)
    sys.exit(not program.result.wasSuccessful())
