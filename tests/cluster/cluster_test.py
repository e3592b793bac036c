#!/usr/bin/env python3
"""Jobs on a cluster that is well: the same numbers as here, what is told of jobs, limits and privileges.

REPRISE names the command, FAULTY_WORKER the worker for tests.
"""
import json
import os
import subprocess
import time
import unittest

from cluster import DATA, REPRISE, Cluster
from cli_test import FAULT, exit_with

SMALL = ("--chunk-steps", "65536", "--task-steps", "1000000")


class WellCluster(Cluster):
    def test_same_numbers(self):
        guest = self.talkative_guest()
        for name in ("a", "b"):
            self.start_worker(name)
        for options in (SMALL, ("--engine", "interpreted", *SMALL), ("--job-compression", "none", *SMALL), (),
                        ("--chunk-steps", "1009", "--max-steps", "5000000"), ("--max-steps", "1"), ("--store-in-memory",)):
            with self.subTest(options=options):
                local = [option for option in options
                         if option not in ("--job-compression", "none", "--task-steps", "1000000", "--store-in-memory")]
                self.assert_right(self.start_job(guest, *options), self.local(guest, *local))

    def test_other_ends(self):
        self.start_worker("a")
        for words in (FAULT, exit_with(0), [0], [0x6F]):  # the last one stops at its limit
            guest = self.guest(words)
            options = ("--max-steps", "3000000", "--chunk-steps", "100000")
            with self.subTest(words=words):
                self.assert_right(self.start_job(guest, *options), self.local(guest, *options))
        # No step, no chunk.
        guest = self.guest(exit_with(0))
        expected = self.local(guest, "--max-steps", "0")
        job = self.start_job(guest, "--max-steps", "0")
        self.assertEqual(job.wait(60), expected[1]["exit_code"], self.said())

    def test_profile(self):
        guest = self.talkative_guest()
        here, there = (os.path.join(self.place.name, name) for name in ("here", "there"))
        for name in ("a", "b"):
            self.start_worker(name)
        for form in ("folded", "pprof"):
            expected = self.local(guest, "--chunk-steps", "65536", "-o", here, "--format", form, command="profile")
            job = self.start_job(guest, *SMALL, "-o", there, "--format", form, command="profile")
            self.assert_right(job, expected)
            with open(here, "rb") as one, open(there, "rb") as other:
                self.assertEqual(one.read(), other.read())

    def test_input(self):
        # Reads 64 bytes into the stack of its own data, writes them, and exits.
        from cli_test import ECALL, RW, addi, lui
        words = [lui(9, DATA >> 12), addi(17, 0, 63), addi(10, 0, 0), addi(11, 9, 0), addi(12, 0, 64), ECALL,
                 addi(12, 10, 0), addi(17, 0, 64), addi(10, 0, 1), ECALL, *exit_with(0)]
        guest = self.guest(words, [(DATA, 4096, RW, b"")])
        content = self.file("input", b"secret of some length")
        self.start_worker("a")
        for options in ((), ("--leave-input-out",)):
            expected = self.local(guest, "--input", content)
            self.assertEqual(expected[0], b"secret of some length")
            self.assert_right(self.start_job(guest, "--input", content, *options), expected)

    def test_a_worker_before_its_broker(self):
        guest = self.talkative_guest()
        self.broker.terminate()
        self.broker.wait()
        worker = self.start_worker("early")
        time.sleep(0.7)
        self.assertIsNone(worker.poll())
        self.start_broker()
        self.assert_right(self.start_job(guest), self.local(guest))

    def test_workers_come_and_go(self):
        guest = self.talkative_guest(200)
        options = ("--engine", "interpreted", *SMALL)
        expected = self.local(guest, *options[:4])
        job = self.start_job(guest, *options)
        self.job_id()
        time.sleep(0.5)  # nobody is there yet
        first = self.start_worker("first")
        self.wait_for("the first worker works", lambda: self.record(self.job_id())["chunks_done"] > 0)
        self.start_worker("second", threads=2)
        first.terminate()
        self.assertEqual(first.wait(30), 0)
        self.assertIn("second", self.assert_right(job, expected)["workers"])

    def test_jobs_are_told(self):
        guest = self.talkative_guest()
        nats = ("--nats", self.url())
        result = self.run_command("jobs", *nats)
        self.assertEqual((result.returncode, result.stdout.count(b"\n")), (0, 1), result.stderr)
        job = self.start_job(guest, *SMALL)
        name = self.job_id()
        self.wait_for("all is published", lambda: self.record(name)["state"] == "published")
        self.assertIn(b"published", self.run_command("jobs", *nats).stdout)
        self.assertIn(b"tasks:", self.run_command("job", name, *nats).stdout)
        self.assert_refused(self.run_command("job", "resume", name, *nats), "coordinator", "--force")
        self.start_worker("a")
        self.assert_right(job, self.local(guest, *SMALL[:2]))
        shown = self.run_command("job", name, *nats).stdout
        for part in (b"state:      done", b"worker:     a: "):
            self.assertIn(part, shown)
        self.assert_refused(self.run_command("job", "resume", name, *nats), "has ended: done")
        self.assertEqual(self.run_command("job", "drop", name, *nats).returncode, 0)
        self.assert_refused(self.run_command("job", name, *nats), "no job")

    def test_on_one_machine(self):
        """tools/cluster, as the README has it."""
        guest = self.talkative_guest()
        output, numbers = self.local(guest)
        tool = os.path.join(os.path.dirname(__file__), "..", "..", "tools", "cluster")
        stats = os.path.join(self.place.name, "stats.json")
        result = subprocess.run([tool, "--workers", "2", REPRISE, "trace", guest, "--stats", stats], capture_output=True,
                                stdin=subprocess.DEVNULL, timeout=120, env=dict(os.environ, REPRISE=REPRISE))
        self.assertEqual((result.returncode, result.stdout), (numbers["exit_code"], output), result.stderr)
        with open(stats) as file:
            self.assertEqual(sum(json.load(file)["workers"].values()), numbers["chunks"])

    def test_usage(self):
        guest = self.guest(exit_with(0))
        nats = ("--nats", self.url())
        nowhere = ("--nats", "nats://user:secret@127.0.0.1:1")
        for arguments, part in [(["worker"], "--nats"), (["jobs"], "--nats"), (["job", *nats], "name a job"),
                                (["worker", *nats, "--name", "a b"], "name"), (["job", "x", *nats], "no job"),
                                (["job", "0" * 16, *nats], "no job"), (["jobs", *nowhere], "cannot connect"),
                                (["trace", guest, *nowhere], "127.0.0.1:1"),
                                (["trace", guest, *nats, "--tries", "0"], "--tries"),
                                (["trace", guest, *nats, "--answer-within", "0.5"], "a second at least"),
                                *((["trace", guest, *nats, "--snapshot-every", seconds], "seconds from 0 to 1000000")
                                  for seconds in ("-1", "1e9", "nan", "inf", "1s", "2000000", "")),
                                (["trace", guest, *nats, "--chunk-store", "1000G"], "has no room"),
                                (["jobs", *nats, "--nats-certificate", "x"], "belong together"),
                                (["jobs", *nats, "--nats-ca", "/nothing"], "/nothing"),
                                (["jobs", *nats, "--nats-credentials", "/nothing"], "nothing")]:
            with self.subTest(arguments=arguments):
                result = self.run_command(*arguments)
                self.assert_refused(result, part)
                self.assertNotIn(b"secret", result.stderr)

    def test_memory_is_bounded(self):
        """A trace of 3.4 GB; coordinator and worker take a tenth of that at most."""
        if self.sanitized:
            self.skipTest("its memory is that of the sanitizer")
        guest = self.talkative_guest(1000, 104)
        expected = self.local(guest)
        self.assertGreater(expected[1]["log_bytes"], 3.3e9)
        worker = self.start_worker("a")
        job = self.start_job(guest, "--buffer-memory", "32M")
        peaks = {}
        while job.poll() is None:
            for who, process in (("worker", worker), ("coordinator", job)):
                try:
                    with open(f"/proc/{process.pid}/status") as status:
                        peaks |= {who: int(line.split()[1]) for line in status if line.startswith("VmHWM:")}
                except FileNotFoundError:
                    pass
            time.sleep(0.05)
        self.assert_right(job, expected)
        self.assertEqual(len(peaks), 2)
        for who, kilobytes in peaks.items():
            self.assertLess(kilobytes, 330_000, who)
        print(peaks)


