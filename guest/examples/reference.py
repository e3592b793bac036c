#!/usr/bin/env python3
"""What the examples should print, for those that no standard tool computes.

usage: reference.py matrix|paths|bf|orders <INPUT   prints the expected output
       reference.py sudoku INPUT <OUTPUT            checks the solutions
"""

import heapq
import json
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


if __name__ == "__main__":
    references = {"matrix": matrix, "paths": paths, "bf": bf, "orders": orders, "sudoku": sudoku}
    if len(sys.argv) < 2 or sys.argv[1] not in references:
        raise SystemExit(__doc__)
    references[sys.argv[1]]()
