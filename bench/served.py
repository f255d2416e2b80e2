"""Stock sent in over HTTP: a running server with its worker, both killed in the middle if asked."""

from __future__ import annotations

import http.client
import json
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bench.watched import Watched
from tests.support.batches import BATCHES, KINDS
from tests.support.licences import FOOD
from tests.support.people import credentials
from tests.support.server import free_port
from wallet.config import Config
from wallet.numbers import PAGE_LIMIT_MAX

_PART: Final = 1 << 16
_PAUSE: Final = 0.5
_STEP: Final = 0.1
_START_SECONDS: Final = 60
_TOKEN_SECONDS: Final = 300


@dataclass(frozen=True)
class Sent:
    """What became of a file: lines stored and refused, the lines with a fault, and the cost.

    `idle_seconds` is how long the work stood still until a batch was taken over from a worker that
    had been killed.
    """

    stored: int
    refused: int
    faulty_lines: list[int]
    idle_seconds: float
    processor_seconds: float
    peak_memory_mib: int


def send_in(
    config: Config,
    file: Path,
    rows: int,
    *,
    killed: bool,
    while_dead: Callable[[], None] = lambda: None,
) -> Sent:
    """Send a file in as chunks of unknown number, and wait until it has been worked off.

    With `killed` the server dies while it receives the file, and server and worker die when half of the
    rows are worked off; each is started again, and the file is sent again where it was not taken in.
    `while_dead` is called in between.
    """
    site = _Site(config)
    try:
        site.start()
        if killed:
            with suppress(OSError, http.client.HTTPException):
                site.upload(file, _half(file, site.kill))
            site.start()
        batch = site.upload(file, _parts(file))["id"]
        idle = 0.0
        if killed:
            before = site.wait_in_steps(batch, lambda said: said["done"] >= rows // 2)["done"]
            site.kill()
            assert before < rows, "all of it was worked off before the worker could be killed"
            while_dead()
            began = time.monotonic()
            site.start()
            site.wait(batch, lambda said: said["done"] > before)
            idle = time.monotonic() - began
        said = site.wait(batch, lambda said: said["state"] in ("done", "failed"))
        lines = list(site.faulty_lines(batch))
    finally:
        site.stop()
    return Sent(
        said["stored"],
        said["failed"],
        lines,
        round(idle, 1),
        sum(one.cpu_seconds for one in site.ever),
        max(one.peak_mib for one in site.ever),
    )


class _Site:
    """A server and its worker; `ever` are all that were started."""

    def __init__(self, config: Config) -> None:
        self._config, self._port = config, free_port()
        self._token, self._token_since = "", 0.0
        self.ever: list[Watched] = []
        self._running: list[Watched] = []

    def start(self) -> None:
        """Start both and wait until the server answers."""
        self._running = [
            Watched(self._config, "serve", LIANGZHENG_PORT=str(self._port)),
            Watched(self._config, "worker"),
        ]
        self.ever += self._running
        limit = time.monotonic() + _START_SECONDS
        while all(one.runs() for one in self._running) and time.monotonic() < limit:
            with suppress(OSError, http.client.HTTPException):
                if self._ask("GET", "/readyz")[0] == 200:
                    return
            time.sleep(_PAUSE)
        raise RuntimeError("the server did not start")

    def kill(self) -> None:
        """SIGKILL to both."""
        for one in self._running:
            one.kill()

    def stop(self) -> None:
        """End both."""
        for one in self._running:
            if one.runs():
                one.stop()

    def upload(self, file: Path, parts: Iterator[bytes]) -> dict[str, Any]:
        """Send the file in; what the answer says."""
        headers = {"Content-Type": KINDS[file.suffix[1:]], "Transfer-Encoding": "chunked"}
        path = f"{BATCHES}?type={FOOD}"
        status, said = self._ask("POST", path, parts, headers | self._bearer())
        assert status == 202, said
        return said

    def wait(self, batch: str, until: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Ask how far a batch is until it is so far."""
        while True:
            said = self._progress(batch)
            if until(said):
                return said
            for one in self._running:
                assert one.runs()
            time.sleep(_PAUSE)

    def wait_in_steps(self, batch: str, until: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """As `wait`, with a worker that stands still while it is asked, and at the end.

        However slow the asking, it gets no further meanwhile than what the answer says.
        """
        worker = self._running[1]
        while True:
            worker.pause()
            said = self._progress(batch)
            if until(said):
                return said
            worker.resume()
            time.sleep(_STEP)

    def faulty_lines(self, batch: str) -> Iterator[int]:
        """The lines of a batch that have a fault, page by page."""
        cursor = ""
        while True:
            said = self._progress(batch, f"?limit={PAGE_LIMIT_MAX}{cursor}")
            yield from (fault["line"] for fault in said["items"])
            if said["next_cursor"] is None:
                return
            cursor = f"&cursor={said['next_cursor']}"

    def _progress(self, batch: str, query: str = "?limit=1") -> dict[str, Any]:
        status, said = self._ask("GET", f"{BATCHES}/{batch}{query}", headers=self._bearer())
        assert status == 200, said
        return said

    def _bearer(self) -> dict[str, str]:
        if time.monotonic() > self._token_since + _TOKEN_SECONDS:
            client = credentials(self._config.data, "issuer")
            basic = b64encode(f"{client['client_id']}:{client['client_secret']}".encode()).decode()
            form = {"Content-Type": "application/x-www-form-urlencoded"}
            status, said = self._ask(
                "POST",
                "/oauth/token",
                b"grant_type=client_credentials",
                form | {"Authorization": f"Basic {basic}"},
            )
            assert status == 200, said
            self._token, self._token_since = said["access_token"], time.monotonic()
        return {"Authorization": f"Bearer {self._token}"}

    def _ask(
        self,
        method: str,
        path: str,
        body: bytes | Iterator[bytes] | None = None,
        headers: dict[str, str] | None = None,
    ) -> tuple[int, dict[str, Any]]:
        line = http.client.HTTPConnection("127.0.0.1", self._port, timeout=_START_SECONDS)
        try:
            chunked = not isinstance(body, bytes | None)
            line.request(method, path, body, headers or {}, encode_chunked=chunked)
            answer = line.getresponse()
            text = answer.read()
            said: dict[str, Any] = json.loads(text) if text.startswith(b"{") else {}
            return answer.status, said
        finally:
            line.close()


def _parts(file: Path) -> Iterator[bytes]:
    with file.open("rb") as opened:
        yield from iter(lambda: opened.read(_PART), b"")


def _half(file: Path, then: Callable[[], None]) -> Iterator[bytes]:
    """The first half of a file; `then` is called before the rest would be sent."""
    with file.open("rb") as opened:
        yield opened.read(file.stat().st_size // 2)
        then()
        yield opened.read()
