#!/usr/bin/env python3
"""`reprise run --gdb` with gdb itself on the other side.

REPRISE names the command, REPRISE_CC the compiler for guests. Exits with 77 where gdb-multiarch or
the compiler is missing.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

REPRISE, REPRISE_CC = os.environ["REPRISE"], os.environ["REPRISE_CC"]
GDB = "gdb-multiarch"

SUM = """
#include <stdio.h>
static unsigned sum;
static unsigned char bytes[16];
static int square(int n) {
    return n * n;
}
int main(void) {
    int limit;
    if (scanf("%d", &limit) != 1) return 1;
    for (int n = 1; n <= limit; n++) {
        sum += square(n);
        bytes[n % 16] = n;
    }
    printf("sum %u\\n", sum);
    return 5;
}
"""
CRASH = """
#include <stddef.h>
static int value = 1;
static int *pointer = &value;
static void spoil(void) { pointer = NULL; }
int main(void) {
    spoil();
    return *pointer;
}
"""
ENDLESS = """
static volatile unsigned turns;
int main(void) { for (;;) turns++; }
"""
# Commands run one by one; one that gdb refuses must not end the script.
SCRIPT = """
set pagination off
set confirm off
set width 0
target remote :{port}
python
import os, signal, threading
def interrupt(): os.kill(os.getpid(), signal.SIGINT)
for command in {commands}:
    print('>>> ' + command)
    if command == 'continue for a while':
        command = 'continue'
        threading.Timer(1, interrupt).start()
    try: gdb.execute(command)
    except (gdb.error, KeyboardInterrupt) as error: print('refused:', error)
