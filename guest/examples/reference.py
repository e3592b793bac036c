#!/usr/bin/env python3
"""What the examples should print, for those that no standard tool computes.

usage: reference.py matrix|paths|bf|orders|calc|jsonpatch <INPUT   prints the expected output
       reference.py sudoku INPUT <OUTPUT                           checks the solutions
       reference.py evm INPUT <OUTPUT                              checks all results but the gas
"""

import copy
import heapq
import json
import re
import sys


def matrix():
    numbers = iter(map(int, sys.stdin.read().split()))
    n, exponent, prime = (next(numbers) for _ in range(3))
    square = [[next(numbers) for _ in range(n)] for _ in range(n)]
    power = [[int(i == j) for j in range(n)] for i in range(n)]

    def multiply(a, b):
        columns = list(zip(*b))
        return [[sum(x * y for x, y in zip(row, column)) % prime for column in columns] for row in a]

    while exponent:
        if exponent % 2:
            power = multiply(power, square)
        exponent //= 2
        square = multiply(square, square)
    for row in power:
        print(*row)


def paths():
    numbers = iter(map(int, sys.stdin.read().split()))
    nodes, edges = next(numbers), next(numbers)
    out = [[] for _ in range(nodes)]
    for _ in range(edges):
        a, b, length = (next(numbers) for _ in range(3))
        out[a].append((b, length))
    distance = {}
    heap = [(0, 0)]
    while heap:
        so_far, node = heapq.heappop(heap)
        if node in distance:
            continue
        distance[node] = so_far
        for other, length in out[node]:
            if other not in distance:
                heapq.heappush(heap, (so_far + length, other))
    for node in range(nodes):
        print(distance.get(node, "-"))


def bf():
    program, _, data = sys.stdin.buffer.read().partition(b"!")
    program = program.decode("latin-1")
    jump, opened = {}, []
    for i, c in enumerate(program):
        if c == "[":
            opened.append(i)
        elif c == "]":
            jump[i] = opened.pop()
            jump[jump[i]] = i
    cells, cell, taken, i = bytearray(65536), 0, 0, 0
    out = bytearray()
    while i < len(program):
        c = program[i]
        if c in "<>":
            cell += 1 if c == ">" else -1
        elif c in "+-":
            cells[cell] = (cells[cell] + (1 if c == "+" else -1)) % 256
        elif c == ".":
            out.append(cells[cell])
        elif c == ",":
            cells[cell] = data[taken] if taken < len(data) else 0
            taken += 1
        elif (c == "[" and not cells[cell]) or (c == "]" and cells[cell]):
            i = jump[i]
        i += 1
    sys.stdout.buffer.write(out)


def orders():
    """What rust-json says of orders: sums by customer."""
    totals = {}
    for order in map(json.loads, sys.stdin.buffer):
        total = totals.setdefault(order["customer"], {"orders": 0, "cents": 0, "articles": {}, "longest_note": ""})
        total["orders"] += 1
        for item in order["items"]:
            total["cents"] += item["count"] * item["cents"]
            total["articles"][item["article"]] = total["articles"].get(item["article"], 0) + item["count"]
        total["longest_note"] = max(total["longest_note"], order.get("note", ""), key=lambda note: len(note.encode()))
    for total in totals.values():
        total["articles"] = dict(sorted(total["articles"].items()))
    text = json.dumps(dict(sorted(totals.items())), indent=2, ensure_ascii=False)
    sys.stdout.buffer.write(text.encode() + b"\n")


def calc():
    """Python itself: what the example interprets is a part of it."""
    sys.setrecursionlimit(4000)
    names = {}
    for number, line in enumerate(sys.stdin, 1):
        try:
            if re.match(r"def |\w+ = ", line):
                exec(line, names)
            elif line.strip():
                print(eval(line, names))
        except Exception as error:
            print(f"line {number}: {type(error).__name__}")


def patched(document, patch):
    """RFC 6902; any exception means that it cannot be done."""

    def step(place, token):
        return place[index(token, len(place))] if isinstance(place, list) else place[token]

    def index(token, end):
        if not re.fullmatch("0|[1-9][0-9]*", token) or int(token) >= end:
            raise KeyError(token)
        return int(token)

    def tokens(pointer):
        if pointer and pointer[0] != "/":
            raise KeyError(pointer)
        return [t.replace("~1", "/").replace("~0", "~") for t in pointer.split("/")[1:]]

    def get(pointer):
        place = root[0]
        for token in tokens(pointer):
            place = step(place, token)
        return place

    def parent(pointer):
        *above, last = ["", *tokens(pointer)]
        place = root
        for i, token in enumerate(above):
            place = root[0] if i == 0 else step(place, token)
        return place, last

    def add(pointer, value):
        place, last = parent(pointer)
        if place is root:
            root[0] = value
        elif isinstance(place, list):
            place.insert(len(place) if last == "-" else index(last, len(place) + 1), value)
        else:
            place[last] = value

    def remove(pointer):
        place, last = parent(pointer)
        return place.pop(index(last, len(place)) if isinstance(place, list) else last)

    root = [copy.deepcopy(document)]
    for operation in patch:
        kind, path = operation["op"], operation["path"]
        if kind == "add":
            add(path, operation["value"])
        elif kind == "remove":
            remove(path)
        elif kind == "replace":
            get(path)
            remove(path)
            add(path, operation["value"])
        elif kind == "move":
            add(path, remove(operation["from"]))
        elif kind == "copy":
            add(path, copy.deepcopy(get(operation["from"])))
        elif kind == "test" and get(path) == operation["value"]:
            pass
        else:
            raise ValueError(kind)
    return root[0]


