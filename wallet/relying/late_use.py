"""Claim a `jti` for a use that a desk tells of afterwards; find the use of a copy that it had asked about before."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, select, update

from verify.judgements import Judgement
from verify.verdict import Reason
from wallet import numbers
from wallet.base.database import insert_if_new
from wallet.relying.desks import Desk
from wallet.relying.state import Claimed, read_claim
from wallet.showing.model import Claim, Verification
from wallet.showing.questions import Ending, is_over, lapse, void

AGAINST_LATE_USE: Final[Mapping[str, Reason]] = {
    "used": "already_used",
    "pending": "already_used",
    "withdrawn": "withdrawn",
    "refused": "consent_refused",
    "expired": "consent_expired",
}
"""State of a claim that was there before → what it says against the use."""
_SERVED_ELSEWHERE: Final = Ending("withdrawn", "refused", "already_used")


def claim_late(tx: Connection, jti: str, judgement: Judgement, now: datetime) -> Claimed | None:
    """Claim a `jti` as used; gives what had become of it before, None where nothing had.

    Whatever is no use gives way, a question to the holder too: the holder was served all the same.
    """
    used = {"state": "used", "at": judgement.judged_at, "verification_id": judgement.id}
    if insert_if_new(tx, Claim, jti=jti, **used):
        return None
    before = read_claim(tx, jti)
    if before.state == "pending":
        asked = str(before.verification_id)
        if is_over(before.at, now):
            lapse(tx, jti, asked, before.at, now)
            before = read_claim(tx, jti)
        else:
            void(tx, jti, asked, _SERVED_ELSEWHERE, now, now)
    over = (
        update(Claim)
        .where(Claim.jti == jti, Claim.state.in_(("withdrawn", "refused", "expired")))
        .values(**used)
    )
    return before if tx.execute(over).rowcount == 1 else read_claim(tx, jti)


def counted_before(
    tx: Connection, desk: Desk, item_id: int, serial: str, judgement: Judgement
) -> bool:
    """Whether this very use of a copy is counted: the desk had asked, and the answer was lost on its way."""
    apart = timedelta(seconds=numbers.SAME_DESK_REPEAT)
    at = judgement.judged_at
    first = tx.execute(
        select(Verification.id)
        .where(
            Verification.jti == serial,
            Verification.actor == desk.principal.account,
            Verification.terminal == desk.terminal,
            Verification.item_id == item_id,
            Verification.verdict == "accepted",
            Verification.received_at.is_(None),
            Verification.at.between(at - apart, at + apart),
        )
        .limit(1)
    ).one_or_none()
    return first is not None
