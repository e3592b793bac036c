#!/usr/bin/env python3
"""Checks the simulated cluster of bench/cluster_model.py against times that are reckoned by hand."""
import dataclasses
import json
import math
import os
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "bench"))
import cluster_simulation  # noqa: E402
from cluster_model import LISTS, NUMBERS, Cluster, Simulation  # noqa: E402
from cluster_simulation import limiting_part, simulate  # noqa: E402


def figures_of(execute=0.0, size=0, work=1.0, result=0, publish=0.0, coordinator=0.0, broker=math.inf):
    """All tasks are alike."""
    lists = ([figure] for figure in (execute, size, 1000, work, result, publish))
    return dict(zip(LISTS + NUMBERS, (*lists, coordinator, broker)))


class ScriptedLives(Simulation):
    """Workers that are lost when we say so."""

    def __init__(self, figures, cluster, lives):
        super().__init__(figures, cluster)
        self.lives = lives

    def draw_life(self):
        return self.lives.pop(0) if self.lives else math.inf


class SimulatedCluster(unittest.TestCase):
    def total(self, expected, figures, cluster, limit=None, off=1e-9, **changes):
        """Checks the seconds of a job, and what limits it; returns the report."""
        report = simulate(figures, cluster, **changes)
        self.assertAlmostEqual(report["total_seconds"], expected, delta=off * expected)
        if limit:
            self.assertEqual(limiting_part(report), limit)
        return report

    def test_one_worker(self):
        figures = figures_of(execute=0.25, work=2.0, publish=0.5, coordinator=0.125)
        one = Cluster(tasks=50, workers=1)
        self.total(0.25 + 0.5 + 50 * 2.0 + 0.125, figures, one, "workers")
        self.total(0.25 + 0.5 + 50 * 6.0 + 0.125, figures, one, work_factor=3)
        self.total(0.25 + 0.5 + 50 * 20.0 + 0.125, figures, one, slow_share=1, slow_factor=10)

    def test_links(self):
        """Bytes take as long as the slowest link says, in both directions."""
        figures, one = figures_of(size=100, work=5.0, result=10), Cluster(tasks=20, workers=1)
        alone = Simulation(figures, dataclasses.replace(one, link=100.0, ahead=0))
        self.assertAlmostEqual(alone.run()["total_seconds"], 1.0 + 20 * (1.0 + 5.0 + 0.1) + 0.1)
        self.assertAlmostEqual(alone.workers[0].down.busy, 20 * 1.0)
        self.total(1.0 + 1.0 + 20 * 5.0 + 0.1 + 0.1, figures, one, link=100.0)  # fetched ahead
        one_by_one = {"link": 200.0, "broker_link": 100.0, "store": 100}
        self.total(20 * (1.0 + 1.0 + 5.0 + 0.1 + 0.1), figures, one, "workers", **one_by_one)
        # A piece, a record, a place in the queue; then to ask, a piece, and the answer to the result.
        self.total(1.5 + 20 * (1.0 + 5.0) + 19 * 0.5, figures, one, round_trip=0.5, ahead=0)

    def test_limits(self):
        """Each part, where it is the one that limits."""
        many = Cluster(tasks=100, workers=100)
        self.total(100 * 1.0 + 3.0, figures_of(execute=1.0, work=3.0), many, "executor")
        self.total(3.0 + 100 * 2.0, figures_of(work=3.0, coordinator=2.0), many, "coordinator")
        self.total(101 * 1.0 + 3.0, figures_of(size=10, work=3.0), many, "network (broker, out)", broker_link=10.0)
        # In and out share the broker.
        self.total(100 * 2.0 + 3.0, figures_of(size=10, work=3.0, broker=10.0), many, "broker", off=0.02)
        self.total(50 * 4.0 + 1.0, figures_of(publish=4.0), many, "publishers", publishers=2)
        self.total(4000 / 100, figures_of(), many, "workers", tasks=4000)

    def test_full_store(self):
        """Room for one task. The next one waits for it at the publisher, one more in memory."""
        tasks, execute, work = 10, 0.25, 4.0
        figures = figures_of(execute=execute, size=100, work=work)
        cluster = Cluster(tasks=tasks, workers=1, store=100, publishers=1, memory=1)
        report = self.total(execute + tasks * work, figures, cluster)
        waited = (work - 2 * execute) + (tasks - 4) * (work - execute)
        self.assertAlmostEqual(report["waited_for_store_seconds"], waited)
        self.assertAlmostEqual(report["total_seconds"] - report["tail_seconds"], tasks * execute + waited)
        self.assertEqual(report["most_stored_bytes"], 100)
        roomy = simulate(figures, cluster, store=100 * tasks)
        self.assertEqual((roomy["waited_for_store_seconds"], roomy["most_in_queue"]), (0, tasks - 2))
        # As many as fit are in work, however many workers there are.
        self.total(200 / 4 * work, figures, cluster, "store", 0.05, workers=50, store=400, tasks=200, publishers=4)

    def test_a_lost_worker(self):
        figures = figures_of(work=10.0, coordinator=0.5)
        # Heard of at 2 and 4 seconds, lost at 5: from 4 on the broker waits, and hands it out at 12.
        cluster = Cluster(tasks=1, workers=1, answer_within=8.0, replace_after=1.0)
        report = ScriptedLives(figures, cluster, [5.0]).run()
        self.assertAlmostEqual(report["total_seconds"], 12.0 + 10.0 + 0.5)
        self.assertEqual((report["handed_out_again"], report["done_twice"]), (1, 0))
        # Lost at 10.5, while it sends the result. Heard of at 10.
        sending = ScriptedLives(figures | {LISTS[4]: [100]}, dataclasses.replace(cluster, link=100.0), [10.5])
        self.assertAlmostEqual(sending.run()["total_seconds"], 18.0 + 10.0 + 1.0 + 1.0 + 0.5)

    def test_lost_workers(self):
        """Whatever happens to workers, each task counts once, and nothing stays in the store."""
        busy = figures_of(execute=0.01, size=10, work=1.0, result=1, coordinator=0.001)
        lossy = Cluster(tasks=2000, workers=64, mean_life=40.0, replace_after=2.0, answer_within=5.0, store=2000)
        simulation = Simulation(busy, lossy)
        report = simulation.run()
        self.assertGreater(min(report["workers_lost"], report["workers_joined"], report["handed_out_again"]), 10)
        self.assertAlmostEqual(report["steps_per_second"] * report["total_seconds"], 2000 * 1000)
        self.assertEqual((simulation.stored_bytes, simulation.outstanding), (0, 0))
        none_left = simulate(busy, lossy, replace_after=math.inf, mean_life=2.0)
        self.assertEqual((limiting_part(none_left), none_left["workers_lost"]), ("all workers lost", 64))

    def test_done_twice(self):
        """The worker is lost between its result and its acknowledgement, and the coordinator is slow."""
        figures = figures_of(work=10.0, coordinator=100.0)
        lost = 2.0 + 1.0 + 10.0 + 0.5  # two round trips to be published, one to be asked for
        cluster = Cluster(tasks=1, workers=1, round_trip=1.0, answer_within=8.0, replace_after=1.0, ahead=0)
        report = ScriptedLives(figures, cluster, [lost]).run()
        self.assertEqual((report["done_twice"], report["total_seconds"]), (1, 13.0 + 100.0))
        # The second result comes before that of the last task, and is taken and ignored.
        more = dataclasses.replace(cluster, tasks=3)
        three = ScriptedLives(figures, more, [lost])
        self.assertAlmostEqual(three.run()["total_seconds"], 13.0 + 4 * 100.0)
        self.assertEqual((three.taken, len(three.counted), three.outstanding), (4, 3, 0))
        # A quick coordinator: who gets the first task again finds nothing, and goes on with the last one.
        quick = ScriptedLives(figures_of(work=10.0), more, [lost]).run()
        self.assertEqual(quick["total_seconds"], (lost + 1.0) + (1.0 + 10.0 + 1.0) + 2.0 + (1.0 + 10.0))

    def test_seeds(self):
        cluster = Cluster(tasks=500, workers=8)
        unequal = figures_of() | {name: [0.5, 1.0, 2.0] for name in LISTS}
        for figures, mean_life in ((unequal, math.inf), (figures_of(), 20.0)):
            first, again, other = (simulate(figures, cluster, mean_life=mean_life, seed=seed) for seed in (1, 1, 2))
            self.assertEqual(again, first)
            self.assertNotEqual(other["total_seconds"], first["total_seconds"])

    def test_figures_are_checked(self):
        right = figures_of(execute=0.1, size=100, broker=1e9)
        wrong = [{"steps_per_task": [0]}, {"work_seconds_per_task": [-1]}, {"chunk_bytes_per_task": []}]
        wrong += [{"result_bytes_per_task": [1, 2]}, {"chunk_bytes_per_task": [1001]}]
        with tempfile.TemporaryDirectory() as place:
            path = pathlib.Path(place, "figures.json")
            path.write_text(json.dumps(right))
            self.assertEqual(cluster_simulation.read_figures(path, 1000), right)
            for change in wrong:
                path.write_text(json.dumps(right | change))
                self.assertRaises(ValueError, cluster_simulation.read_figures, path, 1000)


if __name__ == "__main__":
    unittest.main()
