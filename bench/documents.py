"""What a sealed PDF costs, beside pyHanko alone on the same page, certificate and key.

`python -m bench.documents` prints the table, writes `results/documents.json` and returns 1 when a
document out of the database, drawn and sealed, has less than half the rate of the bare seal.
"""

from __future__ import annotations

import io
import itertools
import json
import os
import platform
import resource
import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Final

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from bench.stage import Stage, database, stage
from wallet.base.clock import read_clock
from wallet.base.document_seal import document_signer
from wallet.base.typesetting import typeset
from wallet.licences.documents.document import TEMPLATE, document_parts, licence_document
from wallet.organisations.seals import seal_with

RESULT: Final = Path(__file__).parent / "results" / "documents.json"
TARGET: Final = 0.5
ROUNDS: Final = 60
BARE: Final = "pyHanko alone"
WHOLE: Final = "document, made anew"


@dataclass(frozen=True)
class Rate:
    """Documents a second of one kind, and their share of the bare seals beside them."""

    what: str
    rate: float
    ratio: float
    milliseconds: float


def main() -> int:
    """Measure, print, write."""
    with database("sqlite") as config, stage(config) as staged:
        rates, size = measure(staged)
    for line in rates:
        print(
            f"{line.what:<24} {line.rate:>7.1f}/s   ratio {line.ratio:.2f}   "
            f"{line.milliseconds:.1f} ms"
        )
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{size:,} bytes a document; peak memory of the process {memory} MiB")
    _write(rates, size, memory)
    return 0 if all(line.ratio >= TARGET for line in rates if line.what == WHOLE) else 1


def measure(staged: Stage) -> tuple[list[Rate], int]:
    """Each way in turns, processor time of this process; a ratio is the median of the turns."""
    deps, one = staged.deps, staged.showings[-1]  # a driving licence, with a photo
    _held, says, seal = document_parts(deps, one.principal, one.identifier, read_clock())
    assert seal is not None
    page = typeset(TEMPLATE, says | {"drawn_at": ""}, read_clock())
    count = itertools.count()
    signer = document_signer(seal.certificate, seal.chain, seal.key)

    def bare() -> object:
        return signer.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(page)), output=io.BytesIO())

    def made_anew() -> object:
        shutil.rmtree(deps.config.documents_dir, ignore_errors=True)
        return licence_document(deps, one.principal, one.identifier, read_clock())

    ways: dict[str, Callable[[], object]] = {
        BARE: bare,
        "our seal": lambda: seal_with([seal], page),
        # Another time each time, so that nothing is laid out already.
        "our drawing": lambda: typeset(
            TEMPLATE, says | {"drawn_at": f"{next(count)}"}, read_clock()
        ),
        WHOLE: made_anew,
        "document, kept": lambda: licence_document(
            deps, one.principal, one.identifier, read_clock()
        ),
    }
    turns: dict[str, list[float]] = {what: [] for what in ways}
    for number in range(ROUNDS + 3):
        for what, way in ways.items():
            began = time.process_time()
            way()
            if number >= 3:  # the first ones warm up
                turns[what].append(time.process_time() - began)
    floors = turns[BARE]
    rates = [
        Rate(
            what,
            round(1 / median(seconds), 1),
            round(median(floor / spent for floor, spent in zip(floors, seconds, strict=True)), 2),
            round(median(seconds) * 1000, 1),
        )
        for what, seconds in turns.items()
    ]
    return rates, len(licence_document(deps, one.principal, one.identifier, read_clock()).pdf)


def _write(rates: list[Rate], size: int, memory: int) -> None:
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
        "document_bytes": size,
        "peak_memory_mib": memory,
    }
    RESULT.write_text(json.dumps(result, ensure_ascii=False, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    sys.exit(main())
