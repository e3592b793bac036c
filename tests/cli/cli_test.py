#!/usr/bin/env python3
"""The command in its surroundings: usage, files, streams, limits, signals.

REPRISE names the command. Guests are a few words of machine code.
"""
import json
import os
import resource
import signal
import struct
import subprocess
import tempfile
import time
import unittest

REPRISE = os.environ["REPRISE"]
STEP_LIMIT, REFUSED, FAULTED = 124, 125, 126
TEXT, DATA = 0x100000, 0x200000
ECALL, LOOP, EBREAK = 0x73, 0x6F, 0x100073
RW, RX = 6, 5


def addi(rd, rs, imm):
    return (imm & 0xFFF) << 20 | rs << 15 | rd << 7 | 0x13


def lui(rd, upper):
    return upper << 12 | rd << 7 | 0x37


def bnez(rs, distance):
    imm = distance & 0x1FFF
    return (imm >> 12) << 31 | (imm >> 5 & 0x3F) << 25 | rs << 15 | 1 << 12 | \
        (imm >> 1 & 0xF) << 8 | (imm >> 11 & 1) << 7 | 0x63


def exit_with(code):
    return [addi(10, 0, code), addi(17, 0, 93), ECALL]


def elf(words, more=(), entry=TEXT):
    """A static executable of these instructions; more: (address, size in memory, flags, bytes)."""
    segments = [(TEXT, 4 * len(words), RX, struct.pack(f"<{len(words)}I", *words)), *more]
    headers, contents = b"", b""
    for address, size, flags, content in segments:
        offset = 64 + 56 * len(segments) + len(contents)
        headers += struct.pack("<IIQQQQQQ", 1, flags, offset, address, address, len(content), size, 4096)
        contents += content
    return struct.pack("<4s12BHHIQQQIHHHHHH", b"\x7fELF", 2, 1, 1, *[0] * 9, 2, 243, 1, entry, 64, 0, 0,
                       64, 56, len(segments), 64, 0, 0) + headers + contents


# Writes the 64 KiB from TEXT on to fd 1, 1000 times, however few it could.
FLOOD = [addi(8, 0, 1000), addi(17, 0, 64), addi(10, 0, 1), lui(11, TEXT >> 12), lui(12, 16), ECALL,
         addi(8, 8, -1), bnez(8, -24), *exit_with(0)]


def write_text(descriptor):
    """Three bytes of the guest's own text."""
    return [addi(17, 0, 64), addi(10, 0, descriptor), lui(11, TEXT >> 12), addi(12, 0, 3), ECALL]


# Stores below 64 KiB, after it wrote 3 bytes.
FAULT = [*write_text(1), 0x00002423]


class Base(unittest.TestCase):
    """Files, guests, and runs of the command."""

    @classmethod
    def setUpClass(cls):
        cls.directory = tempfile.TemporaryDirectory()
        with open(REPRISE, "rb") as file:
            cls.sanitized = b"__asan_init" in file.read()

    @classmethod
    def tearDownClass(cls):
        cls.directory.cleanup()

    def file(self, name, content):
        path = os.path.join(self.directory.name, name)
        with open(path, "wb") as out:
            out.write(content)
        return path

    def guest(self, words, more=(), name="guest.elf", **options):
        return self.file(name, elf(words, more, **options))

    def run_command(self, *arguments, **options):
        options = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "timeout": 60, **options}
        return subprocess.run([REPRISE, *arguments], stderr=subprocess.PIPE, **options)

    def assert_refused(self, result, *parts):
        """One line that says what."""
        message = result.stderr.decode()
        self.assertEqual(result.returncode, REFUSED, message)
        self.assertTrue(message.startswith("reprise: ") and message.count("\n") == 1, message)
        for part in parts:
            self.assertIn(part, message)


