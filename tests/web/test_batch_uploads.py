"""Files sent to a real server: whole, in chunks, cut off, too long; the worker takes them in."""

from __future__ import annotations

import json
import socket
import time
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import pytest

from tests.support.batches import BATCHES, ndjson_of
from tests.support.licences import food_licence
from tests.support.people import credentials
from tests.support.server import running_demo
from wallet import numbers

LINES: Final = 5
WAIT: Final = 60


@dataclass(frozen=True)
class Server:
    """A demo that serves and works, and the issuer's token."""

    address: str
    data: Path
    token: str

    def send(self, *lines: str, body: bytes = b"", cut: bool = False) -> tuple[int, Any]:
        """Send a request; `cut` ends our side after the body. Gives status and JSON."""
        received = _raw(self.address, lines, self.token, body, cut=cut)
        head, _, said = received.partition(b"\r\n\r\n")
        if not head:
            return 0, None
        if b"transfer-encoding: chunked" in head.lower():
            said = said.split(b"\r\n", 1)[1].rsplit(b"\r\n0\r\n", 1)[0]
        return int(head.split(b" ", 2)[1]), json.loads(said) if said else None

    def kept(self) -> int:
        """Files that wait to be worked off."""
        folder = self.data / "batches"
        return len(list(folder.iterdir())) if folder.is_dir() else 0

    def wait_until_kept(self, files: int) -> None:
        """A request whose client is gone may end a little later."""
        limit = time.monotonic() + WAIT
        while self.kept() != files:
            assert time.monotonic() < limit
            time.sleep(0.05)


def _raw(address: str, lines: tuple[str, ...], token: str, body: bytes, *, cut: bool) -> bytes:
    place = urlsplit(address)
    assert place.hostname is not None
    head = [*lines, f"Host: {place.netloc}", "Connection: close", f"Authorization: Bearer {token}"]
    received = b""
    with socket.create_connection((place.hostname, place.port or 80), timeout=WAIT) as line:
        try:
            line.sendall("\r\n".join([*head, "", ""]).encode("latin-1") + body)
            if cut:
                line.shutdown(socket.SHUT_WR)
            while part := line.recv(65536):
                received += part
        except (ConnectionResetError, BrokenPipeError):
            pass  # it closed while we were still sending
    return received


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A demo of the module's own."""
    data = tmp_path_factory.mktemp("server") / "data"
    with running_demo(data) as address:
        client = credentials(data, "issuer")
        basic = b64encode(f"{client['client_id']}:{client['client_secret']}".encode()).decode()
        body = b"grant_type=client_credentials"
        answer = _raw(
            address,
            ("POST /oauth/token HTTP/1.1", "Content-Type: application/x-www-form-urlencoded",
             f"Content-Length: {len(body)}", f"Authorization: Basic {basic}"),
            "", body, cut=False,
        )  # fmt: skip
        yield Server(address, data, json.loads(answer.partition(b"\r\n\r\n")[2])["access_token"])


def chunked(body: bytes, size: int = 1000) -> bytes:
    """The body in chunks, with their end."""
    parts = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(f"{len(part):x}\r\n".encode() + part + b"\r\n" for part in [*parts, b""])


def done(server: Server, batch: str) -> dict[str, Any]:
    """What the batch says once the worker has come to its end."""
    limit = time.monotonic() + WAIT
    while time.monotonic() < limit:
        status, said = server.send(f"GET {BATCHES}/{batch} HTTP/1.1")
        assert status == 200
        if said["state"] in ("done", "failed"):
            members: dict[str, Any] = said
            return members
        time.sleep(0.1)
    raise TimeoutError(batch)


POST: Final = (f"POST {BATCHES} HTTP/1.1", "Content-Type: application/x-ndjson")


def lines_of(server: Server) -> bytes:
    """A file of good licences."""
    return ndjson_of([food_licence(server.data) for _ in range(LINES)])


def test_a_file_with_its_length_is_taken_in_by_the_worker(server: Server) -> None:
    file = lines_of(server)
    status, said = server.send(*POST, f"Content-Length: {len(file)}", body=file)
    assert (status, said["state"]) == (202, "waiting")
    assert done(server, said["id"])["stored"] == LINES


def test_a_file_in_chunks_is_taken_in_whole(server: Server) -> None:
    file = lines_of(server)
    status, said = server.send(*POST, "Transfer-Encoding: chunked", body=chunked(file))
    assert status == 202
    said = done(server, said["id"])
    assert (said["stored"], said["failed"]) == (LINES, 0)


def test_a_file_that_was_cut_off_is_not_taken_in(server: Server) -> None:
    file = lines_of(server)
    whole, first_lines = chunked(file), chunked(file[: file.index(b"\n") + 1])
    digest = f"Content-Digest: sha-256=:{b64encode(sha256(file).digest()).decode()}:"
    in_chunks = "Transfer-Encoding: chunked"
    for headers, body in (
        ([f"Content-Length: {len(file)}"], file[:-100]),
        ([in_chunks], whole[: len(whole) // 2]),
        ([in_chunks], whole[:-2].replace(b"3e8", b"zzz", 1)),
        ([in_chunks, digest], first_lines),
        ([f"Content-Length: {len(file)}", digest], file.replace(b"2", b"3")),
    ):
        kept = server.kept()
        status, said = server.send(*POST, *headers, body=body, cut=True)
        assert status in (0, 400, 422), (headers, said)  # 422: nothing of it came
        server.wait_until_kept(kept)
    status, said = server.send(*POST, in_chunks, digest, body=whole)
    assert status == 202
    assert done(server, said["id"])["stored"] == LINES


def test_a_file_beyond_the_limit_is_refused_by_its_length_unread(server: Server) -> None:
    length = numbers.BATCH_FILE_MAX + 1
    status, said = server.send(*POST, f"Content-Length: {length}")
    assert (status, said["slug"]) == (413, "too_large")