end
"""


class Gdb(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = tempfile.TemporaryDirectory()

    @classmethod
    def tearDownClass(cls):
        cls.directory.cleanup()

    def path(self, name):
        return os.path.join(self.directory.name, name)

    def debug(self, source, commands, input_bytes=b"", options=()):
        """What gdb says after each command; and the command's exit code, output and messages."""
        with open(self.path("guest.c"), "w") as out:
            out.write(source)
        subprocess.run([REPRISE_CC, "-g", "-O0", "guest.c", "-o", "guest.elf"], check=True,
                       cwd=self.directory.name)
        with open(self.path("input"), "wb") as out:
            out.write(input_bytes)
        run = subprocess.Popen([REPRISE, "run", self.path("guest.elf"), "--input", self.path("input"),
                                "--gdb", "0", *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        try:
            port = re.search(r"127\.0\.0\.1:(\d+)", run.stderr.readline().decode())[1]
            with open(self.path("script"), "w") as out:
                out.write(SCRIPT.format(port=port, commands=commands))
            gdb = subprocess.run([GDB, "-nx", "-q", "-batch", "-x", self.path("script"), self.path("guest.elf")],
                                 stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                 timeout=120)
            output, messages = run.communicate(timeout=60)
        finally:
            run.kill()
        text = gdb.stdout.decode()
        said = re.split(r"^>>> .*\n", text, flags=re.MULTILINE)[1:]
        self.assertEqual(len(said), len(commands), text)
        return list(zip(commands, said)), run.returncode, output, messages.decode()

    def expect(self, said, *wanted):
        """For each command in turn a pattern that its answer has; none where anything will do."""
        self.assertEqual(len(said), len(wanted))
        for (command, text), pattern in zip(said, wanted):
            if pattern:
                self.assertRegex(text, pattern, command)

    def run_and_expect(self, source, pairs, **options):
        said, *rest = self.debug(source, [command for command, _ in pairs], **options)
        self.expect(said, *[pattern for _, pattern in pairs])
        return rest

    def test_breakpoints_and_steps_both_ways(self):
        code, output, _ = self.run_and_expect(SUM, [
            ("break square if n == 4", "Breakpoint 1"),
            ("continue", r"Breakpoint 1, square \(n=4\)"),
            ("backtrace", r"(?s)#0 +square \(n=4\).*#1 .* in main \(\)"),
            ("print sum", "= 14"),
            ("info registers pc", "square"),
            ("finish", r"Value returned is \$\d+ = 16"),
            ("next", r"bytes\[n % 16\]"),
            ("print sum", "= 30"),
            ("reverse-next", r"Breakpoint 1, square \(n=4\)"),
            ("disable", ""),
            ("finish", ""),
            ("next", r"bytes\[n % 16\]"),
            ("reverse-next", "sum \\+= square"),
            ("print sum", "= 14"),
            ("enable", ""),
            ("next", "Breakpoint 1"),
            ("x/4xb bytes", r"0x00\s+0x01\s+0x02\s+0x03"),
            ("reverse-step", "sum \\+= square"),
            ("hbreak printf", "Hardware"),
            ("continue", r"square \(n=4\)"),
            ("continue", "printf"),
            ("reverse-continue", r"square \(n=4\)"),
            ("reverse-continue", "(?s)No more reverse-execution history.*_start"),
            ("info registers step", r"step +0x0\b"),
            ("delete", ""),
            ("continue", "(?s)No more reverse-execution history.*ecall"),
            ("backtrace", r"(?s)_exit.*_start"),
            ("continue", "exited with code 05"),
        ], input_bytes=b"10\n")
        self.assertEqual((code, output), (5, b"sum 385\n"))

    def test_watchpoints(self):
        code, output, _ = self.run_and_expect(SUM, [
            ("watch sum", "Hardware watchpoint 1"),
            ("continue", "(?s)Old value = 0.*New value = 1\n"),
            ("continue", "(?s)Old value = 1.*New value = 5\n"),
            ("continue", "(?s)Old value = 5.*New value = 14\n"),
            ("reverse-continue", "(?s)Old value = 14.*New value = 5\n"),
            ("reverse-continue", "(?s)Old value = 5.*New value = 1\n"),
            ("delete", ""),
            ("rwatch sum", "Hardware read watchpoint 2"),
            ("continue", "(?s)read watchpoint 2.*Value = 5\n"),
            ("delete", ""),
            ("awatch bytes[3]", "Hardware access"),
            ("continue", "(?s)Old value = 0.*New value = 3"),
            ("reverse-continue", "(?s)Old value = 3.*New value = 0"),
            ("detach", "detached"),
        ], input_bytes=b"3\n")
        self.assertEqual((code, output), (5, b"sum 14\n"))

    def test_from_a_fault_back_to_its_cause(self):
        code, _, messages = self.run_and_expect(CRASH, [
            ("continue", "(?s)SIGSEGV.*main"),
            ("watch pointer", "Hardware watchpoint"),
            ("reverse-continue", r"(?s)Old value = \(int \*\) 0x0.*New value = .*<value>.*spoil"),
            ("delete", ""),
            ("continue", "SIGSEGV"),
            ("continue", "terminated with signal SIGSEGV"),
        ])
        self.assertEqual(code, 126)
        self.assertIn("cannot load from 0x0", messages)

    def test_nothing_is_written(self):
        code, output, messages = self.run_and_expect(SUM, [
            ("break square", ""),
            ("continue", r"square \(n=1\)"),
            ("set var sum = 1000", "refused: Cannot access memory"),
            ("set $a0 = 7", "refused: Could not write register"),
            ("print sum", "= 0"),
            ("print $a0", "= 1"),
            ("x/x 0", "refused: Cannot access memory"),
            ("kill", "killed"),
        ], input_bytes=b"3\n")
        self.assertEqual((code, output), (124, b""))
        self.assertIn("square", messages)

    def test_limits_and_interrupts(self):
        code, _, _ = self.run_and_expect(ENDLESS, [("continue", "SIGXCPU"), ("info registers step", r"\b5000\b")],
                                         options=["--max-steps", "5000"])
        self.assertEqual(code, 124)
        for options in [["--engine", "compiled"], ["--engine", "interpreted"]]:
            code, _, _ = self.run_and_expect(ENDLESS, [
                ("continue for a while", "SIGINT"),
                ("break 3 if turns == 100", ""),
                ("print turns > 1000", "= 1"),
                ("watch turns if turns == 500", ""),
                ("kill", ""),
            ], options=options)
            self.assertEqual(code, 124)


if __name__ == "__main__":
    if not shutil.which(GDB) or not os.path.exists(REPRISE_CC):
        print(f"skipped: {GDB} or the compiler for guests is missing")
        sys.exit(77)
    unittest.main()
