"""Fetch trust bundles from their libraries, and keep them fresh.

Only http and https are asked, through the environment's proxy, and no redirect is followed: a
bundle is as good as the address that it came from.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import partial
from threading import Thread
from time import monotonic
from typing import Final, TypeVar
from urllib.request import getproxies, proxy_bypass

from urllib3 import BaseHTTPResponse, PoolManager, ProxyManager, Retry, make_headers
from urllib3.exceptions import HTTPError
from urllib3.util import parse_url

from verify.status_list import STATUS_LIST_TTL
from verify.trust import TRUST_PATH, BundleError, IssuerTrust, Trust, gather, read_bundle

BUNDLE_MAX: Final = 64 << 20
"""Bytes of a bundle."""
FETCH_WAIT: Final = 30
"""Seconds a server may be silent while a bundle is fetched."""
FETCH_LIMIT: Final = 5 * 60
"""Seconds that fetching a bundle may take in all, however steadily it comes."""
FETCH_RETRIES: Final = 3
"""Times that a bundle is asked for again within seconds."""
_PIECE: Final = 1 << 16
REFRESH_PAUSE: Final = STATUS_LIST_TTL
"""Seconds after which a desk fetches its bundles again."""

AGAIN: Final = Retry(
    FETCH_RETRIES,
    backoff_factor=0.5,
    backoff_jitter=0.5,
    status_forcelist=(429, 500, 502, 503, 504),
    raise_on_status=False,
    respect_retry_after_header=False,
)
"""At once, then after about one and two seconds."""

_Fetched = TypeVar("_Fetched")


def fetch_bundle(address: str, again: Retry = AGAIN) -> IssuerTrust:
    """Fetch the bundle of a library by its public address; raises BundleError."""
    if not address.startswith(("https://", "http://")):
        raise BundleError(f"{address} is not an address of the web.")
    nothing = BundleError(f"{address} gives no trust bundle.")
    try:
        content = within(FETCH_LIMIT, partial(_fetch, address.rstrip("/") + TRUST_PATH, again))
        if len(content) > BUNDLE_MAX:
            raise BundleError(f"What {address} gives is too long for a trust bundle.")
        document = json.loads(content)
    except (HTTPError, OSError, ValueError, RecursionError):
        raise nothing from None
    return read_bundle(document)


def fetch_trust(addresses: Sequence[str], again: Retry = AGAIN) -> Trust:
    """The bundles of several libraries side by side, the first of them at home.

    Raises BundleError where one gives none, and where two say that they are the same: who asks a
    library trusts it with its own codes, and with no other's.
    """
    bundles = {address: fetch_bundle(address, again) for address in addresses}
    by_issuer: dict[str, str] = {}
    for address, bundle in bundles.items():
        other = by_issuer.setdefault(bundle.issuer, address)
        if other != address:
            raise BundleError(f"{other} and {address} both say that they are {bundle.issuer}.")
    return gather(bundles.values())


def pause_after(failures: int) -> float:
    """Seconds until a bundle is fetched again, after so many failures in a row.

    Seconds at first, twice as long each time, never longer than without a failure; at random, so
    that desks do not come all at once to a library that is back.
    """
    if not failures:
        return REFRESH_PAUSE
    longest = min(REFRESH_PAUSE, 2 ** min(failures + 2, 16))
    return random.uniform(longest / 2, longest)  # noqa: S311 - no secret


def within(seconds: float, fetch: Callable[[], _Fetched]) -> _Fetched:
    """What `fetch` gives or raises; raises TimeoutError when that takes longer.

    Nothing limits how long headers may drip: whoever still waits for some is left behind.
    """
    fetched: Future[_Fetched] = Future()

    def work() -> None:
        try:
            fetched.set_result(fetch())
        except Exception as error:  # noqa: BLE001 - it is for whoever asked
            fetched.set_exception(error)

    Thread(target=work, name="fetch", daemon=True).start()
    return fetched.result(seconds)


def _fetch(url: str, again: Retry) -> bytearray:
    deadline = monotonic() + FETCH_LIMIT
    with (
        web_for(url) as web,
        web.request(
            "GET",
            url,
            retries=again,
            redirect=False,
            timeout=FETCH_WAIT,
            preload_content=False,
            decode_content=False,
        ) as answer,
    ):
        if answer.status != 200:
            raise HTTPError(answer.status)
        return _read(answer, deadline)


def _read(answer: BaseHTTPResponse, deadline: float) -> bytearray:
    """What comes until the deadline, and at most a piece more than a bundle may have.

    Raises TimeoutError: a server that is never silent for long could keep this going for ever.
    """
    content = bytearray()
    while len(content) <= BUNDLE_MAX and (piece := answer.read1(_PIECE)):
        content += piece
        if monotonic() > deadline:
            raise TimeoutError
    return content


def web_for(address: str) -> PoolManager:
    """Connections for an address, through the environment's proxy where it has one; to be closed."""
    url = parse_url(address)
    proxy = getproxies().get(url.scheme or "")
    if proxy is None or proxy_bypass(url.host or ""):
        return PoolManager()
    auth = parse_url(proxy).auth
    return ProxyManager(proxy, proxy_headers=make_headers(proxy_basic_auth=auth) if auth else None)
