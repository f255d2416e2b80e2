"""Whether a licence stands on a day, and the reason a desk is given where it does not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from verify.verdict import Reason

REASONS: Final[Mapping[str, Reason]] = {
    "suspended": "licence_suspended",
    "expired": "licence_expired",
    "revoked": "licence_revoked",
    "not_yet_valid": "not_yet_valid",
}
"""Every status but valid, and why a code of such a licence is refused."""


def status_on(
    status: str,
    valid_from: date,
    valid_until: date | None,
    today: date,
    against: str | None = None,
) -> str:
    """valid, suspended, expired, revoked or not_yet_valid on a day.

    `valid_from` and `valid_until` are the first and the last good day; `against` is what a
    published list says after a restore (`published_against`): the stricter of both counts.
    """
    if status == "suspended":
        return against or status
    if status != "valid":
        return status
    if today < valid_from:
        return "not_yet_valid"
    if valid_until is not None and valid_until < today:
        return "expired"
    return against or status


def status_entry(
    status_codes: Sequence[Mapping[str, Any]], code: str, status: str
) -> Mapping[str, Any]:
    """The type's own entry for a status: by its code, or by meaning once it has expired.

    No type has a word of its own for a licence whose first day is still to come.
    """
    if status == "not_yet_valid":
        return {"label": "未生效", "label_en": "Not yet valid"}
    own = next((entry for entry in status_codes if entry["code"] == code), None)
    if own is not None and own["means"] == status:
        return own
    return next((entry for entry in status_codes if entry["means"] == status), {"label": status})
