"""How often a desk reads the code off a phone: at three widths, in elder mode, in the dark, blurred and tilted.

`python -m bench.decoding` prints the table, writes `results/decoding.json` and returns 1 when of the codes of a
phone 390 px wide, held so that they fill the corners of the desk's picture, more than one in 30 is not read.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser

from tests.support import browser as browsers
from tests.support import camera
from tests.support.held_up import Look, codes_held_up
from tests.support.server import running_demo
from wallet.base.clock import read_clock

RESULT: Final = Path(__file__).parent / "results" / "decoding.json"
CODES: Final = 30
LEAST: Final = 29
USUAL: Final = 390
WIDTHS: Final = (320, USUAL, 768)
LOOKS: Final = tuple(
    look for width in WIDTHS for look in (Look(width), Look(width, 1), Look(width, 0, "dark"))
)
SHARES: Final = (1.0, 0.75, 0.6)
"""How large the code is in the picture, as a share of the corners that it is to fill."""


@dataclass(frozen=True)
class Rate:
    """How many of the codes were read, sharp from the screenshot and at each share of the picture."""

    look: str
    codes: int
    sharp: int
    seen: Sequence[int]


def main() -> int:
    """Measure, print, write."""
    rates = []
    print(f"{'of ' + str(CODES):<24}{'sharp':>7}{''.join(f'{share:>7.2f}' for share in SHARES)}")
    with (
        tempfile.TemporaryDirectory(prefix="lz-decoding-") as folder,
        running_demo(Path(folder) / "data") as address,
        browsers.playwright() as started,
        browsers.chromium(started) as browser,
    ):
        for look in LOOKS:
            rate = measure(browser, address, look)
            rates.append(rate)
            print(
                f"{rate.look:<24}{rate.sharp:>7}{''.join(f'{n:>7}' for n in rate.seen)}", flush=True
            )
    _write(rates)
    usual = [rate for look, rate in zip(LOOKS, rates, strict=True) if look.width == USUAL]
    missed = [rate.look for rate in usual if rate.seen[0] < LEAST]
    if missed:
        print(f"MISSED: fewer than {LEAST} of {CODES}: {missed}")
    return int(bool(missed))


def measure(browser: Browser, address: str, look: Look, codes: int = CODES) -> Rate:
    """Read that many codes off one phone, each seen once at every share; the seeds are its numbers."""
    sharp, seen = 0, [0] * len(SHARES)
    for seed, held in enumerate(codes_held_up(browser, address, look, codes)):
        sharp += held.read_sharp() == held.text
        for at, share in enumerate(SHARES):
            seen[at] += camera.read(held.seen(share, seed)) == held.text
    return Rate(str(look), codes, sharp, seen)


def _write(rates: Sequence[Rate]) -> None:
    RESULT.parent.mkdir(exist_ok=True)
    result = {
        "at": read_clock().isoformat(timespec="seconds"),
        "frame": camera.FRAME,
        "shares": SHARES,
        "measured": [asdict(rate) for rate in rates],
    }
    RESULT.write_text(json.dumps(result, ensure_ascii=False, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    sys.exit(main())
