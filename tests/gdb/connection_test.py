#!/usr/bin/env python3
"""`reprise run --gdb` and its socket: the port, sides that break off, and bytes that mean nothing.

REPRISE names the command. Guests are a few words of machine code.
"""
import os
import pathlib
import random
import re
import socket
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "cli"))
from cli_test import LOOP, REFUSED, REPRISE, STEP_LIMIT, Base, exit_with, write_text  # noqa: E402

LIMIT = 16 * 1024


def packet(payload):
    return b"$" + payload + b"#%02x" % (sum(payload) % 256)


class Session:
    """The command, waiting for gdb, and a connection to it."""

    def __init__(self, guest, *options):
        self.process = subprocess.Popen([REPRISE, "run", guest, "--gdb", "0", *options],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE)
        line = self.process.stderr.readline().decode()
        match = re.fullmatch(r"reprise: waiting for gdb on 127\.0\.0\.1:(\d+); in gdb: "
                             r"target remote :\1\n", line)
        assert match, line
        self.port = int(match[1])
        self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=60)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()
        self.process.kill()
        self.process.communicate()

    def send(self, data):
        self.socket.sendall(data)

    def receive(self, count):
        data = b""
        while len(data) < count:
            more = self.socket.recv(count - len(data))
            if not more:
                raise EOFError(data)
            data += more
        return data

    def reply(self):
        """The payload of the next packet, which is acknowledged."""
        data = self.receive(1)
        while not data.endswith(b"#"):
            data += self.receive(1)
        self.receive(2)
        self.send(b"+")
        return data[data.index(b"$") + 1:-1]

    def ask(self, payload):
        self.send(packet(payload))
        return self.reply()

    def end(self):
        output, messages = self.process.communicate(timeout=60)
        return self.process.returncode, output, messages.decode()


class Connections(Base):
    def test_ports_that_are_not_to_be_had(self):
        guest = self.guest(exit_with(0))
        for port in ["", "x", "-1", "65536", "1.5"]:
            with self.subTest(port=port):
                self.assert_refused(self.run_command("run", guest, "--gdb", port), "--gdb", "65535")
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = str(taken.getsockname()[1])
            self.assert_refused(self.run_command("run", guest, "--gdb", port), port, "in use")
        self.assert_refused(self.run_command("run", guest, "--gdb", "0", "--count-blocks"), "--count-blocks")
        self.assert_refused(self.run_command("trace", guest, "--gdb", "0"))

    def test_only_this_machine_and_only_one(self):
        with Session(self.guest(exit_with(0))) as session:
            with self.assertRaises(ConnectionRefusedError):
                socket.create_connection(("127.0.0.2", session.port), timeout=5)
            self.assertEqual(session.ask(b"?"), b"S05")  # so it is accepted, and no other will be
            with self.assertRaises(ConnectionRefusedError):
                socket.create_connection(("127.0.0.1", session.port), timeout=5)

    def test_ends(self):
        with Session(self.guest([*write_text(1), *exit_with(7)])) as session:
            self.assertEqual(session.ask(b"c"), b"T05replaylog:end;")
            self.assertEqual(session.ask(b"c"), b"W07")
            code, output, _ = session.end()
            self.assertEqual((code, len(output)), (7, 3))
        with Session(self.guest([*write_text(1), *exit_with(7)])) as session:
            self.assertEqual(session.ask(b"s"), b"S05")
            self.assertEqual(session.ask(b"D"), b"OK")
            code, output, _ = session.end()
            self.assertEqual((code, len(output)), (7, 3))
        with Session(self.guest(exit_with(7))) as session:
            self.assertEqual(session.ask(b"s"), b"S05")
            session.send(packet(b"k"))
            code, _, messages = session.end()
            self.assertEqual(code, STEP_LIMIT)
            self.assertIn("after 1 step", messages)
        with Session(self.guest([LOOP]), "--max-steps", "5000") as session:
            self.assertEqual(session.ask(b"c"), b"S18")
            self.assertEqual(session.ask(b"D"), b"OK")
            self.assertEqual(session.end()[0], STEP_LIMIT)

    def assert_lost(self, session):
        code, _, messages = session.end()
        self.assertEqual(code, REFUSED, messages)
        self.assertTrue(messages.startswith("reprise: ") and messages.count("\n") == 1, messages)
        self.assertIn("connection", messages)

    def test_lost_connections(self):
        guest = self.guest([LOOP])
        for sent in [b"", b"$", b"$g", b"$g#", b"+" * 10, packet(b"c"), packet(b"c") + b"+$"]:
            with self.subTest(sent=sent), Session(guest) as session:
                session.send(sent)
                session.socket.close()
                self.assert_lost(session)

    def test_an_interrupt_stops_a_running_guest(self):
        with Session(self.guest([LOOP])) as session:
            session.send(packet(b"c"))
            time.sleep(0.2)
            session.send(b"\x03")
            self.assertEqual(session.reply(), b"S02")
            # In one piece with what sets it off.
            session.send(packet(b"c") + b"\x03")
            self.assertEqual(session.reply(), b"S02")
            # A packet that should have waited.
            session.send(packet(b"c") + packet(b"?"))
            self.assertEqual(session.reply(), b"S02")
            self.assertEqual(session.reply(), b"S02")

    def test_damaged_packets(self):
        with Session(self.guest(exit_with(0))) as session:
            session.send(b"$?#00")
            self.assertEqual(session.receive(1), b"-")
            self.assertEqual(session.ask(b"?"), b"S05")
            session.send(b"-")
            self.assertEqual(session.reply(), b"S05")
            session.send(b"$" + b"m" * (100 * LIMIT) + b"#00")
            self.assertEqual(session.reply(), b"E01")
            self.assertEqual(session.ask(b"?"), b"S05")
            self.assertEqual(session.ask(b"QStartNoAckMode"), b"OK")
            session.send(packet(b"?"))
            self.assertEqual(session.receive(7), b"$S05#b8")

    @staticmethod
    def drain(connection):
        """Takes what has come, so that the other side can go on."""
        connection.setblocking(False)
        try:
            connection.recv(1 << 16)
        except BlockingIOError:
            pass
        finally:
            connection.settimeout(60)

    def test_noise(self):
        """Whatever comes, the command still answers or has ended in an orderly way."""
        generator = random.Random(11)
        commands = [b"g", b"m10000,ffff", b"s", b"bs", b"bc", b"c", b"Z0,100000,4", b"Z2,0,ffff", b"?"]
        for _ in range(20):
            with Session(self.guest(exit_with(0))) as session:
                try:
                    for _ in range(100):
                        noise = generator.randbytes(generator.randrange(100)).replace(b"\x03", b"")
                        session.send(noise if generator.random() < 0.7
                                     else packet(generator.choice(commands)))
                        self.drain(session.socket)
                except ConnectionError:
                    pass  # it has ended
                session.socket.close()
                code, _, messages = session.end()
                self.assertIn(code, [0, REFUSED, STEP_LIMIT], messages)


if __name__ == "__main__":
    unittest.main()
