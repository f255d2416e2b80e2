"""`make bench`: every database × server processes, floor and product in turns; then offline, documents,
imports, lists of merchants, the browser, and reading codes off a phone."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import Final

import qrcode
from qrcode.constants import ERROR_CORRECT_L

from bench import browser, decoding, documents, imports, merchant_checks, offline
from bench.load import Run, drive, http_request
from bench.stage import DATABASES, PUBLIC_URL, SHOWN, Stage, database, live_codes, server, stage
from wallet.base.clock import read_clock
from wallet.showing.show import open_showing

RESULTS: Final = Path(__file__).parent / "results"
CONNECTIONS: Final = 16
TARGET: Final = 0.5
QR_VERSION_MAX: Final = 12


@dataclass(frozen=True)
class Measured:
    """One line of the table: answers a second, and the product's share of the floors' rates."""

    database: str
    workers: int
    what: str
    floor_rate: float
    rate: float
    ratio: float
    """To the floor behind the same sign-in; the target is set for this one."""
    bare_floor_rate: float
    bare_ratio: float
    """To the floor that asks nobody who they are."""
    latency_median_ms: float
    latency_p99_ms: float
    load_cpu_share: float


@dataclass(frozen=True)
class Course:
    """The floors and the product's route beside them; each gives the requests of one round."""

    what: str
    bare: Callable[[], Sequence[bytes]]
    floor: Callable[[], Sequence[bytes]]
    product: Callable[[], Sequence[bytes]]
    marker: bytes


