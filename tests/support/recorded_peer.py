"""A stand-in for the national platform that replays a recorded exchange, and checks who asks.

By hand: `python -m tests.support.recorded_peer --secret whsec_… [--port 8902]`
"""

from __future__ import annotations

import argparse
import json
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from tests.support.peers import Answer, Peer, Received, running_peer
from wallet.base.clock import read_clock
from wallet.base.webhooks import is_signed

RECORDED: Final = Path(__file__).parents[1] / "vectors" / "national-platform.json"
SILENT_SECONDS: Final = 15


def recorded() -> Mapping[str, tuple[int, dict[str, Any]]]:
    """The answers by the identifier that was asked for."""
    exchanges = json.loads(RECORDED.read_text("utf-8"))["exchanges"]
    return {one["identifier"]: (one["status"], one["answer"]) for one in exchanges}


class RecordedPlatform(Peer):
    """The platform; to `silent` it answers nothing for a long time."""

    def __init__(self, secret: str) -> None:
        super().__init__()
        self.secret, self.answers, self.gone_on = secret, recorded(), threading.Event()

    def take(self, request: Received) -> Answer:
        """As it was recorded; 500 for what was not, code 11 for whoever is not known."""
        self.received.append(request)
        if not is_signed(self.secret, request.headers, request.body, read_clock()):
            return 200, {"code": 11}
        identifier = request.members["identifier"]
        if identifier == "silent":
            self.gone_on.wait(SILENT_SECONDS)
        return self.answers.get(identifier, (500, {}))


@contextmanager
def running_recorded(secret: str, port: int = 0) -> Iterator[RecordedPlatform]:
    """A platform that listens while the block runs."""
    platform = RecordedPlatform(secret)
    with running_peer(platform, port):
        try:
            yield platform
        finally:
            platform.gone_on.set()


def main() -> None:
    """Listen until interrupted."""
    parser = argparse.ArgumentParser(prog="python -m tests.support.recorded_peer")
    parser.add_argument("--secret", required=True)
    parser.add_argument("--port", type=int, default=8902)
    options = parser.parse_args()
    with running_recorded(options.secret, options.port) as platform:
        sys.stdout.write(f"{platform.url}\n")
        sys.stdout.flush()
        with suppress(KeyboardInterrupt):
            threading.Event().wait()


if __name__ == "__main__":
    main()
