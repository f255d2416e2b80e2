"""A real server: what a client can do to the connection itself, byte by byte."""

from __future__ import annotations

import json
import socket
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import pytest

from tests.support.server import free_port, running_demo

CHECK: Final = "POST /api/v1/public/verifications HTTP/1.1"
JSON: Final = b'{"code": "x"}'


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a demo that serves."""
    with running_demo(tmp_path_factory.mktemp("server") / "data") as address:
        yield address


def _raw(server: str, *lines: str, body: bytes = b"") -> bytes:
    """Send these lines and bytes; give all that comes back until the server closes."""
    address = urlsplit(server)
    assert address.hostname is not None
    request = "\r\n".join([*lines, f"Host: {address.netloc}", "Connection: close", "", ""])
    received = b""
    with socket.create_connection((address.hostname, address.port or 80), timeout=20) as line:
        try:
            line.sendall(request.encode("latin-1") + body)
            while part := line.recv(65536):
                received += part
        except (ConnectionResetError, BrokenPipeError):
            pass  # it closed while we were still sending
    return received


def _status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1]) if answer else 0


def _still_serves(server: str) -> bool:
    return _status(_raw(server, "GET /healthz HTTP/1.1")) == 200


def test_a_body_with_its_length_is_read(server: str) -> None:
    answer = _raw(
        server, CHECK, "Content-Type: application/json", f"Content-Length: {len(JSON)}", body=JSON
    )
    assert _status(answer) == 200
    assert b'"genuine":false' in answer


@pytest.mark.parametrize(
    "body", [b"d\r\n" + JSON + b"\r\n0\r\n\r\n", b"0\r\n\r\n", b"fffffff\r\nx", b"zz\r\n"]
)
def test_a_chunked_body_is_never_cut_in_silence(server: str, body: bytes) -> None:
    answer = _raw(
        server, CHECK, "Content-Type: application/json", "Transfer-Encoding: chunked", body=body
    )
    assert _status(answer) in (400, 411)
    if body.startswith((b"d", b"0")):
        assert _status(answer) == 411
        assert b'"slug":"length_required"' in answer
    assert _still_serves(server)


@pytest.mark.parametrize(
    "lines",
    [
        ("Content-Length: 13", "Content-Length: 5"),
        ("Content-Length: 13, 5",),
        ("Content-Length: +13",),
        ("Content-Length: -1",),
        ("Content-Length: 0x0d",),
        ("Content-Length: 99999999999999999999999",),
        ("Content-Length: 13", "Transfer-Encoding: chunked"),
    ],
)
def test_a_length_that_is_not_one_number_is_refused(server: str, lines: tuple[str, ...]) -> None:
    answer = _raw(server, CHECK, "Content-Type: application/json", *lines, body=JSON)
    assert _status(answer) in (0, 400, 411, 413)
    assert b"genuine" not in answer
    assert _still_serves(server)


def test_a_body_of_ten_megabytes_is_refused(server: str) -> None:
    body = b" " * 10_000_000
    answer = _raw(
        server, CHECK, "Content-Type: application/json", f"Content-Length: {len(body)}", body=body
    )
    assert _status(answer) in (0, 413)
    assert _still_serves(server)


def test_a_body_just_too_long_is_413_and_one_byte_less_is_read(server: str) -> None:
    for size, status in ((64 * 1024, 200), (64 * 1024 + 1, 413)):
        body = JSON.ljust(size)
        answer = _raw(
            server, CHECK, "Content-Type: application/json", f"Content-Length: {size}", body=body
        )
        assert _status(answer) == status


@pytest.mark.parametrize(
    "line",
    ["GET /static/../pyproject.toml HTTP/1.1", "GET /static/%2e%2e/pyproject.toml HTTP/1.1",
     "GET /static/..%2f..%2fetc/passwd HTTP/1.1", "GET //etc/passwd HTTP/1.1",
     "GET /catalogue/%00 HTTP/1.1"],
)  # fmt: skip
def test_a_path_does_not_lead_out(server: str, line: str) -> None:
    answer = _raw(server, line)
    assert _status(answer) == 404
    assert b"root:" not in answer
    assert b"[project]" not in answer


@pytest.mark.parametrize(
    "line", ["", "HELLO", "GET / HTTP/9.9", "GET  /  HTTP/1.1", "G\x00T / HTTP/1.1"]
)
def test_what_is_no_request_does_not_end_the_server(server: str, line: str) -> None:
    assert _status(_raw(server, line)) in (0, 400, 405, 505)
    assert _still_serves(server)


def test_every_answer_of_the_server_carries_the_security_headers(server: str) -> None:
    for line in ("GET / HTTP/1.1", "GET /api/v1/me HTTP/1.1", "GET /static/css/base.css HTTP/1.1"):
        head = _raw(server, line).split(b"\r\n\r\n")[0].lower()
        assert b"content-security-policy: default-src 'self'" in head
        assert b"x-frame-options: deny" in head
        assert b"access-control" not in head


def test_it_starts_and_is_ready_while_its_redis_is_not_there(tmp_path: Path) -> None:
    nobody = f"redis+cluster://127.0.0.1:{free_port()},127.0.0.1:{free_port()}"
    with (
        running_demo(tmp_path / "data", LIANGZHENG_REDIS_URL=nobody) as address,
        urllib.request.urlopen(f"{address}/readyz", timeout=20) as answer,
    ):
        said = json.load(answer)
    assert (said["status"], said["redis"]) == ("degraded", "away")
