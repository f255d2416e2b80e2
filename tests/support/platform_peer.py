"""A stand-in for the regional platform: it checks signatures, records what comes, and answers from a
script, then by its own rules: a receipt for what is new, code 1 for what it has had.

By hand: `python -m tests.support.platform_peer --secret whsec_… [--port 8901] [ok 500 timeout …]`
"""

from __future__ import annotations

import argparse
import json
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

from tests.support.peers import Answer, Peer, Received, running_peer
from wallet.base.clock import read_clock
from wallet.base.webhooks import is_signed

SCRIPT: Final[dict[str, Answer]] = {
    "duplicate": (200, {"code": 1}),
    "refuse": (200, {"code": 12, "reason": "field_missing"}),
    "busy": (200, {"code": 99}),
    "500": (500, {}),
}
"""Answers by name; beside them there are `ok` and `timeout`."""
TIMEOUT_SECONDS: Final = 15


class Platform(Peer):
    """The platform; `receipts` are those that it has given, by id."""

    def __init__(self, secret: str, script: Sequence[str] = ()) -> None:
        super().__init__()
        self.secret, self.words = secret, list(script)
        self.receipts: dict[str, str] = {}
        self.gone_on = threading.Event()

    def take(self, request: Received) -> Answer:
        """Record a request and answer by the next word of the script, `ok` where there is none."""
        self.received.append(request)
        if not is_signed(self.secret, request.headers, request.body, read_clock()):
            return 200, {"code": 11}
        word = self.words.pop(0) if self.words else "ok"
        if word == "timeout":
            self.gone_on.wait(TIMEOUT_SECONDS)
        elif word != "ok":
            return SCRIPT[word]
        if request.id in self.receipts:
            return 200, {"code": 1, "receipt": self.receipts[request.id]}
        receipt = self.receipts[request.id] = f"P-{len(self.receipts) + 1}"
        return 200, {"code": 0, "receipt": receipt}

    @property
    def told(self) -> list[tuple[str, dict[str, Any]]]:
        """Type and data of each request, in the order in which they came."""
        return [(one.members["type"], one.members["data"]) for one in self.received]


@contextmanager
def running_platform(secret: str, script: Sequence[str] = (), port: int = 0) -> Iterator[Platform]:
    """A platform that listens while the block runs."""
    platform = Platform(secret, script)
    with running_peer(platform, port):
        try:
            yield platform
        finally:
            platform.gone_on.set()


def main() -> None:
    """Listen until interrupted, and print what comes."""
    parser = argparse.ArgumentParser(prog="python -m tests.support.platform_peer")
    parser.add_argument("--secret", required=True)
    parser.add_argument("--port", type=int, default=8901)
    parser.add_argument("script", nargs="*", choices=[*SCRIPT, "ok", "timeout", []])
    options = parser.parse_args()
    with running_platform(options.secret, options.script, options.port) as platform:
        sys.stdout.write(f"LIANGZHENG_PLATFORM_URL={platform.url}\n")
        seen = 0
        try:
            while True:
                threading.Event().wait(0.2)
                for request in platform.received[seen:]:
                    seen += 1
                    told = json.dumps(request.members, ensure_ascii=False)
                    sys.stdout.write(f"{request.id} {told}\n")
                    sys.stdout.flush()
        except KeyboardInterrupt:
            pass


if __name__ == "__main__":
    main()
