"""The cluster of docs/cluster.md as a model: one job, event by event.

One executor makes tasks, a broker keeps them in a store of limited size, workers pull them, work and publish
results, a coordinator takes the results one after the other.

What is modelled:
- The executor has memory for so many tasks. Publishers compress a task, wait for room in the store, send it.
- A link carries transfers one after the other, each at full rate. A transfer that crosses several links starts
  when the last of them is free, and goes at the rate of the slowest. Each piece costs a round trip besides.
- The broker handles so many bytes a second, in and out together.
- A worker has one thread that works, and fetches the next task meanwhile. It tells the broker that it still
  works four times in each `answer_within`. So only tasks of lost workers are handed out again, to the next one.
- The store frees a task's bytes when the coordinator has taken its result. A second result is ignored.
What is not: parts of a task that are sent while others are compressed, pauses between two tries to store, pauses
of the coordinator between two looks for results, failing brokers, workers that lie, jobs that are given up.
"""

import collections
import dataclasses
import heapq
import math
import random

# What was measured. The lists have a figure for each task; those of a task are at the same place.
LISTS = ("execute_seconds", "chunk_bytes", "steps", "work_seconds", "result_bytes", "publish_seconds")
LISTS = tuple(f"{name}_per_task" for name in LISTS)
NUMBERS = ("coordinator_seconds_per_result", "broker_bytes_per_second")
PIECE = 1 << 20  # bytes of a message, at most
MOST_OUTSTANDING = 1 << 16  # tasks that are published and not done
EXTENSIONS = 4  # a worker tells the broker that it still works, so often within `answer_within`


@dataclasses.dataclass(frozen=True)
class Cluster:
    """What is simulated."""

    tasks: int
    workers: int
    seed: int = 1
    work_factor: float = 1.0
    link: float = math.inf  # bytes a second, of the executor and of each worker, in each direction
    broker_link: float = math.inf  # in each direction
    round_trip: float = 0.0
    store: float = math.inf  # bytes
    answer_within: float = 30.0
    ahead: int = 1  # tasks that a worker fetches while it works
    publishers: int = 4
    memory: int = 8  # tasks in execution, or executed and not compressed
    slow_share: float = 0.0
    slow_factor: float = 10.0
    mean_life: float = math.inf  # seconds until a worker is lost
    replace_after: float = math.inf  # seconds after which another one takes its place


@dataclasses.dataclass(slots=True)
class Link:
    """Transfers follow each other, each at full rate."""

    rate: float
    free: float = 0.0  # from when on
    busy: float = 0.0  # seconds


def transfer(now, size, links):
    """When bytes have crossed all links. Each is taken only for as long as its own rate asks for, so a slow
    worker does not keep others from the broker's link."""
    start, rate = max(now, *[link.free for link in links]), min([link.rate for link in links])
    for link in links:
        link.free = max(now, link.free) + size / link.rate
        link.busy += size / link.rate
    return start + size / rate


class Worker:
    def __init__(self, now, factor, rate):
        self.factor, self.joined, self.is_alive = factor, now, True
        self.held = {}  # when each task was handed out
        self.fetched = collections.deque()  # tasks that wait for the thread
        self.works_on, self.works_since = None, now
        self.down, self.up = Link(rate), Link(rate)


