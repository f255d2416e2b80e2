"""A peer on this machine that takes webhooks: it records what comes and answers from a script."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = tuple[int, dict[str, Any]]
RETRY_AFTER = 3600
"""Seconds that a peer asks for when it answers 429."""
OK: Answer = (200, {"receipt": "R-1"})


@dataclass(frozen=True)
class Received:
    """A request as the peer got it; header names are in lower case."""

    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        """Its `webhook-id`."""
        return self.headers["webhook-id"]

    @property
    def members(self) -> dict[str, Any]:
        """The body as JSON."""
        members: dict[str, Any] = json.loads(self.body)
        return members


@dataclass
class Peer:
    """A peer at `url`. `script` are its next answers, then `otherwise`; `effects` are the requests
    that it has not dropped as repeats."""

    url: str = ""
    script: list[Answer] = field(default_factory=list)
    otherwise: Answer = OK
    received: list[Received] = field(default_factory=list)
    before_answer: Callable[[], object] = field(default=lambda: None)

    @property
    def effects(self) -> list[Received]:
        """The first request of each id."""
        return list({one.id: one for one in reversed(self.received)}.values())[::-1]

    def take(self, request: Received) -> Answer:
        """Record a request and give the next answer."""
        self.received.append(request)
        self.before_answer()
        return self.script.pop(0) if self.script else self.otherwise


@contextmanager
def dripping_peer() -> Iterator[str]:
    """The address of a server that is never silent, and whose headers never end."""
    ended = threading.Event()

    def drip(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
            while not ended.wait(0.01):
                connection.sendall(b"a")

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=lambda: drip(server.accept()[0]), daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}"
        finally:
            ended.set()


@contextmanager
def running_peer(given: Peer | None = None, port: int = 0) -> Iterator[Peer]:
    """A peer that listens while the block runs; one that takes everything unless given."""
    peer = given or Peer()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, members = peer.take(Received(headers, body))
            content = json.dumps(members).encode()
            self.send_response(status)
            if status == 302:
                self.send_header("Location", f"{peer.url}elsewhere")
            if status == 429:
                self.send_header("Retry-After", str(RETRY_AFTER))
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_arguments: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    peer.url = f"http://127.0.0.1:{server.server_port}/"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield peer
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
