"""`make weigh`: what a phone fetches to open the wallet and to draw a code, and what it taps.

Everything between browser and server goes through a relay that counts the bytes of each answer, headers
and body as they are sent, so what the service worker fetches, to keep it, counts too.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Final

from playwright.sync_api import Page

from tests.support import browser as browsers
from tests.support import phone
from tests.support.installed import wait_until_kept
from tests.support.relay import Exchange, Relay, relay
from tests.support.server import running_demo

FIRST_VISIT_MAX: Final = 150 * 1024
"""Bytes of a first visit, without the scanner, which the wallet never loads."""
TAPS: Final = 2
"""The wallet's icon, and 亮码 on a card."""
_SLOW: Final = {
    "offline": False,
    "latency": 400,
    "downloadThroughput": 50_000,
    "uploadThroughput": 50_000,
}
"""Chromium's own figures of a slow 3G: 400 kbit/s, 400 ms."""


@dataclass(frozen=True)
class Weight:
    """What one step fetched."""

    step: str
    exchanges: Sequence[Exchange]

    @property
    def size(self) -> int:
        """Bytes, headers and body."""
        return sum(one.size for one in self.exchanges)


def weigh(page: Page, counted: Relay) -> list[Weight]:
    """Open the wallet for the first time, again, and draw a code; on a page of somebody signed in."""
    counted.take()
    page.goto("/wallet", wait_until="networkidle")
    wait_until_kept(page)
    first = Weight("first visit", counted.take())
    page.goto("about:blank")
    page.goto("/wallet", wait_until="networkidle")
    second = Weight("second visit", counted.take())
    phone.card(page, phone.FOOD).get_by_test_id("show-code").tap()
    phone.drawn_text(page)
    # Finding the card asked for the list; a person just looks.
    code = [one for one in counted.take() if not one.path.endswith("/me/licences")]
    return [first, second, Weight("code drawn", code)]


def main() -> int:
    """Weigh, print; returns 1 when a limit is missed."""
    with (
        tempfile.TemporaryDirectory(prefix="lz-weigh-") as folder,
        running_demo(Path(folder) / "data") as address,
        relay(address) as counted,
        browsers.playwright() as started,
        browsers.chromium(started) as browser,
    ):
        context = browsers.phone_context(browser, counted.address)
        browsers.sign_in(context, "holder-li")
        weights = weigh(context.new_page(), counted)
        slow = _seconds_to_a_code(context.new_page())
        context.close()
    print(f"{'':14}{'requests':>9}{'bytes':>9}   of which")
    for weight in weights:
        print(f"{weight.step:14}{len(weight.exchanges):9}{weight.size:9}   {_kinds(weight)}")
    print(f"\nFrom opening to a drawn code: {TAPS} taps; {slow:.1f} s on a slow 3G, second visit.")
    print(f"Limit of the first visit: {FIRST_VISIT_MAX} bytes.")
    missed = weights[0].size > FIRST_VISIT_MAX or any(
        "zxing" in one.path for weight in weights for one in weight.exchanges
    )
    if missed:
        print("MISSED")
    return int(missed)


def _seconds_to_a_code(page: Page) -> float:
    link = page.context.new_cdp_session(page)
    link.send("Network.enable")
    link.send("Network.emulateNetworkConditions", _SLOW)
    begun = perf_counter()
    page.goto("/wallet", wait_until="commit")
    page.get_by_test_id("show-code").first.tap()
    phone.drawn_text(page)
    return perf_counter() - begun


def _kinds(weight: Weight) -> str:
    sizes: Counter[str] = Counter()
    for one in weight.exchanges:
        sizes[_kind(one.path)] += one.size
    return ", ".join(f"{kind} {size}" for kind, size in sizes.most_common())


def _kind(path: str) -> str:
    plain = path.partition("?")[0]
    for kind, ends in {
        "scripts": (".js", ".mjs"),
        "styles": (".css",),
        "pictures": (".svg", ".png"),
    }.items():
        if plain.endswith(ends):
            return kind
    return "API" if plain.startswith("/api/") else "page"


if __name__ == "__main__":
    sys.exit(main())
