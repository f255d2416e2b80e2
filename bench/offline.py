"""What a check costs without a server: `check` beside a bare signature, status lists of any size.

`python -m bench.offline` prints both tables, writes `results/offline.json` and returns 1 when a
check of a live code has less than half the rate of the ES256 verification that is in it.
"""

from __future__ import annotations

import json
import os
import platform
import random
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from tests.support.codes import Signer, signer
from verify.check import check
from verify.codes import LIVE, LIVE_CODE_LIFE, PAPER, PAPER_CODE_LIFE, Kind, encode, read
from verify.jws import decode_bytes
from verify.status_list import (
    INVALID,
    STATUS_LIST_LIFE,
    STATUS_LIST_SIZE,
    SUSPENDED,
    VALID,
    PublishedList,
    pack,
    read_list,
    sign_list,
)
from verify.trust import Trust, gather, read_bundle
from wallet.base.clock import read_clock

RESULT: Final = Path(__file__).parent / "results" / "offline.json"
TARGET: Final = 0.5
URL: Final = "https://licences.ordos-nmg.example"
ROUNDS: Final = 200
CALLS: Final = 25
"""Calls in a row of one kind; short, so that the kinds share what the machine does meanwhile."""
LISTS: Final = {"1M": 1, "10M": 10}
"""Lists of 2^20 entries."""
REPEATS: Final = 5
LOOK_UPS: Final = 100_000
SHARES: Final = (88, 10, 2)
"""Per cent of valid, revoked and suspended licences, at random places."""

_ES256: Final = ec.ECDSA(hashes.SHA256())


@dataclass(frozen=True)
class Rate:
    """Calls a second of one kind, and their share of the bare verifications beside them."""

    what: str
    rate: float
    ratio: float


@dataclass(frozen=True)
class Lists:
    """Status lists of so many entries: their bytes, and seconds to build and read all of them.

    `sign_seconds` includes compression, `read_seconds` the signature and unpacking.
    """

    entries: int
    token_bytes: int
    unpacked_bytes: int
    pack_seconds: float
    sign_seconds: float
    read_seconds: float
    look_up_microseconds: float

    @property
    def build_seconds(self) -> float:
        """From one status a byte to signed tokens."""
        return self.pack_seconds + self.sign_seconds


def main() -> int:
    """Measure, print, write."""
    rates = measure_checks()
    for line in rates:
        print(f"{line.what:<24} {line.rate:>6.0f}/s   ratio {line.ratio:.2f}")
    lists = {name: measure_lists(count) for name, count in LISTS.items()}
    for name, found in lists.items():
        print(
            f"status lists of {name:>3} entries: {found.token_bytes:>9,} bytes, "
            f"built in {found.build_seconds * 1000:.0f} ms, read in {found.read_seconds * 1000:.0f} "
            f"ms, an entry looked up in {found.look_up_microseconds:.2f} µs"
        )
    _write(rates, lists)
    return 0 if all(line.ratio >= TARGET for line in rates if line.what == "check, live") else 1


def measure_checks() -> list[Rate]:
    """Each way to verify, in turns; a ratio is the median of the turns."""
    library = signer()
    trust, key = _trust(library), library.private.public_key()
    turns: dict[str, list[float]] = {}
    for _ in range(ROUNDS):
        now = int(time.time())
        live, paper = _code(LIVE, library, now), _code(PAPER, library, now)
        if {check(text, trust, now).outcome for text in (live, paper)} != {"accepted"}:
            raise RuntimeError("a good code is not accepted")
        compact = live.partition("#")[2]
        message, signature = _taken_apart(compact)
        ways: dict[str, Callable[[], object]] = {
            "ES256 alone": lambda: key.verify(signature, message, _ES256),  # noqa: B023
            "check, live": lambda: check(live, trust, now),  # noqa: B023
            "check, paper": lambda: check(paper, trust, now),  # noqa: B023
            "read, live": lambda: read(live, trust.keys, now),  # noqa: B023
            "PyJWT alone": lambda: jwt.decode(compact, key, algorithms=["ES256"]),  # noqa: B023
        }
        for what, way in ways.items():
            turns.setdefault(what, []).append(_seconds(way, CALLS) / CALLS)
    bare = turns["ES256 alone"]
    return [
        Rate(
            what,
            round(1 / median(taken)),
            round(median(a / b for a, b in zip(bare, taken, strict=True)), 3),
        )
        for what, taken in turns.items()
    ]


