#!/usr/bin/env python3
"""The commands around traces: options, damage, other programs, kills, chunks one by one.

REPRISE names the command. Guests are a few words of machine code.
"""
import json
import os
import random
import resource
import signal
import subprocess
import threading
import time
import unittest

from cli_test import FAULT, FAULTED, LOOP, REFUSED, REPRISE, STEP_LIMIT, Base, addi, bnez, exit_with, lui, write_text

RW, DATA = 6, 0x200000


def ld(rd, rs, imm):
    return (imm & 0xFFF) << 20 | rs << 15 | 3 << 12 | rd << 7 | 3


def sd(rs2, rs1, imm):
    return (imm >> 5 & 0x7F) << 25 | rs2 << 20 | rs1 << 15 | 3 << 12 | (imm & 0x1F) << 7 | 0x23


def counting(rounds_upper):
    """Goes round 4096 * rounds_upper times, loading and storing."""
    return [lui(8, rounds_upper), lui(9, DATA >> 12), ld(10, 9, 8), addi(10, 10, 3), sd(10, 9, 8),
            addi(8, 8, -1), bnez(8, -16), *exit_with(7)]


MEMORY = [(DATA, 4096, RW, b"")]


class Traces(Base):
    def traced(self, *options, guest=None, name="t", code=7):
        path = os.path.join(self.directory.name, name)
        result = self.run_command("trace", guest or self.counting_guest(), "-o", path, *options)
        self.assertEqual(result.returncode, code, result.stderr)
        return path

    def counting_guest(self, rounds=1, name="counting.elf"):
        return self.guest(counting(rounds), MEMORY, name=name)

    def stats_of(self, *arguments, code):
        stats = os.path.join(self.directory.name, "stats.json")
        result = self.run_command(*arguments, "--stats", stats)
        self.assertEqual(result.returncode, code, result.stderr)
        with open(stats) as file:
            return json.load(file)

    def test_trace_options(self):
        guest = self.counting_guest()
        whole = self.traced("--chunk-steps", "1000")
        for options in (["--engine", "interpreted"], ["--buffer-memory", "1"], ["--buffer-memory", "64K"],
                        ["--replay"], ["--replay", "--threads", "3"]):
            other = self.traced("--chunk-steps", "1000", *options, name="other")
            with open(whole, "rb") as a, open(other, "rb") as b:
                self.assertEqual(a.read(), b.read(), options)
        self.traced("--compression", "zstd", "--leave-input-out", name="small")
        text = self.run_command("inspect", os.path.join(self.directory.name, "small")).stdout.decode()
        self.assertIn("compression:  zstd", text)
        self.assertIn("0 bytes, left out", text)
        with open(whole, "rb") as file:
            before = file.read()
        for words, *bad in (("platform a b", "--platform", "a b"),
                            ("--count-blocks", "--count-blocks", "--engine", "interpreted")):
            self.assert_refused(self.run_command("trace", guest, "-o", whole, *bad), words)
        with open(whole, "rb") as file:
            self.assertEqual(file.read(), before, "a refused option has cost a trace")
        for bad in (["--chunk-steps", "0"], ["--chunk-steps", "-1"], ["--chunk-steps", str(2**30 + 1)],
                    ["--chunk-steps", "18446744073709551616"],
                    ["--threads", "0"], ["--threads", "x"], ["--buffer-memory", "0"], ["--buffer-memory", "12Q"],
                    ["--buffer-memory", "99999999999999G"], ["--compression", "lz4"], ["--engine", "fast"]):
            self.assert_refused(self.run_command("trace", guest, *bad), bad[0])
        largest = self.stats_of("trace", guest, "--chunk-steps", str(2**30), code=7)
        self.assertEqual(largest["chunks"], 1)

    def test_statistics(self):
        guest = self.counting_guest()
        path = self.traced("--chunk-steps", "1000")
        steps = 5 * 4096 + 5
        run = self.stats_of("trace", guest, "--chunk-steps", "1000", code=7)
        self.assertEqual((run["steps"], run["chunks"], run["log_bytes"]), (steps, 21, 8 * 4096))
        for engine in ("compiled", "interpreted"):
            for threads in ("1", "2", "7"):
                stats = self.stats_of("replay", path, "--program", guest, "--engine", engine, "--threads", threads,
                                      code=7)
                self.assertEqual((stats["steps"], stats["chunks"], stats["log_bytes"], stats["threads"]),
                                 (steps, 21, 8 * 4096, int(threads)))
                self.assertEqual((stats["branches_taken"], stats["misaligned_accesses"], stats["ecalls"]),
                                 (4095, 0, 1))
                self.assertEqual(stats["steps_by_kind"], {"arithmetic": 2 * 4096 + 4, "load": 4096, "store": 4096,
                                                          "branch": 4096, "system": 1})
                self.assertGreater(stats["replay_seconds"], 0)

    def test_other_ends(self):
        fault = self.traced(guest=self.guest(FAULT, name="fault.elf"), name="fault", code=FAULTED)
        limit = self.traced("--max-steps", "12345", name="limit", code=STEP_LIMIT)
        none = self.traced("--max-steps", "0", name="none", code=STEP_LIMIT)
        for path, guest, code, text in ((fault, "fault.elf", FAULTED, "faulted: store_access"),
                                        (limit, "counting.elf", STEP_LIMIT, "reached its step limit"),
                                        (none, "counting.elf", STEP_LIMIT, "reached its step limit")):
            program = os.path.join(self.directory.name, guest)
            self.assertEqual(self.run_command("replay", path, "--program", program).returncode, code)
            self.assertIn(text, self.run_command("inspect", path).stdout.decode())

    def test_refused(self):
        guest, path = self.counting_guest(), self.traced("--chunk-steps", "5000")
        other = self.guest(exit_with(3), name="other.elf")
        self.assert_refused(self.run_command("replay", path), "name it with --program")
        self.assert_refused(self.run_command("replay", path, "--program", other), "another program", path)
        self.assert_refused(self.run_command("replay", path, "--program", path), path)
        self.assert_refused(self.run_command("replay", guest, "--program", guest), "not a trace")
        self.assert_refused(self.run_command("inspect", guest), "not a trace")
        self.assert_refused(self.run_command("replay", path, "--program", guest, "--chunk", "5"), "no chunk 5")
        self.assert_refused(self.run_command("replay", path, "--program", guest, "--stats", path), "overwrite the trace")
        self.assert_refused(self.run_command("profile", guest), "-o")
        self.assert_refused(self.run_command("profile", guest, "-o", "/nowhere/p"), "/nowhere/p")
        self.assert_refused(self.run_command("profile", guest, "-o", "p", "--format", "png"), "--format")
        with open(path, "rb") as file:
            content = file.read()
        newer = self.file("newer", content[:8] + b"\2" + content[9:])
        self.assert_refused(self.run_command("replay", newer, "--program", guest), "version 2")
        self.assert_refused(self.run_command("inspect", newer), "version 2")

    def test_unwritable(self):
        guest = self.counting_guest(300)
        for path in ("/dev/full", "/nowhere/t", self.directory.name):
            self.assert_refused(self.run_command("trace", guest, "-o", path), path)
            self.assert_refused(self.run_command("profile", guest, "-o", path), path)
        # What the guest writes does not go into the trace where its descriptor is closed.
        path = os.path.join(self.directory.name, "closed")
        for descriptor in (1, 2):
            writer = self.guest([*write_text(descriptor), *exit_with(0)], MEMORY, name="writer.elf")
            done = self.run_command("trace", writer, "-o", path, preexec_fn=lambda: os.close(descriptor))
            self.assertEqual(done.returncode, REFUSED)
            self.assert_refused(self.run_command("inspect", path), "not written to its end")
        path = os.path.join(self.directory.name, "limited")

        def limit():
            signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
            resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))
        result = self.run_command("trace", guest, "-o", path, "--chunk-steps", "10000", preexec_fn=limit)
        self.assert_refused(result, path, "at byte", "not whole")
        inspected = self.run_command("inspect", path)
        self.assertEqual(inspected.returncode, REFUSED)
        self.assertRegex(inspected.stdout.decode(), r"chunks: +6\d\n")
        with open("/dev/full", "wb") as full:
            result = subprocess.run([REPRISE, "inspect", self.traced()], stdout=full, stderr=subprocess.PIPE)
        self.assertEqual(result.returncode, REFUSED)
        self.assertIn(b"cannot write to standard output: No space left on device", result.stderr)

    def test_damage(self):
        """Every length, and a flipped bit in every byte: never accepted, and no more chunks than are whole."""
        guest = self.guest(counting(0)[1:5] * 4 + exit_with(7), MEMORY, name="short.elf")
        path = self.traced("--chunk-steps", "9", guest=guest, name="short")
        with open(path, "rb") as file:
            content = file.read()
        random.seed(1)
        step = 7 if self.sanitized else 1
        cases = [content[:length] for length in range(0, len(content), step)]
        for at in range(0, len(content), step):
            flipped = bytearray(content)
            flipped[at] ^= 1 << random.randrange(8)
            cases.append(bytes(flipped))
        cases.append(content + b"\0")
        for case in cases:
            damaged = self.file("damaged", case)
            self.assert_refused(self.run_command("replay", damaged, "--program", guest), "damaged")
            inspected = self.run_command("inspect", damaged)
            self.assertEqual((inspected.returncode, inspected.stderr.count(b"\n")), (REFUSED, 1), inspected.stderr)

    def test_killed(self):
        """What a killed tracer leaves: whole chunks that can be read, and nothing that is taken for a trace."""
        guest = self.counting_guest(30000)
        random.seed(2)
        read = 0
        for _ in range(12):
            path = os.path.join(self.directory.name, "killed")
            tracer = subprocess.Popen([REPRISE, "trace", guest, "-o", path, "--chunk-steps", "100000"],
                                      stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
            time.sleep(random.uniform(0.02, 0.15))
            tracer.kill()
            if tracer.wait() != -signal.SIGKILL or not os.path.exists(path) or os.path.getsize(path) < 200:
                continue
            inspected = self.run_command("inspect", path)
            self.assertEqual(inspected.returncode, REFUSED)
            self.assertIn(b"ends at byte", inspected.stderr)
            read += int(inspected.stdout.split(b"chunks: ")[1].split()[0])
            self.assert_refused(self.run_command("replay", path, "--program", guest), path)
        self.assertGreater(read, 0)

    def test_from_a_pipe(self):
        path = self.traced("--chunk-steps", "1000")
        pipe = os.path.join(self.directory.name, "pipe")
        os.mkfifo(pipe)

        def feed():
            with open(path, "rb") as source, open(pipe, "wb") as sink:
                sink.write(source.read())
        feeder = threading.Thread(target=feed)
        feeder.start()
        inspected = self.run_command("inspect", pipe)
        feeder.join()
        self.assertEqual(inspected.returncode, 0)
        self.assertIn(b"chunks:       21\n", inspected.stdout)

    def test_profiles(self):
        guest = self.counting_guest()
        for form, start in (("table", "counting.elf: 20,485 steps"), ("folded", "0x100000 20485\n"),
                            ("speedscope", '{"$schema"'), ("html", "<!DOCTYPE html>")):
            path = os.path.join(self.directory.name, "profile")
            for engine in ("compiled", "interpreted"):
                result = self.run_command("profile", guest, "-o", path, "--format", form, "--engine", engine)
                self.assertEqual(result.returncode, 7, result.stderr)
                with open(path) as file:
                    self.assertIn(start, file.read())

    def test_progress_is_for_terminals(self):
        result = self.run_command("trace", self.counting_guest(60000))
        self.assertEqual(result.stderr, b"")


if __name__ == "__main__":
    unittest.main()
