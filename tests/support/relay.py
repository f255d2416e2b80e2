"""A relay between a browser and the demo that counts what goes over the wire, and may change it."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import urlsplit

_AS_IT_WAS: Final = {"Accept-Encoding", "If-None-Match"}


@dataclass(frozen=True)
class Exchange:
    """One request and the bytes of its answer, headers and body as they were sent."""

    method: str
    path: str
    status: int
    size: int


@dataclass
class Relay:
    """Where a browser finds it, and what it asked for since `take` was called last."""

    address: str
    exchanges: list[Exchange] = field(default_factory=list)
    renamed: tuple[str, str] | None = None
    """A word, and another of the same length that stands in its place from now on, such as a new release."""
    first: list[tuple[int, str]] = field(default_factory=list)
    """Statuses that a busy gateway answers to the first POSTs of JSON, each with its `Retry-After`."""
    is_gone: bool = False
    """Whether a gateway says that the server behind it is away."""

    def take(self) -> list[Exchange]:
        """What was asked for, and begin anew."""
        taken, self.exchanges = self.exchanges, []
        return taken


@contextmanager
def relay(address: str) -> Iterator[Relay]:
    """Pass everything on to `address`, answers as they are."""
    there = urlsplit(address)
    assert there.hostname is not None

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            onward = http.client.HTTPConnection(str(there.hostname), there.port, timeout=30)
            if counted.is_gone:
                self.send_error(502)
                return
            if counted.first and self.headers.get("Content-Type") == "application/json":
                self.say_busy(*counted.first.pop(0))
                return
            # What is packed cannot be read on the way, and what is not sent cannot be changed.
            dropped = {"Connection"} | (_AS_IT_WAS if counted.renamed else set())
            kept = {key: value for key, value in self.headers.items() if key not in dropped}
            onward.request(self.command, self.path, body or None, kept)
            answer = onward.getresponse()
            content = answer.read()
            onward.close()
            if counted.renamed:
                was, now = (word.encode() for word in counted.renamed)
                content = content.replace(was, now)
            head = f"HTTP/1.1 {answer.status} {answer.reason}\r\n" + "".join(
                f"{name}: {value}\r\n" for name, value in answer.getheaders()
            )
            sent = f"{head}\r\n".encode("latin-1") + content
            counted.exchanges.append(Exchange(self.command, self.path, answer.status, len(sent)))
            self.wfile.write(sent)

        def say_busy(self, status: int, retry_after: str) -> None:
            counted.exchanges.append(Exchange(self.command, self.path, status, 0))
            self.send_response(status)
            if retry_after:
                self.send_header("Retry-After", retry_after)
            self.send_header("Content-Type", "application/problem+json")
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        do_GET = do_POST = do_DELETE = pass_on  # noqa: N815 - the names that the library calls

        def log_message(self, *_args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    counted = Relay(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield counted
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