def measure_lists(count: int) -> Lists:
    """Medians over builds and readings of as many whole lists."""
    library, drawn = signer(), random.Random(count)
    statuses = [
        bytes(drawn.choices((VALID, INVALID, SUSPENDED), SHARES, k=STATUS_LIST_SIZE))
        for _ in range(count)
    ]
    packed = [pack(each) for each in statuses]
    now = int(time.time())
    published = [
        PublishedList(library.issuer, number, now, now + STATUS_LIST_LIFE, entries)
        for number, entries in enumerate(packed)
    ]
    tokens = [sign_list(each, URL, library) for each in published]

    def read_all() -> list[PublishedList]:
        return [read_list(token, n, library.keys) for n, token in enumerate(tokens)]

    if read_all() != published:
        raise RuntimeError("the lists do not read back")
    indices = [drawn.randrange(count * STATUS_LIST_SIZE) for _ in range(LOOK_UPS)]
    bundle = _trust(library, dict(enumerate(tokens))).issuers[library.issuer]

    def look_up() -> list[Any]:
        return [bundle.entry(index) for index in indices]

    return Lists(
        entries=count * STATUS_LIST_SIZE,
        token_bytes=sum(map(len, tokens)),
        unpacked_bytes=sum(len(each.packed) for each in packed),
        pack_seconds=_typical(lambda: [pack(each) for each in statuses]),
        sign_seconds=_typical(lambda: [sign_list(each, URL, library) for each in published]),
        read_seconds=_typical(read_all),
        look_up_microseconds=round(_typical(look_up) / LOOK_UPS * 1e6, 3),
    )


def _trust(library: Signer, tokens: dict[int, str] | None = None) -> Trust:
    now = read_clock()
    seconds = int(now.timestamp())
    empty = PublishedList(
        library.issuer, 0, seconds, seconds + STATUS_LIST_LIFE, pack(bytes(STATUS_LIST_SIZE))
    )
    lists = {0: sign_list(empty, URL, library)} if tokens is None else tokens
    jwk = jwt.algorithms.ECAlgorithm.to_jwk(library.private.public_key(), as_dict=True)
    document = {
        "iss": library.issuer,
        "as_of": now.isoformat(),
        "keys": [{**jwk, "kid": library.kid}],
        "lists": {str(number): token for number, token in lists.items()},
        "types": {"1": "食品经营许可证"},
    }
    return gather([read_bundle(document)])


def _code(kind: Kind, library: Signer, now: int) -> str:
    """A code as a holder or a counter gives it out."""
    claims = {"iss": library.issuer, "iat": now, "t": 1, "n": "李*"}
    if kind is LIVE:
        claims |= {"jti": library.jti, "exp": now + LIVE_CODE_LIFE, "h": library.handle}
    else:
        claims |= {"jti": "0123456789ABCDEF", "end": now + PAPER_CODE_LIFE, "l": 7, "c": 11}
    return f"{URL}/v#{encode(kind, claims, library)}"


def _taken_apart(compact: str) -> tuple[bytes, bytes]:
    """What is signed, and its signature as the bare verification wants it."""
    signed, _, signature = compact.rpartition(".")
    raw = decode_bytes(signature)
    return signed.encode(), encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))


def _seconds(way: Callable[[], object], calls: int) -> float:
    began = time.perf_counter()
    for _ in range(calls):
        way()
    return time.perf_counter() - began


def _typical(way: Callable[[], object]) -> float:
    return round(median(_seconds(way, 1) for _ in range(REPEATS)), 5)


def _write(rates: list[Rate], lists: dict[str, Lists]) -> None:
    RESULT.parent.mkdir(exist_ok=True)
    result = {
        "at": read_clock().isoformat(timespec="seconds"),
        "machine": {
            "processors": os.cpu_count(),
            "kind": platform.machine(),
            "python": platform.python_version(),
        },
        "target": TARGET,
        "rates": [asdict(line) for line in rates],
        "lists": {name: asdict(found) for name, found in lists.items()},
    }
    RESULT.write_text(json.dumps(result, ensure_ascii=False, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    sys.exit(main())
