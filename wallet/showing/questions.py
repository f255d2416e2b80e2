"""A question to the holder: may this desk see these fields. It is open for 90 seconds and ends once.

Asking claims the `jti` as pending. The question ends with the holder's answer, with a withdrawal, a
freeze or whatever else voids it, or with its time: whoever moves the claim on has ended it, and
everybody else finds what it has become. That its time is over is recorded before it is told, so
that no answer comes after; if nobody asks, the worker records the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from sqlalchemy import Connection, bindparam, literal, select, update

from verify.verdict import Outcome, Reason
from wallet import numbers
from wallet.base import audit
from wallet.base.deps import Deps
from wallet.showing.model import Claim, Verification

EndState = Literal["used", "withdrawn", "refused", "expired"]
"""What becomes of the claim of a question."""


@dataclass(frozen=True)
class Ending:
    """How a question ends: the state of its claim, and verdict and reason of its verification."""

    state: EndState
    outcome: Outcome
    reason: Reason


REFUSED: Final = Ending("refused", "refused", "consent_refused")
EXPIRED: Final = Ending("expired", "refused", "consent_expired")
WITHDRAWN: Final = Ending("withdrawn", "refused", "withdrawn")

_OVERDUE: Final = (
    select(Verification.id, Verification.jti, Verification.at)
    .where(
        # Written out, since no database uses a partial index for a parameter.
        Verification.verdict == literal("pending", literal_execute=True),
        Verification.at <= bindparam("asked_before"),
    )
    .order_by(Verification.at)
    .limit(100)
)


def answer_by(asked_at: datetime) -> datetime:
    """Until when a question that was put then may be answered."""
    return asked_at + timedelta(seconds=numbers.CONSENT_ANSWER)


def is_over(asked_at: datetime, now: datetime) -> bool:
    """Whether the time of a question that was put then has passed."""
    return now >= answer_by(asked_at)


def end(tx: Connection, jti: str, verification_id: str, ending: Ending, at: datetime) -> bool:
    """End a question; false, with nothing written, where it has ended already."""
    moved = tx.execute(
        update(Claim)
        .where(Claim.jti == jti, Claim.state == "pending", Claim.verification_id == verification_id)
        .values(state=ending.state, at=at)
    )
    if moved.rowcount != 1:
        return False
    tx.execute(
        update(Verification)
        .where(Verification.id == verification_id)
        .values(verdict=ending.outcome, reason=ending.reason, answered_at=at)
    )
    return True


def void(
    tx: Connection, jti: str, verification_id: str, ending: Ending, at: datetime, now: datetime
) -> bool:
    """End a question that nobody has answered, as of `at`, and record why; false as in `end`."""
    ended = end(tx, jti, verification_id, ending, at)
    if ended:
        audit.record(
            tx,
            "consent.lapsed",
            now,
            verification=verification_id,
            jti=jti,
            reason=ending.reason,
        )
    return ended


def lapse(
    tx: Connection, jti: str, verification_id: str, asked_at: datetime, now: datetime
) -> bool:
    """End a question whose time is over, as of that time; false as in `end`."""
    return void(tx, jti, verification_id, EXPIRED, answer_by(asked_at), now)


def lapse_overdue(deps: Deps, now: datetime) -> int:
    """End all questions whose time is over, each in a transaction of its own; gives how many."""
    before = now - timedelta(seconds=numbers.CONSENT_ANSWER)
    ended = 0
    for row in deps.db.rows(_OVERDUE, asked_before=before):
        with deps.db.begin() as tx:
            ended += lapse(tx, row.jti, row.id, row.at, now)
    return ended