def jsonpatch():
    for line in sys.stdin:
        try:
            request = json.loads(line)
            done = patched(request["document"], request["patch"])
            print(json.dumps(done, sort_keys=True, ensure_ascii=False, separators=(",", ":")))
        except (KeyError, TypeError, ValueError, AttributeError):
            print("refused")


def sudoku():
    with open(sys.argv[2]) as file:
        puzzles = file.read().split()
    solutions = sys.stdin.read().split()
    assert len(puzzles) == len(solutions), "one line for each puzzle"
    for puzzle, solution in zip(puzzles, solutions):
        assert all(p in ("0", ".", s) for p, s in zip(puzzle, solution)), f"changed a given digit: {solution}"
        units = [[9 * i + j for j in range(9)] for i in range(9)]
        units += [[9 * j + i for j in range(9)] for i in range(9)]
        units += [[27 * (i // 3) + 3 * (i % 3) + 9 * (j // 3) + j % 3 for j in range(9)] for i in range(9)]
        for unit in units:
            assert "".join(sorted(solution[c] for c in unit)) == "123456789", f"not a solution: {solution}"


def keccak256(message):
    """Keccak as Ethereum has it: SHA3-256 but for the padding."""
    lanes, rate, mask = [0] * 25, 136, 2**64 - 1
    padded = bytearray(message + b"\1" + bytes(-len(message + b"\1") % rate))
    padded[-1] |= 0x80

    def rotate(x, n):
        return (x << n | x >> (64 - n)) & mask

    for block in range(0, len(padded), rate):
        for i in range(rate // 8):
            lanes[i] ^= int.from_bytes(padded[block + 8 * i : block + 8 * i + 8], "little")
        shift = 1  # of the register that the round constants come from
        for _ in range(24):
            parity = [lanes[x] ^ lanes[x + 5] ^ lanes[x + 10] ^ lanes[x + 15] ^ lanes[x + 20] for x in range(5)]
            lanes = [v ^ parity[(i - 1) % 5] ^ rotate(parity[(i + 1) % 5], 1) for i, v in enumerate(lanes)]
            x, y, lane = 1, 0, lanes[1]
            for t in range(24):
                x, y = y, (2 * x + 3 * y) % 5
                lane, lanes[x + 5 * y] = lanes[x + 5 * y], rotate(lane, (t + 1) * (t + 2) // 2 % 64)
            for row in range(0, 25, 5):
                r = lanes[row : row + 5]
                lanes[row : row + 5] = [r[x] ^ ~r[(x + 1) % 5] & mask & r[(x + 2) % 5] for x in range(5)]
            for bit in range(7):
                lanes[0] ^= (shift & 1) << ((1 << bit) - 1)
                shift = shift << 1 ^ (shift >> 7) * 0x171
    return b"".join(lane.to_bytes(8, "little") for lane in lanes[:4])


def evm():
    words, top = 2**256, 2**255

    def signed(x):
        return x - words if x >= top else x

    def transfer(n):
        return 10**24 - n * (n + 1) // 2, sum(i + 1 for i in range(0, n, 64))

    def hash_(n):
        block = bytes(32)
        for _ in range(n):
            block = keccak256(block)
        return (int.from_bytes(block, "big"),)

    def storage(n):
        return (sum(i * i for i in range(n)),)

    def arithmetic(n):
        prime, x, y = 2**256 - 2**32 - 977, 0, 0
        for i in range(n, 0, -1):
            x = (x * x + i) % prime
            dividend, divisor = signed(x >> (i & 0xFF)), i * i
            remainder = abs(dividend) % divisor * (1 if dividend >= 0 else -1)
            y = (pow(y, 3, words) // i + remainder) % words
        return (x ^ y,)

    loops = {"transfer": transfer, "hash": hash_, "storage": storage, "arithmetic": arithmetic}
    with open("../rust/examples/evm/src/vectors.txt") as file:
        vectors = {line.split()[0]: line.split()[-1] for line in file if not line.startswith(";")}
    with open(sys.argv[2]) as file:
        asked = [line.split() for line in file]
    answers = sys.stdin.read().splitlines()
    assert len(asked) == len(answers), "one line for each workload"
    for (workload, count), answer in zip(asked, answers):
        if workload in loops:
            expected = "".join(f"{word:064x}" for word in loops[workload](int(count)))
        else:
            expected = vectors[workload]
        assert answer.startswith(f"{workload} {count}: {expected} ("), f"expected {expected}: {answer}"


if __name__ == "__main__":
    references = {
        "matrix": matrix,
        "paths": paths,
        "bf": bf,
        "orders": orders,
        "calc": calc,
        "jsonpatch": jsonpatch,
        "sudoku": sudoku,
        "evm": evm,
    }
    if len(sys.argv) < 2 or sys.argv[1] not in references:
        raise SystemExit(__doc__)
    references[sys.argv[1]]()