def main() -> int:
    """Measure, print, write; returns 1 when a target is missed."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--databases", nargs="+", choices=DATABASES, default=DATABASES)
    parser.add_argument("--workers", nargs="+", type=int, default=(1, 2))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--requests", type=int, default=800)
    options = parser.parse_args()
    measured: list[Measured] = []
    codes: list[str] = []
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as load:
        for kind in options.databases:
            with database(kind) as config, stage(config) as staged:
                codes = [text for text, _ in live_codes(staged, len(SHOWN))]
                for workers in options.workers:
                    with server(config, workers) as port:
                        for course in _courses(staged, port, options.requests):
                            line = _measure(load, port, course, options.rounds, kind, workers)
                            measured.append(line)
                            print(_row(line), flush=True)
    versions = {login: _qr_version(text) for login, text in zip(SHOWN, codes, strict=True)}
    print(
        f"QR version of a live code at level L, address of {len(PUBLIC_URL)} characters: "
        f"{max(versions.values())} at most (limit {QR_VERSION_MAX})"
    )
    _write(measured, versions)
    good = (
        all(line.ratio >= TARGET for line in measured)
        & (offline.main() == 0)
        & (documents.main() == 0)
        & (imports.main(["--runs", *imports.ON_CORES]) == 0)
        & (merchant_checks.main([]) == 0)
        & (browser.main() == 0)
        & (decoding.main() == 0)
    )
    return 0 if good and max(versions.values()) <= QR_VERSION_MAX else 1


def _courses(staged: Stage, port: int, count: int) -> list[Course]:
    """The three courses; the requests of a round are made outside the time that is measured."""
    opened = [
        (open_showing(staged.deps, one.principal, [one.identifier], read_clock()).id, one)
        for one in staged.showings
    ]
    holders = [one.headers for one in staged.showings]

    def floor(path: str, callers: Sequence[Mapping[str, str]]) -> Callable[[], list[bytes]]:
        turns = [http_request(port, f"/floor/{path}", b"{}", caller) for caller in callers]
        return lambda: [turns[number % len(turns)] for number in range(count)]

    bare_creation = floor("bare/creation", [{}])
    signed_in_creation = floor("signed-in/creation", holders)

    def creations() -> list[bytes]:
        turns = [
            http_request(
                port,
                "/api/v1/me/codes",
                json.dumps({"licences": [one.identifier]}).encode(),
                one.headers,
            )
            for one in staged.showings
        ]
        return [turns[number % len(turns)] for number in range(count)]

    def refreshes() -> list[bytes]:
        turns = [
            http_request(port, f"/api/v1/me/codes/{showing_id}/next", b"", one.headers)
            for showing_id, one in opened
        ]
        return [turns[number % len(turns)] for number in range(count)]

    def verifications() -> list[bytes]:
        return [
            http_request(
                port,
                "/api/v1/verifications",
                json.dumps({"code": text, "item": item}).encode(),
                staged.desks[number % len(staged.desks)],
            )
            for number, (text, item) in enumerate(live_codes(staged, count))
        ]

    return [
        Course("creation", bare_creation, signed_in_creation, creations, b'"refresh_at":'),
        Course("next code", bare_creation, signed_in_creation, refreshes, b'"refresh_at":'),
        Course(
            "verification",
            floor("bare/verification", [{}]),
            floor("signed-in/verification", staged.desks),
            verifications,
            b'"accepted"',
        ),
    ]


def _measure(
    load: ProcessPoolExecutor, port: int, course: Course, rounds: int, kind: str, workers: int
) -> Measured:
    """Floors and product in turns, the first round to warm up; medians of the others."""
    bares: list[Run] = []
    floors: list[Run] = []
    products: list[Run] = []
    for _ in range(rounds + 1):
        bares.append(_drive(load, port, course.bare(), b'"value":'))
        floors.append(_drive(load, port, course.floor(), b'"value":'))
        products.append(_drive(load, port, course.product(), course.marker))
    bares, floors, products = bares[1:], floors[1:], products[1:]
    typical = sorted(products, key=lambda run: run.rate)[len(products) // 2]
    return Measured(
        database=kind,
        workers=workers,
        what=course.what,
        floor_rate=round(median(run.rate for run in floors)),
        rate=round(median(run.rate for run in products)),
        ratio=_ratio(products, floors),
        bare_floor_rate=round(median(run.rate for run in bares)),
        bare_ratio=_ratio(products, bares),
        latency_median_ms=_milliseconds(typical, 0.5),
        latency_p99_ms=_milliseconds(typical, 0.99),
        load_cpu_share=round(typical.cpu / typical.seconds, 3),
    )


def _drive(load: ProcessPoolExecutor, port: int, requests: Sequence[bytes], marker: bytes) -> Run:
    run = load.submit(drive, port, requests, CONNECTIONS, marker).result()
    if run.other is not None:
        raise RuntimeError(f"not as expected: {run.other[:600].decode(errors='replace')}")
    return run


def _ratio(products: Sequence[Run], floors: Sequence[Run]) -> float:
    pairs = zip(products, floors, strict=True)
    return round(median(product.rate / floor.rate for product, floor in pairs), 3)


def _milliseconds(run: Run, share: float) -> float:
    return round(1000 * run.latencies[int(share * (len(run.latencies) - 1))], 1)


def _qr_version(text: str) -> int:
    drawn = qrcode.QRCode(error_correction=ERROR_CORRECT_L)
    drawn.add_data(text, optimize=0)
    version: int = drawn.best_fit()
    return version


def _row(line: Measured) -> str:
    return (
        f"{line.database:<10} {line.workers} × {line.what:<12} "
        f"product {line.rate:>5.0f}/s   floor {line.floor_rate:>5.0f}/s ratio {line.ratio:.2f}   "
        f"bare floor {line.bare_floor_rate:>5.0f}/s ratio {line.bare_ratio:.2f}   "
        f"median {line.latency_median_ms:.1f} ms, p99 {line.latency_p99_ms:.1f} ms"
    )


def _write(measured: Sequence[Measured], versions: dict[str, int]) -> None:
    RESULTS.mkdir(exist_ok=True)
    result = {
        "at": read_clock().isoformat(timespec="seconds"),
        "machine": {
            "processors": os.cpu_count(),
            "kind": platform.machine(),
            "python": platform.python_version(),
        },
        "connections": CONNECTIONS,
        "target": TARGET,
        "measured": [asdict(line) for line in measured],
        "qr": {"level": "L", "address_length": len(PUBLIC_URL), "versions": versions},
    }
    path = RESULTS / "codes.json"
    path.write_text(json.dumps(result, ensure_ascii=False, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    sys.exit(main())
