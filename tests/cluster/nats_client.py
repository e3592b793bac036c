"""A NATS client of a few lines, for tests that speak to the broker behind Reprise's back.

The protocol is text over TCP: https://docs.nats.io/reference/reference-protocols/nats-protocol
"""
import json
import os
import socket
import subprocess
import time


def start_broker(place, port=None, options="", storage=""):
    """Starts nats-server on loopback, with its files in the folder `place`: the process, and its port (any that is free, or
    that of an earlier one). `options` are lines of its configuration, `storage` options of JetStream."""
    config = os.path.join(place, "nats.conf")
    with open(config, "w") as file:
        file.write(f'listen: "127.0.0.1:{port or -1}"\nports_file_dir: "{place}"\n'
                   f'jetstream {{\n  store_dir: "{place}/store"\n  {storage}\n}}\n{options}')
    with open(os.path.join(place, "nats.log"), "ab") as log:
        broker = subprocess.Popen(["nats-server", "-c", config], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                  env={"GOGC": "400", **os.environ})
    ports = os.path.join(place, f"nats-server_{broker.pid}.ports")
    for _ in range(200):
        try:
            with open(ports) as file:
                return broker, int(json.load(file)["nats"][0].rsplit(":", 1)[1])
        except (FileNotFoundError, ValueError):
            time.sleep(0.05)
    broker.kill()
    with open(log.name) as file:
        raise RuntimeError("nats-server does not start: " + file.read())


class NatsClient:
    def __init__(self, port, user=None, password=None):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self.file = self.socket.makefile("rb")
        self.file.readline()  # INFO
        options = {"verbose": False, "headers": True, "no_responders": True}
        if user:
            options |= {"user": user, "pass": password}
        self.socket.sendall(f"CONNECT {json.dumps(options)}\r\nSUB inbox.* 1\r\nPING\r\n".encode())
        self.refusals = []
        self.requests = 0
        self._until(b"PONG")

    def close(self):
        self.file.close()
        self.socket.close()

    def publish(self, subject, data, reply=""):
        if isinstance(data, str):
            data = data.encode()
        self.socket.sendall(f"PUB {subject} {reply} {len(data)}\r\n".encode() + data + b"\r\n")

    def flush(self):
        self.socket.sendall(b"PING\r\n")
        self._until(b"PONG")

    def request(self, subject, data=b""):
        """The answer's data, without its headers; None if nobody answers."""
        self.requests += 1
        reply = f"inbox.{self.requests}"
        self.publish(subject, data, reply)
        while True:
            subject, headers, answer = self._message()
            if subject == reply:
                return None if headers.startswith(b"NATS/1.0 503") else answer

    def api(self, name, **arguments):
        """A call of JetStream's API."""
        answer = self.request("$JS.API." + name, json.dumps(arguments))
        return json.loads(answer)

    def store(self, subject, data):
        """Publishes into a stream, and waits until it is there."""
        return json.loads(self.request(subject, data))

    def store_with_headers(self, subject, headers, data=b""):
        self.requests += 1
        reply = f"inbox.{self.requests}"
        self.socket.sendall(f"HPUB {subject} {reply} {len(headers)} {len(headers) + len(data)}\r\n".encode() +
                            headers + data + b"\r\n")
        while self._message()[0] != reply:
            pass

    def last(self, stream, subject):
        """The data of a subject's last message, or None."""
        answer = self.request(f"$JS.API.DIRECT.GET.{stream}", json.dumps({"last_by_subj": subject}))
        return answer or None

    def _until(self, line):
        while not self._line().startswith(line):
            pass

    def _line(self):
        line = self.file.readline()
        if not line:
            raise ConnectionError("the broker has closed the connection")
        if line.startswith(b"PING"):
            self.socket.sendall(b"PONG\r\n")
        if line.startswith(b"-ERR"):
            self.refusals.append(line.decode().strip())
        return line

    def _message(self):
        while True:
            words = self._line().split()
            if words and words[0] in (b"MSG", b"HMSG"):
                break
        sizes = [int(word) for word in words[3:] if word.isdigit()]
        headers_size, size = (sizes[-2], sizes[-1]) if words[0] == b"HMSG" else (0, sizes[-1])
        data = self.file.read(size + 2)[:-2]
        return words[1].decode(), data[:headers_size], data[headers_size:]
