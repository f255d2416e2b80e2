"""What the phone keeps of the wallet: files that are the same for everybody, and nothing of anybody."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

from tests.support import pages, phone, site
from tests.support.browser import OpenPage
from tests.support.installed import kept, stored, wait_until_kept

ADDRESS: Final = re.compile(r"wallet-files-(\w{16}) (/static/~\1/\S+|/wallet/offline)")
FONTS: Final = "/vendor/fonts/"
"""Asked for where a name needs them, and kept by the browser as all files of a release are."""


def use_everything(page: Page) -> set[str]:
    """Look at all that is personal, show a code, take it back; gives what was seen of the person."""
    licences = page.request.get("/api/v1/me/licences").json()
    texts = [phone.show(page)]
    page.get_by_test_id("withdraw-code").tap()
    expect(page.locator("dialog")).to_be_hidden()
    whole = page.request.get(f"/api/v1/me/licences/{phone.held(page, phone.FOOD)['identifier']}")
    for shown in pages.PAGES:
        if shown.persona == pages.HOLDER and not shown.route.startswith("/wallet/delegations/<"):
            page.goto(shown.address(page))
    page.goto(f"/wallet/{phone.held(page, phone.FOOD)['identifier']}")
    page.locator("#reveal-all").tap()
    page.evaluate("address => fetch(address)", f"{urlsplit(page.url).path}.pdf")
    page.evaluate("() => fetch('/api/v1/me/uses', {cache: 'no-store'})")
    name = page.request.get("/api/v1/me").json()["name"]
    seen = site.data_words(licences, whole.json(), texts) | {name, f"{name[0]}*"}
    return {word for word in seen if len(word) > 1 and not word.isascii()} | {
        word for word in seen if re.search(r"\d{6}", word)
    }


def assert_nothing_of(seen: set[str], page: Page) -> None:
    """No cache has anything but files of the release and the page for no network."""
    found = kept(page)
    assert all(ADDRESS.fullmatch(address) for address in found), sorted(found)
    whole = "\n".join(found.values())
    assert [word for word in seen if word in whole and word not in "有效"] == []
    assert "/v#" not in whole.replace('"/v#"', "")


def test_no_cache_has_a_code_or_anything_of_a_person_in_a_session_or_after_it(
    open_phone: OpenPage,
) -> None:
    page = open_phone("holder-li")
    page.goto("/wallet")
    wait_until_kept(page)
    seen = use_everything(page)
    assert len(seen) > 30
    assert_nothing_of(seen, page)
    page.goto("/account")
    page.get_by_test_id("sign-out").tap()
    expect(page).to_have_url(re.compile(r"/$"))
    assert_nothing_of(seen, page)
    left = stored(page)
    assert left["cookies"] == []
    assert [place for place in left["origins"] if place["localStorage"]] == []
    assert not any(place.get("indexedDB") for place in left["origins"])
    page.go_back()
    assert [word for word in seen if word in page.locator("body").inner_text()] == []


def test_all_that_the_page_of_the_cards_and_a_code_load_is_kept(open_phone: OpenPage) -> None:
    page = open_phone("holder-li")
    loaded: set[str] = set()
    page.context.on("request", lambda request: loaded.add(urlsplit(request.url).path))
    phone.show(page)
    wait_until_kept(page)
    files = {one for one in loaded if one.startswith("/static/") and FONTS not in one}
    assert any(one.endswith("/wallet/sheet.js") for one in files)
    assert files - {address.split(" ")[1] for address in kept(page)} == set()


def test_a_browser_finds_nothing_against_installing_it(open_phone: OpenPage) -> None:
    page = open_phone("holder-li")
    page.goto("/wallet")
    wait_until_kept(page)
    link = page.context.new_cdp_session(page)
    manifest = link.send("Page.getAppManifest")
    assert manifest["errors"] == []
    assert manifest["url"].endswith("/wallet.webmanifest")
    found = link.send("Page.getInstallabilityErrors")["installabilityErrors"]
    # The tests' browsers are private windows, which install nothing.
    assert [one["errorId"] for one in found] == ["in-incognito"]


def test_a_browser_that_offers_it_is_asked_by_a_button_of_ours(open_phone: OpenPage) -> None:
    page = open_phone("holder-li")
    page.goto("/account")
    button = page.get_by_test_id("install")
    expect(button).to_be_hidden()
    page.evaluate(
        """() => {
          const offer = new Event("beforeinstallprompt", { cancelable: true });
          offer.prompt = () => { document.title = "asked"; };
          window.dispatchEvent(offer);
        }"""
    )
    button.tap()
    expect(page).to_have_title("asked")
    page.evaluate("window.dispatchEvent(new Event('appinstalled'))")
    expect(button).to_be_hidden()
