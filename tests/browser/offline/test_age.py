"""How old keys and lists may be, and how far the desk's clock may be off."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

import pytest
from playwright.sync_api import Page

from tests.support import desk, offline
from tests.support.browser import OpenPage
from tests.support.bundles import Document, a_bundle
from tests.support.codes import signer
from tests.support.offline import Library
from verify.trust import TRUST_PATH, gather, read_bundle, renew

STEPS: Final = [
    (10, 0),
    (5, -5),
    (20, -10),
    (3600, 5),
    (0, 5),
    (25, 3600),
    (0, 10),
    (45, 25),
    (-5, 10),
]
"""How old the home library's bundle and another's are that are served one after the other: seconds from now."""
_REFRESH: Final = """async () => {
  const { keepFresh } = await import(new URL("../desk/trust.js", document.querySelector("script[type=module]").src));
  const { get } = await import(new URL("../desk/store.js", document.querySelector("script[type=module]").src));
  await new Promise((done) => keepFresh(done));
  return get("kept", "trust");
}"""


def test_a_bundle_past_its_limit_accepts_nothing(clerk: Page, library: Library) -> None:
    clerk.clock.set_fixed_time(library.bundle.as_of + 25 * 3600)
    desk.type_in(clerk, library.live(issued=25 * 3600))
    desk.expect_verdict(clerk, "undetermined", "trust_stale")
    assert desk.shown_fields(clerk) == {}


def test_a_clock_that_was_put_back_accepts_nothing(clerk: Page, library: Library) -> None:
    clerk.clock.set_fixed_time(library.bundle.as_of - 3600)
    desk.type_in(clerk, library.live(issued=-3600))
    desk.expect_verdict(clerk, "undetermined", "trust_stale")
    desk.type_in(clerk, "no code")
    desk.expect_verdict(clerk, "refused", "malformed")


@pytest.mark.parametrize(("off", "verdict"), [(25, "accepted"), (40, "undetermined")])
def test_a_clock_is_compared_with_the_servers_while_there_is_one(
    open_desk: OpenPage, library: Library, off: int, verdict: str
) -> None:
    page = open_desk("desk-zhao")
    page.add_init_script(f"const now = Date.now; Date.now = () => now() + {off * 1000};")
    desk.open_desk_page(page)
    offline.wait_until_prepared(page)
    offline.cut(page)
    desk.type_in(page, library.live(issued=0))
    desk.expect_verdict(page, verdict, "ok" if verdict == "accepted" else "trust_stale")


def test_of_two_bundles_of_an_issuer_the_same_one_is_kept_as_by_verify(
    open_desk: OpenPage, library: Library
) -> None:
    page, other = open_desk("desk-zhao"), replace(signer(), issuer="150100", kid="k2")
    desk.open_desk_page(page)
    offline.wait_until_prepared(page)
    served: list[Document] = []
    page.route(f"**{TRUST_PATH}", lambda route: route.fulfill(json=served))
    trust = None
    for home, away in STEPS:
        now = int(time.time())
        served[:] = [
            {**library.bundle.document, "as_of": _text(now + home)},
            a_bundle(other, list_issued=now, as_of=_text(now + away)),
        ]
        bundles = [read_bundle(one) for one in served]
        trust = trust or gather(bundles)
        for bundle in bundles:
            trust = renew(trust, bundle.issuer, bundle, now)
        kept = {one["iss"]: one["as_of"] for one in page.evaluate(_REFRESH)}
        assert kept == {
            issuer: one.document["as_of"] for issuer, one in trust.issuers.items()
        }, (home, away)  # fmt: skip
    offline.cut(page)
    desk.type_in(page, library.live(issued=0))
    desk.expect_verdict(page, "accepted", "ok")


def _text(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat()
