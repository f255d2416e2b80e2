"""The load: prepared requests over a few connections that stay open, each at work at all times.

It runs in a process of its own and does next to nothing for a request (one send, one receive),
so that the machine is the server's.
"""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

_RECEIVE: Final = 1 << 16


@dataclass(frozen=True)
class Run:
    """What became of the requests: how many were answered as expected, in what time.

    `latencies` are seconds, sorted; `cpu` is what the load itself took of a processor, in
    seconds; `other` is the first answer that was not as expected.
    """

    expected: int
    seconds: float
    cpu: float
    latencies: list[float]
    other: bytes | None

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.expected / self.seconds


def http_request(port: int, path: str, body: bytes, headers: Mapping[str, str]) -> bytes:
    """The bytes of a POST of JSON."""
    lines = [
        f"POST {path} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body


def drive(port: int, requests: Sequence[bytes], connections: int, marker: bytes) -> Run:
    """Send every request once, `connections` at a time; an expected answer holds `marker`."""
    poll = select.epoll()
    sockets: dict[int, socket.socket] = {}
    started: dict[int, float] = {}
    latencies: list[float] = []
    other: bytes | None = None
    waiting = iter(requests)
    expected = 0
    for _ in range(connections):
        connection = socket.create_connection(("127.0.0.1", port))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sockets[connection.fileno()] = connection
        poll.register(connection.fileno(), select.EPOLLIN)
    began, cpu = time.perf_counter(), time.process_time()
    for number, connection in sockets.items():
        started[number] = time.perf_counter()
        connection.sendall(next(waiting))
    while len(latencies) < len(requests):
        for number, _ in poll.poll():
            answer = _receive(sockets[number])
            now = time.perf_counter()
            latencies.append(now - started[number])
            if marker in answer:
                expected += 1
            elif other is None:
                other = answer
            following = next(waiting, None)
            if following is not None:
                started[number] = now
                sockets[number].sendall(following)
    run = Run(
        expected,
        time.perf_counter() - began,
        time.process_time() - cpu,
        sorted(latencies),
        other,
    )
    for connection in sockets.values():
        connection.close()
    poll.close()
    return run


def _receive(connection: socket.socket) -> bytes:
    answer = connection.recv(_RECEIVE)
    head = answer.find(b"\r\n\r\n")
    start = answer.lower().index(b"content-length:", 0, head) + 15
    length = head + 4 + int(answer[start : answer.index(b"\r", start)])
    while len(answer) < length:
        answer += connection.recv(_RECEIVE)
    return answer