class Simulation:
    """One job. Every event is a moment, a method and its arguments."""

    def __init__(self, figures, cluster):
        self.cluster = cluster
        drawn = random.Random(f"{cluster.seed} tasks").choices(range(len(figures[LISTS[0]])), k=cluster.tasks)
        tasks = ([figures[name][place] for place in drawn] for name in LISTS)
        self.execute, self.bytes, self.steps, work, self.result_bytes, self.publish = tasks
        self.work = [seconds * cluster.work_factor for seconds in work]
        self.coordinator_seconds, broker_rate = (figures[name] for name in NUMBERS)
        self.dice = random.Random(f"{cluster.seed} workers")
        self.events, self.order, self.now = [], 0, 0.0
        # The executor and the publishers.
        self.executor_up, self.executor_down = Link(cluster.link), Link(cluster.link)
        self.begun = self.in_memory = 0
        self.is_waiting = self.is_full = False  # the executor; the store, for the first of the compressed tasks
        self.executed, self.compressed = collections.deque(), collections.deque()
        self.free_publishers = cluster.publishers
        self.execution_end = self.waited_for_store = 0.0
        # The broker.
        self.broker_in, self.broker_out = Link(cluster.broker_link), Link(cluster.broker_link)
        self.broker = Link(broker_rate)
        self.stored_bytes = self.most_stored = self.outstanding = 0
        self.ready, self.most_ready = collections.deque(), 0
        self.idle = collections.deque()  # workers that ask, once for each task they may have
        self.hand_outs, self.results = collections.Counter(), collections.Counter()  # of each task
        # The workers.
        self.workers, self.unoccupied = [], 0
        self.alive_seconds = self.busy_seconds = 0.0
        self.starved_seconds = 0.0  # workers are free, and tasks wait for room in the store
        # The coordinator.
        self.coordinator_free, self.taken, self.counted = 0.0, 0, set()

    def at(self, moment, handler, *arguments):
        self.order += 1  # events of one moment happen in the order in which they were made
        heapq.heappush(self.events, (moment, self.order, handler, arguments))

    def run(self):
        self.add_first_workers()
        self.execute_next(0.0)
        while self.events and len(self.counted) < self.cluster.tasks:
            now, _, handler, arguments = heapq.heappop(self.events)
            seconds, self.now = now - self.now, now
            self.waited_for_store += seconds * (self.is_full and self.is_waiting)
            self.starved_seconds += seconds * (self.is_full and self.unoccupied > 0 and not self.ready)
            handler(now, *arguments)
        return self.report()

    # The executor and its publishers.

    def execute_next(self, now):
        has_more = self.begun < self.cluster.tasks
        self.is_waiting = has_more and self.in_memory >= self.cluster.memory
        if has_more and not self.is_waiting:
            self.in_memory += 1
            self.at(now + self.execute[self.begun], self.on_executed, self.begun)
            self.begun += 1

    def on_executed(self, now, task):
        self.execution_end = now
        self.executed.append(task)
        self.publish_next(now)
        self.execute_next(now)

    def publish_next(self, now):
        while self.executed and self.free_publishers:
            self.free_publishers -= 1
            task = self.executed.popleft()
            self.at(now + self.publish[task], self.on_compressed, task)

    def on_compressed(self, now, task):
        """The executor has its memory back, but the publisher waits until the task is stored."""
        self.in_memory -= 1
        self.compressed.append(task)
        self.send(now)
        if self.is_waiting:
            self.execute_next(now)

    def send(self, now):
        while self.compressed:
            size = self.bytes[self.compressed[0]]
            self.is_full = self.stored_bytes + size > self.cluster.store or self.outstanding == MOST_OUTSTANDING
            if self.is_full:
                return
            self.stored_bytes += size
            self.outstanding += 1
            self.most_stored = max(self.most_stored, self.stored_bytes)
            sent = transfer(now, size, (self.executor_up, self.broker_in, self.broker))
            # Its record and its place in the queue cost a round trip as well.
            self.at(sent + self.trips(size, 2), self.on_stored, self.compressed.popleft())

    def trips(self, size, more):
        """Seconds of a round trip for each piece, and some more."""
        return (-(-size // PIECE) + more) * self.cluster.round_trip

    def on_stored(self, now, task):
        self.free_publishers += 1
        self.ready.append(task)
        self.hand_out(now)
        self.publish_next(now)

    # The broker's queue.

    def hand_out(self, now):
        while self.ready and self.idle:
            worker = self.idle.popleft()
            if worker.is_alive:
                self.give(now, worker, self.ready.popleft())
        self.most_ready = max(self.most_ready, len(self.ready))

    def give(self, now, worker, task):
        self.hand_outs[task] += 1
        self.unoccupied -= not worker.held
        worker.held[task] = now
        if task in self.counted:  # its bytes are gone: the worker finds nothing, which ends it
            self.at(now + self.trips(0, 2), self.on_acknowledged, worker, task)
            return
        got = transfer(now, self.bytes[task], (self.broker, self.broker_out, worker.down))
        self.at(got + self.trips(self.bytes[task], 1), self.on_fetched, worker, task)

    def hand_out_again(self, now, task):
        self.ready.appendleft(task)  # before those that nobody had yet
        self.hand_out(now)

    def on_acknowledged(self, now, worker, task):
        if worker.is_alive:
            del worker.held[task]
            self.unoccupied += not worker.held
            self.idle.append(worker)
            self.hand_out(now)

    # The workers, and the coordinator.

    def add_first_workers(self):
        slow = round(self.cluster.workers * self.cluster.slow_share)
        are_slow = [i < slow for i in range(self.cluster.workers)]
        self.dice.shuffle(are_slow)
        for is_slow in are_slow:
            self.add_worker(0.0, is_slow)
        self.idle.extend(self.workers * (1 + self.cluster.ahead))
        self.dice.shuffle(self.idle)  # nothing says whose request comes first

    def add_worker(self, now, is_slow):
        self.workers.append(Worker(now, self.cluster.slow_factor if is_slow else 1.0, self.cluster.link))
        self.unoccupied += 1
        life = self.draw_life()
        if life < math.inf:
            self.at(now + life, self.on_lost, self.workers[-1])

    def draw_life(self):
        mean = self.cluster.mean_life
        return mean if mean == math.inf else self.dice.expovariate(1 / mean)

    def on_fetched(self, now, worker, task):
        if worker.is_alive:
            worker.fetched.append(task)
            self.work_next(now, worker)

    def work_next(self, now, worker):
        if worker.works_on is None and worker.fetched:
            task = worker.fetched.popleft()
            worker.works_on, worker.works_since = task, now
            self.at(now + self.work[task] * worker.factor, self.on_worked, worker, task)

    def on_worked(self, now, worker, task):
        if worker.is_alive:
            self.busy_seconds += now - worker.works_since
            worker.works_on = None
            sent = transfer(now, self.result_bytes[task], (worker.up, self.broker_in, self.broker))
            self.at(sent, self.on_result, worker, task)
            self.work_next(now, worker)

    def on_result(self, now, worker, task):
        if worker.is_alive:
            size = self.result_bytes[task]
            self.results[task] += 1
            come = transfer(now, size, (self.broker, self.broker_out, self.executor_down))
            self.coordinator_free = max(come, self.coordinator_free) + self.coordinator_seconds
            self.at(self.coordinator_free, self.on_taken, task)
            self.at(now + self.cluster.round_trip, self.on_acknowledged, worker, task)

    def on_lost(self, now, worker):
        self.unoccupied -= not worker.held
        worker.is_alive = False
        self.add_time_of(now, worker)
        every = self.cluster.answer_within / EXTENSIONS
        for task, since in worker.held.items():
            heard_of = since + (now - since) // every * every
            self.at(heard_of + self.cluster.answer_within, self.hand_out_again, task)
        if self.cluster.replace_after < math.inf:
            self.at(now + self.cluster.replace_after, self.on_joined)

    def on_joined(self, now):
        self.add_worker(now, self.dice.random() < self.cluster.slow_share)
        self.idle.extend(self.workers[-1:] * (1 + self.cluster.ahead))
        self.hand_out(now)

    def add_time_of(self, now, worker):
        self.alive_seconds += now - worker.joined
        if worker.works_on is not None:
            self.busy_seconds += now - worker.works_since

    def on_taken(self, now, task):
        self.taken += 1
        if task not in self.counted:
            self.counted.add(task)
            self.stored_bytes -= self.bytes[task]
            self.outstanding -= 1
            self.send(now)

    def shares(self):
        """The part of the time that each part of the cluster was busy."""
        seconds = {
            "executor": sum(self.execute[: self.begun]),
            "coordinator": self.coordinator_seconds * self.taken,
            "broker": self.broker.busy,
            "network (broker, out)": self.broker_out.busy,
            "network (broker, in)": self.broker_in.busy,
            "network (executor)": self.executor_up.busy,
            "publishers": sum(self.publish[: self.begun]) / self.cluster.publishers,
        }
        fetching = sum(worker.down.busy for worker in self.workers)
        of_workers = {"network (workers)": fetching, "workers": self.busy_seconds}
        shares = {name: of / self.now for name, of in seconds.items()}
        return shares | {name: of / self.alive_seconds for name, of in of_workers.items()}

    def report(self):
        for worker in self.workers:
            if worker.is_alive:
                self.add_time_of(self.now, worker)
        return {
            "cluster": self.cluster,
            "is_finished": len(self.counted) == self.cluster.tasks,
            "total_seconds": self.now,
            "waited_for_store_seconds": self.waited_for_store,
            "starved_share": self.starved_seconds / self.now,
            "tail_seconds": self.now - self.execution_end,
            "steps_per_second": sum(self.steps[task] for task in self.counted) / self.now,
            "shares": self.shares(),
            "most_in_queue": self.most_ready,
            "most_stored_bytes": self.most_stored,
            "result_bytes_kept": sum(self.result_bytes[task] * times for task, times in self.results.items()),
            "handed_out_again": self.hand_outs.total() - len(self.hand_outs),
            "most_hand_outs_of_a_task": max(self.hand_outs.values()),
            "done_twice": self.results.total() - len(self.results),
            "workers_lost": sum(not worker.is_alive for worker in self.workers),
            "workers_joined": len(self.workers) - self.cluster.workers,
        }
