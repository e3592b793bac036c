#!/usr/bin/env python3
"""Writes the input of an example to a file, or to standard output: the same bytes every time.

usage: inputs.py EXAMPLE test|bench [FILE]

`test` is for one to five million guest instructions, `bench` for one or two billion: a native run of 0.15 seconds
and more, so that the start of a process does not count.
"""

import json
import pathlib
import random
import sys

HERE = pathlib.Path(__file__).resolve().parent


def text(rng, size):
    """Lines of made-up words whose frequencies fall as they do in a language."""
    syllables = ["ka", "lo", "mi", "ne", "tu", "ras", "sol", "ven", "ti", "o", "ar", "ber", "den", "li"]
    words = ["".join(rng.choices(syllables, k=1 + i % 4)) for i in range(2000)]
    weights = [1 / (i + 1) for i in range(len(words))]
    lines = []
    while size > 0:
        line = " ".join(rng.choices(words, weights, k=rng.randint(4, 14)))
        lines.append(line.capitalize() + ".")
        size -= len(line) + 2
    return "\n".join(lines) + "\n"


def log(rng, lines):
    """A log of a web server."""
    methods, codes = ["GET", "GET", "GET", "POST", "PUT"], [200, 200, 200, 304, 404, 500]
    out = []
    for i in range(lines):
        address = ".".join(str(rng.randint(1, 254)) for _ in range(4))
        path = "/".join(rng.choices(["shop", "cart", "item", "img", "api", "v2", "user"], k=rng.randint(1, 4)))
        out.append(
            f"{address} - [{i % 28 + 1:02}/Mar/2024:{i % 24:02}:{i % 60:02}:{i * 7 % 60:02}] "
            f'"{rng.choice(methods)} /{path}?id={rng.getrandbits(20)}" {rng.choice(codes)} {rng.getrandbits(14)}'
        )
    return "\n".join(out) + "\n"


def record(rng, i):
    return {
        "id": i,
        "name": "".join(rng.choices(["An", "na ", "Bö", "rge", '"q"', "\t", "é", "雪", "/", "\\", "x\u0001"], k=4)),
        "active": rng.random() < 0.5,
        "score": rng.choice([0, -1, 3.25, 1234567890123456789, -0.5, None]),
        "tags": rng.sample(["red", "green", "blue", "cyan", "black"], k=rng.randint(0, 4)),
        "address": {"street": f"Street {rng.getrandbits(10)}", "zip": f"{rng.getrandbits(16):05}", "geo": {}},
        "matrix": [[rng.randint(-99, 99) for _ in range(3)] for _ in range(rng.randint(0, 3))],
    }


def document(rng, records):
    """JSON as an interface would answer: records with nested lists, escapes, and every kind of number."""
    all_records = [record(rng, i) for i in range(records)]
    return json.dumps({"records": all_records, "count": records}, ensure_ascii=rng.random() < 0.5)


def odd(rng, bits):
    return rng.getrandbits(bits) | 1 << (bits - 1) | 1


def exponentiations(rng, sizes):
    out = []
    for bits in sizes:
        modulus = odd(rng, bits)
        out.append(f"{rng.getrandbits(bits):x} {rng.getrandbits(bits):x} {modulus:x}")
    return "\n".join(out) + "\n"


def graph(rng, nodes, edges):
    out = [f"{nodes} {edges}"]
    for _ in range(edges):
        a = rng.randrange(nodes)
        near = (a + rng.randint(1, 50)) % nodes
        out.append(f"{a} {near if rng.random() < 0.9 else rng.randrange(nodes)} {rng.randint(1, 10000)}")
    return "\n".join(out) + "\n"


def matrix(rng, n, exponent, prime):
    rows = [" ".join(str(rng.randrange(prime)) for _ in range(n)) for _ in range(n)]
    return "\n".join([f"{n} {exponent} {prime}"] + rows) + "\n"


