"""The basis document of a published entry, as the catalogue and the use list say it."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from wallet.base.database import AnyRow
from wallet.catalogue.basis.standing import standing
from wallet.organisations.model import BasisDocument

BASIS_COLUMNS: Final = (
    BasisDocument.code.label("basis_code"),
    BasisDocument.number.label("basis_number"),
    BasisDocument.title.label("basis_title"),
    BasisDocument.effective_from.label("basis_from"),
    BasisDocument.effective_to.label("basis_to"),
)
"""What a query selects, joined outwards, for `published_document`."""


def published_document(row: AnyRow) -> dict[str, Any] | None:
    """The document of a row, None where its entry names none."""
    if row.basis_code is None:
        return None
    begins: date = row.basis_from
    ends: date | None = row.basis_to
    return {
        "code": row.basis_code,
        "number": row.basis_number,
        "title": row.basis_title,
        "effective_from": begins.isoformat(),
        "effective_to": None if ends is None else ends.isoformat(),
    }


def with_standing(entry: dict[str, Any], today: date) -> dict[str, Any]:
    """An entry whose basis document says how it stands on a day."""
    document = entry["basis_document"]
    if document is None:
        return entry
    ends = document["effective_to"]
    found = standing(
        date.fromisoformat(document["effective_from"]),
        None if ends is None else date.fromisoformat(ends),
        today,
    )
    return {**entry, "basis_document": {**document, "state": found.state}}
