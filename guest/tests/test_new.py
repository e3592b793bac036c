#!/usr/bin/env python3
"""`reprise new`: each project builds, runs, traces and passes its own test, which can fail.

REPRISE names the command, LANGUAGE the language.
"""

import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

REPRISE, LANGUAGE = os.environ["REPRISE"], os.environ["LANGUAGE"]


class New(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory(prefix="reprise new ")
        self.addCleanup(directory.cleanup)
        self.folder = pathlib.Path(directory.name)

    def run_in(self, folder, *command):
        environment = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL")}
        return subprocess.run(command, cwd=folder, capture_output=True, text=True, env=environment)

    def make(self, *target):
        done = self.run_in(self.folder / "first", "make", *target)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def test_project(self):
        if not shutil.which("make"):
            self.skipTest("there is no make")
        self.assertEqual(self.run_in(self.folder, REPRISE, "new", "--lang", LANGUAGE, "first").returncode, 0)
        self.make()
        self.assertRegex(self.make("run"), "17 words|2 dog")
        self.assertRegex(self.make("trace"), "exited with 0")
        self.assertIn("prints what the native program prints", self.make("test"))
        self.make("profile")
        self.assertIn("<html", (self.folder / "first/flame-graph.html").read_text())

        # A guest that knows that it is one is found out.
        if LANGUAGE != "rust":
            (source,) = (self.folder / "first").glob("main.c*")
            source.write_text("#include <cstdio>\n" * (LANGUAGE == "c++") + source.read_text().replace(
                "int main(void) {" if LANGUAGE == "c" else "int main() {",
                "int main(void) {\n#ifdef __reprise__\n    puts(\"guest\");\n#endif\n"))
            done = self.run_in(self.folder / "first", "make", "test")
            self.assertNotEqual(done.returncode, 0)
            self.assertIn("differ", done.stdout + done.stderr)

    def test_refused(self):
        for arguments in (["new", "--lang", LANGUAGE, "9lives"], ["new", "--lang", LANGUAGE, "a b"],
                          ["new", "--lang", LANGUAGE, "."], ["new", "--lang", LANGUAGE, ""],
                          ["new", "--lang", "basic", "x"], ["new"], ["new", "/proc/project"]):
            with self.subTest(arguments=arguments):
                done = self.run_in(self.folder, REPRISE, *arguments)
                self.assertEqual((done.returncode, done.stderr.count("\n")), (125, 1), done.stderr)
        if LANGUAGE == "rust":
            done = self.run_in(self.folder, REPRISE, "new", "--lang", "rust", "build")
            self.assertEqual((done.returncode, done.stderr.count("\n")), (125, 1), done.stderr)
        (self.folder / "there").write_text("kept")
        self.assertEqual(self.run_in(self.folder, REPRISE, "new", "there").returncode, 125)
        self.assertEqual((self.folder / "there").read_text(), "kept")


if __name__ == "__main__":
    unittest.main()
