"""The wallet as an app: what its service worker has kept in the browser."""

from __future__ import annotations

from typing import Any, Final

from playwright.sync_api import Page

from tests.support.offline import wait_for

_READY: Final = """async () => {
  const { active } = await navigator.serviceWorker.ready;
  return active.state === "activated" && navigator.serviceWorker.controller === active;
}"""
_KEPT: Final = """async () => {
  const found = {};
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      const { pathname, search } = new URL(request.url);
      found[`${name} ${pathname}${search}`] = await (await cache.match(request)).text();
    }
  }
  return found;
}"""


def wait_until_kept(page: Page) -> None:
    """Wait until the wallet's service worker has kept all that it keeps, and has this page."""
    wait_for(page, _READY)


def kept(page: Page) -> dict[str, str]:
    """All that is in any cache of this site: `CACHE ADDRESS` → content."""
    found: dict[str, str] = page.evaluate(_KEPT)
    return found


def stored(page: Page) -> Any:
    """What the site has in the browser beside its caches: cookies, storage, databases."""
    return page.context.storage_state(indexed_db=True)
