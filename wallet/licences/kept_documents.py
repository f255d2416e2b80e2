"""Documents that were made are kept for some days, encrypted, and given out again as they were.

A document is found by all that it says and by the seal on it: whatever changes one of them, such as
a new status, leads to a new document, so nothing is ever to be withdrawn from here.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Final

import structlog

from wallet import numbers
from wallet.base.deps import Deps
from wallet.base.encryption import InvalidTag
from wallet.base.private_files import write_private

DOCUMENT: Final = "documents"
"""Context under which documents are sealed and indexed."""
_log = structlog.get_logger()


def kept_document(deps: Deps, says: str) -> bytes | None:
    """The document that says this, None where there is none."""
    try:
        return deps.vault.open_bytes(_path(deps, says).read_bytes(), DOCUMENT)
    except (FileNotFoundError, InvalidTag):
        return None


def keep_document(deps: Deps, says: str, document: bytes) -> None:
    """Keep a document that says this; where it cannot be written it is made again next time."""
    path = _path(deps, says)
    try:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        write_private(path, deps.vault.seal_bytes(document, DOCUMENT))
    except OSError as error:
        _log.error("document not kept", error=error.strerror)


def forget_documents(deps: Deps) -> int:
    """Remove the documents that have been kept for `numbers.DOCUMENT_DAYS`; returns how many."""
    oldest = time.time() - numbers.DOCUMENT_DAYS * 86400
    old = [path for path in _files(deps) if path.stat().st_mtime < oldest]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _files(deps: Deps) -> list[Path]:
    return list(deps.config.documents_dir.glob("*"))


def _path(deps: Deps, says: str) -> Path:
    return deps.config.documents_dir / deps.vault.index(says, DOCUMENT).hex()
