"""A desk whose network is gone, and codes that the demo's own key signs for it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Page, expect

from verify.codes import LIVE, PAPER, encode
from verify.jws import Signer
from verify.status_list import INVALID, VALID
from verify.trust import IssuerTrust, read_bundle
from wallet.base.deps import build_deps
from wallet.config import load_config

FOOD_TYPE: Final = "食品经营许可证"
DAY: Final = 24 * 3600
_READY: Final = """async () => {
  await navigator.serviceWorker.ready;
  const { get } = await import(new URL("../desk/store.js", document.querySelector("script[type=module]").src));
  return await caches.has("desk-page") && await get("kept", "trust") !== undefined;
}"""


@dataclass(frozen=True)
class Library:
    """The demo's signing key, and its published bundle."""

    signer: Signer
    bundle: IssuerTrust

    def live(self, issued: int, **more: Any) -> str:
        """A live code that was issued so many seconds from now."""
        at = int(time.time()) + issued
        claims = {"jti": "AAECAwQFBgcICQoL", "h": "AAECAwQFBgcICQ", "iat": at, "exp": at + 60}
        return encode(LIVE, self._common() | claims | more, self.signer)

    def paper(self, copy_status: int = VALID) -> str:
        """The code of a copy; the licence is valid in the bundle, the copy has that status.

        Unused places of the lists say either, so no copy has to be made for it.
        """
        at = int(time.time())
        claims = {
            "jti": f"{at:016d}", "iat": at, "end": at + DAY,
            "l": self._place(VALID), "c": self._place(copy_status),
        }  # fmt: skip
        return encode(PAPER, self._common() | claims, self.signer)

    def revoked_paper(self) -> str:
        """The code of a copy that is revoked in the bundle."""
        return self.paper(INVALID)

    def _common(self) -> dict[str, Any]:
        number = next(key for key, name in self.bundle.types.items() if name == FOOD_TYPE)
        return {"iss": self.bundle.issuer, "t": number, "n": "李*"}

    def _place(self, status: int) -> int:
        entries = self.bundle.lists[0].entries
        return next(place for place in range(len(entries)) if entries.status(place) == status)


def library(data: Path, bundle: dict[str, Any]) -> Library:
    """The library of a running demo, by its data folder."""
    deps = build_deps(load_config({"LIANGZHENG_DATA": str(data)}))
    deps.db.close()
    return Library(deps.keys.current, read_bundle(bundle))


def wait_for(page: Page, condition: str) -> None:
    """Wait until an asynchronous function gives true; `wait_for_function` takes its promise for that."""
    page.evaluate(f"""async () => {{
      const holds = {condition};
      for (let tries = 0; !(await holds()); tries += 1) {{
        if (tries === 200) throw new Error("waited in vain");
        await new Promise((done) => {{ setTimeout(done, 50); }});
      }}
    }}""")


def wait_until_prepared(page: Page) -> None:
    """Wait until the desk has kept page, files, keys and lists."""
    wait_for(page, _READY)


def expect_unsent(page: Page, words: str) -> None:
    """Wait until the desk says that of what it has not reported yet."""
    expect(page.get_by_test_id("unsent")).to_have_text(words)


def cut(page: Page) -> None:
    """Take the network away."""
    page.context.set_offline(True)
    expect(page.locator("#network")).to_contain_text("断网 · 离线核验")


def reopen(page: Page) -> None:
    """Open the page anew while the network is gone."""
    page.reload()
    expect(page.locator("#network")).to_contain_text("断网 · 离线核验")


def restore(page: Page) -> None:
    """Give the network back."""
    page.context.set_offline(False)
    expect(page.locator("#network")).to_have_text("在线")
