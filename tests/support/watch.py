"""Watches every page of a browser context: nothing may go wrong, nothing may call elsewhere."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, ConsoleMessage, Request, WebError

from tests.support.pages import MISSING

OWN_SCHEMES = ("data:", "blob:", "about:")
OFFLINE = "ERR_INTERNET_DISCONNECTED"


class Watch:
    """`troubles` says in words what a page did that no page may do.

    `elsewhere` are other addresses that a test's own people go to, and `refusals` statuses of pages
    that it asks for.
    """

    def __init__(
        self, address: str, *elsewhere: str, refusals: tuple[int, ...] = (409, 422)
    ) -> None:
        self._address = address
        self._known = tuple(f"{known}/" for known in (address, *elsewhere))
        self._refusals = tuple(f"status of {status}" for status in refusals)
        self.requests = 0
        self.troubles: list[str] = []

    def over(self, context: BrowserContext) -> None:
        """Watch all pages of this context from now on."""
        context.on("request", self._request)
        context.on("console", self._console)
        context.on("weberror", self._error)

    def _request(self, request: Request) -> None:
        self.requests += 1
        if not request.url.startswith((*self._known, *OWN_SCHEMES)):
            self.troubles.append(f"a request went to {request.url}")

    def _console(self, message: ConsoleMessage) -> None:
        if message.type not in ("error", "warning"):
            return
        where = message.location["url"]
        # The browser itself notes what a test asks for: a refusal, a lost network, a wrong address,
        # a form that comes back with what is wrong with it, or why it cannot be.
        asked_for = message.text.startswith("Failed to load resource") and (
            where.startswith(f"{self._address}/api/v1/")
            or where == f"{self._address}{MISSING}"
            or OFFLINE in message.text
            or any(status in message.text for status in self._refusals)
        )
        if not asked_for:
            self.troubles.append(f"{message.type} on the console at {where}: {message.text}")

    def _error(self, error: WebError) -> None:
        self.troubles.append(f"an error nobody caught: {error.error}")
