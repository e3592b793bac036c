#!/usr/bin/env python3
"""Tests of the guest SDK: builds small guests with reprise-cc and runs them under an emulator.

Environment: REPRISE_CC, the wrapper to test; QEMU, the emulator.
"""

import os
import pathlib
import re
import signal
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
CC = os.environ["REPRISE_CC"]
QEMU = os.environ["QEMU"].split()

GCC_FLAVOURS = [[], ["-march=rv64im"], ["-march=rv64imac"], ["-march=rv64imac_zba_zbb_zbs", "-O0"]]
CLANG_FLAVOURS = [["--clang"], ["--clang", "-march=rv64imac"]]


def have_clang():
    return shutil.which("clang-19") or shutil.which("clang")


class Sdk(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def cc(self, *arguments, expect=0):
        done = subprocess.run([CC, *map(str, arguments)], cwd=self.folder, capture_output=True, text=True)
        self.assertEqual(done.returncode, expect, f"reprise-cc {arguments}:\n{done.stdout}{done.stderr}")
        return done.stdout + done.stderr

    def build(self, source, *options):
        options = options if any(o.startswith("-O") for o in options) else (*options, "-O2")
        elf = self.folder / "guest.elf"
        output = self.cc("-g", "-Wall", "-Wextra", "-Werror", *options, HERE / source, "-o", elf)
        self.assertEqual(output, "")
        return elf

    def run_guest(self, elf, stdin=b"", expect=0):
        done = subprocess.run([*QEMU, str(elf)], input=stdin, capture_output=True, timeout=120)
        self.assertEqual(done.returncode, expect, done.stdout[-500:] + done.stderr[-500:])
        return done

    def segments(self, elf):
        table = subprocess.run(["riscv64-unknown-elf-readelf", "-lW", elf], capture_output=True, text=True, check=True)
        pattern = r"LOAD +0x\w+ 0x(\w+) 0x\w+ 0x(\w+) 0x(\w+) ([R ][W ][E ]) "
        return [(int(a, 16), int(f, 16), int(m, 16), flags) for a, f, m, flags in re.findall(pattern, table.stdout)]

    def test_memory(self):
        for flavour in GCC_FLAVOURS + (CLANG_FLAVOURS if have_clang() else []):
            with self.subTest(flavour=flavour):
                elf = self.build("memory.c", "-fno-builtin", *flavour)
                self.assertEqual(self.run_guest(elf).stdout, b"ok\n")

    def test_malloc(self):
        self.assertEqual(self.run_guest(self.build("malloc.c")).stdout, b"ok\n")

    def test_malloc_exhaustion(self):
        elf = self.build("exhaust.c")
        # qemu counts its own memory too, so what is left for the guest is anything but exact.
        done = subprocess.run(["bash", "-c", f"ulimit -v 1000000; exec {' '.join(QEMU)} {elf}"], capture_output=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertGreater(int(done.stdout), 50)

    def test_stdio(self):
        elf = self.build("stdio.c")
        stdin = b"12 -7\nshort\na line longer than the buffer\n" + b"x" * 200000 + b"\nabc;" + b"y" * 100000 + b"tail"
        done = self.run_guest(elf, stdin)
        expected = b"printf    42 ff  | 1099511627776 c 2.500 %\n" + b"z" * 100000
        expected += b"\nunbuffered\nlast, without a newlineat exit\n"
        self.assertEqual(done.stdout, expected)
        self.assertEqual(done.stderr, b"error 1\n")

    def test_buffers(self):
        """What a mode of buffering means in ecalls."""
        elf = self.build("buffers.c")
        lines = b"".join(b"0123abc%02d\n" % (i % 100) for i in range(1000))
        for mode, file, writes in (
            (b"", 1, 1),
            (b"line", 1, 1000),
            (b"own", 1, 100),
            (b"none", 1, 8000),
            (b"stderr", 2, 1000),
        ):
            with self.subTest(mode=mode):
                done = self.run_guest(elf, mode)
                self.assertEqual((done.stdout, done.stderr)[file - 1], lines)
                trace = subprocess.run([*QEMU, "-strace", str(elf)], input=mode, capture_output=True)
                self.assertEqual(trace.stderr.count(b" write(%d," % file), writes)

    def test_input(self):
        elf = self.build("input.c")
        for content in (b"", b"abc", bytes(range(256)) * 20000):
            expected = f"{len(content)} bytes:".encode() + content + b":end\n"
            self.assertEqual(self.run_guest(elf, content).stdout, expected)
        elf = self.build("input.c", "-DREGION")
        self.assertEqual(self.run_guest(elf, b"not this").stdout, b"5 bytes:regio:end\n")

    def test_exit_codes(self):
        elf = self.build("exit.c")
        flushed = b"constructed main at_exit destroyed "
        self.assertEqual(self.run_guest(elf, b"return", 42).stdout, flushed)
        self.assertEqual(self.run_guest(elf, b"exit", 43).stdout, flushed)
        self.assertEqual(self.run_guest(elf, b"_exit", 44).stdout, b"")
        self.assertEqual(self.run_guest(elf, b"abort", 134).stdout, b"")
        self.assertIn(b"assert", self.run_guest(elf, b"assert", 134).stderr)

    def test_stack(self):
        def overflows(elf, levels):
            done = subprocess.run([*QEMU, str(elf)], input=str(levels).encode(), capture_output=True)
            if done.returncode == 0:
                self.assertEqual(done.stdout, f"{levels}\n".encode())
            else:
                self.assertEqual(done.returncode, -signal.SIGSEGV, done.stderr)
            return done.returncode != 0

        elf = self.build("stack.c")
        self.assertFalse(overflows(elf, 7000))
        self.assertTrue(overflows(elf, 9000))
        elf = self.build("stack.c", "--stack-size=64K")
        self.assertFalse(overflows(elf, 40))
        self.assertTrue(overflows(elf, 80))
        elf = self.build("stack.c", "--stack-size=100M")
        self.assertFalse(overflows(elf, 90000))
        self.assertTrue(overflows(elf, 120000))

    def test_compilers(self):
        """Segments as the platform wants them, whatever the compiler and the ISA."""
        for flavour in GCC_FLAVOURS + (CLANG_FLAVOURS if have_clang() else []):
            with self.subTest(flavour=flavour):
                elf = self.build("input.c", *flavour)
                self.assertEqual(self.run_guest(elf, b"x").stdout, b"1 bytes:x:end\n")
                segments = self.segments(elf)
                stack, *others = segments
                self.assertEqual(stack, (0x200000, 0, 8 << 20, "RW "))
                self.assertEqual([s[3] for s in others], ["R E", "R  ", "RW "])
                for (a, _, size, _), (b, _, _, _) in zip(segments, others):
                    self.assertLessEqual((a + size + 4095) // 4096, b // 4096, "segments share a page")
                self.assertLess(segments[-1][0] + segments[-1][2], 0x90000000)
                listing = subprocess.run(["riscv64-unknown-elf-objdump", "-d", elf], capture_output=True, text=True)
                self.assertEqual(re.findall(r"\tf(?:ld|sd|lw|sw|add\.d)\t.*", listing.stdout), [])
        if not have_clang():
            self.skipTest("clang is missing: tried gcc only")

    def test_wrapper(self):
        """The wrapper behaves like a cc."""
        (self.folder / "a.c").write_text('#include <stdio.h>\nint b(void);\nint main(void) { printf("%d\\n", b()); return 0; }\n')
        (self.folder / "b.c").write_text("#include <math.h>\nint b(void) { volatile double x = 2; return NUMBER + (int)sqrt(x * 8); }\n")
        self.cc("-DNUMBER=3", "-O1", "a.c", "b.c", "-lm")
        self.assertEqual(self.run_guest(self.folder / "a.out").stdout, b"7\n")
        self.cc("-c", "-DNUMBER=4", "a.c", "b.c")
        self.cc("a.o", "b.o", "-lm", "-o", "two objects.elf")
        self.assertEqual(self.run_guest(self.folder / "two objects.elf").stdout, b"8\n")
        self.cc("-flto", "-O2", "-DNUMBER=5", "a.c", "b.c", "-lm", "-o", "lto.elf")
        self.assertEqual(self.run_guest(self.folder / "lto.elf").stdout, b"9\n")
        self.assertIn("__riscv_zbb", self.cc("-E", "-dM", "a.c"))
        self.assertNotIn("__riscv_zbb", self.cc("-E", "-dM", "-march=rv64im", "a.c"))
        self.cc("-S", "a.c", "-o", "a.s")
        self.assertIn("main:", (self.folder / "a.s").read_text())
        self.assertIn("lp64", self.cc("-mabi=lp64d", "a.c", expect=1))
        self.assertIn("rv64", self.cc("-march=rv32im", "a.c", expect=1))
        self.assertIn("--stack-size", self.cc("--stack-size=many", "a.c", expect=1))
        self.assertIn("does not fit", self.cc("--stack-size=3000M", "a.o", "b.o", "-lm", expect=1))
        self.assertIn("undefined reference", self.cc("a.c", expect=1))

    def test_toolchain_file(self):
        toolchain = pathlib.Path(CC).parent.parent / "lib/reprise-guest/reprise-toolchain.cmake"
        emulator = ";".join(QEMU)
        configure = ["cmake", "-G", "Ninja", "-S", HERE / "project", "-B", self.folder / "build", f"-DCMAKE_TOOLCHAIN_FILE={toolchain}"]
        for command in (
            [*configure, f"-DREPRISE_EMULATOR={emulator}"],
            ["cmake", "--build", self.folder / "build"],
            ["ctest", "--test-dir", self.folder / "build", "--no-tests=error", "--output-on-failure"],
        ):
            done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertTrue((self.folder / "build/mini.elf").exists())



if __name__ == "__main__":
    program = unittest.main(exit=False)
    if program.result.skipped and program.result.wasSuccessful():
        sys.exit(77)
    sys.exit(not program.result.wasSuccessful())
