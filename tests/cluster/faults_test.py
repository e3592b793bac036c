#!/usr/bin/env python3
"""What befalls a cluster: whatever is killed, stopped, filled or lied to, the job ends with the right numbers or with an
error that says why.

REPRISE names the command, FAULTY_WORKER the worker for tests. FAULTS_SEED chooses the moments.
"""
import json
import os
import random
import signal
import time
import unittest

from cluster import DATA, ECALL, RW, Cluster, addi, bnez, lui, sd

# Interpreted, so that tasks take a while: some 40 of them, 10 to 20 ms each.
CHUNK_STEPS = 1 << 18
OPTIONS = ("--engine", "interpreted", "--chunk-steps", str(CHUNK_STEPS), "--task-steps", "2000000")
QUICK = (*OPTIONS, "--answer-within", "1")
LOCAL = OPTIONS[:4]


class Faults(Cluster):
    def setUp(self):
        super().setUp()
        seed = os.environ.get("FAULTS_SEED", "1")
        self.random = random.Random(seed + self.id())
        self.guest_file = self.talkative_guest()
        start = time.monotonic()
        self.expected = self.local(self.guest_file, *LOCAL)
        self.is_slow = time.monotonic() - start > 0.4  # as with sanitizers

    def longer_guest(self, rounds=None):
        """One that takes some seconds, and what must come of it."""
        guest = self.talkative_guest(rounds or (120 if self.is_slow else 300))
        return guest, self.local_compiled(guest)

    def wait_a_moment(self, longest):
        time.sleep(self.random.uniform(0, longest))

    # Killed

    def test_workers_are_killed(self):
        guest, expected = self.longer_guest()
        job = self.start_job(guest, *QUICK, "--tries", "100")
        workers = [self.start_worker(f"w{i}") for i in range(2)]
        kills = 0
        while job.poll() is None and kills < 60:
            self.wait_a_moment(0.3)
            victim = self.random.randrange(len(workers))
            workers[victim].kill()
            kills += 1
            workers[victim] = self.start_worker(f"w{len(workers) + kills}")
        self.assert_right(job, expected)
        self.assertGreater(kills, 3)

    def test_the_coordinator_is_killed(self):
        """Before anything is published, meanwhile, and when all is: whoever continues it has all of the output."""
        guest, expected = self.longer_guest()
        executed = []
        for moment in (0, 0.1, 0.5, 1.0, 2.0, 4.0):
            with self.subTest(moment=moment):
                job = self.start_job(guest, *QUICK)
                name = self.job_id()
                worker = self.start_worker(f"w{moment}".replace(".", "-"))
                time.sleep(moment)
                for _ in range(self.random.randrange(3)):
                    job.kill()
                    job.wait()
                    job = self.start_resume(name)
                    self.wait_a_moment(0.4)
                job.kill()
                job.wait()
                state = self.record(name)["state"]
                if state == "done":
                    continue
                self.assert_right(self.start_resume(name), expected)
                executed.append(state)
                worker.terminate()
        self.assertIn("executing", executed)

    def test_what_is_published_is_not_executed_again(self):
        job = self.start_job(self.guest_file, *QUICK)
        name = self.job_id()
        self.wait_for("all is published", lambda: self.record(name)["state"] == "published")
        job.kill()
        job.wait()
        self.start_worker("a")
        stats = self.assert_right(self.start_resume(name), self.expected)
        self.assertEqual(stats["execute_seconds"], 0)

    def local_compiled(self, guest, *options, command="trace"):
        """What must come of an interpreted one, sooner."""
        output, numbers = self.local(guest, *LOCAL[2:], *options, command=command)
        return output, {**numbers, "engine": "interpreted"}

    def killed_behind_a_snapshot(self, guest, *options, command="trace", quick=QUICK):
        """A job whose coordinator was killed, and where the guest was behind the first chunk that is published."""
        job = self.start_job(guest, *quick, "--snapshot-every", "0.1", *options, command=command)
        name = self.job_id()

        def is_usable():
            record = self.record(name)
            tasks = self.messages_of(name, "task")
            last = self.client().last("REPRISE_JOBS", f"reprise.job.{name}.task.{tasks - 1}")
            if not last:
                return False
            steps = int.from_bytes(bytes.fromhex(json.loads(last)["end"][:16]), "little")
            return any(snapshot["chunks"] * CHUNK_STEPS < steps for snapshot in record["snapshots"])

        self.wait_for("a snapshot", is_usable)
        job.kill()
        job.wait()
        self.assertEqual(self.record(name)["state"], "executing")
        return name

    def messages_of(self, job, kind):
        stream, subject = {"task": ("JOBS", f"job.{job}.task"), "snapshot": ("SNAPSHOTS", f"snapshot.{job}")}[kind]
        info = self.client().api(f"STREAM.INFO.REPRISE_{stream}", subjects_filter=f"reprise.{subject}.>")
        return len(info["state"].get("subjects") or {})

    def test_a_run_goes_on_from_a_snapshot(self):
        """Twice, and in the end nothing is left of snapshots; a profile has the calls of all chunks."""
        guest, expected = self.longer_guest(800)
        name = self.killed_behind_a_snapshot(guest)
        first = self.record(name)["snapshots"][0]
        again = self.start_resume(name, "--snapshot-every", "0.1")
        self.wait_for("another snapshot", lambda: self.record(name)["snapshots"][-1]["epoch"] != first["epoch"])
        self.wait_a_moment(0.2)
        again.kill()
        again.wait()
        self.start_worker("a")
        stats = self.assert_right(self.start_resume(name), expected)
        self.assertGreaterEqual(stats["resumed_at_step"], CHUNK_STEPS * first["chunks"])
        self.assertEqual(self.messages_of(name, "snapshot"), 0)

    def test_a_profile_goes_on_from_a_snapshot(self):
        here, there = (os.path.join(self.place.name, name) for name in ("here", "there"))
        guest = self.talkative_guest(600)
        to = ("-o", there, "--format", "folded")
        expected = self.local_compiled(guest, "-o", here, *to[2:], command="profile")
        name = self.killed_behind_a_snapshot(guest, *to, command="profile")
        self.start_worker("a")
        stats = self.assert_right(self.start_resume(name, *to), expected)
        self.assertGreater(stats["resumed_at_step"], 0)
        with open(here) as one, open(there) as other:
            self.assertEqual(one.read(), other.read())

    def test_a_run_that_faults_behind_a_snapshot(self):
        """Compiled code comes to an exact fault by running again from the start: what was written is not written again."""
        count = [lui(18, 2048), addi(18, 18, -1), bnez(18, -4)]
        inner = [*count, addi(17, 0, 64), addi(10, 0, 1), addi(11, 9, 0), addi(12, 0, 16), ECALL, addi(8, 8, -1)]
        guest = self.guest([addi(8, 0, 600), lui(9, DATA >> 12), *inner, bnez(8, -4 * len(inner)), sd(0, 0, 8)],
                           [(DATA, 4096, RW, b"")], name="faults.elf")
        expected = self.local(guest, *LOCAL[2:])
        name = self.killed_behind_a_snapshot(guest, quick=("--chunk-steps", str(CHUNK_STEPS)))
        self.start_worker("a")
        stats = self.assert_right(self.start_resume(name), expected)
        self.assertGreater(stats["resumed_at_step"], 0)

    def test_no_room_for_snapshots(self):
        """Then there are none, and nothing else is different."""
        guest, expected = self.longer_guest(400)
        self.start_worker("a")
        job = self.start_job(guest, *QUICK, "--snapshot-every", "0.1", "--snapshot-store", "100")
        self.assert_right(job, expected)

    def test_a_damaged_snapshot(self):
        """Is of no use: the run starts anew."""
        guest, expected = self.longer_guest(600)
        name = self.killed_behind_a_snapshot(guest)
        client = self.client()
        for snapshot in self.record(name)["snapshots"]:
            client.store(f"reprise.snapshot.{name}.{snapshot['epoch']}.{snapshot['chunks']}.0", b"of no use")
        self.start_worker("a")
        stats = self.assert_right(self.start_resume(name), expected)
        self.assertNotIn("resumed_at_step", stats)
        self.assertIn("is of no use: ", self.said())

    def test_a_profile_is_continued(self):
        here, there = (os.path.join(self.place.name, name) for name in ("here", "there"))
        guest, _ = self.longer_guest()
        expected = self.local(guest, *LOCAL, "-o", here, "--format", "folded", command="profile")
        job = self.start_job(guest, *QUICK, "-o", there, "--format", "folded", command="profile")
        name = self.job_id()
        self.start_worker("a")
        time.sleep(0.7)
        job.kill()
        job.wait()
        refused = self.start_resume(name)
        self.assert_failed(refused, "-o")
        self.assert_right(self.start_resume(name, "-o", there, "--format", "folded"), expected)
        with open(here) as one, open(there) as other:
            self.assertEqual(one.read(), other.read())

    def test_input_that_was_left_out(self):
        content = self.file("input", b"input")
        job = self.start_job(self.guest_file, *QUICK, "--input", content, "--leave-input-out")
        name = self.job_id()
        job.kill()
        job.wait()
        self.start_worker("a")
        self.assert_failed(self.start_resume(name, "--input", self.file("other", b"other")), "not the input")
        self.assertEqual(self.record(name)["state"], "executing")
        self.assert_right(self.start_resume(name, "--input", content), self.expected)

    def test_a_wrong_takeover(self):
        """Who cannot continue a job leaves it to who can."""
        job = self.start_job(self.guest_file, *QUICK, "--leave-input-out")
        running, said = job, (self.output, self.messages, self.stats)
        name = self.job_id()
        self.assert_failed(self.start_resume(name), "was left out: name it with --input")
        self.assert_failed(self.start_resume(name, "--input", self.file("other", b"other")), "not the input")
        self.output, self.messages, self.stats = said
        self.assertIsNone(running.poll())
        self.start_worker("a")
        self.assert_right(running, self.expected)

    def test_a_job_is_dropped(self):
        job = self.start_job(self.guest_file, *QUICK)
        name = self.job_id()
        time.sleep(0.5)
        self.assertEqual(self.run_command("job", "drop", name, "--nats", self.url()).returncode, 0)
        self.assert_failed(job, "was dropped")
        for stream in ("REPRISE_CHUNKS", "REPRISE_TASKS", "REPRISE_RESULTS", "REPRISE_JOBS"):
            self.wait_for(f"{stream} is empty", lambda stream=stream: self.messages_in(stream) == 0, 10)
        self.assert_refused(self.run_command("job", "drop", name, "--nats", self.url()), "no job")

    def test_two_coordinators(self):
        """The one that was taken for dead goes on; one of them ends the job, the other one says so."""
        guest, expected = self.longer_guest()
        self.start_worker("a")
        for _ in range(3):
            first = self.start_job(guest, *QUICK)
            name = self.job_id()
            self.wait_a_moment(0.8)
            said = self.messages
            first.send_signal(signal.SIGSTOP)
            second = self.start_resume(name)
            self.wait_a_moment(0.8)
            first.send_signal(signal.SIGCONT)
            self.assert_right(second, expected)
            first.wait(60)
            with open(said) as file:
                self.assertIn("another coordinator", file.read())

    def test_the_broker_is_killed(self):
        """Over and over; its store is in files. It may lose what it had just taken."""
        guest, expected = self.longer_guest()
        job = self.start_job(guest, *QUICK, "--tries", "50")
        self.job_id()
        self.start_worker("a")
        self.start_worker("b")
        kills = 0
        while job.poll() is None and kills < 8:
            self.wait_a_moment(0.6)
            self.broker.send_signal(self.random.choice((signal.SIGKILL, signal.SIGTERM)))
            self.broker.wait()
            self.wait_a_moment(0.5)
            self.start_broker()
            kills += 1
        self.assertGreater(kills, 1)
        self.assert_right(job, expected)

    def test_the_broker_stays_away(self):
        guest, expected = self.longer_guest()
        job = self.start_job(guest, *QUICK, "--nats-patience", "2")
        self.job_id()
        worker = self.start_worker("a", "--nats-patience", "2")
        time.sleep(0.3)
        self.broker.kill()
        self.broker.wait()
        self.assert_failed(job, "the broker at", seconds=60)
        self.assertIsNone(worker.poll())  # it waits for the broker to come back
        self.start_broker()
        name = [line.split()[2] for line in self.said().splitlines() if line.startswith("reprise: job")][0]
        self.assert_right(self.start_resume(name), expected)

    # Silent and slow

    def test_a_worker_stops(self):
        guest, expected = self.longer_guest()
        job = self.start_job(guest, *QUICK)
        self.job_id()
        stopped = self.start_worker("stopped", threads=2)
        self.wait_for("it works", lambda: self.record(self.job_id())["chunks_done"] > 0)
        stopped.send_signal(signal.SIGSTOP)
        self.start_worker("other")
        self.assert_right(job, expected)
        stopped.send_signal(signal.SIGCONT)  # what it had is not wanted any more
        again = self.start_job(self.guest_file, *QUICK)
        self.assert_right(again, self.expected)

    def test_a_worker_is_slow(self):
        """It takes longer than it may be silent; it is not, so nobody does its work again."""
        slow = self.start_faulty_worker("dawdles", "slow")
        guest, expected = self.longer_guest()
        job = self.start_job(guest, *OPTIONS, "--answer-within", "1")
        time.sleep(2.5)
        self.start_worker("quick")
        stats = self.assert_right(job, expected)
        self.assertIn("slow", stats["workers"])
        self.assertIsNone(slow.poll())

    # Faulty and foreign

    def test_a_worker_lies(self):
        self.start_faulty_worker("lies", "liar")
        job = self.start_job(self.guest_file, *QUICK)
        self.wait_for("it lies", lambda: "worker liar: chunks" in self.said())
        self.start_worker("honest")
        self.assert_right(job, self.expected)
        self.assertIn("a result with a wrong end state; they are given to another one", self.said())
        self.assertTrue(any("liar" in line for line in self.record(self.job_id())["complaints"]))

    def test_a_worker_garbles_output(self):
        """Found in the end, and the job's record says so."""
        job = self.start_job(self.guest_file, *QUICK)
        self.start_faulty_worker("garbles", "garbler")
        last = self.assert_failed(job, "the public output of the workers is not that of the run", "garbler")
        record = self.record(self.job_id())
        self.assertEqual(record["state"], "failed")
        self.assertIn(record["error"], last)

    def test_all_workers_err(self):
        job = self.start_job(self.guest_file, *QUICK, "--tries", "3")
        for name in ("a", "b", "c"):
            self.start_faulty_worker("errs", name)
        last = self.assert_failed(job, "chunks", "tried 3 times", "it cannot?[31m be done")
        record = self.record(self.job_id())
        self.assertEqual(record["state"], "failed")
        self.assertIn(record["error"], last)
        self.assertEqual(self.messages_in("REPRISE_CHUNKS"), 0)

    def test_a_chunk_crashes_workers(self):
        """Every worker that takes it; the job's end names it."""
        job = self.start_job(self.guest_file, "--engine", "interpreted", "--chunk-steps", "1048576", "--task-steps", "1",
                             "--answer-within", "1", "--tries", "3")
        crashes = 0
        workers = [self.start_faulty_worker("crashes", name) for name in ("a", "b")]
        end = time.monotonic() + 120
        while job.poll() is None and time.monotonic() < end:
            for i, worker in enumerate(workers):
                if worker.poll() is not None:
                    crashes += 1
                    workers[i] = self.start_faulty_worker("crashes", f"c{crashes}")
            time.sleep(0.05)
        self.assert_failed(job, "chunks 1 to 1 ", "handed out 3 times to workers that did not answer")
        self.assertGreaterEqual(crashes, 3)

    def test_duplicates(self):
        """Tasks and results come twice, and thrice."""
        job = self.start_job(self.guest_file, *QUICK)
        name = self.job_id()
        self.wait_for("all is published", lambda: self.record(name)["state"] == "published")
        client = self.client()
        task = client.last("REPRISE_TASKS", f"reprise.task.{name}")
        for _ in range(5):
            client.store(f"reprise.task.{name}", task)
        self.start_worker("a")
        self.start_worker("b")
        for _ in range(20):
            for number in range(3):
                result = client.last("REPRISE_RESULTS", f"reprise.result.{name}.{number}")
                if result:
                    client.store(f"reprise.result.{name}.{number}", result)
            if job.poll() is not None:
                break
        self.assert_right(job, self.expected)

    def test_damaged_and_foreign_messages(self):
        job = self.start_job(self.guest_file, *QUICK)
        name = self.job_id()
        self.wait_for("all is published", lambda: self.record(name)["state"] == "published")
        client = self.client()
        task = client.last("REPRISE_TASKS", f"reprise.task.{name}")
        old = task.replace(b'"version":1', b'"version":2')
        self.assertNotEqual(old, task)
        elsewhere = json.loads(task) | {"job": "0" * 16}
        huge = json.loads(task) | {"chunk_pieces": [1 << 60, 1 << 19]}
        no_program = json.loads(task) | {"program": "0" * 64}
        for message in (b"", b"{", b"\xff" * 1000, b"[" * 100000, task[:-10], json.dumps(elsewhere).encode(),
                        json.dumps(huge).encode(), json.dumps(no_program).encode(), b"x" * 900_000):
            client.store("reprise.task." + "f" * 16, message)
        client.store("reprise.task." + "e" * 16, old)
        for number in (0, 1, 99999, "x", "-1"):
            for message in (b"", b"{", b"\0" * 1000, b'{"version":2}\n', b"x" * 900_000):
                client.store(f"reprise.result.{'f' * 16}.{number}", message)
        client.store(f"reprise.result.{name}.99999", b"of no task")
        client.store(f"reprise.result.{name}.x", b"of no task")
        for _ in range(20):  # more than a task may be tried
            client.store(f"reprise.result.{name}.0", b"no result")
        client.store("reprise.job." + "f" * 16, b"no record")
        # Headers that libraries take for the broker's own.
        for headers in (b"NATS/1.0\r\nNats-Sequence: 999999\r\n\r\n", b"NATS/1.0\r\nStatus: 404\r\n\r\n"):
            client.store_with_headers(f"reprise.result.{name}.99999", headers)
        self.start_worker("a")
        stats = self.assert_right_but_for_foreigners(job)
        self.assertEqual(stats["workers"], {"a": self.expected[1]["chunks"]})
        listed = self.run_command("jobs", "--nats", self.url())
        self.assertEqual(listed.returncode, 0)
        self.assertIn(name.encode(), listed.stdout)
        self.assertIn(b"no JSON object", listed.stderr)
        self.assertEqual(self.run_command("job", "drop", "f" * 16, "--nats", self.url()).returncode, 0)

    def assert_right_but_for_foreigners(self, job):
        self.assertEqual(job.wait(120), 7, self.said())
        self.assert_output(self.expected[0])
        with open(self.stats) as file:
            return json.load(file)

    def test_damaged_chunks(self):
        """A piece that is not what was published: the job fails and says where, or the piece was not needed any more."""
        job = self.start_job(self.guest_file, *QUICK, "--tries", "2")
        name = self.job_id()
        self.wait_for("all is published", lambda: self.record(name)["state"] == "published")
        client = self.client()
        record = json.loads(client.last("REPRISE_JOBS", f"reprise.job.{name}.task.3"))
        subject = f"reprise.chunk.{name}.{record['epoch']}.3.0"
        piece = bytearray(client.last("REPRISE_CHUNKS", subject))
        piece[len(piece) // 2] ^= 1
        client.store(subject, bytes(piece))
        for worker in ("a", "b"):
            self.start_worker(worker)
        self.assert_failed(job, "chunks 2", "checksum")

    # Full

    def test_a_full_store(self):
        """There is room for a few tasks only, and nobody makes more at first."""
        options = (*QUICK, "--chunk-store", "16M", "--job-compression", "none", "--buffer-memory", "4M")
        job = self.start_job(self.guest_file, *options)
        self.job_id()
        time.sleep(1.5)
        self.assertIsNone(job.poll())
        self.assertLess(self.record(self.job_id())["tasks"], 40)
        self.start_worker("a")
        self.assert_right(job, self.expected)

    def test_a_task_that_does_not_fit(self):
        job = self.start_job(self.guest_file, *QUICK, "--chunk-store", "1500K", "--job-compression", "none",
                             "--nats-patience", "1")
        self.start_worker("a")
        self.assert_failed(job, "room for chunks", "too small for a task")

    def test_no_room_for_results(self):
        job = self.start_job(self.guest_file, *QUICK, "--result-store", "1M")
        self.start_worker("a")
        self.assert_failed(job, "room for results")


if __name__ == "__main__":
    unittest.main()
