"""A cluster on this machine, for tests: a broker, workers, coordinators, and what befalls them."""
import json
import os
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "cli"))
from cli_test import DATA, ECALL, REPRISE, RW, Base, addi, bnez, exit_with, lui  # noqa: E402
from nats_client import NatsClient, start_broker  # noqa: E402
from trace_test import ld, sd  # noqa: E402

SAME = ("stop", "exit_code", "fault", "steps", "chunks", "log_bytes", "steps_by_kind", "blocks_executed",
        "branches_taken", "misaligned_accesses", "ecalls", "program_hash", "platform", "engine")


def talkative(rounds, thousands=16):
    """Counts in memory for some 20,000 * thousands steps, and writes the count; so many rounds."""
    inner = [lui(18, thousands), ld(10, 9, 8), addi(10, 10, 3), sd(10, 9, 8), addi(18, 18, -1), bnez(18, -16),
             addi(17, 0, 64), addi(10, 0, 1), addi(11, 9, 0), addi(12, 0, 16), ECALL, addi(8, 8, -1)]
    return [addi(8, 0, rounds), lui(9, DATA >> 12), *inner, bnez(8, -4 * len(inner)), *exit_with(7)]


class Cluster(Base):
    """Each test has a broker of its own; whatever was started is killed after it."""

    server_options = ""
    max_file = "8GB"

    def setUp(self):
        self.place = tempfile.TemporaryDirectory()
        self.processes = []
        self.port = None
        self.start_broker()

    def tearDown(self):
        for process in self.processes:
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.kill()
        for process in self.processes:
            process.wait()
            for stream in (process.stdout, process.stderr):
                if stream:
                    stream.close()
        self.place.cleanup()

    # The broker

    def start_broker(self):
        """At the same port each time, with the same store."""
        self.broker, self.port = start_broker(self.place.name, self.port, self.server_options,
                                              f"max_file: {self.max_file}")
        self.processes.append(self.broker)

    def url(self, user=""):
        return f"nats://{user}127.0.0.1:{self.port}"

    def client(self, **options):
        client = NatsClient(self.port, **options)
        self.addCleanup(client.close)
        return client

    def messages_in(self, stream):
        info = self.client().api(f"STREAM.INFO.{stream}")
        return info["state"]["messages"] if "state" in info else 0

    # Processes

    def start(self, command, **options):
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, **options)
        self.processes.append(process)
        return process

    def start_worker(self, name, *options, threads=1):
        return self.start([REPRISE, "worker", "--nats", self.url(), "--threads", str(threads), "--name", name, *options],
                          stderr=subprocess.DEVNULL)

    def start_faulty_worker(self, fault, name):
        return self.start([os.environ["FAULTY_WORKER"], fault, self.url(), name], stderr=subprocess.DEVNULL)

    def start_job(self, guest, *options, command="trace"):
        return self.start_coordinator(command, guest, *options)

    def start_resume(self, job, *options):
        return self.start_coordinator("job", "resume", job, "--force", *options)

    def start_coordinator(self, *arguments):
        """Its output goes to files."""
        number = len(self.processes)
        self.output, self.messages, self.stats = (
            os.path.join(self.place.name, f"{name}{number}") for name in ("output", "messages", "stats"))
        with open(self.output, "wb") as output, open(self.messages, "wb") as messages:
            return self.start([REPRISE, *arguments, "--nats", self.url(), "--stats", self.stats], stdout=output,
                              stderr=messages)

    def said(self):
        with open(self.messages) as file:
            return file.read()

    def job_id(self):
        """Of the job that was started last."""
        for _ in range(400):
            for line in self.said().splitlines():
                if line.startswith("reprise: job ") and ":" not in line[13:]:
                    return line.split()[2]
            time.sleep(0.02)
        self.fail("no job was begun: " + self.said())

    def record(self, job):
        data = self.client().last("REPRISE_JOBS", f"reprise.job.{job}")
        return json.loads(data) if data else None

    def wait_for(self, what, is_true, seconds=60):
        end = time.monotonic() + seconds
        while not is_true():
            if time.monotonic() > end:
                self.fail(f"{what}: not within {seconds} s; {self.said()}")
            time.sleep(0.05)

    # Guests, and what must come of them

    def talkative_guest(self, rounds=60, thousands=16):
        return self.guest(talkative(rounds, thousands), [(DATA, 4096, RW, b"")], name=f"talkative{rounds}-{thousands}.elf")

    def local(self, guest, *options, command="trace"):
        """The output and the numbers of threads in one process."""
        stats = os.path.join(self.place.name, "local.json")
        more = ["--replay"] if command == "trace" else []
        result = self.run_command(command, guest, *more, *options, "--stats", stats)
        with open(stats) as file:
            return result.stdout, json.load(file)

    def assert_right(self, job, expected, seconds=120):
        """The job ends with the numbers and the output of a local one, and nothing stays of it."""
        output, numbers = expected
        try:
            code = job.wait(seconds)
        except subprocess.TimeoutExpired:
            self.fail(f"the job does not end; {self.said()}")
        self.assertEqual(code, numbers["exit_code"], self.said())
        self.assert_output(output)
        with open(self.stats) as file:
            stats = json.load(file)
        self.assertEqual({name: stats[name] for name in SAME}, {name: numbers[name] for name in SAME})
        self.assertEqual(sum(stats["workers"].values()), numbers["chunks"])
        self.assertEqual(self.record(stats["job"])["state"], "done")
        for stream in ("REPRISE_CHUNKS", "REPRISE_TASKS"):
            self.wait_for(f"{stream} is empty", lambda stream=stream: self.messages_in(stream) == 0, 10)
        return stats

    def assert_output(self, output):
        with open(self.output, "rb") as file:
            self.assertEqual(file.read(), output)

    def assert_failed(self, job, *parts, seconds=120):
        code = job.wait(seconds)
        self.assertEqual(code, 125, self.said())
        last = self.said().splitlines()[-1]
        for part in parts:
            self.assertIn(part, last)
        return last
