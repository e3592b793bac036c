#!/usr/bin/env python3
"""Tests of guests in C++: what reprise-c++ builds runs under qemu and in Reprise as the same source does natively.

Environment: REPRISE_CXX, the wrapper to test; CXX, the native compiler; QEMU and REPRISE, the emulators; EXAMPLES,
the list of the examples.
"""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
CXX = os.environ["REPRISE_CXX"]
QEMU = [os.environ["QEMU"]]
REPRISE = os.environ["REPRISE"]
EMULATORS = {
    "qemu": QEMU,
    "compiled": [REPRISE, "run"],
    "interpreted": [REPRISE, "run", "--engine", "interpreted"],
    "replayed": [REPRISE, "trace", "--replay", "--chunk-steps", "100000"],
}
OPTIONS = ["-std=c++20", "-O2", "-Wall", "-Wextra", "-Werror"]
FLAVOURS = [[], ["-march=rv64im"], ["-march=rv64imac", "-g"], ["-O0"], ["-flto"]]
STATICS = "+first +early main +local "
STATICS_END = "-local -early -first "


def run(command, stdin=b""):
    return subprocess.run(list(map(str, command)), input=stdin, capture_output=True, timeout=120)


class Cxx(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def compile(self, compiler, source, name, *options):
        program = self.folder / name
        done = run([compiler, *OPTIONS, *options, HERE / source, "-o", program])
        self.assertEqual((done.returncode, done.stderr), (0, b""), done.stderr.decode()[:3000])
        return program

    def same_as_native(self, source, flavours, stdin=b""):
        native = run([self.compile(os.environ["CXX"], source, "native")])
        self.assertEqual(native.returncode, 0)
        for flavour in flavours:
            elf = self.compile(CXX, source, "guest.elf", *flavour)
            for name, emulator in EMULATORS.items():
                with self.subTest(flavour=flavour, emulator=name):
                    # Not under qemu, which hangs when there is no memory left for itself.
                    done = run([*emulator, elf], b"" if name == "qemu" else stdin)
                    self.assertEqual(done.stdout.decode(), native.stdout.decode())
                    self.assertEqual((done.returncode, done.stderr), (0, b""))

    def test_library(self):
        self.same_as_native("cxx/library.cpp", FLAVOURS[:1])

    def test_exceptions(self):
        self.same_as_native("cxx/exceptions.cpp", FLAVOURS, b"memory")

    def test_ends(self):
        """However a program ends: what is printed and destroyed, the message, and the exit code."""
        elf = self.compile(CXX, "cxx/ends.cpp", "guest.elf", "-g")
        terminated = "terminate called after throwing an instance of "
        no_exception = "terminate called without an active exception\n"
        for way, code, out, err in (
            ("return", 42, STATICS + STATICS_END, ""),
            ("exit", 43, STATICS + STATICS_END, ""),
            ("_Exit", 44, None, ""),
            ("throw", 134, STATICS, terminated + "'std::runtime_error'\n  what():  nobody catches this\n"),
            ("throw_int", 134, STATICS, terminated + "'int'\n"),
            ("pure", 134, STATICS, "pure virtual method called\n" + no_exception),
            ("noexcept", 134, STATICS, terminated + "'std::runtime_error'\n  what():  nobody catches this\n"),
            ("second_throw", 134, STATICS, terminated + "'int'\n"),
            ("rethrow_nothing", 134, STATICS, no_exception),
            ("terminate", 134, STATICS, no_exception),
            ("bad_alloc", 134, STATICS, terminated + "'std::bad_alloc'\n  what():  std::bad_alloc\n"),
            ("handler", 45, STATICS + STATICS_END, "the program's own handler\n"),
        ):
            for name, emulator in EMULATORS.items():
                if way == "bad_alloc" and name == "qemu":
                    continue  # qemu hangs when there is no memory left for itself
                with self.subTest(way=way, emulator=name):
                    done = run([*emulator, elf], way.encode())
                    self.assertEqual((done.returncode, done.stderr.decode()), (code, err))
                    if out is not None:
                        self.assertEqual(done.stdout.decode(), out)

    def test_overflow(self):
        elf = self.compile(CXX, "cxx/ends.cpp", "guest.elf", "-g")
        self.assertEqual(run([*QEMU, elf], b"overflow").returncode, -signal.SIGSEGV)
        for name in ("compiled", "interpreted", "replayed"):
            with self.subTest(emulator=name):
                done = run([*EMULATORS[name], elf], b"overflow")
                self.assertEqual((done.returncode, done.stdout.decode()), (126, STATICS))
                self.assertRegex(done.stderr.decode(), r"guest fault: cannot store to 0x1f.* \(\(anonymous namespace\)::descend\(int\)")
                self.assertRegex(done.stderr.decode(), r"\n  #5 .*descend\(int\).*ends\.cpp:\d+\n")

    def test_odd_inputs(self):
        """Empty, binary, large or deep: an example makes the same of it as natively, and no host faults."""
        for example in json.loads(pathlib.Path(os.environ["EXAMPLES"]).read_text()):
            if example["name"] not in ("words", "calc", "jsonpatch"):
                continue
            for what, stdin in {
                "empty": b"",
                "no newline": b"1",
                "binary": bytes(range(256)) * 50,
                "zeros": bytes(5000),
                "one long line": b"a" * 1_000_000,
                "many lines": b"\n" * 1_000,
                "deep": b"(" * 50_000 + b"\n" + b"[" * 50_000 + b"\n" + b"-" * 3_000 + b"1\n" + b"1" + b"+1" * 1_500,
                "recursion": b"def f(n): return f(n + 1)\nf(1)\ndef g(n): return g(\nx = 'a' * 999999\nx + x\n99999999999999999999\n",
                "wrong kinds": b'{"document": 1, "patch": {}}\n[]\n{"document": [], "patch": [{"op": "add"}]}\n{"patch": []}\n"\xff"\n',
            }.items():
                native = run([example["native"]], stdin)
                self.assertEqual(native.returncode, 0)
                for name, emulator in EMULATORS.items():
                    with self.subTest(example=example["name"], what=what, emulator=name):
                        done = run([*emulator, example["elf"]], stdin)
                        self.assertEqual(done.stdout, native.stdout)
                        self.assertEqual((done.returncode, done.stderr), (0, b""))

    def test_too_deep(self):
        """A document nested so deeply that nlohmann's recursion overflows the stack: a fault of the guest."""
        example = next(e for e in json.loads(pathlib.Path(os.environ["EXAMPLES"]).read_text()) if e["name"] == "jsonpatch")
        depth = 200_000
        stdin = b'{"patch": [], "document": ' + b"[" * depth + b"]" * depth + b"}\n"
        self.assertEqual(run([*QEMU, example["elf"]], stdin).returncode, -signal.SIGSEGV)
        for name in ("compiled", "interpreted", "replayed"):
            with self.subTest(emulator=name):
                done = run([*EMULATORS[name], example["elf"]], stdin)
                self.assertEqual(done.returncode, 126, done.stderr[-500:])
                self.assertIn(b"guest fault", done.stderr)

    def test_wrapper(self):
        (self.folder / "a.cpp").write_text("#include <vector>\nint b();\nint main() { return std::vector<int>(3, b())[1]; }\n")
        (self.folder / "b.cc").write_text("int b() { return 17; }\n")
        for command in (["-c", "a.cpp", "b.cc"], ["--stack-size=1M", "a.o", "b.o", "-o", "two objects.elf"]):
            done = subprocess.run([CXX, *command], cwd=self.folder, capture_output=True, text=True)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(run([*QEMU, self.folder / "two objects.elf"]).returncode, 17)
        refused = run([CXX, "--clang", self.folder / "a.cpp"])
        self.assertEqual(refused.returncode, 1)
        self.assertIn(b"--clang", refused.stderr)

    def test_without_library(self):
        """One line that says which command makes the library."""
        sdk = pathlib.Path(CXX).parent.parent
        shutil.copytree(sdk, self.folder / "sdk", ignore=shutil.ignore_patterns("libstdcxx"))
        done = run([self.folder / "sdk/bin/reprise-c++", HERE / "cxx/ends.cpp"])
        self.assertEqual((done.returncode, done.stdout), (1, b""))
        self.assertRegex(done.stderr.decode(), r"\Areprise-c\+\+: .*guest/build-libstdcxx.*\n\Z")
        os.environ["REPRISE_LIBSTDCXX"] = str(sdk / "lib/reprise-guest/libstdcxx")
        self.addCleanup(os.environ.pop, "REPRISE_LIBSTDCXX")
        done = run([self.folder / "sdk/bin/reprise-c++", HERE / "cxx/ends.cpp", "-o", self.folder / "guest.elf"])
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_toolchain_file(self):
        toolchain = pathlib.Path(CXX).parent.parent / "lib/reprise-guest/reprise-toolchain.cmake"
        build = self.folder / "build"
        for command in (
            ["cmake", "-G", "Ninja", "-S", HERE / "cxx/project", "-B", build, f"-DCMAKE_TOOLCHAIN_FILE={toolchain}", f"-DREPRISE_EMULATOR={QEMU[0]}"],
            ["cmake", "--build", build],
            ["ctest", "--test-dir", build, "--no-tests=error", "--output-on-failure"],
        ):
            done = run(command)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertTrue((build / "mini.elf").exists())


if __name__ == "__main__":
    unittest.main()
