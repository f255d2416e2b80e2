"""How long a clerk waits for a verdict, and a holder for the next code, in a real browser.

`python -m bench.browser` prints the table, writes `results/browser.json` and returns 1 when a verdict takes a
second or more at the median.

From scan to verdict: a code is drawn before the camera of the desk page, a canvas of 15 frames a second, until
the verdict on it is painted. Refresh: the phone asks for its next code until that is painted, as at any other time but
sooner. Every step in between is noted in the page itself (`browser.js`).
"""

from __future__ import annotations

import json
import os
import platform
import sys
import tempfile
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any, Final

import qrcode
from playwright.sync_api import Browser, Page
from qrcode.constants import ERROR_CORRECT_L

from tests.support import browser as browsers
from tests.support import desk, phone
from tests.support.server import running_demo
from wallet.base.clock import read_clock
from wallet.web.cookies import CSRF_COOKIE

HERE: Final = Path(__file__).parent
RESULT: Final = HERE / "results" / "browser.json"
CODES: Final = 50
WARM: Final = 3
"""Codes before those that are measured: scripts are compiled, connections are open."""
VERDICT_MAX: Final = 1000
_ALL_CODES: Final = 300_000
_NOTES: Final = HERE / "browser.js"
_CAMERA: Final = HERE.parents[0] / "tests" / "browser" / "canvas_camera.js"
_SCAN: Final = ("shown", "handed", "read", "asked", "answered", "painted")
_REFRESH: Final = ("asked", "answered", "painted")
_STEPS: Final = {
    "handed": "until a frame with the code is handed to the reader",
    "read": "reading the code",
    "asked": "until the question is sent",
    "answered": "the library's answer",
    "painted": "until it is painted",
}

Marks = Mapping[str, Any]


@dataclass(frozen=True)
class Measured:
    """Milliseconds of one journey over all codes: of the whole, and the median of each step."""

    what: str
    codes: int
    median: float
    p95: float
    worst: float
    steps: Mapping[str, float]


def main() -> int:
    """Measure, print, write."""
    with (
        tempfile.TemporaryDirectory(prefix="lz-browser-") as folder,
        running_demo(Path(folder) / "data") as address,
        browsers.playwright() as started,
        browsers.chromium(started) as browser,
    ):
        verdicts = summed_up("scan to verdict", _SCAN, list(scans(browser, address)))
        refreshes = summed_up("code refresh", _REFRESH, list(next_codes(browser, address)))
    for line in (verdicts, refreshes):
        print(
            f"{line.what}: {line.codes} codes, median {line.median:.0f} ms, "
            f"95 % {line.p95:.0f} ms, worst {line.worst:.0f} ms"
        )
        for step, milliseconds in line.steps.items():
            print(f"    {milliseconds:>6.1f} ms  {_STEPS[step]}")
    _write([verdicts, refreshes])
    if verdicts.median >= VERDICT_MAX:
        print(f"MISSED: a verdict takes {VERDICT_MAX} ms or more")
    return int(verdicts.median >= VERDICT_MAX)


def scans(browser: Browser, address: str, count: int = CODES) -> Iterator[Marks]:
    """Times of that many codes, each shown to the camera of a desk and judged."""
    with (
        browsers.phone_context(browser, address) as holder,
        browsers.desk_context(browser, address) as clerk,
    ):
        browsers.sign_in(holder, "holder-li")
        browsers.sign_in(clerk, "desk-zhao")
        for script in (_CAMERA, _NOTES):
            clerk.add_init_script(path=script)
        page, shown = clerk.new_page(), holder.new_page()
        identifier = phone.held(shown, phone.FORKLIFT)["identifier"]
        desk.open_desk_page(page, desk.OPERATOR_REVIEW)
        page.get_by_test_id("scan-start").click()
        page.wait_for_function("() => framesRead > 0")
        for number in range(WARM + count):
            text = _live_code(shown, identifier)
            page.evaluate(
                """async ([text, png]) => {
                  await holdUp(Uint8Array.from(atob(png), (one) => one.charCodeAt(0)));
                  window.marks = { text, shown: performance.now() };
                }""",
                [text, b64encode(_drawn(text)).decode()],
            )
            desk.expect_verdict(page, "accepted", "ok")
            marks: Marks = page.wait_for_function("() => marks.painted && marks").json_value()
            page.keyboard.press("Enter")
            desk.expect_ready(page)
            if number >= WARM:
                yield marks


def next_codes(browser: Browser, address: str, count: int = CODES) -> Iterator[Marks]:
    """Times of that many next codes of a phone."""
    with browsers.phone_context(browser, address) as holder:
        browsers.sign_in(holder, "holder-li")
        holder.add_init_script(path=_NOTES)
        page = holder.new_page()
        phone.show(page, phone.FORKLIFT)
        page.wait_for_function(f"() => noted.length >= {WARM + count}", timeout=_ALL_CODES)
        noted: list[Marks] = page.evaluate("noted")
        yield from noted[WARM : WARM + count]


def summed_up(what: str, names: Sequence[str], noted: Sequence[Marks]) -> Measured:
    """The whole from the first mark to the last, and each step between two marks."""
    wholes = sorted(one[names[-1]] - one[names[0]] for one in noted)
    steps = {
        later: round(median(one[later] - one[earlier] for one in noted), 1)
        for earlier, later in pairwise(names)
    }
    return Measured(
        what=what,
        codes=len(noted),
        median=round(median(wholes), 1),
        p95=round(wholes[int(0.95 * (len(wholes) - 1))], 1),
        worst=round(wholes[-1], 1),
        steps=steps,
    )


def _live_code(page: Page, identifier: str) -> str:
    """A fresh code, as the phone gets it."""
    token = next(one["value"] for one in page.context.cookies() if one["name"] == CSRF_COOKIE)
    answer = page.request.post(
        "/api/v1/me/codes", data={"licences": [identifier]}, headers={"X-CSRF-Token": token}
    )
    assert answer.ok, answer.text()
    text: str = answer.json()["text"]
    return text


def _drawn(text: str) -> bytes:
    """A PNG of the code, as sharp as a phone's screen."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_L, box_size=8, border=4)
    code.add_data(text, optimize=0)
    file = BytesIO()
    code.make_image().save(file)
    return file.getvalue()


def _write(measured: Sequence[Measured]) -> None:
    RESULT.parent.mkdir(exist_ok=True)
    result = {
        "at": read_clock().isoformat(timespec="seconds"),
        "machine": {"processors": os.cpu_count(), "kind": platform.machine()},
        "measured": [asdict(line) for line in measured],
    }
    RESULT.write_text(json.dumps(result, ensure_ascii=False, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    sys.exit(main())
