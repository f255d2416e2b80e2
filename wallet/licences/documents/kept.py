"""Documents that were made are kept for some days, encrypted, and given out again as they were.

A document is found by all that it says and by the seal on it: whatever changes one of them, such as
a new status, leads to a new document, so nothing is ever to be withdrawn from here.
"""

from __future__ import annotations

import secrets
import shutil
from datetime import datetime, timedelta
from typing import Final

import structlog

from wallet import numbers
from wallet.base.clock import local_day
from wallet.base.deps import Deps
from wallet.base.encryption import InvalidTag
from wallet.base.private_files import write_private

DOCUMENT: Final = "documents"
"""Context under which documents are sealed and indexed."""
_log = structlog.get_logger()


def kept_document(deps: Deps, says: str) -> bytes | None:
    """The document that says this, None where there is none."""
    name = _name(deps, says)
    for day in deps.config.documents_dir.glob("*"):
        try:
            return deps.vault.open_bytes((day / name).read_bytes(), DOCUMENT)
        except (OSError, ValueError, InvalidTag):
            continue  # not of that day, or damaged: it is made again
    return None


def keep_document(deps: Deps, says: str, document: bytes, now: datetime) -> None:
    """Keep a document that says this; where it cannot be written it is made again next time."""
    folder = deps.config.documents_dir / local_day(now).isoformat()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Two who make the same document do not write into one file.
        own = folder / f"{_name(deps, says)}-{secrets.token_hex(4)}"
        write_private(own, deps.vault.seal_bytes(document, DOCUMENT))
        own.rename(folder / _name(deps, says))
    except OSError as error:
        _log.error("document not kept", error=error.strerror)


def forget_documents(deps: Deps, now: datetime) -> int:
    """Remove the documents of days that are past `numbers.DOCUMENT_DAYS`; returns how many days."""
    oldest = (local_day(now) - timedelta(days=numbers.DOCUMENT_DAYS)).isoformat()
    past = [day for day in deps.config.documents_dir.glob("*") if day.name < oldest]
    for day in past:
        shutil.rmtree(day, ignore_errors=True)
    return len(past)


def _name(deps: Deps, says: str) -> str:
    return deps.vault.index(says, DOCUMENT).hex()
