"""The bundles of other regions' libraries, a file for each in the data folder, kept fresh by the worker."""

from __future__ import annotations

import threading
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from time import monotonic
from typing import Final

import structlog
from sqlalchemy import select

from verify.codes import CLOCK_TOLERANCE
from verify.fetch import fetch_bundle, pause_after
from verify.trust import BundleError, IssuerTrust, Trust, load_trust, renew, save_trust
from wallet import numbers
from wallet.base.clock import read_clock
from wallet.base.database import DATABASE_ERRORS
from wallet.base.deps import Deps
from wallet.relying.federation.model import ForeignLibrary

_READ_AT_ONCE: Final = 16
_log = structlog.get_logger()


def bundle_of(folder: Path, issuer: str) -> IssuerTrust | None:
    """The bundle of a library as its file is now, None where there is none that can be read."""
    path = folder / f"{issuer}.json"
    try:
        found = path.stat()
        bundle = _read(path, found.st_mtime_ns, found.st_ino)
    except (OSError, BundleError):
        return None
    return bundle if bundle.issuer == issuer else None


@lru_cache(maxsize=_READ_AT_ONCE)
def _read(path: Path, _changed: int, _file: int) -> IssuerTrust:
    trust = load_trust(path)
    return trust.issuers[trust.home]


def is_fresh(bundle: IssuerTrust, max_age: int, now: datetime) -> bool:
    """Whether a bundle is not older than its library may be trusted, and not from the future."""
    seconds = now.timestamp()
    until = min(bundle.as_of + max_age, bundle.good_until)
    return bundle.as_of - CLOCK_TOLERANCE <= seconds < until


def keep_bundle(folder: Path, issuer: str, bundle: IssuerTrust, now: datetime) -> IssuerTrust:
    """Keep a bundle of a library, unless a later one is there; gives the one that is kept.

    Raises BundleError for another library's, OSError where it cannot be written.
    """
    if bundle.issuer != issuer:
        raise BundleError(f"This bundle is of {bundle.issuer}, not of {issuer}.")
    before = bundle_of(folder, issuer)
    if before is not None:
        bundle = renew(Trust({issuer: before}, issuer), issuer, bundle, now.timestamp()).issuers[
            issuer
        ]
    if bundle is not before:
        folder.mkdir(parents=True, exist_ok=True)
        save_trust(Trust({issuer: bundle}, issuer), folder / f"{issuer}.json")
    return bundle


def refresh_bundles(deps: Deps, stop: threading.Event) -> None:
    """Fetch the bundles of all libraries that have an address, again and again until `stop` is set.

    No redirect is followed, and what is fetched is bounded in bytes and time (`verify.fetch`).
    """
    due: dict[str, float] = {}
    failures: dict[str, int] = {}
    while not stop.is_set():
        for issuer, url in _with_address(deps):
            if stop.is_set() or monotonic() < due.get(issuer, 0):
                continue
            fetched = _refresh(deps, issuer, url, read_clock())
            failures[issuer] = 0 if fetched else failures.get(issuer, 0) + 1
            due[issuer] = monotonic() + pause_after(failures[issuer])
        stop.wait(numbers.WORKER_PAUSE)


def _with_address(deps: Deps) -> list[tuple[str, str]]:
    query = select(ForeignLibrary.issuer, ForeignLibrary.url).where(ForeignLibrary.url.is_not(None))
    try:
        return [(row.issuer, row.url) for row in deps.db.rows(query)]
    except DATABASE_ERRORS as error:
        _log.error("database unavailable", error=type(error).__name__)
        return []


def _refresh(deps: Deps, issuer: str, url: str, now: datetime) -> bool:
    try:
        keep_bundle(deps.config.federation_dir, issuer, fetch_bundle(url), now)
    except (BundleError, OSError) as error:
        _log.warning("bundle not fetched", issuer=issuer, error=type(error).__name__)
        return False
    return True