class Cli(Base):
    def test_usage(self):
        guest = self.guest(exit_with(0))
        for arguments in [[], ["run"], ["walk"], ["run", guest, "more"], ["run", guest, "--bad"],
                          ["run", guest, "--engine", "steam"], ["run", guest, "--platform", "moon"],
                          ["run", guest, "--max-steps"], ["run", guest, "--input"],
                          ["run", guest, "--count-blocks", "--engine", "interpreted"]]:
            with self.subTest(arguments=arguments[1:]):
                self.assert_refused(self.run_command(*arguments))
        self.assert_refused(self.run_command("walk", "x"), "'walk'", "replay")
        self.assertEqual(self.run_command("--help").returncode, 0)
        with open("/dev/full", "wb") as full:
            self.assert_refused(self.run_command("--help", stdout=full), "standard output")
        self.assertEqual(self.run_command("run", "--help").returncode, 0)

    def test_max_steps(self):
        guest = self.guest(exit_with(3))
        for steps, code in [("0", STEP_LIMIT), ("2", STEP_LIMIT), ("3", 3), ("18446744073709551615", 3)]:
            with self.subTest(steps=steps):
                self.assertEqual(self.run_command("run", guest, "--max-steps", steps).returncode, code)
        for steps in ["", "-1", "+1", " 1", "1 ", "1e3", "0x10", "1.5", "many", "18446744073709551616",
                      "9" * 40]:
            with self.subTest(steps=steps):
                self.assert_refused(self.run_command("run", guest, f"--max-steps={steps}"), "--max-steps")

    def test_unreadable_files(self):
        guest = self.guest(exit_with(0))
        for path in ["/no/such/file", "", self.directory.name, "/proc/self/mem"]:
            with self.subTest(path=path):
                self.assert_refused(self.run_command("run", path), path)
                self.assert_refused(self.run_command("run", guest, "--input", path), path)
        for content in [b"", b"\x7fELF", b"#!/bin/sh\n", elf(exit_with(0))[:-1]]:
            self.assert_refused(self.run_command("run", self.file("bad", content)), "bad: ")

    def test_refused_programs(self):
        good = elf(exit_with(0))

        def patched(offset, value):
            return good[:offset] + bytes([value]) + good[offset + 1:]
        cases = {
            "not an ELF": b"x" + good[1:],
            "32-bit": patched(4, 1),
            "big-endian": patched(5, 2),
            "another machine": patched(18, 62),
            "position-independent": patched(16, 3),
            "outside of text": elf(exit_with(0), entry=DATA),
            "is odd": elf(exit_with(0), entry=TEXT + 1),
            "overlap": elf(exit_with(0), [(TEXT + 8, 8, 4, b"")]),
            "goes past": elf(exit_with(0), [((1 << 32) - 8192, 8192, RW, b"")]),
            "lies below": elf(exit_with(0), [(0xF000, 16, RW, b"")]),
            "writable and executable": elf(exit_with(0), [(DATA, 4, 7, b"1234")]),
            "reaches up to": elf(exit_with(0), [(0x90000000, 16, RW, b"")]),
        }
        for part, content in cases.items():
            with self.subTest(part=part):
                self.assert_refused(self.run_command("run", self.file("bad.elf", content)), part)

    def test_large_files_are_refused_unread(self):
        guest, large = self.guest(exit_with(0)), self.file("large", b"")
        os.truncate(large, 8 << 30)
        start = time.monotonic()
        self.assert_refused(self.run_command("run", large), "longer than")
        self.assert_refused(self.run_command("run", guest, "--input", large), "longer than")
        with open(large, "rb") as stdin:
            self.assert_refused(self.run_command("run", guest, stdin=stdin), "longer than")
        self.assertLess(time.monotonic() - start, 5)

    def test_input_from_where_stdin_stands(self):
        # read(0, DATA, 2), write(1, DATA, 2)
        echo = [addi(17, 0, 63), lui(11, DATA >> 12), addi(12, 0, 2), addi(10, 0, 0), ECALL,
                addi(17, 0, 64), addi(10, 0, 1), ECALL, *exit_with(0)]
        guest = self.guest(echo, [(DATA, 16, RW, b"")])
        with open(self.file("input", b"abcdef"), "rb", buffering=0) as stdin:
            stdin.seek(3)
            self.assertEqual(self.run_command("run", guest, stdin=stdin).stdout, b"de")
            stdin.seek(100)
            self.assertEqual(self.run_command("run", guest, stdin=stdin).stdout, b"\0\0")

    def test_output_that_cannot_be_written(self):
        guest = self.guest(FLOOD, [(DATA, 4096, RW, b"")] + [(TEXT + 4096, 61440, 4, b"")])
        whole = self.run_command("run", guest)
        self.assertEqual((whole.returncode, len(whole.stdout)), (0, 65536000))
        with open("/dev/full", "wb") as full:
            self.assert_refused(self.run_command("run", guest, stdout=full), "standard output", "space")
        self.assert_refused(self.run_command("run", guest, preexec_fn=lambda: os.close(1)), "standard output")

        def broken_pipe(action):
            command = subprocess.Popen([REPRISE, "run", guest], stdin=subprocess.DEVNULL,
                                       stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                       restore_signals=False,
                                       preexec_fn=lambda: signal.signal(signal.SIGPIPE, action))
            command.stdout.read(10)
            command.stdout.close()
            command.stderr.read()
            command.stderr.close()
            return command.wait(60)
        self.assertEqual(broken_pipe(signal.SIG_DFL), -signal.SIGPIPE)
        self.assertEqual(broken_pipe(signal.SIG_IGN), REFUSED)

    def test_closed_descriptors(self):
        guest = self.guest(exit_with(4))
        self.assert_refused(self.run_command("run", guest, preexec_fn=lambda: os.close(0)), "standard input")
        none = self.run_command("run", guest, preexec_fn=lambda: [os.close(fd) for fd in (0, 1, 2)])
        self.assertEqual(none.returncode, REFUSED)
        silent = self.run_command("run", guest, "--input", "/dev/null",
                                  preexec_fn=lambda: [os.close(fd) for fd in (0, 1, 2)])
        self.assertEqual(silent.returncode, 4)
        # Messages that nobody can hear change nothing.
        with open("/dev/full", "wb") as full:
            for arguments, code in [([self.guest(FAULT, name="f")], FAULTED), ([guest, "--max-steps", "1"], STEP_LIMIT)]:
                done = subprocess.run([REPRISE, "run", *arguments], stdin=subprocess.DEVNULL,
                                      stdout=subprocess.DEVNULL, stderr=full)
                self.assertEqual(done.returncode, code)

    def test_statistics(self):
        guest = self.guest(FAULT)
        path = os.path.join(self.directory.name, "stats.json")
        for engine in ["compiled", "interpreted"]:
            result = self.run_command("run", guest, "--engine", engine, "--stats", path)
            self.assertEqual((result.returncode, len(result.stdout)), (FAULTED, 3), "written once")
            with open(path) as file:
                stats = json.load(file)
            self.assertEqual((stats["stop"], stats["exit_code"], stats["steps"]), ("faulted", FAULTED, 5))
            self.assertEqual((stats["fault"]["kind"], stats["fault"]["address"]), ("store_access", 8))
        for bad in ["/no/such/directory/file", self.directory.name, "/dev/full", ""]:
            self.assert_refused(self.run_command("run", self.guest(exit_with(0)), "--stats", bad), "statistics")
        # The place is looked at before the run; the file is not touched before its end.
        endless = self.guest([LOOP], name="endless")
        self.assert_refused(self.run_command("run", endless, "--stats", "/no/such/directory/file"), "No such file")
        kept = self.file("kept", b"kept")
        self.assert_refused(self.run_command("run", "/no/such/program", "--stats", kept))
        with open(kept) as file:
            self.assertEqual(file.read(), "kept")

    def test_files_that_are_read_are_not_overwritten(self):
        guest, content = self.guest(exit_with(0)), self.file("input", b"1234")
        link = os.path.join(self.directory.name, "link")
        os.link(guest, link)
        for arguments in [["trace", guest, "-o", guest], ["trace", guest, "-o", link],
                          ["trace", guest, "--input", content, "-o", content], ["run", guest, "--stats", guest],
                          ["profile", guest, "-o", guest], ["profile", guest, "--input", content, "-o", content],
                          ["trace", guest, "-o", "new", "--stats", "./new"],
                          ["profile", guest, "-o", "new", "--stats", "new"]]:
            with self.subTest(arguments=arguments):
                self.assert_refused(self.run_command(*arguments, cwd=self.directory.name), "would overwrite the")
        with open(content, "rb") as source:
            self.assert_refused(self.run_command("trace", guest, "-o", content, stdin=source), "would overwrite the input")
        with open(content, "rb") as file:
            self.assertEqual(file.read(), b"1234")
        self.assertEqual(self.run_command("run", guest).returncode, 0)
        self.assertEqual(self.run_command("run", guest, "--input", "-").returncode, 0)
        self.assert_refused(self.run_command("trace", guest, "-o", "-"), "-o -")

    def test_signals_end_it(self):
        for number in [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]:
            for engine in ["compiled", "interpreted"]:
                # subprocess of a shell's background job: SIGINT may be ignored, so it is set back.
                command = subprocess.Popen(
                    [REPRISE, "run", self.guest([LOOP]), "--engine", engine], stdin=subprocess.DEVNULL,
                    preexec_fn=lambda: signal.signal(number, signal.SIG_DFL))
                time.sleep(0.3)
                command.send_signal(number)
                self.assertEqual(command.wait(60), -number)

    def test_little_memory(self):
        if self.sanitized:
            self.skipTest("AddressSanitizer needs all addresses")
        guest = self.guest(exit_with(4))
        codes = set()
        for mebibytes in [*range(16, 128, 16), 1024, *range(4080, 4240, 8), 8192]:
            limit = mebibytes << 20

            def restrict():
                resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
            result = self.run_command("run", guest, preexec_fn=restrict)
            if b"shared libraries" in result.stderr:
                continue  # not even the command was loaded
            codes.add(result.returncode)
            if result.returncode != 4:
                self.assert_refused(result, "memory")
        self.assertEqual(codes, {4, REFUSED})

    def test_too_many_mappings(self):
        """A hostile ELF with as many segments as the kernel allows a process mappings."""
        if self.sanitized:
            self.skipTest("AddressSanitizer needs mappings itself")
        for count in range(32726, 32742):
            pages = [(DATA + 8192 * i, 4, 4, b"") for i in range(count)]
            run = [(0x30000000 + 4096 * i, 4, 4, b"1234") for i in range(3)]
            result = self.run_command("run", self.guest(exit_with(4), pages + run))
            if result.returncode != 4:
                self.assert_refused(result, "cannot map")


if __name__ == "__main__":
    unittest.main()
