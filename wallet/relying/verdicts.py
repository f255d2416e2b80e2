"""A judgement under way, and the verdict as it is recorded: for codes on a phone and on paper alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from verify.verdict import Outcome, Reason, Verdict
from wallet.base.database import AnyRow
from wallet.base.deps import Deps
from wallet.base.epoch import Marks
from wallet.relying.desks import Desk
from wallet.relying.grants import ItemGrant
from wallet.relying.reading import LEGAL_EFFECT
from wallet.relying.record import Shown, new_verification_id, record_verification
from wallet.relying.sentences import message_of
from wallet.showing.questions import answer_by


@dataclass(frozen=True)
class Case:
    """One judgement under way: who asks, for which item, when; `grant` with the fields that are wanted."""

    deps: Deps
    desk: Desk
    grant: ItemGrant
    now: datetime


@dataclass(frozen=True)
class Recorded:
    """A verdict as it was recorded; `rows` are the fields that an accepted one gives, still sealed.

    They are opened after the commit: while a transaction is open, other desks may be waiting.
    `claimed` is the `jti` that an acceptance claimed, `forgotten` are marks that the database should
    know and does not.
    """

    verdict: Verdict
    rows: Sequence[AnyRow] = ()
    claimed: str | None = None
    forgotten: Marks | None = None


def refuse(
    tx: Connection,
    case: Case,
    shown: Shown,
    reason: Reason,
    *,
    used_at: datetime | None = None,
    message: str | None = None,
) -> Recorded:
    """Record a refusal, or that nothing can be said (`trust_stale`), and give its verdict."""
    verification_id = new_verification_id()
    outcome: Outcome = "undetermined" if reason == "trust_stale" else "refused"
    record_verification(
        tx, case.desk, case.grant, shown, verification_id, outcome, reason, {}, case.now
    )
    said = message or message_of(reason, used_at)
    return Recorded(
        verdict_of(case, shown, verification_id, outcome, reason, case.now, message=said)
    )


def verdict_of(
    case: Case,
    shown: Shown,
    verification_id: str,
    outcome: Outcome,
    reason: Reason,
    checked_at: datetime,
    *,
    message: str | None = None,
    repeated: bool = False,
) -> Verdict:
    """The verdict of a judgement on a code of this library, or on a text that is none."""
    return Verdict(
        id=verification_id,
        outcome=outcome,
        reason=reason,
        message=message or message_of(reason),
        checked_at=checked_at,
        status_as_of=case.now,
        repeated=repeated,
        shown_by=shown.by,
        issuer=case.deps.keys.issuer if shown.jti else None,
        legal_effect=LEGAL_EFFECT if outcome == "accepted" else None,
        answer_by=answer_by(checked_at) if outcome == "pending" else None,
    )
