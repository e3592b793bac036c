#!/usr/bin/env python3
"""Prints what a trace file holds and checks all of it, after docs/trace-format.md.

usage: read_trace.py FILE

Compressed logs are looked into if the zstd command is there. Exits with 1 at the first thing that is
wrong, after printing what comes before it.
"""

import hashlib
import shutil
import struct
import subprocess
import sys
import zlib

STOPS = ["step_limit", "exited", "faulted"]
FAULTS = ["load_access", "store_access", "misaligned_atomic", "jump_outside_text", "illegal_instruction",
          "unsupported_instruction", "breakpoint", "unknown_ecall", "unknown_csr",
          "precompile", "hint"]


def check(holds, what):
    if not holds:
        raise ValueError(what)


class Trace:
    def __init__(self, file):
        self.file, self.offset, self.id = file, 0, None

    def take(self, size):
        data = self.file.read(size)
        check(len(data) == size, f"the file ends at byte {self.offset + len(data)}")
        self.offset += size
        return data

    def part(self):
        head = self.take(24)
        tag, size, trace_id, payload_sum, head_sum = struct.unpack("<4sIQII", head)
        check(zlib.crc32(head[:20]) == head_sum, "checksum of the head")
        check(self.id in (None, trace_id), "trace id")
        self.id = trace_id
        payload = self.take(size)
        check(zlib.crc32(payload) == payload_sum, "checksum of the payload")
        return tag, payload


def checkpoint(data):
    step, pc, *x, stands, address = struct.unpack("<QQ31QBQ", data)
    check(stands == 1 or (stands == 0 and address == 0), "reservation")
    registers = "".join(f" x{i}={value:#x}" for i, value in enumerate(x, 1) if value)
    return step, f"pc {pc:#x}, reservation {hex(address) if stands else 'none'},{registers}"


def header(payload, trace_id):
    steps, program, compression, kept, length, size, digest = struct.unpack("<Q32sBBBQ32s", payload[:83])
    platform, data = payload[83 : 83 + length].decode("ascii"), payload[83 + length :]
    check(0 < steps <= 1 << 30 and compression < 2 and kept < 2 and len(platform) == length > 0, "a field")
    check(hashlib.sha256(payload[: 83 + length]).digest()[:8] == struct.pack("<Q", trace_id), "trace id")
    check(len(data) == (size if kept else 0), "size of the input")
    check(not kept or hashlib.sha256(data).digest() == digest, "hash of the input")
    print(f"chunk length {steps}\nprogram {program.hex()}\nplatform {platform}")
    print(f"compression {['none', 'zstd'][compression]}")
    print(f"input {size} bytes, sha256 {digest.hex()}, {'kept' if kept else 'left out'}")
    return steps, compression


def contents(log, compressed, size):
    if compressed:
        if not shutil.which("zstd"):
            return "compressed"
        log = subprocess.run(["zstd", "-dcq"], input=log, stdout=subprocess.PIPE, check=True).stdout
    check(len(log) == size, "size of the log")
    return "sha256 " + hashlib.sha256(log).hexdigest()


def chunk(payload, number, expected_step, chunk_steps, compression):
    (steps,), (step, start) = struct.unpack("<Q", payload[:8]), checkpoint(payload[8:281])
    form, size = struct.unpack("<BI", payload[281:286])
    check(0 < steps <= chunk_steps and step == expected_step == number * chunk_steps, "steps")
    check(form <= compression and size <= 1 << 30, "form or size of the log")
    check(form == 0 or len(payload) - 286 < size, "a compressed log that is not smaller")
    log = contents(payload[286:], form, size)
    print(f"chunk {number}: step {step}, steps {steps}, {start}\n  log {size} bytes, {log}")
    return step + steps


def end(payload, expected_step):
    kind, code, fault, pc, address, fault_step = struct.unpack("<BBBQQQ", payload[:27])
    step, registers = checkpoint(payload[27:300])
    output_size, output = struct.unpack("<Q32s", payload[300:])
    check(step == expected_step, "steps in all")
    check(fault_step == (step if kind == 2 else 0), "step of the fault")
    check((kind == 1 or code == 0) and (kind == 2 or fault == pc == address == 0), "stop")
    details = ["", f" {code}", f" {FAULTS[fault]} pc {pc:#x} address {address:#x} step {fault_step}"]
    print(f"stopped: {STOPS[kind]}{details[kind]}\nend: step {step}, {registers}")
    print(f"output {output_size} bytes, sha256 {output.hex()}")


def read(trace):
    check(trace.take(8) == b"\x89RPR\r\n\x1a\n", "magic")
    check(trace.take(4) == b"\1\0\0\0", "version")
    tag, payload = trace.part()
    check(tag == b"HEAD", "no header")
    chunk_steps, compression = header(payload, trace.id)
    places, step = [trace.offset], 0
    tag, payload = trace.part()
    while tag == b"CHNK":
        step = chunk(payload, len(places) - 1, step, chunk_steps, compression)
        places.append(trace.offset)
        tag, payload = trace.part()
    check(tag == b"END.", "neither chunk nor end")
    end(payload, step)
    places.append(trace.offset)
    tag, payload = trace.part()
    check(tag == b"INDX" and payload == struct.pack(f"<{len(places)}Q", *places), "index")
    check(not trace.file.read(1), "something follows the index")
    print(f"{len(places) - 2} chunks, {trace.offset} bytes")


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__.strip())
    with open(sys.argv[1], "rb") as file:
        trace = Trace(file)
        try:
            read(trace)
        except (ValueError, IndexError, struct.error, subprocess.CalledProcessError) as error:
            sys.exit(f"{sys.argv[1]}: wrong before byte {trace.offset}: {error}")


if __name__ == "__main__":
    main()
