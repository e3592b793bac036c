#!/usr/bin/env python3
"""Tests of the accelerators: a guest calls them with known answers, and with Python's as a second implementation.

Environment: REPRISE_CC, QEMU, REPRISE; or DRIVER, the driver as it is built for the host. ROUNDS: how many random inputs, 200
by default.
"""

import hashlib
import os
import pathlib
import random
import shutil
import subprocess
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
DRIVER = os.environ.get("DRIVER")
CC = os.environ.get("REPRISE_CC")
QEMU = os.environ.get("QEMU", "").split()
ROUNDS = int(os.environ.get("ROUNDS", 200))


def hexed(data):
    return data.hex() or "-"


def number_of(rng, size):
    """Bytes of a number, often one at an edge."""
    return rng.choice(
        [
            bytes(size),
            b"\xff" * size,
            (b"\1" + bytes(size))[:size],
            bytes(size // 2) + rng.randbytes(size - size // 2),
            *[rng.randbytes(size)] * 4,
        ]
    )


def keccak256(data):
    """From FIPS 202, with Keccak's own padding; lanes are the 5 by 5 entries of `state`."""
    rate, mask = 136, 2**64 - 1
    rotate = lambda lane, by: (lane << by | lane >> (64 - by)) & mask
    padded = bytearray(data + b"\1" + bytes(rate - 1 - len(data) % rate))
    padded[-1] |= 0x80
    state = {(x, y): 0 for x in range(5) for y in range(5)}
    for block in range(0, len(padded), rate):
        for i in range(rate // 8):
            state[i % 5, i // 5] ^= int.from_bytes(padded[block + 8 * i : block + 8 * i + 8], "little")
        register = 1
        for _ in range(24):
            column = [state[x, 0] ^ state[x, 1] ^ state[x, 2] ^ state[x, 3] ^ state[x, 4] for x in range(5)]
            for x, y in state:
                state[x, y] ^= column[x - 1] ^ rotate(column[(x + 1) % 5], 1)
            moved, x, y = {(0, 0): state[0, 0]}, 1, 0
            for t in range(24):
                moved[y, (2 * x + 3 * y) % 5] = rotate(state[x, y], (t + 1) * (t + 2) // 2 % 64)
                x, y = y, (2 * x + 3 * y) % 5
            for x, y in state:
                state[x, y] = moved[x, y] ^ (~moved[(x + 1) % 5, y] & moved[(x + 2) % 5, y])
            for j in range(7):
                state[0, 0] ^= (register & 1) << (2**j - 1)
                register = register << 1 ^ (register >> 7) * 0x171
    return b"".join(state[i, 0].to_bytes(8, "little") for i in range(4))


class Accelerators(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def build(self, *options):
        if DRIVER:
            return DRIVER
        elf = self.folder / "driver.elf"
        source = HERE / "accelerators" / "driver.c"
        subprocess.run([CC, "-O2", "-g", "-Wall", "-Wextra", "-Werror", *options, source, "-o", elf], check=True)
        return elf

    def call(self, elf, lines, emulator=QEMU):
        done = subprocess.run([*emulator, elf], input="\n".join(lines) + "\n", capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout[-500:] + done.stderr[-500:])
        return done.stdout.splitlines()

    def check(self, elf, cases, emulator=QEMU):
        """Cases: pairs of a line for the driver and its answer."""
        answers = self.call(elf, [line for line, _ in cases], emulator)
        self.assertEqual(len(answers), len(cases))
        for (line, expected), answer in zip(cases, answers):
            self.assertEqual(answer, expected, line)

    def check_vectors(self, *options, emulator=QEMU):
        elf = self.build(*options)
        for file in sorted((HERE / "accelerators").glob("*.txt")):
            lines = [line for line in file.read_text().splitlines() if line and not line.startswith(";")]
            self.assertTrue(lines, file)
            with self.subTest(file=file.name):
                self.check(elf, [tuple(line.split(" = ")) for line in lines], emulator)

    def test_vectors(self):
        self.check_vectors()

    def test_vectors_on_rv64im(self):
        self.check_vectors("-march=rv64im")

    def test_vectors_with_clang(self):
        if not (shutil.which("clang-19") or shutil.which("clang")):
            self.skipTest("there is no clang")
        self.check_vectors("--clang")

    def test_vectors_in_reprise(self):
        """With the machine's precompiles: run by both engines, and traced and replayed in odd chunks."""
        for command in (["run"], ["run", "--engine", "interpreted"], ["trace", "--replay", "--chunk-steps", "100003"]):
            with self.subTest(command=command):
                self.check_vectors(emulator=[os.environ["REPRISE"], *command])

    def test_software_in_reprise(self):
        no_machine = HERE / "accelerators" / "no_machine.c"
        self.check_vectors(no_machine, emulator=[os.environ["REPRISE"], "run"])

    def test_hashes(self):
        self.check_hashes(QEMU)

    def test_hashes_in_reprise(self):
        self.check_hashes([os.environ["REPRISE"], "run"])

    def check_hashes(self, emulator):
        rng = random.Random(1)
        cases = []
        for i in range(ROUNDS):
            data = rng.randbytes(i if i < 200 else rng.randrange(300))
            cases.append((f"sha256 {hexed(data)}", f"ok {hashlib.sha256(data).hexdigest()}"))
            cases.append((f"keccak256 {hexed(data)}", f"ok {keccak256(data).hex()}"))
            cases.append((f"ripemd160 {hexed(data)}", f"ok {hashlib.new('ripemd160', data).hexdigest()}{'00' * 12}"))
        self.check(self.build(), cases, emulator)

    def test_modexp(self):
        self.check_modexp(QEMU)

    def test_modexp_in_reprise(self):
        self.check_modexp([os.environ["REPRISE"], "run"])

    def check_modexp(self, emulator):
        rng = random.Random(2)
        cases = []
        for _ in range(ROUNDS):
            base = number_of(rng, rng.randrange(rng.choice([33, 200])))
            exponent = number_of(rng, rng.randrange(rng.choice([3, 9])))
            modulus = number_of(rng, rng.randrange(rng.choice([33, 49, 81, 141])))
            b, e, m = (int.from_bytes(x, "big") for x in (base, exponent, modulus))
            answer = (pow(b, e, m) if m else 0).to_bytes(len(modulus), "big")
            cases.append((f"modexp {hexed(base)} {hexed(exponent)} {hexed(modulus)}", f"ok {answer.hex()}"))
        # The least moduli that need one digit of 256 bits more, and one less.
        for bits in (256, 384, 512, 768, 1024):
            for m in (2**bits - 1, 2**bits, 2**bits + 1):
                for b in (m - 1, m // 2, 3**700):
                    sizes = [(x.bit_length() + 7) // 8 for x in (b, m)]
                    line = f"modexp {b.to_bytes(sizes[0], 'big').hex()} 05 {m.to_bytes(sizes[1], 'big').hex()}"
                    cases.append((line, f"ok {pow(b, 5, m).to_bytes(sizes[1], 'big').hex()}"))
        self.check(self.build(), cases, emulator)

    def test_names(self):
        """A program may have functions that are called as the library's inner ones are."""
        source = self.folder / "names.c"
        source.write_text(
            """#include <stdio.h>
            #include <zkvm_accelerators.h>
            int keccak_f(void) { return 1; }
            int field_add(void) { return 2; }
            int main(void) {
                zkvm_keccak256_hash hash;
                zkvm_keccak256(NULL, 0, &hash);
                printf("%d %02x\\n", keccak_f() + field_add(), hash.data[0]);
            }"""
        )
        elf = self.folder / "names.elf"
        subprocess.run([CC, "-O2", source, "-o", elf], check=True)
        done = subprocess.run([*QEMU, elf], capture_output=True, check=True)
        self.assertEqual(done.stdout, b"3 c5\n")
        symbols = subprocess.run(["riscv64-unknown-elf-nm", elf], capture_output=True, text=True, check=True).stdout
        self.assertNotIn("ripemd160", symbols)


if __name__ == "__main__":
    unittest.main()
