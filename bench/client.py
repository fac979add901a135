"""The load: raw sockets kept alive, requests made beforehand, in a process of its own.

Reads a plan from a file (pickle of a list of lists of request bytes, one list a client), sends each
client's requests one after the other, and prints seconds, statuses and latencies as JSON.
"""

import json
import pickle
import socket
import sys
import threading
import time
from collections import Counter
from pathlib import Path


def answer_of(connection: socket.socket, rest: bytes) -> tuple[int, bytes]:
    """The status of the next answer, and what came after it."""
    while b"\r\n\r\n" not in rest:
        rest += connection.recv(65536)
    head, _, rest = rest.partition(b"\r\n\r\n")
    lines = head.lower().split(b"\r\n")
    length = next(int(line[15:]) for line in lines if line.startswith(b"content-length:"))
    while len(rest) < length:
        rest += connection.recv(65536)
    return int(head[9:12]), rest[length:]


def client(port: int, requests: list[bytes], seen: Counter[int], took: list[float]) -> None:
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        rest = b""
        for request in requests:
            begun = time.perf_counter()
            connection.sendall(request)
            status, rest = answer_of(connection, rest)
            took.append(time.perf_counter() - begun)
            seen[status] += 1


def main(port: int, plan: Path) -> None:
    clients = pickle.loads(plan.read_bytes())
    seen: Counter[int] = Counter()
    took: list[float] = []
    threads = [
        threading.Thread(target=client, args=(port, requests, seen, took)) for requests in clients
    ]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - begun
    took.sort()
    said = {
        "seconds": seconds,
        "rate": len(took) / seconds,
        "statuses": dict(seen),
        "p50_ms": 1000 * took[len(took) // 2],
        "p99_ms": 1000 * took[len(took) * 99 // 100],
    }
    print(json.dumps(said))


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