class Privileges(Cluster):
    """What docs/cluster.md says that each may do is enough, and no more."""

    server_options = """
authorization {
  coordinator: {
    publish: ["$JS.API.>", "reprise.>"], subscribe: ["_INBOX.>"]
  }
  worker: {
    publish: ["$JS.API.CONSUMER.INFO.REPRISE_TASKS.workers", "$JS.API.CONSUMER.MSG.NEXT.REPRISE_TASKS.workers",
              "$JS.API.DIRECT.GET.REPRISE_CHUNKS", "$JS.API.DIRECT.GET.REPRISE_PROGRAMS", "$JS.ACK.REPRISE_TASKS.workers.>",
              "reprise.result.>"]
    subscribe: ["_INBOX.>"]
  }
  users: [
    {user: boss, password: b, permissions: $coordinator}
    {user: hand, password: h, permissions: $worker}
    {user: test, password: t}
  ]
}
"""

    def client(self, **options):
        return super().client(user="test", password="t")

    def url(self, user="boss:b@"):
        return super().url(user)

    def start_worker(self, name, *options):
        return self.start([REPRISE, "worker", "--nats", self.url("hand:h@"), "--threads", "1", "--name", name],
                          stderr=subprocess.DEVNULL)

    def test_least(self):
        guest = self.talkative_guest()
        self.start_worker("a")
        self.assert_right(self.start_job(guest, *SMALL), self.local(guest, *SMALL[:2]))
        # A worker sees no input, and begins no job.
        result = self.run_command("trace", guest, "--nats", self.url("hand:h@"), "--nats-patience", "2")
        self.assert_refused(result, "Permissions Violation")
        result = self.run_command("jobs", "--nats", self.url("hand:h@"), "--nats-patience", "2")
        self.assert_refused(result, "broker at nats://127.0.0.1")
        self.assert_refused(self.run_command("jobs", "--nats", self.url("hand:wrong@")), "cannot connect")


