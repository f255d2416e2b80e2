"""What a desk judged while it was offline, as it tells its library once it is back.

The desk sends up to `JUDGEMENTS_MAX` judgements at once and gets one finding for each, in the same
order. Each has an id that the desk drew, so that what is sent again is told and not done again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from verify.bodies import line_in, object_of, text_in, unprocessable
from verify.verdict import Outcome, Reason

JUDGEMENTS_MAX: Final = 50
"""Judgements that one request may hold."""

OFFLINE_REASONS: Final[Mapping[Outcome, tuple[Reason, ...]]] = {
    "accepted": ("ok",),
    "refused": (
        "malformed", "wrong_kind", "unknown_key", "unknown_issuer", "bad_signature",
        "not_yet_valid", "expired", "already_used", "withdrawn", "licence_suspended",
        "licence_revoked", "copy_expired", "copy_revoked",
    ),
    "undetermined": ("trust_stale",),
}  # fmt: skip
"""What `verify.check` can say, and that this desk knows a code to be used or withdrawn."""

_ID: Final = re.compile(r"[A-Za-z0-9_-]{22}")
_ITEM_MAX: Final = 64
_OUTCOMES: Final = tuple(OFFLINE_REASONS)
_INSTANT: Final = re.compile(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)")


@dataclass(frozen=True)
class Judgement:
    """One judgement of a desk that was offline.

    `id` is 128 random bits in base64url. `judged_at` is the time by the desk's clock. `reason` is
    one that a check without the library gives for that outcome.
    """

    id: str
    code: str
    item: str
    judged_at: datetime
    outcome: Outcome
    reason: Reason


@dataclass(frozen=True)
class Finding:
    """What the library found of one judgement.

    `outcome` and `reason` are the library's for a code that the desk accepted, else the desk's
    own. `conflict`: the desk accepted what the library does not; `since` is when that came about,
    None where nobody knows. Where the judgement could not be taken in, `problem` is the slug of
    the reason (`not_permitted`, `id_taken`), and `outcome` and `reason` are None.
    """

    id: str
    outcome: Outcome | None
    reason: Reason | None
    message: str
    checked_at: datetime
    conflict: bool = False
    since: datetime | None = None
    problem: str | None = None


def read_judgements(body: dict[str, Any]) -> tuple[Judgement, ...]:
    """The `judgements` of a body; raises 422, for all of them, where one is not as it should be."""
    sent = body.get("judgements")
    if not isinstance(sent, list) or not 1 <= len(sent) <= JUDGEMENTS_MAX:
        raise unprocessable("judgements", f"应为 1 至 {JUDGEMENTS_MAX} 条核验的列表。")
    return tuple(_judgement(value, f"judgements.{number}") for number, value in enumerate(sent))


def finding_members(finding: Finding) -> dict[str, Any]:
    """A finding as the members of its JSON form; times stay `datetime`."""
    return {
        "id": finding.id,
        "verdict": finding.outcome,
        "reason": finding.reason,
        "message": finding.message,
        "conflict": finding.conflict,
        "since": finding.since,
        "checked_at": finding.checked_at,
        "problem": finding.problem,
    }


def _judgement(value: Any, place: str) -> Judgement:
    body = object_of(value, place, "id", "code", "item", "judged_at", "verdict", "reason")
    id = text_in(body, "id", place)
    if _ID.fullmatch(id) is None:
        raise unprocessable(f"{place}.id", "应为 22 个 base64url 字符。")
    outcome, reason = body.get("verdict"), body.get("reason")
    if outcome not in _OUTCOMES:
        raise unprocessable(f"{place}.verdict", f"应为 {'、'.join(_OUTCOMES)} 之一。")
    if reason not in OFFLINE_REASONS[outcome]:
        raise unprocessable(f"{place}.reason", "应为与 verdict 相符的原因代码。")
    return Judgement(
        id=id,
        code=text_in(body, "code", place),
        item=line_in(body, "item", _ITEM_MAX, place),
        judged_at=_instant(text_in(body, "judged_at", place), place),
        outcome=outcome,
        reason=reason,
    )


def _instant(text: str, place: str) -> datetime:
    """A time as RFC 3339 writes it, of this century: no database has trouble with those."""
    wrong = unprocessable(f"{place}.judged_at", "应为带时区的时间（RFC 3339）。")
    if _INSTANT.fullmatch(text) is None:
        raise wrong
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except ValueError:
        raise wrong from None
