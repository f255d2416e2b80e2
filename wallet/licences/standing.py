"""Whether a licence stands on a day, and the reason a desk is given where it does not."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

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