class Small(Cluster):
    """A broker with room for the streams of one job: they serve the next one as well."""

    server_options = "max_payload: 64KB\n"
    max_file = "4200MB"

    def test_room(self):
        guest = self.talkative_guest()
        self.start_worker("a")
        for options in ((), ("--job-compression", "none")):
            self.assert_right(self.start_job(guest, *SMALL, *options), self.local(guest, *SMALL[:2]))


class Tiny(Cluster):
    """A broker whose messages are too small."""

    server_options = "max_payload: 16KB\n"

    def test_messages(self):
        for _ in range(20):  # libnats may call back until the connection is closed, on a thread of its own
            self.assert_refused(self.run_command("jobs", "--nats", self.url()), "max_payload")


class Encrypted(Cluster):
    """TLS in both directions."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        place = cls.directory.name

        def openssl(*arguments):
            subprocess.run(["openssl", *arguments], cwd=place, check=True, capture_output=True)

        for authority in ("ca", "other"):
            openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                    "-keyout", f"{authority}.key", "-out", f"{authority}.pem", "-subj", f"/CN={authority}")
        with open(os.path.join(place, "names"), "w") as file:
            file.write("subjectAltName=IP:127.0.0.1,DNS:localhost")
        for who in ("server", "client"):
            openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", f"{who}.key",
                    "-out", f"{who}.csr", "-subj", f"/CN={who}")
            openssl("x509", "-req", "-in", f"{who}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days",
                    "2", "-out", f"{who}.pem", "-extfile", "names")
        cls.server_options = (f'tls {{ cert_file: "{place}/server.pem", key_file: "{place}/server.key", '
                              f'ca_file: "{place}/ca.pem", verify: true }}\n')
        cls.options = ["--nats-ca", f"{place}/ca.pem", "--nats-certificate", f"{place}/client.pem", "--nats-key",
                       f"{place}/client.key"]

    def url(self, user=""):
        return f"tls://localhost:{self.port}"

    def test_tls(self):
        guest = self.talkative_guest(20)
        output, _ = self.local(guest)
        self.start_worker("a", *self.options)
        job = self.start_job(guest, *self.options)
        self.assertEqual(job.wait(60), 7, self.said())
        self.assert_output(output)
        other = [option.replace("/ca.pem", "/other.pem") for option in self.options]
        for options in ((), self.options[:2], other):
            self.assert_refused(self.run_command("jobs", "--nats", self.url(), *options), "cannot connect")


if __name__ == "__main__":
    unittest.main()
