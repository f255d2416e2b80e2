"""One assisted print from the card to the paper, in a real browser: time, clicks and keystrokes.

`python -m bench.assisted_print` prints the line and writes `results/assisted_print.json`. The card reader's keys and the
words of matter and recipient are typed at once, so the time is what the clerk waits for; `keys` are those that a
person presses, the reader's number aside.
"""

from __future__ import annotations

import json
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Final

from playwright.sync_api import Page

from tests.support import browser as browsers
from tests.support.server import running_demo
from wallet.base.clock import read_clock
from wallet.demo.data import load_holders
from wallet.web.cookies import CSRF_COOKIE, CSRF_HEADER

RESULT: Final = Path(__file__).parent / "results" / "assisted_print.json"
PRINTS: Final = 20
WARM: Final = 2
MATTER: Final = "申领高龄津贴"
RECIPIENT: Final = "东胜区政务服务大厅"
_COUNT: Final = """() => {
  const add = (name) => sessionStorage.setItem(name, 1 + Number(sessionStorage.getItem(name)));
  addEventListener("keydown", () => add("keys"), true);
  addEventListener("click", (event) => { if (event.detail) add("clicks"); }, true);
}"""


@dataclass(frozen=True)
class Measured:
    """Seconds of one print without the clerk's own time, and what the clerk presses and clicks for it."""

    prints: int
    median: float
    worst: float
    keys: int
    clicks: int
    card: int
    """Keys of the card reader, its Enter among them."""


def main() -> int:
    """Measure, print, write."""
    with (
        tempfile.TemporaryDirectory(prefix="lz-print-") as folder,
        running_demo(Path(folder) / "data") as address,
        browsers.playwright() as started,
        browsers.chromium(started) as browser,
        browsers.desk_context(browser, address) as context,
    ):
        browsers.sign_in(context, "counter-wang")
        context.add_init_script(f"({_COUNT})()")
        page = context.new_page()
        number = load_holders()["holder-elder"].code
        taken = [_print(page, number) for _ in range(WARM + PRINTS)][WARM:]
    times = [one for one, _, _ in taken]
    [(keys, clicks)] = {(keys, clicks) for _, keys, clicks in taken}
    card = len(number) + 1
    found = Measured(PRINTS, median(times), max(times), keys - card, clicks, card)
    print(
        f"{found.prints} prints: median {found.median:.2f} s, worst {found.worst:.2f} s; "
        f"{found.keys} keys and {found.clicks} clicks of the clerk, {found.card} keys of the reader"
    )
    said = {"at": read_clock().isoformat(), **asdict(found)}
    RESULT.write_text(json.dumps(said, indent=1) + "\n", "utf-8")
    return 0


def _print(page: Page, number: str) -> tuple[float, int, int]:
    page.goto("/counter")
    page.evaluate("() => sessionStorage.clear()")
    page.locator("#code").focus()
    began = perf_counter()
    page.keyboard.type(number)
    page.keyboard.press("Enter")
    page.keyboard.type(MATTER)
    page.keyboard.press("Enter")
    row = page.get_by_test_id("licence").filter(has_text="老年人优待证")
    row.get_by_test_id("to-print").click()
    page.locator("#recipient:focus").wait_for()
    page.keyboard.type(RECIPIENT)
    page.keyboard.press("Enter")
    serial = page.get_by_test_id("serial").inner_text().replace(" ", "")
    with page.expect_download() as download:
        page.get_by_test_id("pdf").click()
    download.value.path()
    taken = perf_counter() - began
    counted = page.evaluate(
        "() => ['keys', 'clicks'].map((name) => Number(sessionStorage.getItem(name)))"
    )
    # Room for the next one: three copies of a licence are the most.
    token = next(one["value"] for one in page.context.cookies() if one["name"] == CSRF_COOKIE)
    answer = page.request.post(
        f"/api/v1/copies/{serial}/revocation",
        data={"reason": "量时间"},
        headers={CSRF_HEADER: token},
    )
    assert answer.status == 204, answer.text()
    return taken, counted[0], counted[1]


if __name__ == "__main__":
    sys.exit(main())