def brainf(rng, size):
    """Counting sort: a tape of (value on its way, passed mark, count); then all counts as bytes."""
    read = ",[[-[>>>+<<<-]>>>>[-]+<]>>+<<>[<<<]<,]"
    write = ">>>+[>>[-<<.>>]<<[>>>+<<<-]>>>+]"
    return read + "\n" + write + "!" + "".join(rng.choices("abcdefghijklmnopqrstuvwxyz .,", k=size))


def sudokus(rng, puzzles, given):
    out = []
    for _ in range(puzzles):
        digits = rng.sample("123456789", 9)

        def shuffled():
            return [3 * band + i for band in rng.sample(range(3), 3) for i in rng.sample(range(3), 3)]

        rows, columns = shuffled(), shuffled()
        grid = [digits[(3 * (r % 3) + r // 3 + c) % 9] for r in rows for c in columns]
        for cell in rng.sample(range(81), 81 - given):
            grid[cell] = "0"
        out.append("".join(grid))
    return "\n".join(out) + "\n"


def orders(rng, count):
    """Orders of a shop, one JSON object a line."""
    customers = [f"Customer {i} {rng.choice(['& Söhne', 'Ltd.', '株式会社'])}" for i in range(500)]
    articles = [f"{rng.choice(['bolt', 'nut', 'washer', 'spring'])}-{i}" for i in range(200)]
    notes = ["", "call first", 'ring "twice"', "leave at\nthe door", "grüße"]

    def item():
        return {"article": rng.choice(articles), "count": rng.randint(1, 50), "cents": rng.randint(1, 99_999)}

    out = []
    for number in range(count):
        order = {"number": number, "customer": rng.choice(customers), "items": [item() for _ in range(rng.randint(1, 6))]}
        if rng.random() < 0.3:
            order["note"] = rng.choice(notes) * rng.randint(1, 3)
        out.append(json.dumps(order, ensure_ascii=rng.random() < 0.5))
    return "\n".join(out) + "\n"


def program(rng, lines):
    """For calc: functions, then lines that call them, one in twenty of them wrong."""
    out = [
        "def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)",
        "def gcd(a, b): return gcd(b, a % b) if b else a",
        "def power(b, e, m): return 1 if e == 0 else (power(b * b % m, e // 2, m) * (b if e % 2 else 1)) % m",
        "def divides(n, d): return d * d > n or (n % d != 0 and divides(n, d + 1))",
        "def prime(n): return n > 1 and divides(n, 2)",
        "def digits(n): return '' if n == 0 else digits(n // 2) + ('1' if n % 2 else '0')",
        "def forever(n): return forever(n + 1)",
        "total = 0",
    ]
    wrong = ["1 + ", "(1 + 2", "'a' + 1", "1 // (total - total)", "unknown + 1", "gcd(1)", "nothing(2)", "3 $ 4", "'open", "total(1)"]
    for i in range(lines):
        number = rng.randint(1, 10**6)
        if rng.random() < 0.05:
            out.append(rng.choice(wrong))
        else:
            out.append(
                rng.choice(
                    [
                        f"fib({rng.randint(1, 12)})",
                        f"gcd({number}, {rng.randint(1, 10**9)})",
                        f"power({number}, {rng.randint(1, 10**6)}, 1000003)",
                        f"prime({rng.randint(1, 5000)})",
                        f"digits({number}) + '!' * ({i} % 5)",
                        f"total = total + {number} * -{rng.randint(0, 9)} // {rng.randint(1, 99)}",
                        f"total if total >= {-number} and not total == 0 else 'less than {-number}'",
                    ]
                )
            )
        if i == 150:
            out.append("forever(0)")
    return "\n".join(out) + "\n"


def patches(rng, lines):
    """For jsonpatch: records, each with a few operations, now and then one that cannot be done."""
    out = []
    for i in range(lines):
        document = record(rng, i)
        patch = [
            {"op": "add", "path": "/tags/-", "value": rng.choice(["new", "é", 'a"b', 17])},
            {"op": "replace", "path": "/address/zip", "value": f"{rng.getrandbits(16):05}"},
            {"op": "add", "path": "/tags/0", "value": {"a/b": rng.getrandbits(10), "m~n": [1.5, -2, None]}},
            {"op": "copy", "from": "/address", "path": "/copied"},
            {"op": "move", "from": "/name", "path": "/address/name"},
            {"op": "remove", "path": rng.choice(["/score", "/tags/0/a~1b", "/tags/0/m~0n/1", "/active"])},
        ]
        if rng.random() < 0.4:
            patch.append({"op": "test", "path": "/id", "value": document["id"] + (rng.random() < 0.1)})
        if rng.random() < 0.05:
            patch.append({"op": "remove", "path": rng.choice(["/missing", "/tags/99", "/tags/x", "/id/1"])})
        line = json.dumps({"document": document, "patch": patch}, ensure_ascii=rng.random() < 0.5)
        out.append(line[:-5] if rng.random() < 0.02 else line)
    return "\n".join(out) + "\n"


def with_scale(path, bench, test_scale, bench_scale):
    return (HERE / path).read_text().replace("(SCALE)", f"({bench_scale if bench else test_scale})")


def make(example, bench):
    rng = random.Random(example)

    def size(test_size, bench_size):
        return bench_size if bench else test_size

    if example == "hello":
        return "world\n"
    if example in ("sha256", "sha3"):
        return rng.randbytes(size(40_003, 40_000_003))
    if example == "sort":
        return text(rng, size(200_000, 36_000_000))
    if example == "zlib":
        return text(rng, size(20_000, 3_000_000))
    if example == "bzip2":
        return text(rng, size(6_000, 1_800_000))
    if example == "grep":
        expression = r'^([0-9]{1,3}\.){3}(1|2[0-4])[0-9]* .*(POST|PUT) (/[a-z]+)*/cart(/[[:alnum:]]+)*\?.*" (404|50[0-9]) '
        return expression + "\n" + log(rng, size(2_000, 1_000_000))
    if example == "json":
        return document(rng, size(60, 42_000))
    if example == "modexp":
        return exponentiations(rng, size([64, 192, 256, 512], [1024] * 54 + [2048] * 30))
    if example == "secp256k1":
        return "".join(f"{rng.getrandbits(255) + 1:064x}\n" for _ in range(size(4, 1_600)))
    if example == "matrix":
        return matrix(rng, size(24, 168), size(100, 1_000_000_007), 1_000_000_007)
    if example == "paths":
        return graph(rng, size(600, 200_000), size(5_000, 1_500_000))
    if example == "bf":
        return brainf(rng, size(6, 5_000))
    if example == "sudoku":
        return sudokus(rng, size(20, 8_000), 26)
    if example == "words":
        return text(rng, size(60_000, 20_000_000))
    if example == "calc":
        return program(rng, size(100, 24_000))
    if example == "jsonpatch":
        return patches(rng, size(30, 6_000))
    if example == "lua":
        return with_scale("lua/program.lua", bench, 1, 450)
    if example == "sqlite":
        return with_scale("sqlite/program.sql", bench, 1, 700)
    if example == "rust-hash":
        return rng.randbytes(size(40_003, 60_000_003))
    if example == "rust-json":
        return orders(rng, size(200, 110_000))
    if example == "evm":
        return (HERE / "../rust/examples/evm/inputs" / size("test.in", "bench.in")).read_text()
    raise SystemExit(f"inputs.py: no such example: {example}")


def main():
    if len(sys.argv) not in (3, 4) or sys.argv[2] not in ("test", "bench"):
        raise SystemExit(__doc__)
    content = make(sys.argv[1], sys.argv[2] == "bench")
    content = content if isinstance(content, bytes) else content.encode()
    if len(sys.argv) == 4:
        pathlib.Path(sys.argv[3]).write_bytes(content)
    else:
        sys.stdout.buffer.write(content)


if __name__ == "__main__":
    main()
